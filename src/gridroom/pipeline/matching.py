"""Which requests are the same project: pairs with calibrated probabilities, clusters that do not chain, MW counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.pipeline import candidates, dedupe, linking
from gridroom.pipeline.columns import BY_NAME, field_of
from gridroom.pipeline.comparison import compared_columns
from gridroom.pipeline.needs import join_pairs
from gridroom.pipeline.relations import Sites, counted_once_mw, relation_of

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
ALL_LINKS_UP_TO = 25_000_000  # pairs of two lists
LINK_BLOCK = 200
LEAST_SHOWN = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchOptions:
    """How to match.

    Attributes
    ----------
    across : str or None
        Only records that differ in this column can match, each with one partner at most.
    threshold : float
        Probability from which a pair counts as the same.
    seed : int
    sweeps : int
        Sweeps of the sampler (lists that are matched within themselves).
    decisions : tuple
        A reviewer's decisions: (id, id, same).
    """

    across: str | None = None
    threshold: float = 0.5
    seed: int = 1
    sweeps: int = dedupe.SWEEPS
    decisions: tuple[tuple[str, str, bool], ...] = ()


@dataclass(slots=True, kw_only=True)
class Matches:
    """Answer of `match`.

    Attributes
    ----------
    ids : list of str
    left, right : int array (P,)
        Rows of the pairs that are worth a look.
    probability : float array (P,)
        Calibrated probability that the two are the same.
    accepted : bool array (P,)
        Pairs that count as the same at the threshold.
    cluster : int array (n,)
        Cluster of each row: the drawn partition closest to the pairs' probabilities, or the linked pairs.
    draws : int array (D, n)
        Partitions drawn, for what is counted on them.
    duplicate_mw : tuple of float
        Mean and standard deviation over draws of MW that are counted twice [MW]; NaN without sizes.
    requested_mw : float
        Sum of the sizes [MW].
    relation : list of str
        Relation of each pair.
    """

    ids: list[str]
    left: Index
    right: Index
    probability: Floats
    accepted: NDArray[np.bool_]
    cluster: NDArray[np.int32]
    draws: NDArray[np.int32]
    duplicate_mw: tuple[float, float]
    requested_mw: float
    relation: list[str]
    options: MatchOptions
    frame: Any
    partitions: dedupe.Partitions | None = None
    linked: list[linking.Linked] = field(default_factory=list)

    def pairs(self, all_shown: bool = False) -> Any:
        """Pairs as a table: `id_a, id_b, probability, relation`; the accepted ones, or all that are worth a look."""
        import pandas as pd

        use = np.flatnonzero(self.accepted if not all_shown else self.probability >= LEAST_SHOWN)
        use = use[np.lexsort((self.right[use], self.left[use], -self.probability[use]))]
        return pd.DataFrame({"id_a": [self.ids[k] for k in self.left[use]], "id_b": [self.ids[k] for k in self.right[use]],
                             "probability": np.round(self.probability[use], 4), "relation": [self.relation[k] for k in use]})

    @property
    def clusters(self) -> int:
        """How many different things the records are."""
        return len(np.unique(self.cluster))

    def to_pandas(self) -> Any:
        """The accepted pairs."""
        return self.pairs()

    def __str__(self) -> str:
        mean, spread = self.duplicate_mw
        mw = "" if not np.isfinite(mean) else f"; {mean:,.0f} ± {spread:,.0f} of {self.requested_mw:,.0f} MW counted more than once"
        return f"{len(self.ids):,} records are {self.clusters:,} projects: {int(self.accepted.sum()):,} pairs{mw}"


def id_column(frame: Any) -> str:
    """Column of the record's id.

    Raises
    ------
    StudyError
        If there is none, or ids are missing or repeated.
    """
    for column in frame.columns:
        if str(column).lower() in ("record_id", "request_id", "id"):
            break
    else:
        named = [c for c in frame.columns if field_of(c) == "request_id"]
        if not named:
            raise StudyError(Problem("columns", f"hold no id; got {', '.join(map(str, frame.columns))}",
                                     "name one of them id, or map it: --map COLUMN=request_id"))
        column = named[0]
    values = frame[column]
    problems = [Problem(f"row {k + 2}, {column}", "is empty", "give each record an id") for k in np.flatnonzero(values.isna())[:20]]
    twice = values[values.duplicated() & values.notna()]
    problems += [Problem(f"{column} {v!r}", "is met more than once", "ids must be unique, or give snapshot_date too")
                 for v in list(dict.fromkeys(twice))[:20]]
    if problems:
        raise StudyError(problems)
    return str(column)


def match(frame: Any, options: MatchOptions | None = None) -> Matches:
    """Find records that are the same project.

    Parameters
    ----------
    frame : DataFrame or path
        One row a record: an id and whatever columns there are; those whose names gridroom knows are compared. Of several snapshots
        of a record the last one counts.
    options : MatchOptions, optional

    Returns
    -------
    Matches

    Raises
    ------
    StudyError
        If ids are missing or repeated, or nothing can be compared.
    """
    options = options or MatchOptions()
    if isinstance(frame, str | Path):
        from gridroom.pipeline.tables import table_for_matching

        frame, _ = table_for_matching(Path(frame))
    frame = _latest(frame)
    ids = id_column(frame)
    frame = frame.reset_index(drop=True)
    if options.across is not None and options.across not in frame.columns:
        raise StudyError(Problem(f"--across {options.across}", "is no column of the table",
                                 nearest(options.across, map(str, frame.columns))))
    names = [str(v) for v in frame[ids]]
    decided = _decided(names, options.decisions)
    if options.across is not None:
        return _across(frame, ids, names, options, decided)
    return _within(frame, ids, names, options, decided)


def _latest(frame: Any) -> Any:
    """Last snapshot of each record, where the table holds several."""
    when = next((c for c in frame.columns if field_of(c) == "snapshot_date"), None)
    name = next((c for c in frame.columns if field_of(c) == "request_id"), None)
    if when is None or name is None or not frame[name].duplicated().any() or frame[when].isna().any():
        return frame
    return frame.sort_values(when, kind="stable").drop_duplicates(name, keep="last").sort_index()


def _decided(names: list[str], decisions: Sequence[tuple[str, str, bool]]) -> Floats:
    row = {name: k for k, name in enumerate(names)}
    problems = [Problem(f"decision {a} – {b}", f"names {x!r}, which is no record", nearest(x, row))
                for a, b, _ in decisions for x in (a, b) if x not in row]
    if problems:
        raise StudyError(problems)
    return np.array([(row[a], row[b], float(same)) for a, b, same in decisions]).reshape(-1, 3)


def _sizes(frame: Any) -> Floats:
    from gridroom.pipeline.comparison import numbers

    for column in frame.columns:
        if field_of(column) == "requested_mw":
            return numbers(frame[column])
    return np.full(len(frame), np.nan)


def _within(frame: Any, ids: str, names: list[str], options: MatchOptions, decided: Floats) -> Matches:
    parts = dedupe.draw_partitions(frame, [ids, "source"], options.seed, options.sweeps, decided)
    if not parts.evidence.names and not parts.evidence.number_names and parts.evidence.words is None:
        raise StudyError(Problem("columns", "hold nothing that can be compared", "see `gridroom pipeline template` for names"))
    _obey(parts, decided)
    cluster = closest_draw(parts)
    shown = parts.probability >= LEAST_SHOWN
    left, right, probability = parts.left[shown], parts.right[shown], parts.probability[shown]
    sites = Sites(frame)
    rows_of: dict[int, list[int]] = {}
    for k, c in enumerate(cluster):
        rows_of.setdefault(int(c), []).append(k)
    relation = []
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        others = rows_of[int(cluster[i])] if cluster[i] == cluster[j] else []
        relation.append(relation_of(sites, names, i, j, [k for k in others if k not in (i, j)]))
    size = _sizes(frame)
    mw = (float("nan"), float("nan"))
    if np.isfinite(size).any():
        twice = np.array([_twice_mw(sites, names, draw, size) for draw in parts.draws])
        mw = (float(twice.mean()), float(twice.std(ddof=1)) if len(twice) > 1 else 0.0)
    return Matches(ids=names, left=left, right=right, probability=probability, accepted=probability >= options.threshold,
                   cluster=cluster, draws=parts.draws, duplicate_mw=mw, requested_mw=float(np.nansum(size)), relation=relation,
                   options=options, frame=frame, partitions=parts)


def _obey(parts: dedupe.Partitions, decided: Floats) -> None:
    """Make a reviewer's decisions hold in probabilities and draws, whatever else speaks against them."""
    for a, b, same in decided.astype(np.int64):
        here = ((parts.left == min(a, b)) & (parts.right == max(a, b)))
        parts.probability[here] = float(same)
        if same:
            for draw in parts.draws:
                draw[draw == draw[b]] = draw[a]


