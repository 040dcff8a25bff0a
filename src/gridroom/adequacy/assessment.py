"""The answer of `assess`: estimates with errors, distributions, events, causes, and their tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.metrics import LOLH, Risk, risk_from
from gridroom.adequacy.specs import (
    Causes,
    DemandResponseEnergy,
    Events,
    Flow,
    MonteCarlo,
    ShortfallSamples,
    StorageEnergy,
    Surplus,
)
from gridroom.adequacy.tally import Spread, Tally
from gridroom.adequacy.task import Task
from gridroom.core.estimate import Estimate
from gridroom.systems.system import System, pair_names, total_load_mw

Floats = NDArray[np.float64]
PERCENTILES = (0.5, 0.9, 0.95, 0.99)


def _empty(*shape: int) -> Any:
    return field(default_factory=lambda: np.zeros(shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What one large load gave in an average horizon.

    Attributes
    ----------
    name, region, kind : str
    hours : Estimate
        Hours in which it gave way [h].
    calls : Estimate
        Times it was called on.
    energy_mwh : Estimate
        Energy not drawn from the grid, or put off [MWh].
    """

    name: str
    region: str
    kind: str
    hours: Estimate
    calls: Estimate
    energy_mwh: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Answer of `assess`.

    Attributes
    ----------
    total : Risk
        The system: a step is short when any region is; energy is the sum.
    regions : tuple of Risk
    method : dict
        Name, samples, seed.
    lolp, unserved_mw : float array (R + 1, T)
        By step: probability of shortage and mean shortfall, last row the system; empty for convolution.
    samples : float array (n, R + 1, 4)
        Short hours, days, events, unserved energy by sample, when asked for.
    flow_mw, utilisation : float array (I,)
        Mean signed flow and mean use of the limit by interface, when asked for.
    energy_mwh : float array (S, T)
        Mean stored energy by store (stores, then hybrids that can store) and step, when asked for.
    owed_mwh, lost_mw : float array (D, T), (R, T)
        Mean energy that demand response owes, and load that it left unserved, when asked for.
    surplus_mw : float array (R, T)
        Mean surplus, when asked for.
    weather : dict of str to Risk
        The system by weather year, where there are several.
    help : tuple of Help
        What each flexible large load gave.
    without_help : Risk or None, regions_without_help
        The same draws with every large load firm.
    wall_s, simulation_s : float
        Seconds in all, and of sampling alone.
    """

    total: Risk
    regions: tuple[Risk, ...]
    method: dict[str, Any]
    lolp: Floats = _empty(0, 0)
    unserved_mw: Floats = _empty(0, 0)
    samples: Floats = _empty(0, 0, 4)
    flow_mw: Floats = _empty(0)
    utilisation: Floats = _empty(0)
    energy_mwh: Floats = _empty(0, 0)
    owed_mwh: Floats = _empty(0, 0)
    lost_mw: Floats = _empty(0, 0)
    surplus_mw: Floats = _empty(0, 0)
    weather: dict[str, Risk] = field(default_factory=dict)
    help: tuple[Help, ...] = ()
    without_help: Risk | None = None
    regions_without_help: tuple[Risk, ...] = ()
    wall_s: float = 0.0
    simulation_s: float = 0.0
    _system: System | None = None
    _spread: Spread | None = None
    _events: Floats = _empty(0, 7)
    _event_count: int = 0
    _causes: tuple[Any, ...] = ()
    _names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def to_pandas(self) -> Any:
        """One row for the system and one a region; columns `metric` and `metric_stderr` with the unit in the name."""
        import pandas as pd

        rows = []
        for risk in (self.total, *self.regions):
            row: dict[str, Any] = {"name": risk.name}
            for key in ("lolh_h", "lole_days", "lolev", "eue_mwh", "neue_ppm"):
                estimate = getattr(risk, key)
                row[key] = None if estimate is None else estimate.value
                row[f"{key}_stderr"] = None if estimate is None else estimate.stderr
            rows.append(row)
        return pd.DataFrame(rows)

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset over `name`.

        Raises
        ------
        ImportError
            If xarray is not installed (`pip install gridroom[xarray]`).
        """
        try:
            import xarray  # noqa: F401
        except ImportError as fault:
            raise ImportError("to_xarray needs xarray: pip install 'gridroom[xarray]'") from fault
        return self.to_pandas().set_index("name").to_xarray()

    def distribution(self) -> Any:
        """Unserved energy over samples, one row for the system and one a region: percentiles, CVaR, worst sample [MWh].

        CVaR is Rockafellar and Uryasev's: VaR + E[(U - VaR)+] / (1 - level).
        """
        import pandas as pd

        if self._spread is None or self._system is None:
            return pd.DataFrame()
        step_h, rows = self._system.axis.step_h, []
        last = len(self.regions)
        for r, name in [(last, "total"), *enumerate(self._system.regions)]:
            counts = self._spread.counts[r]
            row: dict[str, Any] = {"name": name, "share_of_samples_short": float(1.0 - counts[0] / counts.sum())}
            for level in PERCENTILES:
                row[f"p{level * 100:g}_mwh"] = self._spread.quantile(r, level) * step_h
            for level in (0.95, 0.99):
                row[f"cvar{level * 100:g}_mwh"] = self._spread.tail_mean(r, level) * step_h
            row["worst_mwh"], row["worst_sample"] = self._spread.worst[r, 0] * step_h, int(self._spread.worst[r, 1])
            rows.append(row)
        return pd.DataFrame(rows)

    def events(self) -> Any:
        """Events with the most unserved energy, when asked for: sample, region, weather, start, duration, depth, energy."""
        import pandas as pd

        if self._system is None:
            return pd.DataFrame()
        axis, names = self._system.axis, (*self._system.regions, "total")
        weather = list(self.weather) or [""]
        return pd.DataFrame({
            "sample": self._events[:, 0].astype(int), "region": [names[int(r)] for r in self._events[:, 1]],
            "weather": [weather[int(w)] for w in self._events[:, 6]],
            "start": [axis.time_of(int(t)).isoformat() for t in self._events[:, 2]],
            "duration_h": self._events[:, 3] * axis.step_h, "depth_mw": self._events[:, 4],
            "energy_mwh": self._events[:, 5] * axis.step_h})

    def month_hour(self) -> Any:
        """Expected short hours and unserved energy by region, calendar month and hour of the day, on local clocks."""
        import pandas as pd

        if self._system is None or not self.lolp.size:
            return pd.DataFrame()
        axis, frames = self._system.axis, []
        shifts = [*self._system.day_shift_h, 0.0]
        for r, name in enumerate((*self._system.regions, "total")):
            months, hours = axis.month_and_hour(float(shifts[r]))
            frame = pd.DataFrame({"name": name, "month": months, "hour": hours, "lolh_h": self.lolp[r] * axis.step_h,
                                  "eue_mwh": self.unserved_mw[r] * axis.step_h})
            frames.append(frame.groupby(["name", "month", "hour"], as_index=False).sum())
        return pd.concat(frames, ignore_index=True)

    def by_step(self) -> Any:
        """Probability of shortage and mean shortfall by step and region, long form."""
        import pandas as pd

        if self._system is None or not self.lolp.size:
            return pd.DataFrame()
        steps = self._system.axis.steps
        names = (*self._system.regions, "total")
        return pd.DataFrame({"name": np.repeat(names, steps), "step": np.tile(np.arange(steps), len(names)),
                             "lolp": self.lolp.ravel(), "unserved_mw": self.unserved_mw.ravel()})

    def causes(self) -> tuple[Any, Any]:
        """Units by how often they were out while the system was short, and interfaces by how often they were at their limit.

        `lift` is the share of short steps in which the unit was out over its share of all steps.
        """
        import pandas as pd

        if not self._causes:
            return pd.DataFrame(), pd.DataFrame()
        assets, out, usual, pairs, bound = self._causes
        units = pd.DataFrame({"kind": [a[0] for a in assets], "name": [a[1] for a in assets], "out_when_short": out,
                              "out_always": usual, "lift": np.divide(out, usual, out=np.full(len(out), np.nan), where=usual > 0)})
        ties = pd.DataFrame({"interface": pairs, "at_limit_when_short": bound})
        return (units.sort_values("out_when_short", ascending=False, ignore_index=True),
                ties.sort_values("at_limit_when_short", ascending=False, ignore_index=True))

    def kept(self) -> dict[str, Any]:
        """Tables of what was asked for beside: flows, storage, demand response, surplus, samples; long form."""
        import pandas as pd

        if self._system is None:
            return {}
        system, steps, out = self._system, self._system.axis.steps, {}
        if self.flow_mw.size:
            out["flows"] = pd.DataFrame({"interface": pair_names(system), "flow_mw": self.flow_mw, "utilisation": self.utilisation})
        for name, table, column, rows in (("storage", self.energy_mwh, "energy_mwh", self._names[0]),
                                          ("demand_response", self.owed_mwh, "owed_mwh", self._names[1]),
                                          ("demand_response_unserved", self.lost_mw, "unserved_mw", system.regions),
                                          ("surplus", self.surplus_mw, "surplus_mw", system.regions)):
            if table.size:
                out[name] = pd.DataFrame({"name": np.repeat(rows, steps), "step": np.tile(np.arange(steps), len(table)),
                                          column: table.ravel()})
        if len(self.samples):
            names = (*system.regions, "total")
            n, rows_ = self.samples.shape[:2]
            out["samples"] = pd.DataFrame({"sample": np.repeat(np.arange(n), rows_), "name": np.tile(names, n), **{
                key: self.samples[:, :, k].ravel() for k, key in enumerate(("lolh_h", "lole_days", "lolev", "eue_mwh"))}})
        return out

    def __str__(self) -> str:
        lines = [f"{'':24}{'LOLH, h':>20}{'LOLE, days':>20}{'LOLEv':>18}{'EUE, MWh':>22}{'NEUE, ppm':>20}"]
        for risk in (self.total, *self.regions):
            days = "" if risk.lole_days is None else str(risk.lole_days)
            lines.append(f"{risk.name:24}{risk.lolh_h!s:>20}{days:>20}{risk.lolev!s:>18}{risk.eue_mwh!s:>22}"
                         f"{risk.neue_ppm!s:>20}")
        return "\n".join(lines)


