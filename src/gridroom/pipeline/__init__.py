"""Large load to come: requests, who is who among them, and sampled load paths.

`match` and `forecast` are what most need; names load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "match": "matching", "MatchOptions": "matching", "Matches": "matching", "forecast": "forecasting",
    "ForecastOptions": "answers", "PipelineForecast": "answers", "read_records": "records", "Records": "records",
    "backtest": "backtesting", "BacktestOptions": "verification", "make_filings": "synthetic"}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"gridroom.pipeline.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'gridroom.pipeline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
