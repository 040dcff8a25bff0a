"""`gridroom campus`: hourly load of a campus from a file, or of a named one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, check_out, say
from gridroom.core.errors import UsageError


def _write(path: Path, load: Any) -> None:
    """Hourly table as Parquet or CSV."""
    frame = load.to_pandas()
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        frame.to_csv(path, index=False, lineterminator="\n", float_format="%.6f")


def readable(document: dict[str, Any]) -> str:
    """The answer for a person."""
    d = document
    factor = "" if d["load_factor"] is None else f", load factor {d['load_factor']:.3f}"
    pue = f"PUE {d['pue_mean']:.3f} over the year, {d['pue_hottest_hour']:.3f} in the hottest hour ({d['cooling']}, {d['weather']})"
    co2, water = d["co2_t"], d["water_m3_range"]
    homes = f"; as much electricity as {d['households']['best']:,.0f} households" if d["households"] else ""
    lines = [
        f"{d['name']}: {d['peak_mw']:,.1f} MW at its peak, {d['energy_mwh'] / 1e3:,.0f} GWh in {d['hours']:,} hours{factor}",
        f"{pue}; in the hottest hundredth of hours {d['mw_hottest_hundredth_of_hours']:,.1f} MW",
        f"CO2 {co2['best']:,.0f} t ({co2['low']:,.0f} to {co2['high']:,.0f}) at the grid's average{homes}",
        f"water {water['best']:,.0f} m3 ({water['low']:,.0f} to {water['high']:,.0f})",
    ]
    e = d["electrical"]
    swing, loss = e["swing_mw"], e["largest_simultaneous_load_loss_mw"]["best"]
    lines.append(
        f"within seconds it swings by {swing['best']:,.0f} MW ({swing['low']:,.0f} to {swing['high']:,.0f}); "
        f"a fault may take off {loss:,.0f} MW at once; largest step from hour to hour {e['hourly_ramp_mw']:,.0f} MW"
    )
    for rule in e["rules"]:
        if rule["met"] is not None:
            word = "within" if rule["met"] else "above"
            lines.append(f"  {rule['who']:9} {rule['value']:,.0f} {word} {rule['limit']:g} {rule['unit']} ({rule['status']})")
        elif rule["minutes_to_return"] is not None:
            back = f"{rule['minutes_to_return']:,.0f} min to come back"
            lines.append(f"  {rule['who']:9} {back} at {rule['limit']:g} {rule['unit']} ({rule['status']})")
    lines += [f"  {row['year']}  peak {row['peak_mw']:>9,.1f} MW  {row['energy_mwh'] / 1e3:>9,.0f} GWh" for row in d["by_year"]]
    lines += ["", *assumption_lines(d["assumptions"])]
    return "\n".join(lines)


def assumption_lines(assumptions: list[dict[str, Any]]) -> list[str]:
    """Inputs with range, claim class and source, a line each."""
    lines = ["what it rests on"]
    for a in assumptions:
        span = f"{a['best']:.4g}" if a["low"] == a["high"] else f"{a['best']:.4g} ({a['low']:.3g} to {a['high']:.3g})"
        lines.append(f"  {a['name']:34} {span:28} {a['unit']:7} {a['claim']:10} {a['source']}")
    return lines


def campus(source: str | None, out: Path | None, overrides: list[str], year: int | None, as_json: bool) -> int:
    """Answer the hourly load of a campus."""
    from gridroom.loads.campus import by_year, campus_load
    from gridroom.study.campus_file import campus_names, named_campus, read_campus

    check_out(out, None if source is None else Path(source))
    if source is None and not overrides:
        if out is not None:
            raise UsageError("--out needs a campus: a file, a name, or --set")
        names = campus_names()
        document: dict[str, Any] = {
            "schema_version": "1",
            "command": "campus",
            "named": [{"name": n, "also": also[1:]} for n, also in names.items()],
        }
        answer(document, as_json, lambda: "named campuses (or give a TOML file):\n" + "\n".join(f"  {n}" for n in names))
        return 0
    rows: list[dict[str, Any]] = []
    if source is None or source.endswith(".toml") or Path(source).exists():
        chosen = read_campus(None if source is None else Path(source), overrides)
        chosen = chosen if year is None else dataclasses.replace(chosen, year=year)
    elif overrides:
        raise UsageError("--set changes a campus file, or stands alone; a named campus is what was published")
    else:
        chosen, rows = named_campus(source, year)
    load = campus_load(chosen)
    if out is not None:
        _write(out, load)
    document = {
        "schema_version": "1",
        "command": "campus",
        "name": chosen.name,
        "year": chosen.year,
        "workload": chosen.workload,
        "cooling": chosen.cooling.name,
        "weather": chosen.weather.site,
        **load.summary(),
        "by_year": by_year(chosen),
        "electrical": load.electrical.as_dict(),
        "published": rows,
        "assumptions": [a.as_dict() for a in load.assumptions],
        "notes": list(load.notes),
        "out": str(out) if out else None,
    }
    if load.peak_mw == 0:
        say(f"note: nothing is in place in {chosen.year}; the ramp begins on {chosen.ramp[0][0] if chosen.ramp else '-'}")
    for note in load.notes:
        say(f"note: {note}")
    answer(document, as_json, lambda: readable(document))
    return 0