def _risks(tally: Tally, systems: tuple[System, ...]) -> tuple[Risk, tuple[Risk, ...]]:
    """Risk of the system and of each region; energy asked for is the mean over weather years, which take turns."""
    system = systems[0]
    step_h = system.axis.step_h
    energy = np.mean([total_load_mw(one).sum(axis=1) for one in systems], axis=0) * step_h
    mean, error, n = tally.counts.mean, tally.counts.stderr, tally.counts.n
    regions = tuple(risk_from(name, mean[r], error[r], n, (step_h, float(energy[r]))) for r, name in enumerate(system.regions))
    return risk_from("total", mean[-1], error[-1], n, (step_h, float(energy.sum()))), regions


def _help(tally: Tally, system: System) -> tuple[Help, ...]:
    step_h, mean, error, n = system.axis.step_h, tally.helped.mean, tally.helped.stderr, tally.helped.n
    return tuple(
        Help(name=load.name, region=load.region, kind=load.kind, hours=Estimate(mean[k, 0] * step_h, error[k, 0] * step_h, n),
             calls=Estimate(mean[k, 1], error[k, 1], n), energy_mwh=Estimate(mean[k, 2] * step_h, error[k, 2] * step_h, n))
        for k, load in enumerate(system.large_loads) if load.kind != "firm")


