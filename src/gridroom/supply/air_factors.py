"""Emission factors in one unit, lb/MMBtu of heat input (HHV), whatever the unit they are written in [1]_ [2]_.

References
----------
.. [1] 40 CFR 60 appendix A-7, Method 19: E = C * K * Fd * 20.9 / (20.9 - O2), Fd = 8,710 dscf/MMBtu for natural gas.
.. [2] EPA AP-42, sections 3.1, 3.2, 3.4 (defaults of the reference table `air_factors`).
"""

from __future__ import annotations

from dataclasses import dataclass

from gridroom.core.errors import Problem, StudyError
from gridroom.reference import catalog

FD_DSCF_PER_MMBTU = 8710.0
STANDARD_VOLUME = 385.3e6  # dscf of a lb-mol, times 1e6 for ppm
OXYGEN = 20.9 / (20.9 - 15.0)
G_PER_LB = 453.592
KW_PER_HP = 0.7457
HHV_OVER_LHV = 1.11  # natural gas; makers quote LHV
MOLAR_MASS = {"co": 28.01, "nh3": 17.03, "hcho": 30.03, "methane": 16.04, "propane": 44.10}
K_NOX = 1.194e-7  # 40 CFR 60.4400(a)(1)(i)
POLLUTANTS = ("nox", "co", "voc", "pm", "pm10", "pm25", "so2", "hcho", "hap_total", "nh3", "co2e")
UNITS = ("ppmvd15", "lb_per_mmbtu", "g_per_bhp_h", "g_per_kwh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor [lb/MMBtu HHV] with its claim class and source; `given` where the user wrote it."""

    lb_per_mmbtu: float
    claim: str
    source: str
    given: bool = False


def lb_per_mmbtu_per_ppm(pollutant: str, counted_as: str | None = None) -> float:
    """Factor of one ppmvd at 15 % O2, natural gas [lb/MMBtu].

    Raises
    ------
    StudyError
        If the pollutant is not a gas counted in ppm, or volatile compounds come without what they are counted as.
    """
    if pollutant == "nox":
        k = K_NOX
    else:
        name = counted_as if pollutant == "voc" else pollutant
        if name is None:
            raise StudyError(
                Problem(
                    "factors.voc",
                    "in ppm means nothing without what it is counted as",
                    'add as = "methane" or as = "propane": 2.75 lies between them',
                )
            )
        if name not in MOLAR_MASS:
            raise StudyError(Problem(f"factors.{pollutant}", "cannot be given in ppmvd15", "use lb_per_mmbtu"))
        k = MOLAR_MASS[name] / STANDARD_VOLUME
    return k * FD_DSCF_PER_MMBTU * OXYGEN


def to_lb_per_mmbtu(
    pollutant: str,
    value: float,
    unit: str,
    heat_rate_mmbtu_per_mwh: float,
    counted_as: str | None = None,
    generator_efficiency: float = 1.0,
) -> float:
    """A factor in lb/MMBtu.

    Parameters
    ----------
    pollutant : str
    value : float
    unit : str
        `ppmvd15`, `lb_per_mmbtu`, `g_per_bhp_h` (of the shaft) or `g_per_kwh` (electric).
    heat_rate_mmbtu_per_mwh : float
        Higher heating value, electric.
    counted_as : str, optional
        Volatile compounds in ppm: `methane` or `propane`.
    generator_efficiency : float
        Electric over shaft power.
    """
    if unit == "ppmvd15":
        return value * lb_per_mmbtu_per_ppm(pollutant, counted_as)
    if unit == "lb_per_mmbtu":
        return value
    lb_per_mwh = value * 1000.0 / G_PER_LB
    if unit == "g_per_bhp_h":
        lb_per_mwh /= KW_PER_HP * generator_efficiency
    return lb_per_mwh / heat_rate_mmbtu_per_mwh


def default_factors(kind: str, fuel: str, control: str) -> dict[str, Factor]:
    """Factors of the reference table for a kind of unit; those of the control where it has its own, else uncontrolled.

    Parameters
    ----------
    kind : str
        `simple_cycle`, `combined_cycle`, `engine` or `emergency_engine`.
    fuel : str
        `natural_gas` or `diesel`.
    control : str
        `uncontrolled`, `water_injection`, `lean_premix`; engines on gas: `lean_burn`, `rich_burn`.
    """
    table = catalog.load("air_factors")
    family = "turbine" if kind in ("simple_cycle", "combined_cycle") else "engine"
    rows = table[(table["kind"] == family) & (table["fuel"] == fuel)]
    out: dict[str, Factor] = {}
    for wanted in ("uncontrolled", control):
        for row in rows[rows["control"] == wanted].itertuples():
            out[str(row.pollutant)] = Factor(
                lb_per_mmbtu=float(row.lb_per_mmbtu),
                claim=str(row.claim),
                source=f"{row.source} ({str(row.control).replace('_', ' ')})",
            )
    return out


def least_default(kind: str, fuel: str, pollutant: str) -> float | None:
    """Lowest tabled factor without add-on control: below it, a unit is clean by a control alone."""
    table = catalog.load("air_factors")
    family = "turbine" if kind in ("simple_cycle", "combined_cycle") else "engine"
    rows = table[(table["kind"] == family) & (table["fuel"] == fuel) & (table["pollutant"] == pollutant)]
    return float(rows["lb_per_mmbtu"].min()) if len(rows) else None


__all__ = [
    "HHV_OVER_LHV",
    "POLLUTANTS",
    "UNITS",
    "Factor",
    "default_factors",
    "lb_per_mmbtu_per_ppm",
    "least_default",
    "to_lb_per_mmbtu",
]
