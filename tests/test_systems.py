"""Systems: PRAS files, folders of tables, and everything that can be wrong with them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from gridroom.adequacy.engine import assess
from gridroom.adequacy.headroom import Lolh, headroom
from gridroom.adequacy.specs import Convolution, MonteCarlo, StorageEnergy
from gridroom.core.errors import StudyError
from gridroom.systems import read_folder, read_pras, rts79, write_folder
from gridroom.systems.system import Units
from tests import builders

PRAS = Path(__file__).parents[2] / "shared" / "data" / "pras"
needs_pras = pytest.mark.skipif(not PRAS.is_dir(), reason="the shared PRAS files are not here")


@needs_pras
def test_toymodel():
    system = read_pras(PRAS / "toymodel.pras")
    assert (system.axis.steps, system.axis.step_h) == (288, 1 / 12)
    assert system.load_mw.sum() * system.axis.step_h == pytest.approx(3119)
    surplus = system.units.capacity_mw.sum(axis=0) - system.load_mw[0]
    assert surplus.mean() == pytest.approx(96.6667, abs=1e-3)
    assert surplus.min() == 25
    assert assess(system, MonteCarlo(samples=20)).total.eue_mwh.value == 0


@needs_pras
def test_rts_pras_with_scaled_load():
    system = read_pras(PRAS / "rts.pras")
    assert (len(system.regions), len(system.units.names)) == (3, 153)
    assert system.load_mw.sum() == 37_655_753
    scaled = dataclasses.replace(system, load_mw=np.floor(1.2 * system.load_mw + 0.5))
    assert scaled.load_mw.sum() == 45_186_966
    answer = assess(scaled, MonteCarlo(samples=3000, seed=2), StorageEnergy())
    reference = {"lolh_h": (6.4921, 0.0106), "eue_mwh": (1356.56, 3.31), "lolev": (2.6198, 0.0035),
                 "lole_days": (2.5333, 0.0033)}
    for key, (value, error) in reference.items():
        estimate = getattr(answer.total, key)
        assert abs(estimate.value - value) < 4 * np.hypot(estimate.stderr, error), key
    assert answer.energy_mwh.mean() == pytest.approx(149.876, abs=0.05)


@needs_pras
@pytest.mark.parametrize(("region", "lolh_h", "eue_mwh"), [(0, 9.567255, 1248.12428), (2, 0.2666372, 30.101826)])
def test_rts_pras_regions_alone_generators_only(region, lolh_h, eue_mwh):
    system = read_pras(PRAS / "rts.pras")
    units = system.units
    mine = (units.region == region) & (np.array(units.names) != "212_CSP_1")
    alone = Units(names=tuple(np.array(units.names)[mine]), categories=tuple(np.array(units.categories)[mine]),
                  region=np.zeros(mine.sum(), np.int64), capacity_mw=units.capacity_mw[mine],
                  failure_probability=units.failure_probability[mine], repair_probability=units.repair_probability[mine])
    single = builders.system(system.load_mw[region], units=alone)
    answer = assess(single, MonteCarlo(samples=20_000, seed=3))
    assert abs(answer.total.lolh_h.value - lolh_h) < 4 * answer.total.lolh_h.stderr
    assert abs(answer.total.eue_mwh.value - eue_mwh) < 4 * answer.total.eue_mwh.stderr


def test_truncated_and_foreign_files(tmp_path):
    path = tmp_path / "broken.pras"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + b"0" * 100)
    with pytest.raises(StudyError, match="cannot be read as HDF5"):
        read_pras(path)
    with pytest.raises(StudyError, match="does not exist"):
        read_pras(tmp_path / "nothing.pras")
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["pras_dataversion"] = "v0.8.0"
    with pytest.raises(StudyError) as caught:
        read_pras(path)
    assert len(caught.value.problems) == 7


@pytest.mark.parametrize("system", [builders.system_1(), builders.system_2(), builders.system_a(), rts79()])
def test_folder_round_trip(system, tmp_path):
    write_folder(system, tmp_path)
    back = read_folder(tmp_path)
    assert (back.load_mw == system.load_mw).all()
    assert back.axis == system.axis
    for part in ("units", "storage", "interfaces", "lines"):
        for field in dataclasses.fields(getattr(system, part)):
            a, b = getattr(getattr(system, part), field.name), getattr(getattr(back, part), field.name)
            assert np.array_equal(np.asarray(a), np.asarray(b)), (part, field.name)


def folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    (path / "system.toml").write_text(
        'name = "two"\nstart = 2030-01-01T00:00:00\nstep_minutes = 60\nsteps = 3\nzone = "America/New_York"\n')
    (path / "regions.csv").write_text("name\nA\nB\n")
    (path / "load.csv").write_text("A,B\n50,60\n55,65\n52,61\n")
    (path / "units.csv").write_text("name,region,category,capacity_mw,forced_outage_rate,mttr_h\n"
                                    "u1,A,gas,80,0.05,40\nu2,B,gas,90,0.05,40\n")
    (path / "interfaces.csv").write_text("from,to,forward_mw,backward_mw\nA,B,20,20\n")
    return path


def test_folder_with_rates(tmp_path):
    system = read_folder(folder(tmp_path / "s"))
    assert system.units.repair_probability[0, 0] == pytest.approx(1 / 40)
    assert system.units.failure_probability[0, 0] == pytest.approx(0.05 / 0.95 / 40)
    assert system.axis.start.utcoffset().total_seconds() == -5 * 3600


def test_every_fault_of_a_folder_at_once(tmp_path):
    path = folder(tmp_path / "s")
    (path / "load.csv").write_text("A,B\n50,60\n-55,oops\n")
    (path / "units.csv").write_text("name,region,category,capacity_mw,forced_outage_rate,mttr_h\n"
                                    "u1,A,gas,80,5,40\nu2,C,gas,,0.05,0\n")
    (path / "interfaces.csv").write_text("from,to,forward_mw,backward_mw\nA,Z,20,20\n")
    with pytest.raises(StudyError) as caught:
        read_folder(path)
    text = str(caught.value)
    for part in ("load must have 3 rows", "is it in percent?; got 5", "got 'C'", "capacity_mw must be a number",
                 "mttr_h must be greater than 0; got 0", "got 'Z'"):
        assert part.split("; ")[0] in text.replace("s/", ""), (part, text)


@pytest.mark.parametrize(("change", "word"), [
    (lambda p: (p / "system.toml").write_text("start = [broken"), "is not TOML"),
    (lambda p: (p / "system.toml").write_text('start = 2030-01-01\nstep_minutes = 60\nsteps = 3\nzone = "Mars/Base"'),
     "is not a time zone"),
    (lambda p: (p / "units.csv").write_text("name,region\nu1,A\n"), "column capacity_mw is missing"),
    (lambda p: (p / "units.csv").write_bytes(b"\x00\xff\xfe broken"), "units.csv"),
    (lambda p: (p / "load.csv").unlink(), "load.csv is missing"),
    (lambda p: (p / "demand_response.csv").write_text("name\nx\n"), "column region is missing"),
    (lambda p: (p / "units.csv").write_text("name,region,capacity_mw,failure_probability,repair_probability\n"
                                            "u1,A,-5,0.1,0.9\n"), "must be at least 0; got -5"),
    (lambda p: (p / "interfaces.csv").write_text("from,to,forward_mw,backward_mw\nA,A,20,20\n"), "must join two regions"),
    (lambda p: (p / "interfaces.csv").write_text("from,to,forward_mw,backward_mw\nA,B,-20,20\n"), "must be at least 0"),
])
def test_single_faults_of_a_folder(tmp_path, change, word):
    path = folder(tmp_path / "s")
    change(path)
    with pytest.raises(StudyError, match=word.replace("(", "\\(")):
        read_folder(path)


@pytest.mark.parametrize(("change", "word"), [
    (lambda p: (p / "load.csv").write_text("A,B\n50,60,5\n55,65,5\n52,61,5\n"), "load"),
    (lambda p: (p / "load.csv").write_text("A,B,C\n50,60,5\n55,65,5\n52,61,5\n"), "column C is not known"),
    (lambda p: (p / "interface.csv").write_text("from,to\n"), "did you mean 'interfaces'"),
    (lambda p: ((p / "interfaces.csv").unlink(), (p / "lines.csv").write_text("name,from,to\nl,A,B\n")),
     "missing beside lines"),
    (lambda p: (p / "units.csv").write_text("name,region,capacity_mw,forced_outage_rate,mttr_h\nu,A,80,0.8,1\n"),
     "would fail more than once a step"),
    (lambda p: (p / "storage.csv").write_text("name,region,discharge_mw,energy_mwh,initial_energy_mwh\ns,A,5,20,90\n"),
     "must lie in .0, 20."),
    (lambda p: (p / "regions.csv").write_text("name\n"), "at least one region"),
])
def test_faults_that_would_pass_in_silence(tmp_path, change, word):
    path = folder(tmp_path / "s")
    change(path)
    with pytest.raises(StudyError, match=word):
        read_folder(path)


def test_names_stay_as_written_and_decimals_are_fine(tmp_path):
    path = folder(tmp_path / "s")
    (path / "regions.csv").write_text("name\n01\nNA\n")
    (path / "load.csv").write_text("01,NA\n50.5,60\n55,65\n52,61\n")
    (path / "units.csv").write_text("name,region,capacity_mw,failure_probability,repair_probability\n"
                                    "u1,01,80,0.1,0.9\nu2,NA,90,0.1,0.9\n")
    (path / "interfaces.csv").write_text("from,to,forward_mw,backward_mw\n01,NA,20.5,20\n")
    system = read_folder(path)
    assert system.regions == ("01", "NA")
    answer = assess(system, MonteCarlo(samples=4000, seed=1))
    # Either region alone is short when its unit is out: 0.1 an hour, three hours; ties leave something unserved.
    for region in answer.regions:
        assert abs(region.lolh_h.value - 0.3) < 4 * region.lolh_h.stderr


def test_convolution_refuses_what_it_cannot_do():
    with pytest.raises(StudyError, match="convolution takes one region"):
        assess(builders.system_1(), Convolution())
    with pytest.raises(StudyError, match="cannot couple hours"):
        assess(builders.system_2(), Convolution())


@pytest.mark.parametrize(("hours", "room_mw"), [(2.4, -174.210), (3.0, -147.216)])
def test_headroom_of_rts79(hours, room_mw):
    answer = headroom(rts79(), "1", Lolh(hours), Convolution())
    assert answer.room_mw.value == pytest.approx(room_mw, abs=0.02)
    risks = [risk.lolh_h.value for _, risk in answer.curve]
    assert risks == sorted(risks)


def test_headroom_by_simulation_agrees_with_convolution():
    answer = headroom(rts79(), "1", Lolh(2.4), MonteCarlo(samples=20_000, seed=5))
    assert abs(answer.room_mw.value + 174.210) < 4 * answer.room_mw.stderr
    with pytest.raises(StudyError, match="does not exist"):
        headroom(rts79(), "2")
