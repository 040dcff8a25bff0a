"""What utilities would say of the same requests: published practice, beside the forecast."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridroom.pipeline import stages
from gridroom.reference import catalog


def by_practice(live: Any, years: tuple[int, ...]) -> list[dict[str, Any]]:
    """MW by year under each published practice: each request counted at a share by its stage, a size and a delay, no ramp.

    Parameters
    ----------
    live : DataFrame
        Active and energised requests.
    years : tuple of int
    """
    stage = live["stage"].to_numpy(np.float64)
    stage = np.where(np.isnan(stage), stages.UNKNOWN_STAGE, stage)
    stage = np.where(live["status"] == "energised", 6, stage).astype(np.int64)
    mw = live["requested_mw"].to_numpy(np.float64)
    start = live["requested_in_service"].dt.year.to_numpy() + live["requested_in_service"].dt.day_of_year.to_numpy() / 366.0
    out = []
    for row in catalog.load("pipeline_practice").itertuples():
        share = np.array([getattr(row, f"stage_{k}") for k in range(7)])[stage]
        when = start + row.later_days / 365.25
        for year in years:
            out.append({"practice": row.name, "key": row.key, "year": year,
                        "mw": float((mw * share * row.size * (when < year + 1)).sum()), "claim": row.claim, "source": row.source})
    return out
