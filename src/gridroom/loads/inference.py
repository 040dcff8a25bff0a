"""Inference: joules a token, energy of a request, and the power of a fleet.

    E_request  = J per output token x tokens x (1 + host) x (1 + idle) x PUE / 3,600
    P_mean     = E_request x requests a day / 24
    accelerators = tokens a second in the busiest hour / tokens a second of one / target utilisation

Joules a token come from the user, from measured configurations, from a regression over measured ones [1]_, or from operations and a
share of the peak [2]_.

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
from gridroom.loads.answers import figure_frame, figure_lines
from gridroom.loads.catalogue import Assumption, accelerator, default, given
from gridroom.loads.checks import check
from gridroom.loads.households import household_kwh
from gridroom.loads.ranges import Number, Product, Range, product
from gridroom.loads.serving import measured
from gridroom.loads.site import KEYS, Site, site_of

REGRESSION = {"alpha": 1.1665e-6, "beta": -0.011206, "gamma": 4.0529e-5}
LATENCY = (6.7851e-4, 3.1193e-4, 0.0194737)
GPU_GB, BITS, SERVER_KW, SERVER_GPUS, OVERHEAD = 80.0, 16.0, 1.2, 8.0, 1.2
REGRESSION_LIMIT, REGRESSION_DOUBT = 200e9, 2.0
METHODS = ("auto", "measured", "regression", "flop")
FIGURES = (
    "wh_per_request",
    "accelerator_wh_per_request",
    "it_power_mw",
    "facility_power_mw",
    "energy_mwh_per_year",
    "co2_t_per_year",
    "water_m3_per_year",
    "households_year_equivalent",
    "peak_mw",
    "accelerators",
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """Answer of `inference`; what is not known is None.

    Attributes
    ----------
    model : str or None
    method : str
        given, measured, regression or flop: where the joules a token come from.
    joule_per_output_token : Assumption
    wh_per_request : Product
        At the meter: accelerator, host, idle machines, facility.
    accelerator_wh_per_request : Product or None
        Accelerator alone; None where the method knows whole servers alone.
    it_power_mw, facility_power_mw, energy_mwh_per_year, co2_t_per_year, water_m3_per_year : Product
    households_year_equivalent : Product or None
    peak_mw : Product
    accelerators : Product or None
        For the busiest hour; needs tokens a second of one.
    assumptions : tuple of Assumption
    notes : tuple of str
    """

    model: str | None
    method: str
    joule_per_output_token: Assumption
    wh_per_request: Product
    accelerator_wh_per_request: Product | None
    it_power_mw: Product
    facility_power_mw: Product
    energy_mwh_per_year: Product
    co2_t_per_year: Product
    water_m3_per_year: Product
    households_year_equivalent: Product | None
    peak_mw: Product
    accelerators: Product | None
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]

    def to_pandas(self) -> Any:
        """Figures with low, best, high and unit, one a row."""
        return figure_frame(self, FIGURES)

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset along `figure`."""
        return self.to_pandas().set_index("figure").to_xarray()

    def __str__(self) -> str:
        head = f"{self.model or 'requests'}; joules a token: {self.method}"
        return "\n".join([head, *figure_lines(self, FIGURES)])


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Joules a token: the figure, whether it is the accelerator alone, and tokens a second where they were measured."""

    method: str
    model: str | None
    joule: Assumption
    alone: bool
    tokens_per_second: Range | None = None


def _by_regression(model: str | None, active: float, total: float, batch: float, notes: list[str]) -> _Tokens:
    wh, gpus = regression_wh(active, total, 1.0, batch)
    best = wh * 3600.0
    if total > REGRESSION_LIMIT:
        notes.append(f"the regression was fitted to models of up to {REGRESSION_LIMIT:.0e} parameters; {total:.3g} lies beyond")
    source = (
        f"regression, {gpus} H100, batch {batch:g}; EcoLogits (2026) on ML.ENERGY; range assumed, x {REGRESSION_DOUBT:g} either way"
    )
    value = Range(best / REGRESSION_DOUBT, best, best * REGRESSION_DOUBT)
    return _Tokens(
        "regression", model, Assumption(name="joule_per_output_token", range=value, unit="J", claim="derived", source=source), False
    )


def _by_flop(asked: dict[str, Range | None], chip: str | None, active: float) -> _Tokens:
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
    return _Tokens(
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
        unused += [name for name in ("accelerator", "task", "configurations") if how[name] is not None]
    if method == "given" and how["method"] != "auto":
        unused.append("method")
    if method in ("given", "measured") or how["model"] is not None:
        unused += [name for name in ("parameters",) if asked[name] is not None]
    return [Problem(name, f"changes nothing where joules a token are {method}", "leave it out") for name in unused]


def _tokens(how: dict[str, Any], asked: dict[str, Range | None], problems: list[Problem], notes: list[str]) -> _Tokens | None:
    """Joules a token by the method asked for, or the first that can answer."""
    method, model = how["method"], how["model"]
    own, active = asked["joule_per_output_token"], asked["active_parameters"]
    if method not in METHODS:
        problems.append(Problem("method", f"must be one of {', '.join(METHODS)}; got {method!r}"))
        return None
    ways = [
        name
        for name, there in (
            ("model", model is not None),
            ("joule_per_output_token", own is not None),
            ("active_parameters", active is not None),
        )
        if there
    ]
    if len(ways) != 1:
        if not problems:
            what = "are too many: " + " and ".join(ways) if ways else "is missing: say what answers"
            problems.append(Problem("what answers", what, "one of --model, --joule-per-output-token, --active-parameters"))
        return None
    problems += _unused(how, asked, method if own is None else "given")
    if own is not None:
        return _Tokens("given", None, given("joule_per_output_token", own, "J"), True)
    try:
        if model is not None:
            found = measured(model, how["accelerator"], how["task"], asked["batch"], how["configurations"])
            if method in ("auto", "measured"):
                return _Tokens("measured", found.model, found.joule, True, found.tokens_per_second)
            name, n_active, n_total = found.model, found.active_parameters, found.parameters
        else:
            assert active is not None
            total = asked["parameters"]
            if total is not None and total.best < active.best:
                rule = f"must be at most parameters ({total.best:g}); got {active.best:g}"
                problems.append(Problem("active_parameters", rule, "are the two swapped?"))
                return None
            name, n_active, n_total = None, active.best, total.best if total is not None else active.best
        if method == "measured":
            problems.append(Problem("method", "measured goes with model", "give --model"))
            return None
        if method == "flop":
            return _by_flop(asked, how["accelerator"], n_active)
        batch = asked["batch"]
        return _by_regression(name, n_active, n_total, batch.best if batch is not None else 64.0, notes)
    except StudyError as fault:
        problems += fault.problems
        return None


NUMBERS = (
    "requests_per_day",
    "output_tokens",
    "joule_per_output_token",
    "active_parameters",
    "parameters",
    "batch",
    "host",
    "idle",
    "utilisation",
    "server_power_w",
    "power_share",
    "tokens_per_second",
    "target_utilisation",
    "swing",
)


def inference(
    *,
    requests_per_day: Number | None,
    output_tokens: Number | None,
    model: str | None = None,
    method: str = "auto",
    accelerator: str | None = None,
    task: str | None = None,
    configurations: str | None = None,
    **options: Any,
) -> Inference:
    """What answering requests takes.

    Parameters
    ----------
    requests_per_day, output_tokens : number or (low, best, high)
        Requests a day; output tokens of one.
    model : str, optional
        A measured model, or give `joule_per_output_token`, or `active_parameters` (with `parameters` for a mixture of experts).
    method : str
        auto, measured, regression or flop.
    accelerator, task : str, optional
        Of the measured configurations.
    configurations : str, optional
        The user's own table of measured configurations (ML.ENERGY leaderboard, Parquet or CSV).
    **options
        joule_per_output_token [J, accelerator alone], active_parameters, parameters, batch, host, idle [1], utilisation,
        server_power_w, power_share (method flop), tokens_per_second (of one accelerator), target_utilisation, swing (half daily),
        and those of `Site`.

    Returns
    -------
    Inference

    Raises
    ------
    StudyError
        With every problem of the input.
    """
    values = {"requests_per_day": requests_per_day, "output_tokens": output_tokens, **options}
    how = {"method": method, "model": model, "accelerator": accelerator, "task": task, "configurations": configurations}
    problems: list[Problem] = []
    notes: list[str] = []
    for key in options.keys() - set(NUMBERS) - set(KEYS):
        problems.append(Problem(key, "is not an option"))
    asked = {name: check(name, values.get(name), problems) for name in NUMBERS}
    for name in ("requests_per_day", "output_tokens"):
        if values[name] is None:
            problems.append(Problem(name, "is missing", f"give --{name.replace('_', '-')}"))
    place = site_of({key: options[key] for key in KEYS if key in options}, problems, "serving_pue")
    tokens = _tokens(how, asked, problems, notes)
    if problems or tokens is None:
        raise StudyError(problems)
    return _answer(tokens, asked, place, model, notes)


def _answer(tokens: _Tokens, asked: dict[str, Range | None], place: Site, model: str | None, notes: list[str]) -> Inference:
    """Run the products."""
    used = [tokens.joule, place.pue, place.wue, place.grid]

    def share(name: str, default_name: str) -> Range:
        own = asked[name]
        used.append(given(name, own, "1") if own is not None else default(default_name))
        return used[-1].range

    requests, length = asked["requests_per_day"], asked["output_tokens"]
    assert requests is not None
    assert length is not None
    one = {"joule_per_output_token": (tokens.joule.range.times(1.0 / 3600.0), 1.0), "output_tokens": (length, 1.0)}
    server = {**one, "host": (share("host", "serving_host").plus(1.0), 1.0)} if tokens.alone else one
    idle = tokens.alone or asked["idle"] is not None  # the other methods count whole servers, idle time included
    busy = {**server, "idle": (share("idle", "serving_idle").plus(1.0), 1.0)} if idle else server
    pue, daily = {"pue": (place.pue.range, 1.0)}, {"requests_per_day": (requests, 1.0)}
    mean_mw = {**busy, **daily, "hours": (Range.exact(1e-6 / 24.0), 1.0)}
    year = {**busy, **daily, "days": (Range.exact(365e-6), 1.0)}
    peak = {"swing": (share("swing", "inference_swing").plus(1.0), 1.0)}
    rate, fleet, homes = asked["tokens_per_second"] or tokens.tokens_per_second, None, None
    if rate is not None:
        seconds = {"seconds": (Range.exact(1 / 86_400), 1.0), "tokens_per_second": (rate, -1.0)}
        target = (share("target_utilisation", "serving_target_utilisation"), -1.0)
        fleet = product({**daily, "output_tokens": (length, 1.0), **peak, **seconds, "target": target})
    if place.homes:
        used.append(household_kwh(place.homes))
        homes = product({**year, **pue, "household_kwh_per_year": (used[-1].range.times(1e-3), -1.0)})
    return Inference(
        model=tokens.model or model,
        method=tokens.method,
        joule_per_output_token=tokens.joule,
        wh_per_request=product({**busy, **pue}),
        accelerator_wh_per_request=product(one) if tokens.alone else None,
        it_power_mw=product(mean_mw),
        facility_power_mw=product({**mean_mw, **pue}),
        energy_mwh_per_year=product({**year, **pue}),
        co2_t_per_year=product({**year, **pue, "grid_co2": (place.grid.range.times(1e-3), 1.0)}),
        water_m3_per_year=product({**year, "wue": (place.wue.range, 1.0)}),
        households_year_equivalent=homes,
        peak_mw=product({**mean_mw, **pue, **peak}),
        accelerators=fleet,
        assumptions=tuple(used),
        notes=tuple(notes),
    )
