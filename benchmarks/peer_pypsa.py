"""The site of benchmarks/supply.py in PyPSA (run in an environment of its own): prints seconds of build and solve, and the objective."""

import sys
import time
import warnings

import numpy as np
import pypsa

warnings.filterwarnings("ignore")
data = np.load(sys.argv[1])
started = time.perf_counter()
n = pypsa.Network()
n.set_snapshots(range(len(data["load"])))
n.add("Bus", "site")
n.add("Load", "load", bus="site", p_set=data["load"])
cost = data["annuity"]
n.add("Generator", "gas", bus="site", p_nom_extendable=True, p_nom_max=5000, capital_cost=cost[0], marginal_cost=41.0)
n.add("Generator", "solar", bus="site", p_nom_extendable=True, capital_cost=cost[1], p_max_pu=data["pv"])
n.add("Generator", "wind", bus="site", p_nom_extendable=True, capital_cost=cost[2], p_max_pu=data["wind"])
n.add("Generator", "grid", bus="site", p_nom=300.0, p_max_pu=data["available"], marginal_cost=data["price"])
n.add("Bus", "inside")
eta = float(np.sqrt(0.85))
n.add("Store", "energy", bus="inside", e_nom_extendable=True, e_cyclic=True, capital_cost=cost[4])
n.add("Link", "charge", bus0="site", bus1="inside", p_nom_extendable=True, efficiency=eta, capital_cost=cost[3])
n.add("Link", "discharge", bus0="inside", bus1="site", p_nom_extendable=True, efficiency=eta)
n.optimize.create_model()
power = n.model["Link-p_nom"]
# Charger and discharger are one machine, rated on the side of the site.
n.model.add_constraints(power.loc["charge"] - eta * power.loc["discharge"] == 0, name="one-machine")
n.optimize.solve_model(solver_name="highs", solver_options={"presolve": sys.argv[2], "output_flag": False})
print("RESULT", time.perf_counter() - started, n.objective)
