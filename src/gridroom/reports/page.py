"""The report: one HTML file with everything inside; nothing is asked of any other host."""

from __future__ import annotations

import base64
import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from gridroom.reference import catalog
from gridroom.reports import asset_sections, claim_sections, sections, supply_sections
from gridroom.reports.words import Words, load_words
from gridroom.results.folder import RunFolder

ECHARTS = "static/echarts-6.1.0.min.js"


def _static(name: str) -> str:
    return files("gridroom.reports").joinpath(name).read_text(encoding="utf-8")


def _csv(table: dict[str, Any]) -> str:
    """A table as CSV, numbers to four decimals, unknown blank."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table)
    columns = [values.round(4).tolist() if values.dtype.kind == "f" else values.tolist() for values in table.values()]
    writer.writerows(["" if v is None or v != v else v for v in row] for row in zip(*columns, strict=True))
    return stream.getvalue()


def headline(manifest: dict[str, Any], words: Words) -> str:
    """The answer in one sentence, in the report's language."""
    if words.language == "en":
        return str(manifest["headline"])
    parts = {**manifest["headline_parts"], "name": words.text("place", manifest["headline_parts"]["name"] or "")}
    second = words("headline_now", **parts)
    if parts["year"] is None:
        return words("headline_none", **parts) + second
    late = parts["late"] or words("never", last=parts["last_study_year"])
    return words("headline_first", **{**parts, "late": late}) + second


def _context(folder: RunFolder, words: Words) -> dict[str, Any]:
    manifest = folder.manifest
    study = manifest["study"]
    table = folder.columns("region_year")
    years = sorted({int(y) for y in table["year"]})
    shown: list[int] = [y for y in (2027, 2030, 2035) if y in years] or [years[-1]]
    year, sensitivity = sections.sensitivity_rows(folder, words)
    case_year, cases = sections.load_case_rows(folder, words)
    map_year = 2030 if 2030 in years else years[-1]
    return {
        "words": words, "manifest": manifest, "headline": headline(manifest, words),
        "study": study, "years": years, "shown": shown, "map_year": map_year,
        "tiles": sections.tiles(folder, catalog.rows("regions"), words), "rows": sections.region_rows(folder, words, shown),
        "standards": sections.standard_rows(folder, words), "sensitivity": sensitivity, "sensitivity_year": year,
        "load_cases": cases, "case_year": case_year, "meaning": sections.meaning_rows(folder, words),
        **supply_sections.context(folder, words), **asset_sections.context(folder, words, shown),
        "public_claims": claim_sections.public_claims(folder, words),
        "regions": [(r, words.text("place", n)) for r, n in dict(zip(table["region"], table["name"], strict=True)).items()],
        "first_region": sections.region_rows(folder, words, shown)[0]["id"],
        "options": json.dumps(sections.chart_options(folder, words), ensure_ascii=False).replace("</", "<\\/"),
        "lock": folder.lock_text,
        "csv": base64.b64encode(_csv(table).encode()).decode("ascii"), "later": sections.LATER,
        "legend": [(y, sections.COLOURS[min(int((y - years[0]) * 10 / len(years)), 9)]) for y in years],
        "echarts": _static(ECHARTS), "script": _static("static/report.js"), "style": _static("static/report.css")}


def report_path(folder: RunFolder, language: str) -> Path:
    """File of a run's report in a language: `report.html` in the study's own."""
    own = folder.manifest["study"]["report"]["language"]
    return folder.path / ("report.html" if language == own else f"report.{language}.html")


def write_report(folder: RunFolder, language: str = "en") -> Path:
    """Write `report.html` (or `report.ja.html`) into the run folder.

    Parameters
    ----------
    folder : RunFolder
        A finished run.
    language : str
        `en` or `ja`.

    Returns
    -------
    Path
        The file. The same run gives the same bytes.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    words = load_words(language)
    environment = Environment(loader=PackageLoader("gridroom.reports"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    text = environment.get_template("report.html").render(**_context(folder, words))
    path = report_path(folder, language)
    path.write_text(text, encoding="utf-8")
    return path
