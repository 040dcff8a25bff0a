"""RTS-GMLC: units and hourly profiles of the test system, compact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, write


def run(out: Path) -> None:
    raw = pd.read_csv(SHARED / "fleet/rts_gmlc_generators.csv")
    raw = raw[raw["PMax MW"] > 0]
    units = pd.DataFrame({
        "name": raw["GEN UID"], "region": raw["Bus ID"] // 100, "category": raw["Category"], "capacity_mw": raw["PMax MW"],
        "forced_outage_rate": raw["FOR"], "mttf_h": raw["MTTF Hr"], "mttr_h": raw["MTTR Hr"],
        "maintenance_weeks": raw["Scheduled Maint Weeks"]})
    write(units.reset_index(drop=True), out, "rts_gmlc_units.csv")
    profiles = pd.read_parquet(SHARED / "profiles/rts_gmlc_day_ahead_2020.parquet").drop(columns="local_hour_ending")
    # Loads have one decimal and shares four: whole numbers keep both exactly in little space.
    whole = {c: np.round(profiles[c] * (10 if c.startswith("load") else 10_000)).astype("int32") for c in profiles}
    write(pd.DataFrame(whole), out, "rts_gmlc_profiles.parquet")
