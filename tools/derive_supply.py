"""Tables about supply: options with cost and lead time, air factors and dated rules, machines, marginal emissions, countries.

Figures typed here are read from the facts on supply; each row names its source and claim class. What those mark as remembered or
unverified is `assumed`. Costs come from ATB 2024 through ReEDS (BSD-3), marginal emissions from EPA AVERT (public domain), countries from
Our World in Data (CC-BY 4.0).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, write

NA = np.nan
ATB = "NREL ATB 2024, moderate, 2030, 2022 USD, through ReEDS @1f79e2ac"
REEDS = "NREL ReEDS @1f79e2ac, static outage rates"
HENRY = "Henry Hub, mean of 2026 to 18 August (EIA)"
MAKERS = "makers' figures in a public sizing tool (secondary)"
NEXTERA = "NextEra Energy's chief executive, March 2025 (2022: $785), via gasoutlook.com; sourcerockep.com"
EIA_RANGE = "EIA 2025 range, via sourcerockep.com (secondary); best ATB 2024"
OFFGRID = "off-grid study 2024, defaults (secondary)"
# technology, key, low, best, high, unit, year of the figure, claim, source
OPTIONS = [
    ("combined_cycle", "capex_usd_per_kw", 2200, 2400, 2500, "USD/kW", 2025, "published", NEXTERA),
    ("combined_cycle", "lead_time_months", 42, 60, 84, "months", 2025, "published", "3.5 years in 2023, 5 in 2025, large frames up to 7; sourcerockep.com, gasoutlook.com (secondary)"),
    ("simple_cycle", "capex_usd_per_kw", 728, 1040, 1544, "USD/kW", 2025, "derived", EIA_RANGE),
    ("simple_cycle", "lead_time_months", 12, 36, 84, "months", 2026, "derived", "1-7 years by model; best: frames 3 years and more (Siemens Energy 2026); secondary"),
    ("aeroderivative", "capex_usd_per_kw", 1606, 1606, 1606, "USD/kW", 2025, "assumed", "EIA's new reference plant (secondary), taken for rebuilt machines"),
    ("aeroderivative", "lead_time_months", 12, 18, 24, "months", 2026, "derived", "best is the middle; rebuilt machines; new ones 36-60 months; particlenews.pages.dev (secondary)"),
    ("mobile_turbine", "capex_usd_per_kw", 0, 0, 0, "USD/kW", 2024, "assumed", "rented: all cost is in the energy"),
    ("mobile_turbine", "vom_usd_per_mwh", 260, 260, 350, "USD/MWh", 2024, "assumed", "more than $300/MWh all in (rented, 2024), less fuel at about $4/MMBtu"),
    ("mobile_turbine", "lead_time_months", 1, 2, 3, "months", 2026, "derived", "best is the middle; 30-90 days, APR Energy, January 2026 (secondary)"),
    ("gas_engine", "capex_usd_per_kw", 1150, 1150, 2120, "USD/kW", 2024, "derived", f"{OFFGRID}; upper end REopt CHP with heat recovery, between sizes"),
    ("gas_engine", "lead_time_months", 12, 15, 24, "months", 2026, "derived", "12-18 months (12-24); sourcerockep.com (secondary); best is the middle"),
    ("fuel_cell", "capex_usd_per_kw", 2944, 2944, 2944, "USD/kW", 2026, "derived", "AEP, January 2026: $2.65 bn for 900 MW, equipment alone (Reuters, secondary)"),
    ("fuel_cell", "lead_time_months", 2, 12, 24, "months", 2025, "assumed", "55 days at one site (July 2025), fleet deals 12-24 months; best assumed"),
    ("battery", "lead_time_months", 12, 18, 24, "months", 2025, "derived", "1-2 years (secondary); best is the middle"),
    ("solar", "lead_time_months", 18, 21, 24, "months", 2024, "derived", f"1.5-2 years off grid; {OFFGRID}; best is the middle"),
    ("wind", "lead_time_months", 24, 36, 48, "months", 2024, "derived", "2-4 years (secondary); best is the middle"),
    ("geothermal", "capex_usd_per_kw", 4000, 4375, 5800, "USD/kW", 2030, "published", "NREL ATB 2024, 2030, 2021 USD, near-field, through ReEDS @1f79e2ac"),
    ("geothermal", "lead_time_months", 48, 60, 84, "months", 2025, "assumed", "4 years and more"),
    ("nuclear_restart", "capex_usd_per_kw", 1916, 1916, 1916, "USD/kW", 2025, "derived", "Crane: $1.6 bn for 835 MW (secondary)"),
    ("nuclear_restart", "lead_time_months", 24, 36, 54, "months", 2025, "assumed", "Crane agreed 2024, due 2027; Duane Arnold 2025 to end of 2028-29; Palisades missed end of 2025 (secondary)"),
    ("smr", "capex_usd_per_kw", 8000, 8000, 12700, "USD/kW", 2025, "assumed", f"{ATB}; upper end Darlington's C$17,400/kW at about 0.73 USD"),
    ("smr", "lead_time_months", 60, 84, 108, "months", 2025, "assumed", "Darlington and Kairos target 2030, Clinch River 2032 (targets, secondary)"),
    ("nuclear", "lead_time_months", 84, 120, 168, "months", 2025, "assumed", "ReEDS builds in 6 years, licence and site before it"),
]
COSTS = {"simple_cycle": "Gas-CT", "combined_cycle": "Gas-CC", "aeroderivative": "Gas-CT", "solar": "upv", "wind": "wind-ons_115hh_170rd",
         "geothermal": "egs_class5_nearfield", "smr": "Nuclear-SMR", "nuclear": "Nuclear", "nuclear_restart": "Nuclear"}
KIND = {"solar": "profile", "wind": "profile", "battery": "storage"}
CLEAN = ("solar", "wind", "geothermal", "nuclear_restart", "smr", "nuclear")
GAS = ("combined_cycle", "simple_cycle", "aeroderivative", "mobile_turbine", "gas_engine", "fuel_cell")
HEAT = {"aeroderivative": (9.43, "assumed", f"as the Titan 350: 8,495 Btu/kWh LHV x 1.11; {MAKERS}"), "mobile_turbine": (10.69, "derived", f"Titan 130 9,630 Btu/kWh LHV x 1.11; {MAKERS}"),
        "gas_engine": (8.48, "derived", f"G3520K 7,638 Btu/kWh LHV x 1.11; {MAKERS}"), "fuel_cell": (7.4, "assumed", "generic value of a permit screening tool, no source given there")}
OUTAGE = {"combined_cycle": (0.05, REEDS, "published"), "simple_cycle": (0.05, REEDS, "published"), "aeroderivative": (0.03, f"as a Titan: 1 less availability 0.97, planned outage included; {MAKERS}", "assumed"),
          "mobile_turbine": (0.03, f"1 less availability 0.97, planned outage included; {MAKERS}", "derived"), "gas_engine": (0.09, f"1 less availability 0.91, planned outage included; {MAKERS}", "derived"),
          "fuel_cell": (0.03, "no published rate read", "assumed"), "battery": (0.02, REEDS, "published"), "solar": (0.0, "profiles hold outages", "assumed"),
          "wind": (0.0, "profiles hold outages", "assumed"), "geothermal": (0.129, REEDS, "published"), "nuclear_restart": (0.03, f"as new nuclear: {REEDS}", "assumed"),
          "smr": (0.03, REEDS, "published"), "nuclear": (0.03, REEDS, "published")}
MTTR = {"combined_cycle": 33, "simple_cycle": 40, "aeroderivative": 40, "mobile_turbine": 40, "gas_engine": 40, "fuel_cell": 24, "battery": 24, "solar": 24, "wind": 24,
        "geothermal": 50, "nuclear_restart": 150, "smr": 150, "nuclear": 150}
UNIT = {"combined_cycle": 400, "simple_cycle": 100, "aeroderivative": 48, "mobile_turbine": 16.5, "gas_engine": 2.4, "fuel_cell": 10, "geothermal": 50, "nuclear_restart": 835,
        "smr": 300, "nuclear": 1100}
LIFE = {"battery": 15, "solar": 30, "wind": 30, "geothermal": 30, "nuclear": 40, "smr": 40, "nuclear_restart": 20, "mobile_turbine": 5, "fuel_cell": 15}
FOM = {"gas_engine": (15, "assumed", f"as turbines in the {OFFGRID}"), "fuel_cell": (0, "assumed", "in the variable cost"), "mobile_turbine": (0, "assumed", "rented")}
VOM = {"gas_engine": (14.5, "published", "REopt CHP defaults, engine of 2-3 MW"), "fuel_cell": (40, "published", "REopt CHP defaults, fuel cell of 1.4-9.3 MW")}
CHAINS = [
    ("chain_transformer", "lead_time_months", 29.4, 33.1, 48, "months", 2025, "derived", "low: 128 weeks on average; best: generator step-up 144 (Q2 2025), largest up to 4 years (May 2026); POWER, pv magazine (secondary)"),
    ("chain_breaker", "lead_time_months", 24, 33, 42, "months", 2025, "derived", "72-145 kV breakers; gridreadiness.com (secondary); best is the middle"),
    ("chain_gas_pipeline", "lead_time_months", 60, 72, 84, "months", 2026, "derived", "new pipeline 5-7 years; Latitude Media 2026-07-17 (secondary); best is the middle"),
    ("chain_interconnection", "lead_time_months", 55, 60, 84, "months", 2025, "assumed", "request to operation of generators: median 55 months (2024), more than 5 years (2025); high end assumed"),
]


def options() -> pd.DataFrame:
    atb = pd.read_csv(SHARED / "fleet/technology_costs_atb2024_reeds.csv")
    atb = atb[(atb["year"] == 2030) & (atb["cost_scenario"] == "moderate")].set_index("technology")
    rows = list(OPTIONS)

    def one(name: str, key: str, value: float, unit: str, year: int, claim: str, source: str) -> None:
        rows.append((name, key, value, value, value, unit, year, claim, source))

    have = {(r[0], r[1]) for r in rows}
    for name, reeds in COSTS.items():
        line = atb.loc[reeds]
        for key, column, unit in (("capex_usd_per_kw", "overnight_capex_usd_per_kw", "USD/kW"), ("fom_usd_per_kw_year", "fixed_om_usd_per_kw_yr", "USD/kW-year"),
                                  ("vom_usd_per_mwh", "variable_om_usd_per_mwh", "USD/MWh"), ("heat_rate_mmbtu_per_mwh", "heat_rate_mmbtu_per_mwh", "MMBtu/MWh")):
            if pd.isna(line[column]) or (name, key) in have or (key == "heat_rate_mmbtu_per_mwh" and name in HEAT):
                continue
            like = {"aeroderivative": "as Gas-CT: ", "nuclear_restart": "as new nuclear: "}.get(name, "")
            text = like + (ATB.replace("2022 USD", "2021 USD") if name == "geothermal" else ATB)
            one(name, key, round(float(line[column]), 3), unit, 2030, "assumed" if like else "published", text)
    line = atb.loc["battery_li"]
    for key, value, unit in (("power_capex_usd_per_kw", line["overnight_capex_usd_per_kw"], "USD/kW"), ("power_fom_usd_per_kw_year", line["fixed_om_usd_per_kw_yr"], "USD/kW-year"),
                             ("energy_fom_usd_per_kwh_year", line["fixed_om_energy_usd_per_kwh_yr"], "USD/kWh-year")):
        one("battery", key, round(float(value), 3), unit, 2030, "published", ATB)
    rows.append(("battery", "energy_capex_usd_per_kwh", *[round(float(line["capex_energy_usd_per_kwh"]), 2)] * 3, "USD/kWh", 2030, "published", f"{ATB}; power comes on top. All in: $125/kWh outside US and China (Ember 2025), $260 in the {OFFGRID}"))
    one("battery", "round_trip_efficiency", float(line["round_trip_efficiency"]), "1", 2030, "published", ATB)
    for name, (value, claim, source) in HEAT.items():
        one(name, "heat_rate_mmbtu_per_mwh", value, "MMBtu/MWh", 2026, claim, source)
    for table, key, unit in ((FOM, "fom_usd_per_kw_year", "USD/kW-year"), (VOM, "vom_usd_per_mwh", "USD/MWh")):
        for name, (value, claim, source) in table.items():
            one(name, key, value, unit, 2024, claim, source)
    henry = pd.read_csv(SHARED / "emissions_prices/henry_hub_daily_1997_2026.csv")
    price = round(float(henry.loc[henry["date"].str.startswith("2026"), "henry_hub_usd_per_mmbtu"].mean()), 2)
    for name in GAS:
        one(name, "fuel_usd_per_mmbtu", price, "USD/MMBtu", 2026, "measured", HENRY)
        one(name, "co2_t_per_mmbtu", 0.05306, "t/MMBtu", 2025, "published", "40 CFR 98 table C-1")
    for name in ("nuclear", "smr", "nuclear_restart"):
        one(name, "fuel_usd_per_mmbtu", 0.75, "USD/MMBtu", 2025, "assumed", "about 7 USD/MWh of nuclear fuel")
        one(name, "co2_t_per_mmbtu", 0.0, "t/MMBtu", 2025, "published", "EPA factors of fuels via open-grid-emissions (MIT): nuclear 0")
    for name, (rate, source, claim) in OUTAGE.items():
        one(name, "forced_outage_rate", rate, "1", 2026, claim, source)
        one(name, "mttr_h", MTTR[name], "h", 2026, "assumed", "mean time to repair, judgement")
        one(name, "life_years", LIFE.get(name, 25), "years", 2026, "assumed", "usual planning life")
        one(name, "carbon_free", float(name in CLEAN), "1", 2026, "derived", "1: no CO2 at the plant")
    for name, size in UNIT.items():
        one(name, "typical_unit_mw", size, "MW", 2026, "assumed", "size of one machine in the simulation of outages")
    rows += CHAINS
    frame = pd.DataFrame(rows, columns=["technology", "key", "low", "best", "high", "unit", "year", "claim", "source"])
    frame.insert(1, "kind", frame["technology"].map(lambda t: "chain" if t.startswith("chain_") else KIND.get(t, "dispatchable")))
    return frame.drop_duplicates(["technology", "key"]).sort_values(["technology", "key"], kind="stable", ignore_index=True)


AP42 = "EPA AP-42 section 3.1 (April 2000), as transcribed in public repositories"
AP42_32 = "EPA AP-42 sections 3.2 and 3.4, as transcribed in a public repository"
MEMORY = "remembered, not read"
# kind, fuel, control, pollutant, lb/MMBtu HHV, claim, source
FACTORS = [
    *[("turbine", "natural_gas", control, p, v, "published", AP42) for control, p, v in (
        ("uncontrolled", "nox", 0.32), ("water_injection", "nox", 0.13), ("lean_premix", "nox", 0.099), ("uncontrolled", "co", 0.082), ("uncontrolled", "pm", 0.0066),
        ("uncontrolled", "pm10", 0.0066), ("uncontrolled", "pm25", 0.0066), ("uncontrolled", "so2", 0.0034), ("uncontrolled", "voc", 0.0021), ("uncontrolled", "hcho", 7.1e-4))],
    ("turbine", "natural_gas", "lean_premix", "co", 0.015, "assumed", f"AP-42 3.1, {MEMORY}"),
    ("turbine", "natural_gas", "water_injection", "co", 0.030, "assumed", f"AP-42 3.1, {MEMORY}"),
    ("turbine", "natural_gas", "uncontrolled", "hap_total", 1.03e-3, "assumed", f"sum of AP-42 table 3.1-3, {MEMORY}; formaldehyde alone 7.1e-4 is published"),
    ("turbine", "diesel", "uncontrolled", "nox", 0.88, "published", AP42), ("turbine", "diesel", "uncontrolled", "pm", 0.012, "published", AP42),
    ("turbine", "diesel", "uncontrolled", "pm10", 0.012, "published", AP42), ("turbine", "diesel", "uncontrolled", "pm25", 0.012, "published", AP42),
    *[("engine", "natural_gas", "lean_burn", p, v, "published", AP42_32) for p, v in (("nox", 4.08), ("co", 0.317), ("voc", 0.118), ("hcho", 0.0528), ("so2", 0.000588))],
    *[("engine", "natural_gas", "lean_burn", p, 0.00999, "assumed", f"filterable 7.71e-5 (published) and condensable 0.00991 ({MEMORY})") for p in ("pm", "pm10", "pm25")],
    ("engine", "natural_gas", "lean_burn", "hap_total", 0.0722, "assumed", f"sum of AP-42 table 3.2-2, {MEMORY}; formaldehyde alone 0.0528 is published"),
    *[("engine", "natural_gas", "rich_burn", p, v, "published", AP42_32) for p, v in (("nox", 2.21), ("co", 3.72), ("voc", 0.0296), ("hcho", 0.0205))],
    *[("engine", "diesel", "uncontrolled", p, v, "published", AP42_32) for p, v in (("nox", 3.2), ("co", 0.85), ("pm", 0.10), ("voc", 0.09))],
    *[("engine", "diesel", "uncontrolled", p, 0.10, "assumed", "taken equal to PM") for p in ("pm10", "pm25")],
    ("engine", "diesel", "uncontrolled", "so2", 0.0015, "assumed", f"1.01 x sulphur in %, 15 ppm; {MEMORY}"),
    ("engine", "diesel", "uncontrolled", "hcho", 7.89e-5, "assumed", f"AP-42 table 3.4-3, {MEMORY}"),
    ("turbine", "natural_gas", "uncontrolled", "co2e", 117.10, "derived", "40 CFR 98 tables C-1 and C-2 with GWP 28 and 265; AP-42's 110 (CO2 alone) is lower, EIA's 116.9"),
    ("engine", "natural_gas", "lean_burn", "co2e", 152.0, "derived", "40 CFR 98 table C-1 with methane slip 0.567 kg/MMBtu (API table 4-7 from AP-42), GWP 28 and 265"),
    ("engine", "natural_gas", "rich_burn", "co2e", 117.10, "derived", "40 CFR 98 tables C-1 and C-2 with GWP 28 and 265"),
    ("turbine", "diesel", "uncontrolled", "co2e", 163.85, "derived", "0.08166 short ton CO2, 0.00661 lb CH4, 0.00132 lb N2O a MMBtu (EPA via open-grid-emissions, MIT), GWP 28 and 265"),
    ("engine", "diesel", "uncontrolled", "co2e", 163.85, "derived", "0.08166 short ton CO2, 0.00661 lb CH4, 0.00132 lb N2O a MMBtu (EPA via open-grid-emissions, MIT), GWP 28 and 265"),
]

PSD = "40 CFR 52.21(b)(1)(i)"
SER = "40 CFR 52.21(b)(23)(i)"
NNSR = "40 CFR 51.165(a)(1)(iv)(A); CAA 182-189"
OFFSET = "CAA 182 (42 USC 7511a)"
OTR = "40 CFR 51 App. S II.A.4; 42 USC 7511c(b)(2)"
PART70 = "40 CFR 70.2"
HAP = "CAA 112(a)(1)"
KKKKA = "40 CFR 60 subpart KKKKa, 91 FR 1910 (2026-01-15)"
KKKK = "40 CFR 60 subpart KKKK"
TTTTA = "40 CFR 60 subpart TTTTa"
JJJJ = "40 CFR 60 subpart JJJJ table 1"
IIII = "40 CFR 60 subpart IIII"
IN, PRO, CON = "in force", "proposed", "contested"


def rules() -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []

    def add(rule: str, key: str, pollutant: str, value: float, unit: str, citation: str, start: str, status: str, claim: str, note: str = "", end: str = "") -> None:
        rows.append((rule, key, pollutant, value, unit, citation, start, end, status, claim, note))

    add("psd_threshold", "listed", "any", 100, "tpy", PSD, "", IN, "published", "28 listed categories; fossil-fuel-fired steam electric plants above 250 MMBtu/h are one")
    add("psd_threshold", "unlisted", "any", 250, "tpy", PSD, "", IN, "published", "simple cycle and reciprocating engines are not listed")
    add("steam_electric_heat_input", "combined_cycle", "any", 250, "MMBtu/h", "EPA memo 1993-02-02; Region 5 letter 1987-09-30", "1987-09-30", IN, "published",
        "combined cycle and cogeneration above this total heat input count as steam electric plants, turbine heat input included")
    for p, v in (("co", 100), ("nox", 40), ("so2", 40), ("pm", 25), ("pm10", 15), ("pm25", 10), ("voc", 40), ("lead", 0.6), ("fluorides", 3), ("h2so4", 7), ("h2s", 10)):
        add("significant_rate", "any", p, v, "tpy", SER, "", IN, "published", "as ozone precursor" if p == "voc" else "")
    add("ghg_bact", "any", "co2e", 75_000, "tpy", "UARG v. EPA (2014)", "2014", IN, "published", "counts only at sources that are major for another pollutant", "2026-02-12")
    add("ghg_bact", "any", "co2e", 75_000, "tpy", "UARG v. EPA (2014)", "2026-02-12", CON, "published",
        "counts only at sources that are major for another pollutant; the endangerment finding was rescinded on 2026-02-12 and what follows for PSD was open when this was read")
    for area, v, ratio in (("marginal", 100, 1.1), ("moderate", 100, 1.15), ("serious", 50, 1.2), ("severe", 25, 1.3), ("extreme", 10, 1.5)):
        for p in ("nox", "voc"):
            add("nnsr_threshold", f"ozone.{area}", p, v, "tpy", NNSR, "", IN, "published")
            add("offset_ratio", f"ozone.{area}", p, ratio, "1", OFFSET, "", IN, "published", "1.2 if the plan puts BACT on all existing major sources" if area == "extreme" else "")
            add("title_v", f"ozone.{area}", p, v, "tpy", PART70, "", IN, "published")
    for p, v in (("voc", 50), ("nox", 100)):
        add("nnsr_threshold", "ozone.otr", p, v, "tpy", OTR, "", IN, "published", "Ozone Transport Region, where not serious or worse")
        add("offset_ratio", "ozone.otr", p, 1.15, "1", "42 USC 7511c(b)(2)", "", IN, "published", "treated as moderate")
        add("title_v", "ozone.otr", p, v, "tpy", PART70, "", IN, "published")
    for area, v in (("moderate", 100), ("serious", 50)):
        add("nnsr_threshold", f"co.{area}", "co", v, "tpy", NNSR, "", IN, "published")
        add("offset_ratio", f"co.{area}", "co", 1.0, "1", NNSR, "", IN, "assumed", "the paragraph on offsets was not read")
    for area, v in (("moderate", 100), ("serious", 70)):
        for key, pollutants in (("pm10", ("pm10",)), ("pm25", ("pm25", "nox", "so2", "voc", "nh3"))):
            for p in pollutants:
                add("nnsr_threshold", f"{key}.{area}", p, v, "tpy", NNSR, "", IN, "published", "" if p == key else "precursor of PM2.5")
                add("offset_ratio", f"{key}.{area}", p, 1.0, "1", NNSR, "", IN, "assumed", "the paragraph on offsets was not read")
    for key, p in (("so2", "so2"), ("no2", "nox")):
        add("nnsr_threshold", f"{key}.nonattainment", p, 100, "tpy", NNSR, "", IN, "published")
        add("offset_ratio", f"{key}.nonattainment", p, 1.0, "1", NNSR, "", IN, "assumed", "the paragraph on offsets was not read")
    add("title_v", "co.serious", "co", 50, "tpy", PART70, "", IN, "published")
    add("title_v", "any", "any", 100, "tpy", PART70, "", IN, "published")
    add("hap_major", "one", "hcho", 10, "tpy", HAP, "", IN, "published", "one hazardous pollutant, after enforceable controls; formaldehyde decides for turbines and engines")
    add("hap_major", "all", "hap_total", 25, "tpy", HAP, "", IN, "published", "all hazardous pollutants together")
    add("emergency_hours", "any", "any", 500, "h/year", "EPA memo, Seitz, 1995-09-06", "1995-09-06", IN, "published",
        "only for units used when utility power is out, testing included; peak shaving and demand response fall outside")
    add("synthetic_minor_practice", "any", "any", 0.95, "1", "usual practice, 95-99 % of the threshold", "", IN, "assumed")
    add("aggregation", "any", "any", 1, "source", "40 CFR 52.21(b)(6); 40 CFR 70.2", "", IN, "assumed",
        "same owner or control, adjacent, same two-digit SIC: one source. Splitting a campus into several minor sources is litigated (San Antonio notice of 2026-07-22); the wording of 52.21(b)(6) was not read")
    add("title_ii_nonroad", "any", "any", 1, "", "91 FR 1910 (2026-01-15), 60.4310a(d)", "2026-01-15", CON, "published",
        "portable turbines certified as Title II engines would be exempt as nonroad once such standards exist: not yet")
    add("begin_construction", "any", "any", 1, "", "EPA proposal of 2026-05-13; guidance of September 2025", "2026-05-13", PRO, "published", "would allow works without emissions before the permit; proposal, not law")
    # NSPS of turbines
    add("nsps_kkkka", "applies.heat_input", "any", 10, "MMBtu/h", f"{KKKKA}, 60.4305a(a)", "2026-01-15", IN, "published", "base-load rating HHV, duct burner left out; commenced after 2024-12-13")
    add("nsps_kkkka", "applies.commenced_after", "any", 20241213, "yyyymmdd", f"{KKKKA}, 60.4305a(a)", "2026-01-15", IN, "published")
    add("nsps_kkkka", "size.small", "any", 50, "MMBtu/h", KKKKA, "2026-01-15", IN, "published", "up to")
    add("nsps_kkkka", "size.medium", "any", 850, "MMBtu/h", KKKKA, "2026-01-15", IN, "published", "up to")
    add("nsps_kkkka", "use.high", "any", 45, "%", KKKKA, "2026-01-15", IN, "published", "12-month capacity factor above; one association's text says low is up to 40 %")
    add("nsps_kkkka", "efficiency", "any", 38, "%", KKKKA, "2026-01-15", IN, "published", "large, low use: from this efficiency on a looser limit")
    for key, v, claim, note in (("large.high", 5, "assumed", "remembered; one public tool says 9: table 1 was not read"), ("large.low_inefficient", 9, "assumed", "remembered, table 1 was not read"),
                                ("large.low_efficient", 25, "assumed", "remembered, table 1 was not read"), ("medium.high", 15, "assumed", "remembered, same in one public tool"),
                                ("medium.low", 25, "assumed", "in one public tool; table 1 was not read"), ("small", 25, "assumed", "in one public tool; table 1 was not read"),
                                ("temporary", 25, "published", "EPA fact sheet; at most 24 months in place, up to 850 MMBtu/h")):
        add("nsps_kkkka", f"nox.{key}", "nox", v, "ppmvd15", f"{KKKKA}: EPA fact sheet (secondary)" if key == "temporary" else f"{KKKKA} table 1", "2026-01-15", IN, claim, note)
    for subpart, citation, start, end in (("nsps_kkkka", f"{KKKKA}, 60.4330a", "2026-01-15", ""), ("nsps_kkkk", f"{KKKK}, 60.4330(a)", "2005-02-18", "")):
        add(subpart, "so2", "so2", 0.060, "lb/MMBtu", citation, start, IN, "published", "or 0.90 lb/MWh gross", end)
    add("nsps_kkkk", "applies.heat_input", "any", 10, "MMBtu/h", KKKK, "2005-02-18", IN, "published", "commenced 2005-02-18 to 2024-12-13")
    add("nsps_kkkk", "applies.commenced_from", "any", 20050218, "yyyymmdd", KKKK, "2005-02-18", IN, "published")
    add("nsps_kkkk", "nox.temporary", "nox", 25, "ppmvd15", f"{KKKK}, 60.4331", "2026-01-15", IN, "published", "same category as in KKKKa; maker's documents kept on site in place of tests")
    add("nsps_kkkk", "size.small", "any", 50, "MMBtu/h", KKKK, "2005-02-18", IN, "published", "up to")
    add("nsps_kkkk", "size.medium", "any", 850, "MMBtu/h", KKKK, "2005-02-18", IN, "assumed", "up to; remembered, table 1 was not read")
    add("nsps_kkkk", "nox.small", "nox", 42, "ppmvd15", f"{KKKK} table 1", "2005-02-18", IN, "published", "electric; 2.3 lb/MWh")
    add("nsps_kkkk", "nox.medium", "nox", 25, "ppmvd15", f"{KKKK} table 1", "2005-02-18", IN, "assumed", "remembered, table 1 was not read")
    add("nsps_kkkk", "nox.large", "nox", 15, "ppmvd15", f"{KKKK} table 1", "2005-02-18", IN, "assumed", "remembered; public tools print 25: table 1 was not read")
    add("nsps_tttta", "applies.heat_input", "any", 250, "MMBtu/h", TTTTA, "2023-05-23", CON, "assumed",
        "units that can sell more than 25 MW to the grid, so an islanded plant is outside; repeal proposed 2025-06-17, no final repeal found on 2026-11-23")
    add("nsps_tttta", "co2.base", "co2e", 800, "lb/MWh", TTTTA, "2023-05-23", CON, "assumed", "capacity factor above 40 %, until 2032, then 90 % capture; remembered, not read")
    add("nsps_tttta", "co2.intermediate", "co2e", 1170, "lb/MWh", TTTTA, "2023-05-23", CON, "assumed", "capacity factor 20-40 %; remembered, not read")
    add("nsps_tttta", "co2.low", "co2e", 120, "lb/MMBtu", f"{TTTTA}, 60.5525a(a)(2)", "2023-05-23", CON, "published", "gas, capacity factor up to 20 %")
    add("nsps_tttta", "applies.commenced_after", "any", 20230523, "yyyymmdd", TTTTA, "2023-05-23", CON, "assumed", "remembered, not read")
    add("nsps_tttta", "base.heat_input", "any", 2000, "MMBtu/h", TTTTA, "2023-05-23", CON, "assumed", "remembered, not read: 800 lb/MWh holds from this size on")
    for key, v in (("use.base", 40), ("use.intermediate", 20)):
        add("nsps_tttta", key, "any", v, "%", TTTTA, "2023-05-23", CON, "assumed", "capacity factor above; remembered, not read")
    for key, values in (("prime", (1.0, 2.0, 0.7)), ("emergency", (2.0, 4.0, 1.0))):
        for p, v in zip(("nox", "co", "voc"), values, strict=True):
            add("nsps_jjjj", key, p, v, "g_per_bhp_h", JJJJ, "2010-07-01", IN, "published", "natural gas, at least 500 hp; VOC without formaldehyde" if key == "prime" else "natural gas, at least 130 hp")
    for key, p, v in (("emergency", "nox", 6.4), ("emergency", "co", 3.5), ("emergency", "pm", 0.20), ("prime", "nox", 0.67)):
        add("nsps_iiii", key, p, v, "g_per_kwh", IIII, "", IN, "assumed", "remembered: Tier 2 above 560 kW, NOx with hydrocarbons" if key == "emergency" else "remembered: Tier 4 final above 900 kW")
    add("neshap_yyyy", "applies.commenced_from", "any", 20030114, "yyyymmdd", "40 CFR 63 subpart YYYY", "2022-03-09", IN, "published")
    add("neshap_zzzz", "applies.hp", "any", 500, "hp", "40 CFR 63 subpart ZZZZ", "", IN, "published", "new four-stroke lean burn above")
    for key, v, p in (("applies.hp", 500, "prime"), ("applies.hp", 130, "emergency")):
        add("nsps_jjjj", f"{p}.{key}", "any", v, "hp", JJJJ, "2010-07-01", IN, "published", "natural gas, from this size on")
    add("nsps_jjjj", "prime.applies.commenced_from", "any", 20100701, "yyyymmdd", JJJJ, "2010-07-01", IN, "published", "made since")
    for p, v in (("emergency", 560), ("prime", 900)):
        add("nsps_iiii", f"{p}.applies.kw", "any", v, "kW", IIII, "", IN, "assumed", "remembered: above this size")
    add("neshap_yyyy", "hcho", "hcho", 91, "ppbvd15", "40 CFR 63 subpart YYYY; stay lifted 2022-03-09, FR 2022-04848", "2022-03-09", IN, "published", "lean-premix and diffusion gas turbines at major HAP sources; 0.000219 lb/MMBtu")
    add("neshap_zzzz", "hcho", "hcho", 14, "ppmvd15", "40 CFR 63 subpart ZZZZ", "", IN, "published", "new four-stroke lean-burn above 500 hp at major HAP sources: 14 ppmvd formaldehyde or 93 % less CO")
    add("temporary", "months", "any", 24, "months", f"{KKKKA}; KKKK 60.4331", "2026-01-15", IN, "published", "longer is never temporary for any part of the stay; replacing one by another to dodge this is barred")
    add("temporary", "heat_input", "any", 850, "MMBtu/h", f"{KKKKA}; KKKK 60.4331", "2026-01-15", IN, "published")
    tool = "code of a public screening tool, its author's judgement"
    for key, low, high in (("permit_by_rule", 1, 4), ("minor", 4, 10), ("synthetic_minor", 5, 14), ("psd", 14, 36), ("nnsr", 20, 48)):
        add("permit_months", f"{key}.low", "any", low, "months", tool, "", IN, "assumed", "from complete application")
        add("permit_months", f"{key}.high", "any", high, "months", tool, "", IN, "assumed", "statute: 12 months from complete application, CAA 165(c)" if key == "psd" else "from complete application")
    return pd.DataFrame(rows, columns=["rule", "key", "pollutant", "value", "unit", "citation", "valid_from", "valid_to", "status", "claim", "note"])


# region: AVERT region, eGRID subregion (assumed: the one that holds most of it)
GRIDS = {"CA": ("CA", "CAMX"), "NW": ("NW", "NWPP"), "RNW": ("NW", "NWPP"), "GB": ("NW", "NWPP"), "COWY": ("RM", "RMPA"), "SW": ("SW", "AZNM"), "ERCOT": ("TE", "ERCT"),
         "SPPN": ("CENT", "SPNO"), "SPPS": ("CENT", "SPSO"), "MISON": ("MIDW", "MROW"), "MISOC": ("MIDW", "RFCW"), "MISOS": ("MIDW", "SRMV"), "COMED": ("MIDA", "RFCW"),
         "PJMW": ("MIDA", "RFCW"), "DOM": ("MIDA", "SRVC"), "MAAC": ("MIDA", "RFCE"), "NY": ("NY", "NYUP"), "NE": ("NE", "NEWE"), "TVA": ("TN", "SRTV"), "SOU": ("SE", "SRSO"),
         "CAR": ("NCSC", "SRVC"), "KY": ("MIDW", "SRTV"), "FL": ("FL", "FRCC")}


def marginal() -> pd.DataFrame:
    """Mean by region, month and hour of the day: the average over the month's days takes the negative artefacts out."""
    frame = pd.read_parquet(SHARED / "emissions_prices/avert_2023_hourly_marginal_rates.parquet")
    frame["hour"] = frame["hour_of_year"] % 24
    out = frame.groupby(["avert_region", "month", "hour"], as_index=False)[["co2_lb_per_kwh", "nox_lb_per_kwh", "so2_lb_per_kwh"]].mean()
    for name in ("co2", "nox", "so2"):
        out[f"{name}_kg_per_mwh"] = (out.pop(f"{name}_lb_per_kwh") * 453.59237).round(4)
    return out


