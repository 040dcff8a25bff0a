"""Invented filings of large loads, with the truth known: for back-tests of the method, benchmarks and tests. Not real data.

A project files at several sites; each filing keeps the project's company name, code name, agent, engineer and ramp only with some
chance, and sizes and years wander. One site at most is built, with the odds of the most advanced filing and a common factor. All
chances here are assumed: a figure on such a set shows that a method works, never how much duplication there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

UTILITIES = (
    ("Dominion", "VA"),
    ("AEP Ohio", "OH"),
    ("Oncor", "TX"),
    ("CenterPoint", "TX"),
    ("Georgia Power", "GA"),
    ("I&M", "IN"),
    ("APS", "AZ"),
    ("SRP", "AZ"),
    ("Entergy Mississippi", "MS"),
    ("Entergy Louisiana", "LA"),
    ("We Energies", "WI"),
    ("PPL", "PA"),
    ("ComEd", "IL"),
    ("Duke Carolinas", "NC"),
    ("Santee Cooper", "SC"),
    ("TVA", "TN"),
    ("Evergy", "MO"),
    ("NV Energy", "NV"),
    ("Rocky Mountain Power", "UT"),
    ("Basin", "ND"),
    ("DTE", "MI"),
    ("NYPA", "NY"),
    ("MidAmerican", "IA"),
    ("PSO", "OK"),
    ("El Paso Electric", "NM"),
)
STAGES = ("inquiry", "study requested", "study complete", "engineering agreement", "construction agreement", "service agreement")
STAGE_SHARE = np.array([0.25, 0.25, 0.20, 0.15, 0.10, 0.05])
ROUND_MW = np.array([100, 150, 200, 250, 300, 400, 500, 600, 750, 1000, 1200, 1500], np.float64)
KEEP = {"applicant": 0.88, "agent": 0.55, "engineer": 0.65, "ramp": 0.50, "code": 0.55}
KEEPS_COMPANY, SPLITS, DISCLOSES = 0.35, 0.12, 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Filings:
    """Invented filings and their truth.

    Attributes
    ----------
    records : DataFrame
        One row a filing.
    project : int array (n,)
    site : int array (n,)
        Site within all sites.
    built : bool array (n,)
        The filing's site is built.
    realised_share : float array (n,)
    built_mw : float
        What is built in the end [MW].
    """

    records: Any
    project: Any
    site: Any
    built: Any
    realised_share: Any
    built_mw: float


@dataclass(frozen=True, slots=True)
class _Plan:
    """Projects and their sites: size, year, best stage of each project; project, stage, utility and MW of each site."""

    best: Any
    project_of_site: Any
    stage: Any
    utility: Any
    site_mw: Any


def _word(number: int) -> str:
    """A pronounceable name of a number."""
    out = ""
    for _ in range(3):
        number, a = divmod(number, 15)
        number, b = divmod(number, 5)
        out += "bdfghjklmnprstv"[a] + "aeiou"[b]
    return out.capitalize()


def _plan(g: np.random.Generator, projects: int) -> _Plan:
    places = np.where(g.random(projects) < 0.75, 1 + np.minimum(g.geometric(0.5, projects) - 1, 7), g.integers(3, 9, projects))
    p_of_site = np.repeat(np.arange(projects), places)
    n_sites = len(p_of_site)
    odd = np.clip(np.exp(g.normal(5.7, 0.8, projects)), 50, 2500).round()
    size = np.where(g.random(projects) < 0.6, g.choice(ROUND_MW, projects), odd)
    best = g.choice(6, projects, p=STAGE_SHARE)
    rank = np.arange(n_sites) - np.repeat(np.cumsum(places) - places, places)
    lead = (g.random(projects) * places).astype(np.int64)
    stage = np.where(rank == lead[p_of_site], best[p_of_site], (g.random(n_sites) * (best[p_of_site] + 1)).astype(np.int64))
    first = (g.random(projects) * len(UTILITIES)).astype(np.int64)
    step = np.array([1, 2, 3, 4, 6, 7, 8, 9, 11, 12])[(g.random(projects) * 10).astype(np.int64)]  # coprime to 25: no site twice
    utility = (first[p_of_site] + rank * step[p_of_site]) % len(UTILITIES)
    wander = np.where(g.random(n_sites) < 0.6, np.exp(g.normal(0.0, 0.08, n_sites)), 1.0)
    site_mw = size[p_of_site] * wander
    grid = np.where(site_mw < 300, 5.0, 25.0)
    site_mw = np.where(wander == 1.0, site_mw, np.maximum(np.round(site_mw / grid) * grid, 5.0))
    return _Plan(best, p_of_site, stage, utility, site_mw)


def make_filings(projects: int, seed: int) -> Filings:
    """Invent filings; vocabularies grow with the number of projects, so that chance agreements stay as rare.

    Parameters
    ----------
    projects : int
    seed : int
    """
    g = np.random.Generator(np.random.Philox(key=[seed, 61]))
    plan = _plan(g, projects)
    parts = np.where(g.random(len(plan.stage)) < SPLITS, 2, 1)
    site = np.repeat(np.arange(len(plan.stage)), parts)
    records = _fields(g, projects, plan, site)
    built, share = _outcomes(g, plan.best, plan.stage, plan.project_of_site, site)
    mw = np.round(plan.site_mw[site] / parts[site], 1)
    records["requested_mw"] = mw
    order = g.permutation(len(site))
    records = records.iloc[order].reset_index(drop=True)
    records.insert(0, "request_id", [f"L{k:06d}" for k in range(len(site))])
    return Filings(records=records, project=plan.project_of_site[site][order], site=site[order], built=built[order],
                   realised_share=share[order], built_mw=float((mw * share)[built].sum()))


def _fields(g: np.random.Generator, projects: int, plan: _Plan, site: Any) -> Any:
    """What each filing shows."""
    import pandas as pd

    scale, n, project = max(projects / 400.0, 1.0), len(site), plan.project_of_site[site]
    words = {"company": int(288 * scale), "code": int(24 * scale**0.5), "agent": int(8 * scale**0.5),
             "engineer": int(10 * scale**0.5), "ramp": int(10_000 * scale)}

    def kept(name: str) -> Any:
        own = (g.random(projects) * words[name]).astype(np.int64)
        other = (g.random(n) * words[name]).astype(np.int64)
        return np.where(g.random(n) < KEEP[name], own[project], other)

    keeps = g.random(projects) < KEEPS_COMPANY
    own_company = (g.random(projects) * words["company"]).astype(np.int64)
    company = np.where(keeps[project], own_company[project], (g.random(n) * words["company"]).astype(np.int64))
    sponsor = np.minimum(g.exponential(5.0, projects).astype(np.int64), 19)[project]
    in_own_name = g.random(n) < 1.0 - KEEP["applicant"]
    forms = np.array(["LLC", "Holdings LLC", "Land Co LLC", "Acquisitions LLC", "Development Partners LP", "Infra I LLC"])
    form = forms[(g.random(n) * len(forms)).astype(np.int64)]
    applicant = [f"{_word(9000 + s)} Compute LLC" if o else f"{_word(c)} Ridge {f}"
                 for s, o, c, f in zip(sponsor, in_own_name, company, form, strict=True)]
    code, coded, disclosed = kept("code"), g.random(n) < 0.8, g.random(n) < DISCLOSES
    day = g.integers(0, 850, projects)[project] + np.abs(g.normal(0.0, 110.0, n)).astype(np.int64)
    utility = plan.utility[site]
    return pd.DataFrame({
        "filed_on": (np.datetime64("2024-01-01") + day).astype(str), "provider": [UTILITIES[u][0] for u in utility],
        "state": [UTILITIES[u][1] for u in utility], "applicant_name": applicant,
        "project_name": [f"Project {_word(5000 + c)}" if yes else None for c, yes in zip(code, coded, strict=True)],
        "parent_name": [f"{_word(9000 + s)} Compute" if d else None for s, d in zip(sponsor, disclosed, strict=True)],
        "contact_or_agent": [f"Agent {k:03d}" for k in kept("agent")], "engineer": [f"Engineer {k:03d}" for k in kept("engineer")],
        "requested_in_service": g.integers(2026, 2031, projects)[project] + g.choice([-1, 0, 0, 0, 1], n),
        "ramp_mark": [f"R{k:06d}" for k in kept("ramp")], "stage": [STAGES[k] for k in plan.stage[site]]})


def _outcomes(g: np.random.Generator, best: Any, stage: Any, p_of_site: Any, site: Any) -> tuple[Any, Any]:
    """Which filings' sites are built, and the share of the asked MW that comes (n,)."""
    from gridroom.pipeline import rates

    projects, n_sites, project = len(best), len(stage), p_of_site[site]
    odds = rates.series("stage_odds")
    shock = 0.48 * g.standard_normal() + 0.4 * g.standard_normal(projects)
    best_odds = odds[best]
    chance = 1.0 / (1.0 + (1.0 / best_odds - 1.0) * np.exp(-shock))
    arrives = g.random(projects) < chance
    weight = np.log(odds[stage] / (1.0 - odds[stage])) + g.gumbel(size=n_sites)  # the largest is a draw by weight
    winner = np.full(projects, -1)
    for s in np.argsort(weight):
        winner[p_of_site[s]] = s
    built = arrives[project] & (site == winner[project])
    share = np.clip(g.beta(3.2, 3.2, projects), 0.05, 1.0)[project]
    return built, share
