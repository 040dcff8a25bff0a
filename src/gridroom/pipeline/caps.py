"""The cap from above: no more load than there are chips for."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from gridroom.reference import catalog


def apply_cap(paths_mw: NDArray[np.float32], years: tuple[int, ...], as_of: date) -> NDArray[np.float64]:
    """Scale paths down, in place, to the cap where their total is above it.

    The cap is on US load added since 2024; what was added up to the day of the forecast is taken off at the cap's own pace.

    Returns
    -------
    float array (Y,)
        Share of paths in which the cap binds.
    """
    table = catalog.load("chip_cap").set_index("year")["added_since_2024_mw"]
    known = table.index.to_numpy(np.float64)
    day = as_of.year + (as_of.timetuple().tm_yday - 1) / 366.0
    before = float(np.interp(day - 1.0, known, table.to_numpy(np.float64)))
    total = paths_mw.sum(axis=2, dtype=np.float64)
    binds = np.zeros(len(years))
    for k, year in enumerate(years):
        cap = max(float(table.loc[min(max(year, int(known.min())), int(known.max()))]) - before, 0.0)
        over = total[:, k] > cap
        binds[k] = over.mean()
        scale = np.where(over, cap / np.maximum(total[:, k], 1e-9), 1.0)
        paths_mw[:, k] *= scale[:, None].astype(np.float32)
    return binds
