"""Kernels for loads that give way: deliverable margin of one region by tight hour, and days lost at a load.

The margin of an hour is what the region could still serve from its own and others' unused generation, before stores. A day's stores
carry what is left, as in `room_kernel`; what a flexible load can do is worked out afterwards, from these hours alone.
"""

from __future__ import annotations

from numba import njit

from gridroom.adequacy.dispatch import set_limits, set_step, share_generation, solve_rest
from gridroom.adequacy.flow import TOLERANCE_MW
from gridroom.adequacy.room_kernel import deliverable
from gridroom.adequacy.storage import set_now

DAY_HOURS = 24


@njit(cache=True, nogil=True, error_model="numpy")
def record_hours(margin, tight, steps, stores, store_up, network, work, spare, region, cap, hour, value, kept):
    """Dispatch one weather year and note the region's hours with less than `cap` to deliver.

    Parameters
    ----------
    margin : float32 array (R, T)
    tight : uint8 array (T,)
        As `margins` leaves it.
    region : int
    cap : float
        Margin above which an hour is not noted [MW].
    hour : int32 array (T,)
        Out: hours noted.
    value : float32 array (T,)
        Out: deliverable margin before stores [MW].
    kept : float32 array (T, 3)
        Out: energy and power in the region's stores as the hour begins [MWh, MW], unserved load after all [MW].

    Returns
    -------
    int
        Hours noted.
    """
    set_limits(network, 0, work)
    set_now(stores, store_up, 0, work.now)
    work.now.energy[:] = work.now.limit
    count = 0
    full = True
    for t in range(steps):
        if full and tight[t] == 0:
            continue
        short = set_step(margin, network, t, work)
        if short:
            share_generation(network, work)
        m = float(margin[region, t])
        noted = False
        if m < cap:
            room = -work.need[region]
            if work.need[region] <= TOLERANCE_MW:
                room = deliverable(m, region, cap, work.supply, work.flow, network, work, spare)
            if room < cap:
                noted = True
                energy, power, now = 0.0, 0.0, work.now
                for s in range(now.first[region], now.first[region + 1]):
                    energy += now.energy[s] * now.discharge_efficiency[s]
                    power += now.power[s]
                hour[count], value[count] = t, room
                kept[count, 0], kept[count, 1], kept[count, 2] = energy, power, 0.0
                count += 1
        full = solve_rest(1.0, network, work, short, 1)
        if noted and short and work.unserved[region] > TOLERANCE_MW:
            kept[count - 1, 2] = work.unserved[region]
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def hours_needed(value, energy, power, load, low):
    """Fewest hours of a day in which the load must fall to `low` so that the stores carry the rest; -1: it never does.

    `value` are the day's margins in rising order. Worst hours are taken first.
    """
    count = len(value)
    short, worst = 0.0, 0.0
    for i in range(count):
        gap = load - value[i]
        if gap > 0.0:
            short += gap
    if count and load - value[0] > 0.0:
        worst = load - value[0]
    if short <= energy + TOLERANCE_MW and worst <= power + TOLERANCE_MW:
        return 0
    for k in range(1, count + 1):
        cut, left = load - value[k - 1], low - value[k - 1]
        short += max(left, 0.0) - max(cut, 0.0)
        worst = max(low - value[0], load - value[k] if k < count else 0.0)
        if short <= energy + TOLERANCE_MW and worst <= power + TOLERANCE_MW:
            return k
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def days_lost(first, value, energy, power, sample, load, give, extra, lost, called, moved):
    """Days a sample loses at a load that gives way, day by day, without foresight.

    Parameters
    ----------
    first : int64 array (D + 1,)
        First hour of each day in `value`.
    value : float64 array
        Deliverable margins [MW], rising within a day.
    energy, power : float64 array (D,)
        Of the region's stores as the day's tight hours begin [MWh, MW].
    sample : int64 array (D,)
        Days of one sample stand together, in order of time.
    load : float
        Load added [MW].
    give : tuple of float
        Share that gives way, hours a day, hours a year, and whether what is cut is caught up in the same day (1) or not (0).
    extra : tuple of float
        Own store of the load: power and hours at full power, both per MW of load.
    lost : float64 array (N,)
        Out: days lost by sample.
    called : float64 array (N,)
        Out: hours called by sample.
    moved : float64 array (hours,)
        Out: 1 where the load gives way.
    """
    share, per_day, per_year, catch_up = give
    lost[:] = 0.0
    called[:] = 0.0
    moved[:] = 0.0
    low = (1.0 - share) * load
    for d in range(len(energy)):
        a, b, n = first[d], first[d + 1], sample[d]
        if b == a or value[a] >= load:
            continue
        stored = energy[d] + extra[0] * extra[1] * load
        strength = power[d] + extra[0] * load
        need = hours_needed(value[a:b], stored, strength, load, low)
        fits = 0 <= need <= per_day and called[n] + need <= per_year
        if fits and need > 0 and catch_up > 0.0:
            # What was cut is made up in the day's other hours, as far as margin and the load's own rating (its cut again) allow.
            owed = need * share * load
            back = (DAY_HOURS - (b - a)) * share * load
            for i in range(a + need, b):
                back += min(max(value[i] - load, 0.0), share * load)
            fits = back >= owed
        if not fits:
            lost[n] += 1.0
        else:
            called[n] += need
            for i in range(a, a + need):
                moved[i] = 1.0