MACHINES = {"Caterpillar": "engine", "Solar": "simple_cycle", "GE": "simple_cycle", "Siemens": "simple_cycle", "MHI": "simple_cycle"}


def machines() -> pd.DataFrame:
    frame = pd.read_csv(SHARED / "emissions_prices/onsite_generator_catalogue.csv")
    frame["kind"] = frame["model"].str.split().str[0].map(MACHINES)
    frame["fuel"] = np.where(frame["model"].str.contains("C175"), "diesel", "natural_gas")
    frame["claim"] = "published"
    frame["source"] = np.where(frame["electrical_efficiency"].notna(), MAKERS, "makers' ratings in a public permit repository (secondary)")
    keep = ["model", "kind", "fuel", "iso_mw", "heat_rate_btu_per_kwh_lhv", "nox_g_per_bhp_hr", "co_g_per_bhp_hr", "availability", "claim", "source"]
    return frame[keep]


def countries() -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.read_parquet(SHARED / "country/country_electricity_by_year.parquet")
    frame.loc[frame["country"] == "European Union (27)", "iso3"] = "EU27"
    frame.loc[frame["country"] == "World", "iso3"] = "WLD"
    frame = frame[frame["iso3"].notna() & (frame["year"] >= 2000)]
    keep = ["iso3", "country", "year", "generation_twh", "demand_twh", "coal_twh", "gas_twh", "oil_twh", "nuclear_twh", "hydro_twh", "wind_twh", "solar_twh", "carbon_intensity_g_per_kwh"]
    out = frame[keep].copy()
    out["edition"] = np.where(frame["source"].str.startswith("owid"), "OWID 2022", "OWID via codecarbon 3.3.2")
    gppd = pd.read_csv(SHARED / "country/wri_gppd_capacity_by_country_fuel_2021.csv")
    rows = [(r.iso_code, 2021, round(r.total_capacity_gw, 2), NA, NA, NA, NA, "published", "WRI Global Power Plant Database 2021 (CC-BY 4.0)", "plants listed, incomplete")
            for r in gppd.itertuples() if r.total_capacity_gw == r.total_capacity_gw and r.total_capacity_gw > 0]
    rows += [
        ("CHN", 2024, NA, 429, NA, NA, NA, "published", "news reports (wp.caribscopeonline.com, energyinnovationreview.com)", "secondary"),
        ("CHN", 2025, 3890, 543, 315, 119, 93, "published", "news reports (wp.caribscopeonline.com, energyinnovationreview.com)", "secondary; total 3.89 TW, thermal about 93"),
        ("USA", 2025, 1300, 53, NA, NA, NA, "published", "copy of EIA (themoneymechanics.com); total about 1.3 TW by news reports", "secondary; utility scale"),
    ]
    china = pd.read_csv(SHARED / "country/china_installed_capacity.csv").iloc[0]
    rows.append(("CHN", 2025, float(china["installed_capacity_gw"]), NA, NA, NA, NA, "published", "China National Energy Administration", "end of April 2025"))
    capacity = pd.DataFrame(rows, columns=["iso3", "year", "capacity_gw", "added_gw", "added_solar_gw", "added_wind_gw", "added_thermal_gw", "claim", "source", "note"])
    return out.sort_values(["iso3", "year"], ignore_index=True), capacity.sort_values(["iso3", "year"], kind="stable", ignore_index=True)


