"""The column dictionary: every column of every result table, its unit, how it is known, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridroom.core.claims import Claim


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result table."""

    name: str
    unit: str
    claim: Claim
    meaning: str


def _simulated(name: str, unit: str, meaning: str) -> list[Column]:
    return [Column(name, unit, Claim.DERIVED, meaning),
            Column(f"{name}_stderr", unit, Claim.DERIVED, f"standard error of {name}")]


TABLES: dict[str, tuple[Column, ...]] = {
    "region_year": (
        Column("region", "", Claim.DERIVED, "region id"), Column("name", "", Claim.DERIVED, "region"),
        Column("year", "", Claim.DERIVED, "study year"),
        Column("peak_mw", "MW", Claim.DERIVED, "mean yearly peak over weather years, large load included"),
        Column("large_load_p10_mw", "MW", Claim.ASSUMED, "data-centre and large load added since 2024, 10 %"),
        Column("large_load_p50_mw", "MW", Claim.ASSUMED, "the same, median"),
        Column("large_load_p90_mw", "MW", Claim.ASSUMED, "the same, 90 %"),
        Column("asked_mw", "MW", Claim.PUBLISHED, "asked for by applicants, where published; not expected load"),
        Column("installed_mw", "MW", Claim.DERIVED, "installed summer capacity, all technologies (ICAP)"),
        Column("capacity_on_peak_mw", "MW", Claim.DERIVED, "installed capacity counted on peak, as in the margin"),
        *_simulated("lolh_h", "h", "expected hours with unserved load a year"),
        *_simulated("lole_days", "days", "expected local days with unserved load a year"),
        *_simulated("lolev", "events", "expected events a year"),
        *_simulated("eue_mwh", "MWh", "expected unserved energy a year"),
        *_simulated("neue_ppm", "ppm", "unserved over asked-for energy"),
        Column("probability_no_room", "", Claim.DERIVED, "share of load and supply paths with room below 0, LOLE"),
        Column("probability_nerc", "", Claim.DERIVED, "share of paths beyond NERC's high-risk line"),
        Column("probability_margin", "", Claim.DERIVED, "share of paths with planning margin below the area's level"),
        Column("room_p10_mw", "MW", Claim.DERIVED, "room, 10 % of paths below"),
        Column("room_p50_mw", "MW", Claim.DERIVED, "room, median path"),
        Column("room_p90_mw", "MW", Claim.DERIVED, "room, 90 % of paths below"),
        Column("room_stderr_mw", "MW", Claim.DERIVED, "sampling error of room at the middle load level"),
        Column("room_is_lower_bound", "", Claim.DERIVED, "room is at least what is shown"),
        Column("margin_installed_pct", "%", Claim.DERIVED, "planning margin, installed capacity on peak, median path"),
        Column("reference_margin_pct", "%", Claim.PUBLISHED, "area's reference margin of that year"),
        Column("risk_class", "", Claim.DERIVED, "NERC's classes applied to LOLH and NEUE"),
    ),
    "tipping": (
        Column("region", "", Claim.DERIVED, "region id"), Column("name", "", Claim.DERIVED, "region"),
        Column("standard", "", Claim.DERIVED, "lole, nerc or margin"),
        Column("first_year", "", Claim.DERIVED, "first year in which no room is more likely than not"),
        Column("first_year_p10", "", Claim.DERIVED, "first year without room, earliest tenth of paths"),
        Column("first_year_p90", "", Claim.DERIVED, "first year without room, latest tenth; blank: beyond the horizon"),
    ),
    "calendar": (
        Column("region", "", Claim.DERIVED, "region id, or US"), Column("year", "", Claim.DERIVED, "study year"),
        Column("month", "", Claim.DERIVED, "month, 1 to 12"), Column("hour", "", Claim.DERIVED, "local standard hour"),
        Column("short_h", "h", Claim.DERIVED, "expected short hours a year in that month and hour"),
    ),
    "national": (
        Column("year", "", Claim.DERIVED, "study year"),
        *_simulated("lolh_any_region_h", "h", "expected hours with any region short: not comparable with one region's"),
        Column("large_load_p10_mw", "MW", Claim.ASSUMED, "US data-centre load added since 2024, 10 %"),
        Column("large_load_p50_mw", "MW", Claim.ASSUMED, "the same, median"),
        Column("large_load_p90_mw", "MW", Claim.ASSUMED, "the same, 90 %"),
        Column("load_peak_mw", "MW", Claim.DERIVED, "sum of regional peaks, median path"),
        Column("regions_without", "", Claim.DERIVED, "regions in which no room is more likely than not"),
    ),
    "capacity": (
        Column("region", "", Claim.DERIVED, "region id"), Column("year", "", Claim.DERIVED, "study year"),
        Column("technology", "", Claim.DERIVED, "technology"), Column("origin", "", Claim.DERIVED, "how it is known"),
        Column("summer_mw", "MW", Claim.DERIVED, "installed summer capacity"),
    ),
    "load_cases": (
        Column("load_case", "", Claim.DERIVED, "how requests are counted"), Column("region", "", Claim.DERIVED, "region id"),
        Column("name", "", Claim.DERIVED, "region"),
        Column("first_year", "", Claim.DERIVED, "first year in which no room is more likely than not, LOLE"),
        Column("first_year_p10", "", Claim.DERIVED, "first year without room, earliest tenth of paths"),
        Column("first_year_p90", "", Claim.DERIVED, "first year without room, latest tenth; blank: beyond the horizon"),
        Column("us_mean_mw", "MW", Claim.ASSUMED, "mean US load added since 2024 in that case, in the year beside"),
        Column("us_mean_year", "", Claim.DERIVED, "year of the mean"),
    ),
    "meaning": (
        Column("item", "", Claim.DERIVED, "model, campus, query or rate of giving way"),
        Column("figure", "", Claim.DERIVED, "figure, unit in its name"),
        Column("low", "", Claim.DERIVED, "about 10 %"), Column("best", "", Claim.DERIVED, "best"),
        Column("high", "", Claim.DERIVED, "about 90 %"),
        Column("claim", "", Claim.DERIVED, "weakest claim class of what the figure rests on"),
        Column("command", "", Claim.DERIVED, "command that repeats it"), Column("source", "", Claim.DERIVED, "where from"),
    ),
    "additions": (
        Column("region", "", Claim.DERIVED, "region id"), Column("year", "", Claim.DERIVED, "study year"),
        Column("technology", "", Claim.DERIVED, "technology"),
        Column("added_mw", "MW", Claim.DERIVED, "in place by that year, least cost"),
        Column("usd_per_year", "USD/year", Claim.ASSUMED, "annuity and fixed O&M of what is in place"),
        Column("credit", "1", Claim.DERIVED, "capacity credit: room that a MW brings in the simulation"),
        Column("earliest_year", "", Claim.ASSUMED, "first year in which the technology can be there"),
    ),
    "additions_years": (
        Column("region", "", Claim.DERIVED, "region id"), Column("name", "", Claim.DERIVED, "region"),
        Column("year", "", Claim.DERIVED, "study year"),
        Column("room_before_mw", "MW", Claim.DERIVED, "room at the middle load level"),
        Column("room_after_mw", "MW", Claim.DERIVED, "room with the additions"),
        *_simulated("lole_before_days", "days", "LOLE at the middle load level"),
        *_simulated("lole_after_days", "days", "LOLE with the additions"),
        Column("missing_mw", "MW", Claim.DERIVED, "perfect capacity that cannot arrive in time"),
        Column("usd_per_year", "USD/year", Claim.ASSUMED, "annuity and fixed O&M of what is in place"),
    ),
    "build_options": (
        Column("technology", "", Claim.DERIVED, "technology"),
        *[Column(f"capex_{end}_usd_per_kw", "USD/kW", Claim.PUBLISHED, f"capital cost, {end}") for end in ("low", "best", "high")],
        *[Column(f"lead_{end}_months", "months", Claim.PUBLISHED, f"order to power, {end}") for end in ("low", "best", "high")],
        Column("claim", "", Claim.DERIVED, "weakest claim class of the two"), Column("source", "", Claim.DERIVED, "where from"),
    ),
    "permit_example": (
        Column("pollutant", "", Claim.DERIVED, "pollutant"),
        Column("pte_tpy", "short tons/year", Claim.DERIVED, "potential to emit by the screen"),
        Column("permit_tpy", "short tons/year", Claim.PUBLISHED, "limit of the permit"),
        Column("major_tpy", "short tons/year", Claim.PUBLISHED, "lowest major threshold"),
        Column("pathway", "", Claim.DERIVED, "pathway of the screen"),
        Column("claim", "", Claim.DERIVED, "claim class of the factor"),
        Column("source", "", Claim.DERIVED, "where the permit's limit is from"),
    ),
    "site_example": (
        Column("variant", "", Claim.DERIVED, "objective of the design"),
        Column("figure", "", Claim.DERIVED, "figure, unit in its name"),
        Column("value", "", Claim.ASSUMED, "value; costs and lead times as in build_options"),
        Column("stderr", "", Claim.DERIVED, "standard error; blank where nothing is simulated"),
        Column("pathway", "", Claim.DERIVED, "pathway of the permit screen"),
    ),
    "countries": (
        Column("iso3", "", Claim.DERIVED, "code"), Column("country", "", Claim.DERIVED, "country"),
        Column("year", "", Claim.PUBLISHED, "newest year"), Column("generation_twh", "TWh", Claim.PUBLISHED, "generation"),
        Column("growth_pct_per_year", "%/year", Claim.DERIVED, "growth of generation over about five years"),
        Column("added_average_gw_per_year", "GW/year", Claim.DERIVED, "energy added a year, as average power"),
        Column("added_clean_average_gw_per_year", "GW/year", Claim.DERIVED, "of it without coal, gas and oil"),
        Column("growth_from", "", Claim.DERIVED, "first year of the growth"),
        Column("added_gw", "GW", Claim.PUBLISHED, "capacity added in the newest year known"),
        Column("added_year", "", Claim.PUBLISHED, "that year"), Column("note", "", Claim.DERIVED, "what to mind"),
    ),
    "asset_networks": (
        Column("network", "", Claim.DERIVED, "network"), Column("consensus", "", Claim.DERIVED, "consensus"),
        Column("first", "", Claim.DERIVED, "first day"), Column("last", "", Claim.DERIVED, "last day"),
        *[Column(f"{end}_mw", "MW", Claim.DERIVED, f"power, {end}; blank: not known") for end in ("lower", "best", "upper")],
        Column("twh_per_year", "TWh/year", Claim.DERIVED, "best, annualised"),
        Column("published_twh", "TWh/year", Claim.PUBLISHED, "what others publish, nearest in time"),
        Column("claim", "", Claim.DERIVED, "claim class of our figure"), Column("method", "", Claim.DERIVED, "method"),
        Column("source", "", Claim.DERIVED, "where from"),
    ),
    "asset_switches": (
        Column("network", "", Claim.DERIVED, "network"), Column("to", "", Claim.DERIVED, "stake or authority"),
        Column("before_mw", "MW", Claim.DERIVED, "power before, best"), Column("before_low_mw", "MW", Claim.DERIVED, "lower"),
        Column("before_high_mw", "MW", Claim.DERIVED, "upper"), Column("after_mw", "MW", Claim.DERIVED, "power after, best"),
        Column("freed_mw", "MW", Claim.DERIVED, "what is freed"), Column("reduction_pct", "%", Claim.DERIVED, "share that goes"),
        Column("happened", "", Claim.DERIVED, "whether it did"),
        Column("claim", "", Claim.DERIVED, "claim class of the figure after"),
    ),
    "asset_regions": (
        Column("region", "", Claim.DERIVED, "region id"), Column("name", "", Claim.DERIVED, "region"),
        Column("year", "", Claim.DERIVED, "study year"),
        Column("mining_mw", "MW", Claim.ASSUMED, "mining load, best; held constant"),
        Column("mining_low_mw", "MW", Claim.ASSUMED, "lower; blank: not known"),
        Column("mining_high_mw", "MW", Claim.ASSUMED, "upper; blank: not known"),
        Column("room_p50_mw", "MW", Claim.DERIVED, "room, median path"),
        Column("freed_least_mw", "MW", Claim.DERIVED, "room freed if what gave way in a shortage always does; blank: not known"),
        Column("freed_most_mw", "MW", Claim.DERIVED, "room freed if none of it gives way today"),
        Column("probability_no_room", "", Claim.DERIVED, "share of paths with room below 0"),
        Column("probability_no_room_without", "", Claim.DERIVED, "the same with all mining gone, none giving way before"),
        Column("first_year", "", Claim.DERIVED, "first year in which no room is more likely than not"),
        Column("first_year_without", "", Claim.DERIVED, "the same with all mining gone; blank: beyond the horizon"),
        Column("claim", "", Claim.DERIVED, "claim class of the mining load"), Column("source", "", Claim.DERIVED, "where from"),
    ),
    "asset_worked": (
        Column("case", "", Claim.DERIVED, "mine or heat"), Column("figure", "", Claim.DERIVED, "figure, unit in its name"),
        Column("value", "", Claim.DERIVED, "value"), Column("published", "", Claim.PUBLISHED, "published value; blank: none"),
    ),
    "disclosure_status": (
        Column("rule", "", Claim.DERIVED, "rule"),
        Column("applies", "", Claim.DERIVED, "to an interruptible mine of 1 GW: yes, no, open"),
        Column("threshold", "", Claim.PUBLISHED, "threshold or value"), Column("unit", "", Claim.DERIVED, "its unit"),
        Column("status", "", Claim.PUBLISHED, "in force, or what it is instead"), Column("valid_from", "", Claim.PUBLISHED, "from"),
        Column("citation", "", Claim.DERIVED, "where from"), Column("note", "", Claim.DERIVED, "what it says"),
        Column("as_of", "", Claim.DERIVED, "day of the status"),
    ),
    "public_claims": (
        Column("public_claim", "", Claim.DERIVED, "public claim"),
        Column("verdict", "", Claim.DERIVED, "true, partly, not_supported or unknown, by the figures"),
        Column("figure", "", Claim.DERIVED, "figure that the verdict rests on"),
        Column("value", "", Claim.DERIVED, "value; blank: not known"),
        Column("low", "", Claim.DERIVED, "low or about 10 %; blank: none"),
        Column("high", "", Claim.DERIVED, "high or about 90 %; blank: none"),
        Column("stderr", "", Claim.DERIVED, "standard error; blank where nothing is simulated"),
        Column("unit", "", Claim.DERIVED, "unit"),
        Column("claim", "", Claim.DERIVED, "claim class of the figure"),
        Column("command", "", Claim.DERIVED, "command that repeats it"),
        Column("source", "", Claim.DERIVED, "where from"),
        Column("note", "", Claim.DERIVED, "where, when or which"),
    ),
    "sensitivity": (
        Column("line", "", Claim.DERIVED, "setting that changed"), Column("year", "", Claim.DERIVED, "study year"),
        *_simulated("lolh_any_region_h", "h", "expected hours with any region short, middle load"),
        Column("regions_without", "", Claim.DERIVED, "regions beyond the standard, middle load"),
        Column("first_region", "", Claim.DERIVED, "region that ends first"),
        Column("first_region_year", "", Claim.DERIVED, "its year, among the years shown"),
    ),
}


# Columns that hold texts; all others hold numbers.
TEXTS = frozenset((
    "region", "name", "standard", "risk_class", "technology", "origin", "load_case", "item", "figure", "claim", "command", "source",
    "pollutant", "pathway", "variant", "iso3", "country", "note", "network", "consensus", "first", "last", "method", "to", "case",
    "rule", "applies", "unit", "status", "valid_from", "citation", "as_of", "public_claim", "verdict", "line", "first_region"))


# A run may leave these out; older ones lack some.
OPTIONAL = ("sensitivity", "load_cases", "meaning", "additions", "additions_years", "build_options", "permit_example",
            "countries", "site_example", "asset_networks", "asset_switches", "asset_regions", "asset_worked", "disclosure_status",
            "public_claims")


def check_columns(name: str, frame: Any) -> None:
    """Fail if a table's columns are not those of the dictionary, in order.

    Raises
    ------
    ValueError
        Our own fault: a step writes what the dictionary does not know.
    """
    wanted = [column.name for column in TABLES[name]]
    if list(frame.columns) != wanted:
        raise ValueError(f"table {name} has columns {list(frame.columns)}; the dictionary says {wanted}")
