"""Large loads that give way: toys worked out by hand, enumeration, and what must hold whatever the system."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridroom.adequacy.engine import assess
from gridroom.adequacy.headroom import Curtailable, Lolh, headroom
from gridroom.adequacy.specs import MonteCarlo, ShortfallSamples
from gridroom.core.errors import StudyError
from gridroom.systems import LargeLoad, read_folder
from tests import builders
from tests.test_cli import gridroom

ONCE = MonteCarlo(samples=2, jobs=1)


def certain(load: list[float], loads: list[LargeLoad], mw: float = 100.0):
    """One region with a unit that never fails: every answer is exact."""
    return dataclasses.replace(builders.system(load, units=builders.units([0], mw, 0.0, 1.0)), large_loads=tuple(loads))


def large(kind: str, mw: float = 20.0, **more: float) -> LargeLoad:
    return LargeLoad(name=kind, region="R1", mw=np.array([mw]), kind=kind, **more)


# Load 90 MW in hours 0-5, then 70; with the large load of 20 MW, 10 MW are missing in each of six hours.
SIX_SHORT = [90.0] * 6 + [70.0] * 18


@pytest.mark.parametrize(("load", "lolh_h", "eue_mwh", "hours", "calls", "energy_mwh"), [
    (large("firm"), 6, 60, 0, 0, 0),
    (large("interruptible"), 0, 0, 6, 1, 60),
    (large("interruptible", max_hours_per_year=4), 2, 20, 4, 1, 40),
    # Three hours, an hour of rest, the fourth hour, then the budget is used up: short in hours 3 and 5.
    (large("interruptible", max_hours_per_year=4, max_hours_per_event=3, min_hours_between_events=1), 2, 20, 4, 2, 40),
    # Three hours, then two of rest (3 and 4), then hour 5.
    (large("interruptible", max_hours_per_event=3, min_hours_between_events=2), 2, 20, 4, 2, 40),
    # The shortage must have lasted two hours.
    (large("interruptible", notice_h=2), 2, 20, 4, 1, 40),
    # A quarter gives way: 5 of the 10 MW.
    (large("interruptible", curtailable_pct=25), 6, 30, 6, 1, 30),
    # Own generation of 20 MW with fuel for 1.5 hours at full power, 30 MWh: three hours of 10 MW.
    (large("backed", backup_mw=20, backup_fuel_h=1.5), 3, 30, 3, 1, 30),
    (large("backed", backup_mw=4), 6, 36, 6, 1, 24),
])
def test_by_hand(load, lolh_h, eue_mwh, hours, calls, energy_mwh):
    answer = assess(certain(SIX_SHORT, [load]), ONCE)
    assert answer.total.lolh_h.value == pytest.approx(lolh_h)
    assert answer.total.eue_mwh.value == pytest.approx(eue_mwh)
    if load.kind == "firm":
        assert not answer.help
        assert answer.without_help is None
        return
    help_ = answer.help[0]
    assert (help_.hours.value, help_.calls.value) == (hours, calls)
    assert help_.energy_mwh.value == pytest.approx(energy_mwh)
    assert answer.without_help.lolh_h.value == pytest.approx(6)
    assert answer.without_help.eue_mwh.value == pytest.approx(60)


@pytest.mark.parametrize(("window_h", "eue_mwh"), [(3, 0), (2, 5), (1, 10)])
def test_shiftable_is_made_good_within_its_window(window_h, eue_mwh):
    # Hour 0 lacks 15 MW; each later hour has 5 MW to spare, so each hour of window makes 5 MWh good.
    answer = assess(certain([95.0] + [75.0] * 5, [large("shiftable", max_shift_mw=20, window_h=window_h)]), ONCE)
    assert answer.total.eue_mwh.value == pytest.approx(eue_mwh)
    assert answer.help[0].energy_mwh.value == pytest.approx(15)


def test_fuel_comes_back_after_a_rest():
    load = [90.0] * 2 + [70.0] * 4 + [90.0] * 2
    backed = {"backup_mw": 10.0, "backup_fuel_h": 2.0}
    assert assess(certain(load, [large("backed", **backed)]), ONCE).total.eue_mwh.value == pytest.approx(20)
    assert assess(certain(load, [large("backed", **backed, backup_refuel_h=4)]), ONCE).total.eue_mwh.value == pytest.approx(0)


def test_order_is_shift_then_own_generation_then_interruption_and_firm_load_last():
    loads = [large("interruptible", 10), large("backed", 10, backup_mw=10), large("shiftable", 10, max_shift_mw=10)]
    # 25 MW are missing in hour 0: shift 10, own generation 10, interruption 5.
    answer = assess(certain([95.0, 40.0, 40.0], loads), ONCE)
    assert [h.energy_mwh.value for h in answer.help] == pytest.approx([5, 10, 10])
    assert answer.total.eue_mwh.value == 0
    # 35 MW are missing: all three give way fully, and 5 MW of firm load go unserved.
    answer = assess(certain([105.0, 40.0, 40.0], loads), ONCE)
    assert [h.energy_mwh.value for h in answer.help] == pytest.approx([10, 10, 10])
    assert answer.total.eue_mwh.value == pytest.approx(5)


def test_storage_and_demand_response_come_before_large_loads():
    system = dataclasses.replace(certain([95.0], [large("interruptible")]), storage=builders.stores([0], 6, 6, initial=6.0),
                                 demand_response=builders.demand_response([0], 4, 4, 8, 2, fail=0.0, repair=1.0))
    answer = assess(system, ONCE)
    assert answer.help[0].energy_mwh.value == pytest.approx(15 - 6 - 4)


def test_backed_units_that_fail_by_enumeration():
    # One hour, 12 MW missing; own generation in three units of 4 MW, out with 0.2 each.
    exact = sum(0.8 ** sum(up) * 0.2 ** (3 - sum(up)) * max(12 - 4 * sum(up), 0) for up in itertools.product((0, 1), repeat=3))
    load = large("backed", backup_mw=12, backup_units=3, backup_forced_outage_rate=0.2, backup_mttr_h=5)
    answer = assess(certain([92.0], [load]), MonteCarlo(samples=100_000))
    assert abs(answer.total.eue_mwh.value - exact) < 4 * answer.total.eue_mwh.stderr


def test_a_load_helps_over_ties_as_far_as_they_go():
    system = builders.system([[50], [50]], units=builders.units([0, 1], [[70], [35]], 0.0, 1.0),
                             interfaces=builders.ties([(0, 1)], 8))
    system = dataclasses.replace(system, large_loads=(dataclasses.replace(large("interruptible", 20), region="R1"),))
    answer = assess(system, ONCE)  # region 2 lacks 15 MW, 8 come over the tie from the load that gives way in region 1
    assert answer.regions[1].eue_mwh.value == pytest.approx(7)
    assert answer.help[0].energy_mwh.value == pytest.approx(8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_help_never_raises_risk_and_larger_budgets_never_help_less(seed):
    rng = np.random.default_rng(seed)
    base = builders.system(60 + 45 * rng.random(48), units=builders.units([0] * 4, 30, 0.1, 0.3))
    budget = float(rng.integers(1, 8))
    found = []
    for hours in (budget, budget + 4, np.inf):
        load = large("interruptible", 15, max_hours_per_year=hours)
        answer = assess(dataclasses.replace(base, large_loads=(load,)), MonteCarlo(samples=20, seed=seed, jobs=1),
                        ShortfallSamples())
        assert answer.total.eue_mwh.value <= answer.without_help.eue_mwh.value + 1e-9
        assert answer.help[0].hours.value <= hours
        found.append(answer.samples[:, -1, 0])
    assert (found[1] <= found[0] + 1e-9).all()
    assert (found[2] <= found[1] + 1e-9).all()
    firm = assess(dataclasses.replace(base, large_loads=(large("firm", 15),)), MonteCarlo(samples=20, seed=seed, jobs=1))
    assert answer.without_help.eue_mwh.value == pytest.approx(firm.total.eue_mwh.value)


def test_headroom_of_a_load_that_gives_way_is_larger():
    system = certain([60.0 + 3 * k for k in range(10)], [], 100.0)
    method = MonteCarlo(samples=4, jobs=1)
    # A flat load of x makes every hour with 60 + 3 k + x > 100 short: at most 2 h leaves x <= 100 - 81.
    assert headroom(system, "R1", Lolh(2.0), method).room_mw.value == pytest.approx(19, abs=0.02)
    # Three more hours may be interrupted in full: the sixth hour from the top counts.
    assert headroom(system, "R1", Lolh(2.0), method, curtailable=Curtailable(100, 3)).room_mw.value == pytest.approx(28, abs=0.02)


def test_folder_with_large_loads(tmp_path):
    from tests.test_systems import folder

    path = folder(tmp_path / "s")
    with (path / "system.toml").open("a") as file:
        file.write('[[large_loads]]\nname = "Campus A"\nregion = "A"\nmw = 20\nkind = "interruptible"\nmax_hours_per_year = 2\n')
    (path / "large_loads.csv").write_text("name,region,kind,profile,backup_mw\nCampus B,B,backed,b.csv,15\n")
    (path / "b.csv").write_text("value\n5\n10\n15\n")
    system = read_folder(path)
    assert [load.kind for load in system.large_loads] == ["interruptible", "backed"]
    assert system.large_loads[1].mw.tolist() == [5, 10, 15]
    document = json.loads(gridroom("adequacy", str(path), "--samples", "200", "--json").stdout)
    assert [load["name"] for load in document["large_loads"]] == ["Campus A", "Campus B"]
    assert document["without_flexibility"]["total"]["eue_mwh"]["value"] >= document["total"]["eue_mwh"]["value"]


@pytest.mark.parametrize(("line", "word"), [
    ('kind = "interuptible"\nmw = 5', "did you mean 'interruptible'"), ("mw = -5", "must be numbers of at least 0"),
    ("mww = 5", "did you mean 'mw'"), ('kind = "backed"\nmw = 5', "backup_mw is missing"),
    ('kind = "shiftable"\nmw = 5', "max_shift_mw is missing"), ("mw = 5\ncurtailable_pct = 120", "must lie in"),
    ('mw = "many"', "must be a number"), ('profile = "none.csv"', "cannot be read"), ("kind = 'firm'", "mw, profile and campus")])
def test_bad_large_loads(tmp_path, line, word):
    from tests.test_systems import folder

    path = folder(tmp_path / "s")
    (path / "large_loads.toml").write_text(f'[[large_loads]]\nname = "x"\nregion = "A"\n{line}\n')
    with pytest.raises(StudyError, match=word):
        read_folder(path)
