"""What is compared in a list of requests: exact values, numbers and dates, or free text about sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import partition_kernel as kernel
from gridroom.pipeline import sitewords, text
from gridroom.pipeline.columns import BY_NAME, field_of
from gridroom.pipeline.compare_kernel import NUMBER_LEVELS
from gridroom.pipeline.comparison import DAY_EDGES, days, is_common, logarithms, numbers

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
Numbers = dict[str, tuple[Floats, bool, Floats, tuple[float, ...], tuple[float, ...]]]

SIZE_EDGES = np.array([0.06, 0.12, 0.20, 0.30, 0.60, 1.20])
YEAR_EDGES = np.array([1.5, 2.5, 3.5, 4.5, 5.5, 6.5])
# Chance of each level among filings of one project before any data is seen (assumed), in the order of compare_kernel.
SIZE_TRUE = (0.0, 0.13, 0.13, 0.18, 0.13, 0.10, 0.08, 0.10, 0.04, 0.01, 0.0, 0.0, 0.10)
YEAR_TRUE = (0.0, 0.225, 0.225, 0.40, 0.13, 0.01, 0.01)
# The same among any two filings (assumed); weighs a few pairs, so that short lists are not judged by themselves alone.
SIZE_OTHER = (0.0, 0.012, 0.012, 0.05, 0.05, 0.06, 0.08, 0.18, 0.23, 0.30, 0.0, 0.0, 0.026)
YEAR_OTHER = (0.0, 0.11, 0.11, 0.33, 0.24, 0.13, 0.08)
DAY_OTHER = (0.0, 0.001, 0.001, 0.05, 0.07, 0.12, 0.13, 0.18, 0.22, 0.23)
OTHER_PAIRS, UNSEEN_FILINGS = 20.0, 20.0
DAY_TRUE = (0.0, 0.01, 0.01, 0.19, 0.20, 0.25, 0.15, 0.10, 0.07, 0.02)
KEEP_START = {"applicant_name": (0.8, 0.4), "parent_name": (0.95, 0.95), "developer": (0.9, 0.9), "project_name": (0.6, 0.95),
              "ramp": (0.5, 0.95), "ramp_mark": (0.5, 0.95)}
KEEP_OTHER = (0.6, 0.95)


def random_pairs(n: int, count: int = 400_000, seed: int = 5) -> tuple[Index, Index]:
    """Random pairs of different rows."""
    generator = np.random.Generator(np.random.Philox(key=[seed, 41]))
    left, right = generator.integers(0, n, count), generator.integers(0, n, count)
    return left[left != right], right[left != right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is compared in a list of requests.

    Attributes
    ----------
    names : tuple of str
        Columns of exact values.
    field : int array (F, n)
        Numbers of the exact values; -1 where unknown.
    probability : float array (F, V)
        How often each value is met.
    keep : float array (F, 2)
        Chance that a filing keeps the project's value, and share of projects that keep it.
    number_names : tuple of str
    value : float array (K, n)
        Numbers, dates and logarithms of sizes; NaN where unknown.
    common : bool array (K, n)
    is_ratio : bool array (K,)
    edges : float array (K, E)
    weight : float array (K, NUMBER_LEVELS)
        Weight of each level.
    true : float array (K, NUMBER_LEVELS)
        Prior chance of each level among filings of one project.
    other : float array (K, NUMBER_LEVELS)
        The same among any two filings.
    words : WordSets or None
        Free text, where the list describes sites and not filings.
    """

    names: tuple[str, ...]
    field: NDArray[np.int32]
    probability: Floats
    keep: Floats
    number_names: tuple[str, ...]
    value: Floats
    common: NDArray[np.bool_]
    is_ratio: NDArray[np.bool_]
    edges: Floats
    weight: Floats
    true: Floats
    other: Floats
    words: sitewords.WordSets | None = None


def _text(frame: Any, column: str) -> list[str]:
    return ["" if v != v or v is None else str(v) for v in frame[column]]


def _columns(frame: Any, leave_out: Sequence[str]) -> dict[str, str]:
    """First column of each field."""
    out: dict[str, str] = {}
    for column in frame.columns:
        name = field_of(column)
        if name is not None and column not in leave_out and frame[column].notna().any():
            out.setdefault(name, column)
    return out


def exact_values(frame: Any, columns: dict[str, str]) -> dict[str, list[str]]:
    """Comparable exact values by field: companies without legal form, code names, agents, engineers, ramps."""
    out: dict[str, list[str]] = {}
    for name in ("applicant_name", "parent_name", "developer"):
        if name in columns:
            out[name] = [text.company(v) for v in _text(frame, columns[name])]
    if "applicant_name" in out and "parent_name" in out:  # a filing in the parent's own name discloses the parent
        known = set(out["parent_name"]) - {""}
        own = [a in known for a in out["applicant_name"]]
        out["parent_name"] = [p or (a if k else "") for p, a, k in zip(out["parent_name"], out["applicant_name"], own, strict=True)]
        out["applicant_name"] = ["" if k else a for a, k in zip(out["applicant_name"], own, strict=True)]
    if "project_name" in columns:
        out["project_name"] = [text.code_name(v) for v in _text(frame, columns["project_name"])]
    for name in ("contact_or_agent", "engineer", "ramp", "ramp_mark"):
        if name in columns:
            out[name] = [" ".join(text.tokens(v)) for v in _text(frame, columns[name])]
    return {k: v for k, v in out.items() if set(v) - {""}}


