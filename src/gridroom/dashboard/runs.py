"""Run folders under the served root: which there are, in what state, and what is wrong with those that cannot be shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.reports.page import headline
from gridroom.reports.said import problem_text
from gridroom.reports.words import Words
from gridroom.results.folder import MANIFEST, RunFolder, check_tables, open_run, read_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run folder.

    Attributes
    ----------
    name : str
    state : str
        `finished`, `unfinished` or `broken`.
    changed_s : float
        When it last changed [s since 1970].
    title, headline : str
    parts : dict or None
        What the headline is made of.
    problems : tuple of Problem
        Why it cannot be shown.
    """

    name: str
    state: str
    changed_s: float
    title: str = ""
    headline: str = ""
    parts: dict[str, Any] | None = None
    problems: tuple[Problem, ...] = ()

    def told(self, words: Words) -> str:
        """Its answer in the page's language; what is wrong where there is none."""
        if self.parts is None:
            return "; ".join(problem_text(p, words.language) for p in self.problems)
        return headline({"headline": self.headline, "headline_parts": self.parts}, words)


@lru_cache(maxsize=512)
def _manifest(path: Path, changed_ns: int) -> dict[str, Any]:
    """Manifest of a folder; read again only when it changed."""
    return read_manifest(path)


def _entry(folder: Path) -> Entry | None:
    """What a folder is; None where it is no run."""
    manifest, lock = folder / MANIFEST, folder / "study.lock.toml"
    if not manifest.is_file():
        return Entry(name=folder.name, state="unfinished", changed_s=lock.stat().st_mtime) if lock.is_file() else None
    changed = manifest.stat()
    try:
        data = _manifest(manifest, changed.st_mtime_ns)
        check_tables(folder)
    except StudyError as fault:
        return Entry(name=folder.name, state="broken", changed_s=changed.st_mtime, problems=tuple(fault.problems))
    return Entry(
        name=folder.name,
        state="finished",
        changed_s=changed.st_mtime,
        title=data["name"],
        headline=data["headline"],
        parts=data["headline_parts"],
    )


def list_runs(root: Path) -> list[Entry]:
    """Runs under the root, the newest first; folders that are links out of it are left out."""
    if not root.is_dir():
        return []
    inside = [p for p in root.iterdir() if p.is_dir() and not p.is_symlink() and not p.name.startswith(".")]
    found = [e for e in (_entry(p) for p in inside) if e is not None]
    return sorted(found, key=lambda e: (-e.changed_s, e.name))


def folder_of(root: Path, name: str) -> RunFolder:
    """A finished run of the root.

    Raises
    ------
    StudyError
        If there is none of that name inside the root, or it cannot be shown; says why.
    KeyError
        If the name is no folder of the root.
    """
    path = root / name
    if name in ("", ".", "..") or "/" in name or "\\" in name or path.is_symlink() or not path.is_dir():
        raise KeyError(name)
    entry = _entry(path)
    if entry is None:
        raise KeyError(name)
    if entry.problems:
        raise StudyError(entry.problems)
    return open_run(path)


__all__ = ["Entry", "folder_of", "list_runs"]
