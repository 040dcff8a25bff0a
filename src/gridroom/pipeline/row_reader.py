"""Rows of a table as typed records, with what is wrong with them."""

from __future__ import annotations

import re
from typing import Any

from gridroom.core.errors import Problem, nearest
from gridroom.pipeline import values
from gridroom.pipeline.columns import BY_NAME, MANDATORY
from gridroom.pipeline.relations import RELATIONS
from gridroom.pipeline.values import Read, Unreadable
from gridroom.sources.rawtable import RawTable

DIRECTED = ("successor", "phase", "split", "expansion")


class RowReader:
    """Reads rows and gathers what is wrong with them."""

    def __init__(self, table: RawTable, columns: dict[str, int]) -> None:
        self.table, self.columns = table, columns
        self.faults: list[tuple[int, Problem]] = []
        self.notes: list[tuple[str, Problem]] = []
        self.decimal_comma = table.delimiter == ";"
        self.unit = {name: values.unit_of_header(table.header[k]) for name, k in columns.items() if name.endswith("_mw")}
        self.day_first = {
            name: values.order_of_days([row[k] for row in table.rows])
            for name, k in columns.items()
            if BY_NAME[name].kind == "date"
        }
        self.ramp_years = self._ramp_columns()
        for name, unit in self.unit.items():
            if unit not in ("mw", "mixed"):
                self.note(
                    name, Problem(f"{table.name} column {table.header[columns[name]]!r}", f"was read in {unit} and turned into MW")
                )
            if unit == "mixed":
                self.faults.append(
                    (
                        table.header_line,
                        Problem(
                            f"{table.name} row {table.header_line}, column {table.header[columns[name]]!r}",
                            "names two units",
                            "give the column one unit, or write the unit into each cell",
                        ),
                    )
                )

    def _ramp_columns(self) -> dict[int, int]:
        """Columns that hold the load of one year, as `load_2030_mw` or `2030`: column number → year."""
        out: dict[int, int] = {}
        for k, name in enumerate(self.table.header):
            found = re.fullmatch(
                r"(?:load|mw|demand|ramp|peak)?[ _-]*(?:mw)?[ _-]*(20[2-6]\d)[ _-]*(?:\(?mw\)?)?", name.strip(), re.IGNORECASE
            )
            if found and k not in self.columns.values():
                out[k] = int(found.group(1))
        return out if len(out) > 1 else {}

    def fault(self, line: int, name: str, what: str, hint: str = "") -> None:
        """Note what is wrong with a cell."""
        self.faults.append((line, Problem(f"{self.table.name} row {line}, {name}", what, hint)))

    def note(self, kind: str, problem: Problem) -> None:
        """Note what was set right."""
        self.notes.append((kind, problem))

    def row(self, cells: list[str], line: int) -> dict[str, Any]:
        """Typed values of a row; None where unknown or unreadable."""
        out: dict[str, Any] = {"line": line}
        for name, k in self.columns.items():
            cell = cells[k]
            if values.is_unknown(cell):
                if name in MANDATORY:
                    self.fault(line, name, f"is blank ({cell!r})" if cell else "is blank", BY_NAME[name].meaning)
                out[name] = None
                continue
            try:
                read = self._value(name, cell)
            except Unreadable as fault:
                self.fault(line, name, fault.what, fault.hint)
                out[name] = None
                continue
            out[name] = read.value
            if name == "requested_in_service":
                out["_vague"] = bool(read.note)
            if read.note:
                self.note(name, Problem(f"{self.table.name} row {line}, {name}", read.note))
        if self.ramp_years and out.get("ramp") is None:
            out["ramp"] = self._ramp_of(cells, line)
        self._check(out, line)
        return out

    def _value(self, name: str, cell: str) -> Read:
        kind = BY_NAME[name].kind
        text = values.clean(cell)
        if name == "state":
            return values.state(cell)
        if name == "stage":
            return Read("W") if text.lower() in ("w", "withdrawn", "cancelled", "canceled") else values.stage(cell)
        if name == "status":
            return values.status(cell)
        if name == "relation":
            word = text.lower()
            if word not in RELATIONS:
                raise Unreadable(f"is {text[:40]!r}, which is no relation", f"one of {', '.join(RELATIONS)}")
            return Read(word)
        if name in ("requested_mw",):
            return values.megawatts(cell, self.unit[name], self.decimal_comma)
        if kind == "number":
            power = values.number(re.sub(r"\s*[mM][wW]$", "", text), self.decimal_comma)
            return Read(power * {"kw": 1e-3, "gw": 1e3}.get(self.unit.get(name, "mw"), 1.0))
        if kind == "date":
            return values.plain_date(cell, self.day_first[name])
        if kind == "year":
            return Read(values.number(cell))
        if kind == "ramp":
            return Read(values.ramp(cell))  # type: ignore[arg-type]
        return Read(text)

    def _ramp_of(self, cells: list[str], line: int) -> dict[int, float] | None:
        steps: dict[int, float] = {}
        for k, year in self.ramp_years.items():
            if values.is_unknown(cells[k]):
                continue
            try:
                steps[year] = values.number(cells[k], self.decimal_comma)
            except Unreadable as fault:
                self.fault(line, self.table.header[k], fault.what, fault.hint)
        return dict(sorted(steps.items())) or None

    def _check(self, out: dict[str, Any], line: int) -> None:
        """Rules between fields."""
        stage, status = out.get("stage"), out.get("status")
        if stage == "W":
            out["stage"] = None
            if status not in (None, "withdrawn"):
                self.fault(line, "stage", f"says withdrawn and status says {status}", "set right whichever is wrong")
            out["status"] = "withdrawn"
        elif status is None and stage == 6.0:
            out["status"] = "energised"
        start, filed = out.get("requested_in_service"), out.get("filed_on")
        if start is not None and filed is not None and start < filed:
            what = f"{start} lies before filed_on, {filed}"
            if out.pop("_vague", False):
                self.note("order of days", Problem(f"{self.table.name} row {line}, requested_in_service", what + "; kept as it is"))
            else:
                self.fault(line, "requested_in_service", what, "check both days")
        self._check_place(out, line)
        for name in ("security_posted_usd_per_mw", "on_site_generation_mw", "curtailable_mw", "observed_peak_mw"):
            if (value := out.get(name)) is not None and value < 0:
                self.fault(line, name, f"must be 0 or more; got {value:g}")
        ramp, asked = out.get("ramp"), out.get("requested_mw")
        if ramp and asked and max(ramp.values()) > 1.001 * asked:
            self.fault(
                line, "ramp", f"reaches {max(ramp.values()):g} MW, above requested_mw {asked:g}", "set right whichever is wrong"
            )
        if ramp and start is not None and min((y for y, mw in ramp.items() if mw > 0), default=start.year) < start.year:
            self.note("ramp", Problem(f"{self.table.name} row {line}, ramp", f"begins before the year in service, {start.year}"))

    def _check_place(self, out: dict[str, Any], line: int) -> None:
        """Latitude and longitude within bounds and within the US."""
        latitude, longitude = out.get("latitude"), out.get("longitude")
        if latitude is not None and not -90 <= latitude <= 90:
            self.fault(line, "latitude", f"must be -90 to 90; got {latitude:g}", "check the two columns")
        elif latitude is not None and longitude is not None:
            if not -180 <= longitude <= 180:
                self.fault(line, "longitude", f"must be -180 to 180; got {longitude:g}", "degrees east; negative in the US")
            elif latitude < 0 or longitude > 0 or (latitude == 0 and longitude == 0):
                self.note(
                    "place",
                    Problem(
                        f"{self.table.name} row {line}, latitude and longitude",
                        f"{latitude:g}, {longitude:g} lies outside the US and was left out",
                    ),
                )
                out["latitude"] = out["longitude"] = None


