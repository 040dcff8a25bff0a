"""A mine that heats a town: hours, money by who pays it, heat, and what AI hosting would bring on the same megawatts.

    python examples/miner_with_heat.py
"""

from __future__ import annotations

from pathlib import Path

import gridroom as gr

HERE = Path(__file__).resolve().parent


def main() -> None:
    """The mine, its heat, the other use of its power."""
    print(gr.miner(HERE / "assets/mine_with_heat.toml"))
    print(gr.heat_reuse(HERE / "heat/finland_mine.toml"))
    print(gr.miner({
        "name": "the same mine, or AI hosting", "mw": 20, "efficiency_j_per_th": 17.5, "hashprice_usd_per_ph_day": 40, "price_usd_per_mwh": 55,
        "hosting": {"usd_per_mw_year": 1_850_000, "capex_usd_per_mw": 9_000_000, "months": 18, "pue": 1.25},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
