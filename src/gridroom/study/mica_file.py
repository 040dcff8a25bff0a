"""Files of a MiCA disclosure: read, filled from our own estimate where asked, checked whole, written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.assets import mica, mica_fields, mica_write, xbrl_arelle, xbrl_check
from gridroom.assets.energy import NetworkEnergy
from gridroom.assets.identifiers import dti_fault, lei_fault
from gridroom.assets.mica import Filing, Missing
from gridroom.assets.mica_fields import Value
from gridroom.assets.networks import network_energy
from gridroom.assets.xbrl_arelle import Validation
from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.mica_schema import MicaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of a disclosure; `files` is empty while mandatory fields are missing."""

    filing: Filing
    missing: tuple[Missing, ...]
    files: tuple[Path, ...]
    rules: tuple[xbrl_check.Finding, ...]
    validation: Validation
    namespace_assumed: bool


def _services(asked: MicaFile, problems: list[Problem]) -> tuple[str, ...]:
    names = {v: k for k, v in mica.SERVICES.items()}
    out = []
    for k, text in enumerate(asked.entity.services):
        key = text.strip().strip("()").lower().replace(" ", "_").replace("-", "_")
        if key not in mica.SERVICES and key not in names:
            problems.append(
                Problem(
                    f"entity.services[{k}]",
                    f"is not a service of MiCA Art. 3(1)(16); got {text!r}",
                    nearest(key, [*mica.SERVICES, *names]),
                )
            )
        else:
            out.append(names.get(key, key))
    return tuple(out)


def _values(asked: MicaFile, problems: list[Problem]) -> tuple[dict[str, Value], str | None]:
    """Values of the file by code, and the network of our own estimate."""
    values: dict[str, Value] = {}
    network = asked.network
    for name, entry in asked.fields.items():
        if name == "network":
            network = str(entry)
            continue
        # S.8 = … reads as a table S with 8 in it
        inner = {f"S{k}": v for k, v in entry.items()} if name.upper() == "S" and isinstance(entry, dict) else {name: entry}
        for one, value in inner.items():
            code = mica_fields.code_of(one)
            if code is None:
                problems.append(mica_fields.unknown(one))
                continue
            if code in values:
                problems.append(Problem(f"fields.{one}", "is given twice"))
            parsed = mica_fields.parse(code, value, problems)
            if parsed is not None:
                values[code] = parsed
    return values, network


def _known(asked: MicaFile, values: dict[str, Value], problems: list[Problem]) -> None:
    """Fields that the head of the file holds already; a field that says otherwise is refused."""
    head = {
        "S1": asked.entity.name,
        "S2": asked.entity.lei,
        "S3": asked.asset.name,
        "S4": asked.asset.consensus,
        "S6": asked.period.start.isoformat(),
        "S7": asked.period.end.isoformat(),
    }
    for code, text in head.items():
        if not text:
            continue
        if code in ("S2", "S6", "S7") and code in values and values[code].text != text:
            problems.append(
                Problem(f"fields.{code}", f"differs from the head of the file: {values[code].text!r} and {text!r}", "say it once")
            )
        values.setdefault(code, Value(code=code, text=text))


def _estimate(network: str, asked: MicaFile, problems: list[Problem]) -> NetworkEnergy | None:
    """Our own estimate over the period; networks of nodes do not depend on it."""
    try:
        start, end = asked.period.start, asked.period.end
        whole = start.month == 1 and start.day == 1 and end == dt.date(start.year, 12, 31)
        if whole:
            return network_energy(network, str(start.year))
        return network_energy(network, end.isoformat())
    except StudyError as fault:
        problems += [
            Problem("network" if p.where == "network" else f"network, {p.where.replace('--date', 'period')}", p.what, p.hint)
            for p in fault.problems
        ]
        return None


def filing_of(data: dict[str, Any]) -> Filing:
    """Disclosure of plain data; mandatory fields may still be missing.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(MicaFile, data)
    problems: list[Problem] = []
    for where, fault, text in (
        ("entity.lei", lei_fault(asked.entity.lei), asked.entity.lei),
        ("asset.dti", dti_fault(asked.asset.dti) if asked.asset.dti else "", asked.asset.dti),
    ):
        if fault:
            problems.append(Problem(where, f"{fault}; got {text!r}"))
    services = _services(asked, problems)
    if asked.document == "provider" and not asked.entity.services:
        problems.append(
            Problem(
                "entity.services", "is missing: a provider's duties hang on its services", "letters a to j of MiCA Art. 3(1)(16)"
            )
        )
    values, network = _values(asked, problems)
    _known(asked, values, problems)
    estimate = _estimate(network, asked, problems) if network is not None else None
    if estimate is not None:
        values = mica.fill(values, estimate)
    today = dt.date.today()
    filing = Filing(
        name=asked.entity.name,
        lei=asked.entity.lei,
        services=services,
        document=asked.document or ("provider" if services else "white_paper"),
        asset=asked.asset.name,
        kind=asked.asset.kind,
        dti=asked.asset.dti,
        start=asked.period.start,
        end=asked.period.end,
        values=mica.with_full_values(values),
        estimate=estimate,
        statements={k: v for k, v in asked.statements.model_dump().items() if v},
        role=asked.entity.role or "",
        published=asked.published or today,
        updated=asked.updated or asked.published or today,
        language=asked.language,
    )
    if filing.updated < filing.published:
        problems.append(Problem("updated", f"must not lie before published; got {filing.updated} and {filing.published}"))
    raise_all([*problems, *mica.conflicts(filing)])
    return filing


def read_filing(path: str | Path, overrides: list[str] | None = None) -> Filing:
    """Disclosure of a file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    return filing_of(apply_overrides(read_toml(Path(path)), overrides or []))


def disclose(filing: Filing, out: Path, package: Path | None = None) -> Written:
    """Write the files of a disclosure and check them; nothing is written while mandatory fields are missing.

    Parameters
    ----------
    filing : Filing
    out : Path
        Folder.
    package : Path, optional
        ESMA's taxonomy package; without it the answer is "not validated".

    Raises
    ------
    StudyError
        If the package is not the published one.
    """
    gone = tuple(mica.missing(filing))
    if package is not None:
        xbrl_arelle.check_package(package)
    if gone:
        return Written(
            filing=filing,
            missing=gone,
            files=(),
            rules=(),
            validation=xbrl_arelle.without_package(),
            namespace_assumed=package is None,
        )
    taxonomy = mica_write.Taxonomy.unseen(filing.kind) if package is None else xbrl_arelle.taxonomy_of(package, filing.kind)
    files = tuple(mica_write.write(filing, out, taxonomy))
    tagged = next(f for f in files if f.suffix == ".xhtml")
    checked = xbrl_arelle.without_package() if package is None else xbrl_arelle.validate(tagged, package)
    return Written(
        filing=filing,
        missing=(),
        files=files,
        rules=tuple(xbrl_check.own_rules(tagged)),
        validation=checked,
        namespace_assumed=taxonomy.assumed,
    )


__all__ = ["Written", "disclose", "filing_of", "read_filing"]