def costs() -> pd.DataFrame:
    """ATB costs by year of the technologies that a region may add."""
    atb = pd.read_csv(SHARED / "fleet/technology_costs_atb2024_reeds.csv")
    names = {"Gas-CC": "combined_cycle", "Gas-CT": "simple_cycle", "Nuclear": "nuclear", "Nuclear-SMR": "smr", "upv": "solar", "wind-ons_115hh_170rd": "wind", "battery_4": "battery_4h", "battery_8": "battery_8h"}
    part = atb[(atb["cost_scenario"] == "moderate") & atb["technology"].isin(names) & atb["year"].between(2025, 2035)].copy()
    part["technology"] = part["technology"].map(names)
    columns = {"overnight_capex_usd_per_kw": "capex_usd_per_kw", "fixed_om_usd_per_kw_yr": "fom_usd_per_kw_year", "variable_om_usd_per_mwh": "vom_usd_per_mwh",
               "heat_rate_mmbtu_per_mwh": "heat_rate_mmbtu_per_mwh"}
    return part.rename(columns=columns)[["technology", "year", *columns.values()]].round(3).sort_values(["technology", "year"], ignore_index=True)


def run(out: Path) -> None:
    write(options(), out, "supply_options.csv")
    write(pd.DataFrame(FACTORS, columns=["kind", "fuel", "control", "pollutant", "lb_per_mmbtu", "claim", "source"]), out, "air_factors.csv")
    write(rules(), out, "air_rules.csv")
    write(pd.DataFrame([(r, *v, "assumed") for r, v in GRIDS.items()], columns=["region", "avert_region", "egrid_subregion", "claim"]), out, "region_grids.csv")
    write(marginal(), out, "marginal_emissions.parquet")
    write(machines(), out, "onsite_machines.csv")
    energy, capacity = countries()
    write(energy, out, "country_electricity.parquet")
    write(capacity, out, "country_capacity.csv")
    write(costs(), out, "technology_costs.csv")
