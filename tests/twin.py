"""A slow, obvious twin of the engine for one region: every step, plain Python, one rule after the other.

It shares only the outages with the engine; what follows from them it works out on its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gridroom.adequacy.prepare import Options, make_model
from gridroom.adequacy.sampling import draw_outages, make_events
from gridroom.systems.system import System


def states(system: System, samples: int, seed: int = 1, options: Options | None = None) -> list[dict[tuple[str, str], np.ndarray]]:
    """Which asset is in service in which step, by sample."""
    model = make_model(system, options or Options())
    steps = system.axis.steps
    events = make_events(model.fleet, model.parts.common, steps)
    out = []
    for sample in range(samples):
        total = draw_outages(model.fleet, model.parts.common, seed, sample, steps, events)
        up = {name: np.ones(steps, bool) for name in model.assets}
        for k in range(total):
            up[model.assets[events.asset[k]]][events.start[k]:events.end[k]] = False
        out.append(up)
    return out


def at(table: np.ndarray, row: int, t: int) -> float:
    return float(table[row, t if table.shape[1] > 1 else 0])


class Store:
    def __init__(self, part: Any, k: int, kind: str) -> None:
        self.part, self.k, self.kind, self.name = part, k, kind, part.names[k]
        self.energy = float(part.initial_mwh[k])

    def get(self, column: str, t: int) -> float:
        return at(getattr(self.part, column), self.k, t)

    def begin(self, t: int, up: bool, h: float) -> None:
        carried = self.energy * (self.get("carryover_efficiency", t) if t else 1.0)
        self.energy = min(carried, self.get("energy_mwh", t))
        self.give = self.get("discharge_mw", t) if up else 0.0
        self.take = self.get("charge_mw", t) if up else 0.0
        self.deliver, self.withdraw = 0.0, math.inf
        self.eta_out, self.eta_in = self.get("discharge_efficiency", t), self.get("charge_efficiency", t)
        self.ratio = self.eta_out / max(self.get("discharge_mw", t), 1e-9)
        if self.kind == "hybrid":
            inflow = self.get("inflow_mw", t) if up else 0.0
            self.deliver = min(inflow, self.get("grid_injection_mw", t))
            self.give = min(self.give, self.get("grid_injection_mw", t) - self.deliver) if up else 0.0
            self.withdraw = self.get("grid_withdrawal_mw", t)
            room = (self.get("energy_mwh", t) - self.energy) / (self.eta_in * h)
            spilled = max(min(inflow - self.deliver, self.take, room), 0.0)
            self.energy += spilled * self.eta_in * h
            self.take -= spilled

    def offer(self, level: float, t: int, h: float) -> float:
        return max(min(self.give, (self.energy * self.eta_out - level * self.get("discharge_mw", t)) / h), 0.0)


def level_discharge(stores: list[Store], wanted: float, t: int, h: float) -> float:
    """Highest time-to-go at which the stores give what is wanted, by bisection."""
    low, high = 0.0, max([s.energy * s.ratio for s in stores if s.give > 0], default=0.0)
    if sum(s.offer(0.0, t, h) for s in stores) <= wanted:
        high = 0.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if sum(s.offer(middle, t, h) for s in stores) >= wanted else (low, middle)
    given = 0.0
    for s in stores:
        power = min(s.offer(low, t, h), wanted - given)
        s.energy -= power * h / s.eta_out
        s.give -= power
        given += power
    return given


def level_charge(stores: list[Store], offered: float, t: int, h: float) -> float:
    def intake(s: Store, level: float) -> float:
        room = min(s.get("energy_mwh", t), level / s.ratio) - s.energy
        return max(min(s.take, room / (s.eta_in * h)), 0.0)

    low, high = 0.0, max([s.get("energy_mwh", t) * s.ratio for s in stores], default=0.0)
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if sum(intake(s, middle) for s in stores) <= offered else (low, middle)
    taken = 0.0
    for s in stores:
        power = min(intake(s, high), offered - taken)
        s.energy += power * s.eta_in * h
        taken += power
    return taken


class Device:
    """Demand response or a shiftable load."""

    def __init__(self, limits: Any, window: Any, payback: Any, energy: Any, growth: float, eta: tuple[float, float]) -> None:
        self.limits, self.window, self.payback, self.energy_limit = limits, window, payback, energy
        self.growth, self.eta, self.owed, self.left = growth, eta, 0.0, -1

    def begin(self, t: int) -> float:
        self.owed *= self.growth
        over = max(self.owed - self.energy_limit(t), 0.0)
        self.owed -= over
        self.left = -1 if self.owed <= 0 else self.window(t) - 1 if self.left == -1 else self.left - 1
        self.borrowed = 0.0
        return over


def run(system: System, up: dict[tuple[str, str], np.ndarray]) -> dict[str, Any]:
    """One sample of a one-region system: shortfall by step [MW], stored energy, help of large loads."""
    h, steps = system.axis.step_h, system.axis.steps
    parts = [Store(system.storage, k, "store") for k in range(len(system.storage.names))]
    parts += [Store(system.hybrids, k, "hybrid") for k in range(len(system.hybrids.names))]
    dr = system.demand_response
    devices = [(("demand response", name), None, Device(
        lambda t, k=k: at(dr.borrow_mw, k, t), lambda t, k=k: int(at(dr.window_steps, k, t)),
        lambda t, k=k: at(dr.payback_mw, k, t), lambda t, k=k: at(dr.energy_mwh, k, t), 1 + at(dr.interest, k, 0),
        (at(dr.borrow_efficiency, k, 0), at(dr.payback_efficiency, k, 0)))) for k, name in enumerate(dr.names)]
    for load in system.large_loads:
        if load.kind == "shiftable":
            window = max(round(load.window_h / h), 1)
            devices.append((("", ""), load.name, Device(
                lambda t, x=load: min(x.max_shift_mw, x.mw[t if x.mw.size > 1 else 0]), lambda t, w=window: w,
                lambda t, x=load: x.max_shift_mw, lambda t, x=load, w=window: x.max_shift_mw * w * h, 1.0, (1.0, 1.0))))
    giving = {load.name: {"load": load, "used": 0, "run": 0, "last": -10**9, "alert": 0, "alert_at": -9,
                          "fuel": load.backup_mw * load.backup_fuel_h} for load in system.large_loads}
    shortfall, stored = np.zeros(steps), np.zeros((len(parts), steps))
    helped = {load.name: [0, 0.0] for load in system.large_loads}
    for t in range(steps):
        need = system.load_mw[0, t] + sum(float(x.mw[t if x.mw.size > 1 else 0]) for x in system.large_loads)
        supply = sum(at(system.units.capacity_mw, u, t) for u, name in enumerate(system.units.names)
                     if up.get(("unit", name), np.ones(steps, bool))[t])
        for s in parts:
            s.begin(t, bool(up.get((s.kind, s.name), np.ones(steps, bool))[t]), h)
            supply += s.deliver
        lost = sum(d.begin(t) for _, _, d in devices)
        need, supply = max(need - supply, 0.0), max(supply - need, 0.0)
        given = 0.0
        if need > 0:
            given = level_discharge(parts, need, t, h)
            need -= given
        for stage in (0, 1):
            group = [(key, name, d) for key, name, d in devices if (name is not None) == bool(stage)]
            for window in sorted({d.window(t) for _, _, d in group}, reverse=True):
                able = [(name, d, max(min(d.limits(t), (d.energy_limit(t) - d.owed) * d.eta[0] / h), 0.0))
                        for key, name, d in group if d.window(t) == window and up.get(key, np.ones(steps, bool))[t]]
                total = sum(a for *_, a in able)
                if need > 1e-9 and total > 1e-9:
                    share = min(need / total, 1.0)
                    for name, d, a in able:
                        d.borrowed = share * a
                        d.owed += share * a * h / d.eta[0]
                        if name is not None and share * a > 1e-9:
                            helped[name][0] += 1
                            helped[name][1] += share * a * h
                    need -= share * total
        need = interrupt(system, giving, helped, need, t, up) if need > 1e-6 else need
        short = need
        for window in sorted({d.window(t) for _, _, d in devices}):
            able = [(d, max(min(d.payback(t), d.owed * d.eta[1] / h), 0.0)) for key, _, d in devices
                    if d.window(t) == window and d.borrowed == 0 and up.get(key, np.ones(steps, bool))[t]]
            total = sum(a for _, a in able)
            if total > 1e-9:
                paid = min(total, supply)
                supply -= paid
                more = level_discharge(parts, total - paid, t, h) if total - paid > 1e-9 else 0.0
                given += more
                for d, a in able:
                    d.owed -= (paid + more) / total * a * h / d.eta[1]
                    d.owed = 0.0 if d.owed < 1e-9 else d.owed
        for _, _, d in devices:
            if d.owed > 0 and (d.left == 0 or t == steps - 1):
                lost += d.owed
                d.owed = 0.0
        if given <= 1e-6:
            spare = supply
            for s in parts:
                if s.kind == "hybrid":
                    own = min(s.deliver, spare, s.take)
                    spare -= own
                    s.take = min(s.take, own + s.withdraw)
            level_charge(parts, supply, t, h)
        shortfall[t] = (short if short > 1e-6 else 0.0) + lost / h
        stored[:, t] = [s.energy for s in parts]
    return {"shortfall": shortfall, "stored": stored, "helped": helped}


def interrupt(system: System, giving: dict[str, Any], helped: dict[str, list[float]], need: float, t: int,
              up: dict[tuple[str, str], np.ndarray]) -> float:
    """Backed loads, the fullest first, then interruptible ones, the largest budget first."""
    h = system.axis.step_h
    for state in giving.values():
        state["alert"] = state["alert"] + 1 if state["alert_at"] == t - 1 else 0
        state["alert_at"] = t
    for kind in ("backed", "interruptible"):
        group = [s for s in giving.values() if s["load"].kind == kind]
        left = (lambda s: s["fuel"]) if kind == "backed" else (lambda s: s["load"].max_hours_per_year / h - s["used"])
        for state in sorted(group, key=left, reverse=True):
            load = state["load"]
            mw = float(load.mw[t if load.mw.size > 1 else 0])
            if kind == "backed":
                units = sum(bool(up.get(("backup", f"{load.name}/{n}"), np.ones(t + 1, bool))[t]) for n in range(load.backup_units))
                able = min(mw, units * load.backup_mw / load.backup_units, state["fuel"] / h)
            else:
                able = mw * load.curtailable_pct / 100
                if (state["used"] + 1) * h > load.max_hours_per_year + 1e-9 or state["alert"] * h < load.notice_h - 1e-9:
                    able = 0.0
                elif state["last"] == t - 1:
                    able = able if (state["run"] + 1) * h <= load.max_hours_per_event + 1e-9 else 0.0
                elif (t - state["last"] - 1) * h < load.min_hours_between_events - 1e-9:
                    able = 0.0
            power = min(able, need)
            if power > 1e-6:
                need -= power
                state["run"] = state["run"] + 1 if state["last"] == t - 1 else 1
                state["last"], state["used"] = t, state["used"] + 1
                state["fuel"] -= power * h if kind == "backed" else 0.0
                helped[load.name][0] += 1
                helped[load.name][1] += power * h
    return need
