"""Spreadsheets of all kinds: every one read or refused with a clear message, no traceback, no row lost without a word."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridroom.core.errors import GridroomError, StudyError, UsageError
from gridroom.pipeline import values
from gridroom.pipeline.archive import append_snapshot
from gridroom.pipeline.columns import FIELDS, MANDATORY, field_of
from gridroom.pipeline.records import parse_map, read_records, template

HEAD = "request_id,provider,state,requested_mw,requested_in_service"
GOOD = ["A-1,Dominion,VA,300,2028-06-01", "A-2,AEP Ohio,OH,420,2028-12-31", "A-3,Oncor,TX,1000,2029-09-01"]


def lines(*rows, head=HEAD):
    return "\n".join([head, *rows]) + "\n"


def read(tmp_path, content, name="queue.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_records(path, **options)


def book(rows, **extra):
    wb = openpyxl.Workbook()
    ws = wb.active
    for row in rows:
        ws.append(row)
    for cell, value in extra.get("cells", {}).items():
        ws[cell] = value
    for area in extra.get("merge", []):
        ws.merge_cells(area)
    for cell, shown in extra.get("formats", {}).items():
        ws[cell].number_format = shown
    for title, more in extra.get("sheets", {}).items():
        other = wb.create_sheet(title)
        for row in more:
            other.append(row)
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()


TABLE = [
    HEAD.split(","),
    *[[*row.split(",")[:3], float(row.split(",")[3]), dt.datetime.fromisoformat(row.split(",")[4])] for row in GOOD],
]

READABLE = {
    "plain": (lines(*GOOD), 1720.0),
    "bom": ("\ufeff" + lines(*GOOD), 1720.0),
    "crlf": (lines(*GOOD).replace("\n", "\r\n"), 1720.0),
    "utf16": (lines(*GOOD).encode("utf-16"), 1720.0),
    "utf16 without mark": (lines(*GOOD).encode("utf-16-le"), 1720.0),
    "cp1252": (lines(*GOOD, "A-4,Compañía Eléctrica,TX,80,2029-01-01").encode("cp1252"), 1800.0),
    "shift_jis": (lines(*GOOD, "A-4,東京電力データ,TX,80,2029-01-01").encode("shift_jis"), 1800.0),
    "semicolon, decimal comma": (lines(*GOOD, "A-4,X,TX,80.5,2029-01-01").replace(",", ";").replace("80.5", "80,5"), 1800.5),
    "tab": (lines(*GOOD).replace(",", "\t"), 1720.0),
    "trailing commas": (lines(*[g + ",,," for g in GOOD], head=HEAD + ",,,"), 1720.0),
    "title rows": ("Large loads of the South\nprepared by planning\n\n" + lines(*GOOD), 1720.0),
    "header of two lines": (
        "Request,Serving,Site,Requested,Requested in-service\nID,Utility,State,Load (MW),Date\n" + "\n".join(GOOD) + "\n",
        1720.0,
    ),
    "other words": (lines(*GOOD, head="Queue No.,Utility,St,Load (MW),Req. ISD"), 1720.0),
    "units in cells": (lines("A,X,VA,150 MW,2028-06-01", "B,X,VA,1.2 GW,2028-06-01", 'C,X,VA,"300,000 kW",2028-06-01'), 1650.0),
    "kilowatts in the header": (lines("A,X,VA,300000,2028-06-01", head=HEAD.replace("requested_mw", "Load (kW)")), 300.0),
    "thousands": (lines('A,X,VA,"1,200",2028-06-01', 'B,X,VA," 2,450.5 ",2028-06-01'), 3650.5),
    "full-width digits": (lines("A,X,VA,３００,2028-06-01"), 300.0),
    "totals and footnotes": (lines(*GOOD, "", "Total,,,1720,", "Source: company records,,,,"), 1720.0),
    "subtotals that look complete": (lines(*GOOD[:2], "Subtotal,All,VA,720,2029-01-01", GOOD[2]), 1720.0),
    "state names": (lines("A,X,West Virginia,10,2028-06-01", "B,X,D.C.,20,2028-06-01"), 30.0),
    "workbook": (book(TABLE), 1720.0),
    "workbook named csv": (book(TABLE), 1720.0),
    "workbook with units in formats": (book(TABLE, formats={"D2": '#,##0" kW"'}), 1420.3),
    "html-free text": (lines(*GOOD, "A-4,<b>X</b>,TX,80,2029-01-01"), 1800.0),
    "header with line breaks": ('"request\nid",provider,state,"requested\nmw",requested_in_service\n' + "\n".join(GOOD), 1720.0),
    "very long cell": (lines(*GOOD, f"A-4,{'X' * 200_000},TX,80,2029-01-01"), 1800.0),
}


@pytest.mark.parametrize("case", READABLE)
def test_messy_but_readable(tmp_path, case):
    content, total = READABLE[case]
    name = "queue.xlsx" if case.startswith("workbook") and "csv" not in case else "queue.csv"
    assert read(tmp_path, content, name).frame["requested_mw"].sum() == pytest.approx(total)


def row(mw="300", state="VA", day="2028-06-01", rid="A", more=""):
    return f"{rid},Dominion,{state},{mw},{day}{more}"


REFUSED = {
    "negative": (lines(row("-5")), r"row 2, requested_mw must be greater than 0"),
    "smart minus": (lines(row("−5")), "greater than 0"),
    "zero": (lines(row("0")), "greater than 0"),
    "brackets": (lines(row("(200)")), "in brackets"),
    "absurd": (lines(row("5000000")), "check the unit"),
    "about": (lines(row("~500")), "no single figure"),
    "range": (lines(row("200-300 MW")), "is a range"),
    "words": (lines(row("TBD")), "is no number"),
    "sum": (lines(row("120 + 80")), "no number"),
    "MVA": (lines(row("150 MVA")), "power factor"),
    "percent": (lines(row("50%")), "a share or money"),
    "dollars": (lines(row("$500")), "money"),
    "formula": (lines(row("=A1*2")), "holds a formula"),
    "error": (lines(row("#REF!")), "holds an error"),
    "decimal or thousands": (
        lines(row("1.250"), row("1,250", rid="B"))
        .replace(",Dominion", ";Dominion")
        .replace("Dominion,VA,", "Dominion;VA;")
        .replace(",2028", ";2028")
        .replace(HEAD, HEAD.replace(",", ";")),
        "decimal mark",
    ),
    "two units": (lines(row("42000"), head=HEAD.replace("requested_mw", "Load (MW or kW)")), "names two units"),
    "blank mandatory": (
        lines(row(""), ",Dominion,VA,300,2028-06-01"),
        r"2 problems[\s\S]*row 2, requested_mw is blank[\s\S]*row 3, request_id",
    ),
    "day that is none": (lines(row(day="2028-02-30")), "no calendar has"),
    "season": (lines(row(day="summer 2028")), "is no date"),
    "both orders": (
        lines(row(day="25/12/2028"), row(day="12/25/2028", rid="B"), row(day="03/04/2029", rid="C")),
        "both day-first and month-first",
    ),
    "two digit month name": (lines(row(day="Jun-28")), "is no date"),
    "before filing": (lines(row(more=",2030-01-01"), head=HEAD + ",filed_on"), "lies before filed_on"),
    "year 1928": (lines(row(day="1928-06-01")), "years must be"),
    "unknown state": (lines(row(state="Ohoi")), "did you mean 'ohio'"),
    "unknown stage": (lines(row(more=",gate 3-ish"), head=HEAD + ",stage"), "is no stage"),
    "unknown status": (lines(row(more=",zombie"), head=HEAD + ",status"), "is no status"),
    "withdrawn and active": (lines(row(more=",W,active"), head=HEAD + ",stage,status"), "says withdrawn"),
    "repeated id": (lines(row(), row("450")), r"met on rows 2 and 3"),
    "repeated id, case and space": (lines(row(rid="r-3"), row(rid="R-3 ")), "rows 2 and 3"),
    "unknown relation": (lines(row(), row(rid="B", more=",dup,A"), head=HEAD + ",relation,related_to"), "is no relation"),
    "relation to nobody": (
        lines(row(rid="B", more=",duplicate,Z"), head=HEAD + ",relation,related_to"),
        "no request_id of the table",
    ),
    "relation to itself": (lines(row(rid="B", more=",duplicate,B"), head=HEAD + ",relation,related_to"), "itself"),
    "relations in a circle": (
        lines(row(rid="A", more=",successor,B"), row(rid="B", more=",successor,A"), head=HEAD + ",relation,related_to"),
        "in a circle over rows",
    ),
    "ramp": (lines(row(more=",2027:100;2028:abc"), head=HEAD + ",ramp"), "has the step '2028:abc'"),
    "falling ramp": (lines(row(more=",2027:100;2028:50"), head=HEAD + ",ramp"), "must not fall"),
    "ramp above the request": (lines(row(more=",2027:100;2028:900"), head=HEAD + ",ramp"), "above requested_mw"),
    "latitude": (lines(row(more=",133.4,-84"), head=HEAD + ",latitude,longitude"), "must be -90 to 90"),
    "too many cells": (lines("A,Dominion,VA,1,200,2028-06-01"), "has 6 cells where the header has 5"),
    "too few cells": (lines("A,Dominion,VA,300"), "requested_in_service is blank"),
    "open quotation mark": (lines('A,"Dominion,VA,300,2028-06-01', *GOOD), "never closed"),
    "NUL byte": (lines(*GOOD).replace("420", "4\x0020"), "row 3 holds a NUL byte"),
    "column twice": (lines(row(more=",4"), head=HEAD + ",requested_mw"), "twice"),
    "no header": ("\n".join(GOOD), "is data, not a header"),
    "missing column": (lines("A,VA,300,2028", head="request_id,state,requested_mw,requested_in_service"), "no column for provider"),
    "header alone": (HEAD + "\n", "and no rows"),
    "empty": (b"", "is empty"),
    "blank lines": (b"\n\n \n", "is empty"),
    "binary": (bytes(range(256)) * 20, "is no text file"),
    "pdf": (b"%PDF-1.7 x", "is a PDF"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"x" * 99, "old kind"),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "is a web page"),
    "cut off": (lines(*GOOD).encode() + "A-4,Compañía".encode()[:-2], "cut off"),
    "merged cells": (book(TABLE, merge=["D2:D3"]), "is one merged cell"),
    "formula error": (book(TABLE, cells={"D3": "#REF!"}), "holds an error"),
    "two sheets": (book(TABLE, sheets={"East": TABLE}), "several sheets"),
    "broken workbook": (b"PK\x03\x04" + b"x" * 200, "cannot be opened as a workbook"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_broken_ones_are_refused_with_place_and_rule(tmp_path, case):
    content, words = REFUSED[case]
    with pytest.raises(StudyError, match=words) as fault:
        read(tmp_path, content)
    assert "queue.csv" in str(fault.value)
    assert "Traceback" not in str(fault.value)


def test_rows_with_problems_are_set_aside_and_none_is_lost(tmp_path):
    rows = [*GOOD, row("-1", rid="B"), row(state="XX", rid="C"), "D,Dominion,VA,1,200,2028-06-01"]
    records = read(tmp_path, lines(*rows), lenient=True)
    assert len(records.frame) == 3
    assert len(records.frame) + len(records.set_aside) == len(rows)
    assert {line for line, _, _ in records.set_aside} == {5, 6, 0}
    assert "must be greater than 0" in records.set_aside[0][2]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_a_traceback(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    with contextlib.suppress(GridroomError):
        read_records(path)


CELL = st.one_of(
    st.sampled_from(["", "300", "-5", "1,200", "VA", "2028-06-01", "TBD", "A", "=x", "Q2 2028", '"', "~3"]), st.text(max_size=12)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=1, max_size=6))
def test_every_row_is_read_set_aside_or_named(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "some.csv"
    frame = pd.DataFrame(rows, columns=HEAD.split(","))
    frame["request_id"] = [f"R{k}" for k in range(len(frame))]
    frame.to_csv(path, index=False)
    try:
        records = read_records(path, lenient=True)
    except StudyError as fault:
        if not all(p.what for p in fault.problems):
            raise AssertionError("a problem without words") from fault
        return
    left_out = sum("left out" in str(n) for n in records.notes)
    more = [int(m.group(1)) for n in records.notes if (m := re.search(r"and (\d+) more", str(n)))]
    assert len(records.frame) + len(records.set_aside) + left_out + sum(more) >= len(rows)


def test_dates_in_any_form_are_the_same_day():
    for cell in (
        "2028-06-01",
        "06/01/2028",
        "1 June 2028",
        "June 1, 2028",
        "01-Jun-2028",
        "2028-06-01 00:00:00",
        "2028-06-01T00:00:00Z",
        "20280601",
        "46905",
        "2028/6/1",
    ):
        assert values.plain_date(cell).value == dt.date(2028, 6, 1), cell
    assert values.plain_date("01/06/2028", day_first=True).value == dt.date(2028, 6, 1)
    assert values.plain_date("Q2 2028").value == values.plain_date("2028Q2").value == dt.date(2028, 5, 15)
    assert "taken as" in values.plain_date("2028").note


def test_template_is_read_by_its_own_reader(tmp_path):
    records = read(tmp_path, template())
    assert list(records.frame["request_id"]) == ["A-1", "A-2"]
    assert records.frame["ramp"].iloc[0] == {2029: 100.0, 2030: 300.0}
    assert set(MANDATORY) <= {f.name for f in FIELDS}


def test_every_other_name_leads_to_one_field():
    seen = {}
    for f in FIELDS:
        for other in (f.name, *f.others):
            assert seen.setdefault(other, f.name) == f.name, other
            assert field_of(other) == f.name
    assert field_of("Load (MW)") == "requested_mw"
    assert field_of("Smiles") is None


def test_mapping_names_what_gridroom_cannot_know(tmp_path):
    content = lines(*GOOD, head="request_id,provider,state,Thing,requested_in_service")
    assert read(tmp_path, content, mapping=parse_map(["Thing=requested_mw"])).frame["requested_mw"].sum() == 1720
    with pytest.raises(UsageError, match="did you mean 'requested_mw'"):
        parse_map(["Thing=requested_mv"])
    with pytest.raises(UsageError, match="is no column"):
        read(tmp_path, content, mapping={"Thong": "requested_mw"})


def test_year_columns_become_the_ramp(tmp_path):
    records = read(tmp_path, lines(row(more=",0,100,300"), head=HEAD + ",load_2027_mw,load_2028_mw,load_2029_mw"))
    assert records.frame["ramp"].iloc[0] == {2027: 0.0, 2028: 100.0, 2029: 300.0}


def test_snapshots_are_appended_never_overwritten(tmp_path):
    history = tmp_path / "history.csv"
    first = read(tmp_path, lines(*GOOD))
    assert append_snapshot(history, first, dt.date(2026, 3, 31)) == (3, 0)
    before = history.read_bytes()
    second = read(tmp_path, lines(*GOOD[:2]))
    assert append_snapshot(history, second, dt.date(2026, 6, 30)) == (2, 1)
    assert history.read_bytes().startswith(before)
    with pytest.raises(StudyError, match="already"):
        append_snapshot(history, second, dt.date(2026, 6, 30))
    records = read_records(history)
    assert len(records.frame) == 5
    assert len(records.latest()) == 3
    assert np.isclose(records.latest(dt.date(2026, 4, 1))["requested_mw"].sum(), 1720)
