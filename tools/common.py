"""What the derivation scripts share: where the raw data lies, region rules, and how tables are written."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GRIDROOM_SHARED", ROOT.parent / "shared")) / "data"
DEFAULT_OUT = ROOT / "src" / "gridroom" / "reference" / "data"

TECHNOLOGY = {
    "Batteries": "battery", "Flywheels": "battery", "Coal Integrated Gasification Combined Cycle": "coal",
    "Conventional Hydroelectric": "hydro", "Run of River Hydroelectric": "hydro",
    "Conventional Steam Coal": "coal", "Petroleum Coke": "coal", "Geothermal": "geothermal",
    "Hydroelectric Pumped Storage": "pumped_storage", "Landfill Gas": "biomass",
    "Municipal Solid Waste": "biomass", "Other Waste Biomass": "biomass", "Wood/Wood Waste Biomass": "biomass",
    "Natural Gas Fired Combined Cycle": "gas_cc", "Natural Gas Fired Combustion Turbine": "gas_ct",
    "Natural Gas Internal Combustion Engine": "gas_ic", "Natural Gas Steam Turbine": "gas_st",
    "Natural Gas with Compressed Air Storage": "gas_ct", "Other Natural Gas": "gas_ct", "Other Gases": "gas_ct",
    "Nuclear": "nuclear", "Offshore Wind Turbine": "wind", "Onshore Wind Turbine": "wind",
    "Petroleum Liquids": "oil", "Solar Photovoltaic": "solar",
    "Solar Thermal with Energy Storage": "solar", "Solar Thermal without Energy Storage": "solar",
    "All Other": "gas_ct",
}
FIRM = ("nuclear", "coal", "gas_cc", "gas_ct", "gas_st", "gas_ic", "oil", "biomass", "geothermal")


def regions() -> pd.DataFrame:
    """The 23 planning regions, in the order of the shared table."""
    return pd.read_csv(SHARED / "regions/regions.csv")


def region_ids() -> list[str]:
    return list(regions()["region"])


def write(frame: pd.DataFrame, out: Path, name: str) -> None:
    """Write one table: hourly ones as Parquet, the others as CSV that a person can read."""
    out.mkdir(parents=True, exist_ok=True)
    if name.endswith(".parquet"):
        frame.to_parquet(out / name, index=False, compression="zstd", compression_level=19)
    else:
        frame.to_csv(out / name, index=False, lineterminator="\n")
