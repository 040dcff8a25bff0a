"""The cap from above: no more load than there are chips for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridroom.reference import catalog

if TYPE_CHECKING:
    from gridroom.pipeline.forecast import PipelineForecast


def apply_cap(answer: PipelineForecast) -> None:
    """Scale paths down to the cap where their total is above it, and note how often it binds.

    The cap is on US load added since 2024; what was added up to the day of the forecast is taken off in proportion to time.
    """
    table = catalog.load("chip_cap").set_index("year")["added_since_2024_mw"]
    day = answer.as_of.year + (answer.as_of.timetuple().tm_yday - 1) / 366.0
    before = float(np.interp(day - 1.0, table.index.to_numpy(np.float64), table.to_numpy(np.float64)))
    total = answer.paths_mw.sum(axis=2, dtype=np.float64)
    binds = np.zeros(len(answer.years))
    for k, year in enumerate(answer.years):
        cap = max(float(table.loc[min(max(year, int(table.index.min())), int(table.index.max()))]) - before, 0.0)
        over = total[:, k] > cap
        binds[k] = over.mean()
        scale = np.where(over, cap / np.maximum(total[:, k], 1e-9), 1.0)
        answer.paths_mw[:, k] *= scale[:, None].astype(np.float32)
    answer.cap_binds = binds
    answer.waterfall[:, 6:] = answer.paths_mw.sum(axis=2, dtype=np.float64).mean(axis=0)[:, None]
    answer.notes.append(f"the chip cap binds in {binds[-1]:.0%} of the paths in {answer.years[-1]}")
