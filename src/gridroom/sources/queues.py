"""Public queue files in their own formats, as plain tables with the record's column names.

Generation queues are kept apart from loads: they show how a method forecasts, not how loads behave. The files are not shipped;
each reader takes a path.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError

OPERATORS = ("PJM", "CAISO", "NYISO", "ISO-NE")  # both outcomes are dated only there
TECHNOLOGIES = ("solar", "wind", "gas", "storage", "other")
NO_END = 9999
GEORGIA_STAGES = {"Technical Review": 3, "Request for Service": 4, "Contract for Electric Service": 5}


def _read(path: Path) -> Any:
    import pandas as pd

    if not path.is_file():
        raise StudyError(Problem(str(path), "does not exist", "give the file, or the folder that holds it with --folder"))
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (ValueError, OSError) as fault:
        raise StudyError(Problem(path.name, f"cannot be read as a table: {fault}")) from None


def _need(frame: Any, path: Path, columns: tuple[str, ...]) -> None:
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise StudyError(Problem(path.name, f"lacks the column(s) {', '.join(missing)}", "is it the file that it is named for?"))


def technology(words: object) -> int:
    """Technology class of a type: solar with hybrids, wind, gas, storage, other."""
    low = str(words).lower()
    for k, marks in enumerate((("solar", "photovoltaic"), ("wind",), ("gas",), ("batter", "storage"))):
        if any(m in low for m in marks):
            return k
    return 4


def read_lbnl(path: Path, corrected_by: Path | None = None) -> Any:
    """Requests of LBNL's *Queued Up* 2020 edition at the four operators whose outcomes are dated.

    Parameters
    ----------
    path : Path
        The 2020 edition.
    corrected_by : Path, optional
        The 2023 edition: PJM's MW of the 2020 edition is the size of the whole plant for uprates, so that it is taken from the 2023
        edition by queue id; resolved PJM requests without a match are left out.

    Returns
    -------
    DataFrame
        `operator, technology, mw, start, end, outcome` (0 active, 1 operating, 2 withdrawn), years as whole numbers, end 9999
        where active.
    """
    import pandas as pd

    full = _read(path)
    _need(full, path, ("q_id", "q_status", "q_year", "entity", "type_clean", "mw1", "on_year", "wd_year"))
    full = full[full["entity"].isin(OPERATORS) & (full["mw1"] > 0) & full["q_year"].notna()].copy()
    status = full["q_status"]
    end = np.where(status == "completed", full["on_year"], np.where(status == "withdrawn", full["wd_year"], NO_END))
    full, end = full[np.isfinite(end)], end[np.isfinite(end)]
    mw = full["mw1"].to_numpy(np.float64)
    keep = np.ones(len(full), np.bool_)
    if corrected_by is not None:
        later = _read(corrected_by)
        _need(later, corrected_by, ("entity", "q_id", "mw1"))
        by_id = later[later["entity"] == "PJM"].drop_duplicates("q_id").set_index("q_id")["mw1"]
        pjm = (full["entity"] == "PJM").to_numpy()
        found = full["q_id"].map(by_id).to_numpy(np.float64)
        found = np.where(pjm & (found > 0), found, np.nan)
        keep = ~(pjm & np.isnan(found) & (full["q_status"] != "active").to_numpy())
        mw = np.where(np.isfinite(found), found, mw)
    start = full["q_year"].to_numpy(np.float64).astype(np.int64)
    out = pd.DataFrame(
        {
            "operator": full["entity"].to_numpy(),
            "technology": [technology(t) for t in full["type_clean"]],
            "mw": mw,
            "start": start,
            "end": np.maximum(end.astype(np.int64), start),
            "outcome": full["q_status"].map({"active": 0, "completed": 1, "withdrawn": 2}).to_numpy(np.int64),
        }
    )
    return out[keep].reset_index(drop=True)


def read_caiso(path: Path) -> Any:
    """CAISO's public queue with exact days, as `read_lbnl`; MW at the point of interconnection."""
    import pandas as pd

    full = _read(path)
    _need(full, path, ("sheet_outcome", "mw_poi", "date_queue", "date_withdrawn", "date_cod_current_or_actual", "tech_1"))

    def year(column: str) -> Any:
        return pd.to_datetime(full[column], errors="coerce").dt.year

    outcome = full["sheet_outcome"]
    end = year("date_cod_current_or_actual").where(
        outcome == "completed", year("date_withdrawn").where(outcome == "withdrawn", NO_END)
    )
    start = year("date_queue")
    keep = (full["mw_poi"] > 0) & start.notna() & end.notna()
    words = full[[c for c in ("tech_1", "tech_2", "tech_3") if c in full]].fillna("").astype(str).agg(" ".join, axis=1)
    begin = start[keep].astype(np.int64)
    return pd.DataFrame(
        {
            "operator": "CAISO",
            "technology": [technology(w) for w in words[keep]],
            "mw": full["mw_poi"][keep],
            "start": begin,
            "end": np.maximum(end[keep].astype(np.int64), begin),
            "outcome": outcome[keep].map({"active": 0, "completed": 1, "withdrawn": 2}).astype(np.int64),
        }
    ).reset_index(drop=True)


