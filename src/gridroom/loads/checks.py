"""Rules on what users give, each with the unit that a wrong size suggests."""

from __future__ import annotations

import math
from typing import NamedTuple

from gridroom.core.errors import Problem
from gridroom.loads.ranges import Number, Range, as_range


class Rule(NamedTuple):
    """Bounds of a figure, in words, and what a figure outside them usually was meant to be."""

    low: float
    high: float
    words: str
    if_below: str
    if_above: str
    zero: bool = False


RULES = {
    "parameters": Rule(1e5, 1e15, "a count", "write 70e9 for 70 billion", "parameters, not FLOP"),
    "active_parameters": Rule(1e5, 1e15, "a count", "write 37e9 for 37 billion", "parameters, not FLOP"),
    "tokens": Rule(1e6, 1e18, "a count", "write 15e12 for 15 trillion", "tokens, not FLOP"),
    "tokens_per_parameter": Rule(
        0.05, 1e5, "a ratio", "about 20 is compute-optimal", "about 20 is compute-optimal; tokens as such go to tokens"
    ),
    "flop": Rule(1e15, 1e32, "operations in all", "write 3.8e25; a petaFLOP/s-day is 8.64e19", "operations in all, not bits"),
    "accelerator_hours": Rule(
        1e-3, 1e13, "hours of single accelerators", "a GPU-hour is one chip for one hour", "accelerator-hours, not seconds"
    ),
    "count": Rule(1, 1e9, "a whole number of accelerators", "at least one", "accelerators, not FLOP"),
    "days": Rule(1e-3, 20_000, "days", "greater than 0", "days, not hours"),
    "mfu": Rule(1e-3, 1, "a share of the dense peak", "0.33 stands for 33 %", "a share, not percent: 0.33 stands for 33 %"),
    "goodput": Rule(1e-3, 1, "a share of the hours", "0.85 stands for 85 %", "a share, not percent: 0.85 stands for 85 %"),
    "system_power_w": Rule(
        10,
        20_000,
        "W of one accelerator with its share of the node",
        "W, not kW: an H100 takes 969",
        "W of one accelerator, not of the node or in mW: an 8-GPU node of 7,750 W is 969",
    ),
    "pue": Rule(1, 4, "facility over IT energy", "a ratio of at least 1: 1.15", "a ratio, not percent: 1.15"),
    "wue_l_per_kwh": Rule(0, 50, "litres a kWh of IT", "at least 0", "L/kWh, not L/MWh"),
    "grid_co2_kg_per_mwh": Rule(
        2,
        2000,
        "kg a MWh, or 0",
        "kg/MWh (the same as g/kWh), not t/MWh: 373 for the US",
        "kg/MWh (the same as g/kWh), not g/MWh",
        True,
    ),
    "requests_per_day": Rule(1, 1e14, "a count a day", "requests a day, at least 1", "requests a day, not tokens"),
    "output_tokens": Rule(1, 1e7, "tokens a request", "at least 1", "tokens of one request, not of all"),
    "joule_per_output_token": Rule(
        1e-4, 1e4, "J an output token", "J, not kJ or Wh: 0.4 for a 70B model", "J, not mJ: 0.4 for a 70B model"
    ),
    "host": Rule(0, 10, "host over accelerator energy", "at least 0: 0.43", "a share, not percent: 0.43 stands for 43 %"),
    "idle": Rule(0, 10, "idle over busy energy", "at least 0: 0.10", "a share, not percent: 0.10 stands for 10 %"),
    "batch": Rule(1, 1e5, "requests at a time", "at least 1", "requests at a time"),
    "utilisation": Rule(1e-4, 1, "a share", "0.10 stands for 10 %", "a share, not percent: 0.10 stands for 10 %"),
    "server_power_w": Rule(
        10, 20_000, "W of one accelerator with its share of the server", "W, not kW", "W of one accelerator, not of the node"
    ),
    "power_share": Rule(1e-3, 1, "a share", "0.7 stands for 70 %", "a share, not percent"),
    "tokens_per_second": Rule(
        1e-2, 1e7, "tokens a second of one accelerator", "greater than 0", "of one accelerator, not of the fleet"
    ),
    "target_utilisation": Rule(0.01, 1, "a share", "0.6 stands for 60 %", "a share, not percent: 0.6 stands for 60 %"),
    "swing": Rule(0, 1, "half of the daily swing over the mean", "at least 0", "a share, not percent: 0.2"),
    "project_multiple": Rule(
        1, 100, "project over final run", "at least 1: the final run is part of it", "a multiple, not percent: 1.5"
    ),
}


def check(name: str, value: Number | None, problems: list[Problem]) -> Range | None:
    """Range of a figure, or None with the problem noted; rules by name.

    Parameters
    ----------
    name : str
        Key of `RULES`, which is also the place shown.
    value : number, (low, best, high), Range or None
    problems : list of Problem
        Grows by what is wrong.
    """
    if value is None:
        return None
    rule = RULES[name]
    try:
        out = as_range(value)
    except (TypeError, ValueError):
        problems.append(Problem(name, f"must be a number, or low, best and high; got {value!r}"))
        return None
    parts = (out.low, out.best, out.high)
    shown = f"{out.best:g}" if out.is_exact else ", ".join(f"{p:g}" for p in parts)
    if not all(math.isfinite(p) for p in parts):
        problems.append(Problem(name, f"must be a finite number; got {shown}"))
    elif not out.low <= out.best <= out.high:
        problems.append(
            Problem(name, f"must run from low over best to high; got {shown}", f"for example {name.replace('_', '-')} {out.best:g}")
        )
    elif out.low < rule.low and not (rule.zero and out.low == 0):
        problems.append(Problem(name, f"must be {rule.words}, at least {rule.low:g}; got {shown}", rule.if_below))
    elif out.high > rule.high:
        problems.append(Problem(name, f"must be {rule.words}, at most {rule.high:g}; got {shown}", rule.if_above))
    elif name == "count" and out.best != int(out.best):
        problems.append(Problem(name, f"must be a whole number; got {shown}"))
    else:
        return out
    return None
