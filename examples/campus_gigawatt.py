"""A 1 GW campus: its load by the hour, the households it equals, what carries a week of it on site, and its air permit.

    python examples/campus_gigawatt.py
"""

from __future__ import annotations

from pathlib import Path

import gridroom as gr

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Load, site, permit."""
    load = gr.campus_load(gr.read_campus(HERE / "loads/campus_1gw.toml"))
    print(load)
    site = {
        "name": "1 GW campus, one week",
        "load_mw": round(load.peak_mw),
        "hours": 168,
        "options": [
            {"name": "turbines", "technology": "aeroderivative", "max_mw": 2000, "air_kind": "simple_cycle",
             "factors": {"nox": {"value": 2.5, "unit": "ppmvd15"}, "co": {"value": 2.5, "unit": "ppmvd15"}}},
            {"name": "engines", "technology": "gas_engine", "max_mw": 1000},
            {"name": "battery", "technology": "battery"},
        ],
        "grid": {"limit_mw": 300, "price_usd_per_mwh": 45},
        "limits": {"availability_pct": 99.9},
    }  # fmt: skip
    print(gr.site_design(site))


if __name__ == "__main__":
    main()
