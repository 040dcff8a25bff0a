""".pras files both ways, folders both ways, and what cannot be kept."""

from __future__ import annotations

import dataclasses
import json

import h5py
import numpy as np
import pytest

from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import Flow, MonteCarlo, StorageEnergy, Surplus
from gridroom.core.errors import StudyError
from gridroom.systems import LargeLoad, System, read_folder, read_pras, rts79, rts_gmlc, write_folder, write_pras
from gridroom.systems.assets import COLUMNS
from tests import builders
from tests.test_cli import gridroom
from tests.test_systems import PRAS, needs_pras


def everything(step_h: float = 1.0) -> System:
    """Three regions with every kind of asset, some varying in time."""
    rng = np.random.default_rng(1)
    steps = 12
    whole = rng.integers(5, 30, (2, steps)).astype(float)
    base = builders.system(rng.integers(40, 90, (3, steps)), step_h)
    return dataclasses.replace(
        base, attributes={"author": "somebody", "note": "a test"},
        units=builders.units([2, 0, 1, 0], rng.integers(10, 80, (4, steps)), 0.05, 0.5),
        storage=builders.stores([0, 2], [[10], [5]], whole, (0.9, 0.8), fail=0.01, repair=0.5),
        hybrids=builders.hybrids([1, 1], whole, 20, 5, 8, 40, (0.9, 1.0), fail=0.02, repair=0.3),
        demand_response=builders.demand_response([0, 1], 5, 4, 20, [[3], [6]], interest=0.01, efficiency=(0.9, 0.95)),
        interfaces=builders.ties([(0, 1), (1, 2)], rng.integers(5, 50, (2, steps))),
        lines=builders.lines([0, 0, 1], [[10], [20], [30]]))


def same(a: System, b: System) -> None:
    assert a.axis == b.axis
    assert a.regions == b.regions
    assert a.attributes == b.attributes
    assert np.array_equal(a.load_mw, b.load_mw)
    for part, columns in COLUMNS.items():
        for column in (*columns, *(() if part == "interfaces" else ("names", "categories"))):
            one, two = getattr(getattr(a, part), column), getattr(getattr(b, part), column)
            if isinstance(one, np.ndarray):
                one, two = (np.broadcast_to(t, (len(t), a.axis.steps)) for t in (one, two))
            assert np.array_equal(one, two), (part, column)


@pytest.mark.parametrize("step_h", [1.0, 0.25, 1 / 12, 24.0])
def test_everything_round_trips_both_ways(tmp_path, step_h):
    system = everything(step_h)
    write_pras(system, tmp_path / "a.pras")
    same(system, read_pras(tmp_path / "a.pras"))
    write_folder(system, tmp_path / "folder")
    same(system, read_folder(tmp_path / "folder"))
    with h5py.File(tmp_path / "a.pras") as file:
        assert file.attrs["pras_dataversion"] == b"v0.8.0"
        assert file["demandresponses"]["borrowedenergyinterest"].shape == (12, 2)
        kind = file["generators/_core"].id.get_type()
        assert kind.get_member_type(0).get_strpad() == h5py.h5t.STR_NULLTERM


@needs_pras
@pytest.mark.parametrize("name", ["rts", "toymodel"])
def test_public_files_lose_nothing(tmp_path, name):
    write_pras(read_pras(PRAS / f"{name}.pras"), tmp_path / "back.pras")
    with h5py.File(PRAS / f"{name}.pras") as a, h5py.File(tmp_path / "back.pras") as b:
        names: list[str] = []
        a.visit(names.append)
        assert sorted(names) == sorted([*b, *(f"{g}/{d}" for g in b for d in b[g])])
        for path in names:
            if isinstance(a[path], h5py.Dataset):
                assert a[path].dtype == b[path].dtype
                assert np.array_equal(a[path][()], b[path][()]), path
        for key, value in a.attrs.items():
            assert b.attrs[key] == value or key == "pras_dataversion"


@needs_pras
def test_convert_both_ways_at_the_command_line(tmp_path):
    gridroom("convert", str(PRAS / "rts.pras"), str(tmp_path / "rts"))
    found = json.loads(gridroom("convert", str(tmp_path / "rts"), str(tmp_path / "rts.pras"), "--json").stdout)
    assert found["units"] == 153
    same(read_pras(PRAS / "rts.pras"), read_pras(tmp_path / "rts.pras"))


@pytest.mark.parametrize("version", ["v0.5.0", "v0.6.0", "v0.7.1", "v0.8.3"])
def test_every_data_version_is_read(tmp_path, version):
    path = tmp_path / "a.pras"
    write_pras(builders.system_1(), path)
    with h5py.File(path, "a") as file:
        file.attrs["pras_dataversion"] = np.bytes_(version)
    same(builders.system_1(), read_pras(path))


def test_units_of_power_and_energy(tmp_path):
    system = dataclasses.replace(builders.system_1(), load_mw=np.array([[8.25], [9.5]]))
    write_pras(system, tmp_path / "a.pras")  # not whole MW: kW keep it
    with h5py.File(tmp_path / "a.pras") as file:
        assert file.attrs["power_unit"] == b"kW"
    same(system, read_pras(tmp_path / "a.pras"))


