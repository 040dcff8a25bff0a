"""Tables of the large-load pipeline: rates, utility practice, rules, regions of providers, the US pipeline, the chip cap.

Figures typed here are read from the facts on the pipeline and on the outlook; each row names its source and claim class. Named
campuses come from Epoch AI's lists (CC-BY 4.0). Tables flagged for their licence are not used.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from common import SHARED, write

ERCOT_2025 = "ERCOT 2025 long-term load forecast report, 2025-04-08, as read at citizenportal.ai/articles/6080130"
GEORGIA = "Georgia PSC docket 55378, quarterly large-load reports 2024-2026, statistics"
RATES = [
    *[("stage_odds", str(k), p, "1", "assumed", f"chance that a request is energised within 8 years, {name}; between Exelon's 22 % of "
       "inquiries, AEP Ohio's 19 % signed, ERCOT's 55 % of officer letters, Georgia's 12-14 % of what had no contract")
      for k, (name, p) in enumerate([("inquiry", 0.03), ("study requested", 0.08), ("study complete", 0.15),
                                     ("engineering agreement", 0.35), ("construction agreement", 0.65), ("service agreement", 0.88)])],
    *[("stage_weight", str(k), w, "requests", "assumed", "how many requests' worth of evidence the odds are")
      for k, w in enumerate([20, 20, 15, 10, 10, 20])],
    ("unknown_stage", "", 1, "stage", "assumed", "a filing asks for a study at least"),
    ("pool_weight", "", 40, "requests", "derived", "a provider's own record counts as n / (n + 40); did well on generation queues"),
    ("level_step", "", 0.3, "log odds", "assumed", "yearly step of the common level"),
    ("size_mean", "", 0.498, "1", "published", f"peak seen over peak requested, data centres; {ERCOT_2025}"),
    ("size_shape", "", 3.2, "1", "assumed", "Beta(3.2, 3.2): standard deviation 0.18"),
    ("size_common", "", 0.2, "log odds", "assumed", "shared doubt about the mean"),
    ("delay_ercot", "", 220, "days", "published", f"mean delay seen; {ERCOT_2025}"),
    ("delay_other", "", 216, "days", "derived", f"mean reported delay of delayed projects, 7.1 months; {GEORGIA}"),
    *[("lead", str(k), v, "years", "assumed", "soonest in service by stage, as a mean")
      for k, v in enumerate([3.0, 2.5, 2.0, 1.5, 1.0, 0.4])],
    *[("ramp", str(k), v, "1", "derived", f"share of announced MW by years after the stated year, mean of 113 projects; {GEORGIA}")
      for k, v in enumerate([0.27, 0.52, 0.73, 0.85, 0.93, 0.97, 0.98, 1.0])],
    ("pace_spread", "", 0.25, "log", "assumed", "spread of the pace of ramps"),
    ("extra_log_odds", "", 0.5, "log odds", "assumed", "security posted, site control, equipment on order: each"),
    ("sigma_market", "", 0.8, "log odds", "assumed", "common AI-demand factor; generation queues want 0.6 to 1.2 in all"),
    ("sigma_zone", "", 0.4, "log odds", "assumed", "factor of a region"),
    ("sigma_sponsor", "", 0.5, "log odds", "assumed", "factor of a sponsor"),
    ("persistence", "", 0.7, "1", "assumed", "correlation of the common factor from year to year"),
    ("filings_per_need", "", 3, "filings", "assumed", "SELC says 5 to 10 requests a project built (opinion); no region publishes a count"),
    ("block", "", 455, "MW", "derived", f"median size of a request; {GEORGIA}"),
]
# practice: what counts of each stage 0..6, factor on dates and size
PRACTICE = [
    ("ERCOT officer letters 2025", "ercot", "all requests x 0.498 of size, x 0.554 where no agreement is signed, 180 days later", "published",
     ERCOT_2025, (0.554, 0.554, 0.554, 0.554, 0.554, 1, 1), 0.498, 180),
    ("Georgia contract only", "georgia_contract", "signed contracts in full, nothing else", "published", GEORGIA, (0, 0, 0, 0, 0, 1, 1), 1, 0),
    ("Georgia contract and 12 % of the rest", "georgia_share", "signed contracts in full, 12 % of the rest", "derived", GEORGIA,
     (0.12, 0.12, 0.12, 0.12, 0.12, 1, 1), 1, 0),
    ("AEP Ohio signed share", "aep_ohio", "19 % of all requests: what signed of 30,000 MW once collateral was asked for", "published",
     "AEP Ohio news release 2026-02-12; wowo.com", (0.19, 0.19, 0.19, 0.19, 0.19, 1, 1), 1, 0),
    ("Dominion contracts", "dominion_esa", "electric service agreements alone", "published", "Dominion filings as read at "
     "datacenterdynamics.com and cliffcenter.com 2026-05-02", (0, 0, 0, 0, 0, 1, 1), 1, 0),
    ("Dominion contracts and construction", "dominion_cloa", "service and construction agreements", "published",
     "as the row above", (0, 0, 0, 0, 1, 1, 1), 1, 0),
    ("PJM accepted share 2026", "pjm_2026", "34 of 60 GW asked for was accepted into the 2026 forecast", "published",
     "Modo Energy, PJM load forecast", (0.567,) * 5 + (1, 1), 1, 0),
    ("Exelon inquiries", "exelon", "22 % of inquiries are expected", "published", "Exelon as quoted in POWER magazine 2026-05-15 "
     "(secondary)", (0.22,) * 5 + (1, 1), 1, 0),
    ("as filed", "as_filed", "every request in full and on time", "published", "practice of forecasts that add up filings", (1,) * 7, 1, 0),
]
RULES = [
    ("texas_sb6_threshold", 75, "MW", "Texas Utilities Code 37.0561 (SB 6, 2025)", "2025-06-20", "", "in force"),
    ("texas_sb6_study_fee", 100_000, "USD a request", "Texas SB 6 (2025)", "2025-06-20", "", "in force"),
    ("texas_sb6_disclosure", 1, "in Texas only", "Texas Utilities Code 37.0561: substantially similar requests in Texas must be disclosed",
     "2025-06-20", "", "in force"),
    ("pjm_readiness_deposit", 15_000, "USD/MW", "Troutman Pepper Locke on PJM's expedited interconnection track, 2026-03", "2026-03-01", "",
     "as reported (secondary)"),
    ("aep_ohio_minimum_bill", 85, "% of subscribed energy, 12 years", "AEP Ohio data-centre tariff (PUCO 2025)", "2025-07-01", "",
     "in force (start day assumed)"),
    ("ercot_batch_zero_threshold", 75, "MW", "ERCOT Batch Zero, approved 2026-06-18 (mondaq 1807826)", "2026-06-18", "", "results due 2027-04"),
]
# (pattern on the provider in lower case, states or *, region); first match holds. * as pattern: most of the state's load.
PROVIDERS = [
    (r"dominion energy south carolina|desc\b", "*", "CAR"), (r"dominion|virginia electric|vepco", "VA|NC|WV", "DOM"),
    (r"\boncor|centerpoint|aep texas|tnmp|texas-new mexico|lcra|cps energy|austin energy|ercot|garland|denton", "TX", "ERCOT"),
    (r"southwestern public|\bsps\b|xcel|swepco|golden spread", "TX", "SPPS"), (r"entergy", "TX", "MISOS"),
    (r"el paso", "*", "SW"), (r"entergy|cleco", "*", "MISOS"), (r"swepco|\bpso\b|\bog&?e\b|oklahoma|evergy|empire|westar|kcp", "*", "SPPS"),
    (r"basin|nppd|oppd|nebraska|wapa|black hills|\bmdu\b|montana-dakota", "*", "SPPN"),
    (r"\bi&m\b|indiana michigan|aep|appalachian|ohio power|wheeling|kentucky power", "*", "PJMW"),
    (r"duquesne|firstenergy|allegheny|west penn|penelec|ohio edison|cleveland electric|toledo|dayton|aes ohio|duke energy ohio|"
     r"east kentucky|ekpc|mon power|potomac edison", "*", "PJMW"),
    (r"comed|commonwealth edison", "*", "COMED"), (r"ameren", "IL|MO", "MISOC"),
    (r"\bppl\b|peco|pseg|pepco|\bbge\b|jcp|met-ed|delmarva|atlantic city|ugi", "*", "MAAC"),
    (r"georgia power|alabama power|mississippi power|southern|oglethorpe|meag|powersouth", "*", "SOU"),
    (r"\btva\b|tennessee valley|mlgw|memphis light|nashville electric|associated electric", "TN|AL|MS|KY|GA", "TVA"),
    (r"duke energy florida|\bfpl\b|florida power|tampa|\bteco\b|jea\b|ouc\b", "*", "FL"),
    (r"duke|santee|progress", "NC|SC", "CAR"), (r"lg&?e|louisville|kentucky utilities|\bku\b", "*", "KY"),
    (r"duke energy indiana|nipsco|aes indiana|\bipl\b|indianapolis|hoosier|centerpoint", "IN", "MISOC"),
    (r"midamerican|alliant|interstate power|great river|otter tail|minnesota power|xcel|northern states|itc midwest", "IA|MN|ND|SD|WI",
     "MISON"),
    (r"we energies|\bwec\b|wisconsin|american transmission|madison gas|\bdte\b|consumers|upper peninsula", "*", "MISOC"),
    (r"public service company of colorado|psco|xcel|tri-state|platte river|black hills", "CO|WY", "COWY"),
    (r"nv energy|nevada power|sierra pacific|rocky mountain power|pacificorp", "NV|UT", "GB"),
    (r"rocky mountain power|pacificorp", "WY", "COWY"), (r"idaho power|northwestern", "*", "RNW"),
    (r"\baps\b|arizona public|\bsrp\b|salt river|tucson|\btep\b|\bpnm\b", "*", "SW"),
    (r"puget|portland general|\bpge\b|\bbpa\b|bonneville|pacific power|seattle|tacoma|grant county|avista|snohomish", "*", "NW"),
    (r"nypa|nyseg|coned|con edison|niagara mohawk|national grid|nyiso|rochester", "NY", "NY"),
]
STATES = {"AL": "SOU", "AZ": "SW", "AR": "MISOS", "CA": "CA", "CO": "COWY", "CT": "NE", "DE": "MAAC", "DC": "MAAC", "FL": "FL",
          "GA": "SOU", "ID": "RNW", "IL": "COMED", "IN": "MISOC", "IA": "MISON", "KS": "SPPS", "KY": "KY", "LA": "MISOS", "ME": "NE",
          "MD": "MAAC", "MA": "NE", "MI": "MISOC", "MN": "MISON", "MS": "MISOS", "MO": "MISOC", "MT": "RNW", "NE": "SPPN", "NV": "GB",
          "NH": "NE", "NJ": "MAAC", "NM": "SW", "NY": "NY", "NC": "CAR", "ND": "SPPN", "OH": "PJMW", "OK": "SPPS", "OR": "NW",
          "PA": "MAAC", "RI": "NE", "SC": "CAR", "SD": "SPPN", "TN": "TVA", "TX": "ERCOT", "UT": "GB", "VT": "NE", "VA": "DOM",
          "WA": "NW", "WV": "PJMW", "WI": "MISOC", "WY": "COWY"}
# What is asked for by region and stage, where sums are published; other regions have none here: (region, state, provider, stage, MW, first and last year asked for, day, claim, source)
ASKED = [
    ("ERCOT", "TX", "ERCOT", 0, 226_000, 2028, 2032, "2026-06-18", "derived", "438,000 MW in the queue (ERCOT release of 2026-06-18) x 0.89 data "
     "centres x 0.58 without a study (128 of 225 GW without one, BIC Magazine 2025-12)"),
    ("ERCOT", "TX", "ERCOT", 1, 156_300, 2027, 2032, "2026-06-18", "derived", "the rest of the same queue, less what is approved"),
    ("ERCOT", "TX", "ERCOT", 5, 3_000, 2026, 2027, "2026-06", "derived", "7.5 GW approved or connected (BIC Magazine 2025-12) less 4.5 GW "
     "approved by April 2024"),
    ("DOM", "VA", "Dominion", 3, 29_500, 2029, 2035, "2026-03", "published", "Dominion substation engineering letters (cliffcenter.com 2026-05-02)"),
    ("DOM", "VA", "Dominion", 4, 11_100, 2028, 2032, "2026-03", "published", "Dominion construction letters (cliffcenter.com 2026-05-02)"),
    ("DOM", "VA", "Dominion", 5, 10_400, 2026, 2032, "2026-03", "published", "Dominion electric service agreements (cliffcenter.com 2026-05-02)"),
    ("PJMW", "OH", "AEP Ohio", 5, 17_861, 2026, 2035, "2026-02-12", "published", "AEP Ohio: 12,219 MW contracted before the tariff and 5,642 MW "
     "under it, on line to 2035 (news release 10753)"),
    ("MAAC", "PA", "PPL", 1, 54_000, 2027, 2032, "2025", "published", "PPL requests, 7.7 times its own peak (rtowww.com 103016)"),
    ("SOU", "GA", "Georgia Power", 5, 9_500, 2026, 2031, "2025-Q3", "derived", "contracts within 50.9 GW (utilitydive.com 806300), split as in "
     "Georgia PSC docket 55378"),
    ("SOU", "GA", "Georgia Power", 4, 1_800, 2028, 2031, "2025-Q3", "derived", "requests for service within the same"),
    ("SOU", "GA", "Georgia Power", 2, 39_600, 2028, 2034, "2025-Q3", "derived", "technical review within the same; 12-14 % of it came to a "
     "contract in 2024-26, so counted as a finished study"),
]
CAMPUS_REGION = {"Canton Mississippi": ("MISOS", "MS"), "Ridgeland Mississippi": ("MISOS", "MS"), "New Carlisle Indiana": ("PJMW", "IN"),
                 "Afton Texas": ("ERCOT", "TX"), "Goodnight Texas": ("SPPS", "TX"), "New Albany Ohio": ("PJMW", "OH"),
                 "Omaha Nebraska": ("SPPN", "NE"), "Holly Ridge Louisiana": ("MISOS", "LA"), "Fayetteville Georgia": ("SOU", "GA"),
                 "Mount Pleasant Wisconsin": ("MISOC", "WI"), "Abilene Texas": ("ERCOT", "TX"), "Memphis Tennessee": ("TVA", "TN")}


def campuses() -> pd.DataFrame:
    """Named campuses: what is still to come of each plan, as steps by year (published plan of December 2025)."""
    lines = pd.read_csv(SHARED / "queues/epoch_data_center_timelines_2025-12.csv")
    lines["when"] = pd.to_datetime(lines["Date"], format="%m/%d/%Y")
    now = pd.Timestamp("2025-12-31")
    rows = []
    for name, part in lines.sort_values("when").groupby("Data center", sort=True):
        place = next((v for k, v in CAMPUS_REGION.items() if name.endswith(k)), None)
        if place is None:
            continue
        power = part["Power (MW)"].ffill().fillna(0.0)
        have = float(power[part["when"] <= now].max()) if (part["when"] <= now).any() else 0.0
        later = part.assign(power=power)[part["when"] > now]
        later = later[later["power"] > have + 1]
        if later.empty:
            continue
        steps = (later.groupby(later["when"].dt.year)["power"].max().cummax() - have).round(0)
        rows.append({"region": place[0], "state": place[1], "provider": "named campus", "name": name, "stage": 5,
                     "requested_mw": float(steps.max()), "first_year": int(later["when"].dt.year.min()),
                     "last_year": int(later["when"].dt.year.min()), "as_of": "2025-12", "blocks": 1,
                     "ramp": ";".join(f"{y}:{v:g}" for y, v in steps.items()), "claim": "published",
                     "source": "Epoch AI data-center timelines 2025-12 (CC-BY 4.0)"})
    return pd.DataFrame(rows)


def us_requests() -> pd.DataFrame:
    """The US pipeline: named campuses, and published or assumed sums by region and stage without what is named."""
    named = campuses()
    named = named[named["region"].isin({row[0] for row in ASKED})]
    rows = []
    for region, state, provider, stage, mw, first, last, day, claim, source in ASKED:
        if stage == 5:  # signed sums contain the named campuses
            mw = max(mw - float(named[named["region"] == region]["requested_mw"].sum()), 0.0)
        rows.append({"region": region, "state": state, "provider": provider, "name": "", "stage": stage, "requested_mw": mw,
                     "first_year": first, "last_year": last, "as_of": day, "blocks": max(1, round(mw / 455)), "ramp": "", "claim": claim,
                     "source": source})
    return pd.concat([named, pd.DataFrame(rows)], ignore_index=True).query("requested_mw > 0").reset_index(drop=True)


def chip_cap() -> pd.DataFrame:
    """US data-centre load that chips can fill, added since 2024: 65 GW by 2030 from chip shipments, other years at its pace."""
    source = "Grid Strategies on chip shipments: about 65 GW by 2030 (utilitydive.com; secondary); other years at an even pace (assumed)"
    return pd.DataFrame([{"year": y, "added_since_2024_mw": round(65_000 * (y - 2024) / 6), "claim": "derived" if y == 2030 else "assumed",
                          "source": source} for y in range(2025, 2046)])


def run(out: Path) -> None:
    """Write the tables."""
    write(pd.DataFrame(RATES, columns=["rate", "key", "value", "unit", "claim", "source"]), out, "pipeline_rates.csv")
    practice = [{"name": n, "key": k, "rule": r, "claim": c, "source": s, **{f"stage_{i}": w for i, w in enumerate(ws)},
                 "size": z, "later_days": d} for n, k, r, c, s, ws, z, d in PRACTICE]
    write(pd.DataFrame(practice), out, "pipeline_practice.csv")
    write(pd.DataFrame(RULES, columns=["rule", "value", "unit", "citation", "valid_from", "valid_to", "status"]), out,
          "large_load_rules.csv")
    rows = [*PROVIDERS, *(("*", s, r) for s, r in sorted(STATES.items()))]
    write(pd.DataFrame(rows, columns=["provider_pattern", "states", "region"]), out, "request_regions.csv")
    write(us_requests(), out, "us_requests.csv")
    write(chip_cap(), out, "chip_cap.csv")
