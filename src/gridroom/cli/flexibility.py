"""`gridroom flexibility`: the published curtailment method on observed demand, and the engine's answer beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, progress_lines, tell_of_compiling
from gridroom.core.errors import Problem, StudyError, UsageError, raise_all


@dataclass(frozen=True, slots=True, kw_only=True)
class FlexibilityOptions:
    """Options of `gridroom flexibility`."""

    authority: str
    curtailment_pct: str
    thresholds: str
    keep_spikes: bool
    region: str | None
    year: int
    samples: int
    seed: int
    jobs: int
    target_lole_days: float
    as_json: bool
    progress: str


def rates_of(text: str, problems: list[Problem]) -> tuple[float, ...]:
    """Rates of `0.25,0.5,1`; what is wrong is added to `problems`."""
    out = []
    for part in text.split(","):
        try:
            value = float(part)
        except ValueError:
            problems.append(Problem("--curtailment-pct", f"must be numbers with commas between; got {part!r}", "0.25,0.5,1"))
            continue
        if not 0 < value <= 50:
            problems.append(
                Problem(
                    "--curtailment-pct",
                    f"must lie in (0, 50], percent of the added load's energy; got {part}",
                    "0.25 stands for 0.25 %",
                )
            )
        else:
            out.append(value)
    return tuple(dict.fromkeys(out))


def demands_of(text: str, keep_spikes: bool) -> list[Any]:
    """Demand of the authorities named, of all, or of a file."""
    from gridroom.core.names import find_name
    from gridroom.loads.demand import authority_names, read_demand, shipped

    path = Path(text)
    if path.suffix.lower() in (".csv", ".parquet"):
        if not path.is_file():
            raise StudyError(Problem("--authority", f"names no file: {text!r}"))
        return read_demand(path, not keep_spikes)
    known = authority_names()
    names = list(known) if text.strip().lower() == "all" else [part for part in text.split(",") if part.strip()]
    found = [find_name("--authority", name.strip(), known) for name in names]
    raise_all([one for one in found if isinstance(one, Problem)])
    if not found:
        raise UsageError("--authority names none; all, or codes with commas between: PJM,MISO")
    return [shipped(name, not keep_spikes) for name in dict.fromkeys(str(one) for one in found)]


def _threshold(demand: Any, one: Any) -> dict[str, Any]:
    return {
        "season": one.season,
        "mw": one.mw,
        "set_by_hour_utc": demand.time_of(one.hour).isoformat(),
        "without_that_day_mw": one.next_mw,
    }


def _published(
    options: FlexibilityOptions, rates: tuple[float, ...], problems: list[Problem]
) -> tuple[list[Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Rooms, rows and authorities of the published method."""
    from gridroom.loads.curtailment import gaps_of, load_factor, room_at

    gaps, demands = [], []
    try:
        demands = demands_of(options.authority, options.keep_spikes)
    except StudyError as fault:
        problems += fault.problems
    for demand in demands:
        try:
            gaps.append(gaps_of(demand, options.thresholds))
        except StudyError as fault:
            problems += fault.problems
    raise_all(problems)
    rooms = [room_at(one, pct) for one in gaps for pct in rates]
    rows = [
        {
            "authority": r.authority,
            "name": r.name,
            "curtailment_pct": r.curtailment_pct,
            "room_mw": r.room_mw,
            "room_without_setting_day_mw": r.room_without_setting_day_mw,
            "curtailed_hours": r.curtailed_hours,
            "curtailed_hours_by_year": list(r.curtailed_hours_by_year),
            "rate_pct_by_year": list(r.rate_pct_by_year),
            "hours_at_least_half": r.hours_half,
            "hours_at_least_three_quarters": r.hours_three_quarters,
            "hours_at_least_nine_tenths": r.hours_nine_tenths,
            "event_hours": r.event_hours,
            "winter_share": r.winter_share,
        }
        for r in rooms
    ]
    about = [
        {
            "authority": g.demand.authority,
            "name": g.demand.name,
            "load_factor": load_factor(g.demand),
            "hours_filled": g.demand.filled,
            "false_peaks": [g.demand.time_of(h).isoformat() for h in g.demand.spikes],
            "years": [int(y) for y in g.years],
            "thresholds": [_threshold(g.demand, one) for one in g.thresholds],
        }
        for g in gaps
    ]
    return rooms, rows, about