def _twice_mw(sites: Sites, names: list[str], draw: NDArray[np.int32], size: Floats) -> float:
    order = np.argsort(draw, kind="stable")
    total = 0.0
    for rows in np.split(order, np.flatnonzero(np.diff(draw[order])) + 1):
        if len(rows) > 1:
            total += float(np.nansum(size[rows])) - counted_once_mw(sites, rows.tolist(), names)
    return total


def closest_draw(parts: dedupe.Partitions) -> NDArray[np.int32]:
    """Draw whose pairs differ least, in squares, from the pairs' probabilities [1]_.

    References
    ----------
    .. [1] Dahl 2006, *Model-based clustering for expression data via a Dirichlet process mixture model*, in Bayesian Inference for
       Gene Expression and Proteomics, Cambridge University Press, 201-218.
    """
    together = parts.draws[:, parts.left] == parts.draws[:, parts.right]
    loss = ((together - parts.probability[None]) ** 2).sum(axis=1)
    return np.asarray(parts.draws[int(loss.argmin())])


def _across(frame: Any, ids: str, names: list[str], options: MatchOptions, decided: Floats) -> Matches:
    across = str(options.across)
    lists = [np.flatnonzero(frame[across] == v) for v in sorted(frame[across].dropna().unique(), key=str)]
    if len(lists) < 2:
        raise StudyError(Problem(f"--across {across}", f"has {len(lists)} value(s)", "it must tell at least two lists apart"))
    compared = compared_columns(frame, [ids, across])
    if not compared:
        raise StudyError(Problem("columns", "hold nothing that can be compared", "see `gridroom pipeline template` for names"))
    fields = {c.name: field_of(c.name) or c.name for c in compared}
    found, left, right, p, chosen, partner = [], [], [], [], [], []
    for a in range(len(lists)):
        for b in range(a + 1, len(lists)):
            one, two, background = _link_candidates(frame, lists[a], lists[b], fields)
            linked = linking.link(frame, compared, fields, one, two, background)
            found.append(linked)
            left.append(linked.left)
            right.append(linked.right)
            p.append(linked.probability)
            chosen.append(linked.chosen)
            partner.append(linked.partner)
    first, second, probability = np.concatenate(left), np.concatenate(right), np.concatenate(p)
    taken = np.concatenate(chosen) & (np.concatenate(partner) >= options.threshold)
    if len(decided):
        first, second, probability, taken = _apply_links(first, second, probability, taken, decided)
    cluster = join_pairs(len(frame), list(zip(first[taken].tolist(), second[taken].tolist(), strict=True)))
    size = _sizes(frame)
    twice = np.fmin(size[first], size[second])
    mean = float(np.nansum(twice[taken])) if np.isfinite(size).any() else float("nan")
    spread = float(np.sqrt(np.nansum(probability * (1 - probability) * twice**2))) if np.isfinite(mean) else float("nan")
    sites = Sites(frame)
    shown = (probability >= LEAST_SHOWN) | taken
    first, second, probability, taken = first[shown], second[shown], probability[shown], taken[shown]
    relation = ["alternative" if not sites.same_site(i, j) and sites.state[i] != sites.state[j] else "duplicate"
                for i, j in zip(first.tolist(), second.tolist(), strict=True)]
    return Matches(ids=names, left=first, right=second, probability=probability, accepted=taken, cluster=cluster,
                   draws=cluster[None], duplicate_mw=(mean, spread), requested_mw=float(np.nansum(size)), relation=relation,
                   options=options, frame=frame, linked=found)


