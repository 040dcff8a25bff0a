"""Commands as child processes: started, watched line by line, stopped; whatever they do, the server lives on."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEPT_LINES = 400
AT_ONCE = 4
KEPT_JOBS = 60
OWN_FAULTS = (1, 2, 3, 4, 5)  # exit codes of a command that ended by itself


@dataclass(slots=True)
class Job:
    """One command.

    Attributes
    ----------
    id, title : str
    command : list of str
        Arguments of `gridroom`.
    folder : Path
        Its own folder, with the user's files; the command runs there.
    state : str
        `waiting`, `running`, `done`, `failed`, `stopped`.
    code : int or None
        Exit status.
    lines : list of str
        What it said, progress left out.
    progress : dict
        Newest progress.
    answer : str
        What it printed.
    run : str
        Name of the run folder that it writes; empty for others.
    tool : str
        Calculator that asked; empty for runs.
    back : str
        Page to which its answer belongs; empty: its own.
    keep : Path or None
        File in which its answer is kept beyond the server's life.
    language : str
        Of what it says.
    given : dict
        What its form said.
    """

    id: str
    title: str
    command: list[str]
    folder: Path
    state: str = "waiting"
    code: int | None = None
    lines: list[str] = field(default_factory=list)
    progress: dict[str, Any] = field(default_factory=dict)
    answer: str = ""
    run: str = ""
    tool: str = ""
    back: str = ""
    keep: Path | None = None
    language: str = "en"
    given: dict[str, str] = field(default_factory=dict)
    started_s: float = field(default_factory=time.time)
    process: subprocess.Popen[str] | None = None
    stopping: bool = False

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in ("done", "failed", "stopped")

    def document(self) -> Any:
        """What it printed, as data; None where it is no JSON."""
        try:
            return json.loads(self.answer)
        except ValueError:
            return None


class Jobs:
    """All jobs of a server; at most four run at once, the others wait."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(AT_ONCE)
        self._base = Path(tempfile.mkdtemp(prefix="gridroom-"))

    def new_folder(self) -> Path:
        """A folder for the files of a job to come."""
        return Path(tempfile.mkdtemp(dir=self._base))

    def start(
        self,
        title: str,
        command: list[str],
        folder: Path,
        *,
        run: str = "",
        tool: str = "",
        back: str = "",
        keep: Path | None = None,
        language: str = "en",
    ) -> Job:
        """Start a command; returns at once."""
        job = Job(
            id=secrets.token_hex(6),
            title=title,
            command=command,
            folder=folder,
            run=run,
            tool=tool,
            back=back,
            keep=keep,
            language=language,
        )
        with self._lock:
            self._jobs[job.id] = job
            old = [j for j in self._jobs.values() if j.over][: max(len(self._jobs) - KEPT_JOBS, 0)]
            for gone in old:
                del self._jobs[gone.id]
                shutil.rmtree(gone.folder, ignore_errors=True)
        threading.Thread(target=self._run, args=(job,), daemon=True).start()
        return job

    def get(self, name: str) -> Job | None:
        """Job of that id."""
        return self._jobs.get(name)

    def all(self) -> list[Job]:
        """Jobs, the newest first."""
        return sorted(self._jobs.values(), key=lambda j: -j.started_s)

    def stop(self, job: Job) -> None:
        """Ask a job to end; what it finished is kept."""
        if job.over:
            return
        job.stopping = True
        if job.state == "waiting":
            job.state = "stopped"
        elif job.process is not None and job.process.poll() is None:
            job.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """End all jobs and take their folders away."""
        for job in self.all():
            self.stop(job)
        for job in self.all():
            if job.process is not None:
                try:
                    job.process.wait(5)
                except subprocess.TimeoutExpired:
                    job.process.kill()
        shutil.rmtree(self._base, ignore_errors=True)

    def _run(self, job: Job) -> None:
        with self._slots:
            if job.state == "stopped":
                return
            job.state = "running"
            # Safe path: files that were sent lie where the command runs, and must never be imported.
            environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONSAFEPATH": "1", "GRIDROOM_LANG": job.language}
            command = [sys.executable, "-P", "-m", "gridroom", *job.command]
            with subprocess.Popen(
                command,
                cwd=job.folder,
                env=environment,
                text=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process:
                job.process = process
                if job.stopping:  # asked for while it was being started
                    process.send_signal(signal.SIGINT)
                reader = threading.Thread(target=_read, args=(job, process), daemon=True)
                reader.start()
                assert process.stdout is not None  # a pipe was asked for
                job.answer = process.stdout.read()
                job.code = process.wait()
                reader.join()
        if job.code == 0 and job.keep is not None and job.keep.parent.is_dir():
            job.keep.unlink(missing_ok=True)  # a link is not written through
            job.keep.write_text(job.answer, encoding="utf-8")
        ended_by_stop = job.stopping and job.code not in OWN_FAULTS
        job.state = "done" if job.code == 0 else "stopped" if ended_by_stop else "failed"


def _read(job: Job, process: subprocess.Popen[str]) -> None:
    """Keep what a job says on stderr: progress as data, the rest as lines."""
    assert process.stderr is not None  # a pipe was asked for
    for line in process.stderr:
        text = line.rstrip()
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, dict) and "done" in found and "total" in found:
            job.progress = found
        elif text:
            job.lines = [*job.lines, text][-KEPT_LINES:]


__all__ = ["Job", "Jobs"]
