"""How good a matching is against labelled pairs: precision, recall, B-cubed, reliability."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.pipeline.matching import Matches
from gridroom.pipeline.needs import join_pairs

LABELS = ("match", "ignore", "different")


def score(matches: Matches, truth: Any) -> dict[str, Any]:
    """Score against labelled pairs.

    Parameters
    ----------
    matches : Matches
    truth : DataFrame
        `id_a, id_b, label`; `match` is the same, `ignore` counts neither way, every pair not named is different.

    Returns
    -------
    dict
        `precision, recall, f1, brier, reliability`, and `bcubed_precision, bcubed_recall` of the clusters.

    Raises
    ------
    StudyError
        If columns or labels are not as described, or ids are unknown.
    """
    missing = [c for c in ("id_a", "id_b", "label") if c not in truth.columns]
    if missing:
        raise StudyError(Problem("--truth", f"lacks the column(s) {', '.join(missing)}", "it must have id_a, id_b and label"))
    row = {name: k for k, name in enumerate(matches.ids)}
    problems = [Problem(f"--truth row {k + 2}", f"names {x!r}, which is no record of the table")
                for k, (a, b) in enumerate(zip(truth["id_a"], truth["id_b"], strict=True)) for x in (a, b) if str(x) not in row]
    problems += [Problem(f"--truth row {k + 2}", f"has the label {v!r}", f"one of {', '.join(LABELS)}")
                 for k, v in enumerate(truth["label"]) if v not in LABELS]
    if problems:
        raise StudyError(problems[:30])

    def keys(label: str) -> set[tuple[int, int]]:
        part = truth[truth["label"] == label]
        return {_pair(row[str(a)], row[str(b)]) for a, b in zip(part["id_a"], part["id_b"], strict=True)}

    same, skip = keys("match"), keys("ignore")
    listed = [_pair(a, b) for a, b in zip(matches.left.tolist(), matches.right.tolist(), strict=True)]
    found = {p for p, yes in zip(listed, matches.accepted, strict=True) if yes} - skip
    hit = len(found & same)
    precision, recall = _share(hit, len(found)), _share(hit, len(same))
    f1 = None if precision is None or recall is None or precision + recall == 0 else 2 * precision * recall / (precision + recall)
    scored = np.array([p not in skip for p in listed], np.bool_)
    true = np.array([p in same for p in listed], np.float64)[scored] if listed else np.zeros(0)
    probability = matches.probability[scored] if listed else np.zeros(0)
    missed = len(same - set(listed))  # pairs never listed have probability 0
    total = len(true) + missed
    brier = float((((probability - true) ** 2).sum() + missed) / total) if total else None
    return {"precision": precision, "recall": recall, "f1": f1, "brier_of_listed": brier,
            "reliability": reliability(probability, true), **bcubed(matches.cluster, same, skip)}


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def reliability(probability: NDArray[np.float64], true: NDArray[np.float64]) -> list[dict[str, float]]:
    """Mean probability against share of true pairs, in ten classes."""
    out = []
    for k in range(10):
        inside = (probability >= k / 10) & ((probability < (k + 1) / 10) | (k == 9))
        if inside.any():
            out.append({"from": k / 10, "to": (k + 1) / 10, "pairs": int(inside.sum()),
                        "mean_probability": float(probability[inside].mean()), "share_true": float(true[inside].mean())})
    return out


def bcubed(cluster: NDArray[np.int32], same: set[tuple[int, int]], skip: set[tuple[int, int]]) -> dict[str, float | None]:
    """B-cubed precision and recall of the clusters [1]_: the mean over records of the share of its cluster that is the same thing,
    and of what is the same thing that is in its cluster. True clusters are the labelled pairs, joined.

    References
    ----------
    .. [1] Bagga & Baldwin 1998, *Entity-based cross-document coreferencing using the vector space model*, COLING-ACL, 79.
    """
    n = len(cluster)
    thing = join_pairs(n, list(same))
    unsure = {i for pair in skip for i in pair}
    use = [i for i in range(n) if i not in unsure]
    if not use:
        return {"bcubed_precision": None, "bcubed_recall": None}
    rows_of: dict[int, list[int]] = {}
    things: dict[int, int] = {}
    for i in use:
        rows_of.setdefault(int(cluster[i]), []).append(i)
        things[int(thing[i])] = things.get(int(thing[i]), 0) + 1
    precision, recall = 0.0, 0.0
    for rows in rows_of.values():
        kinds, count = np.unique(thing[rows], return_counts=True)
        precision += float((count**2).sum()) / len(rows)
        recall += sum(float(c) ** 2 / things[int(k)] for k, c in zip(kinds, count, strict=True))
    return {"bcubed_precision": precision / len(use), "bcubed_recall": recall / len(use)}
