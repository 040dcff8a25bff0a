"""The documentation builds, asks nothing of any other host, and says what the code says."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gridroom.study.public_claims import CLAIMS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site."""
    pytest.importorskip("zensical")
    base = tmp_path_factory.mktemp("docs")
    shutil.copytree(DOCS, base / "docs")
    (base / "src").symlink_to(ROOT / "src")
    shutil.copy(ROOT / "zensical.toml", base)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("zensical")), "build", "--strict"],
        cwd=base,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return base / "site"


def test_site_builds_with_every_page(site):
    for path in DOCS.rglob("*.md"):
        assert (site / path.relative_to(DOCS)).with_suffix(".html").is_file(), path
    listed = (ROOT / "zensical.toml").read_text()
    assert not [p for p in DOCS.rglob("*.md") if f'"{p.relative_to(DOCS)}"' not in listed]


def test_python_page_has_the_docstrings(site):
    text = (site / "api.html").read_text()
    for name in ("assess", "headroom", "accredit", "site_design", "network_energy", "forecast", "run"):
        assert f">{name}<" in text or f"{name}</" in text
    assert text.count("Parameters") >= 10


def test_site_asks_nothing_of_other_hosts(site):
    for path in site.rglob("*.html"):
        loads = re.findall(
            r'<(?:script|img|iframe)[^>]*src="(https?://[^"]+)"|<link[^>]*rel="(?:stylesheet|preconnect)"[^>]*href="(https?://[^"]+)"',
            path.read_text(),
        )
        assert not loads, path


def test_links_between_pages_lead_somewhere():
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "README.ja.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), (path.name, target)


def test_room_pages_are_fresh():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import rooms
    finally:
        sys.path.pop(0)
    for name, text in rooms.pages().items():
        assert (DOCS / "rooms" / name).read_text() == text, "run: python tools/rooms.py"
    assert set(rooms.ROOMS) == {p.name for p in (ROOT / "src/gridroom").iterdir() if (p / "__init__.py").is_file()}


@pytest.mark.parametrize("name", ["claims.md", "claims.ja.md"])
def test_claims_page_holds_every_claim(name):
    text = (DOCS / name).read_text()
    assert all(f'<a id="{key}"></a>' in text for key in CLAIMS)


def test_both_readmes_hold_the_same():
    english, japanese = ((ROOT / n).read_text() for n in ("README.md", "README.ja.md"))
    blocks = [re.findall(r"```.*?```", t, re.S) for t in (english, japanese)]
    assert len(blocks[0]) == len(blocks[1])
    for a, b in zip(*blocks, strict=True):  # the same commands, whatever the remarks
        strip = [re.sub(r"\s*#.*", "", t) for t in (a, b)]
        assert strip[0] == strip[1]
    commands = [set(re.findall(r"`(gridroom [^`]+)`", t)) for t in (english, japanese)]
    assert commands[0] == commands[1]
    assert [len(re.findall(r"^## ", t, re.M)) for t in (english, japanese)] == [len(re.findall(r"^## ", english, re.M))] * 2


def test_quick_starts_hold_the_same_commands():
    english, japanese = ((DOCS / n).read_text() for n in ("quickstart.md", "quickstart.ja.md"))
    plain = [[b.replace(" --lang ja", "") for b in re.findall(r"```.*?```", t, re.S)] for t in (english, japanese)]
    assert plain[0] == plain[1]


def test_wheel_takes_the_pages_words_and_forms_along():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/gridroom"]
    for name in ("templates/base.html", "static/app.js", "messages/keys_ja.toml", "forms/site.toml"):
        assert (ROOT / "src/gridroom/dashboard" / name).is_file()
