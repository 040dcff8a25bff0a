"""Heat pump between a source and a network: coefficient of performance by Lorenz, direct feed, pre-heating.

COP = eta x T_H / (T_H - T_C) with log-mean temperatures in kelvin, T_m = (T_out - T_in) / ln(T_out / T_in).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gridroom.core.errors import Problem, StudyError

KELVIN = 273.15
OPTIMISTIC_COP = 7.0
LARGEST_COP = 15.0  # no machine does better (assumed); the formula runs to infinity as the lift goes to 0


def log_mean_k(warm_c: float, cold_c: float) -> float:
    """Log-mean temperature of a stream between two temperatures [K]."""
    warm, cold = warm_c + KELVIN, cold_c + KELVIN
    return warm if math.isclose(warm, cold) else (warm - cold) / math.log(warm / cold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """How heat gets from the source into the network.

    Attributes
    ----------
    mode : str
        `direct` (no pump), `pump`, or `preheat_and_pump` (the return is warmed by exchanger first).
    cop : float or None
        Heat given over electricity taken, of the pump's part; None without a pump.
    cop_lorenz : float or None
        Before the share of it that machines reach, and before any cap; None where the mean lift is not above 0.
    direct_share : float
        Share of the heat that comes without a pump [1].
    """

    mode: str
    cop: float | None
    cop_lorenz: float | None
    direct_share: float

    @property
    def heat_per_source(self) -> float:
        """Heat given to the network for a MWh taken from the source [1]."""
        if self.cop is None:
            return 1.0
        # Of one MWh given, the pump's part takes 1 - 1/COP from the source.
        return 1.0 / (self.direct_share + (1.0 - self.direct_share) * (1.0 - 1.0 / self.cop))

    @property
    def electricity_per_heat(self) -> float:
        """Electricity for a MWh given to the network [1]."""
        return 0.0 if self.cop is None else (1.0 - self.direct_share) / self.cop


def _no_lift(warm_k: float, cold_k: float, supply_c: float) -> Problem:
    return Problem(
        "supply_temperature_c, source_temperature_c",
        f"leave no lift for a heat pump: the network's mean {warm_k - KELVIN:.1f} °C is not above the source's mean "
        f"{cold_k - KELVIN:.1f} °C, yet the source is too cool to feed {supply_c:g} °C directly",
        "check the temperatures",
    )


def lift(
    source_c: float,
    source_return_c: float,
    supply_c: float,
    return_c: float,
    *,
    pinch_k: float = 4.0,
    carnot_fraction: float = 0.5,
    cop_cap: float | None = None,
    preheat: bool = False,
) -> Lift:
    """How the heat is lifted.

    Parameters
    ----------
    source_c, source_return_c : float
        Source stream, coming and going [degC].
    supply_c, return_c : float
        Network, flow and return [degC].
    pinch_k : float
        Difference that an exchanger needs [K].
    carnot_fraction : float
        Share of the Lorenz COP that machines reach [1].
    cop_cap : float, optional
        Largest COP believed; 15 when left out.
    preheat : bool
        Warm the return by exchanger as far as the source goes, and pump the rest; done in any case where the source is warmer
        on the mean than the network, for there the formula has no meaning without it.

    Raises
    ------
    StudyError
        If there is no lift and nothing to warm by exchanger, or the COP is no better than 1.
    """
    if source_c - pinch_k >= supply_c:
        return Lift(mode="direct", cop=None, cop_lorenz=None, direct_share=1.0)
    start, share = return_c, 0.0
    warm, cold = log_mean_k(supply_c, start), log_mean_k(source_c, source_return_c)
    if (preheat or warm <= cold) and source_c - pinch_k > return_c:
        start = source_c - pinch_k
        share = (start - return_c) / (supply_c - return_c)
        warm = log_mean_k(supply_c, start)
    elif warm <= cold:
        raise StudyError(_no_lift(warm, cold, supply_c))
    lorenz = warm / (warm - cold) if warm > cold else None
    ceiling = LARGEST_COP if cop_cap is None else cop_cap
    cop = ceiling if lorenz is None else min(carnot_fraction * lorenz, ceiling)
    if cop <= 1.0:
        words = f"leaves a COP of {cop:.2f}, no better than direct electric heating; got {carnot_fraction:g}"
        raise StudyError(Problem("carnot_fraction", words, "0.4 to 0.6 is usual"))
    return Lift(mode="preheat_and_pump" if share > 0 else "pump", cop=cop, cop_lorenz=lorenz, direct_share=share)


__all__ = ["OPTIMISTIC_COP", "Lift", "lift", "log_mean_k"]
