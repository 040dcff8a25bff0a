"""Tables about digital assets and heat: chain histories, machines, networks, published figures, cases, cooling, heat demand.

Figures typed here are read from the facts on digital assets, heat and disclosure, or from the pages that a row names; what those mark as
remembered or unverified is `assumed`. Hash rate and price to October 2022 come from blockchain-energy-labels/bitcoin (Apache-2.0, from
blockchain.com charts), later prices from j0shcd/risk-metric (MIT, exchange closes in whole dollars, 22 days repaired),
difficulty periods from Electrum's checkpoints (MIT), Ethereum's hash rate and the bottom-up parameters from
kylemcdonald/ethereum-emissions (MIT), heat demand from the DOE reference buildings through REopt.jl (Apache-2.0).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, write

NA = np.nan
CCRI = "CCRI"
CCRI22 = "CCRI, February 2022, six proof-of-stake networks (secondary: worldstockmarket.net)"
ENERGY_PAGE = "ethereum.org energy page, after CCRI"

# network, spellings, consensus, kWh a year, Wh per transaction, tCO2e a year, nodes, W a node at rest, W per transaction a second and node, as of, claim, source
NETWORKS = [
    ("bitcoin", "btc", "proof_of_work", NA, NA, NA, NA, NA, NA, "", "derived", "hardware mix; see bitcoin_history, bitcoin_machines"),
    ("ethereum-pow", "ethash;eth-pow;ethereum classic method", "proof_of_work", NA, NA, NA, NA, NA, NA, "2022-09-14", "derived", "bottom-up by McDonald; ends with the Merge"),
    ("ethereum", "eth;ethereum-pos;eth-pos;ether", "proof_of_stake", 2600860, 6.29, 869.78, 10856, NA, 0.1055, "2022", "published", f"{ENERGY_PAGE}; node count and power per transaction 2023"),
    ("solana", "sol", "proof_of_stake", 1967930, 0.166, NA, NA, NA, NA, "2022", "published", f"{CCRI22}; Wh per transaction d1softballnews.com"),
    ("cardano", "ada", "proof_of_stake", 598755, 52.0, NA, NA, NA, NA, "2022", "published", f"{CCRI22}; Wh per transaction d1softballnews.com"),
    ("algorand", "algo", "proof_of_stake", 512671, NA, NA, NA, NA, NA, "2022", "published", f"{CCRI22}; its own page says 265 tCO2 a year in June 2024"),
    ("avalanche", "avax", "proof_of_stake", 489311, NA, NA, NA, NA, NA, "2022", "published", CCRI22),
    ("tezos", "xtz", "proof_of_stake", 94120, NA, NA, NA, NA, NA, "2022", "published", CCRI22),
    ("polkadot", "dot", "proof_of_stake", 70237, NA, NA, NA, NA, NA, "2022", "published", CCRI22),
    ("proof-of-stake", "pos;stake", "proof_of_stake", NA, NA, NA, 10856, 27.35, 0.1055, "2023", "assumed", "any network, by its nodes; nodes and power as Ethereum's until given"),
    ("proof-of-authority", "poa;authority", "proof_of_authority", NA, NA, NA, 25, NA, NA, "", "assumed", "any network, by its validators; 25 of them, servers, until given"),
]
# key, low, best, high, unit, claim, source
PARAMETERS = [
    ("cbeci_pue", 1.01, 1.10, 1.20, "1", "published", "Cambridge (CBECI) model: lower, best, upper"),
    ("cbeci_tariff_usd_per_kwh", 0.05, 0.05, 0.05, "USD/kWh", "published", "Cambridge (CBECI) default"),
    ("economic_electricity_share", 0.60, 0.60, 0.60, "1", "assumed", "economic method, as remembered of Digiconomist's default"),
    ("economic_tariff_usd_per_kwh", 0.05, 0.05, 0.05, "USD/kWh", "assumed", "economic method, as remembered of Digiconomist's default"),
    ("node_w_single_board", 5, 7.5, 10, "W", "assumed", "typical power of a node, remembered; best is the middle"),
    ("node_w_mini_pc", 10, 20, 30, "W", "assumed", "typical power of a node, remembered; best is the middle"),
    ("node_w_cloud_share", 15, 27.5, 40, "W", "assumed", "typical power of a node, remembered; best is the middle"),
    ("node_w_server", 80, 165, 250, "W", "assumed", "typical power of a node, remembered; best is the middle"),
    ("stake_range_factor", 0.5, 1.0, 2.0, "1", "assumed", "doubt of a network's energy by nodes: half to double (judgement)"),
    ("us_share_of_bitcoin", 0.3784, 0.3784, 0.754, "1", "published", "low and best: Cambridge map, January 2022 (jbs.cam.ac.uk/insight/2022/bitcoin-mining-electricity-update-new-data); high: share in the 2025 survey, which holds 48 % of hash rate"),
    ("bitcoin_kgco2_per_kwh", 0.2884, 0.2884, 0.2884, "kg/kWh", "derived", "39.8 MtCO2e over 138 TWh, Cambridge report of April 2025 (mid-2024)"),
    ("bitcoin_renewable_share", 0.426, 0.426, 0.426, "1", "published", "Cambridge report of April 2025: survey with 48 % of hash rate"),
    ("bitcoin_sustainable_share", 0.524, 0.524, 0.524, "1", "published", "the same, 9.8 points of nuclear included: not a renewable share"),
    ("ethereum_pow_twh_ccri", 22.9, 22.9, 22.9, "TWh/year", "assumed", "before the Merge, remembered of CCRI"),
    ("ethereum_pow_tco2e", 11016000, 11016000, 11016000, "t/year", "published", f"{ENERGY_PAGE}: before the Merge"),
]

# network, kind, from, to, low, best, high, unit, method, source, claim. kind: at (a day, annualised), during (a period's energy)
CARBON = "Cambridge index, method 1.4.0, 0.05 USD/kWh, download of 2023-09-03"
PUBLISHED = [
    *[("bitcoin", "during", f"{y}-01-01", f"{y}-12-31", NA, v, NA, "TWh/year", CARBON, "github.com/dataalways/energy-adjusted-cbeci; means derived", "derived") for y, v in ((2017, 12.94), (2019, 54.67), (2020, 67.00), (2021, 89.06))],
    *[("bitcoin", "at", d, d, NA, v, NA, "TWh/year", CARBON, "github.com/dataalways/energy-adjusted-cbeci", "published") for d, v in (("2016-12-31", 6.49), ("2018-12-31", 37.78), ("2020-12-31", 86.17), ("2021-12-31", 93.31), ("2021-05-13", 115.54), ("2021-07-01", 53.08), ("2018-07-01", 47.30))],
    *[("bitcoin", "at", d, d, NA, v, NA, "TWh/year", f"Cambridge index, method 1.4.0, {p} USD/kWh", "github.com/dataalways/energy-adjusted-cbeci", "published")
      for d, rows in (("2018-07-01", ((0.03, 48.29), (0.08, 41.10), (0.10, 36.13))), ("2021-07-01", ((0.03, 54.91), (0.08, 48.99), (0.10, 46.09)))) for p, v in rows],
    *[("bitcoin", "during", f"{y}-01-01", f"{y}-12-31", NA, v, NA, "TWh/year", "Cambridge index, method before 1.4.0, download of 2023-01-25", "github.com/dataalways/energy-adjusted-cbeci; means derived", "derived") for y, v in ((2019, 57.12), (2020, 68.38), (2021, 104.96))],
    ("bitcoin", "during", "2021-01-01", "2021-12-31", NA, 89.0, NA, "TWh/year", "Cambridge, revised method", "decrypt.co/154593", "published"),
    ("ethereum", "at", "2022-09-15", "2022-09-15", 0.600, 3.402, NA, "TWh/year", "economic method (Digiconomist), the day of the Merge", "github.com/kylemcdonald/ethereum-emissions, other studies", "published"),
    ("bitcoin", "during", "2021-01-01", "2021-12-31", NA, 104.0, NA, "TWh/year", "Cambridge index, method before 1.4.0", "decrypt.co/154593", "published"),
    ("bitcoin", "at", "2024-06-30", "2024-06-30", NA, 138.0, NA, "TWh/year", "Cambridge report of April 2025, mid-2024", "jbs.cam.ac.uk; secondary", "published"),
    ("bitcoin", "at", "2022-02-01", "2022-02-01", NA, 89.78, NA, "TWh/year", "comparison value used by CCRI", "worldstockmarket.net (secondary)", "published"),
    ("bitcoin", "at", "2026-07-27", "2026-07-27", 72.834, 136.067, 238.466, "TWh/year", "Cambridge index, probe of 2026-07-28", "public file quoting the index (secondary)", "published"),
    ("bitcoin", "at", "2026-07-27", "2026-07-27", NA, 204.4, NA, "TWh/year", "economic method (Digiconomist), day x 365; stale: unchanged for a week", "public file quoting digiconomist.net (secondary)", "derived"),
    ("ethereum-pow", "during", "2018-01-01", "2018-12-31", 6.587, 9.930, 15.987, "TWh/year", "bottom-up (McDonald)", "github.com/kylemcdonald/ethereum-emissions, computed", "derived"),
    ("ethereum-pow", "during", "2021-01-01", "2021-12-31", 11.740, 16.504, 23.749, "TWh/year", "bottom-up (McDonald)", "github.com/kylemcdonald/ethereum-emissions, computed", "derived"),
    ("ethereum-pow", "at", "2022-09-14", "2022-09-14", 14.618, 77.774, NA, "TWh/year", "economic method (Digiconomist), minimum and estimate", "github.com/kylemcdonald/ethereum-emissions, other studies", "published"),
    ("ethereum-pow", "at", "2022-02-01", "2022-02-01", NA, 17.3, NA, "TWh/year", "comparison value used by CCRI", "worldstockmarket.net (secondary)", "published"),
]

# deal, who, USD, IT MW, years, machines in it USD, date, claim, source, note
DEALS = [
    ("core_scientific_coreweave", "Core Scientific / CoreWeave", 8.7e9, 500, 12, NA, "2024-10-22", "published", "sec.gov 1839341, press release", "about 500 MW of critical IT; early 2025 about 590 MW and 10.2 bn (remembered); its Denton mine, 297 MW, goes to 394 MW for AI"),
    ("terawulf_fluidstack", "TeraWulf / Fluidstack, Lake Mariner", 3.7e9, 200, 10, NA, "2025-08", "published", "blockspace.media; particle.news", "no machines; more than 200 MW IT, about 250 gross; 8.7 bn with two options of 5 years; Google backs 1.8 bn for about 8 %; 8-10 M USD/MW to build; site margin 85 %"),
    ("iren_microsoft", "IREN / Microsoft, Childress", 9.7e9, 200, 5, 5.8e9, "2025-11-03", "published", "cryptopressnews.com/?p=48205", "machines included: another good than bare power and building; 20 % prepaid, 5.8 bn of servers bought"),
    ("cipher_aws", "Cipher / AWS", 5.5e9, 300, 15, NA, "2025-11-03", "published", "parameter.io; lbkrs.com/news/264039997", "rent from August 2026; with Fluidstack / Google about 8.5 bn in all"),
]

# region, low, best, high, share of the US, MW that gave way in a shortage, claim, source: mining load by region, MW. Shares of hash rate are not shares of power draw; they come from one pool.
EIA = "EIA, February 2024: 0.6 to 2.3 % of 3,900 TWh (theregister.com 2024-02-28)"
FOUNDRY = "Foundry's map of July 2023, members of one pool, 21-27 July, while Texas was curtailed (secondary: exchangesranking.org 2023-09-28), x US share x network estimate of the date"
REGIONS = [
    ("ERCOT", NA, 4600.0, NA, NA, 4100.0, "published", "crypto-mining demand 2025: Potomac Economics, 2025 State of the Market for ERCOT, June 2026 (secondary); 4,100 MW gave way in storm Fern, January 2026: ERCOT, System Operations Update, 4 February 2026 (secondary)"),
    ("SOU", NA, NA, NA, 0.0964, NA, "assumed", f"Georgia alone, so a lower bound of the region; a large miner there left the sample. 9.64 % of US hash rate: {FOUNDRY}"),
    ("NY", NA, NA, NA, 0.0875, NA, "assumed", f"New York 8.75 % of US hash rate: {FOUNDRY}"),
    ("NE", NA, NA, NA, 0.0533, NA, "assumed", f"New Hampshire alone, so a lower bound of the region. 5.33 % of US hash rate: {FOUNDRY}"),
]
US = ("US", round(25.0e6 / 8760, 1), NA, round(91.0e6 / 8760, 1), NA, NA, "derived", f"{EIA}: 25 to 91 TWh in 2023, over 8,760 h")

# cooling, outlet temperature low/best/high C, recoverable share low/best/high, claim, source
RECOVERY = [
    ("air", 25, 30, 40, 0.30, 0.40, 0.60, "published", "ardor.institute guide; p2h-computing.de (secondary): 0.30-0.50 older, to 0.6 modern; return water at most 30 C; best is the middle of the older"),
    ("rear_door", 40, 50, 60, 0.50, 0.60, 0.70, "published", "ardor.institute guide; p2h-computing.de (secondary); best is the middle"),
    ("liquid", 45, 52.5, 60, 0.70, 0.80, 0.90, "published", "ardor.institute guide; p2h-computing.de (secondary); best is the middle"),
    ("immersion", 45, 60, 75, 0.70, 0.80, 0.90, "published", "the same; 45-60 C warm water, 60-75 C direct contact; best is the middle; miners claim 0.95 (dzambhalafinance.com)"),
    ("hydro_mining", 55, 70, 75, 0.70, 0.80, 0.95, "assumed", "companies' claims: hydro-cooled machines give about 70 C (cryptoblog.tv 2025-10-23), miners quote 55-75 C and 0.95 (dzambhalafinance.com); shares otherwise as liquid cooling"),
]
# case, figure, value, unit, claim, source
HEAT_CASES = [
    ("odense", "heat_pump_mw", 45, "MW", "published", "Meta / Fjernvarme Fyn: p2h-computing.de; IRENA"),
    ("odense", "heat_mwh_per_year", 215000, "MWh", "published", "p2h-computing.de; the original donation plan was 100,000"),
    ("odense", "homes", 12000, "homes", "published", "more than 12,000: p2h-computing.de"),
    ("odense", "heat_mwh_per_home", 17.9, "MWh", "derived", "215,000 / 12,000: at most"),
    ("espoo", "share_of_heat_demand", 0.40, "1", "published", "Microsoft / Fortum: about 40 % of Espoo, Kauniainen, Kirkkonummi (fortum.com)"),
    ("espoo", "share_of_source_heat_used", 0.75, "1", "published", "Fortum expects about 75 % over a year: summer demand is low (fortum.com/data-centres-helsinki-region)"),
    ("espoo", "users", 250000, "people", "published", "fortum.com"),
    ("espoo", "co2_avoided_t_per_year", 400000, "t", "published", "at the 2022 mix; fortum.com"),
    ("finland_mining", "people", 140000, "people", "published", "Hashlabs, Terahash, MARA, MinersLoop together, company claims (cryptoblog.tv 2025-10-23; pricpr.com)"),
    ("mara_finland", "largest_city", 67000, "people", "published", "December 2024 (dzambhalafinance.com)"),
    ("mara_finland", "people", 80000, "people", "published", "MARA, December 2024, company claim (dzambhalafinance.com)"),
]

# Riot Platforms, August 2023, million USD; two payers, never one.
MINER_CASES = [
    ("riot_2023_08", "supplier_credit", 24.2, "M USD", "published", "Riot Platforms, power sold back to its supplier; techspot.com/news/100066"),
    ("riot_2023_08", "grid_programme", 7.4, "M USD", "published", "the same: demand response; the company says that only about 7 M came from ERCOT"),
    ("riot_2023_08", "energy_released", 84000, "MWh", "published", "more than 84,000; bitsaga.be"),
    ("riot_2023_08", "coins", 333, "BTC", "published", "about 8.9 M USD; forklog.com"),
    ("hashprice_2024_07_04", "hashprice", 44.842, "USD/PH/day", "published", "578 EH/s; morns.ca 2024-07-24"),
    ("hashprice_2024_07_28", "hashprice", 52.85, "USD/PH/day", "published", "677 EH/s; cryptonews.net/29511797"),
    ("fleet_2024", "efficiency", 28.2, "J/TH", "published", "Cambridge report of April 2025, survey of 49 firms"),
    ("four_cp", "rate_low", 60, "USD/kW-year", "assumed", "ERCOT transmission, 2024-25, remembered"),
    ("four_cp", "rate_high", 75, "USD/kW-year", "assumed", "the same"),
    ("france_2024", "net_exports", 89, "TWh", "published", "RTE via enerdata.net: record; exporter in 98 % of hours"),
    ("france_2024", "spot_mean", 58, "EUR/MWh", "published", "RTE via enerdata.net"),
    ("france_2024_h1", "negative_hours", 233, "h", "published", "RTE via pv-magazine.com 2024-09-09"),
    ("france_2025_h1", "negative_hours", 363, "h", "published", "RTE via sfeninenglish.org"),
    ("france_2024", "loss_on_negative_prices", 80, "M EUR", "published", "about; press (fibo-crypto.fr)"),
    ("exaion", "share_bought_by_mara", 0.64, "1", "published", "agreed August 2025; EDF's computing subsidiary (btcpizza.com/?p=63897)"),
    ("bhutan", "built", 100, "MW", "assumed", "state mining on hydropower, remembered; 600 MW planned"),
    ("france_press", "revenue_low", 100, "M USD/GW-year", "published", "press figure for 1 GW (fibo-crypto.fr); net of what is not said"),
    ("france_press", "revenue_high", 150, "M USD/GW-year", "published", "the same"),
]

NAMEPLATE = "maker's nameplate and month of release as listed in public files (secondary)"
CITIES = {"Duluth": "very cold", "Minneapolis": "cold", "Chicago": "cool", "Seattle": "mild"}


def history() -> tuple[pd.DataFrame, pd.DataFrame]:
    daily = pd.read_csv(SHARED / "crypto/bitcoin_hashrate_price_2009_2022.csv")
    daily = daily[(daily["date"] >= "2011-01-01") & (daily["hash_rate_th_s"] > 0)].copy()
    daily["hash_rate_eh"] = (daily["hash_rate_th_s"] / 1e6).round(8)
    later = pd.read_csv(Path(__file__).parent / "bitcoin_price_2022_2026.csv")
    daily = pd.concat([daily[["date", "hash_rate_eh", "price_usd"]], later], ignore_index=True)
    epochs = pd.read_csv(SHARED / "crypto/bitcoin_difficulty_hashrate_by_epoch_2011_2026.csv")
    epochs = epochs.rename(columns={"hash_rate_eh_s": "hash_rate_eh", "start_utc_est": "start_utc"})
    return daily[["date", "hash_rate_eh", "price_usd"]].round({"price_usd": 2}).reset_index(drop=True), epochs


def machines() -> pd.DataFrame:
    """Machines of the three makers that sold most, 2013 to 2025; months of release are announcement or shipment, as listed."""
    frame = pd.read_csv(Path(__file__).parent / "asic_machines.csv")
    frame["j_per_th"] = (frame["power_w"] / frame["hash_rate_th_s"]).round(3)
    frame["claim"] = "published"
    frame["source"] = NAMEPLATE
    return frame


def ethereum() -> pd.DataFrame:
    frame = pd.read_csv(SHARED / "crypto/ethereum_hashrate_2015_2022.csv")
    return frame[frame["hash_rate_gh_s"] > 0].reset_index(drop=True)


def ethereum_parameters() -> pd.DataFrame:
    data = json.loads((SHARED / "crypto/ethereum_power_parameters.json").read_text())
    source = "kylemcdonald/ethereum-emissions @b034914f (MIT)"
    rows = [(f"ethash_{key}", data["lower"][key], data["best"][key], data["upper"][key], "MH/s/W" if key.endswith("offset") else "1", "published", source) for key in data["best"]]
    rows += [("ethash_slope", 1.3744496623898123e-09, 1.3744496623898123e-09, 1.3744496623898123e-09, "MH/s/W per s", "published", source),
             ("ethash_start", -1.81046377784513, -1.81046377784513, -1.81046377784513, "MH/s/W", "published", source)]
    return pd.DataFrame([*PARAMETERS, *rows], columns=["key", "low", "best", "high", "unit", "claim", "source"])


def heat_demand() -> pd.DataFrame:
    """Shape of a town's heat demand: flats' space heating and hot water, millionths of the year, by hour of the local year."""
    frame = pd.read_parquet(SHARED / "profiles/heat_demand_doe_reference_buildings.parquet")
    annual = pd.read_csv(SHARED / "profiles/heat_demand_doe_reference_buildings_annual.csv").set_index("column")["annual_mmbtu"]
    out = {}
    for city in CITIES:
        parts = [name for name in frame.columns if name.startswith(f"{city}|MidriseApartment|")]
        total = sum(frame[name].to_numpy(np.float64) * float(annual[name]) for name in parts)
        out[city.lower()] = np.round(total / total.sum() * 1e7).astype(np.int32)
    return pd.DataFrame(out)


def run(out: Path) -> None:
    daily, epochs = history()
    write(daily, out, "bitcoin_history.parquet")
    write(epochs[["epoch", "first_height", "start_utc", "days", "difficulty", "hash_rate_eh"]], out, "bitcoin_epochs.parquet")
    write(machines(), out, "bitcoin_machines.csv")
    write(ethereum(), out, "ethereum_hash_rate.parquet")
    write(pd.DataFrame(NETWORKS, columns=["network", "spellings", "consensus", "kwh_per_year", "wh_per_transaction", "tco2e_per_year", "nodes", "node_w", "w_per_tps_node", "as_of", "claim", "source"]), out, "networks.csv")
    write(ethereum_parameters(), out, "network_parameters.csv")
    write(pd.DataFrame(PUBLISHED, columns=["network", "kind", "from", "to", "low", "best", "high", "unit", "method", "source", "claim"]), out, "network_published.csv")
    deals = pd.DataFrame(DEALS, columns=["deal", "who", "usd", "it_mw", "years", "machines_usd", "date", "claim", "source", "note"])
    deals["usd_per_mw_year"] = (deals["usd"] / deals["it_mw"] / deals["years"]).round(2)
    write(deals, out, "hosting_deals.csv")
    write(pd.DataFrame([*REGIONS, US], columns=["region", "low_mw", "best_mw", "high_mw", "us_share", "gives_way_mw", "claim", "source"]), out, "mining_regions.csv")
    write(pd.DataFrame(RECOVERY, columns=["cooling", "outlet_low_c", "outlet_best_c", "outlet_high_c", "share_low", "share_best", "share_high", "claim", "source"]), out, "heat_recovery.csv")
    write(pd.DataFrame(HEAT_CASES, columns=["case", "figure", "value", "unit", "claim", "source"]), out, "heat_cases.csv")
    write(pd.DataFrame(MINER_CASES, columns=["case", "figure", "value", "unit", "claim", "source"]), out, "mining_cases.csv")
    write(heat_demand(), out, "heat_demand_shape.parquet")
