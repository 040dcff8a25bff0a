"""Memphis: the turbines as they were counted in 2025, and as they were permitted in July, beside the thresholds.

    python examples/colossus_air_check.py

A screen from published rules and factors; not a permit determination, not legal advice.
"""

from __future__ import annotations

from pathlib import Path

import gridroom as gr

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Both cases side by side."""
    for name in ("memphis_seen.toml", "memphis_turbines.toml"):
        found = gr.pte(HERE / "supply" / name)
        nox = found.tons["nox"].pte_tpy
        print(f"{name}: NOx {nox:,.0f} short tons a year, major from {found.limits['nox'].value:,.0f}; pathway {found.pathway}")


if __name__ == "__main__":
    main()
