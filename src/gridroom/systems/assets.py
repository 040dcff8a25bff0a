"""What stands in a grid, as frozen structs of arrays: units, stores, hybrids, demand response, ties, large loads.

A table has shape (n, T), or (n, 1) where nothing varies in time. `LIMITS` says which values each column may take.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BIG, SHARE = (0.0, np.inf), (0.0, 1.0)
LIMITS: dict[str, tuple[float, float]] = {
    "failure_probability": SHARE, "repair_probability": SHARE, "charge_efficiency": SHARE,
    "discharge_efficiency": SHARE, "carryover_efficiency": SHARE, "borrow_efficiency": SHARE,
    "payback_efficiency": SHARE, "interest": (-1.0, 1.0), "window_steps": (1.0, np.inf)}
FAILURE = ("failure_probability", "repair_probability")
STORE = ("charge_mw", "discharge_mw", "energy_mwh", "charge_efficiency", "discharge_efficiency", "carryover_efficiency")
COLUMNS: dict[str, tuple[str, ...]] = {
    "units": ("capacity_mw", *FAILURE),
    "storage": (*STORE, *FAILURE),
    "hybrids": ("inflow_mw", "grid_withdrawal_mw", "grid_injection_mw", *STORE, *FAILURE),
    "demand_response": ("borrow_mw", "payback_mw", "energy_mwh", "interest", "borrow_efficiency", "payback_efficiency",
                        "window_steps", *FAILURE),
    "interfaces": ("forward_mw", "backward_mw"),
    "lines": ("forward_mw", "backward_mw", *FAILURE)}
KINDS = ("firm", "interruptible", "shiftable", "backed")


def _table(rows: int = 0) -> Floats:
    return np.zeros((rows, 1))


def _index() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Generating units.

    Attributes
    ----------
    names, categories : tuple of str
    region : int array (U,)
        Index of the unit's region.
    capacity_mw : float array (U, T) or (U, 1)
        Capacity when up [MW].
    failure_probability, repair_probability : float array (U, T) or (U, 1)
        Probability of the change into a step [1 per step].
    maintenance_weeks : float array (U,)
        Planned outage to be placed by `levelised` [weeks]; empty where none is known.
    """

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    region: Ints = field(default_factory=_index)
    capacity_mw: Floats = field(default_factory=_table)
    failure_probability: Floats = field(default_factory=_table)
    repair_probability: Floats = field(default_factory=_table)
    maintenance_weeks: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Stores. Powers are at the grid side [MW], energy is inside [MWh]; `initial_mwh` (S,) is held at the start."""

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    region: Ints = field(default_factory=_index)
    charge_mw: Floats = field(default_factory=_table)
    discharge_mw: Floats = field(default_factory=_table)
    energy_mwh: Floats = field(default_factory=_table)
    charge_efficiency: Floats = field(default_factory=_table)
    discharge_efficiency: Floats = field(default_factory=_table)
    carryover_efficiency: Floats = field(default_factory=_table)
    failure_probability: Floats = field(default_factory=_table)
    repair_probability: Floats = field(default_factory=_table)
    initial_mwh: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hybrids:
    """Generators joined to a store (reservoir hydro, solar with battery): PRAS calls them generator-storages.

    `inflow_mw` goes to the grid or into the store; to the grid goes at most `grid_injection_mw` in all, from the grid into
    the store at most `grid_withdrawal_mw`. An outage takes inflow, charge and discharge alike. The rest is as for stores.
    """

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    region: Ints = field(default_factory=_index)
    inflow_mw: Floats = field(default_factory=_table)
    grid_withdrawal_mw: Floats = field(default_factory=_table)
    grid_injection_mw: Floats = field(default_factory=_table)
    charge_mw: Floats = field(default_factory=_table)
    discharge_mw: Floats = field(default_factory=_table)
    energy_mwh: Floats = field(default_factory=_table)
    charge_efficiency: Floats = field(default_factory=_table)
    discharge_efficiency: Floats = field(default_factory=_table)
    carryover_efficiency: Floats = field(default_factory=_table)
    failure_probability: Floats = field(default_factory=_table)
    repair_probability: Floats = field(default_factory=_table)
    initial_mwh: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandResponse:
    """Load that is put off (borrowed) and made good (paid back) within a window.

    `borrow_mw`, `payback_mw` limit the two powers [MW], `energy_mwh` what may be owed [MWh]; what is owed grows by
    `interest` a step; `window_steps` is the number of steps within which it must be paid back. What is not becomes
    unserved load.
    """

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    region: Ints = field(default_factory=_index)
    borrow_mw: Floats = field(default_factory=_table)
    payback_mw: Floats = field(default_factory=_table)
    energy_mwh: Floats = field(default_factory=_table)
    interest: Floats = field(default_factory=_table)
    borrow_efficiency: Floats = field(default_factory=_table)
    payback_efficiency: Floats = field(default_factory=_table)
    window_steps: Floats = field(default_factory=_table)
    failure_probability: Floats = field(default_factory=_table)
    repair_probability: Floats = field(default_factory=_table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interfaces:
    """Pairs of regions that exchange power; limits (I, T) or (I, 1) in the two directions [MW]."""

    start: Ints = field(default_factory=_index)
    end: Ints = field(default_factory=_index)
    forward_mw: Floats = field(default_factory=_table)
    backward_mw: Floats = field(default_factory=_table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines that make up interfaces; an interface without lines keeps its own limit."""

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    interface: Ints = field(default_factory=_index)
    forward_mw: Floats = field(default_factory=_table)
    backward_mw: Floats = field(default_factory=_table)
    failure_probability: Floats = field(default_factory=_table)
    repair_probability: Floats = field(default_factory=_table)


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeLoad:
    """One large load, on top of its region's load.

    Attributes
    ----------
    name, region : str
    mw : float array (1,) or (T,)
        What it draws [MW].
    kind : str
        `firm`; `interruptible` (within budgets); `shiftable` (put off and made good); `backed` (own generation).
    max_hours_per_year, max_hours_per_event, min_hours_between_events, notice_h : float
        Interruptible: budget of hours with any interruption, longest single one, rest between two, and how long a shortage
        must have lasted before the load gives way [h].
    curtailable_pct : float
        Interruptible: share that gives way [%].
    window_h, max_shift_mw, payback_mw : float
        Shiftable: within how many hours it must be made good [h], how much can be put off and be made good at once [MW].
    backup_mw, backup_units, backup_forced_outage_rate, backup_mttr_h, backup_fuel_h, backup_refuel_h : float
        Backed: own generation in equal units [MW], their outages, hours at full power that the fuel lasts, and after how
        many hours of rest it is full again (never within the horizon when infinite) [h].
    """

    name: str
    region: str
    mw: Floats
    kind: str = "firm"
    max_hours_per_year: float = np.inf
    max_hours_per_event: float = np.inf
    min_hours_between_events: float = 0.0
    notice_h: float = 0.0
    curtailable_pct: float = 100.0
    window_h: float = 24.0
    max_shift_mw: float = np.nan
    payback_mw: float = np.nan
    backup_mw: float = np.nan
    backup_units: int = 1
    backup_forced_outage_rate: float = 0.0
    backup_mttr_h: float = 24.0
    backup_fuel_h: float = np.inf
    backup_refuel_h: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonEvent:
    """An event that takes out many units at once, such as a cold snap that stops gas supply.

    In a sample the event strikes with `probability`; then each unit of `region` whose category holds one of `categories`
    is out, with chance `share_out`, during `steps` (boolean (T,)).
    """

    name: str
    region: str
    categories: tuple[str, ...]
    steps: NDArray[np.bool_]
    probability: float
    share_out: float
    claim: str = "assumed"
