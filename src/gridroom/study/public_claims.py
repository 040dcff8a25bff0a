"""Public claims on AI load and the grid beside our own figures: what a run and the reference data can say, and what not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from gridroom.results.folder import RunFolder
from gridroom.study import claims_assets, claims_grid, claims_power
from gridroom.study.claim_figure import NAN, Answer, Figure

CLAIMS: dict[str, Callable[[RunFolder, int], Answer]] = {
    "passes_2026": claims_grid.passes_in_2026,
    "gigawatt": claims_power.gigawatt,
    "turbines": claims_power.turbines,
    "training": claims_power.training,
    "planned": claims_grid.planned,
    "round_the_clock": claims_power.around_the_clock,
    "countries": claims_power.countries,
    "inflated": claims_grid.inflated,
    "dominion": claims_grid.dominion,
    "surplus": claims_assets.surplus,
    "stake": claims_assets.stake,
    "duties": claims_assets.duties,
}


def public_claims(folder: RunFolder, paths: int) -> Any:
    """Table of the public claims: a row a figure, the verdict on each.

    Parameters
    ----------
    folder : RunFolder
        With its other tables written.
    paths : int
        Paths of load and supply that chances were counted over.

    Returns
    -------
    DataFrame
        Verdicts follow from the figures: `true`, `partly`, `not_supported`, or `unknown` where a run cannot tell.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name, ask in CLAIMS.items():
        verdict, figures = ask(folder, paths)
        rows += [{"public_claim": name, "verdict": verdict, **asdict(f)} for f in figures or [Figure(figure="", value=NAN)]]
    return pd.DataFrame(rows)


__all__ = ["CLAIMS", "public_claims"]
