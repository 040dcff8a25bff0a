"""Progress events of long work, and who listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """State of long work after a chunk.

    Attributes
    ----------
    step : str
        Name of the step ("sampling").
    done, total : int
        Units of work finished and planned.
    elapsed_s : float
        Seconds since the step began.
    note : str
        Present estimate in words.
    """

    step: str
    done: int
    total: int
    elapsed_s: float
    note: str = ""

    @property
    def rate_per_s(self) -> float:
        """Units a second so far."""
        return self.done / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def left_s(self) -> float:
        """Seconds left at the present rate; infinite before the first unit."""
        return (self.total - self.done) / self.rate_per_s if self.rate_per_s > 0 else float("inf")


Listener = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Listener that says nothing."""
