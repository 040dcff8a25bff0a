"""Sampled load paths from needs: is it built, where, how large, how late, how fast.

Per need and sample: X = a_m Z_m(year) + a_z Z_zone + a_o Z_sponsor + sqrt(1 - a^2) e, built where Phi(X) < F, so that the marginal
chance is exactly F, the highest of its sites' chances; the site is drawn with weights p / (1 - p), without replacement where
several are wanted. Size, delay and pace are drawn once a need.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from gridroom.core.draws import key_of, uniform, unit_key

STREAM_NEED = np.uint64(33)
STREAM_FACTOR = np.uint64(34)
U_BUILT, U_SITE, U_SIZE, U_DELAY, U_PACE, U_EXTRA, U_LEAD = 0, 100, 1, 2, 4, 200, 5
KNOTS = 8
STEPS = 5  # asked and one site each, survives, in service, size, ramp


@njit(cache=True, nogil=True)
def normal_quantile(p):
    """Standard normal quantile (Wichura 1988, algorithm AS 241, doi 10.2307/2347330); relative error below 1e-7."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((5.9109374720e1 * r + 1.5929113202e2) * r + 5.0434271938e1) * r + 3.3871327179)
            / (((6.7187563600e1 * r + 7.8757757664e1) * r + 1.7895169469e1) * r + 1.0)
        )
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    if r <= 5.0:
        r -= 1.6
        x = (((1.7023821103e-1 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) / (
            (1.2021132975e-1 * r + 7.3700164250e-1) * r + 1.0
        )
    else:
        r -= 5.0
        x = (((1.7337203997e-2 * r + 4.2868294337e-1) * r + 3.0812263860) * r + 6.6579051150) / (
            (1.2258202635e-2 * r + 2.4197894225e-1) * r + 1.0
        )
    return -x if q < 0.0 else x


@njit(cache=True, nogil=True, inline="always")
def normal_cdf(x):
    """Standard normal distribution."""
    return 0.5 * math.erfc(-x * 0.7071067811865476)


@njit(cache=True, nogil=True)
def from_table(table, u):
    """Value at share u of a table of quantiles."""
    x = u * (len(table) - 1)
    k = min(int(x), len(table) - 2)
    return table[k] + (x - k) * (table[k + 1] - table[k])


@njit(cache=True, nogil=True)
def ramp_share(age, knots):
    """Share of the full load at an age in years: 0 at 0, then the knots at the middles of the years."""
    if age <= 0.0:
        return 0.0
    if age <= 0.5:
        return knots[0] * age / 0.5
    x = age - 0.5
    k = int(x)
    if k >= len(knots) - 1:
        return knots[-1]
    return knots[k] + (x - k) * (knots[k + 1] - knots[k])


@njit(cache=True, nogil=True)
def own_ramp(age, first, ramp, years):
    """Share of the full load at an age by a request's own steps (one a year from its first year); 0 before."""
    if age <= 0.0:
        return 0.0
    k = int(age)
    if k >= years:
        return ramp[first + years - 1]
    low = ramp[first + k - 1] if k > 0 else 0.0
    return low + (age - k) * (ramp[first + k] - low)


@njit(cache=True, nogil=True)
def sample_paths(
    seed, samples, first_site, first_row, row, lead, wanted, need_key, stands_on, odds, group, stage, shift, region, zone_key,
    sponsor_key, mw, seen, start, delay_mean, lead_time, ramp_first, ramp_years, ramp_step, knots, size_table, pace_spread,
    size_common, weight, years, as_of, persistence, forced, paths, steps, driver_year, driver_sum, driver_cross, best_year
):
    """Add the load of the given samples to `paths` (N, Y, R), the expected steps to `steps` (Y, STEPS), and to the sums from which
    each lead row's share of the spread follows.
    """
    needs, n_years = len(lead), len(years)
    built_row = np.empty(needs, np.int64)
    built_mw = np.empty(needs)
    market = np.empty(n_years)
    left = np.empty(64)
    for a in range(len(samples)):
        s = samples[a]
        factors = key_of(seed, STREAM_FACTOR, s)
        market[0] = normal_quantile(uniform(factors, 0) - 1e-16)
        for y in range(1, n_years):
            market[y] = persistence * market[y - 1] + math.sqrt(1.0 - persistence**2) * normal_quantile(uniform(factors, y) - 1e-16)
        size_shift = size_common * normal_quantile(uniform(factors, 1000) - 1e-16)
        base = key_of(seed, STREAM_NEED, s)
        n_built, total = 0, 0.0
        for c in range(needs):
            key = unit_key(base, need_key[c])
            i = lead[c]
            p = _chance(odds[s, group[i], stage[i]], shift[i])
            if forced[i] >= 0.0:
                p = forced[i]
            if p <= 0.0:
                continue
            if p < 1.0:
                y = min(max(int(start[i]) - years[0], 0), n_years - 1)
                common = (
                    weight[0] * market[y] + weight[1] * _score(factors, zone_key[i]) + weight[2] * _score(factors, sponsor_key[i])
                )
                rest = math.sqrt(1.0 - weight[0] ** 2 - weight[1] ** 2 - weight[2] ** 2)
                conditional = normal_cdf((normal_quantile(p) - common) / rest)
                if uniform(key, U_BUILT) > conditional:
                    continue
            first, last = first_site[c], first_site[c + 1]
            count = min(last - first, 64)
            total_weight = 0.0
            for k in range(count):
                best = 0.0
                for r in range(first_row[first + k], first_row[first + k + 1]):
                    j = row[r]
                    pj = forced[j] if forced[j] >= 0.0 else _chance(odds[s, group[j], stage[j]], shift[j])
                    best = max(best, pj)
                left[k] = best / max(1.0 - best, 1e-6)
                total_weight += left[k]
            share = from_table(size_table, uniform(key, U_SIZE))
            share = 1.0 / (1.0 + (1.0 / max(share, 1e-9) - 1.0) * math.exp(-size_shift))
            slow = -0.5 * math.log(uniform(key, U_DELAY) * uniform(key, U_DELAY + 1))
            pace = math.exp(pace_spread * normal_quantile(uniform(key, U_PACE) - 1e-16))
            hurry = -math.log(uniform(key, U_LEAD))
            project = 0.0
            for turn in range(min(wanted[c], count)):
                mark = uniform(key, U_SITE + turn) * total_weight
                pick = -1
                for k in range(count):
                    if left[k] <= 0.0:
                        continue
                    pick = k
                    mark -= left[k]
                    if mark <= 0.0:
                        break
                if pick < 0:
                    break
                total_weight -= left[pick]
                left[pick] = 0.0
                site = first + pick
                for r in range(first_row[site], first_row[site + 1]):
                    j = row[r]
                    if stands_on[j] and stage[j] < 6:
                        pj = forced[j] if forced[j] >= 0.0 else _chance(odds[s, group[j], stage[j]], shift[j])
                        if uniform(key, U_EXTRA + r - first_row[site]) > pj:
                            continue
                    when, part = start[j], share
                    if seen[j] >= 0.0:  # what is energised and metered draws at least what was seen
                        part = seen[j]
                    if stage[j] < 6:
                        when = max(start[j] + delay_mean[i] * slow, as_of + lead_time[stage[j]] * (0.6 + 0.4 * hurry))
                    for y in range(n_years):
                        if int(start[j]) <= years[y]:
                            steps[y, 1] += mw[j]
                        age = years[y] + 1.0 - when
                        if age <= 0.0:
                            continue
                        steps[y, 2] += mw[j]
                        steps[y, 3] += mw[j] * part
                        g = (
                            own_ramp(age * pace, ramp_first[j], ramp_step, ramp_years[j])
                            if ramp_years[j] > 0
                            else ramp_share(age * pace, knots)
                        )
                        load = mw[j] * part * g
                        steps[y, 4] += load
                        paths[s, y, region[j]] += load
                        if y == best_year:
                            project += load
            if project > 0.0:
                built_row[n_built] = i
                built_mw[n_built] = project
                n_built += 1
                total += project
        driver_year[0] += total
        driver_year[1] += total * total
        for b in range(n_built):
            driver_sum[built_row[b]] += built_mw[b]
            driver_cross[built_row[b]] += built_mw[b] * total


@njit(cache=True, nogil=True, inline="always")
def _chance(p, shift):
    """Chance after a shift of its log odds."""
    if shift == 0.0 or p <= 0.0 or p >= 1.0:
        return p
    return 1.0 / (1.0 + (1.0 / p - 1.0) * math.exp(-shift))


@njit(cache=True, nogil=True)
def _score(factors, number):
    """Normal score of a zone or sponsor in this sample."""
    return normal_quantile(uniform(unit_key(factors, number), 0) - 1e-16)
