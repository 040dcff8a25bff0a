"""Inference: joules a token, energy of a request, and the power of a fleet.

    E_request  = J per output token x tokens x (1 + host) x (1 + idle) x PUE / 3,600
    P_mean     = E_request x requests a day / 24
    accelerators = tokens a second in the busiest hour / tokens a second of one / target utilisation

Joules a token: see `tokens`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.answers import Figures
from gridroom.loads.catalogue import Assumption, default, given
from gridroom.loads.checks import check
from gridroom.loads.households import household_kwh
from gridroom.loads.ranges import Number, Product, Range, product
from gridroom.loads.site import KEYS, Site, site_of
from gridroom.loads.tokens import Tokens, tokens_of

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference(Figures):
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
    shown: ClassVar[tuple[str, ...]] = FIGURES

    def head(self) -> str:
        """First line of the answer in words."""
        return f"{self.model or 'requests'}; joules a token: {self.method}"


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
    tokens = tokens_of(how, asked, problems, notes)
    if problems or tokens is None:
        raise StudyError(problems)
    return _answer(tokens, asked, place, model, notes)


def _answer(tokens: Tokens, asked: dict[str, Range | None], place: Site, model: str | None, notes: list[str]) -> Inference:
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
