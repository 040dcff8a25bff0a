"""Shape of the outlook's large load: many campuses in each region's hourly temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem
from gridroom.core.names import find_name
from gridroom.loads.catalogue import default
from gridroom.loads.cooling import design, design_names, hourly_pue
from gridroom.loads.shape import inference_shape
from gridroom.reference import catalog
from gridroom.study.schema import Load
from gridroom.study.weather import Weather, hours_of

Singles = NDArray[np.float32]
TOP_SHARE = 0.01


def cooling_problem(name: str) -> Problem | None:
    """What is wrong with the cooling of the outlook's campuses."""
    full = find_name("load.cooling", name, design_names())
    if isinstance(full, Problem):
        return full
    if design(full).driver != "dry_bulb":
        dry = [n for n in design_names() if design(n).driver == "dry_bulb"]
        rule = f"{full} follows the wet bulb, and the regions' weather has the dry bulb alone"
        return Problem("load.cooling", rule, "one of " + ", ".join(dry))
    return None


def flat_shape(load: Load, weather: Weather, like: tuple[int, ...], at_peak: NDArray[np.bool_]) -> Singles:
    """Large load by hour over its MW, (W, R, T); all 1 when the study says flat.

    Training is flat over many campuses; inference follows local time; PUE follows the region's dry bulb and has the design's annual
    figure as its mean over all weather years. MW that come from requests stand for the draw at the region's peak (the shape is 1
    there), MW from national energy for the mean (the shape has mean 1).

    Parameters
    ----------
    load : Load
        Settings.
    weather : Weather
    like : tuple of int
        Shape of the result.
    at_peak : bool array (R,)
        Regions whose MW come from requests.
    """
    out = np.ones(like, np.float32)
    if load.shape == "flat":
        return out
    chosen = design(load.cooling)
    offset = catalog.load("regions")["utc_offset_h"].to_numpy(np.int64)
    swing, peak = default("inference_swing").range.best, default("inference_peak_hour").range.best
    daily = inference_shape(24, 1.0, swing, peak)
    hours = [hours_of(year) for year in weather.years]
    for r in range(like[1]):
        temperature = np.concatenate([weather.temperature_c[w, r, :n].astype(np.float64) for w, n in enumerate(hours)])
        demand = np.concatenate([weather.load_mw[w, r, :n] for w, n in enumerate(hours)])
        pue = hourly_pue(chosen, temperature, chosen.pue.range.best)
        local = np.concatenate([(np.arange(n) + offset[r]) % 24 for n in hours])
        form = (load.training_share + (1.0 - load.training_share) * daily[local]) * pue
        top = np.argsort(demand, kind="stable")[-max(1, int(TOP_SHARE * len(demand))) :]
        form /= form[top].mean() if at_peak[r] else form.mean()
        begin = 0
        for w, n in enumerate(hours):
            out[w, r, :n] = form[begin : begin + n]
            begin += n
    return out
