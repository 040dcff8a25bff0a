"""Two runs side by side, as a page and as CSV."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gridroom.core.errors import StudyError
from gridroom.dashboard.run_pages import root_of
from gridroom.dashboard.runs import folder_of, list_runs
from gridroom.dashboard.view import csv_page, fault_page, language_of, render, words_of, year_near
from gridroom.reports.said import problem_text
from gridroom.reports.words import Words
from gridroom.results.compare import compare


def change_row(row: dict[str, Any], words: Words) -> dict[str, str]:
    """One region of a comparison, to read; blank where not known."""

    def text(value: float, form: str) -> str:
        shown = format(value, form).replace("-", "−") if value == value else ""
        return "0" if shown and not shown.strip("+−0.%,") else shown

    def change(value: float, error: float, digits: int) -> str:
        if value != value:
            return ""
        return f"{text(value, f'+,.{digits}f')} ± {text(error, f',.{digits}f') or '?'}" if value or error else "0"

    bound = "≥ " if row["room_is_lower_bound"] else ""
    return {
        "region": row["region"],
        "name": words.text("place", row["name"]),
        "base": bound + text(row["room_p50_base_mw"], ",.0f"),
        "room": bound + text(row["room_p50_mw"], ",.0f"),
        "room_change": change(row["room_p50_change_mw"], row["room_change_stderr_mw"], 0),
        "chance": text(row["probability_no_room_change"], "+.0%"),
        "lole_days": change(row["lole_days_change"], row["lole_days_change_stderr"], 3),
        "lolh_h": change(row["lolh_h_change"], row["lolh_h_change_stderr"], 2),
    }


def _two_runs(request: Request) -> list[dict[str, Any]]:
    """Comparison of the runs that the address names; KeyError where one is not there, empty where it names none."""
    names = [request.query_params.get(k, "") for k in ("a", "b")]
    return compare([folder_of(root_of(request), n) for n in names]) if all(names) else []


def compared_csv(request: Request) -> Response:
    """Two runs side by side as CSV, all years."""
    try:
        rows = _two_runs(request)
    except KeyError as missing:
        return fault_page(request, 404, "no_run", str(missing.args[0]))
    return csv_page("compare", rows[0], (row.values() for row in rows)) if rows else fault_page(request, 404, "no_run")


def compared(request: Request) -> Response:
    """Two runs side by side, one year."""
    found, fault = [], ""
    try:
        found = _two_runs(request)
    except KeyError as missing:
        return fault_page(request, 404, "no_run", str(missing.args[0]))
    except StudyError as wrong:
        fault = "\n".join(problem_text(p, language_of(request)) for p in wrong.problems)
    years = sorted({row["year"] for row in found})
    year = year_near(request, years) if years else 0
    return render(
        request,
        "compare.html",
        entries=[e for e in list_runs(root_of(request)) if e.state == "finished"],
        a=request.query_params.get("a", ""),
        b=request.query_params.get("b", ""),
        rows=[change_row(row, words_of(language_of(request))) for row in found if row["year"] == year],
        fault=fault,
        years=years,
        year=year,
    )
