"""What the kernel reads of a system, and the work arrays of one thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.dispatch import Network, Work
from gridroom.adequacy.flexible import Budget, Devices, Interruptible, Owed
from gridroom.adequacy.sampling import Common, Events
from gridroom.adequacy.stacking import HybridTable
from gridroom.adequacy.storage import Stores

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNIT, HYBRID, LINE, STORE, DEVICE, BACKUP = range(6)  # kinds of assets that fail


class Grid(NamedTuple):
    """A system as the kernel reads it.

    `base` (R, T) is all generation in service less load, `low` (R, B) its least value in each block of 2**`shift` steps. Assets
    that fail (A): `kind`, `place` (index within the kind), `mw` taken from the region's margin, or `row` of `varying` where
    that changes in time (else -1). Lines: interface and MW by direction; `sum_*` with all in service, `limit_*` of the
    interface; `has_lines` (I,).
    """

    base: Floats
    low: Floats
    shift: int
    kind: Ints
    place: Ints
    mw: Floats
    row: Ints
    varying: Floats
    line_interface: Ints
    line_forward: Floats
    line_backward: Floats
    sum_forward: Floats
    sum_backward: Floats
    limit_forward: Floats
    limit_backward: Floats
    has_lines: Flags
    year_of: Ints
    day_of: Ints


class Rules(NamedTuple):
    """Step [h], store limits constant, lines fail, order of stores, solve every step, steps that may part an event."""

    step_h: float
    constant: bool
    lines_fail: bool
    order: int
    every_step: bool
    gap_steps: int


class Parts(NamedTuple):
    """Everything that the system has beside generation and load."""

    stores: Stores
    hybrids: HybridTable
    devices: Devices
    loads: Interruptible
    common: Common


class Desk(NamedTuple):
    """Work arrays of one thread: margins, limits and states of built blocks, draws, flow, what is owed and used."""

    margin: Floats
    forward: Floats
    backward: Floats
    store_up: Flags
    device_up: Flags
    backup_up: Floats
    touched: Floats
    candidate: Flags
    built: Flags
    next_one: Ints
    events: Events
    work: Work
    network: Network
    owed: Owed
    budget: Budget
