"""RTS-79 in assetra (run in an environment of its own): prints samples a second and LOLH."""

import sys
import time

import numpy as np
import xarray as xr
from assetra.metrics import LossOfLoadHours
from assetra.simulation import ProbabilisticSimulation
from assetra.system import EnergySystemBuilder
from assetra.units import DemandUnit, StochasticUnit

samples, data = int(sys.argv[1]), np.load(sys.argv[2])
hours = np.datetime64("2018-01-01T00") + np.arange(len(data["load"])) * np.timedelta64(1, "h")


def series(values):
    return xr.DataArray(values, dims="time", coords={"time": hours})


builder = EnergySystemBuilder()
for k, (mw, rate) in enumerate(zip(data["mw"], data["rate"], strict=True)):
    builder.add_unit(StochasticUnit(k, float(mw), series(np.full(len(hours), mw)), series(np.full(len(hours), rate))))
builder.add_unit(DemandUnit(1000, series(data["load"])))
system = builder.build()


def run(trials):
    simulation = ProbabilisticSimulation(str(hours[0]), str(hours[-1]), trials)
    simulation.assign_energy_system(system)
    simulation.run()
    return LossOfLoadHours(simulation).evaluate()


run(2)
start = time.perf_counter()
lolh = run(samples)
print(samples / (time.perf_counter() - start), float(lolh))
