"""Run folders under the served root: which there are, in what state, and what is wrong with those that cannot be shown."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.reports.page import headline
from gridroom.reports.said import problem_text
from gridroom.reports.words import Words
from gridroom.results.folder import MANIFEST, RunFolder, check_tables, open_run, read_manifest
from gridroom.results.reading import NEVER_EMPTY, check_places


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


def refuse_links(folder: Path) -> None:
    """Fail if something in a folder, or one below it, is a link: it could lead anywhere.

    Raises
    ------
    StudyError
    """
    inside = [p for p in os.scandir(folder)]
    below = [q for p in inside if p.is_dir(follow_symlinks=False) for q in os.scandir(p.path)]
    if links := [p.path for p in (*inside, *below) if p.is_symlink()]:
        raise StudyError([Problem(path, "is a link, and none is followed", "put the file itself there") for path in links])


@lru_cache(maxsize=512)
def _places_fit(folder: Path, changed_ns: tuple[int, ...]) -> None:
    """Check once whether a run's tables fit one another; again only when one of them changed."""
    check_places(folder)


def _entry(folder: Path) -> Entry | None:
    """What a folder is; None where it is no run."""
    manifest, lock = folder / MANIFEST, folder / "study.lock.toml"
    if not manifest.is_file() and not manifest.is_symlink():
        return Entry(name=folder.name, state="unfinished", changed_s=lock.stat().st_mtime) if lock.is_file() else None
    changed = manifest.lstat()
    try:
        refuse_links(folder)
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
    found = [e for e in (_entry(p) if _readable(p.name) else _unnamed(p) for p in inside) if e is not None]
    return sorted(found, key=lambda e: (-e.changed_s, e.name))


def _readable(name: str) -> bool:
    try:
        return bool(name.encode("utf-8"))
    except UnicodeEncodeError:
        return False


def _unnamed(folder: Path) -> Entry | None:
    """A run whose name no address can hold."""
    name = os.fsencode(folder.name).decode("utf-8", "replace")
    problem = Problem(name, "has a name that is no UTF-8", "rename the folder")
    there = (folder / MANIFEST).is_file()
    return Entry(name=name, state="broken", changed_s=folder.stat().st_mtime, problems=(problem,)) if there else None


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
    if name in ("", ".", "..") or Path(name).name != name or "\0" in name or path.is_symlink() or not path.is_dir():
        raise KeyError(name)
    entry = _entry(path)
    if entry is None:
        raise KeyError(name)
    if entry.problems:
        raise StudyError(entry.problems)
    run = open_run(path)
    _places_fit(path, tuple((path / f"tables/{n}.parquet").stat().st_mtime_ns for n in NEVER_EMPTY))
    return run


__all__ = ["Entry", "folder_of", "list_runs"]
