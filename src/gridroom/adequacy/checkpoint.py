"""What a run has finished, on disk: replaced whole after each save, so that a kill at any moment leaves one that works."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gridroom.adequacy.specs import MonteCarlo
from gridroom.adequacy.tally import Tally
from gridroom.adequacy.task import Task
from gridroom.core.errors import GridroomError, Problem, StudyError


class DiskError(GridroomError):
    """A result could not be written; what was kept is named."""

    exit_code = 1


def fingerprint(task: Task, method: MonteCarlo) -> str:
    """Hash of everything that the numbers depend on: systems, seed, samples, options, what is kept."""
    key = (task.systems, task.seed, task.options, task.specs, task.levels, task.shape, method.samples)
    return hashlib.sha256(pickle.dumps(key, protocol=5)).hexdigest()


@dataclass(slots=True)
class Checkpoint:
    """One file with the merged results of the first samples of a run."""

    path: Path
    key: str
    resume: bool

    def load(self) -> tuple[Tally | None, int]:
        """What was kept and how many samples it holds; nothing when the run starts anew.

        Raises
        ------
        StudyError
            If the file is of another run or cannot be read.
        """
        if not self.resume or not self.path.is_file():
            return None, 0
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = {k: file[k] for k in file.files}
            key, done = str(arrays.pop("key")), int(arrays.pop("done"))
        except (OSError, ValueError, KeyError) as fault:
            raise StudyError(Problem(str(self.path), f"cannot be read: {fault}", "run again without --resume")) from None
        if key != self.key:
            raise StudyError(Problem(str(self.path), "is of another system, seed, number of samples or setting",
                                     "run again without --resume"))
        return Tally.from_arrays(arrays), done

    def save(self, tally: Tally, done: int) -> None:
        """Write what is finished.

        Raises
        ------
        DiskError
            If the disk is full; the file of the save before stays.
        """
        part = self.path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                arrays: dict[str, Any] = {"key": np.array(self.key), "done": np.array(done), **tally.arrays()}
                np.savez(file, **arrays)
            part.replace(self.path)
        except OSError as fault:
            part.unlink(missing_ok=True)
            kept = f"what {self.path} held before is kept" if self.path.is_file() else "nothing was kept"
            raise DiskError(f"{self.path} cannot be written: {fault.strerror or fault}; {kept}. Free space and go on with "
                            "--resume") from None
