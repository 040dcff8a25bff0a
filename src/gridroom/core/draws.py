"""Counter-based random draws: (seed, stream, sample, unit, event) gives the same number anywhere, in any order.

The generator is SplitMix64's finaliser over a Weyl sequence [1]_: stateless, one multiplication chain a draw.

References
----------
.. [1] Steele, Lea & Flood 2014, *Fast splittable pseudorandom number generators*, OOPSLA,
   doi 10.1145/2660193.2660195.
"""

from __future__ import annotations

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2**-53

STREAM_OUTAGE = np.uint64(1)
STREAM_WEATHER = np.uint64(2)
STREAM_COMMON = np.uint64(5)


@njit(cache=True, nogil=True, inline="always")
def mix(z: np.uint64) -> np.uint64:
    """Scramble 64 bits."""
    z = (z ^ (z >> _S30)) * _M1
    z = (z ^ (z >> _S27)) * _M2
    return z ^ (z >> _S31)


@njit(cache=True, nogil=True)
def key_of(seed: int, stream: np.uint64, sample: int) -> np.uint64:
    """Key of one sample of one stream."""
    return mix(mix(np.uint64(seed) + GOLDEN * stream) + GOLDEN * np.uint64(sample + 1))


@njit(cache=True, nogil=True, inline="always")
def unit_key(key: np.uint64, unit: int) -> np.uint64:
    """Key of one unit within a sample."""
    return mix(key + GOLDEN * np.uint64(unit + 1))


@njit(cache=True, nogil=True, inline="always")
def uniform(key: np.uint64, event: int) -> float:
    """Number `event` of a key: uniform on (0, 1], so that its logarithm is finite."""
    return (np.float64(mix(key + GOLDEN * np.uint64(event + 1)) >> _S11) + 1.0) * _UNIT


@njit(cache=True, nogil=True)
def storm_draw(seed: int, sample: int) -> float:
    """The sample's draw of whether its weather year's storm strikes; uniform on (0, 1]."""
    return uniform(key_of(seed, STREAM_WEATHER, sample), 0)