def read_georgia_stages(path: Path) -> Any:
    """Georgia Power's pipeline by report, stage and planning year: `report` (a year with part), `stage, year, mw`."""
    import pandas as pd

    full = _read(path)
    _need(full, path, ("report_quarter", "project_stage", "planning_year", "load_mw"))
    unknown = sorted(set(full["project_stage"]) - set(GEORGIA_STAGES))
    if unknown:
        raise StudyError(
            Problem(path.name, f"has the stage(s) {', '.join(map(repr, unknown))}", f"known: {', '.join(GEORGIA_STAGES)}")
        )
    quarter = full["report_quarter"].str.extract(r"^(\d{4})Q([1-4])$").astype(float)
    return pd.DataFrame(
        {
            "report": quarter[0] + (quarter[1] - 1) / 4,
            "stage": full["project_stage"].map(GEORGIA_STAGES),
            "year": full["planning_year"].astype(np.int64),
            "mw": full["load_mw"].astype(np.float64),
        }
    )


def read_georgia_projects(path: Path) -> Any:
    """Georgia Power's projects as requests: no names, sizes, stages, ramps by year."""
    import pandas as pd

    full = _read(path)
    _need(full, path, ("row", "stage", "announced_load_mw", "initial_in_service"))
    years = [c for c in full.columns if c.startswith("load_2")]
    ramps = [";".join(f"{c[5:9]}:{r[c]:g}" for c in years if r[c] > 0) for _, r in full.iterrows()]
    return pd.DataFrame(
        {
            "request_id": "GP-" + full["row"].astype(str),
            "snapshot_date": path.stem[-6:] if path.stem[-6:-2].isdigit() else "",
            "provider": "Georgia Power",
            "state": "GA",
            "load_type": full["segment"],
            "requested_mw": full["announced_load_mw"],
            "requested_in_service": full["initial_in_service"],
            "stage": full["stage"],
            "ramp": ramps,
            "source": "Georgia PSC docket 55378",
            "claim_class": "published",
        }
    )


def read_ercot_history(path: Path) -> Any:
    """ERCOT's large-load queue over time: `as_of, measure, value, unit, source`; sums, no projects."""
    full = _read(path)
    _need(full, path, ("as_of", "measure", "value", "unit", "public_source"))
    return full[["as_of", "measure", "value", "unit"]].assign(source=full["public_source"])


def read_epoch(path: Path) -> Any:
    """Epoch AI's frontier campuses as requests; owner, place and power as listed."""
    import pandas as pd

    full = _read(path)
    name = "Name" if "Name" in full.columns else "Title"
    _need(full, path, (name, "Current power (MW)", "Owner", "Address"))
    power = full["Current power (MW)"]
    return pd.DataFrame(
        {
            "request_id": [f"EP-{k:03d}" for k in range(len(full))],
            "project_name": full[name],
            "developer": full["Owner"].str.replace(r"\s*#\w+", "", regex=True),
            "location": full["Address"],
            "requested_mw": power,
            "status": np.where(power > 0, "energised", "active"),
            "source": path.name,
            "claim_class": "published",
        }
    )


def read_im3(path: Path) -> Any:
    """The IM3 atlas of US data centres as sites: footprint, no power."""
    import pandas as pd

    full = _read(path)
    _need(full, path, ("name", "operator", "state", "county", "sqft", "lat", "lon"))
    return pd.DataFrame(
        {
            "id": [f"I{k:04d}" for k in range(len(full))],
            "source": "im3",
            "name": full["name"],
            "operator": full["operator"],
            "state": full["state"],
            "county": full["county"].str.replace(r"\s+(County|Parish)$", "", regex=True),
            "area_m2": full["sqft"] * 0.09290304,
            "lat": full["lat"],
            "lon": full["lon"],
        }
    )


def read_osm(path: Path) -> Any:
    """US data centres of OpenStreetMap as sites."""
    import pandas as pd

    full = _read(path)
    _need(full, path, ("osm_type", "osm_id", "name", "operator", "footprint_m2", "state", "lat", "lon"))
    area = full["footprint_m2"].where(full["footprint_m2"] > 0)
    return pd.DataFrame(
        {
            "id": full["osm_type"].str[0].str.upper() + full["osm_id"].astype(str),
            "source": "osm",
            "name": full["name"],
            "operator": full["operator"],
            "state": full["state"],
            "area_m2": area,
            "lat": full["lat"],
            "lon": full["lon"],
        }
    )


def kind_of(path: Path) -> str:
    """Which of these a file is, by its columns: `lbnl`, `caiso`, `georgia`, `georgia_projects`, `epoch`, `im3`, `osm`, `ercot`,
    `filings`, or `requests`.
    """
    import pandas as pd

    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        try:
            columns = set(pq.read_schema(path).names)
        except (ValueError, OSError):
            return "requests"  # its reader says what is wrong
    else:
        try:
            columns = set(pd.read_csv(path, nrows=0).columns)
        except (ValueError, UnicodeDecodeError, OSError):
            return "requests"
    marks = (
        ("georgia", {"report_quarter", "project_stage", "planning_year", "load_mw"}),
        ("georgia_projects", {"announced_load_mw", "initial_in_service", "stage"}),
        ("caiso", {"sheet_outcome", "mw_poi", "date_queue"}),
        ("lbnl", {"q_id", "q_status", "q_year", "entity", "on_year"}),
        ("epoch", {"Current power (MW)", "Owner", "Address"}),
        ("osm", {"osm_type", "osm_id", "footprint_m2"}),
        ("im3", {"sqft", "operator", "county", "lat"}),
        ("ercot", {"as_of", "measure", "value", "public_source"}),
        ("filings", {"record_id", "filed_on", "entity_name", "stage", "mw", "in_service_year"}),
    )
    return next((name for name, need in marks if need <= columns), "requests")


READERS = {
    "georgia_projects": read_georgia_projects,
    "epoch": read_epoch,
    "im3": read_im3,
    "osm": read_osm,
    "ercot": read_ercot_history,
}
