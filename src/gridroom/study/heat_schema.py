"""The heat file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from gridroom.core.errors import Problem
from gridroom.study.schema import Part

# Other usual words for the cooling.
WORDS = {
    "room": "air",
    "crah": "air",
    "crac": "air",
    "mixed": "rear_door",
    "direct_liquid": "liquid",
    "direct_to_chip": "liquid",
    "cold_plate": "liquid",
    "warm_water": "liquid",
    "dlc": "liquid",
    "hydro": "hydro_mining",
}
Cooling = Annotated[
    Literal["air", "rear_door", "liquid", "immersion", "hydro_mining"],
    BeforeValidator(lambda v: WORDS.get(v.lower().replace("-", "_").replace(" ", "_"), v) if isinstance(v, str) else v),
]


class HeatFile(Part):
    """A source of heat and the network beside it."""

    name: str = Field("heat", min_length=1)
    it_mw: float | None = Field(None, gt=0, le=100_000, allow_inf_nan=False)
    """IT power, or the power of a mine's machines [MW]; or it_load, campus or miner."""
    load_factor: float = Field(1.0, gt=0, le=1)
    it_load: str | None = None
    """CSV or Parquet file, column value: IT power by hour [MW], in place of it_mw x load_factor."""
    campus: str | None = None
    """Campus file (TOML): its IT power by hour."""
    miner: str | None = None
    """Miner file (TOML): its machines' power by hour, off when the mine stands still."""
    cooling: Cooling = "liquid"
    source_temperature_c: float | None = Field(None, ge=0, le=120)
    """Coolant as it comes; that of the cooling when left out [degC]."""
    source_return_c: float | None = Field(None, ge=-10, le=119)
    """Coolant as it goes back; 10 K below when left out [degC]."""
    recoverable_share: float | None = Field(None, gt=0, le=1)
    """Share of the heat that can be recovered; that of the cooling when left out."""
    return_temperature_c: float = Field(ge=0, le=150)
    """Network return [degC]."""
    supply_temperature_c: float = Field(gt=0, le=200)
    """Network flow [degC]."""
    network_demand: str | None = None
    """CSV or Parquet file, column value: heat wanted by hour [MW]."""
    demand_mwh_per_year: float | None = Field(None, gt=0, le=1e9, allow_inf_nan=False)
    """In place of a file: a year's heat, in the shape of flats in `climate`."""
    climate: Literal["duluth", "minneapolis", "chicago", "seattle"] = "duluth"
    pump_pinch_k: float = Field(4.0, ge=0, le=30)
    carnot_fraction: float | None = Field(None, gt=0, le=1)
    """Share of the Lorenz COP that machines reach; 0.5 (assumed) when left out."""
    cop_cap: float | None = Field(None, gt=1, le=50)
    preheat: bool = False
    """Warm the return by exchanger first, as far as the source goes."""
    pump_mw: float | None = Field(None, gt=0, le=1e6)
    """Most heat that pump or exchanger gives [MW]."""
    pipe_mw: float | None = Field(None, gt=0, le=1e6)
    storage_mwh: float = Field(0.0, ge=0, le=1e9, allow_inf_nan=False)
    storage_mw: float | None = Field(None, gt=0, le=1e6)
    storage_loss_pct_per_h: float = Field(0.0, ge=0, lt=100)
    pump_inside: bool = False
    """The pump lies inside the data centre's boundary."""
    pue: float | None = Field(None, ge=1, le=5)
    electricity_usd_per_mwh: float = Field(0.0, ge=-1000, le=10_000, allow_inf_nan=False)
    heat_usd_per_mwh: float = Field(0.0, ge=0, le=10_000, allow_inf_nan=False)
    displaced_co2_kg_per_mwh: float | None = Field(None, ge=0, le=5000)
    """CO2 of the heat that is displaced [kg/MWh of heat]."""
    electricity_co2_kg_per_mwh: float | None = Field(None, ge=0, le=5000)
    heat_mwh_per_household: float | None = Field(None, gt=0, le=1000)
    capex_usd: float = Field(0.0, ge=0, le=1e12, allow_inf_nan=False)
    discount_rate_pct: float = Field(6.0, ge=0, le=100)
    years: float = Field(20.0, gt=0, le=100)

    @classmethod
    def cross_checks(cls, data: dict[str, Any]) -> list[Problem]:
        """Temperatures in order, demand once, a tank with its size."""
        problems = []
        for warm, cold in (("supply_temperature_c", "return_temperature_c"), ("source_temperature_c", "source_return_c")):
            a, b = data.get(warm), data.get(cold)
            if isinstance(a, int | float) and isinstance(b, int | float) and a <= b:
                problems.append(Problem(warm, f"must lie above {cold}; got {a:g} and {b:g}"))
        if (data.get("network_demand") is None) == (data.get("demand_mwh_per_year") is None):
            words = "is missing" if data.get("network_demand") is None else "and demand_mwh_per_year say the same twice"
            problems.append(Problem("network_demand", words, "a file of MW by hour, or demand_mwh_per_year"))
        sources = [n for n in ("it_load", "campus", "miner") if data.get(n) is not None]
        if len(sources) > 1:
            problems.append(Problem(sources[0], f"and {', '.join(sources[1:])} say the same twice", "one source of heat a file"))
        if not sources and data.get("it_mw") is None:
            problems.append(Problem("it_mw", "is missing", "or it_load, campus or miner, by the hour"))
        if data.get("storage_mw") is not None and not data.get("storage_mwh"):
            problems.append(Problem("storage_mwh", "is missing: storage_mw says how fast a tank fills, not how much it holds"))
        return problems
