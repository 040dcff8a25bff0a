"""The command line in Japanese: every message in the code has a Japanese twin with the same fields, and is found by its English."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gridroom.cli import language
from gridroom.core.errors import Problem, StudyError, UsageError
from gridroom.reports import said

ROOT = Path(__file__).resolve().parents[1]
MESSAGES = ROOT / "src/gridroom/cli/messages"


def collected():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import messages
    finally:
        sys.path.pop(0)
    return messages.messages()


@pytest.fixture
def japanese():
    language.use("ja")
    yield
    language.use(None)


def fields(text):
    return sorted(re.findall(r"\{(\w+)\}", text.replace("{{", "").replace("}}", "")))


def test_every_message_has_its_japanese_with_the_same_fields():
    known = said.catalogue().table
    english = collected()
    assert [m for m in english if m not in known] == []
    assert [m for m in known if m not in english and m not in EXTRA] == []
    for text, ja in known.items():
        assert fields(text) == fields(ja), text
        assert ja.strip()


# Rules that are put together elsewhere: limits of numbers, choices, hints that name the nearest.
EXTRA = tomllib.loads((ROOT / "src/gridroom/reports/messages_ja.toml").read_text())["message"].keys() - set(collected())


def test_extra_messages_are_few_and_said_somewhere():
    source = "\n".join(p.read_text() for p in (ROOT / "src/gridroom").rglob("*.py"))
    assert len(EXTRA) < 40
    for text in EXTRA:
        longest = max(re.split(r"\{\d+\}", text), key=len).strip(" ;?'")
        assert longest in source, text


def test_terminal_words_have_the_same_keys_and_fields():
    en, ja = (tomllib.loads((MESSAGES / f"{code}.toml").read_text()) for code in ("en", "ja"))
    assert list(en) == list(ja)
    assert all(fields(en[k]) == fields(ja[k]) for k in en)


def test_each_template_is_found_again_when_filled(japanese):
    """Pseudo-language run: fields hold marks; each must come out, in Japanese, once."""
    missed = []
    for english, ja in said.catalogue().table.items():
        count = len(fields(english))
        marks = [f"⟦{k}⟧" for k in range(count)]
        filled = english.format(*marks)
        told = language.said(filled)
        if sorted(re.findall(r"⟦\d+⟧", told)) != sorted(marks) or (told == filled and not ja.isascii()):
            missed.append((english, told))
    assert missed == []


def test_what_is_not_known_stays_as_it_is(japanese):
    assert language.said("a sentence that nobody wrote") == "a sentence that nobody wrote"


def test_problems_in_japanese(japanese):
    fault = StudyError([Problem("run.samples", "must be greater than 0; got -5"), Problem("x", "is missing", "did you mean 'y'?")])
    text = language.fault_text(fault)
    assert "問題が2件" in text
    assert "run.samples：" in text
    assert "-5" in text
    assert "must be" not in text
    assert "missing" not in text
    assert "did you mean" not in text


def test_english_is_untouched():
    language.use("en")
    try:
        assert language.said("is missing") == "is missing"
        assert language.fault_text(UsageError("--out cannot be")) == "--out cannot be"
    finally:
        language.use(None)


def run(*args, lang=None, code=0):
    environment = {**os.environ, **({"GRIDROOM_LANG": lang} if lang else {})}
    done = subprocess.run([sys.executable, "-m", "gridroom", *args], capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == code, done.stderr
    return done


def test_by_variable_and_by_option(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("[run]\nsamples = -5\nsampels = 3\n")
    for done in (run("validate", str(bad), lang="ja", code=3), run("--lang", "ja", "validate", str(bad), code=3)):
        assert "問題が2件" in done.stderr
        assert "入力値 -5" in done.stderr
        assert not re.search(r"must|known|mean", done.stderr)
    assert "2 problems:" in run("validate", str(bad), lang="fr", code=3).stderr
    assert "--lang must be one of en, ja" in run("--lang", "fr", "validate", str(bad), code=2).stderr


def test_json_keys_stay_english(tmp_path):
    good = tmp_path / "good.toml"
    good.write_text("[run]\nsamples = 9\n")
    assert run("validate", str(good), "--json", lang="ja").stdout == run("validate", str(good), "--json").stdout
    assert "問題は見つかりません" in run("validate", str(good), lang="ja").stdout


def test_wide_signs_take_two_columns():
    assert language.width("地域ab") == 6
    assert language.pad("地域", 6) == "地域  "


def help_texts(command):
    found = {command.help} if command.help else set()
    found |= {p.help for p in command.params if getattr(p, "help", None)}
    for below in getattr(command, "commands", {}).values():
        found |= help_texts(below)
    return found


def test_every_help_text_has_its_japanese():
    from typer.main import get_command

    from gridroom.cli.app import app

    known = tomllib.loads((MESSAGES / "help_ja.toml").read_text())
    assert help_texts(get_command(app)) == set(known["help"])
    for english, ja in known["refused"].items():
        assert fields(english) == fields(ja)


@pytest.mark.parametrize(
    ("line", "said_ja"),
    [
        ("nope", "'nope' というコマンドはありません。"),
        ("run --nope", "--nope というオプションはありません。"),
        ("run --samples abc", "'--samples' の値が使えません：'abc' は整数ではありません。"),
        ("adequacy rts79 --samples 0", "0 は範囲 x>=2 にありません。"),
        ("compute training --parameters", "オプション '--parameters' には値が要ります。"),
        ("heat reuse a b", "余分な引数があります（b）。"),
    ],
)
def test_what_the_parser_refuses_is_said_in_japanese(monkeypatch, capsys, line, said_ja):
    from gridroom.cli.app import main

    monkeypatch.setattr(sys, "argv", ["gridroom", "--lang", "ja", *line.split()])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert said_ja in capsys.readouterr().err


@pytest.mark.parametrize("line", ["--help", "run --help", "assets --help", "compute inference --help"])
def test_help_pages_are_japanese(monkeypatch, capsys, line):
    from gridroom.cli.app import main

    monkeypatch.setenv("GRIDROOM_LANG", "ja")
    monkeypatch.setattr(sys, "argv", ["gridroom", *line.split()])
    with pytest.raises(SystemExit) as end:
        main()
    text = capsys.readouterr().out
    assert end.value.code == 0
    assert text.startswith("使い方: gridroom")
    left = [word for word in ("Usage", "Options:", "Commands:", "Show this", "required", "[default") if word in text]
    assert left == []


def test_names_of_our_own_data_have_their_japanese():
    from gridroom.reference import catalog
    from gridroom.results.tables import TABLES

    known = tomllib.loads((ROOT / "src/gridroom/reports/texts_ja.toml").read_text())
    assert set(known["title"]) == {t.title for t in catalog.tables().values()}
    assert set(known["meaning"]) == {c.meaning for columns in TABLES.values() for c in columns}
    assert set(known["place"]) - {"US outlook"} == {r["name"] for r in catalog.rows("regions")}
