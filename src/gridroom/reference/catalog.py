"""Catalogue of the tables that ship with gridroom: what they are, where from, how sure, and their hashes."""

from __future__ import annotations

import hashlib
import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from gridroom.core.claims import Claim
from gridroom.core.errors import Problem, StudyError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One shipped table.

    Attributes
    ----------
    name, file, title : str
    source, licence : str
        Where the figures come from and on what terms.
    claim : Claim
        How the figures are known; rows may say otherwise in a column `claim`.
    derived : str
        How the table was made.
    tool : str
        Script that makes it.
    rows : int
    sha256 : str
        Hash over names and values.
    """

    name: str
    file: str
    title: str
    source: str
    licence: str
    claim: Claim
    derived: str
    tool: str
    rows: int
    sha256: str


@cache
def tables() -> dict[str, Table]:
    """All shipped tables by name."""
    text = files("gridroom.reference").joinpath("data/sources.toml").read_text(encoding="utf-8")
    out = {}
    for row in tomllib.loads(text)["table"]:
        out[row["name"]] = Table(**{**row, "claim": Claim(row["claim"])})
    return out


def find(name: str) -> Table:
    """Table of that name.

    Raises
    ------
    StudyError
        If there is none; names the nearest.
    """
    known = tables()
    if name not in known:
        raise StudyError(Problem(f"reference table {name!r}", "does not exist", nearest(name, known)))
    return known[name]


@cache
def load(name: str) -> Any:
    """Read a shipped table as a pandas DataFrame; do not change it in place."""
    import pandas as pd

    table = find(name)
    path = files("gridroom.reference").joinpath("data").joinpath(table.file)
    with path.open("rb") as stream:
        if table.file.endswith(".parquet"):
            return pd.read_parquet(stream)
        return pd.read_csv(stream)


@cache
def rows(name: str) -> list[dict[str, str]]:
    """Rows of a small shipped CSV table as texts, without pandas."""
    import csv

    path = files("gridroom.reference").joinpath("data").joinpath(find(name).file)
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def head(name: str, count: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns and the first rows of a shipped table, without pandas; None where not known, CSV values as texts.

    Raises
    ------
    StudyError
        If there is no such table.
    """
    import csv
    from itertools import islice

    table = find(name)
    with files("gridroom.reference").joinpath("data").joinpath(table.file).open("rb") as stream:
        if table.file.endswith(".csv"):
            lines = csv.reader(io.TextIOWrapper(stream, "utf-8", newline=""))
            return next(lines), [tuple(v or None for v in row) for row in islice(lines, count)]
        from pyarrow.parquet import ParquetFile

        file = ParquetFile(stream)
        batch = next(file.iter_batches(batch_size=count), None)
        columns = [] if batch is None else [c.to_pylist() for c in batch.columns]
        return list(file.schema_arrow.names), list(zip(*columns, strict=True))


def csv_text(name: str) -> Iterator[bytes]:
    """A shipped table as CSV in UTF-8, piece by piece, without pandas.

    Raises
    ------
    StudyError
        If there is no such table.
    """
    path = files("gridroom.reference").joinpath("data").joinpath(find(name).file)
    return _csv_pieces(path)


def _csv_pieces(path: Any) -> Iterator[bytes]:
    with path.open("rb") as stream:
        if path.name.endswith(".csv"):
            while piece := stream.read(1 << 20):
                yield piece
            return
        from pyarrow import BufferOutputStream
        from pyarrow.csv import CSVWriter, WriteOptions
        from pyarrow.parquet import ParquetFile

        file = ParquetFile(stream)
        for k, batch in enumerate(file.iter_batches(batch_size=100_000)):
            sink = BufferOutputStream()
            with CSVWriter(sink, batch.schema, write_options=WriteOptions(include_header=k == 0)) as writer:
                writer.write_batch(batch)
            yield sink.getvalue().to_pybytes()


def content_sha256(frame: Any) -> str:
    """Hash over a DataFrame's names and values, the same as `sources.toml` holds."""
    import numpy as np
    import pandas as pd

    digest = hashlib.sha256()
    for name in frame.columns:
        digest.update(name.encode())
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            digest.update(np.round(column.to_numpy(dtype=np.float64, na_value=np.nan), 6).tobytes())
        else:
            digest.update("\x1f".join("" if pd.isna(v) else str(v) for v in column).encode())
    return digest.hexdigest()
