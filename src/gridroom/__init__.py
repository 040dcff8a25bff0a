"""gridroom: is there room on the grid for the AI load that is coming, when does it end, and how sure are we?

Public names load on first use, so that `import gridroom` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "assess": "gridroom.adequacy.engine", "Assessment": "gridroom.adequacy.assessment",
    "headroom": "gridroom.adequacy.headroom", "Headroom": "gridroom.adequacy.headroom",
    "Lole": "gridroom.adequacy.headroom", "Lolh": "gridroom.adequacy.headroom", "Neue": "gridroom.adequacy.headroom",
    "MonteCarlo": "gridroom.adequacy.specs", "Convolution": "gridroom.adequacy.specs",
    "Shortfall": "gridroom.adequacy.specs", "ShortfallSamples": "gridroom.adequacy.specs",
    "ImportanceSampling": "gridroom.adequacy.specs", "Flow": "gridroom.adequacy.specs", "Surplus": "gridroom.adequacy.specs",
    "StorageEnergy": "gridroom.adequacy.specs", "DemandResponseEnergy": "gridroom.adequacy.specs",
    "Events": "gridroom.adequacy.specs", "Causes": "gridroom.adequacy.specs",
    "accredit": "gridroom.adequacy.accreditation", "Accreditation": "gridroom.adequacy.accreditation",
    "Curtailable": "gridroom.adequacy.headroom", "LargeLoad": "gridroom.systems.assets",
    "Estimate": "gridroom.core.estimate", "StudyError": "gridroom.core.errors", "Problem": "gridroom.core.errors",
    "System": "gridroom.systems.system", "run": "gridroom.study.api", "campus_load": "gridroom.loads.campus",
    "read_campus": "gridroom.study.campus_file", "flexible": "gridroom.study.flexible",
    "network_energy": "gridroom.assets.networks", "miner": "gridroom.study.miner_file",
    "miner_as_large_load": "gridroom.study.miner_file", "heat_reuse": "gridroom.study.heat_file",
    "matched_alone": "gridroom.study.round_the_clock",
    "pte": "gridroom.study.air_file", "site_design": "gridroom.study.site_answer",
}
_ROOMS = {"systems": "gridroom.systems", "pipeline": "gridroom.pipeline", "compute": "gridroom.loads.compute",
          "finance": "gridroom.supply.finance", "bitcoin": "gridroom.assets.protocol"}

__all__ = ["__version__", *_PUBLIC, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    if name in _ROOMS:
        return import_module(_ROOMS[name])
    raise AttributeError(f"module 'gridroom' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
