"""The run folder: lock file, manifest, tables, progress, and parts of a run that is not finished."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.results.reading import AGAIN, read_columns
from gridroom.results.tables import OPTIONAL, TABLES, check_columns

MANIFEST = "manifest.json"
SCHEMA = "1"
SOURCE_KEYS = {"title", "claim", "source", "derived", "licence"}
NUMBER = (int, float)
YEAR = (int, type(None))
HOLDS: dict[str, Any] = {  # what a manifest must hold, by path
    "gridroom": str, "fingerprint": str, "name": str, "headline": str, "wall_s": NUMBER,
    "study.run.samples": int, "study.run.seed": int,
    "study.standard.lole_days": NUMBER, "study.standard.lolh_h": NUMBER, "study.standard.neue_ppm": NUMBER,
    "study.supply.case": str, "study.load.case": str, "study.report.language": str, "headline_parts.first_study_year": int,
    "headline_parts.last_study_year": int, "headline_parts.regions": int, "headline_parts.none_now": int,
    "headline_parts.name": (str, type(None)), "headline_parts.year": YEAR, "headline_parts.early": YEAR,
    "headline_parts.late": YEAR}


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A folder that holds one run.

    Attributes
    ----------
    path : Path
    """

    path: Path

    def start(self, lock_text: str) -> None:
        """Make the folder and write the lock file."""
        (self.path / "tables").mkdir(parents=True, exist_ok=True)
        (self.path / "study.lock.toml").write_text(lock_text, encoding="utf-8")
        (self.path / MANIFEST).unlink(missing_ok=True)
        (self.path / "progress.jsonl").write_text("", encoding="utf-8")

    def write_table(self, name: str, frame: Any) -> None:
        """Write one result table; its columns must be those of the dictionary."""
        check_columns(name, frame)
        frame.to_parquet(self.path / "tables" / f"{name}.parquet", index=False)

    def table(self, name: str) -> Any:
        """Read one result table."""
        import pandas as pd

        return pd.read_parquet(self.path / "tables" / f"{name}.parquet")

    def columns(self, name: str) -> dict[str, Any]:
        """Read one result table as arrays by column, without pandas; see `reading.read_columns`."""
        return read_columns(self.path / "tables" / f"{name}.parquet", name)

    def rows(self, name: str) -> list[SimpleNamespace]:
        """Rows of one result table, fields by column, without pandas; unknown as in `columns`."""
        columns = self.columns(name)
        values = zip(*(c.tolist() for c in columns.values()), strict=True)
        return [SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in values]

    def note_progress(self, line: dict[str, Any]) -> None:
        """Append one line to progress.jsonl."""
        with (self.path / "progress.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest: its presence says that the run is whole."""
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        (self.path / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @property
    def manifest(self) -> dict[str, Any]:
        """What the run was made from, and its headline.

        Raises
        ------
        StudyError
            If it cannot be read or lacks what it must hold; says what.
        """
        return read_manifest(self.path / MANIFEST)

    @property
    def lock_text(self) -> str:
        """The study as it was run.

        Raises
        ------
        StudyError
            If the lock file cannot be read.
        """
        path = self.path / "study.lock.toml"
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise StudyError(Problem(str(path), "cannot be read", AGAIN)) from None


def read_manifest(path: Path) -> dict[str, Any]:
    """What a run was made from, and its headline.

    Raises
    ------
    StudyError
        If the file cannot be read, is of another version, or lacks what it must hold; says all of it.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as fault:
        raise StudyError(Problem(str(path), f"is not JSON, line {fault.lineno} column {fault.colno}", AGAIN)) from None
    except (OSError, ValueError, RecursionError):
        raise StudyError(Problem(str(path), "cannot be read", AGAIN)) from None
    if not isinstance(data, dict):
        raise StudyError(Problem(str(path), "is no manifest of a run", AGAIN))
    if (version := data.get("schema_version")) is None:
        raise StudyError(Problem(str(path), "lacks schema_version", AGAIN))
    if version != SCHEMA:
        raise StudyError(Problem(str(path), f"has schema_version {version!s:.40}; this gridroom reads {SCHEMA}", AGAIN))
    problems = []
    for place, kind in HOLDS.items():
        value: Any = data
        for key in place.split("."):
            value = value.get(key, ...) if isinstance(value, dict) else ...
        if value is ... or (value is None and not isinstance(None, kind)):
            problems.append(Problem(str(path), f"lacks {place}", AGAIN))
        elif not isinstance(value, kind) or isinstance(value, bool):
            problems.append(Problem(str(path), f"holds no such {place}: {value!r:.60}", AGAIN))
    sources = data.get("sources")
    if not isinstance(sources, list) or not all(isinstance(s, dict) and s.keys() >= SOURCE_KEYS for s in sources):
        problems.append(Problem(str(path), "lacks sources, or one of them lacks a field", AGAIN))
    if problems:
        raise StudyError(problems)
    return data


def check_tables(folder: Path) -> None:
    """Fail if a table that a finished run always has is not there; names all of them.

    Raises
    ------
    StudyError
    """
    missing = [folder / f"tables/{name}.parquet" for name in TABLES if name not in OPTIONAL]
    if problems := [Problem(str(path), "is missing", AGAIN) for path in missing if not path.is_file()]:
        raise StudyError(problems)


def open_run(path: str | Path) -> RunFolder:
    """Folder of a finished run.

    Raises
    ------
    StudyError
        If it is not there, or the run did not finish.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise StudyError(Problem(str(path), "is not a folder", "give the folder that `gridroom run` printed"))
    if not (folder / MANIFEST).is_file():
        hint = "go on with `gridroom run --resume --out " + str(path) + "`"
        known = (folder / "study.lock.toml").is_file()
        raise StudyError(Problem(str(path), "holds a run that did not finish" if known else "is no run folder",
                                 hint if known else "give the folder that `gridroom run` printed"))
    check_tables(folder)
    return RunFolder(folder)
