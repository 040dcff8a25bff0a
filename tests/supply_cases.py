"""Sites of the known answers: synthetic profiles, one site file's worth of options."""

import dataclasses

import numpy as np

from gridroom.supply.site import Grid, Limits, Option, Site

T = 8760
t = np.arange(T)
h, d = t % 24, t // 24
PV = (
    np.maximum(0, np.sin(np.pi * (h - 6) / 12))
    * (0.75 + 0.25 * np.cos(2 * np.pi * (d - 172) / 365))
    * (0.6 + 0.4 * np.cos(2 * np.pi * d / 7))
)
WIND = np.clip(0.4 + 0.25 * np.sin(2 * np.pi * t / 97) + 0.2 * np.cos(2 * np.pi * t / 337), 0, 1)
PRICE = 45 + 15 * np.cos(2 * np.pi * (h - 18) / 24)
AVAILABLE = np.where((d >= 190) & (d < 215) & (h >= 17) & (h < 21), 0.0, 1.0)
GAS = Option(
    name="gas",
    kind="dispatchable",
    capex_usd_per_kw=1800,
    fom_usd_per_kw_year=25,
    vom_usd_per_mwh=5,
    life_years=25,
    heat_rate_mmbtu_per_mwh=9,
    fuel_usd_per_mmbtu=4,
    co2_t_per_mmbtu=0.0531,
    lb_per_mmbtu={"nox": 0.00736795},
    max_mw=5000,
)
SOLAR = Option(
    name="solar", kind="profile", profile=PV, capex_usd_per_kw=1100, fom_usd_per_kw_year=18, life_years=30, carbon_free=True
)
WINDS = Option(
    name="wind", kind="profile", profile=WIND, capex_usd_per_kw=1500, fom_usd_per_kw_year=30, life_years=30, carbon_free=True
)
BATTERY = Option(
    name="battery",
    kind="storage",
    capex_usd_per_kw=250,
    fom_usd_per_kw_year=6,
    energy_capex_usd_per_kwh=220,
    energy_fom_usd_per_kwh_year=5,
    life_years=20,
    round_trip_efficiency=0.85,
)


def grid(limit_mw=300.0, hours=T):
    return Grid(limit_mw=limit_mw, availability=AVAILABLE[:hours], price_usd_per_mwh=PRICE[:hours])


def site(limits=None, grid_mw=None, options=(GAS, SOLAR, WINDS, BATTERY), hours=T, **more):
    short = tuple(dataclasses.replace(o, profile=o.profile[:hours]) for o in options)
    return Site(
        name="case",
        load_mw=np.full(hours, 1000.0),
        discount_rate=0.08,
        options=short,
        limits=limits or Limits(),
        grid=None if grid_mw is None else grid(grid_mw, hours),
        **more,
    )
