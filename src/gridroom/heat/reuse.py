"""Heat of a data centre or mine by the hour: what can be recovered, what a network takes, with storage, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.heat.answer import HeatAnswer
from gridroom.heat.pump import OPTIMISTIC_COP, Lift

Floats = NDArray[np.float64]
HOURS_A_YEAR = 8760.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSite:
    """A source of heat and the network beside it.

    Attributes
    ----------
    name : str
    it_mw : float array (T,)
        IT power by hour, all of which becomes heat [MW].
    pue : float
    pue_claim : str
    recoverable : (float, float, float)
        Share of it that can be recovered: low, best, high [1].
    recoverable_source : str
    lift : Lift
    demand_mw : float array (T,)
        Heat that the network wants [MW].
    storage_mwh, storage_mw : float
        Tank [MWh], and how fast it fills and empties [MW].
    storage_loss_per_h : float
        Share of the content lost an hour [1].
    pump_mw, pipe_mw : float
        Most heat that pump or exchanger gives, and that the pipe takes [MW].
    pump_inside : bool
        The pump lies inside the data centre's boundary: its electricity counts as the site's, and the lifted heat as reused.
    electricity_usd_per_mwh, heat_usd_per_mwh : float
    displaced_kg_per_mwh : float or None
        CO2 of the heat that is displaced [kg/MWh of heat].
    electricity_kg_per_mwh : float or None
        CO2 of the pump's electricity [kg/MWh].
    heat_mwh_per_household : float
    household_source : str
    capex_usd, discount_rate, years : float
        Of pump, exchanger and pipe.
    """

    name: str
    it_mw: Floats
    pue: float
    pue_claim: str
    recoverable: tuple[float, float, float]
    recoverable_source: str
    lift: Lift
    demand_mw: Floats
    storage_mwh: float
    storage_mw: float
    storage_loss_per_h: float
    pump_mw: float
    pipe_mw: float
    pump_inside: bool
    electricity_usd_per_mwh: float
    heat_usd_per_mwh: float
    displaced_kg_per_mwh: float | None
    electricity_kg_per_mwh: float | None
    heat_mwh_per_household: float
    household_source: str
    capex_usd: float
    discount_rate: float
    years: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flows:
    """Heat by hour [MW], and the tank's content at the end of each [MWh]."""

    made: Floats
    delivered: Floats
    stored: Floats


def match(possible: Floats, demand: Floats, pipe_mw: float, storage_mwh: float, storage_mw: float, loss: float) -> Flows:
    """Heat made and delivered by hour: demand first, the rest into the tank, the tank when the source is short.

    With one source and no price, first come first served delivers as much as any plan does (without losses).

    Parameters
    ----------
    possible : float array (T,)
        Heat that source and pump can give [MW].
    demand : float array (T,)
        [MW].
    pipe_mw, storage_mwh, storage_mw, loss : float
        Pipe [MW], tank [MWh], its rate [MW] and share lost an hour [1].

    Returns
    -------
    Flows
        The tank begins empty.
    """
    wanted = np.minimum(demand, pipe_mw)
    direct = np.minimum(possible, wanted)
    made, delivered, stored = direct.copy(), direct.copy(), np.zeros(len(demand))
    if storage_mwh <= 0 or storage_mw <= 0:
        return Flows(made, delivered, stored)
    spare, short = (possible - direct).tolist(), (wanted - direct).tolist()
    content, keep = 0.0, 1.0 - loss
    for t in range(len(demand)):
        content *= keep
        if short[t] > 0:
            out = min(short[t], content, storage_mw)
            content -= out
            delivered[t] += out
        else:
            into = min(spare[t], storage_mwh - content, storage_mw)
            content += into
            made[t] += into
        stored[t] = content
    return Flows(made, delivered, stored)


def _possible(site: HeatSite, share: float) -> Floats:
    """Heat that can be given to the network by hour [MW]."""
    return np.minimum(site.it_mw * share * site.lift.heat_per_source, site.pump_mw)


