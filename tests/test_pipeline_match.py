"""Matching: kernels against enumeration, labelled sets, decisions, explanations."""

from __future__ import annotations

import itertools
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridroom.core.errors import StudyError
from gridroom.pipeline import compare_kernel, linking, text
from gridroom.pipeline import partition_kernel as kernel
from gridroom.pipeline.explain import explain
from gridroom.pipeline.linking import choose_pairs
from gridroom.pipeline.matching import MatchOptions, match
from gridroom.pipeline.review import read_decisions, review_list
from gridroom.pipeline.scoring import bcubed, score
from gridroom.pipeline.synthetic import make_filings
from gridroom.pipeline.tables import table_for_matching, two_lists

SHARED = Path(os.environ.get("GRIDROOM_SHARED", Path(__file__).parents[2] / "shared")) / "data"
MATCHING = SHARED / "matching"
needs_shared = pytest.mark.skipif(not MATCHING.is_dir(), reason="the shared raw data is not here")


def test_marginals_of_one_to_one_equal_enumeration_on_a_tree():
    left, right, odds = np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([3.0, 0.5, 2.0])
    weight = {(): 1.0}
    for size in (1, 2, 3):
        for chosen in itertools.combinations(range(3), size):
            if len({left[k] for k in chosen}) == size == len({right[k] for k in chosen}):
                weight[chosen] = math.prod(odds[k] for k in chosen)
    total = sum(weight.values())
    exact = [sum(w for c, w in weight.items() if k in c) / total for k in range(3)]
    assert linking.marginals(left, right, odds, (2, 2)) == pytest.approx(exact, abs=1e-6)


def test_indistinguishable_twins_share_their_probability_and_get_one_partner_each():
    left, right = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    p = linking.marginals(left, right, np.full(4, 1e4), (2, 2))
    assert p == pytest.approx(np.full(4, 0.5), abs=0.01)
    chosen = choose_pairs(left, right, p)
    assert chosen.sum() == 2
    assert len(set(left[chosen])) == len(set(right[chosen])) == 2


def partitions(n):
    """All partitions of n records, as labels."""

    def grow(labels):
        if len(labels) == n:
            yield tuple(labels)
            return
        for k in range(max(labels, default=-1) + 2):
            yield from grow([*labels, k])

    yield from grow([])


def slow_score(rows, field, probability, keep):
    """The hit-or-miss score of one project, with the project's own value summed out one by one."""
    total = 0.0
    for f in range(len(field)):
        seen = [field[f][i] for i in rows if field[f][i] >= 0]
        if len(seen) < 2:
            continue
        r, share = keep[f]
        inside = 0.0
        for own, p in enumerate(probability[f]):
            inside += p * math.prod((r + (1 - r) * probability[f][v] if v == own else (1 - r) * probability[f][v]) for v in seen)
        alone = math.prod(probability[f][v] for v in seen)
        total += math.log(share * inside / alone + 1 - share)
    return total


def state(n, fields):
    members = np.zeros((n + 1, kernel.MOST), np.int32)
    members[:n, 0] = np.arange(n)
    size = np.zeros(n + 1, np.int32)
    size[:n] = 1
    free = np.zeros(n + 2, np.int32)
    free[0] = n
    return members, size, np.zeros(n + 1), np.ones((n + 1, fields)), np.zeros((n + 1, fields), np.int64), free


def test_gibbs_sampler_draws_from_the_posterior_over_all_52_partitions():
    field = np.array([[0, 0, 1, 0, 2], [0, 1, 1, -1, 0]], np.int32)
    probability = np.array([[0.2, 0.3, 0.5], [0.4, 0.6, 0.0]])
    keep = np.array([[0.7, 0.8], [0.5, 0.95]])
    n, theta = 5, 1.5
    weight = {}
    for label in partitions(n):
        groups = [[i for i in range(n) if label[i] == g] for g in set(label)]
        w = sum(math.log(theta) + math.lgamma(len(g)) + slow_score(g, field, probability, keep) for g in groups)
        weight[label] = math.exp(w)
    total = sum(weight.values())
    exact = {
        (i, j): sum(w for lab, w in weight.items() if lab[i] == lab[j]) / total for i, j in itertools.combinations(range(n), 2)
    }
    start = np.arange(0, n * (n - 1) + 1, n - 1)
    neighbour = np.array([j for i in range(n) for j in range(n) if j != i], np.int32)
    members, size, pairs, sums, filled, free = state(n, 2)
    label, n_free, count = np.arange(n, dtype=np.int32), 1, dict.fromkeys(exact, 0)
    fixed = (
        field,
        probability,
        keep,
        np.zeros((0, n)),
        np.zeros((0, n), np.bool_),
        np.zeros(0, np.bool_),
        np.zeros((0, 6)),
        np.zeros((0, 13)),
        start,
        neighbour,
        np.zeros(0),
        0.0,
    )
    kernel.refresh(members, size, pairs, sums, filled, *fixed)
    draws = 40_000
    for s in range(draws):
        n_free = kernel.sweep(3, s, 1.0, theta, label, members, size, pairs, sums, filled, free, n_free, *fixed)
        for i, j in exact:
            count[i, j] += label[i] == label[j]
    for pair, p in exact.items():
        assert count[pair] / draws == pytest.approx(p, abs=0.012), pair


