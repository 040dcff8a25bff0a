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
from gridroom.dashboard.queues import DECISIONS, ENDINGS, Queue, list_queues, new_queue, queue_of
from gridroom.dashboard.run_pages import root_of
from gridroom.dashboard.settings import UPLOAD_BYTES
from gridroom.dashboard.view import fault_page, language_of, render, words_of
from gridroom.reports import more_charts

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
    out = [f"--{n}={(queue.path / f'{n}.csv').resolve()}" for n in ("records", "review")] + [
        f"--out={(queue.path / 'pairs.csv').resolve()}"
    ]
    return [*out, f"--decisions={(queue.path / 'decisions.csv').resolve()}"] if (queue.path / "decisions.csv").is_file() else out


async def add(request: Request) -> Response:
    """Keep a list that was sent, and look for duplicates in it."""
    async with request.form(max_files=1, max_part_size=UPLOAD_BYTES) as form:
        sent, name = form.get("requests_file"), form.get("name")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return fault_page(request, 400, "no_upload")
        ending = Path(sent.filename).suffix.lower()
        if ending not in ENDINGS:
            return fault_page(request, 400, "bad_ending", sent.filename)
        queue = new_queue(root_of(request), name if isinstance(name, str) else "")
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


def _waterfall(queue: Queue, request: Request) -> tuple[list[int], int, dict[str, Any], dict[str, str]]:
    """Years of a kept forecast, the one shown, its steps, and its charts."""
    words, answer = words_of(language_of(request)), queue.document("forecast.json")
    steps = {int(r["year"]): r for r in answer.get("waterfall", [])}
    if not steps:
        return [], 0, {}, {}
    wanted = request.query_params.get("year", "")
    year = min(steps, key=lambda y: abs(y - (int(wanted) if wanted.isdigit() and len(wanted) <= 4 else 2030)))
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
    shown = [r for r in records.values() if not wanted or wanted in " ".join(r.values()).lower()]
    return render(
        request,
        "queue.html",
        queue=found,
        summary=found.document("match.json"),
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
        files=[f for f in FILES if (found.path / f).is_file()],
        fields=FIELDS,
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
    wanted = request.path_params["request"]
    record = next((r for r in found.rows("records.csv") if (r.get("request_id") or r.get("id")) == wanted), None)
    if record is None:
        return fault_page(request, 404, "no_request", wanted)
    others = [
        (r["id_b"] if r["id_a"] == wanted else r["id_a"], r) for r in found.rows("pairs.csv") if wanted in (r["id_a"], r["id_b"])
    ]
    odds: dict[str, Any] = next((o for o in found.document("forecast.json").get("odds", []) if o.get("request_id") == wanted), {})
    return render(
        request,
        "request.html",
        queue=found,
        wanted=wanted,
        record=record,
        others=others,
        odds=odds,
        number=number,
        decided=found.decisions(),
    )


def file(request: Request) -> Response:
    """A file of a kept list, as a download."""
    found = _open(request)
    if isinstance(found, Response):
        return found
    name = request.path_params["file"]
    if name not in FILES or not (found.path / name).is_file():
        return fault_page(request, 404, "no_file", name)
    return FileResponse(found.path / name, filename=Path(name).name)
