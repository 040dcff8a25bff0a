"""From requests and a partition to needs: one need, several sites, what is counted at each."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline.relations import Sites, relation_of

Ints = NDArray[np.int64]
COUNTED_ONCE = ("duplicate", "successor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Needs of one partition as arrays.

    Attributes
    ----------
    first_site : int array (C + 1,)
        Where each need's sites begin.
    first_row : int array (S + 1,)
        Where each site's rows begin in `row`.
    row : int array
        Rows that count; duplicates and predecessors left out.
    lead : int array (C,)
        Most advanced row of each need.
    wanted : int array (C,)
        Sites wanted.
    key : int array (C,)
        Number of the need for random draws: from the id of its first row, so that more filings of it change no draw.
    stands_on : int array (rows of the table,)
        1 where a row needs the first of its site (an expansion).
    """

    first_site: Ints
    first_row: Ints
    row: Ints
    lead: Ints
    wanted: Ints
    key: Ints
    stands_on: Ints


def id_number(name: str) -> int:
    """Number of an id, the same on every machine."""
    return zlib.crc32(name.encode())


def build_needs(sites: Sites, ids: Sequence[str], label: NDArray[np.int32], stage: NDArray[np.float64],
                wanted: NDArray[np.float64]) -> Needs:
    """Needs of a partition.

    Parameters
    ----------
    sites : Sites
    ids : sequence of str
    label : int array (n,)
        Project number of each row.
    stage : float array (n,)
    wanted : float array (n,)
        Sites wanted, as each row declares; NaN is 1.
    """
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    groups.sort(key=lambda g: int(g[0]))
    first_site, first_row, rows, lead, number, key = [0], [0], [], [], [], []
    stands_on = np.zeros(len(label), np.int64)
    for group in groups:
        members = group.tolist()
        for kept in sites_of_need(sites, ids, members):
            rows += kept
            first_row.append(len(rows))
            for k in kept:
                stands_on[k] = int(sites.relation[k] == "expansion" and k != kept[0])
        first_site.append(len(first_row) - 1)
        best = max(members, key=lambda k: (stage[k], -k))
        lead.append(best)
        declared = [wanted[k] for k in members if np.isfinite(wanted[k])]
        number.append(int(max(declared, default=1.0)))
        key.append(id_number(str(ids[members[0]])))
    return Needs(first_site=np.array(first_site, np.int64), first_row=np.array(first_row, np.int64), row=np.array(rows, np.int64),
                 lead=np.array(lead, np.int64), wanted=np.array(number, np.int64), key=np.array(key, np.int64), stands_on=stands_on)


def sites_of_need(sites: Sites, ids: Sequence[str], members: Sequence[int]) -> list[list[int]]:
    """Rows that count at each site of a need: of requests made twice and of predecessors the larger or later one."""
    if len(members) == 1:
        return [[members[0]]]
    replaced = {sites.related[k] for k in members if sites.relation[k] == "successor"}
    members = [k for k in members if ids[k] not in replaced] or list(members)
    groups: list[list[int]] = []
    for k in members:
        for group in groups:
            if _one_site(sites, ids, k, group[0]):
                group.append(k)
                break
        else:
            groups.append([k])
    out = []
    for group in groups:
        others = [k for k in members if k not in group]
        kept: list[int] = []
        for k in sorted(group, key=lambda r: (-np.nan_to_num(sites.size[r]), r)):
            if not any(relation_of(sites, ids, k, other, others) in COUNTED_ONCE for other in kept):
                kept.append(k)
        out.append(sorted(kept))
    return out


def _one_site(sites: Sites, ids: Sequence[str], a: int, b: int) -> bool:
    """Whether two requests of a need stand at one site: by what is declared, else by place."""
    for x, y in ((a, b), (b, a)):
        if sites.related[x] == ids[y] and sites.relation[x]:
            return sites.relation[x] != "alternative"
    return sites.same_site(a, b)


def declared_pairs(frame: Any) -> list[tuple[int, int]]:
    """Rows that a relation ties together (expansions and phases too: they stand or fall with the first)."""
    row = {str(v): k for k, v in enumerate(frame["request_id"])}
    out = []
    for k, (relation, other) in enumerate(zip(frame["relation"], frame["related_to"], strict=True)):
        if isinstance(relation, str) and relation and other is not None and str(other) in row:
            out.append((k, row[str(other)]))
    return out


def join_pairs(n: int, pairs: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    """Partition of n rows in which the given pairs are joined; projects numbered from 0 in order of their first row."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(left)), (left, right)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)
