"""Money over time: capital recovery, cost of capital, levelised cost, and a project's flat price with debt and tax.

Formulas as in facts of the trade; each is checked against printed values in the tests [1]_.

References
----------
.. [1] Short, Packey & Holt 1995, *A manual for the economic evaluation of energy efficiency and renewable energy technologies*,
   NREL/TP-462-5173.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# IRS half-year convention, 5-year property (Publication 946, table A-1).
MACRS_5 = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)


def capital_recovery_factor(rate: float, years: float) -> float:
    """Share of an investment that is due each year, i / (1 - (1 + i)^-n); 1 / n at i = 0.

    Parameters
    ----------
    rate : float
        Discount rate [1 per year].
    years : float
        Life [years].
    """
    return 1.0 / years if abs(rate) < 1e-12 else float(rate / -np.expm1(-years * np.log1p(rate)))


def annuity(capex: float, fixed_om: float, rate: float, years: float) -> float:
    """Yearly cost of a unit of capacity: capex * CRF + fixed O&M, in the capacity's unit a year."""
    return capex * capital_recovery_factor(rate, years) + fixed_om


def weighted_cost_of_capital(debt_share: float, debt_rate: float, equity_rate: float, tax_rate: float) -> float:
    """Nominal, after tax: share * kd * (1 - tax) + (1 - share) * ke [1 per year]."""
    return debt_share * debt_rate * (1.0 - tax_rate) + (1.0 - debt_share) * equity_rate


def real_rate(nominal_rate: float, inflation: float) -> float:
    """(1 + nominal) / (1 + inflation) - 1; never mix real costs with nominal rates."""
    return (1.0 + nominal_rate) / (1.0 + inflation) - 1.0


def levelised_cost_usd_per_mwh(
    capex_usd_per_kw: float,
    fixed_om_usd_per_kw_year: float,
    variable_usd_per_mwh: float,
    capacity_factor: float,
    rate: float,
    years: float,
) -> float:
    """Yearly cost over yearly energy of one plant [USD/MWh]; `variable_usd_per_mwh` holds fuel and variable O&M."""
    fixed = annuity(capex_usd_per_kw, fixed_om_usd_per_kw_year, rate, years)
    return 1000.0 * fixed / (8760.0 * capacity_factor) + variable_usd_per_mwh


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of a project; defaults are those of a published off-grid study (class: assumed).

    Attributes
    ----------
    construction_years, life_years, debt_years : int
    debt_share, debt_rate, equity_rate, tax_rate : float
        Shares of 1.
    om_growth, fuel_growth : float
        Growth a year.
    tax_credit_share : float
        Investment tax credit on the part of the capital that qualifies.
    """

    construction_years: int = 2
    life_years: int = 20
    debt_years: int = 20
    debt_share: float = 0.70
    debt_rate: float = 0.075
    equity_rate: float = 0.11
    tax_rate: float = 0.21
    om_growth: float = 0.025
    fuel_growth: float = 0.03
    tax_credit_share: float = 0.30


def flat_price_usd_per_mwh(
    capex_usd: float,
    qualifying_usd: float,
    om_usd_per_year: float,
    fuel_usd_per_year: float,
    energy_mwh: float,
    terms: Terms | None = None,
) -> float:
    """Flat nominal price at which equity earns its rate, with debt, tax credit, accelerated depreciation and growing costs.

    Equity is paid evenly over construction, debt service is level, depreciation is MACRS-5 on capital less half the credit,
    losses of a year are used at once. The net present value is linear in the price, so it is solved for, not searched.

    Parameters
    ----------
    capex_usd, qualifying_usd : float
        Capital, and the part of it that earns the tax credit [USD].
    om_usd_per_year, fuel_usd_per_year : float
        In the first year of operation [USD].
    energy_mwh : float
        Energy served a year [MWh].
    """
    t = terms or Terms()
    first = t.construction_years
    years = np.arange(first + 1, first + 1 + t.life_years)
    discount = (1.0 + t.equity_rate) ** -years.astype(np.float64)
    run = np.arange(t.life_years)
    debt = t.debt_share * capex_usd
    service = debt * capital_recovery_factor(t.debt_rate, t.debt_years)
    paying = run < t.debt_years
    left = debt * (1 + t.debt_rate) ** run - service * ((1 + t.debt_rate) ** run - 1) / t.debt_rate
    interest = np.where(paying, left * t.debt_rate, 0.0)
    credit = t.tax_credit_share * qualifying_usd
    basis = capex_usd - 0.5 * credit
    written_off = np.zeros(t.life_years)
    written_off[: len(MACRS_5)] = basis * np.array(MACRS_5[: t.life_years])
    costs = om_usd_per_year * (1 + t.om_growth) ** run + fuel_usd_per_year * (1 + t.fuel_growth) ** run
    without = -costs * (1 - t.tax_rate) - np.where(paying, service, 0.0) + t.tax_rate * (interest + written_off)
    without[0] += credit
    built = np.arange(1, first + 1) if first else np.zeros(1)
    equity = (capex_usd - debt) / len(built) * ((1.0 + t.equity_rate) ** -built.astype(np.float64)).sum()
    value = float((without * discount).sum() - equity)
    return -value / float((energy_mwh * (1 - t.tax_rate) * discount).sum())


__all__ = [
    "MACRS_5",
    "Terms",
    "annuity",
    "capital_recovery_factor",
    "flat_price_usd_per_mwh",
    "levelised_cost_usd_per_mwh",
    "real_rate",
    "weighted_cost_of_capital",
]
