"""The house itself: sizes, start-up, no work on import, words, licences."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "gridroom"
MODULES = sorted(SOURCE.rglob("*.py"))


def is_kernel(node: ast.FunctionDef) -> bool:
    return any("njit" in ast.unparse(d) for d in node.decorator_list)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_sizes(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400, "two things in one room: move one out"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= (120 if is_kernel(node) else 60), node.name
            if not is_kernel(node) and path.parent.name != "cli":
                assert len([a for a in node.args.args if a.arg != "self"]) <= 8, node.name


def median_s(code: list[str], runs: int = 7) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *code], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def test_start_up_budgets():
    # Against the bare interpreter of the same moment, so that a slow machine does not fail the house.
    bare = median_s(["-c", "pass"])
    slack = max(1.0, bare / 0.03)
    assert median_s(["-c", "import gridroom"]) < 0.3 * slack
    assert median_s(["-m", "gridroom", "--help"]) < 0.5 * slack


def test_import_touches_no_file_of_ours_and_no_network():
    code = ("import sys, builtins, socket\n"
            "opened = []\n"
            "sys.addaudithook(lambda e, a: opened.append((e, str(a[0]))) if e in ('open', 'socket.connect') else None)\n"
            "import gridroom\n"
            "bad = [o for o in opened if o[0] == 'socket.connect' or o[1].endswith(('.csv', '.toml', '.parquet'))]\n"
            "assert not bad, bad\n"
            "heavy = {'numpy', 'pandas', 'numba', 'pydantic', 'pyarrow', 'h5py', 'jinja2'} & set(sys.modules)\n"
            "assert not heavy, heavy\n")
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_exist():
    import gridroom

    for name in gridroom.__all__:
        assert getattr(gridroom, name) is not None
    with pytest.raises(AttributeError):
        gridroom.nothing  # noqa: B018


def test_words_of_both_languages_agree():
    tables = {lang: tomllib.loads((SOURCE / f"reports/messages/{lang}.toml").read_text()) for lang in ("en", "ja")}
    assert tables["en"].keys() == tables["ja"].keys()
    import string

    for key, text in tables["en"].items():
        fields = [{f for _, f, _, _ in string.Formatter().parse(t) if f} for t in (text, tables["ja"][key])]
        assert fields[0] == fields[1], key
        assert text.strip()
        assert tables["ja"][key].strip()


def test_every_sensitivity_line_has_words():
    from gridroom.study.sensitivity import LINES

    words = tomllib.loads((SOURCE / "reports/messages/en.toml").read_text())
    assert {f"line_{key}" for key, _ in LINES} <= words.keys()


def test_package_carries_what_it_must():
    for name in ("LICENSE", "NOTICE", "CITATION.cff", "README.md", "uv.lock", "docs/method.md", "docs/validity.md"):
        assert (ROOT / name).stat().st_size > 200, name
    assert (SOURCE / "py.typed").is_file()
    assert (SOURCE / "reports/static/echarts-LICENSE.txt").is_file()
    data = sum(p.stat().st_size for p in (SOURCE / "reference/data").iterdir())
    assert data < 12_000_000, "compact derived tables only"
