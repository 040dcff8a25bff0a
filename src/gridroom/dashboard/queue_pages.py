"""Pages of requests: lists that are kept, pairs to review, one request, how much of it will come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from gridroom.dashboard.answers import number
from gridroom.dashboard.job_pages import jobs_of
from gridroom.dashboard.queues import DECISIONS, ENDINGS, Queue, list_queues, new_queue, queue_of, slug_of
from gridroom.dashboard.run_pages import root_of
from gridroom.dashboard.settings import UPLOAD_BYTES
from gridroom.dashboard.view import fault_page, language_of, render, words_of, year_near
from gridroom.reports import more_charts
from gridroom.reports.said import problem_text

FILES = (
    "records.csv",
    "pairs.csv",
    "review.csv",
    "decisions.csv",
    "match.json",
    "forecast.json",
    "forecast/by_region_year.csv",
    "forecast/odds.csv",
)
SHOWN = 300
REVIEWED = 10
FIELDS = (
    "provider",
    "state",
    "county",
    "applicant_name",
    "project_name",
    "contact_or_agent",
    "engineer",
    "requested_mw",
    "requested_in_service",
    "filed_on",
    "stage",
    "ramp",
)


def queues(request: Request) -> Response:
    """All kept lists, and a form for a new one."""
    return render(request, "queues.html", queues=list_queues(root_of(request)))


def _open(request: Request) -> Queue | Response:
    found = queue_of(root_of(request), request.path_params["queue"])
    return found if found is not None else fault_page(request, 404, "no_queue", request.path_params["queue"])


def _match(request: Request, queue: Queue, source: Path) -> Response:
    """Look for duplicates again, with all that was decided."""
    command = ["pipeline", "match", str(source), *_outputs(queue), "--json"]
    job = jobs_of(request).start(
        queue.name,
        command,
        jobs_of(request).new_folder(),
        tool="match",
        back=f"/queues/{queue.name}",
        keep=queue.path / "match.json",
        language=language_of(request),
    )
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def _outputs(queue: Queue) -> list[str]:
    folder = queue.path.resolve()
    for name in ("records.csv", "review.csv", "pairs.csv", "forecast"):
        if (folder / name).is_symlink():
            (folder / name).unlink()  # what is written stays in the list's own folder
    out = [f"--records={folder / 'records.csv'}", f"--review={folder / 'review.csv'}", f"--out={folder / 'pairs.csv'}"]
    return [*out, f"--decisions={folder / 'decisions.csv'}"] if queue.file("decisions.csv") is not None else out


async def add(request: Request) -> Response:
    """Keep a list that was sent, and look for duplicates in it."""
    async with request.form(max_files=1, max_part_size=UPLOAD_BYTES) as form:
        sent, name = form.get("requests_file"), form.get("name")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return fault_page(request, 400, "no_upload")
        ending = Path(sent.filename).suffix.lower()
        if ending not in ENDINGS:
            return fault_page(request, 400, "bad_ending", sent.filename)
        if not isinstance(name, str) or not slug_of(name):
            return fault_page(request, 400, "bad_name", str(name or ""))
        queue = new_queue(root_of(request), name)
        (queue.path / f"requests{ending}").write_bytes(await sent.read(UPLOAD_BYTES))
    return again(request, queue)


def again(request: Request, queue: Queue | None = None) -> Response:
    """Match a kept list once more."""
    found = queue or _open(request)
    if isinstance(found, Response):
        return found
    source = found.requests
    return fault_page(request, 404, "no_file", found.name) if source is None else _match(request, found, source.resolve())


def forecast(request: Request) -> Response:
    """Forecast what of a kept list will draw power."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    source = found.requests
    if source is None:
        return fault_page(request, 404, "no_file", found.name)
    command = [
        "pipeline",
        "forecast",
        str(source.resolve()),
        "--no-store",
        f"--out={(found.path / 'forecast').resolve()}",
        "--json",
    ]
    job = jobs_of(request).start(
        found.name,
        command,
        jobs_of(request).new_folder(),
        tool="forecast",
        back=f"/queues/{found.name}",
        keep=found.path / "forecast.json",
        language=language_of(request),
    )
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def _pair(row: dict[str, str], records: dict[str, dict[str, str]], decided: dict[tuple[str, str], str]) -> dict[str, Any]:
    """A pair to look at: both records side by side, what speaks for and against, what was decided."""
    a, b = row["id_a"], row["id_b"]
    one, two = records.get(a, {}), records.get(b, {})
    fields = [(f, one.get(f, ""), two.get(f, "")) for f in FIELDS if one.get(f) or two.get(f)]
    pair = (a, b) if a <= b else (b, a)
    return {**row, "fields": fields, "decision": decided.get(pair, ""), "why": row.get("why", "")}


def match_fits(answer: dict[str, Any]) -> bool:
    """Whether a kept answer holds what the page shows of a match."""
    return all(isinstance(answer[k], int | float) for k in ("records", "requested_mw", "duplicate_mw", "duplicate_mw_stderr"))


