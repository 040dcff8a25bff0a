"""What is read off needs without sampling: sums asked for, odds of each request, what drives the spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import stages
from gridroom.pipeline.answers import ForecastOptions
from gridroom.pipeline.inputs import Table
from gridroom.pipeline.needs import Needs
from gridroom.pipeline.values import STAGES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def forced_chances(table: Table, options: ForecastOptions) -> Floats:
    """Chance that a scenario sets instead of the odds; negative where it leaves them."""
    forced = np.full(len(table.ids), -1.0)
    least = {"contracts": 5, "construction": 4}.get(options.scenario)
    if least is not None:
        forced[:] = np.where(table.stage >= least, 1.0, 0.0)
    return forced


def _chances(table: Table, counts: stages.StageCounts | None, forced: Floats) -> Floats:
    """Chance of each request by itself (n,)."""
    p = stages.mean_odds(counts)[table.group, table.stage]
    open_ = (p > 0) & (p < 1) & (table.shift != 0)
    p = np.where(open_, 1.0 / (1.0 + (1.0 / np.where(open_, p, 0.5) - 1.0) * np.exp(-table.shift)), p)
    return np.asarray(np.where(forced >= 0, forced, p))


def _site_shares(net: Needs, chance: Floats) -> tuple[Floats, Ints]:
    """Chance of each site given that its need is met (S,), and each site's need."""
    need_of_site = np.repeat(np.arange(len(net.lead)), np.diff(net.first_site))
    best = np.maximum.reduceat(chance[net.row], net.first_row[:-1]) if len(net.row) else np.zeros(0)
    odds = best / np.maximum(1.0 - best, 1e-6)
    total = np.bincount(need_of_site, weights=odds, minlength=len(net.lead))
    share = np.where(total[need_of_site] > 0, odds / np.maximum(total[need_of_site], 1e-300), 0.0)
    count = np.diff(net.first_site)[need_of_site]
    wanted = net.wanted[need_of_site]
    return np.where(wanted >= count, 1.0, np.minimum(share * wanted, 1.0)), need_of_site


def asked_for(
    table: Table, needs: list[Needs], options: ForecastOptions, n_regions: int, forced: Floats
) -> tuple[Floats, Floats, Floats]:
    """Requested, without duplicates, and each need once, by year and region (Y, R) [MW]."""
    years = np.array(options.years)
    asked = table.asked_year[None, :] <= years[:, None]
    requested, once, single = (np.zeros((len(years), n_regions)) for _ in range(3))
    chance = _chances(table, None, np.where(forced == 0.0, -1.0, forced))
    for y in range(len(years)):
        requested[y] = np.bincount(table.region, weights=table.mw * asked[y], minlength=n_regions)
    for net in needs:
        share, _ = _site_shares(net, chance)
        site_of_row = np.repeat(np.arange(len(net.first_row) - 1), np.diff(net.first_row))
        mw = table.mw[net.row]
        for y in range(len(years)):
            now = mw * asked[y, net.row]
            once[y] += np.bincount(table.region[net.row], weights=now, minlength=n_regions) / len(needs)
            single[y] += np.bincount(table.region[net.row], weights=now * share[site_of_row], minlength=n_regions) / len(needs)
    return requested, once, single


def odds_table(
    table: Table, needs: list[Needs], partitions: list[NDArray[np.int32]], counts: stages.StageCounts | None, forced: Floats
) -> Any:
    """Odds of each request, over the draws of who is who."""
    import pandas as pd

    chance = _chances(table, counts, forced)
    n = len(table.ids)
    need_met, built, siblings = np.zeros(n), np.zeros(n), np.zeros(n)
    for net, label in zip(needs, partitions, strict=True):
        share, need_of_site = _site_shares(net, chance)
        site_of_row = np.repeat(np.arange(len(net.first_row) - 1), np.diff(net.first_row))
        own = np.where(net.stands_on[net.row] > 0, chance[net.row], 1.0)  # an expansion needs its own luck besides
        built[net.row] += (share * chance[net.lead][need_of_site])[site_of_row] * own
        size = np.bincount(label)
        best = np.zeros(len(size))
        np.maximum.at(best, label, chance)
        need_met += best[label]
        siblings += size[label] - 1
    d = len(needs)
    return pd.DataFrame(
        {
            "request_id": table.ids,
            "stage": [STAGES[int(s)] for s in table.stage],
            "requested_mw": table.mw,
            "probability_by_itself": chance,
            "probability_need_met": need_met / d,
            "probability_this_site": built / d,
            "other_filings": siblings / d,
        }
    )


def drivers_table(table: Table, driver: Floats, total: Floats, cross: Floats, samples: int) -> Any:
    """Share of the last year's variance that goes with each need: covariance with the total over its variance."""
    import pandas as pd

    variance = driver[1] / samples - (driver[0] / samples) ** 2
    share = (cross / samples - total / samples * driver[0] / samples) / variance if variance > 0 else np.zeros(len(total))
    order = np.argsort(-share)
    order = order[share[order] > 0]
    return pd.DataFrame(
        {"request_id": [table.ids[k] for k in order], "mean_mw": total[order] / samples, "share_of_variance": share[order]}
    )
