"""How pages are made: templates with the words of a language, every value escaped."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gridroom.reports.words import LANGUAGES, Words, load_words

LANGUAGE_COOKIE = "gridroom-language"


@cache
def words_of(language: str) -> Words:
    """Words of the report and of the dashboard in one catalogue."""
    text = files("gridroom.dashboard").joinpath(f"messages/{language}.toml").read_text(encoding="utf-8")
    return Words(language, {**load_words(language).table, **tomllib.loads(text)})


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("gridroom.dashboard"), PackageLoader("gridroom.reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def language_of(request: Request) -> str:
    """Language of a request: asked for, kept, or the browser's."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    if asked in LANGUAGES:
        return asked
    return "ja" if request.headers.get("accept-language", "").lower().startswith("ja") else "en"


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page in the request's language."""
    language = language_of(request)
    words = words_of(language)
    text = _environment().get_template(template).render(words=words, language=language, path=request.url.path, **values)
    answer = HTMLResponse(text.encode("utf-8", "replace"), status_code=status)  # names may hold what is no text
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, language, samesite="strict")
    return answer


def year_near(request: Request, years: Iterable[int]) -> int:
    """Year of the address, the nearest one that there is; 2030 where it names none."""
    text = request.query_params.get("year", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 2030
    return min(years, key=lambda y: abs(y - wanted))


def csv_page(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """A table as a CSV file to keep; unknown blank."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if v is None or v != v else v for v in row] for row in rows)
    heads = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(stream.getvalue(), media_type="text/csv; charset=utf-8", headers=heads)


def fault_page(request: Request, status: int, kind: str, detail: str = "") -> Response:
    """A clear page for what cannot be answered."""
    return render(request, "fault.html", status, number=status, kind=kind, detail=detail)


__all__ = ["csv_page", "fault_page", "language_of", "render", "words_of", "year_near"]
