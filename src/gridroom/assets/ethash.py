"""What Ethereum drew before the Merge, bottom-up, and the economic method beside it.

Bottom-up after McDonald (2021-22): hash rate over the efficiency of graphics cards, which grows by a straight line, times
overheads. [McDonald]_

.. [McDonald] K. McDonald, Ethereum emissions: a bottom-up estimate; parameters of the lower, best and upper case published
   with it (MIT).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def efficiency_mh_per_s_w(unix_s: Floats, slope: float, start: float) -> Floats:
    """Efficiency of the cards [MH/s per W]: slope x unix seconds + start."""
    return slope * unix_s + start


def power_mw(hash_rate_gh_s: Floats, unix_s: Floats, parameters: Mapping[str, float]) -> Floats:
    """Power of the network [MW]: H x data centre x hardware x grid loss / ((efficiency + offset) x power supply).

    Parameters
    ----------
    hash_rate_gh_s : float array
        [GH/s].
    unix_s : float array
        Midnight UTC of each day [s].
    parameters : mapping
        `slope, start, hashing_efficiency_offset, datacenter_overhead, hardware_overhead, grid_loss, psu_efficiency` of one case.
    """
    efficiency = efficiency_mh_per_s_w(unix_s, parameters["slope"], parameters["start"]) + parameters["hashing_efficiency_offset"]
    overhead = parameters["datacenter_overhead"] * parameters["hardware_overhead"] * parameters["grid_loss"]
    watts = hash_rate_gh_s * 1e3 * overhead / (efficiency * parameters["psu_efficiency"])
    return np.asarray(watts / 1e6)


def economic_mw(revenue_usd_per_day: float, electricity_share: float, usd_per_kwh: float) -> float:
    """Power by the economic method [MW]: what miners earn, times the share that goes into power, over its price."""
    return revenue_usd_per_day * electricity_share / usd_per_kwh / 24.0 / 1000.0


__all__ = ["economic_mw", "efficiency_mh_per_s_w", "power_mw"]
