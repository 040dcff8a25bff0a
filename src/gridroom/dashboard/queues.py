"""Lists of large-load requests that are kept under the served root: the list, its pairs, and what a reviewer decided."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError

FOLDER = "queues"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
ENDINGS = (".csv", ".xlsx", ".parquet")
DECISIONS = ("same", "different")
LONGEST_CELL = 50_000_000


NEEDED = {
    "records.csv": (("request_id", "id"),),
    "pairs.csv": (("id_a",), ("id_b",), ("probability",), ("relation",)),
    "review.csv": (("id_a",), ("id_b",), ("probability",), ("relation",)),
    "decisions.csv": (("id_a",), ("id_b",), ("decision",)),
}
AGAIN = "match the list again, or take the file away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One kept list.

    Attributes
    ----------
    name : str
    path : Path
    faults : list of Problem
        Kept files that could not be read, as they were met.
    """

    name: str
    path: Path
    faults: list[Problem] = field(default_factory=list)

    @property
    def requests(self) -> Path | None:
        """The file as it was sent."""
        return next((p for e in ENDINGS if (p := self.file(f"requests{e}")) is not None), None)

    def file(self, name: str) -> Path | None:
        """A kept file; None where it is not there, or is a link, which could lead anywhere."""
        path = self.path / name
        linked = path.is_symlink() or (path.parent != self.path and path.parent.is_symlink())
        if linked:
            self._fault(name, "is a link, and none is followed")
        elif path.exists() and not path.is_file():
            self._fault(name, "is no file")
        return path if path.is_file() and not linked else None

    def _fault(self, name: str, what: str) -> None:
        problem = Problem(name, what, AGAIN)
        if problem not in self.faults:
            self.faults.append(problem)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Rows of a table that a command wrote; none where it is not there yet or cannot be read."""
        path = self.file(name)
        if path is None:
            return []
        csv.field_size_limit(LONGEST_CELL)
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                reader = csv.DictReader(stream)
                header = reader.fieldnames or ()
                found = [{k: v or "" for k, v in row.items() if k} for row in reader]
        except (OSError, UnicodeDecodeError, csv.Error):
            self._fault(name, "cannot be read")
            return []
        if missing := [either[0] for either in NEEDED[name] if not set(either) & set(header)]:
            self._fault(name, f"lacks the columns {', '.join(missing)}")
            return []
        return found

    def document(self, name: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """An answer that was kept; empty where it is not there yet, cannot be read or does not fit."""
        path = self.file(name)
        if path is None:
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and fits(found):
                return found
            self._fault(name, "is no answer of this command")
        except (OSError, ValueError, RecursionError, LookupError, TypeError):
            self._fault(name, "cannot be read")
        return {}

    def decisions(self) -> dict[tuple[str, str], str]:
        """What was decided, by pair of ids in order."""
        return {(r["id_a"], r["id_b"]): r["decision"] for r in self.rows("decisions.csv")}

    def decide(self, a: str, b: str, decision: str) -> None:
        """Keep a decision, or take it back where it is empty.

        Raises
        ------
        StudyError
            If the decisions kept so far cannot be read: they are not written over.
        """
        kept = self.decisions()
        if faults := [p for p in self.faults if p.where == "decisions.csv"]:
            raise StudyError(faults)
        pair = (a, b) if a <= b else (b, a)
        kept.pop(pair, None)
        if decision in DECISIONS:
            kept[pair] = decision
        beside = self.path / "decisions.part"
        beside.unlink(missing_ok=True)
        with beside.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["id_a", "id_b", "decision"])
            writer.writerows([*p, d] for p, d in kept.items())
        beside.replace(self.path / "decisions.csv")  # whole or not at all

    def remove(self) -> None:
        """Take the list and all that was kept of it away."""
        shutil.rmtree(self.path)


def slug_of(name: str) -> str:
    """Folder name for what a person typed."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]


def list_queues(root: Path) -> list[Queue]:
    """Kept lists, by name; links are left out."""
    folder = root / FOLDER
    if not folder.is_dir() or folder.is_symlink():
        return []
    inside = (p for p in folder.iterdir() if p.is_dir() and not p.is_symlink() and NAME.fullmatch(p.name))
    return sorted((Queue(name=p.name, path=p) for p in inside), key=lambda q: q.name)


def queue_of(root: Path, name: str) -> Queue | None:
    """A kept list by its name."""
    return next((q for q in list_queues(root) if q.name == name), None)


def new_queue(root: Path, name: str) -> Queue:
    """An empty folder for a list; another name where it is taken."""
    slug = slug_of(name) or "queue"
    folder = root / FOLDER
    free = next(n for n in (slug, *(f"{slug[:50]}-{k}" for k in range(2, 100_000))) if not (folder / n).exists())
    (folder / free).mkdir(parents=True)
    return Queue(name=free, path=folder / free)


__all__ = ["DECISIONS", "ENDINGS", "Queue", "list_queues", "new_queue", "queue_of", "slug_of"]
