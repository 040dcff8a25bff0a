"""What heat reuse brings, and how it prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatAnswer:
    """Answer of `reuse`; sums over the hours given.

    Attributes
    ----------
    recoverable_mw : float
        Mean heat that can be recovered [MW]; `recoverable_range_mw` its low and high.
    mode, cop, cop_lorenz, direct_share
        How it is lifted; `cop` of the pump's part.
    delivered_mwh : float
        Heat that the network takes [MWh]; its range follows from the recoverable share.
    made_mwh, possible_mwh, source_heat_mwh, heat_pump_mwh : float
        Heat from pump or exchanger, what it could have been, heat taken from the source, electricity of the pump [MWh].
    erf : float
        Energy reuse factor, reused over all energy of the site [1], with the pump inside or outside the boundary as
        `pump_inside` says.
    pue : float
        With the pump's electricity where it is inside.
    co2_displaced_t, co2_pump_t : float or None
        None where not known [t].
    households : float
        Households heated for a year.
    """

    name: str
    hours: int
    recoverable_mw: float
    recoverable_range_mw: tuple[float, float]
    recoverable_source: str
    mode: str
    cop: float | None
    cop_lorenz: float | None
    direct_share: float
    delivered_mwh: float
    delivered_range_mwh: tuple[float, float]
    made_mwh: float
    possible_mwh: float
    source_heat_mwh: float
    heat_pump_mwh: float
    demand_mwh: float
    stored_at_end_mwh: float
    erf: float
    pue: float
    pue_claim: str
    pump_inside: bool
    co2_displaced_t: float | None
    co2_pump_t: float | None
    households: float
    household_source: str
    heat_sales_usd: float
    electricity_usd: float
    annuity_usd: float
    value_usd: float
    delivered_mw: Floats
    made_mw: Floats
    stored_mwh: Floats
    demand_mw: Floats
    notes: tuple[str, ...]

    @property
    def ere(self) -> float:
        """Energy reuse effectiveness: (1 - ERF) x PUE (Green Grid; remembered, hence assumed)."""
        return (1.0 - self.erf) * self.pue

    @property
    def use_share(self) -> float:
        """Share of the heat that could be given which the network takes [1]."""
        return self.made_mwh / self.possible_mwh if self.possible_mwh > 0 else 0.0

    @property
    def demand_share(self) -> float:
        """Share of the network's demand that is met [1]."""
        return self.delivered_mwh / self.demand_mwh if self.demand_mwh > 0 else 0.0

    @property
    def co2_avoided_t(self) -> float | None:
        """CO2 of the displaced heat, less the pump's where that is known [t]."""
        return None if self.co2_displaced_t is None else self.co2_displaced_t - (self.co2_pump_t or 0.0)

    def as_dict(self) -> dict[str, Any]:
        """The answer for JSON, keys as the contract fixes them."""
        return {
            "name": self.name,
            "hours": self.hours,
            "recoverable_mw": self.recoverable_mw,
            "recoverable_range_mw": list(self.recoverable_range_mw),
            "recoverable_source": self.recoverable_source,
            "mode": self.mode,
            "cop": self.cop,
            "cop_lorenz": self.cop_lorenz,
            "direct_share": self.direct_share,
            "delivered_mwh": self.delivered_mwh,
            "delivered_range_mwh": list(self.delivered_range_mwh),
            "made_mwh": self.made_mwh,
            "possible_mwh": self.possible_mwh,
            "use_share": self.use_share,
            "demand_mwh": self.demand_mwh,
            "demand_share": self.demand_share,
            "source_heat_mwh": self.source_heat_mwh,
            "heat_pump_mwh": self.heat_pump_mwh,
            "stored_at_end_mwh": self.stored_at_end_mwh,
            "erf": self.erf,
            "ere": self.ere,
            "pue": self.pue,
            "pue_claim": self.pue_claim,
            "heat_pump_boundary": "inside" if self.pump_inside else "outside",
            "co2_avoided_t": self.co2_avoided_t,
            "co2_displaced_t": self.co2_displaced_t,
            "co2_heat_pump_t": self.co2_pump_t,
            "households": self.households,
            "households_source": self.household_source,
            "value_usd": self.value_usd,
            "heat_sales_usd": self.heat_sales_usd,
            "electricity_usd": self.electricity_usd,
            "capital_usd": self.annuity_usd,
            "notes": list(self.notes),
        }

    def to_pandas(self) -> Any:
        """By hour [MW]: demand, made, delivered; the tank's content [MWh]."""
        import pandas as pd

        return pd.DataFrame(
            {"demand_mw": self.demand_mw, "made_mw": self.made_mw, "delivered_mw": self.delivered_mw, "stored_mwh": self.stored_mwh}
        )

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset along `hour`."""
        return self.to_pandas().rename_axis("hour").to_xarray()

    def __str__(self) -> str:
        low, high = self.recoverable_range_mw
        how = {"direct": "fed directly, no heat pump"}.get(
            self.mode, f"heat pump, COP {self.cop or 0:.2f} (Lorenz {_number(self.cop_lorenz)})"
        )
        if self.mode == "preheat_and_pump":
            how += f", {self.direct_share:.0%} of the heat by exchanger first"
        avoided = "not known" if self.co2_avoided_t is None else f"{self.co2_avoided_t:,.0f} t"
        d_low, d_high = self.delivered_range_mwh
        lines = [
            f"{self.name}: {self.recoverable_mw:,.1f} MW of heat can be recovered ({low:,.1f} to {high:,.1f}); {how}",
            f"  delivered {self.delivered_mwh:,.0f} MWh ({d_low:,.0f} to {d_high:,.0f}) of {self.demand_mwh:,.0f} "
            f"wanted ({self.demand_share:.1%}); "
            f"{self.use_share:.1%} of what could be given is used",
            f"  pump electricity {self.heat_pump_mwh:,.0f} MWh; about {self.households:,.0f} households [{self.household_source}]",
            f"  ERF {self.erf:.3f}, ERE {self.ere:.3f}, PUE {self.pue:.3f} [{self.pue_claim}]; the pump is "
            f"{'inside' if self.pump_inside else 'outside'} the boundary",
            f"  CO2 avoided {avoided}; value {self.value_usd:,.0f} USD (heat {self.heat_sales_usd:,.0f}, electricity "
            f"−{self.electricity_usd:,.0f}, capital −{self.annuity_usd:,.0f})",
        ]
        return "\n".join([*lines, *(f"  note: {n}" for n in self.notes)])


__all__ = ["HeatAnswer"]
