"""Least-cost capacity for regions short of it, over several years: credits, lead times, pace, help over interfaces.

Needs and credits come from the simulation of outages, and go back to it: a program with average credits proves nothing about
the standard by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.supply.linear import InfeasibleError, Program

Floats = NDArray[np.float64]
MISSING_USD_PER_MW_YEAR = 1e8  # what a missing MW costs: far above all that can be built


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What regions need and what may be built; K technologies, Y years, R regions, L interfaces.

    Attributes
    ----------
    need_mw : float array (Y, R)
        Perfect capacity that is missing [MW].
    credit : float array (K, Y, R)
        Perfect capacity that a MW is worth [1].
    usd_per_mw_year : float array (K, Y)
        Yearly net cost of a MW built in that year.
    most_mw : float array (K, Y, R)
        Most that can be added by then, in all [MW]; 0 before the lead time.
    start, end : int array (L,)
    help_mw : float array (L, 2)
        Firm help that an interface can carry on top, there and back [MW].
    help_usd_per_mw_year : float
    years_weight : float array (Y,)
        Years that each modelled year stands for, discounted.
    """

    need_mw: Floats
    credit: Floats
    usd_per_mw_year: Floats
    most_mw: Floats
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    help_mw: Floats
    help_usd_per_mw_year: float
    years_weight: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """Least-cost additions: capacity in place by year (K, Y, R) [MW], help (Y, L) signed [MW], what is missing (Y, R) [MW]."""

    objective_usd: float
    built_mw: Floats
    help_mw: Floats
    missing_mw: Floats


def least_cost(needs: Needs) -> Additions:
    """Solve; what cannot arrive in time is left as missing.

    Raises
    ------
    InfeasibleError
        If the solver finds no answer.
    """
    kinds, years, regions = needs.credit.shape
    program, weight = Program(), needs.years_weight
    built = np.zeros((kinds, years, regions), np.int32)
    for k in range(kinds):
        for y in range(years):
            # A MW built in year y is paid for from then on.
            later = float(weight[y:].sum())
            built[k, y] = program.columns(regions, later * needs.usd_per_mw_year[k, y])
            in_place = [(built[k, v], 1.0) for v in range(y + 1)]
            program.rows(regions, -np.inf, needs.most_mw[k, y], *in_place)
    lines = len(needs.start)
    there = np.zeros((years, lines), np.int32)
    back, missing = there.copy(), np.zeros((years, regions), np.int32)
    for y in range(years):
        price = float(weight[y]) * needs.help_usd_per_mw_year
        there[y] = program.columns(lines, price, 0.0, needs.help_mw[:, 0])
        back[y] = program.columns(lines, price, 0.0, needs.help_mw[:, 1])
        missing[y] = program.columns(regions, float(weight[y]) * MISSING_USD_PER_MW_YEAR)
        for r in range(regions):
            terms = [(built[k, v, r : r + 1], needs.credit[k, y, r]) for k in range(kinds) for v in range(y + 1)]
            for flow, source, sink in ((there[y], needs.start, needs.end), (back[y], needs.end, needs.start)):
                terms += [(flow[[i]], 1.0) for i in np.flatnonzero(sink == r)] + [
                    (flow[[i]], -1.0) for i in np.flatnonzero(source == r)
                ]
            program.rows(1, needs.need_mw[y, r], np.inf, (missing[y, r : r + 1], 1.0), *terms)
    answer = program.solve()
    if answer.status != "optimal":
        raise InfeasibleError(f"additions of regions: the solver stopped ({answer.status})")
    x = answer.values
    in_place_mw = np.cumsum(x[built], axis=1)
    paid = answer.objective - MISSING_USD_PER_MW_YEAR * float((weight[:, None] * x[missing]).sum())
    return Additions(objective_usd=paid, built_mw=in_place_mw, help_mw=x[there] - x[back], missing_mw=x[missing])


__all__ = ["Additions", "Needs", "least_cost"]
