"""The answer of a site as a person reads it."""

from __future__ import annotations

from typing import Any


def _estimate(d: dict[str, float | None], digits: int = 3) -> str:
    error = "?" if d["stderr"] is None else f"{d['stderr']:.{digits}f}"
    return f"{d['value']:.{digits}f} ± {error}"


def _when_and_air(d: dict[str, Any]) -> list[str]:
    """Lines on time to power, phases and the permit."""
    lines = []
    t = d["time_to_power_months"]
    if t:
        binds = ", ".join(f"{n} {s:.0%}" for n, s in sorted(t["binding"].items(), key=lambda x: -x[1])[:3])
        lines.append(f"time to power       {t['p50']:.0f} months ({t['p10']:.0f} to {t['p90']:.0f}); last to come: {binds}")
    else:
        lines.append("time to power       not known: what is built has no lead time in the file")
    for phase in d["phases"]:
        built = ", ".join(f"{n} {mw:,.0f}" for n, mw in phase["capacity_mw"].items() if mw > 0.5)
        lines.append(f"  month {phase['month']:<5g} {phase['load_mw']:>8,.0f} MW load: {built}")
    air = d["air"]
    if air:
        worst = max(air["pollutants"], key=lambda p: (p["pte_tpy"] / p["limit_tpy"]) if p["limit_tpy"] else 0.0)
        lines.append(
            f"air permit          {air['pathway'].replace('_', ' ')}: {worst['name']} {worst['pte_tpy']:,.1f} tpy "
            f"against {worst['limit_tpy']:g}; "
            "a screen, not legal advice"
        )
    return lines


def readable(d: dict[str, Any]) -> str:
    """Lines of `gridroom site design`."""
    lcoe = "-" if d["lcoe_usd_per_mwh"] is None else f"{d['lcoe_usd_per_mwh']:,.2f}"
    lines = [
        f"{d['name']}: {d['status']}, {d['cost_usd_per_year'] / 1e6:,.3f} million USD a year, {lcoe} USD/MWh served",
        "",
        f"{'option':24}{'MW':>12}{'MWh stored':>12}{'units':>7}{'GWh a year':>13}",
    ]
    for name, mw in d["capacity_mw"].items():
        stored = f"{d['storage_mwh'][name]:,.1f}" if name in d["storage_mwh"] else ""
        lines.append(f"{name:24}{mw:12,.1f}{stored:>12}{d['units'].get(name, ''):>7}{d['energy_mwh'][name] / 1e3:13,.1f}")
    if "grid" in d["energy_mwh"]:
        lines.append(f"{'grid':24}{'':12}{'':12}{'':7}{d['energy_mwh']['grid'] / 1e3:13,.1f}")
    v = d["verification"]
    lines += [
        "",
        f"under outages       whole load served in {_estimate(d['availability_pct'])} % of hours; "
        f"unserved {_estimate(v['eue_mwh'], 1)} MWh a year",
    ]
    if v["repair"]:
        was = v["as_first_found"]
        lines.append(
            f"  as first found    {_estimate(was['availability_pct'])} %, "
            f"{was['objective_usd_per_year'] / 1e6:,.3f} million USD a year"
        )
        lines += [f"  with {s['added_mw']:,.1f} MW more {s['option']}: {_estimate(s['availability_pct'])} %" for s in v["repair"]]
    lines += [
        f"  {n}: {int(s['needed'])} machines carry the peak, {int(s['spare'])} spare: "
        f"binomial {s['probability_pct']:.3f} % of hours"
        for n, s in v["static_count"].items()
    ]
    lines.append(f"carbon              {d['co2_t']:,.0f} t CO2 a year; carbon-free in the same hour {d['cfe_hourly_pct']:.1f} %")
    other = d["emissions"].get("grid_alternative")
    if other:
        lines.append(
            f"  from the grid of {other['region']}: {other['average_t_co2']:,.0f} t on average, "
            f"{other['marginal_t_co2']:,.0f} t at the margin (never add the two)"
        )
    lines += _when_and_air(d)
    lines += [f"limit               {n}: {-price:,.4g} USD a year for one more" for n, price in d["shadow_usd_per_unit"].items()]
    lines += ["", *[f"note: {n}" for n in d["notes"]]]
    if d["assumptions"]:
        lines += ["", "filled in"]
        lines += [f"  {a['where']:44}{a['value']:>12,.5g} {a['unit']:12}{a['claim']:10}{a['source']}" for a in d["assumptions"]]
    return "\n".join(lines)


__all__ = ["readable"]