def _kind(one: Any) -> dict[str, Any]:
    gives = one.gives
    return {
        "kind": one.kind,
        "share_pct": 100.0 * gives.share,
        "hours_per_day": gives.hours_per_day,
        "caught_up": gives.caught_up,
        "hours_per_year": gives.hours_per_year if math.isfinite(gives.hours_per_year) else None,
        "store_h": gives.store_h or None,
        "room_mw": one.room.room_mw.as_dict(),
        "room_is_lower_bound": one.room.at_least,
        "called_hours": one.room.called_hours.as_dict(),
        "lole_days": one.room.lole_days.as_dict(),
        "cost_usd_per_kw_year": one.usd_per_kw_year.as_dict(),
        "cost_usd_per_extra_kw_year": None if one.usd_per_extra_kw_year is None else one.usd_per_extra_kw_year.as_dict(),
        "claim": one.claim,
        "source": one.source,
    }


def _engine(options: FlexibilityOptions, rates: tuple[float, ...]) -> dict[str, Any]:
    """The engine's answer for one region of the outlook."""
    from gridroom.study.flexible import flexible

    tell_of_compiling("hours_kernel.record_hours")
    found = flexible(
        options.region or "",
        options.year,
        curtailment_pct=rates,
        samples=options.samples,
        seed=options.seed,
        jobs=options.jobs,
        lole_days=options.target_lole_days,
        listener=progress_lines(options.progress),
    )
    beside = [
        {
            "curtailment_pct": b.curtailment_pct,
            "published_room_mw": b.published_mw,
            "published_hours": b.published_hours,
            "engine_room_mw": b.engine.room_mw.as_dict(),
            "engine_room_is_lower_bound": b.engine.at_least,
            "engine_called_hours": b.engine.called_hours.as_dict(),
            "called_in_published_hours_pct": b.called_in_published_hours_pct,
            "published_winter_pct": b.published_winter_pct,
            "engine_winter_pct": b.engine_winter_pct,
        }
        for b in found.beside
    ]
    return {
        "region": found.region,
        "name": found.name,
        "year": found.year,
        "samples": found.samples,
        "target_lole_days": found.lole_days,
        "base_lole_days": found.base_lole_days.as_dict(),
        "peak_2024_mw": found.peak_mw,
        "kinds": [_kind(one) for one in found.kinds],
        "beside_published": beside,
        "why": list(found.why),
    }


def _published_lines(document: dict[str, Any]) -> list[str]:
    """The published method as a table."""
    lines = [
        "published method (NI R 25-01) on observed demand: load that fits below each season's highest demand if it gives way",
        f"{'authority':22} {'rate':>6} {'room, GW':>9} {'without day*':>12} {'hours a year':>12} {'row, h':>7} {'winter':>7}",
    ]
    for r in document["rows"]:
        less = r["room_without_setting_day_mw"]
        alone = f"{less / 1e3:12.3f}" if less is not None else f"{'':12}"
        head = f"{r['authority'] + ' ' + r['name']:22.22} {r['curtailment_pct']:5g} % {r['room_mw'] / 1e3:9.3f} {alone}"
        lines.append(f"{head} {r['curtailed_hours']:12.0f} {r['event_hours']:7.1f} {r['winter_share']:7.0%}")
    for n in document["national"] or document["selected"]:
        head = f"{'all' if document['national'] else 'these'} {n['authorities']}"
        lines.append(f"{head:22} {n['curtailment_pct']:5g} % {n['room_mw'] / 1e3:9.1f} {'':12} {n['curtailed_hours']:12.0f}")
    lines.append("* without the day that sets a threshold: one hour decides. No measure of risk: no outages, imports or reserve.")
    for a in document["authorities"]:
        if a["hours_filled"] or a["false_peaks"]:
            lines.append(
                f"  {a['authority']}: {a['hours_filled']} hours filled; false peaks: {', '.join(a['false_peaks']) or 'none'}"
            )
    return lines


