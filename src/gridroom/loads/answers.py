"""How answers with ranges print themselves and turn into tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

UNITS = {
    "flop": "FLOP",
    "accelerator_hours": "h",
    "duration_h": "h",
    "accelerators": "accelerators",
    "households_year_equivalent": "households",
    "water_m3": "m3",
    "water_m3_per_year": "m3 a year",
    "co2_t": "t",
    "co2_t_per_year": "t a year",
    "wh_per_request": "Wh",
    "accelerator_wh_per_request": "Wh",
    "energy_mwh_per_year": "MWh a year",
}


def unit_of(name: str) -> str:
    """Unit of a figure, by its name."""
    return UNITS.get(name) or ("MWh" if name.endswith("_mwh") else "MW" if name.endswith("_mw") else "")


class Figures(ABC):
    """Base of answers whose figures are products: how they print themselves and turn into tables."""

    __slots__ = ()
    shown: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def head(self) -> str:
        """First line of the answer in words."""

    def to_pandas(self) -> Any:
        """Figures with low, best, high and unit, one a row; what is not known is left out."""
        import pandas as pd

        known = [(name, getattr(self, name)) for name in self.shown]
        rows = [{"figure": name, **value.range.as_dict(), "unit": unit_of(name)} for name, value in known if value is not None]
        return pd.DataFrame(rows)

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset along `figure`."""
        return self.to_pandas().set_index("figure").to_xarray()

    def __str__(self) -> str:
        lines = [self.head()]
        for name in self.shown:
            value = getattr(self, name)
            if value is None:
                continue
            drivers = [f"{k.replace('_', ' ')} {share:.0%}" for k, share in list(value.drivers.items())[:3] if share >= 0.005]
            why = "range: " + ", ".join(drivers) if drivers else ""
            lines.append(f"  {name.replace('_', ' '):30} {value.range!s:44} {unit_of(name):14} {why}".rstrip())
        return "\n".join(lines)