def test_two_records_by_hand():
    # one field, value met in a tenth of the records, kept with 0.6: same value 1 - 0.36 + 0.36 / 0.1, other value 1 - 0.36
    field, probability = np.array([[0, 0, 1]], np.int32), np.array([[0.1, 0.9]])
    keep = np.array([[0.6, 1.0]])
    assert kernel.value_weight(0, 1, field, probability, keep) == pytest.approx(math.log(0.64 + 3.6))
    assert kernel.value_weight(0, 2, field, probability, keep) == pytest.approx(math.log(0.64))


def test_text_levels_against_a_slow_twin():
    words = ["Iron Mountain AZP-1", "Iron Mountain AZP-2", "iron mountain azp 1", "Equinix DC14", None, "Mountain", "Riot Rockdale"]
    e = text.encode(words)

    def slow(a, b):
        if not words[a] or not words[b]:
            return 0
        one, two = text.tokens(words[a]), text.tokens(words[b])
        if one == two:
            return 4 if words[a].lower() != words[b].lower() else "same"
        bits = {t: math.log2((6 + 1) / sum(t in set(text.tokens(w)) for w in words)) for t in set(one) | set(two)}
        shared = sum(bits[t] for t in set(one) & set(two))
        mass = [sum(bits[t] for t in set(w)) for w in (one, two)]
        numbers = [{t for t in w if t.isdigit()} - (set(one) & set(two)) for w in (one, two)]
        other = bool(numbers[0]) and bool(numbers[1])
        if shared == 0:
            return 11
        if shared >= 0.6 * max(mass):
            return 6 if other else 5
        if shared >= 0.85 * min(mass):
            return 7
        return (9 if other else 8) if shared >= 0.3 * max(mass) else 10

    for a, b in itertools.combinations(range(len(words)), 2):
        got = compare_kernel.text_level(a, b, e.start, e.token, e.bits, e.is_number, e.whole, e.raw, e.whole_bits, e.mass_bits)
        want = slow(a, b)
        assert got == want or (want == "same" and got in (1, 2, 3)), (words[a], words[b])


@needs_shared
@pytest.mark.parametrize(
    ("name", "across", "least"),
    [("sites", "source", 0.97), ("requests", "edition", 0.965), ("frontier", None, 0.75), ("filings", None, 0.62)],
)
def test_labelled_sets_reach_their_aims(name, across, least):
    frame, _ = table_for_matching(MATCHING / f"{name}_records.csv")
    result = match(frame, MatchOptions(across=across))
    scores = score(result, pd.read_csv(MATCHING / f"{name}_pairs.csv"))
    assert scores["f1"] >= least
    if across:  # nobody has two partners
        pairs = result.pairs()
        assert not pairs["id_a"].duplicated().any()
        assert not pairs["id_b"].duplicated().any()
    if name == "filings":  # said probabilities come true
        for row in scores["reliability"]:
            assert abs(row["mean_probability"] - row["share_true"]) < 0.16