def test_what_cannot_be_kept_is_listed(tmp_path):
    load = LargeLoad(name="x", region="R2", mw=np.array([1.0]))
    system = dataclasses.replace(builders.system_1(), large_loads=(load,), load_mw=np.array([[8.00001], [9.0]]),
                                 storage=builders.stores([0], 5, 5, initial=2.0), regions=("Rö", "R2"))
    with pytest.raises(StudyError) as caught:
        write_pras(system, tmp_path / "a.pras")
    assert not (tmp_path / "a.pras").exists()
    text = str(caught.value)
    for word in ("large_loads", "initial_mwh", "whole kW", "must be ASCII"):
        assert word in text
    write_folder(rts79(), tmp_path / "f")
    done = gridroom("convert", str(tmp_path / "f"), str(tmp_path / "b.pras"), code=3)
    assert "whole kW" in done.stderr
    gridroom("convert", str(tmp_path / "f"), str(tmp_path / "b.pras"), "--lossy")


@pytest.mark.parametrize(("change", "word"), [
    (lambda f: f["generators/capacity"].__setitem__((0, 0), -5), "must be at least 0; got -5"),
    (lambda f: f["generators/failureprobability"].__setitem__((1, 1), 1.5), r"must lie in \[0, 1\]; got 1.5"),
    (lambda f: f["generators/repairprobability"].__setitem__((1, 1), np.nan), "a value is missing"),
    (lambda f: f.attrs.__setitem__("timestep_count", 11), "check timestep_count"),
    (lambda f: f.attrs.__setitem__("pras_dataversion", np.bytes_("v0.9.0")), "must be v0.5 to v0.8; got v0.9.0"),
    (lambda f: f.attrs.__setitem__("power_unit", np.bytes_("PW")), "must be one of kW, MW, GW, TW"),
    (lambda f: f.attrs.__setitem__("timestep_unit", np.bytes_("fortnight")), "must be one of sec, min, h, d"),
    (lambda f: f.__delitem__("generators/capacity"), "generators/capacity is missing"),
    (lambda f: f.__delitem__("regions"), "regions"),
    (lambda f: f["regions/load"].__setitem__((0, 0), -1), "must be at least 0; got -1"),
])
def test_broken_files_are_told_by_place(tmp_path, change, word):
    path = tmp_path / "broken.pras"
    write_pras(everything(), path)
    with h5py.File(path, "a") as file:
        change(file)
    with pytest.raises(StudyError, match=word):
        read_pras(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_truncated_files(tmp_path, share):
    path = tmp_path / "cut.pras"
    write_pras(everything(), path)
    data = path.read_bytes()
    path.write_bytes(data[:int(len(data) * share)])
    with pytest.raises(StudyError):
        read_pras(path)
    assert gridroom("adequacy", str(path), code=3).stderr


def test_unknown_regions_and_doubled_names(tmp_path):
    path = tmp_path / "a.pras"
    write_pras(everything(), path)
    with h5py.File(path, "a") as file:
        core = file["generators/_core"][()]
        core["region"][0], core["name"][1] = b"Atlantis", core["name"][2]
        file["generators/_core"][()] = core
    with pytest.raises(StudyError, match="names no region; got 'Atlantis'"):
        read_pras(path)


@needs_pras
def test_toymodel_surplus():
    answer = assess(read_pras(PRAS / "toymodel.pras"), MonteCarlo(samples=2), Surplus())
    assert answer.total.lolh_h.value == 0
    assert answer.surplus_mw.mean() == pytest.approx(96.6667, abs=1e-3)
    assert answer.surplus_mw.min() == 25


def test_flow_and_surplus_of_system_1():
    answer = assess(builders.system_1(), MonteCarlo(samples=100_000, seed=3), Flow(), Surplus())
    assert answer.surplus_mw[:, 0] == pytest.approx([5.733, 4.914], abs=0.06)
    assert answer.utilisation[0] == pytest.approx(0.231625, abs=0.005)
    assert answer.flow_mw[0] == pytest.approx(0.081, abs=0.03)


def test_surplus_of_system_2():
    answer = assess(builders.system_2(), MonteCarlo(samples=200_000, seed=5), Surplus(), StorageEnergy())
    assert answer.surplus_mw[0] == pytest.approx([0.18, 1.4022], abs=0.02)
    assert answer.energy_mwh[0] == pytest.approx([1.62, 2.2842], abs=0.03)


def test_rts_gmlc_is_like_the_pras_file_without_its_solar_thermal_plant():
    system = rts_gmlc(1.2)
    assert (len(system.regions), len(system.units.names)) == (3, 153)
    answer = assess(system, MonteCarlo(samples=2000, seed=2))
    # With the plant PRAS's own file gives 6.49 h at this load; 200 MW less must give more.
    assert 6.6 < answer.total.lolh_h.value < 9.5
