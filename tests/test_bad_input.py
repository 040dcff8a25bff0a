"""What a stranger tried: every fault is one clear message with the right exit code, and nothing passes in silence."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import Convolution, ImportanceSampling, MonteCarlo
from gridroom.core.errors import StudyError
from gridroom.systems import read_folder, read_pras, read_years, write_pras
from tests import builders
from tests.test_cli import gridroom
from tests.test_systems import folder

BASE = {"regions.csv": "name\nA\n", "load.csv": "A\n90\n90\n90\n90\n",
        "units.csv": "name,region,category,capacity_mw,failure_probability,repair_probability\nu,A,gas,100,0,1\n"}
SETTINGS = 'start = 2030-01-01T00:00:00\nstep_minutes = 60\nsteps = 4\n'


def write(path, files: dict[str, str], settings: str = SETTINGS):
    path.mkdir(exist_ok=True)
    (path / "system.toml").write_text(settings)
    for name, text in (BASE | files).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


@pytest.mark.parametrize(("files", "word"), [
    ({"regions.csv": "name,zone\nA,x\n"}, "column zone is not known"),
    ({"maintenance.csv": "unit,start,hours\nu,2030-01-01T00:00:00,-3\n"}, "must be greater than 0; got -3"),
    ({"maintenance.csv": "unit,start,hour,hours\nu,2030-01-01T00:00:00,3,3\n"}, "did you mean 'hours'"),
    ({"common_events.csv": "name,region,categories,probability,share_out,start,hours\nx,A,gas,1,1,2030-01-01,-2\n"},
     "must be greater than 0; got -2"),
    ({"common_events.csv": "name,region,categories,probability,share_out,start,hours\nx,A,gaz,1,1,2030-01-01,2\n"},
     "is in no unit's category"),
    ({"large_loads.toml": '[[large_load]]\nname = "x"\n'}, "did you mean 'large_loads'"),
    ({"large_loads.toml": '[large_loads]\nname = "x"\n'}, "must be a list of tables"),
    ({"large_loads.toml": '[[large_loads]]\nname = "x"\nregion = "A"\nmw = true\n'}, "must be a number; got True"),
    ({"large_loads.toml": '[[large_loads]]\nname = "x"\nregion = "A"\nmw = 1\nmax_hours_per_year = nan\n'}, "must be a number"),
    ({"large_loads.toml": '[[large_loads]]\nname = "x"\nregion = "A"\nmw = 1\nbackup_units = 2.7\n'}, "must be a whole number"),
    ({"weather/y1/laod.csv": "A\n1\n1\n1\n1\n"}, "did you mean 'load'"),
    ({"weather/load.csv": "A\n1\n"}, "is not a weather year"),
    ({"weather/y1/load.csv": "A\n1\n"}, "weather/y1/load must have 4 rows"),
    ({"demand_response.csv": "name,region,borrow_mw,energy_mwh,window_h\nd,A,5,5,1.4\n"}, "whole number of steps"),
    ({"demand_response.csv": "name,region,borrow_mw,energy_mwh,window_h\nd,A,5,5,-2\n"}, "whole number of steps"),
    ({"demand_response.csv": "name,region,borrow_mw,energy_mwh,window_h,window_steps\nd,A,5,5,2,2\n"}, "give one of them"),
    ({"storage_discharge_mw.csv": "s\n1\n1\n1\n1\n"}, "stands without its table storage"),
    ({"storage.csv": "name,region,discharge_mw,energy_mwh,failure_probability\ns,A,5,5,0.1\n"}, "beside the other probability"),
    ({"units.csv": "name,region,category,capacity_mw,failure_probability,repair_probability\n,A,gas,100,0,1\n"}, "name is empty"),
    ({"units.csv": "name,region,category,capacity_mw,failure_probability,repair_probability\n"}, "missing or empty"),
])
def test_nothing_passes_in_silence(tmp_path, files, word):
    with pytest.raises(StudyError, match=word):
        read_years(write(tmp_path / "s", files))


@pytest.mark.parametrize(("file", "text"), [
    ("interfaces.csv", "from,to,forward_mw,backwrd_mw\nA,B,10,0\n"),
    ("lines.csv", "name,from,to,forward_mw,forced_outage_rat\nl,A,B,10,0.5\n")])
def test_unknown_columns_of_ties(tmp_path, file, text):
    path = folder(tmp_path / "s")
    (path / file).write_text(text)
    with pytest.raises(StudyError, match="did you mean"):
        read_folder(path)


@pytest.mark.parametrize(("more", "word"), [
    ("large_loads = 5\n", "must be a list of tables"), ('large_loads = ["x"]\n', "must be a list of tables"),
    ("attributes = 3\n", "must be a table of words"), ("[attributes]\nx = 1\n", "")])
def test_settings_of_the_wrong_shape(tmp_path, more, word):
    path = write(tmp_path / "s", {}, SETTINGS + more)
    if not word:
        assert read_folder(path).attributes == {"x": "1"}
        return
    with pytest.raises(StudyError, match=word):
        read_folder(path)
    with pytest.raises(StudyError, match="must be a whole number"):
        read_folder(write(tmp_path / "s", {}, SETTINGS.replace("steps = 4", "steps = 4.5")))


def test_days_follow_the_clock_of_the_zone(tmp_path):
    load = "A\n" + "\n".join(["150" if k in (23, 24) else "90" for k in range(48)]) + "\n"
    # Clocks go forward on 10 March 2030: step 23 is already the first hour of 11 March.
    settings = 'start = 2030-03-10T00:00:00\nstep_minutes = 60\nsteps = 48\nzone = "America/New_York"\n'
    answer = assess(read_folder(write(tmp_path / "s", {"load.csv": load}, settings)), MonteCarlo(samples=2, jobs=1))
    assert answer.total.lolh_h.value == 2
    assert answer.regions[0].lole_days.value == 1


def test_importance_sampling_refuses_risk_that_is_not_rare():
    system = builders.system([90] * 24, units=builders.units([0, 0], [[100], [50]], 0.0556, 0.5))
    with pytest.raises(StudyError, match="is for rare risk"):
        assess(system, ImportanceSampling(samples=200))


@pytest.mark.parametrize(("args", "code", "word"), [
    (["adequacy", "rts79", "--event-gap-h", "inf"], 2, "--event-gap-h"),
    (["adequacy", "rts79", "--runner", "local:0"], 2, "--runner must be"),
    (["adequacy", "rts79", "--storage-order", "foo"], 2, "--storage-order must be one of"),
    (["adequacy", "rts79", "--method", "convolution", "--storage-order", "pras"], 2, "is for --method montecarlo"),
    (["adequacy", "rts79", "--resume", "--out", "nothing_here"], 2, "holds no checkpoint"),
    (["adequacy", "rts79", "--out", "/dev/null"], 2, "--out must be a folder"),
    (["accredit", "rts79", "--resource", "U12-1", "--metric", "foo"], 2, "--metric must be one of"),
    (["accredit", "rts79", "--resource", "U12-1", "--resource", "U12-1"], 3, "stands 2 times"),
    (["accredit", "rts79", "--add", "zero.csv"], 3, "must have a size greater than 0"),
    (["accredit", "rts79", "--add", "empty.csv"], 3, "holds no row"),
    (["headroom", "rts79", "--region", "1", "--profile", "bad.csv"], 3, "bad.csv row 3, value must be a number"),
    (["headroom", "rts79", "--region", "1", "--profile", "zero_bytes.csv"], 3, "cannot be read"),
    (["headroom", "rts79", "--region", "1", "--method", "importance"], 2, "--method must be one of"),
    (["convert", "rts79", "bad.csv"], 2, "OUT must"),
    (["convert", "rts79", "/proc/x/y.pras"], 2, "OUT must be a file in a folder that exists"),
    (["convert", "rts79", "/proc/xx"], 1, "/proc/xx"),
    (["convert", "rts79", "x.pras"], 3, "maintenance_weeks"),
])
def test_wrong_options_and_files(tmp_path, args, code, word):
    (tmp_path / "zero.csv").write_text("name,capacity_mw,forced_outage_rate,mttr_h\nn,0,.1,10\n")
    (tmp_path / "empty.csv").write_text("name,capacity_mw,forced_outage_rate,mttr_h\n")
    (tmp_path / "bad.csv").write_text("value\n1\nx\n" + "1\n" * 8734)
    (tmp_path / "zero_bytes.csv").write_text("")
    done = gridroom(*args, cwd=tmp_path, code=code)
    assert word in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("change", [
    lambda f: (f.__delitem__("generators/_core"), f["generators"].create_dataset("_core", data=5)),
    lambda f: (f.__delitem__("generators/capacity"), f.create_group("generators/capacity")),
    lambda f: f.attrs.__setitem__("power_unit", h5py.Empty("S2")),
    lambda f: f.attrs.__setitem__("start_timestamp", np.bytes_("2030-01-01T00:00:00")),
    lambda f: f.__delitem__("lines") if "lines" in f else None,
])
def test_odd_pras_files(tmp_path, change):
    write_pras(builders.system_1(), tmp_path / "a.pras")
    with h5py.File(tmp_path / "a.pras", "a") as file:
        change(file)
    with pytest.raises(StudyError):
        read_pras(tmp_path / "a.pras")


def test_more_weather_years_than_samples(tmp_path):
    files = {f"weather/y{k}/load.csv": "A\n90\n90\n90\n90\n" for k in range(3)}
    with pytest.raises(StudyError, match="must be at least 3, one a weather year"):
        assess(dict(read_years(write(tmp_path / "s", files))), MonteCarlo(samples=2))


def test_convolution_counts_firm_large_loads_and_refuses_others(tmp_path):
    text = '[[large_loads]]\nname = "x"\nregion = "A"\nmw = 20\nkind = "KIND"\n'
    firm = read_folder(write(tmp_path / "a", {"large_loads.toml": text.replace("KIND", "firm")}))
    assert assess(firm, Convolution()).total.eue_mwh.value == pytest.approx(40)
    with pytest.raises(StudyError, match="that give way"):
        assess(read_folder(write(tmp_path / "b", {"large_loads.toml": text.replace("KIND", "interruptible")})), Convolution())