def forecast_fits(answer: dict[str, Any]) -> bool:
    """Whether a kept answer holds what the page shows of a forecast."""
    steps, total, odds = answer["waterfall"], answer["total"], answer["odds"]
    known = {"year", *more_charts.STEPS}
    return (
        all(set(r) <= known and all(isinstance(v, int | float) for v in r.values()) and int(r["year"]) for r in steps)
        and {int(r["year"]) for r in steps} == {int(r["year"]) for r in total}
        and all(isinstance(r[f"{k}_mw"], int | float) for r in total for k in ("p10", "p50", "p90", "deduplicated"))
        and all(isinstance(o, dict) for o in odds)
    )


def _waterfall(queue: Queue, request: Request) -> tuple[list[int], int, dict[str, Any], dict[str, str]]:
    """Years of a kept forecast, the one shown, its steps, and its charts."""
    words, answer = words_of(language_of(request)), queue.document("forecast.json", forecast_fits)
    steps = {int(r["year"]): r for r in answer.get("waterfall", [])}
    if not steps:
        return [], 0, {}, {}
    year = year_near(request, steps)
    total = sorted(answer.get("total", []), key=lambda r: r["year"])
    drawn = {"waterfall": more_charts.waterfall_chart(steps[year], words), "band": more_charts.forecast_chart(total, words)}
    return sorted(steps), year, steps[year], {k: json.dumps(v, ensure_ascii=False) for k, v in drawn.items()}


def queue(request: Request) -> Response:
    """One list: what it asks for, pairs to review, how much will come."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    records = {r.get("request_id") or r.get("id", ""): r for r in found.rows("records.csv")}
    decided = found.decisions()
    open_first = sorted(found.rows("review.csv"), key=lambda r: tuple(sorted((r["id_a"], r["id_b"]))) in decided)
    pairs = [_pair(row, records, decided) for row in open_first[:REVIEWED]]
    years, year, steps, drawn = _waterfall(found, request)
    wanted = request.query_params.get("find", "").strip().lower()
    shown = [(k, r) for k, r in records.items() if not wanted or wanted in " ".join(r.values()).lower()]
    return render(
        request,
        "queue.html",
        queue=found,
        summary=found.document("match.json", match_fits),
        pairs=pairs,
        reviewable=len(open_first),
        decided=decided,
        records=shown[:SHOWN],
        total=len(shown),
        find=request.query_params.get("find", ""),
        years=years,
        year=year,
        steps=steps,
        drawn=drawn,
        number=number,
        files=[f for f in FILES if found.file(f) is not None],
        fields=FIELDS,
        faults=[problem_text(p, language_of(request)) for p in found.faults],
    )


async def decide(request: Request) -> Response:
    """Keep what a reviewer says of a pair."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    form = await request.form()
    a, b, said = (str(form.get(k, "")) for k in ("a", "b", "decision"))
    row = next((r for r in found.rows("review.csv") if (r["id_a"], r["id_b"]) == (a, b)), None)
    if row is None or said not in (*DECISIONS, "open"):
        return fault_page(request, 400, "no_pair", f"{a} – {b}")
    found.decide(a, b, said)
    if "hx-request" in request.headers:
        records = {r.get("request_id") or r.get("id", ""): r for r in found.rows("records.csv")}
        return render(request, "pair.html", queue=found, p=_pair(row, records, found.decisions()))
    return RedirectResponse(f"/queues/{found.name}#review", status_code=303)


def one(request: Request) -> Response:
    """One request: what it says, which others may be the same, its odds."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    wanted = request.query_params.get("id", "")
    record = next((r for r in found.rows("records.csv") if (r.get("request_id") or r.get("id")) == wanted), None)
    if record is None:
        return fault_page(request, 404, "no_request", wanted)
    others = [
        (r["id_b"] if r["id_a"] == wanted else r["id_a"], r) for r in found.rows("pairs.csv") if wanted in (r["id_a"], r["id_b"])
    ]
    all_odds = found.document("forecast.json", forecast_fits).get("odds", [])
    odds: dict[str, Any] = next((o for o in all_odds if o.get("request_id") == wanted), {})
    return render(
        request,
        "request.html",
        queue=found,
        wanted=wanted,
        record=record,
        others=others,
        odds=odds,
        number=number,
        faults=[problem_text(p, language_of(request)) for p in found.faults],
        decided=found.decisions(),
    )


def file(request: Request) -> Response:
    """A file of a kept list, as a download."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    name = request.path_params["file"]
    path = found.file(name) if name in FILES else None
    return fault_page(request, 404, "no_file", name) if path is None else FileResponse(path, filename=path.name)


async def remove(request: Request) -> Response:
    """Take a list away, when its reader is sure."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    form = await request.form()
    if form.get("sure") != "1":
        return fault_page(request, 400, "not_sure", found.name)
    found.remove()
    return RedirectResponse("/queues", status_code=303)