def check_ids(reader: RowReader, rows: list[dict[str, Any]]) -> None:
    """No request twice in one snapshot."""
    seen: dict[tuple[str, Any], int] = {}
    for row in rows:
        if row.get("request_id") is None:
            continue
        key = (str(row["request_id"]).strip().casefold(), row.get("snapshot_date"))
        if key in seen:
            where = f"is met on rows {seen[key]} and {row['line']}"
            reader.fault(
                row["line"],
                "request_id",
                f"{row['request_id']!r} {where}" + (f" of snapshot {row['snapshot_date']}" if row.get("snapshot_date") else ""),
                "ids must be unique; for a history give each row its snapshot_date",
            )
        else:
            seen[key] = row["line"]


def check_relations(reader: RowReader, rows: list[dict[str, Any]]) -> None:
    """Relations name another request that is there, and lead nowhere in a circle."""
    if "relation" not in reader.columns and "related_to" not in reader.columns:
        return
    by_id = {str(r["request_id"]): r for r in rows if r.get("request_id") is not None}
    bad_lines = {line for line, p in reader.faults if p.where.endswith(", relation")}
    for row in rows:
        relation, other = row.get("relation"), row.get("related_to")
        if relation is None and other is None:
            continue
        line = row["line"]
        if relation is None:
            if line not in bad_lines:
                reader.fault(line, "relation", f"is blank, while related_to names {other!r}", f"one of {', '.join(RELATIONS)}")
        elif other is None:
            reader.fault(line, "related_to", f"is blank, while relation is {relation!r}", "name the other request")
        elif str(other) == str(row.get("request_id")):
            reader.fault(line, "related_to", f"names the request itself, {other!r}", "name the other request")
        elif str(other) not in by_id:
            reader.fault(line, "related_to", f"names {other!r}, which is no request_id of the table", nearest(str(other), by_id))
    for row in rows:
        chain, here = [], row
        while here is not None and here.get("relation") and here.get("related_to") is not None and here["line"] not in chain:
            chain.append(here["line"])
            here = by_id.get(str(here["related_to"]), {})
        if here and chain and here.get("line") == row["line"] and (len(chain) > 2 or row["relation"] in DIRECTED):
            reader.fault(
                row["line"],
                "related_to",
                f"leads in a circle over rows {', '.join(map(str, chain))}",
                "let all name the first of them",
            )