def _year_of(site: HeatSite, share: float) -> Flows:
    return match(_possible(site, share), site.demand_mw, site.pipe_mw, site.storage_mwh, site.storage_mw, site.storage_loss_per_h)


def _delivered(site: HeatSite, share: float) -> float:
    return float(_year_of(site, share).delivered.sum())


def _tons(mwh: float, kg_per_mwh: float | None) -> float | None:
    """CO2 of some energy [t]; None where its intensity is not known, 0 of no energy."""
    if mwh == 0.0:
        return 0.0
    return None if kg_per_mwh is None else mwh * kg_per_mwh / 1000.0


def _annuity(site: HeatSite) -> float:
    """Capital of a year [USD]."""
    rate, n = site.discount_rate, site.years
    return site.capex_usd * (rate / (1.0 - (1.0 + rate) ** -n) if rate > 0 else 1.0 / n)


def _notes(site: HeatSite, gross: bool) -> tuple[str, ...]:
    """What the reader must know: the site's own notes, CO2 without the pump's, a COP too good to be true."""
    notes = list(site.notes)
    if gross:
        notes.append("CO2 avoided is that of the displaced heat alone: give electricity_co2_kg_per_mwh to take off the pump's")
    if site.lift.cop is not None and site.lift.cop > OPTIMISTIC_COP:
        cap = f"cop_cap = {OPTIMISTIC_COP:g} is a usual limit"
        notes.append(f"a COP of {site.lift.cop:.1f} is optimistic at so small a lift: {cap}")
    return tuple(notes)


def reuse(site: HeatSite) -> HeatAnswer:
    """What the heat of a site is worth to a town.

    Parameters
    ----------
    site : HeatSite

    Returns
    -------
    HeatAnswer
        Sums over the hours given; ranges follow from the recoverable share alone.
    """
    low, best, high = site.recoverable
    flows = _year_of(site, best)
    delivered, made = float(flows.delivered.sum()), float(flows.made.sum())
    electricity = made * site.lift.electricity_per_heat
    taken = made / site.lift.heat_per_source
    e_it, mean_mw = float(site.it_mw.sum()), float(site.it_mw.mean())
    e_dc = e_it * site.pue + (electricity if site.pump_inside else 0.0)
    displaced, pump_t = _tons(delivered, site.displaced_kg_per_mwh), _tons(electricity, site.electricity_kg_per_mwh)
    share = len(site.it_mw) / HOURS_A_YEAR
    sales, power = delivered * site.heat_usd_per_mwh, electricity * site.electricity_usd_per_mwh
    annuity = _annuity(site) * share
    return HeatAnswer(
        name=site.name,
        hours=len(site.it_mw),
        recoverable_mw=mean_mw * best,
        recoverable_range_mw=(mean_mw * low, mean_mw * high),
        recoverable_source=site.recoverable_source,
        mode=site.lift.mode,
        cop=site.lift.cop,
        cop_lorenz=site.lift.cop_lorenz,
        direct_share=site.lift.direct_share,
        delivered_mwh=delivered,
        delivered_range_mwh=(_delivered(site, low), _delivered(site, high)),
        made_mwh=made,
        possible_mwh=float(_possible(site, best).sum()),
        source_heat_mwh=taken,
        heat_pump_mwh=electricity,
        demand_mwh=float(site.demand_mw.sum()),
        stored_at_end_mwh=float(flows.stored[-1]),
        erf=(made if site.pump_inside else taken) / e_dc,
        pue=e_dc / e_it,
        pue_claim=site.pue_claim,
        pump_inside=site.pump_inside,
        co2_displaced_t=displaced,
        co2_pump_t=pump_t,
        households=delivered / share / site.heat_mwh_per_household,
        household_source=site.household_source,
        heat_sales_usd=sales,
        electricity_usd=power,
        annuity_usd=annuity,
        value_usd=sales - power - annuity,
        delivered_mw=flows.delivered,
        made_mw=flows.made,
        stored_mwh=flows.stored,
        demand_mw=site.demand_mw,
        notes=_notes(site, displaced is not None and pump_t is None),
    )


__all__ = ["Flows", "HeatSite", "match", "reuse"]