def assessment_of(task: Task, method: MonteCarlo, tally: Tally, firm: Tally | None, names: tuple[str, ...],
                  clock: tuple[float, float]) -> Assessment:
    """The answer from what a run has found."""
    system, model = task.systems[0], task.model()
    n, steps, step_h = tally.counts.n, system.axis.steps, system.axis.step_h
    total, regions = _risks(tally, task.systems)
    plain, plain_regions = _risks(firm, task.systems) if firm is not None else (None, ())
    sums = {key: value / n for key, value in tally.sums.items()}
    more: dict[str, Any] = {}
    if task.wants(Flow):
        more |= {"flow_mw": sums["flow"] / steps, "utilisation": sums["use"] / steps}
    if task.wants(StorageEnergy):
        more["energy_mwh"] = sums["energy"][model.store_row]
    if task.wants(DemandResponseEnergy):
        more |= {"owed_mwh": sums["owed"], "lost_mw": sums["lost"]}
    if task.wants(Surplus):
        more["surplus_mw"] = sums["surplus"]
    if task.wants(ShortfallSamples):
        more["samples"] = np.concatenate(tally.samples) * np.array([step_h, 1.0, 1.0, step_h])
    if task.wants(Causes):
        short = max(float(tally.counts.mean[-1, LOLH]), 1e-300)
        pairs = [f"{system.regions[a]} - {system.regions[b]}" for a, b in
                 zip(system.interfaces.start, system.interfaces.end, strict=True)]
        usual = 1.0 - model.fleet.process.availability
        more["_causes"] = (model.assets, sums["out"] / short, usual, pairs, sums["bound"] / short)
    if task.wants(Events):
        more |= {"_events": tally.events, "_event_count": tally.event_count}
    weather = {}
    if len(names) > 1:
        for w, name in enumerate(names):
            mean = tally.weather[w, -1] / max(tally.weather_n[w], 1.0)
            energy = float(total_load_mw(task.systems[w]).sum()) * step_h
            weather[name] = risk_from(name, mean, np.full(4, np.nan), int(tally.weather_n[w]), (step_h, energy))
    done = {"name": "montecarlo", "samples": n, "seed": method.seed}
    if method.storage_order != "levelled":
        done["storage_order"] = method.storage_order
    return Assessment(total=total, regions=regions, method=done, lolp=sums["short"], unserved_mw=sums["unserved"],
                      weather=weather, help=_help(tally, system), without_help=plain, regions_without_help=plain_regions,
                      wall_s=clock[0], simulation_s=clock[1], _system=system, _spread=tally.spread,
                      _names=(model.store_names, model.device_names), **more)


__all__ = ["Assessment", "Help", "assessment_of"]
