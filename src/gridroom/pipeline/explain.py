"""Why two records were taken for the same: the weight of each field."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridroom.pipeline import dedupe, sitewords
from gridroom.pipeline import partition_kernel as kernel
from gridroom.pipeline.matching import Matches

BITS = 1.0 / np.log(2.0)


def explain(matches: Matches, row_a: int, row_b: int) -> list[dict[str, Any]]:
    """Weight of each comparison of two records [bits]: above 0 speaks for the same, below 0 against.

    Parameters
    ----------
    matches : Matches
    row_a, row_b : int
        Rows of the two records.

    Returns
    -------
    list of dict
        `field, a, b, weight_bits`.
    """
    if matches.partitions is not None:
        return _within(matches, matches.partitions, row_a, row_b)
    for linked in matches.linked:
        here = np.flatnonzero(
            ((linked.left == row_a) & (linked.right == row_b)) | ((linked.left == row_b) & (linked.right == row_a))
        )
        if len(here):
            k = int(linked.kept[here[0]])
            return [
                {
                    "field": " + ".join(part.names),
                    "a": _shown(matches, row_a, part.names),
                    "b": _shown(matches, row_b, part.names),
                    "weight_bits": float(part.weight[part.key[k]] * BITS),
                }
                for part in linked.parts
            ]
    return []


def _shown(matches: Matches, row: int, names: tuple[str, ...]) -> str:
    cells = [matches.frame[name].iloc[row] for name in names if name in matches.frame.columns]
    return " · ".join("" if v is None or v != v else str(v) for v in cells)


def _within(matches: Matches, parts: dedupe.Partitions, a: int, b: int) -> list[dict[str, Any]]:
    evidence = parts.evidence
    left, right = np.array([a]), np.array([b])
    out = []
    for f, name in enumerate(evidence.names):
        weight = kernel.value_weight(a, b, evidence.field[f : f + 1], evidence.probability[f : f + 1], evidence.keep[f : f + 1])
        out.append(
            {"field": name, "a": _field(matches, a, name), "b": _field(matches, b, name), "weight_bits": float(weight * BITS)}
        )
    for k, name in enumerate(evidence.number_names):
        one = slice(k, k + 1)
        weight = kernel.number_weight(
            a, b, evidence.value[one], evidence.common[one], evidence.is_ratio[one], evidence.edges[one], evidence.weight[one]
        )
        out.append(
            {"field": name, "a": _field(matches, a, name), "b": _field(matches, b, name), "weight_bits": float(weight * BITS)}
        )
    if evidence.words is not None:
        party, place, rest, unit = sitewords.site_levels(evidence.words, left, right)
        total = dict(zip(zip(parts.left.tolist(), parts.right.tolist(), strict=True), parts.log_weight, strict=True))
        whole = total.get((min(a, b), max(a, b)))
        out += [
            {"field": "party", "a": "", "b": "", "weight_bits": float(party[0] * BITS)},
            {"field": "place", "a": sitewords.PLACE_LEVELS[int(place[0])], "b": "", "weight_bits": None},
            {"field": "name", "a": sitewords.REST_LEVELS[int(rest[0])], "b": "", "weight_bits": None},
            {"field": "unit number", "a": "", "b": "", "weight_bits": float(unit[0] * BITS)},
            {"field": "all together", "a": "", "b": "", "weight_bits": None if whole is None else float(whole * BITS)},
        ]
    return out


def _field(matches: Matches, row: int, name: str) -> str:
    from gridroom.pipeline.columns import field_of

    return _shown(matches, row, tuple(c for c in matches.frame.columns if field_of(c) == name)[:1])
