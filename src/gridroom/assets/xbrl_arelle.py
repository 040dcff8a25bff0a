"""Full validation of an inline XBRL file by Arelle, with ESMA's taxonomy package as the user supplies it, offline.

Valid: no error, and assertions evaluated. The second clause matters: without the package Arelle can end with nothing evaluated.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.assets.mica_write import ENTRY_TABLE, Taxonomy
from gridroom.core.errors import Problem, StudyError

# ESMA's package of August 2025, as a public study of October 2026 names it.
PACKAGE_SHA256 = "19921398b16cb2521f808965e5d058be8f68591c8f9d77d24eb9df2c14aae033"
TIMEOUT_S = 600.0
NOT_VALIDATED = "not validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What Arelle says.

    Attributes
    ----------
    status : str
        `valid`, `invalid` or `not validated`.
    why : str
    errors : tuple of str
    satisfied, not_satisfied : int
        Assertions evaluated.
    facts : int
    """

    status: str
    why: str = ""
    errors: tuple[str, ...] = ()
    satisfied: int = 0
    not_satisfied: int = 0
    facts: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The answer for JSON."""
        return {
            "status": self.status,
            "why": self.why or None,
            "errors": list(self.errors),
            "assertions_satisfied": self.satisfied,
            "assertions_not_satisfied": self.not_satisfied,
            "facts": self.facts,
        }


def without_package() -> Validation:
    """The answer when there is nothing to validate against."""
    return Validation(status=NOT_VALIDATED, why="no taxonomy package given: --taxonomy mica_taxonomy_2025.zip from ESMA")


def check_package(package: Path, sha256: str = PACKAGE_SHA256) -> None:
    """Refuse a package that is not the published one.

    Raises
    ------
    StudyError
        If it is missing, not a ZIP, or has another hash.
    """
    if not package.is_file():
        raise StudyError(Problem(str(package), "does not exist", "ESMA publishes mica_taxonomy_2025.zip"))
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != sha256:
        raise StudyError(Problem(str(package), f"is not the published taxonomy package: sha256 {found}", f"it should be {sha256}"))
    if not zipfile.is_zipfile(package):
        raise StudyError(Problem(str(package), "is not a ZIP file"))


def taxonomy_of(package: Path, kind: str) -> Taxonomy:
    """Entry point and namespace as the package has them.

    Raises
    ------
    StudyError
        If the package lacks the core schema or the entry point.
    """
    entry_name, core = f"mica_entry_table_{ENTRY_TABLE[kind]}.xsd", ""
    entry = Taxonomy.unseen(kind).entry
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        found = [n for n in names if n.endswith("mica_cor.xsd")]
        if not found or not any(n.endswith(entry_name) for n in names):
            raise StudyError(Problem(str(package), f"holds no mica_cor.xsd or no {entry_name}"))
        core = archive.read(found[0]).decode("utf-8", "replace")
    namespace = re.search(r'targetNamespace\s*=\s*["\']([^"\']+)', core)
    if namespace is None:
        raise StudyError(Problem(str(package), "has a core schema without target namespace"))
    return Taxonomy(entry=entry, namespace=namespace[1], assumed=False)


def validate(path: Path, package: Path, sha256: str = PACKAGE_SHA256) -> Validation:
    """Validate a file with Arelle, offline.

    Parameters
    ----------
    path : Path
        Inline XBRL file.
    package : Path
        Taxonomy package.
    sha256 : str
        Hash that it must have.

    Returns
    -------
    Validation
        `not validated` where Arelle is not installed.

    Raises
    ------
    StudyError
        If the package is not the published one.
    """
    check_package(package, sha256)
    if importlib.util.find_spec("arelle") is None:
        return Validation(status=NOT_VALIDATED, why="Arelle is not installed: pip install 'gridroom[xbrl]'")
    command = [sys.executable, "-m", "gridroom.assets.xbrl_child", str(path.resolve()), str(package.resolve())]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if ran.returncode != 0:
        last = (ran.stderr.strip().splitlines() or ["no word"])[-1]
        return Validation(status=NOT_VALIDATED, why=f"Arelle ended with {ran.returncode}: {last}")
    document = json.loads(ran.stdout.strip().splitlines()[-1])
    return _judge(document["log"], document["facts"])


def _judge(log: list[dict[str, Any]], facts: int) -> Validation:
    """What the log says: errors, and how many assertions were evaluated."""
    errors, good, bad = [], 0, 0
    for entry in log:
        message = entry.get("message", {})
        text = str(message.get("text", "")) if isinstance(message, dict) else str(message)
        counts = re.search(r"evaluations\s*:\s*(\d+) satisfied, (\d+) not satisfied", text)
        if counts is not None:
            good, bad = good + int(counts[1]), bad + int(counts[2])
        if str(entry.get("level", "")).lower() in ("error", "critical"):
            errors.append(f"[{entry.get('code', '')}] {text}")
    if errors or bad:
        return Validation(
            status="invalid",
            why="errors or assertions not satisfied",
            errors=tuple(errors),
            satisfied=good,
            not_satisfied=bad,
            facts=facts,
        )
    if good == 0 or facts == 0:
        return Validation(status=NOT_VALIDATED, why="nothing was evaluated: neither an error nor an assertion", facts=facts)
    return Validation(status="valid", satisfied=good, facts=facts)


__all__ = ["NOT_VALIDATED", "PACKAGE_SHA256", "Validation", "check_package", "taxonomy_of", "validate", "without_package"]
