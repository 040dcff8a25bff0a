"""One figure under a public claim, and the words of a verdict."""

from __future__ import annotations

from dataclasses import dataclass

TRUE, PARTLY, NOT, UNKNOWN = "true", "partly", "not_supported", "unknown"
NAN = float("nan")
RUN = "gridroom run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure that an answer rests on; blank where it is not known."""

    figure: str
    value: float
    low: float = NAN
    high: float = NAN
    stderr: float = NAN
    unit: str = ""
    claim: str = "derived"
    command: str = RUN
    source: str = "this run"
    note: str = ""


Answer = tuple[str, list[Figure]]
