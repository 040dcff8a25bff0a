"""`gr.compute`: from a model or requests to MW, MWh, tonnes, water and households."""

from __future__ import annotations

from gridroom.loads.goodput import goodput
from gridroom.loads.households import households
from gridroom.loads.inference import inference
from gridroom.loads.ranges import Range
from gridroom.loads.training import training

__all__ = ["Range", "goodput", "households", "inference", "training"]