def _span(value: dict[str, float] | None) -> str:
    return f"{value['best']:,.0f} ({value['low']:,.0f} to {value['high']:,.0f})" if value else ""


def _engine_lines(engine: dict[str, Any]) -> list[str]:
    """The engine's answer as tables."""
    base = engine["base_lole_days"]
    error = "?" if base["stderr"] is None else f"{base['stderr']:.3f}"
    words = f"without the load {base['value']:.3f} ± {error}, {engine['samples']} samples"
    lines = [
        "",
        f"{engine['name']} {engine['year']}, by the engine: room at LOLE {engine['target_lole_days']:g} days ({words})",
        f"{'kind':16} {'room, MW':>18} {'hours called':>14} {'USD a kW and year':>28} {'USD an extra kW and year':>30}",
    ]
    for k in engine["kinds"]:
        room = _room(k["room_mw"], k["room_is_lower_bound"])
        cost, each = _span(k["cost_usd_per_kw_year"]), _span(k["cost_usd_per_extra_kw_year"])
        lines.append(f"{k['kind']:16} {room:>18} {k['called_hours']['value']:14.1f} {cost:>28} {each:>30}")
    lines += ["", f"{'rate':8} {'published, MW':>14} {'engine, MW':>18} {'engine calls in published hours':>32}"]
    for b in engine["beside_published"]:
        share = b["called_in_published_hours_pct"]
        room = _room(b["engine_room_mw"], b["engine_room_is_lower_bound"])
        inside = "" if share is None else f"{share:.0f} %"
        lines.append(f"{b['curtailment_pct']:5g} %  {b['published_room_mw']:14,.0f} {room:>18} {inside:>32}")
    return [*lines, "", *engine["why"]]


def _readable(document: dict[str, Any]) -> str:
    return "\n".join(_published_lines(document) + (_engine_lines(document["engine"]) if document["engine"] else []))


def _room(value: dict[str, Any], bound: bool) -> str:
    error = f" ± {value['stderr']:,.0f}" if value["stderr"] is not None else ""
    return f"{'≥ ' if bound else ''}{value['value']:,.0f}{error}"


def flexibility(options: FlexibilityOptions) -> int:
    """Answer how much more load fits if it gives way."""
    from gridroom.loads.curtailment import RULES, national
    from gridroom.loads.demand import authority_names

    problems: list[Problem] = []
    rates = rates_of(options.curtailment_pct, problems)
    progress_lines(options.progress)
    if options.thresholds not in RULES:
        raise UsageError(f"--thresholds must be one of {', '.join(RULES)}; got {options.thresholds!r}")
    if not 0 < options.target_lole_days < 100:
        raise UsageError(f"--target-lole-days must lie between 0 and 100 days a year; got {options.target_lole_days}")
    rooms, rows, about = _published(options, rates, problems)
    total = national(rooms)
    whole = {a["authority"] for a in about} == set(authority_names())
    document = {
        "schema_version": "1",
        "command": "flexibility",
        "method": "curtailment-enabled headroom (NI R 25-01)",
        "thresholds": options.thresholds,
        "rows": rows,
        "national": total if whole else [],
        "selected": [] if whole else total,
        "authorities": about,
        "engine": _engine(options, rates) if options.region is not None else None,
    }
    answer(document, options.as_json, lambda: _readable(document))
    return 0