def is_filings(columns: dict[str, str]) -> bool:
    """Whether rows are filings with utilities (then place is no evidence) rather than descriptions of sites."""
    return "provider" in columns


def gather(frame: Any, leave_out: Sequence[str] = ()) -> Evidence:
    """Evidence of a list of requests."""
    columns = _columns(frame, leave_out)
    n = len(frame)
    if not is_filings(columns):
        blank = [None] * n
        parties = [" ".join(_text(frame, columns[k])[i] for k in ("developer", "applicant_name", "parent_name") if k in columns)
                   for i in range(n)]
        names = _text(frame, columns["project_name"]) if "project_name" in columns else blank
        places = [" ".join(_text(frame, columns[k])[i] for k in ("location", "poi", "county", "state") if k in columns)
                  for i in range(n)]
        states = _text(frame, columns["state"]) if "state" in columns else blank
        counties = _text(frame, columns["county"]) if "county" in columns else blank
        words = sitewords.word_sets(names, parties, places, states, counties)
        return _pack({}, {}, n, words)
    values: Numbers = {}
    for name, column in columns.items():
        part = BY_NAME[name].part
        if name == "requested_mw":
            values[name] = (logarithms(numbers(frame[column])), True, SIZE_EDGES, SIZE_TRUE, SIZE_OTHER)
        elif part == "when" and frame[column].notna().mean() > 0.2:
            plain = numbers(frame[column])
            if np.isfinite(plain).mean() > 0.2:
                values[name] = (plain, False, YEAR_EDGES, YEAR_TRUE, YEAR_OTHER)
            elif name == "requested_in_service":
                values[name] = (np.floor(2000.0 + days(frame[column]) / 365.25), False, YEAR_EDGES, YEAR_TRUE, YEAR_OTHER)
            else:
                values[name] = (days(frame[column]), False, DAY_EDGES, DAY_TRUE, DAY_OTHER)
    return _pack(exact_values(frame, columns), values, n, None)


def _pack(exact: dict[str, list[str]], values: Numbers, n: int, words: sitewords.WordSets | None) -> Evidence:
    numbered = [text.codes(v) for v in exact.values()]
    fields = np.stack(numbered) if numbered else np.zeros((0, n), np.int32)
    most = int(fields.max(initial=0)) + 1
    probability = np.zeros((len(numbered), most))
    for f, row in enumerate(numbered):
        count = np.bincount(row[row >= 0], minlength=most)
        # One fewer, since the value's own project holds it; and as if there were some more filings that hold none of them.
        probability[f] = np.maximum(count - 1.0, 0.5) / max(count.sum() - 1.0 + UNSEEN_FILINGS, 1.0)
    keep = np.array([KEEP_START.get(name, KEEP_OTHER) for name in exact]).reshape(-1, 2)
    value = np.stack([v[0] for v in values.values()]) if values else np.zeros((0, n))
    common = np.stack([is_common(v) for v in value]) if values else np.zeros((0, n), np.bool_)
    edges = np.stack([v[2] for v in values.values()]) if values else np.zeros((0, 6))
    true, other = (np.full((len(values), NUMBER_LEVELS), 1e-4) for _ in range(2))
    for k, v in enumerate(values.values()):
        true[k, : len(v[3])], other[k, : len(v[4])] = np.maximum(v[3], 1e-4), np.maximum(v[4], 1e-4)
    for chance in (true, other):
        chance[:, 0] = 0.0
        chance /= np.maximum(chance.sum(axis=1, keepdims=True), 1e-9)
    evidence = Evidence(names=tuple(exact), field=fields, probability=probability, keep=keep, number_names=tuple(values),
                        value=value, common=common, is_ratio=np.array([v[1] for v in values.values()], np.bool_), edges=edges,
                        weight=np.zeros((len(values), NUMBER_LEVELS)), true=true, other=other, words=words)
    if len(values) and n > 1:
        evidence.weight[:] = level_weights(true, background_counts(evidence, n))
    return evidence


def level_counts(evidence: Evidence, left: Index, right: Index) -> Floats:
    """How often each level of each number is met among pairs (K, NUMBER_LEVELS)."""
    count = np.zeros((len(evidence.value), NUMBER_LEVELS))
    kernel.count_levels(left, right, evidence.value, evidence.common, evidence.is_ratio, evidence.edges, count)
    return count


def background_counts(evidence: Evidence, n: int) -> Floats:
    """Levels among any two filings: of random pairs, no more of them than there are pairs, and the prior's (K, NUMBER_LEVELS)."""
    left, right = random_pairs(n)
    count = level_counts(evidence, left, right) * min(1.0, 0.5 * n * (n - 1) / max(len(left), 1))
    return np.asarray(count + OTHER_PAIRS * evidence.other)


def level_weights(true: Floats, other_count: Floats) -> Floats:
    """Weights of levels: log of the chance among true pairs over that among others, from its counts (K, NUMBER_LEVELS)."""
    other = other_count + 1e-3
    other[:, 0] = 0.0
    other /= other.sum(axis=1, keepdims=True)
    weight = np.log(np.maximum(true, 1e-6) / np.maximum(other, 1e-6))
    weight[:, 0] = 0.0
    return weight
