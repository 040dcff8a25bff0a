"""The process in which Arelle runs: its own, for it keeps files open, loads plug-ins and prints as it likes.

    python -m gridroom.assets.xbrl_child FILE PACKAGE

Prints one JSON document: how many facts were read, and Arelle's log.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def run(path: str, package: str) -> dict[str, Any]:
    """Load, validate and evaluate a file with a taxonomy package, offline."""
    from arelle.api.Session import Session
    from arelle.RuntimeOptions import RuntimeOptions

    options = RuntimeOptions(
        entrypointFile=path,
        packages=[package],
        validate=True,
        formulaAction="run",
        formulaAsserResultCounts=True,
        internetConnectivity="offline",
        keepOpen=True,
        logFile="logToBuffer",
        disablePersistentConfig=True,
    )
    with Session() as session:
        session.run(options)
        models = session.get_models()
        facts = len(models[0].factsInInstance) if models else 0
        return {"facts": facts, "log": json.loads(session.get_logs("json")).get("log", [])}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(run(sys.argv[1], sys.argv[2])) + "\n")
