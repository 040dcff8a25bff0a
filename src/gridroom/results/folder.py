"""The run folder: lock file, manifest, tables, progress, and parts of a run that is not finished."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.results.tables import OPTIONAL, TABLES, check_columns

MANIFEST = "manifest.json"
NEVER_EMPTY = ("region_year", "tipping", "national")
KEYS = ("region", "name", "year", "standard", "month", "hour")  # what a row is about: never blank


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
        """Read one result table as arrays by column, without pandas: pages must be there at once.

        Returns
        -------
        dict
            Texts as objects, None where unknown; numbers with nan where unknown.

        Raises
        ------
        StudyError
            If the table is missing, cannot be read, lacks columns, or lacks rows that a run always has; says which.
        """
        import numpy as np
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
        from pyarrow.types import is_floating, is_large_string, is_string

        path = self.path / "tables" / f"{name}.parquet"
        again = "run the study again, or use the gridroom that wrote it"
        try:
            with ParquetFile(path) as file:
                table = file.read()
        except FileNotFoundError:
            raise StudyError(Problem(str(path), "is missing", again)) from None
        except (ArrowException, OSError):
            raise StudyError(Problem(str(path), "cannot be read: it is no whole Parquet file", again)) from None
        missing = [c.name for c in TABLES[name] if c.name not in table.column_names]
        if missing:
            raise StudyError(Problem(str(path), f"lacks the columns {', '.join(missing)}", again))
        if name in NEVER_EMPTY and table.num_rows == 0:
            raise StudyError(Problem(str(path), "has no rows", again))
        unknown = [c for c in KEYS if c in table.column_names and table.column(c).null_count]
        if unknown:
            raise StudyError(Problem(str(path), f"has rows without {', '.join(unknown)}", again))

        def kind(column: Any) -> Any:
            if is_string(column.type) or is_large_string(column.type):
                return object
            return np.float64 if is_floating(column.type) or column.null_count else None

        # By lists: pyarrow's own way to numpy loads pandas.
        columns = zip(table.column_names, table.columns, strict=True)
        return {name: np.array(column.to_pylist(), dtype=kind(column)) for name, column in columns}

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
        """What the run was made from, and its headline."""
        data: dict[str, Any] = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        return data


def missing_tables(folder: Path) -> list[str]:
    """Tables that a finished run always has, and this folder lacks."""
    return [name for name in TABLES if name not in OPTIONAL and not (folder / f"tables/{name}.parquet").is_file()]


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
    if missing := missing_tables(folder):
        raise StudyError([Problem(f"{path}/tables/{name}.parquet", "is missing", "run the study again")
                          for name in missing])
    return RunFolder(folder)