def _apply_links(first: Index, second: Index, probability: Floats, taken: NDArray[np.bool_], decided: Floats
                 ) -> tuple[Index, Index, Floats, NDArray[np.bool_]]:
    """Put a reviewer's decisions in place of what was found for their records."""
    for a, b, same in decided.astype(np.int64):
        here = ((first == a) & (second == b)) | ((first == b) & (second == a))
        if same:
            other = (np.isin(first, (a, b)) | np.isin(second, (a, b))) & ~here
            probability, taken = np.where(other, 0.0, probability), taken & ~other
        probability, taken = np.where(here, float(same), probability), np.where(here, bool(same), taken)
        if not here.any() and same:
            first, second = np.append(first, a), np.append(second, b)
            probability, taken = np.append(probability, 1.0), np.append(taken, True)
    return first, second, probability, taken


def _link_candidates(frame: Any, one: Index, two: Index, fields: dict[str, str]
                     ) -> tuple[Index, Index, tuple[Index, Index] | None]:
    """All pairs of two lists, or those that share words of a field where there are too many."""
    if len(one) * len(two) <= ALL_LINKS_UP_TO:
        return np.repeat(one, len(two)), np.tile(two, len(one)), None
    from gridroom.pipeline import text

    side = np.zeros(len(frame), np.int8)
    side[one], side[two] = 1, 2
    n, found = len(frame), []
    texts = [c for c in fields if BY_NAME.get(fields[c]) is None or BY_NAME[fields[c]].kind in ("text", "word")]
    encoded = [text.encode([None if v != v else str(v) for v in frame[c]]) for c in texts if c in frame.columns]
    keys = [e.whole.astype(np.int64) for e in encoded]
    for k, e in enumerate(encoded):
        rows = np.repeat(np.arange(n), np.diff(e.start))
        found.append(candidates.pairs_of_blocks(rows, e.token.astype(np.int64), n, LINK_BLOCK))
        for m in range(k):
            known = (keys[k] >= 0) & (keys[m] >= 0)
            found.append(candidates.pairs_of_blocks(np.flatnonzero(known), keys[k][known] * 2_000_003 + keys[m][known], n,
                                                    LINK_BLOCK))
    key = candidates.distinct(found)
    left, right = key // n, key % n
    keep = side[left] * side[right] == 2
    left, right = left[keep], right[keep]
    swap = side[left] == 2
    generator = np.random.Generator(np.random.Philox(key=[5, 42]))
    background = (generator.choice(one, 400_000), generator.choice(two, 400_000))
    return np.where(swap, right, left), np.where(swap, left, right), background
