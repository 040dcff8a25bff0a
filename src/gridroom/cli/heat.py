"""`gridroom heat reuse`: what the heat of a site is worth."""

from __future__ import annotations

from pathlib import Path

from gridroom.cli.console import answer, check_out


def reuse(path: Path, overrides: list[str], out: Path | None, as_json: bool) -> int:
    """Answer for a heat file."""
    from gridroom.heat.reuse import reuse as run
    from gridroom.study.heat_file import read_heat_site

    check_out(out, path)
    found = run(read_heat_site(path, overrides))
    if out is not None:
        frame = found.to_pandas()
        frame.to_parquet(out) if out.suffix == ".parquet" else frame.to_csv(out, index=False)
    answer({"schema_version": "1", "command": "heat reuse", **found.as_dict()}, as_json, lambda: str(found))
    return 0
