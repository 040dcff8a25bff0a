"""Pages of runs: the answer, regions, one region, tables, the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from gridroom.core.errors import StudyError
from gridroom.dashboard.runs import Entry, folder_of, list_runs
from gridroom.dashboard.view import csv_page, fault_page, language_of, render, words_of, year_near
from gridroom.reference import catalog
from gridroom.reports import asset_sections, charts, claim_sections, sections, supply_sections
from gridroom.reports.page import headline, report_path, write_report
from gridroom.reports.words import Words
from gridroom.results.folder import RunFolder
from gridroom.results.tables import TABLES

REPORT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-scripts allow-downloads"
)


def root_of(request: Request) -> Path:
    """Folder that is served."""
    root: Path = request.app.state.settings.root
    return root


def _open(request: Request) -> RunFolder | Response:
    """Run of the address, or the page that says why not."""
    name = request.path_params["run"]
    try:
        return folder_of(root_of(request), name)
    except KeyError:
        return fault_page(request, 404, "no_run", name)


def _years(folder: RunFolder) -> list[int]:
    return sorted({int(y) for y in folder.columns("region_year")["year"]})


def year_tiles(folder: RunFolder, year: int, words: Words) -> list[dict[str, Any]]:
    """Tile grid of one year: chance of no room and room, darker where the chance is higher."""
    table = folder.columns("region_year")
    at = {region: k for k, (region, y) in enumerate(zip(table["region"], table["year"], strict=True)) if y == year}
    out = []
    for place in catalog.rows("regions"):
        region = place["region"]
        if region not in at:
            continue
        row = {name: values[at[region]] for name, values in table.items()}
        chance = float(row["probability_no_room"])
        known = chance == chance
        out.append(
            {
                "id": region,
                "name": words.text("place", row["name"]),
                "row": int(place["tile_row"]) + 1,
                "column": int(place["tile_column"]) + 1,
                "chance": sections.percent(chance),
                "step": min(int(chance * 5), 4) if known else 0,
                "none": chance == 0 or not known,
                "room": ("≥ " if row["room_is_lower_bound"] else "") + sections.gw(row["room_p50_mw"]),
            }
        )
    return out


def _ends(folder: RunFolder) -> dict[str, tuple[str, float]]:
    """Name, and year in which the room ends, by region."""
    return {row.region: (row.name, float(row.first_year)) for row in folder.rows("tipping") if row.standard == "lole"}


def changed(root: Path, name: str, words: Words) -> tuple[str, list[dict[str, Any]]]:
    """What differs from the run before: regions whose year of no room moved; empty where there is no run before."""
    finished = [e.name for e in list_runs(root) if e.state == "finished"]
    at = finished.index(name) if name in finished else -1
    for other in finished[at + 1 :] if at >= 0 else ():
        try:
            before, now = (_ends(folder_of(root, n)) for n in (other, name))
        except (StudyError, KeyError, OSError, ValueError):
            continue
        rows = []
        for region in now.keys() & before.keys():
            (_, a), (title, b) = before[region], now[region]
            if (a == a or b == b) and a != b:
                rows.append(
                    {"name": words.text("place", title), "before": "" if a != a else int(a), "now": "" if b != b else int(b)}
                )
        return other, sorted(rows, key=lambda r: str(r["name"]))
    return "", []


def home(request: Request) -> Response:
    """The newest run that can be shown; without any, how to start one."""
    entries = list_runs(root_of(request))
    for entry in entries:
        if entry.state == "finished":
            try:
                return overview(request, entry)
            except StudyError:
                continue  # its own page says why
    return render(request, "welcome.html", entries=entries)


def overview(request: Request, entry: Entry | None = None) -> Response:
    """The answer of a run: one sentence, map with a year, what changed."""
    if entry is not None:
        request.path_params["run"] = entry.name
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    words, years = words_of(language_of(request)), _years(folder)
    year, name = year_near(request, years), folder.path.name
    other, moved = changed(root_of(request), name, words)
    manifest = folder.manifest
    return render(
        request,
        "overview.html",
        run=name,
        manifest=manifest,
        headline=headline(manifest, words),
        years=years,
        year=year,
        tiles=year_tiles(folder, year, words),
        other=other,
        moved=moved,
        rows=sections.region_rows(folder, words, [year]),
        entries=list_runs(root_of(request))[:40],
    )


def tiles(request: Request) -> Response:
    """The map of another year, in place of the one shown."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    year = year_near(request, _years(folder))
    return render(
        request, "tiles.html", run=folder.path.name, year=year, tiles=year_tiles(folder, year, words_of(language_of(request)))
    )


