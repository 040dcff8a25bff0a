"""The server: routes, guard, start and end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gridroom.core.errors import StudyError
from gridroom.dashboard import compare_pages, data_pages, job_pages, queue_pages, run_pages
from gridroom.dashboard.guard import Guard
from gridroom.dashboard.jobs import Jobs
from gridroom.dashboard.settings import Settings
from gridroom.dashboard.view import fault_page, language_of
from gridroom.reports.said import problem_text

ROUTES = [
    Route("/", run_pages.home),
    Route("/runs", job_pages.runs),
    Route("/runs", job_pages.start_run, methods=["POST"]),
    Route("/run", run_pages.to_run),
    Route("/runs/{run}", run_pages.overview),
    Route("/runs/{run}/tiles", run_pages.tiles),
    Route("/runs/{run}/regions/{region}", run_pages.region),
    Route("/runs/{run}/tables", run_pages.tables),
    Route("/runs/{run}/tables/{table}.csv", run_pages.table_csv),
    Route("/runs/{run}/more", run_pages.more),
    Route("/runs/{run}/claims", run_pages.claims),
    Route("/runs/{run}/report", run_pages.report),
    Route("/runs/{run}/resume", job_pages.resume, methods=["POST"]),
    Route("/compare", compare_pages.compared),
    Route("/compare.csv", compare_pages.compared_csv),
    Route("/queues", queue_pages.queues),
    Route("/queues", queue_pages.add, methods=["POST"]),
    Route("/queues/{queue}", queue_pages.queue),
    Route("/queues/{queue}/match", queue_pages.again, methods=["POST"]),
    Route("/queues/{queue}/forecast", queue_pages.forecast, methods=["POST"]),
    Route("/queues/{queue}/decide", queue_pages.decide, methods=["POST"]),
    Route("/queues/{queue}/remove", queue_pages.remove, methods=["POST"]),
    Route("/queues/{queue}/requests", queue_pages.one),
    Route("/queues/{queue}/files/{file:path}", queue_pages.file),
    Route("/tools", job_pages.tools),
    Route("/tools/{tool}", job_pages.tool),
    Route("/tools/{tool}", job_pages.start_tool, methods=["POST"]),
    Route("/jobs/{job}", job_pages.job),
    Route("/jobs/{job}/events", job_pages.events),
    Route("/jobs/{job}/stop", job_pages.stop, methods=["POST"]),
    Route("/jobs/{job}/answer.json", job_pages.answer),
    Route("/jobs/{job}/files/{name}", job_pages.job_file),
    Route("/data", data_pages.data),
    Route("/data/{table}.csv", data_pages.table_csv),
    Route("/data/{table}", data_pages.table),
]


def _refused(request: Request, fault: Exception) -> Response:
    """What the server's own library refuses: no such page, another method, a form that is none."""
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    kind = {404: "no_page", 405: "method", 413: "too_large"}.get(status, "bad_form")
    return fault_page(request, status, kind, request.url.path)


def _cannot_show(request: Request, fault: Exception) -> Response:
    problems = fault.problems if isinstance(fault, StudyError) else ()
    kind = "broken_list" if request.url.path.startswith("/queues") else "broken_run"
    return fault_page(request, 409, kind, "\n".join(problem_text(p, language_of(request)) for p in problems))


def _broken(request: Request, fault: Exception) -> Response:
    return fault_page(request, 500, "our_fault", f"{type(fault).__name__}: {fault}"[:300])


def make_app(settings: Settings) -> Starlette:
    """The application for a folder of runs.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    Starlette
        Its child processes end with it.
    """

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        app.state.jobs.close()

    here = Path(str(files("gridroom")))
    static = Mount("/static", StaticFiles(directory=here / "dashboard/static"))
    charts = Mount("/charts", StaticFiles(directory=here / "reports/static"))
    app = Starlette(
        routes=[*ROUTES, static, charts],
        middleware=[Middleware(Guard, settings=settings)],
        lifespan=life,
        exception_handlers={HTTPException: _refused, StudyError: _cannot_show, 500: _broken},
    )
    app.state.settings = settings
    app.state.jobs = Jobs()
    return app


def serve(settings: Settings) -> None:
    """Serve until interrupted."""
    import uvicorn

    uvicorn.run(make_app(settings), host=settings.host, port=settings.port, log_level="warning", access_log=False)


__all__ = ["make_app", "serve"]
