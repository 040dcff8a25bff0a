"""Pages that start, watch and stop commands: runs and calculators."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from gridroom.dashboard.answer_charts import drawn
from gridroom.dashboard.answers import figures, grids, number, value_of
from gridroom.dashboard.forms import fill, form_text, sections
from gridroom.dashboard.jobs import Job, Jobs
from gridroom.dashboard.names import field_label, name_of
from gridroom.dashboard.run_pages import root_of
from gridroom.dashboard.runs import list_runs
from gridroom.dashboard.settings import UPLOAD_BYTES
from gridroom.dashboard.tools import TOOLS, arguments
from gridroom.dashboard.view import fault_page, language_of, render, words_of

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,60}")
USAGE = re.compile(r"Usage: |Try '|使い方: |`.+ --help` ")  # of the command line, not of the page
CASES = {"supply": ("trend", "committed"), "load": ("pipeline", "national", "as_filed", "none")}


def jobs_of(request: Request) -> Jobs:
    """Jobs of this server."""
    jobs: Jobs = request.app.state.jobs
    return jobs


def runs(request: Request) -> Response:
    """All runs, and a form for a new one."""
    return render(
        request,
        "runs.html",
        entries=list_runs(root_of(request)),
        jobs=[j for j in jobs_of(request).all() if j.run],
        cases=CASES,
        told=lambda entry: entry.told(words_of(language_of(request))),
    )


def _text(form: Any, name: str, usual: str = "") -> str:
    value = form.get(name, usual)
    return value.strip() if isinstance(value, str) else usual


async def start_run(request: Request) -> Response:
    """Start a run as a child process."""
    form = await request.form()
    name = _text(form, "name", "run")
    if not NAME.fullmatch(name) or ".." in name:
        return fault_page(request, 400, "bad_name", name)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "run"
    taken = {e.name for e in list_runs(root_of(request))} | {j.run for j in jobs_of(request).all() if not j.over}
    free = next(
        n for n in (slug, *(f"{slug}-{k}" for k in range(2, 10_000))) if n not in taken and not (root_of(request) / n).exists()
    )
    samples, seed = (unicodedata.normalize("NFKC", _text(form, k, usual)) for k, usual in (("samples", "90"), ("seed", "1")))
    settings = [f"name={json.dumps(name)}", f"run.samples={samples}", f"run.seed={seed}"]
    for part, choices in CASES.items():
        chosen = _text(form, f"{part}_case", choices[0])
        settings.append(f'{part}.case="{chosen if chosen in choices else choices[0]}"')
    if form.get("quick"):
        settings += ["run.sensitivity_samples=0", "run.expansion_samples=0", "run.load_cases=false"]
    if not (re.fullmatch(r"[0-9]{1,7}", samples) and int(samples) >= 2 and re.fullmatch(r"[0-9]{1,7}", seed)):
        return fault_page(request, 400, "bad_number", f"samples {samples}, seed {seed}")
    command = [
        "run",
        "--out",
        str((root_of(request) / free).resolve()),
        "--progress",
        "jsonl",
        *(a for s in settings for a in ("--set", s)),
    ]
    job = jobs_of(request).start(name, command, jobs_of(request).new_folder(), run=free, language=language_of(request))
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def resume(request: Request) -> Response:
    """Go on with a run that was stopped, from its own lock file."""
    name = request.path_params["run"]
    entry = next((e for e in list_runs(root_of(request)) if e.name == name and e.state == "unfinished"), None)
    if entry is None:
        return fault_page(request, 404, "no_run", name)
    if running := next((j for j in jobs_of(request).all() if j.run == name and not j.over), None):
        return RedirectResponse(f"/jobs/{running.id}", status_code=303)  # two would write the same folder
    path = (root_of(request) / name).resolve()
    folder = jobs_of(request).new_folder()
    (folder / "study.toml").write_text((path / "study.lock.toml").read_text(encoding="utf-8"), encoding="utf-8")
    command = ["run", "study.toml", "--out", str(path), "--resume", "--progress", "jsonl"]
    job = jobs_of(request).start(name, command, folder, run=name, language=language_of(request))
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def tools(request: Request) -> Response:
    """All calculators."""
    return render(request, "tools.html", tools=list(TOOLS.values()))


def tool(request: Request) -> Response:
    """One calculator: its form."""
    found = TOOLS.get(request.path_params["tool"])
    if found is None:
        return fault_page(request, 404, "no_tool", request.path_params["tool"])
    text = form_text(found.form) if found.form else ""
    given: dict[str, str] = {}
    before = jobs_of(request).get(request.query_params.get("again", ""))
    if before is not None and before.tool == found.name:  # nothing that was typed is lost
        given = before.given
        text = given.get("settings") or text
    return render(request, "tool.html", tool=found, text=text, sections=sections(text), given=given, field_label=field_label)


async def _keep(upload: UploadFile, folder: Path) -> str:
    """Write an uploaded file under a harmless name; the name, or empty where it has none."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", Path(upload.filename or "").name).lstrip(".")[-100:]
    if not name or name in ("input.toml", "out"):
        return ""
    (folder / name).write_bytes(await upload.read(UPLOAD_BYTES))
    return name


