"""`gridroom outlook countries`: electricity, capacity and additions side by side."""

from __future__ import annotations

from typing import Any

from gridroom.cli.console import answer


def _cell(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def readable(rows: list[dict[str, Any]]) -> str:
    """Lines for a person."""
    years = sorted({r["year"] for c in rows for r in c["by_year"]})
    lines = ["generation, TWh a year (blank: not known)", f"{'':22}" + "".join(f"{y:>9}" for y in years)]
    for c in rows:
        by = {r["year"]: r["generation_twh"] for r in c["by_year"]}
        lines.append(f"{c['country'][:21]:22}" + "".join(f"{_cell(by.get(y)):>9}" for y in years))
    lines += ["", "how fast each makes room: energy added a year, as average power"]
    for c in rows:
        g = c["growth"]
        if g is None:
            lines.append(f"{c['country'][:21]:22}not known")
            continue
        clean = _cell(g["added_clean_average_gw_per_year"], 1)
        lines.append(
            f"{c['country'][:21]:22}{g['added_average_gw_per_year']:8.1f} GW a year, {clean} of it without coal, gas and oil; "
            f"{g['generation_growth_pct_per_year']:+.1f} % a year {g['from_year']}-{g['to_year']}"
            + (f"; {g['note']}" if g["note"] else "")
        )
    lines += ["", "capacity and additions"]
    for c in rows:
        for r in c["capacity"]:
            added = "" if r["added_gw"] is None else f", {r['added_gw']:,.0f} GW added"
            have = "" if r["capacity_gw"] is None else f"{r['capacity_gw']:,.0f} GW"
            lines.append(f"{c['country'][:21]:22}{r['year']}  {have}{added}  [{r['claim']}] {r['source']}; {r['note']}")
    return "\n".join(lines)


def countries(names: list[str], first_year: int, as_json: bool) -> int:
    """Answer countries side by side."""
    from gridroom.study.countries import countries as find

    rows = find(names, first_year)
    document = {
        "schema_version": "1",
        "command": "outlook countries",
        "countries": rows,
        "note": "average power of added energy, not capacity: what a load that runs all hours could draw",
    }
    answer(document, as_json, lambda: readable(rows))
    return 0
