"""Outage rates by technology and temperature, planned outage, repair times, and the cold end fitted to two storms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, region_ids, regions, write

PRIME_MOVER = {"nuclear": "nuclear", "coal": "steam", "gas_cc": "combined_cycle", "gas_ct": "combustion_turbine",
               "gas_st": "steam", "gas_ic": "combustion_turbine", "oil": "combustion_turbine"}
# Mean time to repair of the like unit of the RTS test systems; for the US fleet that is an assumption.
MTTR_H = {"nuclear": 150, "coal": 50, "gas_cc": 33, "gas_ct": 40, "gas_st": 50, "gas_ic": 40, "oil": 45}
# Not drawn unit by unit: constant availability. Battery, pumped storage from the static table; others assumed there.
STATIC = {"battery": ("battery_4", 0.02), "pumped_storage": ("pumped-hydro", 0.04), "biomass": ("biopower", 0.09),
          "geothermal": ("geothermal", 0.129), "hydro": ("hydEND", 0.0)}
GAS = ("gas_cc", "gas_ct", "gas_st", "gas_ic")
PJM = ("COMED", "PJMW", "DOM", "MAAC")
URI_MEAN_OUT_MW, URI_THERMAL_SHARE = 34_000.0, 0.80  # published mean; thermal share assumed
HOT = ("ERCOT", "SW", "SPPS", "MISOS", "FL", "SOU", "CA", "GB", "CAR", "TVA")
CEILING = 0.85
# No storm of this kind is on record for these since 2016: their cold end is the published curve alone.
NO_STORM = ("CA", "NW", "RNW", "GB", "COWY", "SW", "FL")


def curves() -> pd.DataFrame:
    """Forced outage rate by technology and temperature, in steps of 5 degrees from -15 to 35."""
    murphy = pd.read_csv(SHARED / "fleet/outage_forced_by_temperature_murphy2019.csv")
    rows = []
    for technology, mover in PRIME_MOVER.items():
        part = murphy[murphy["prime_mover"] == mover]
        rows += [{"technology": technology, "prime_mover": mover, "temperature_c": int(t),
                  "forced_outage_rate": float(q)}
                 for t, q in zip(part["deg_celsius"], part["outage_frac"], strict=True)]
    return pd.DataFrame(rows)


def maintenance() -> pd.DataFrame:
    """Planned outage: year's share by technology (monthly table's mean) and the northern calendar it comes from."""
    monthly = pd.read_csv(SHARED / "fleet/outage_scheduled_monthly_reeds.csv")
    rows = []
    for technology, mover in PRIME_MOVER.items():
        part = monthly[monthly["prime_mover"] == mover].set_index("month")["outage_frac"]
        rows.append({"technology": technology, "mttr_h": MTTR_H[technology],
                     "planned_outage_share": round(float(part.mean()), 4), "static_forced_outage_rate": np.nan,
                     **{f"month_{m}": float(part[m]) for m in range(1, 13)}})
    for technology, (_, rate) in STATIC.items():
        rows.append({"technology": technology, "static_forced_outage_rate": rate})
    return pd.DataFrame(rows)


def series_2020_2024(temp: pd.DataFrame, matches: pd.DataFrame, cold: pd.DataFrame, days: pd.DatetimeIndex,
                     region: str) -> pd.Series:
    """Temperature of some days of 2020-2024: the matched day's hours plus the cold day's degrees."""
    interconnect = regions().set_index("region")["interconnect"][region]
    lookup = matches.set_index(["interconnect", "date"])["matched_date"]
    extra = cold.set_index(["region", "date"])["add_c"]
    parts = []
    for day in days:
        matched = pd.Timestamp(lookup[(interconnect, day.date().isoformat())])
        hours = temp.loc[matched:matched + pd.Timedelta(hours=23), region].to_numpy()
        add = float(extra.get((region, day.date().isoformat()), 0.0))
        parts.append(pd.Series(hours + add, index=pd.date_range(day, periods=24, freq="h")))
    return pd.concat(parts)


def expected_out(temp: np.ndarray, curve: tuple[np.ndarray, np.ndarray], mttr: float, threshold: float,
                 response: tuple[float, float]) -> np.ndarray:
    """Expected outage share hour by hour: a_t = a_(t-1)(1-l_t) + (1-a_(t-1))m, from the steady state."""
    slope, depth = response
    below = np.minimum(np.maximum(threshold - temp, 0.0), depth)
    rate = np.minimum(np.interp(temp, *curve) + slope * (below / 10.0) ** 2, CEILING)
    repair = 1.0 / mttr
    fail = np.minimum(repair * rate / (1.0 - rate), 1.0)
    out = np.empty(len(temp))
    q = rate[0]
    for t in range(len(temp)):
        q = q * (1.0 - repair) + (1.0 - q) * fail[t]
        out[t] = q
    return out


def _solve(function, target: float) -> float:
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < target else (low, middle)
    return (low + high) / 2


def cold_response(fleet: pd.DataFrame, data: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Slope of the cold end so that Elliott's outages in PJM and Uri's in ERCOT come out (pitfall 21)."""
    table = curves()
    temp, matches, cold = data["temperature"], data["matches"], data["cold"]
    fleet = fleet[fleet["origin"] == "operating_end2024"]
    mw = fleet.groupby(["region", "technology"])["winter_mw"].sum()
    threshold = temp.quantile(0.05)

    def outage(region: str, technologies: tuple[str, ...], days: pd.DatetimeIndex, response: tuple[float, float]
               ) -> pd.Series:
        series = series_2020_2024(temp, matches, cold, days, region)
        total = np.zeros(len(series))
        for technology in technologies:
            part = table[table["technology"] == technology]
            curve = (part["temperature_c"].to_numpy(float), part["forced_outage_rate"].to_numpy(float))
            share = expected_out(series.to_numpy(), curve, MTTR_H[technology], float(threshold[region]), response)
            total += float(mw.get((region, technology), 0.0)) * share
        return pd.Series(total, index=series.index)

    elliott = pd.read_csv(SHARED / "fleet/pjm_elliott_forced_outages_2022-12-23_25.csv")
    elliott.index = pd.DatetimeIndex(elliott["hour_beginning_eastern"]).tz_localize("America/New_York").tz_convert(
        "UTC").tz_localize(None)
    days = pd.date_range("2022-12-20", "2022-12-26")
    cold_hours = pd.date_range("2022-12-24 05:00", "2022-12-25 04:00", freq="2h").intersection(elliott.index)
    depth = {"PJM": 0.0, "ERCOT": 0.0}
    for pool, members, window in (("PJM", PJM, days), ("ERCOT", ("ERCOT",), pd.date_range("2021-02-10", "2021-02-20"))):
        depth[pool] = max(float((threshold[r] - series_2020_2024(temp, matches, cold, window, r)).max())
                          for r in members)
    fits, checks = {}, []
    for fuel, technologies, column in (("gas", GAS, "gas_mw"), ("coal", ("coal",), "coal_mw")):
        target = float(elliott.loc[cold_hours, column].mean())

        def pool_mean(slope: float, technologies: tuple[str, ...] = technologies) -> float:
            total = sum(outage(r, technologies, days, (slope, depth["PJM"])) for r in PJM)
            return float(total.reindex(cold_hours).mean())

        fits[("PJM", fuel)] = _solve(pool_mean, target)
        checks.append({"storm": "Elliott", "pool": "PJM", "fuel": fuel, "target_mw": round(target),
                       "model_mw": round(pool_mean(fits[("PJM", fuel)])), "model_without_mw": round(pool_mean(0.0)),
                       "measure": "mean of 24 December 2022, 00 to 23 Eastern"})
    uri_days = pd.date_range("2021-02-08", "2021-02-19")
    uri_hours = pd.date_range("2021-02-15 13:00", "2021-02-17 18:00", freq="h")
    target = URI_MEAN_OUT_MW * URI_THERMAL_SHARE

    def uri_mean(slope: float) -> float:
        total = outage("ERCOT", (*GAS, "coal"), uri_days, (slope, depth["ERCOT"]))
        return float((total + outage("ERCOT", ("nuclear", "oil"), uri_days, (0.0, 0.0))).reindex(uri_hours).mean())

    fits[("ERCOT", "all")] = _solve(uri_mean, target)
    checks.append({"storm": "Uri", "pool": "ERCOT", "fuel": "thermal", "target_mw": round(target),
                   "model_mw": round(uri_mean(fits[("ERCOT", "all")])), "model_without_mw": round(uri_mean(0.0)),
                   "measure": "mean 15 February 2021 07:00 to 17 February 13:00 Central"})
    rows = []
    for region in region_ids():
        texas = region == "ERCOT"
        pool = "ERCOT" if texas else "PJM"
        gas = fits[("ERCOT", "all")] if texas else fits[("PJM", "gas")]
        coal = fits[("ERCOT", "all")] if texas else fits[("PJM", "coal")]
        fitted_to = "none" if region in NO_STORM else "Uri" if texas else "Elliott"
        if region in NO_STORM:
            gas = coal = 0.0
        rows.append({"region": region, "threshold_c": round(float(threshold[region]), 1),
                     "depth_c": round(depth[pool], 1), "gas_slope": round(gas, 4), "coal_slope": round(coal, 4),
                     "hold_above_30_c": region in HOT, "fitted_to": fitted_to,
                     "claim": "derived" if texas or region in PJM else "assumed"})
    return pd.DataFrame(rows), pd.DataFrame(checks)


def run(out: Path, fleet: pd.DataFrame, data: dict[str, pd.DataFrame]) -> None:
    response, checks = cold_response(fleet, data)
    write(curves(), out, "outage_by_temperature.csv")
    write(maintenance(), out, "outage_maintenance.csv")
    write(response, out, "cold_response.csv")
    write(checks, out, "cold_response_check.csv")
