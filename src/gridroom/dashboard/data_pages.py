"""The reference tables: source, licence, claim class, rows."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gridroom.core.errors import StudyError
from gridroom.dashboard.answers import number
from gridroom.dashboard.view import fault_page, render
from gridroom.reference import catalog

SHOWN_ROWS = 200


def data(request: Request) -> Response:
    """All reference tables."""
    return render(request, "data.html", tables=list(catalog.tables().values()))


def table(request: Request) -> Response:
    """The first rows of one."""
    name = request.path_params["table"]
    try:
        found = catalog.find(name)
    except StudyError:
        return fault_page(request, 404, "no_table", name)
    columns, head = catalog.head(name, SHOWN_ROWS)
    rows = [["" if v is None or v != v else number(v) for v in row] for row in head]
    return render(request, "data_table.html", table=found, columns=columns, rows=rows, total=found.rows)


def table_csv(request: Request) -> Response:
    """A reference table as CSV."""
    name = request.path_params["table"]
    try:
        text = catalog.csv_text(name)
    except StudyError:
        return fault_page(request, 404, "no_table", name)
    heads = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(text, media_type="text/csv; charset=utf-8", headers=heads)
