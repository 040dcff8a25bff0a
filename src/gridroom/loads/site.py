"""Where a computer stands: PUE, water, carbon of the grid, and whose households it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.core.names import find_name
from gridroom.loads import catalogue
from gridroom.loads.catalogue import Assumption, default, given
from gridroom.loads.checks import check
from gridroom.loads.cooling import design, typical_year
from gridroom.loads.households import home_names

KEYS = ("pue", "wue_l_per_kwh", "cooling", "weather", "grid_co2_kg_per_mwh", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a computer stands.

    Attributes
    ----------
    pue : Assumption
        Facility over IT energy over a year [1].
    wue : Assumption
        Water on site [L/kWh IT].
    grid : Assumption
        Average carbon intensity [kg/MWh].
    homes : str
        Place of the household figures; empty where none are known.
    """

    pue: Assumption
    wue: Assumption
    grid: Assumption
    homes: str


def homes_of(place: str | None) -> str:
    """Place with household figures for a place with carbon figures; empty where there is none."""
    if place is None:
        return "US"
    found = find_name("place", place, home_names())
    if isinstance(found, str):
        return found
    full = catalogue.found("place", place, catalogue.place_names())
    return "US" if full in catalogue.egrid_names() else ""


def site_of(options: dict[str, Any], problems: list[Problem], pue_default: str = "pue_ai") -> Site:
    """Site from options; what is wrong is added to `problems`.

    Parameters
    ----------
    options : dict
        Any of pue, wue_l_per_kwh, cooling (a design), weather (a site of the reference data), grid_co2_kg_per_mwh, place (a country
        or an eGRID subregion).
    problems : list of Problem
    pue_default : str
        Default taken without pue and cooling.
    """
    for key in options.keys() - set(KEYS):
        problems.append(Problem(key, "is not an option", nearest(key, KEYS)))
    pue, wue = default(pue_default), default("wue_ai")
    if options.get("cooling") is not None:
        try:
            zone = typical_year(options["weather"]).climate_zone if options.get("weather") is not None else ""
            chosen = design(options["cooling"], zone)
            pue, wue = chosen.pue, chosen.wue
        except StudyError as fault:
            problems += fault.problems
    elif options.get("weather") is not None:
        problems.append(Problem("weather", "goes with cooling: without a design the weather changes nothing"))
    own = check("pue", options.get("pue"), problems)
    pue = given("pue", own, "1") if own is not None else pue
    own = check("wue_l_per_kwh", options.get("wue_l_per_kwh"), problems)
    wue = given("wue_l_per_kwh", own, "L/kWh") if own is not None else wue
    place = options.get("place")
    grid, homes = catalogue.carbon("US"), "US"
    try:
        grid, homes = (catalogue.carbon(place), homes_of(place)) if place is not None else (grid, homes)
    except StudyError as fault:
        problems += fault.problems
    own = check("grid_co2_kg_per_mwh", options.get("grid_co2_kg_per_mwh"), problems)
    grid = given("grid_co2_kg_per_mwh", own, "kg/MWh") if own is not None else grid
    return Site(pue=pue, wue=wue, grid=grid, homes=homes)
