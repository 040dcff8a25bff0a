"""Files of a MiCA disclosure: read, filled from our own estimate where asked, checked whole, written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.assets import mica, mica_write, xbrl_arelle, xbrl_check
from gridroom.assets.energy import NetworkEnergy
from gridroom.assets.mica import Filing, Missing
from gridroom.assets.mica_fields import Value
from gridroom.assets.mica_fill import fill, with_full_values
from gridroom.assets.networks import network_energy
from gridroom.assets.xbrl_arelle import Validation
from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.mica_schema import MicaFile
from gridroom.study.mica_values import head_of, services_of, values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of a disclosure; `files` is empty while mandatory fields are missing."""

    filing: Filing
    missing: tuple[Missing, ...]
    files: tuple[Path, ...]
    rules: tuple[xbrl_check.Finding, ...]
    validation: Validation
    namespace_assumed: bool


def _estimate(network: str, asked: MicaFile) -> NetworkEnergy:
    """Our own estimate over the period; networks of nodes do not depend on it."""
    try:
        return network_energy(network, f"{asked.period.start}..{asked.period.end}")
    except StudyError as fault:
        places = {"network": "network", "--date": "period"}
        problems = [Problem(places.get(p.where, p.where), p.what, p.hint if p.where == "network" else "") for p in fault.problems]
        raise StudyError(problems) from None


def filing_of(data: dict[str, Any]) -> Filing:
    """Disclosure of plain data; mandatory fields may still be missing.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(MicaFile, data)
    services = services_of(asked.entity.services, [])
    values = values_of(asked.fields, [])
    network = asked.network or asked.fields.get("network")
    if asked.network and asked.fields.get("network"):
        raise StudyError(Problem("fields.network", "is given twice, as network too"))
    for code, text in head_of(data).items():
        values.setdefault(code, Value(code=code, text=text))
    estimate = _estimate(str(network), asked) if network is not None else None
    if estimate is not None:
        values = fill(values, estimate)
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
        values=with_full_values(values),
        estimate=estimate,
        statements={k: v for k, v in asked.statements.model_dump().items() if v},
        role=asked.entity.role or "",
        published=asked.published or today,
        updated=asked.updated or asked.published or today,
        language=asked.language,
    )
    raise_all(mica.conflicts(filing))
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
