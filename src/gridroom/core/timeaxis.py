"""Days and months of a run of steps: a day belongs to the region's own local calendar day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """Regular steps in time.

    Attributes
    ----------
    start : datetime
        Beginning of the first step, with its offset from UTC.
    step_h : float
        Length of a step [h].
    steps : int
        Number of steps.
    """

    start: datetime
    step_h: float
    steps: int

    @property
    def hours(self) -> float:
        """Length of the horizon [h]."""
        return self.step_h * self.steps

    def day_index(self, shift_h: float = 0.0) -> NDArray[np.int32]:
        """Calendar day of each step, counted from the first, in local time shifted by `shift_h`; shape (steps,)."""
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        first_h = (self.start.replace(tzinfo=None) - midnight) / timedelta(hours=1) + shift_h
        local = first_h + self.step_h * np.arange(self.steps) + self.clock_change_h()
        day = np.floor(local / 24.0 + 1e-9).astype(np.int32)
        return np.asarray(day - day[0], dtype=np.int32)

    def clock_change_h(self) -> NDArray[np.float64]:
        """Hours by which the local clock of each step is ahead of its offset at the start: daylight saving, shape (steps,)."""
        zone = self.start.tzinfo
        if not isinstance(zone, ZoneInfo) or self.start.utcoffset() is None:
            return np.zeros(self.steps)
        first, base = self.start.astimezone(UTC), self.start.utcoffset() or timedelta(0)
        hours = np.floor(self.step_h * np.arange(self.steps) + 1e-9).astype(np.int64)
        each = np.array([((first + timedelta(hours=h)).astimezone(zone).utcoffset() or base) / timedelta(hours=1)
                         for h in range(int(hours[-1]) + 1)])
        return np.asarray(each[hours] - base / timedelta(hours=1))

    def time_of(self, step: int) -> datetime:
        """Beginning of a step."""
        return self.start + timedelta(hours=self.step_h * step)

    def month_and_hour(self, shift_h: float = 0.0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Calendar month (1–12) and hour of the day (0–23) of each step, in local time shifted by `shift_h`."""
        first = np.datetime64(self.start.replace(tzinfo=None)) + np.timedelta64(round(shift_h * 3600), "s")
        when = first + np.round(3600 * (self.step_h * np.arange(self.steps) + self.clock_change_h())).astype("timedelta64[s]")
        month = when.astype("datetime64[M]").astype(np.int64) % 12 + 1
        return month, when.astype("datetime64[h]").astype(np.int64) % 24
