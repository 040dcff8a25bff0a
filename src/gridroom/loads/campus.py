"""A campus by the hour: IT load, cooling by the weather, losses, water, and what it asks of the grid in its hottest hour.

    IT(t)       = IT in place(t) x design fraction x shape(t)
    MW(t)       = IT(t) x PUE(t)
    water       = WUE x IT energy

The hottest hour matters more than the mean: grid peaks and the worst PUE fall together.
"""

from __future__ import annotations

import calendar
import dataclasses
import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.catalogue import Assumption, default, given
from gridroom.loads.cooling import Design, TypicalYear, hourly_pue
from gridroom.loads.electrical import Electrical, electrical
from gridroom.loads.households import household_kwh, households_of
from gridroom.loads.ranges import Product, Range
from gridroom.loads.shape import inference_shape, step_levels, training_shape

Floats = NDArray[np.float64]
HOURS = 8760
LEAP_AT = 59 * 24
WORKLOADS = ("training", "inference", "mixed")
DAY_ZERO = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campus:
    """A campus as asked for.

    Attributes
    ----------
    name : str
    it_mw : float
        IT rating when all is built [MW].
    cooling : Design
    weather : TypicalYear
    workload : str
        training, inference or mixed.
    design_fraction, utilisation : float
        Draw over rating, mean over peak draw [1].
    training_share : float
        Share of a mixed campus that trains [1].
    idle, job_days, jobs : float, float, int
        Training: draw in a gap [1], cycle of a job [d], jobs side by side.
    swing, peak_hour : float
        Inference: half daily swing over the mean [1], local hour [h].
    pue_annual : float or None
        Annual PUE [1]; the design's own in this climate when None.
    wue : Range or None
        Water [L/kWh IT]; the design's own when None.
    ups_efficiency, distribution_loss : float
        Losses within the PUE [1].
    grid : Assumption
        Carbon intensity [kg/MWh].
    homes : str
        Place of the household figures; empty where none are known.
    ramp : tuple of (date, float)
        IT MW in place from a day on; empty: all of it.
    year : int or None
        Calendar year; None is a year of 8,760 h with all in place.
    seed : int
    """

    name: str
    it_mw: float
    cooling: Design
    weather: TypicalYear
    workload: str = "mixed"
    design_fraction: float
    utilisation: float
    training_share: float
    idle: float
    job_days: float
    jobs: int = 4
    swing: float
    peak_hour: float
    pue_annual: float | None = None
    wue: Range | None = None
    ups_efficiency: float
    distribution_loss: float
    grid: Assumption
    homes: str = "US"
    ramp: tuple[tuple[date, float], ...] = ()
    year: int | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusLoad:
    """Answer of `campus_load`.

    Attributes
    ----------
    campus : Campus
    mw, it_mw, pue : float array (T,)
        Facility load, IT load [MW], PUE [1], by hour of local standard time.
    temperature_c : float array (T,)
        What drives the cooling [degC].
    water_m3 : Range
    loss_mwh : float or None
        Lost in UPS and distribution; None where the PUE leaves no room for them.
    electrical : Electrical
    assumptions : tuple of Assumption
    notes : tuple of str
    """

    campus: Campus
    mw: Floats
    it_mw: Floats
    pue: Floats
    temperature_c: Floats
    water_m3: Range
    loss_mwh: float | None
    electrical: Electrical
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]

    @property
    def peak_mw(self) -> float:
        """Largest hour [MW]."""
        return float(self.mw.max())

    @property
    def energy_mwh(self) -> float:
        """Energy of the year [MWh]."""
        return float(self.mw.sum())

    @property
    def load_factor(self) -> float | None:
        """Mean over peak [1]; None where nothing is in place."""
        return float(self.mw.mean() / self.mw.max()) if self.mw.max() > 0 else None

    def households(self) -> Product | None:
        """Households of the campus's place that use as much in a year; None where no figure is known."""
        place = self.campus.homes
        return households_of(Range.exact(self.energy_mwh), household_kwh(place)) if place else None

    def to_pandas(self) -> Any:
        """Hours as a DataFrame: local time where a year was asked for, MW (`value`), IT MW, PUE, temperature."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "hour": range(len(self.mw)),
                "value": self.mw,
                "it_mw": self.it_mw,
                "pue": self.pue,
                "temperature_c": self.temperature_c,
            }
        )
        if self.campus.year is not None:
            frame.insert(0, "time_local", pd.date_range(f"{self.campus.year}-01-01", periods=len(frame), freq="h"))
        return frame

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset along `hour`."""
        return self.to_pandas().set_index("hour").to_xarray()

    def __str__(self) -> str:
        return f"{self.campus.name}: {self.peak_mw:,.1f} MW at its peak, {self.energy_mwh / 1e3:,.0f} GWh in {len(self.mw):,} hours"

    def summary(self) -> dict[str, Any]:
        """Figures by name, unit in the name."""
        it = float(self.it_mw.sum())
        hot = int(np.argmax(self.pue))
        top = np.argsort(self.temperature_c, kind="stable")[-max(1, len(self.mw) // 100) :]
        losses, homes = self.loss_mwh, self.households()
        return {
            "hours": len(self.mw),
            "peak_mw": self.peak_mw,
            "energy_mwh": self.energy_mwh,
            "mean_mw": float(self.mw.mean()),
            "load_factor": self.load_factor,
            "it_peak_mw": float(self.it_mw.max()),
            "it_energy_mwh": it,
            "pue_mean": float(self.pue.mean()),
            "pue_energy_weighted": self.energy_mwh / it if it > 0 else None,
            "pue_hottest_hour": float(self.pue[hot]),
            "hottest_hour": hot,
            "mw_hottest_hundredth_of_hours": float(self.mw[top].mean()),
            "water_m3": self.water_m3.best,
            "water_m3_range": self.water_m3.as_dict(),
            "ups_and_distribution_loss_mwh": losses,
            "cooling_and_other_mwh": None if losses is None else self.energy_mwh - it - losses,
            "co2_t": self.campus.grid.range.times(1e-3 * self.energy_mwh).as_dict(),
            "households": None if homes is None else homes.range.as_dict(),
        }


def _check(campus: Campus) -> list[Problem]:
    """What single values cannot show."""
    problems = []
    if campus.workload not in WORKLOADS:
        problems.append(Problem("workload", f"must be one of {', '.join(WORKLOADS)}; got {campus.workload!r}"))
    if campus.workload != "inference" and campus.idle > campus.utilisation:
        problems.append(Problem("idle_share", f"must be at most utilisation ({campus.utilisation:g}); got {campus.idle:g}"))
    if campus.workload != "training" and campus.utilisation * (1.0 + campus.swing) > 1.0 + 1e-9:
        most = 1.0 / campus.utilisation - 1.0
        problems.append(
            Problem(
                "inference_swing",
                f"of {campus.swing:g} around a utilisation of {campus.utilisation:g} passes the design draw",
                f"at most {most:.3f}, or a lower utilisation",
            )
        )
    days = [day for day, _ in campus.ramp]
    if any(b <= a for a, b in itertools.pairwise(days)):
        problems.append(Problem("ramp", "dates must rise, each once", "mw is the level reached, not the step"))
    problems += [
        Problem(f"ramp[{k}].mw", f"must be at most it_mw ({campus.it_mw:g}); got {mw:g}", "mw is IT MW in place from that day on")
        for k, (_, mw) in enumerate(campus.ramp)
        if mw > campus.it_mw * (1 + 1e-9)
    ]
    return problems


def _weather(campus: Campus, hours: int) -> Floats:
    """Driver of the cooling over the year; 29 February takes the day before."""
    driver = campus.weather.driver(campus.cooling)
    if len(driver) == hours:
        return driver
    if len(driver) > hours:
        return np.delete(driver, np.s_[LEAP_AT : LEAP_AT + 24])
    return np.insert(driver, LEAP_AT, driver[LEAP_AT - 24 : LEAP_AT])


def _shape(campus: Campus, hours: int) -> Floats:
    share = {"training": 1.0, "inference": 0.0}.get(campus.workload, campus.training_share)
    out = np.zeros(hours)
    if share > 0:
        out += share * training_shape(hours, campus.utilisation, campus.idle, campus.job_days, campus.jobs, campus.seed)
    if share < 1:
        out += (1.0 - share) * inference_shape(hours, campus.utilisation, campus.swing, campus.peak_hour)
    return out


def campus_load(campus: Campus) -> CampusLoad:
    """Hourly load of a campus.

    Parameters
    ----------
    campus : Campus

    Returns
    -------
    CampusLoad

    Raises
    ------
    StudyError
        With every problem, among them a PUE that is below what the design needs in this weather.
    """
    problems = _check(campus)
    if problems:
        raise StudyError(problems)
    hours = HOURS + (24 if campus.year is not None and calendar.isleap(campus.year) else 0)
    temperature = _weather(campus, hours)
    annual = campus.cooling.pue.range.best if campus.pue_annual is None else campus.pue_annual
    pue = hourly_pue(campus.cooling, temperature, annual)
    in_place = np.full(hours, campus.it_mw)
    if campus.ramp and campus.year is not None:
        days = np.array([(day - DAY_ZERO).days for day, _ in campus.ramp], np.int64)
        in_place = step_levels(days, np.array([mw for _, mw in campus.ramp]), (date(campus.year, 1, 1) - DAY_ZERO).days, hours)
    it = in_place * campus.design_fraction * _shape(campus, hours)
    lost = 1.0 / (campus.ups_efficiency * (1.0 - campus.distribution_loss)) - 1.0
    notes = []
    if lost > pue.min() - 1.0:
        notes.append(
            f"UPS and distribution would lose {lost:.3f} of the IT energy, more than a PUE of {pue.min():.3f} leaves: not split"
        )
    wue = campus.cooling.wue.range if campus.wue is None else campus.wue
    share = {"training": 1.0, "inference": 0.0}.get(campus.workload, campus.training_share)
    mw = it * pue
    return CampusLoad(
        campus=campus,
        mw=mw,
        it_mw=it,
        pue=pue,
        temperature_c=temperature,
        water_m3=wue.times(float(it.sum())),
        loss_mwh=None if notes else lost * float(it.sum()),
        electrical=electrical(mw, float(in_place.max()) * share, campus.jobs),
        assumptions=_assumptions(campus, annual),
        notes=tuple(notes),
    )


def by_year(campus: Campus) -> list[dict[str, float]]:
    """Peak [MW] and energy [MWh] of each year of a ramp, from the first step to the year after the last."""
    if not campus.ramp:
        return []
    years = range(campus.ramp[0][0].year, campus.ramp[-1][0].year + 2)
    loads = [(year, campus_load(dataclasses.replace(campus, year=year))) for year in years]
    return [{"year": year, "peak_mw": load.peak_mw, "energy_mwh": load.energy_mwh} for year, load in loads]


def _assumptions(campus: Campus, annual: float) -> tuple[Assumption, ...]:
    """Inputs as used; what equals the default is the default."""
    named = {
        "design_fraction": campus.design_fraction,
        "campus_utilisation": campus.utilisation,
        "training_share": campus.training_share,
        "training_idle": campus.idle,
        "job_days": campus.job_days,
        "inference_swing": campus.swing,
        "inference_peak_hour": campus.peak_hour,
        "ups_efficiency": campus.ups_efficiency,
        "distribution_loss": campus.distribution_loss,
    }
    out = [
        default(name) if default(name).range.best == value else given(name, Range.exact(value), default(name).unit)
        for name, value in named.items()
    ]
    cooling, weather = campus.cooling, campus.weather
    out.append(cooling.pue if campus.pue_annual is None else given("pue", Range.exact(annual), "1"))
    out.append(cooling.wue if campus.wue is None else given("wue_l_per_kwh", campus.wue, "L/kWh"))
    driver = cooling.driver.replace("_", " ")
    curve = f"q over 8 K above {cooling.free_cooling_c:g} degC, COP {cooling.cop:g} at {cooling.cop_at_c:g} degC, {driver}"
    out.append(
        Assumption(name="hourly_pue_curve", range=Range.exact(cooling.free_cooling_c), unit="degC", claim="assumed", source=curve)
    )
    temperature = weather.driver(cooling)
    middle = Range(float(temperature.min()), float(temperature.mean()), float(temperature.max()))
    out.append(Assumption(name="weather", range=middle, unit="degC", claim=weather.claim, source=weather.source))
    out.append(campus.grid)
    if campus.homes:
        out.append(household_kwh(campus.homes))
    return tuple(out)