def event_rows(rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Events of one region by year: how many, how long, how deep, how much energy; blank where none was seen.

    Length and depth are ratios of two means of the same samples; their error is the sum of both relative errors, which no
    correlation can pass.
    """
    out = []
    for k, year in enumerate(rows["year"]):
        events, hours, energy = ((float(rows[n][k]), float(rows[f"{n}_stderr"][k])) for n in ("lolev", "lolh_h", "eue_mwh"))

        def ratio(top: tuple[float, float], bottom: tuple[float, float]) -> str:
            if not (top[0] > 0 and bottom[0] > 0):
                return ""
            value = top[0] / bottom[0]
            return sections.plus_minus(value, value * (top[1] / top[0] + bottom[1] / bottom[0]))

        out.append(
            {
                "year": int(year),
                "events": sections.plus_minus(*events),
                "length": ratio(hours, events),
                "depth": ratio(energy, hours),
                "energy": sections.plus_minus(*energy),
            }
        )
    return out


def region(request: Request) -> Response:
    """One region: load against supply, room, when it is short, figures by year."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    table, known = folder.columns("region_year"), request.path_params["region"]
    mine = table["region"] == known
    if not mine.any():
        return fault_page(request, 404, "no_region", known)
    words, years = words_of(language_of(request)), _years(folder)
    year = year_near(request, years)
    rows = {name: values[mine] for name, values in table.items()}
    calendar = folder.columns("calendar")
    short = (calendar["region"] == known) & (calendar["year"] == year)
    drawn = {"load": charts.load_chart(rows, words), "room": charts.room_chart(rows, words)}
    if short.any():
        drawn["calendar"] = charts.calendar_chart({name: values[short] for name, values in calendar.items()}, words)
    figures = next(r for r in sections.region_rows(folder, words, years) if r["id"] == known)
    names = [(r, words.text("place", n)) for r, n in dict(zip(table["region"], table["name"], strict=True)).items()]
    return render(
        request,
        "region.html",
        run=folder.path.name,
        region=known,
        name=words.text("place", rows["name"][0]),
        years=years,
        year=year,
        drawn={k: json.dumps(v, ensure_ascii=False) for k, v in drawn.items()},
        figures=figures,
        events=event_rows(rows),
        names=names,
    )


def table_csv(request: Request) -> Response:
    """A table of a run as CSV; `region` keeps one region."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    name = request.path_params["table"]
    if name not in TABLES or not (folder.path / f"tables/{name}.parquet").is_file():
        return fault_page(request, 404, "no_table", name)
    columns = folder.columns(name)
    wanted = request.query_params.get("region")
    keep = columns["region"] == wanted if wanted and "region" in columns else slice(None)
    return csv_page(name, columns, zip(*(values[keep] for values in columns.values()), strict=True))


def tables(request: Request) -> Response:
    """Every table of a run with the meaning of its columns."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    there = {n: c for n, c in TABLES.items() if (folder.path / f"tables/{n}.parquet").is_file()}
    return render(request, "tables.html", run=folder.path.name, tables=there)


def more(request: Request) -> Response:
    """What makes room, digital assets and rules, as the report tells them."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    words, years = words_of(language_of(request)), _years(folder)
    shown: list[int] = [y for y in (2027, 2030, 2035) if y in years] or [years[-1]]
    return render(
        request,
        "more.html",
        run=folder.path.name,
        **supply_sections.context(folder, words),
        **asset_sections.context(folder, words, shown),
    )


def claims(request: Request) -> Response:
    """Public claims beside this run's figures."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    found = claim_sections.public_claims(folder, words_of(language_of(request)))
    return render(request, "claims.html", run=folder.path.name, public_claims=found)


def report(request: Request) -> Response:
    """The report of a run, in a box of its own: its script can do nothing to this page."""
    folder = _open(request)
    if isinstance(folder, Response):
        return folder
    language = language_of(request)
    path = report_path(folder, language)
    if not path.is_file():
        path = write_report(folder, language)
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"content-security-policy": REPORT_POLICY})


def to_run(request: Request) -> Response:
    """Where the form that chooses a run leads."""
    return RedirectResponse(f"/runs/{quote(request.query_params.get('run', ''), safe='')}", status_code=303)