def test_invented_filings_are_found_and_counted_once():
    made = make_filings(150, 11)
    result = match(made.records, MatchOptions(sweeps=120))
    truth = [(a, b) for a, b in itertools.combinations(range(len(made.project)), 2) if made.project[a] == made.project[b]]
    ids = list(made.records["request_id"])
    scores = score(result, pd.DataFrame([(ids[a], ids[b], "match") for a, b in truth], columns=["id_a", "id_b", "label"]))
    assert scores["precision"] > 0.8
    assert scores["f1"] > 0.6
    by_site = pd.DataFrame({"p": made.project, "s": made.site, "mw": made.records["requested_mw"]}).groupby(["p", "s"])["mw"].sum()
    once = by_site.groupby("p").max().sum()
    assert result.requested_mw - result.duplicate_mw[0] == pytest.approx(once, rel=0.15)
    assert max(np.bincount(result.cluster)) <= 16  # no chain through everything


def table(rows):
    return pd.DataFrame(rows, columns=["id", "utility", "state", "applicant", "project_name", "agent", "engineer", "mw"])


def small():
    rows = [
        (
            f"N{k}",
            f"U{k % 5}",
            "VA",
            f"Company {k} LLC",
            f"Project W{'abcdefghijklmnopqrst'[k]}x",
            f"Ag{k % 4}",
            f"En{k % 3}",
            100.0 + 7 * k,
        )
        for k in range(20)
    ]
    rows += [
        ("A", "U1", "VA", "Quartz Hollow LLC", "Project Lark", "Hale", "Kimble", 300.0),
        ("B", "U2", "OH", "Quartz Hollow Holdings LLC", "Lark Campus", "Hale", "Kimble", 300.0),
    ]
    return table(rows)


def test_one_project_in_two_states_is_an_alternative_and_is_explained():
    result = match(small())
    pairs = result.pairs()
    assert list(pairs[["id_a", "id_b", "relation"]].iloc[0]) == ["A", "B", "alternative"]
    parts = {p["field"]: p["weight_bits"] for p in explain(result, 20, 21)}
    assert parts["applicant_name"] > 0
    assert parts["project_name"] > 0
    assert sum(parts.values()) == pytest.approx(
        result.partitions.log_weight[(result.partitions.left == 20) & (result.partitions.right == 21)][0] / math.log(2), abs=4.0
    )


def test_decisions_are_kept_and_obeyed(tmp_path):
    apart = match(small(), MatchOptions(decisions=(("A", "B", False),)))
    assert ("A", "B") not in set(zip(apart.pairs()["id_a"], apart.pairs()["id_b"], strict=True))
    joined = match(small(), MatchOptions(decisions=(("N1", "N2", True),)))
    assert ("N1", "N2") in set(zip(joined.pairs()["id_a"], joined.pairs()["id_b"], strict=True))
    path = tmp_path / "review.csv"
    listed = review_list(match(small()), band=(0.0, 1.0))
    listed.loc[0, "decision"] = "same"
    listed.to_csv(path, index=False)
    assert read_decisions(path) == ((listed.loc[0, "id_a"], listed.loc[0, "id_b"], True),)
    with pytest.raises(StudyError, match="which is no record"):
        match(small(), MatchOptions(decisions=(("A", "Z9", True),)))


def test_two_lists_with_other_column_names_are_linked():
    left = pd.DataFrame(
        {"id": ["a1", "a2"], "name": ["Bluebird Campus", "Heron Works"], "state": ["VA", "OH"], "mw": [300.0, 120.0]}
    )
    right = pd.DataFrame(
        {"id": ["b1", "b2"], "project": ["Heron Works", "Bluebird Campus"], "st": ["OH", "VA"], "load_mw": [120.0, 300.0]}
    )
    result = match(two_lists(left, right), MatchOptions(across="list"))
    assert set(zip(result.pairs()["id_a"], result.pairs()["id_b"], strict=True)) == {("a1", "b2"), ("a2", "b1")}


def test_bcubed_by_hand():
    # records 0-3, truth {0,1} {2,3}, found {0,1,2} {3}
    got = bcubed(np.array([0, 0, 0, 1], np.int32), {(0, 1), (2, 3)}, set())
    assert got["bcubed_precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert got["bcubed_recall"] == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)


def test_missing_and_repeated_ids_are_named():
    with pytest.raises(StudyError, match="hold no id"):
        match(pd.DataFrame({"name": ["x"], "mw": [1.0]}))
    with pytest.raises(StudyError, match="more than once"):
        match(pd.DataFrame({"id": ["x", "x"], "name": ["a", "b"]}))
    with pytest.raises(StudyError, match="did you mean 'name'"):
        match(small().rename(columns={"agent": "name"}), MatchOptions(across="nam"))
