"""Pairs to look at, and a reviewer's decisions kept and reapplied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.pipeline.explain import explain
from gridroom.pipeline.matching import Matches

UNCERTAIN = (0.1, 0.9)
WORDS = {"same": True, "match": True, "yes": True, "different": False, "no": False}


def review_list(matches: Matches, band: tuple[float, float] = UNCERTAIN) -> Any:
    """Pairs in the uncertain band, the most doubtful first, each with what speaks for and against it, and a blank `decision`."""
    import pandas as pd

    inside = np.flatnonzero((matches.probability >= band[0]) & (matches.probability <= band[1]))
    inside = inside[np.argsort(np.abs(matches.probability[inside] - 0.5), kind="stable")]
    rows = []
    for k in inside:
        a, b = int(matches.left[k]), int(matches.right[k])
        parts = [p for p in explain(matches, a, b) if p["weight_bits"] is not None and abs(p["weight_bits"]) >= 0.5]
        parts.sort(key=lambda p: -abs(p["weight_bits"]))
        rows.append({"id_a": matches.ids[a], "id_b": matches.ids[b], "probability": round(float(matches.probability[k]), 4),
                     "relation": matches.relation[k], "decision": "",
                     "why": "; ".join(f"{p['field']} {p['weight_bits']:+.1f}" for p in parts[:6])})
    return pd.DataFrame(rows, columns=["id_a", "id_b", "probability", "relation", "decision", "why"])


def read_decisions(path: Path) -> tuple[tuple[str, str, bool], ...]:
    """Decisions of a review list: rows whose `decision` is `same` or `different`; blank ones are still open.

    Raises
    ------
    StudyError
        With every row that cannot be read.
    """
    from gridroom.sources.spreadsheet import read_table

    table = read_table(path, lambda name: name in ("id_a", "id_b", "decision"))
    missing = [c for c in ("id_a", "id_b", "decision") if c not in table.header]
    if missing:
        raise StudyError(Problem(path.name, f"lacks the column(s) {', '.join(missing)}", "use the file that --review wrote"))
    a, b, d = (table.header.index(c) for c in ("id_a", "id_b", "decision"))
    out, problems = [], list(table.problems)
    seen: dict[tuple[str, str], bool] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        word = row[d].strip().lower()
        if not word:
            continue
        if word not in WORDS:
            problems.append(Problem(f"{path.name} row {line}, decision", f"is {row[d]!r}", nearest(word, WORDS)))
            continue
        first, second = sorted((row[a], row[b]))
        if seen.setdefault((first, second), WORDS[word]) != WORDS[word]:
            problems.append(Problem(f"{path.name} row {line}", f"decides {row[a]} – {row[b]} otherwise than a row before",
                                    "keep one of the two"))
        out.append((row[a], row[b], WORDS[word]))
    if problems:
        raise StudyError(problems)
    return tuple(out)
