"""What others publish on a network's energy, for the dates near the one asked for."""

from __future__ import annotations

import datetime as dt

from gridroom.assets.energy import Published, finite
from gridroom.reference import catalog

NEAR_DAYS = 45


def near(network: str, first: dt.date, last: dt.date) -> tuple[Published, ...]:
    """Published figures that overlap a period, or lie within 45 days of a day; whole periods only beside whole periods."""
    table = catalog.load("network_published")
    out = []
    for row in table[table["network"] == network].itertuples(index=False):
        begin, end = (dt.date.fromisoformat(str(v)) for v in (row[2], row[3]))
        same = begin == first and end == last
        close = first == last and abs((begin - first).days) <= NEAR_DAYS
        if same if row.kind == "during" else close:
            out.append(
                Published(
                    low=finite(row.low),
                    best=float(row.best),
                    high=finite(row.high),
                    unit=str(row.unit),
                    first=str(begin),
                    last=str(end),
                    kind=str(row.kind),
                    method=str(row.method),
                    source=str(row.source),
                )
            )
    return tuple(out)


__all__ = ["near"]
