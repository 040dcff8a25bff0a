"""How far sun and wind alone carry a flat load by the hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridroom.reference import catalog
from gridroom.study import weather
from gridroom.supply.matching import hourly_match

HOURS = 8760


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """Best mix without storage.

    Attributes
    ----------
    score : float
        Share of the load met in the same hour [1].
    solar_share : float
        Sun's share of the energy [1].
    longest_below_half_h : int
        Longest stretch with less than half the load met [h].
    """

    score: float
    solar_share: float
    longest_below_half_h: int


def matched_alone(region: str, year: int) -> Alone:
    """Share of a flat load that sun and wind of as much energy meet in the same hour, in the mix that meets most.

    Parameters
    ----------
    region : str
        Region of the reference data.
    year : int
        Weather year, 2016 to 2024.
    """
    hours = weather.build((year,))
    at = list(catalog.load("regions")["region"]).index(region)
    sun, wind = (table[0, at, :HOURS].astype(np.float64) for table in (hours.solar_pu, hours.wind_pu))
    sun, wind = sun / sun.mean(), wind / wind.mean()
    load = np.ones(HOURS)
    scores = {k: hourly_match(load, k / 100 * sun + (1 - k / 100) * wind).score for k in range(101)}
    best = max(scores, key=lambda k: scores[k])
    low = (best / 100 * sun + (1 - best / 100) * wind) < 0.5
    edges = np.flatnonzero(np.diff(np.concatenate([[0], low.astype(np.int8), [0]])))
    return Alone(score=scores[best], solar_share=best / 100, longest_below_half_h=int((edges[1::2] - edges[::2]).max(initial=0)))


__all__ = ["Alone", "matched_alone"]
