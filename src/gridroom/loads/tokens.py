"""Joules a token: given, from measured configurations, from a regression over measured ones [1]_, or from operations [2]_.

References
----------
.. [1] EcoLogits methodology, github.com/mlco2/ecologits (2026), fitted to ML.ENERGY measurements on H100.
.. [2] Epoch AI, *How much energy does ChatGPT use?* (2025).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.catalogue import Assumption, accelerator, default, given
from gridroom.loads.ranges import Product, Range, product
from gridroom.loads.serving import measured

REGRESSION = {"alpha": 1.1665e-6, "beta": -0.011206, "gamma": 4.0529e-5}
LATENCY = (6.7851e-4, 3.1193e-4, 0.0194737)
GPU_GB, BITS, SERVER_KW, SERVER_GPUS, OVERHEAD = 80.0, 16.0, 1.2, 8.0, 1.2
REGRESSION_LIMIT, REGRESSION_DOUBT = 200e9, 2.0
METHODS = ("auto", "measured", "regression", "flop")


def regression_wh(active: float, parameters: float, tokens: float, batch: float = 64.0) -> tuple[float, int]:
    """IT energy of a request by the regression [Wh], and the GPUs that hold the model.

    Parameters
    ----------
    active, parameters : float
        Active and total parameters [1].
    tokens : float
        Output tokens.
    batch : float
        Requests at a time.
    """
    p = active / 1e9
    gpus = 2 ** math.ceil(math.log2(math.ceil(OVERHEAD * parameters / 1e9 * BITS / 8.0 / GPU_GB)))
    per_token = REGRESSION["alpha"] * math.exp(REGRESSION["beta"] * batch) * p + REGRESSION["gamma"]
    latency_s = LATENCY[0] * p + LATENCY[1] * batch + LATENCY[2]
    server_wh = latency_s * tokens / 3600.0 * SERVER_KW * 1000.0 * gpus / SERVER_GPUS / batch
    return gpus * tokens * per_token + server_wh, gpus


def flop_joule_per_token(active: float, peak_flops: float, utilisation: Range, power_w: Range) -> Product:
    """Joules of the whole server a token: two operations a parameter at a share of the peak."""
    seconds = 2.0 * active / peak_flops
    return product({"seconds": (Range.exact(seconds), 1.0), "utilisation": (utilisation, -1.0), "server_power": (power_w, 1.0)})


@dataclass(frozen=True, slots=True)
class Tokens:
    """Joules a token: the figure, whether it is the accelerator alone, and tokens a second where they were measured."""

    method: str
    model: str | None
    joule: Assumption
    alone: bool
    tokens_per_second: Range | None = None


def _by_regression(model: str | None, active: float, total: float, batch: float, notes: list[str]) -> Tokens:
    wh, gpus = regression_wh(active, total, 1.0, batch)
    best = wh * 3600.0
    if total > REGRESSION_LIMIT:
        notes.append(f"the regression was fitted to models of up to {REGRESSION_LIMIT:.0e} parameters; {total:.3g} lies beyond")
    source = (
        f"regression, {gpus} H100, batch {batch:g}; EcoLogits (2026) on ML.ENERGY; range assumed, x {REGRESSION_DOUBT:g} either way"
    )
    value = Range(best / REGRESSION_DOUBT, best, best * REGRESSION_DOUBT)
    return Tokens(
        "regression", model, Assumption(name="joule_per_output_token", range=value, unit="J", claim="derived", source=source), False
    )


def _by_flop(asked: dict[str, Range | None], chip: str | None, active: float) -> Tokens:
    one = accelerator(chip or "H100")
    if one.name != accelerator("H100").name and asked["server_power_w"] is None:
        raise StudyError(
            Problem("server_power_w", f"is missing: the default is the H100's, not that of {one.name}", "W an accelerator, rated")
        )
    power, share = default("serving_power_w"), default("serving_power_share")
    server = asked["server_power_w"] or power.range
    drawn = product({"server": (server, 1.0), "share": (asked["power_share"] or share.range, 1.0)}).range
    use = asked["utilisation"] or default("serving_utilisation").range
    value = flop_joule_per_token(active, one.peak_flops, use, drawn).range
    source = (
        f"2 x {active:.3g} operations a token on {one.name} at {use.best:.0%} of its peak, {drawn.best:,.0f} W; Epoch AI (2025)"
    )
    return Tokens(
        "flop", None, Assumption(name="joule_per_output_token", range=value, unit="J", claim="derived", source=source), False
    )


def _unused(how: dict[str, Any], asked: dict[str, Range | None], method: str) -> list[Problem]:
    """Options that would change nothing."""
    if method == "auto":
        method = "measured" if how["model"] is not None else "regression"
    flop_alone = ("utilisation", "server_power_w", "power_share")
    unused = [] if method == "flop" else [name for name in flop_alone if asked[name] is not None]
    if method in ("given", "flop") and asked["batch"] is not None:
        unused.append("batch")
    if (method == "regression" and how["model"] is None) or method == "given":
        unused += [name for name in ("task", "configurations") if how[name] is not None]
    if method == "given" and how["method"] != "auto":
        unused.append("method")
    if method in ("given", "measured") or how["model"] is not None:
        unused += [name for name in ("parameters",) if asked[name] is not None]
    return [Problem(name, f"changes nothing where joules a token are {method}", "leave it out") for name in unused]


def _one_way(how: dict[str, Any], asked: dict[str, Range | None], problems: list[Problem]) -> bool:
    """Whether exactly one thing says what answers, by a method that exists; else the problem is noted."""
    if how["method"] not in METHODS:
        problems.append(Problem("method", f"must be one of {', '.join(METHODS)}; got {how['method']!r}"))
        return False
    ways = ["model"] if how["model"] is not None else []
    ways += [name for name in ("joule_per_output_token", "active_parameters") if asked[name] is not None]
    if len(ways) == 1:
        return True
    if not problems:
        what = "are too many: " + " and ".join(ways) if ways else "is missing: say what answers"
        problems.append(Problem("what answers", what, "one of --model, --joule-per-output-token, --active-parameters"))
    return False


def _sizes(active: Range, total: Range | None) -> tuple[float, float]:
    """Active and total parameters of a model that was not measured."""
    if total is not None and total.best < active.best:
        rule = f"must be at most parameters ({total.best:g}); got {active.best:g}"
        raise StudyError(Problem("active_parameters", rule, "are the two swapped?"))
    return active.best, total.best if total is not None else active.best


def tokens_of(how: dict[str, Any], asked: dict[str, Range | None], problems: list[Problem], notes: list[str]) -> Tokens | None:
    """Joules a token by the method asked for, or the first that can answer; what is wrong is added to `problems`."""
    if not _one_way(how, asked, problems):
        return None
    own = asked["joule_per_output_token"]
    problems += _unused(how, asked, how["method"] if own is None else "given")
    try:
        return _found(how, asked, notes)
    except StudyError as fault:
        problems += fault.problems
        return None


def _found(how: dict[str, Any], asked: dict[str, Range | None], notes: list[str]) -> Tokens:
    """Joules a token, or `StudyError`."""
    method, model, chip = how["method"], how["model"], how["accelerator"]
    own, active, batch = asked["joule_per_output_token"], asked["active_parameters"], asked["batch"]
    if chip is not None:
        accelerator(chip)  # a name that is not known is told, whatever the method
        if own is not None or (model is None and method in ("auto", "regression")):
            words = "given" if own is not None else "those of the H100 (regression)"
            notes.append(f"the accelerator changes nothing here: joules a token are {words}")
    if own is not None:
        return Tokens("given", None, given("joule_per_output_token", own, "J"), True)
    name = None
    if model is not None:
        found = measured(model, chip, how["task"], batch, how["configurations"])
        if method in ("auto", "measured"):
            return Tokens("measured", found.model, found.joule, True, found.tokens_per_second)
        name, n_active, n_total = found.model, found.active_parameters, found.parameters
    else:
        assert active is not None
        n_active, n_total = _sizes(active, asked["parameters"])
    if method == "measured":
        raise StudyError(Problem("method", "measured goes with model", "give --model"))
    if method == "flop":
        return _by_flop(asked, chip, n_active)
    return _by_regression(name, n_active, n_total, batch.best if batch is not None else 64.0, notes)
