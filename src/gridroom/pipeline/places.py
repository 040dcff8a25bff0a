"""Which planning region of the outlook a request belongs to, from its zone, provider and state."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from gridroom.reference import catalog


@cache
def _rules() -> tuple[frozenset[str], tuple[tuple[re.Pattern[str], str, str], ...], dict[str, str]]:
    """Region ids; provider rules (pattern, states or any, region); the region of most of a state's load."""
    table = catalog.load("request_regions")
    regions = frozenset(catalog.load("regions")["region"])
    rules, by_state = [], {}
    for row in table.itertuples():
        if row.provider_pattern == "*":
            by_state[str(row.states)] = str(row.region)
        else:
            rules.append((re.compile(str(row.provider_pattern)), "" if row.states == "*" else str(row.states), str(row.region)))
    return regions, tuple(rules), by_state


@cache
def region_of(zone: str, provider: str, state: str) -> str:
    """Region id; the state itself where no region holds it."""
    regions, rules, by_state = _rules()
    if zone.upper() in regions:
        return zone.upper()
    low = provider.lower()
    for pattern, states, region in rules:
        if (not states or state in states.split("|")) and pattern.search(low):
            return region
    return by_state.get(state, state or "unknown")


def region_of_requests(frame: Any, by: str = "region") -> list[str]:
    """Region of each request (n,), or its state, provider or zone."""
    def text(name: str) -> list[str]:
        return ["" if v is None or v != v else str(v) for v in frame[name]]

    if by != "region":
        return [v or "unknown" for v in text(by)]
    return [region_of(z, p, s) for z, p, s in zip(text("zone"), text("provider"), text("state"), strict=True)]