async def start_tool(request: Request) -> Response:
    """Run a calculator as a child process on what the form says."""
    found = TOOLS.get(request.path_params["tool"])
    if found is None:
        return fault_page(request, 404, "no_tool", request.path_params["tool"])
    folder = jobs_of(request).new_folder()
    given: dict[str, str] = {}
    uploaded: dict[str, str] = {}
    async with request.form(max_files=20, max_part_size=UPLOAD_BYTES) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                kept = await _keep(value, folder)
                uploaded |= {name: kept} if kept else {}
            else:
                given[name] = value
    if any(a.kind == "file" and a.name not in uploaded for a in found.asks):
        return fault_page(request, 400, "no_upload")
    if found.form:
        if "settings" not in given:
            given["settings"] = fill(given.get("base") or form_text(found.form), given)
        (folder / "input.toml").write_text(given["settings"], encoding="utf-8")
    if found.hours:
        (folder / "out").mkdir()
    command, language = arguments(found, given, uploaded), language_of(request)
    job = jobs_of(request).start(found.name, command, folder, tool=found.name, language=language)
    job.given = {k: v for k, v in given.items() if not k.startswith(("set:", "with:", "base"))}
    return RedirectResponse(f"/jobs/{job.id}", status_code=303)


def _job(request: Request) -> Job | Response:
    job = jobs_of(request).get(request.path_params["job"])
    return job if job is not None else fault_page(request, 404, "no_job", request.path_params["job"])


def _files(job: Job) -> list[str]:
    """Files that a command wrote for the user."""
    out = job.folder / "out"
    return sorted(p.name for p in out.iterdir() if p.is_file()) if out.is_dir() else []


def job(request: Request) -> Response:
    """A job: its progress while it runs, its answer after."""
    found = _job(request)
    if isinstance(found, Response):
        return found
    document = found.document() if found.over and found.tool else None
    shown = document if isinstance(document, dict) else {}
    settings, words = found.folder / "input.toml", words_of(language_of(request))
    return render(
        request,
        "job.html",
        job=found,
        lines=[line for line in found.lines if not USAGE.match(line)],
        figures=figures(shown),
        grids=grids(shown),
        number=number,
        value_of=lambda value: value_of(value, words),
        drawn=drawn(found.tool, shown, found.folder, words),
        name_of=name_of,
        files=_files(found),
        settings=settings.read_text(encoding="utf-8") if settings.is_file() else "",
    )


async def _events(found: Job) -> AsyncIterator[str]:
    """Progress of a job as server-sent events, to its end."""
    last = ""
    while True:
        state = json.dumps({"state": found.state, "progress": found.progress, "line": found.lines[-1] if found.lines else ""})
        if state != last:
            last = state
            yield f"data: {state}\n\n"
        if found.over:
            return
        await asyncio.sleep(0.25)


def events(request: Request) -> Response:
    """Stream of a job's progress."""
    found = _job(request)
    return found if isinstance(found, Response) else StreamingResponse(_events(found), media_type="text/event-stream")


def stop(request: Request) -> Response:
    """End a job; what a run finished is kept."""
    found = _job(request)
    if isinstance(found, Response):
        return found
    jobs_of(request).stop(found)
    return RedirectResponse(f"/jobs/{found.id}", status_code=303)


def answer(request: Request) -> Response:
    """A job's answer as it was printed: JSON."""
    found = _job(request)
    if isinstance(found, Response):
        return found
    return Response(
        found.answer, media_type="application/json", headers={"content-disposition": f'attachment; filename="{found.title}.json"'}
    )


def job_file(request: Request) -> Response:
    """A file that a command wrote; always as a download."""
    found = _job(request)
    if isinstance(found, Response):
        return found
    name = request.path_params["name"]
    if name not in _files(found):
        return fault_page(request, 404, "no_file", name)
    data = (found.folder / "out" / name).read_bytes()
    return Response(data, media_type="application/octet-stream", headers={"content-disposition": f'attachment; filename="{name}"'})
