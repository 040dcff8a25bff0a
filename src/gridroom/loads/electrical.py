"""What an interconnection study asks of a campus: swings within a minute, ramps, and the loss of all of it at once.

None of it enters LOLE. Limits are dated rows of the table `grid_connection_rules`; drafts change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.loads.catalogue import default
from gridroom.loads.ranges import Range
from gridroom.reference import catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Electrical:
    """Figures for interconnection studies.

    Attributes
    ----------
    swing_mw : Range
        Peak to peak within seconds: one synchronous job between its idle and its top draw; high is all training at once [MW].
    hourly_ramp_mw : float
        Largest change from one hour to the next [MW].
    simultaneous_loss_mw : Range
        Load that leaves within milliseconds when protection answers a fault [MW].
    rules : tuple of dict
        Who, rule, limit, the campus's figure, whether it is met, minutes to come back at a ramp limit, citation, status, dates.
    """

    swing_mw: Range
    hourly_ramp_mw: float
    simultaneous_loss_mw: Range
    rules: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "swing_mw": self.swing_mw.as_dict(),
            "hourly_ramp_mw": self.hourly_ramp_mw,
            "largest_simultaneous_load_loss_mw": self.simultaneous_loss_mw.as_dict(),
            "rules": list(self.rules),
        }


def swing_of(training_mw: float, jobs: int) -> Range:
    """Peak-to-peak swing of training load of that rating [MW]: 15 to 85 % of one job's rating; power shelves may cut it."""
    depth = default("training_top").range.best - default("training_idle").range.best
    smooth = default("smoothing").range
    one = training_mw / jobs * depth
    return Range(one * (1.0 - smooth.high), one, training_mw * depth)


def _rule(row: Any, swing: Range, peak_mw: float) -> dict[str, Any]:
    """One rule against the campus."""
    out = {
        "who": row.who,
        "rule": row.rule,
        "limit": float(row.value),
        "unit": row.unit,
        "value": None,
        "met": None,
        "minutes_to_return": None,
    }
    if row.rule.startswith("variation_mw"):
        out |= {"value": swing.best, "met": bool(swing.best <= row.value)}
    elif row.rule == "oscillation_mw":
        limit = min(float(row.value), 0.0025 * peak_mw)
        out |= {"limit": limit, "value": 0.5 * swing.best, "met": bool(0.5 * swing.best <= limit)}
    elif row.rule == "ramp_mw_per_min":
        out |= {"minutes_to_return": peak_mw / float(row.value)}
    elif row.rule == "ride_through_threshold_mw":
        out |= {"value": peak_mw, "applies": bool(peak_mw >= row.value)}
    elif row.rule == "system_loss_mw":
        out |= {"value": peak_mw, "met": bool(peak_mw <= row.value)}
    ends = row.valid_to if isinstance(row.valid_to, str) else None
    return out | {"citation": row.citation, "status": row.status, "valid_from": row.valid_from, "valid_to": ends}


def electrical(mw: NDArray[np.float64], training_mw: float, jobs: int, day: date | None = None) -> Electrical:
    """Figures of a campus.

    Parameters
    ----------
    mw : float array (T,)
        Facility load by hour [MW].
    training_mw : float
        IT rating that trains [MW].
    jobs : int
        Synchronous jobs side by side.
    day : date, optional
        Rules dated on or before that day and not ended, proposals included (their status says so); all when left out.
    """
    peak = float(mw.max())
    swing = swing_of(training_mw, jobs)
    table = catalog.load("grid_connection_rules")
    if day is not None:
        ends = table["valid_to"].fillna("9999-12-31").replace("", "9999-12-31")
        table = table[(table["valid_from"] <= day.isoformat()) & (ends >= day.isoformat())]
    share = default("simultaneous_loss").range
    ramp = float(np.abs(np.diff(mw)).max()) if len(mw) > 1 else 0.0
    return Electrical(
        swing_mw=swing,
        hourly_ramp_mw=ramp,
        simultaneous_loss_mw=share.times(peak),
        rules=tuple(_rule(row, swing, peak) for row in table.itertuples()),
    )
