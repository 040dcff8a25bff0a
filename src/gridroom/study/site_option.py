"""Options of a site file: given in full, or a catalogue technology with what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem
from gridroom.core.names import find_name
from gridroom.reference import catalog
from gridroom.study.air_file import given_factors
from gridroom.study.site_schema import LeadTime, OptionEntry
from gridroom.study.site_series import Assumed, Reader, lead_time
from gridroom.supply.air_factors import Factor, default_factors
from gridroom.supply.site import Option

KEYS = {
    "dispatchable": ("capex_usd_per_kw",),
    "profile": ("capex_usd_per_kw",),
    "storage": ("power_capex_usd_per_kw", "energy_capex_usd_per_kwh"),
    "curtailment": ("max_mw",),
}
NUMBERS = (
    "vom_usd_per_mwh", "fuel_usd_per_mmbtu", "co2_t_per_mmbtu", "life_years", "unit_mw", "mttr_h", "forced_outage_rate",
    "round_trip_efficiency", "usd_per_mwh", "max_hours_per_year", "energy_capex_usd_per_kwh", "energy_fom_usd_per_kwh_year",
)  # fmt: skip
NO_OUTAGE = (0.03, 24.0)  # dispatchable without a rate of its own in the simulation (assumed: a turbine's)


def technologies() -> dict[str, dict[str, Any]]:
    """Catalogue technologies: key to row."""
    table = catalog.load("supply_options")
    table = table[table["kind"] != "chain"]
    return {str(name): {str(r.key): r for r in part.itertuples()} for name, part in table.groupby("technology")}


def _filled(reader: Reader, entry: OptionEntry, where: str) -> tuple[dict[str, Any], str]:
    """Figures of an option: given ones, else the catalogue's with a note of it; and its kind."""
    data = {k: v for k, v in entry.model_dump(by_alias=False).items() if v is not None}
    kind: str = entry.kind or ""
    if entry.technology is not None:
        known = technologies()
        found = find_name(f"{where}.technology", entry.technology, {t: [] for t in known})
        if isinstance(found, Problem):
            reader.problems.append(found)
        else:
            data["technology"] = found
            rows = known[found]
            kind = kind or str(next(iter(rows.values())).kind)
            for key, row in rows.items():
                if key in data or key == "typical_unit_mw":
                    continue
                if key == "lead_time_months":
                    data[key] = {"low": row.low, "best": row.best, "high": row.high}
                else:
                    data[key] = bool(row.best) if key == "carbon_free" else float(row.best)
                reader.assumed.append(
                    Assumed(
                        where=f"{where}.{key}",
                        value=float(row.best),
                        unit=str(row.unit),
                        claim=str(row.claim),
                        source=str(row.source),
                    )
                )
    if not kind:
        reader.problems.append(
            Problem(f"{where}.kind", "is missing", "dispatchable, profile, storage or curtailment; or name a technology")
        )
    return data, kind


def read_option(reader: Reader, entry: OptionEntry, where: str) -> Option:
    """One option."""
    data, kind = _filled(reader, entry, where)
    for key in KEYS.get(kind, ()):
        if key not in data:
            reader.problems.append(Problem(f"{where}.{key}", f"is missing; kind {kind} needs it", "give it, or name a technology"))
    profile = np.zeros(0)
    if kind == "profile":
        if entry.profile is None:
            reader.problems.append(
                Problem(f"{where}.profile", "is missing", "a CSV of output per unit of capacity, or like 'ERCOT solar'")
            )
        elif Path(entry.profile).suffix.lower() in (".csv", ".parquet"):
            profile = reader.series(entry.profile, f"{where}.profile", "output per unit of capacity, 0 to 1", 0.0, 1.0 + 1e-9)
        else:
            profile = reader.region_profile(entry.profile, f"{where}.profile")
    if entry.max_mw is not None and entry.max_mw < entry.min_mw:
        reader.problems.append(Problem(f"{where}.max_mw", f"must be at least min_mw, {entry.min_mw:g}; got {entry.max_mw:g}"))
    if entry.unit_mw is not None and entry.max_mw is not None:
        least, most = np.ceil(entry.min_mw / entry.unit_mw - 1e-9), np.floor(entry.max_mw / entry.unit_mw + 1e-9)
        if least > most:
            what = f"leaves no whole number of units between min_mw and max_mw; got {entry.unit_mw:g}"
            reader.problems.append(Problem(f"{where}.unit_mw", what))
    lead = data.get("lead_time_months")
    as_lead = LeadTime.model_validate(lead) if isinstance(lead, dict) else lead
    storage = kind == "storage"
    heat_rate = float(data.get("heat_rate_mmbtu_per_mwh", 0.0))
    factors = factors_of(reader, entry, where, heat_rate)
    numbers: dict[str, Any] = {k: float(data[k]) for k in NUMBERS if k in data}
    if kind == "dispatchable" and "forced_outage_rate" not in data:
        numbers |= {"forced_outage_rate": NO_OUTAGE[0]} | ({} if "mttr_h" in data else {"mttr_h": NO_OUTAGE[1]})
        reader.assumed.append(
            Assumed(
                where=f"{where}.forced_outage_rate",
                value=NO_OUTAGE[0],
                unit="1",
                claim="assumed",
                source="not given: a turbine's, for the simulation alone",
            )
        )
    prefix = "power_" if storage else ""
    return Option(
        name=entry.name,
        kind=kind or "dispatchable",
        capex_usd_per_kw=float(data.get(f"{prefix}capex_usd_per_kw", 0.0)),
        fom_usd_per_kw_year=float(data.get(f"{prefix}fom_usd_per_kw_year", 0.0)),
        heat_rate_mmbtu_per_mwh=heat_rate,
        lb_per_mmbtu={n: f.lb_per_mmbtu for n, f in factors.items()},
        min_mw=entry.min_mw,
        max_mw=np.inf if entry.max_mw is None else entry.max_mw,
        min_mwh=entry.min_mwh,
        max_mwh=np.inf if entry.max_mwh is None else entry.max_mwh,
        lead_time_months=lead_time(as_lead, f"{where}.lead_time_months", reader.problems),
        carbon_free=bool(data.get("carbon_free", kind == "profile")),
        profile=profile,
        technology=str(data.get("technology", "")),
        machine_mw=_machine(data),
        **numbers,
    )


def _machine(data: dict[str, Any]) -> float:
    """Usual size of one machine of a catalogue technology [MW]; NaN where nothing says it."""
    row = technologies().get(str(data.get("technology", "")), {}).get("typical_unit_mw")
    return float("nan") if row is None else float(row.best)


def factors_of(reader: Reader, entry: OptionEntry, where: str, heat_rate: float) -> dict[str, Factor]:
    """Emission factors of an option that burns fuel [lb/MMBtu]."""
    if heat_rate <= 0:
        if entry.factors:
            reader.problems.append(Problem(f"{where}.factors", "need heat_rate_mmbtu_per_mwh above 0"))
        return {}
    factors = {}
    if entry.air_kind is not None:
        factors = default_factors(entry.air_kind, "natural_gas", "lean_burn" if entry.air_kind == "engine" else "uncontrolled")
    return factors | given_factors(entry.factors, heat_rate, where, reader.problems)


__all__ = ["factors_of", "read_option", "technologies"]
