"""Free text about sites: how likely two descriptions are one campus, from who, where and what it is called.

Each description is split into three sets of words: the party (operator and its words in the name), the place (words of the
location, wherever they stand) and the rest of the name. A word that two records share weighs by its rarity.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline.compare_kernel import shared_words
from gridroom.pipeline.text import GENERIC, LEGAL, ROMAN, STATE_CODES, STATES, STREET, state_in, tokens

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

# Chance of each level among descriptions of one campus (assumed; from how campuses are listed in public atlases).
PLACE_LEVELS = ("unknown", "other state", "other county", "same state", "same county", "shared place", "shared rare place",
                "same address")
PLACE_TRUE = np.array([0.0, 0.01, 0.05, 0.36, 0.10, 0.15, 0.13, 0.20])
REST_LEVELS = ("unknown", "nothing shared", "shared", "shared rare", "shared very rare")
REST_TRUE = np.array([0.0, 0.10, 0.22, 0.30, 0.38])
PARTY_OTHER = -3.0
UNIT_OTHER = -4.0  # building or unit numbers that differ
PARTY_SAME = 0.9
MOST_WEIGHT = 8.0  # words of one description depend on each other: no pair counts for more
STATE_WORDS = frozenset(word for name in STATES for word in name.split()) | frozenset(code.lower() for code in STATE_CODES)
NOT_PARTY = GENERIC | LEGAL


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSets:
    """Three sets of words a record, as sorted numbers with their frequency, and where it is."""

    party: tuple[Index, Index, Floats]
    place: tuple[Index, Index, Floats]
    rest: tuple[Index, Index, Floats]
    named: tuple[Index, Index, Floats]
    state: NDArray[np.int32]
    county: NDArray[np.int32]
    unit: NDArray[np.int32]
    unit_stem: NDArray[np.int32]


def _numbered(sets: list[set[str]], address: bool = False) -> tuple[Index, Index, Floats]:
    count = Counter(w for s in sets for w in s)
    number = {w: k for k, w in enumerate(count)}
    n = max(len(sets), 1)
    share = np.array([count[w] / n for w in number] or [1.0])
    if address:  # house numbers and postal codes are marked by a negative share
        share = np.array([(-1 if w.isdigit() else 1) * count[w] / n for w in number] or [1.0])
    start = np.concatenate([[0], np.cumsum([len(s) for s in sets])]).astype(np.int64)
    flat = np.array([k for s in sets for k in sorted(number[w] for w in s)], np.int64)
    return start, flat, share


def _unit(name: object) -> tuple[str, str]:
    """Stem and number of a building (`RIC3 DC1` gives `ric 3 dc`, `1`); phases are no units."""
    words = tokens(name)
    if len(words) >= 2 and (words[-1].isdigit() or words[-1] in ROMAN) and words[-2] not in ("phase", "stage"):
        return " ".join(words[:-1]), words[-1]
    return "", ""


def word_sets(names: Sequence[object], parties: Sequence[object], places: Sequence[object], states: Sequence[object],
              counties: Sequence[object]) -> WordSets:
    """Word sets of the records.

    Parameters
    ----------
    names, parties, places, states, counties : sequences
        Texts of each record; None or NaN where nothing is known.
    """
    party_words = {w for p in parties for w in tokens(p)} - NOT_PARTY - {w for w in STREET if len(w) <= 2}
    place_words = {w for p in places for w in tokens(p)} - GENERIC - STATE_WORDS - STREET
    first = Counter(called[0] for n in names if (called := [w for w in tokens(n) if w not in NOT_PARTY and not w.isdigit()]))
    party_words |= {w for w, k in first.items() if k > 1 and w not in place_words and w not in STATE_WORDS and w not in STREET}
    who, where, rest, named = [], [], [], []
    for name, party, place in zip(names, parties, places, strict=True):
        called, at = tokens(name), set(tokens(place))
        p = {w for w in tokens(party) if w in party_words and not w.isdigit()} | {w for w in called if w in party_words
                                                                                  and not w.isdigit()}
        p = (p - at) or p
        who.append(p)
        where.append({w for w in at | set(called) if w in place_words and w not in p and len(w) > 1
                      and (not w.isdigit() or len(w) >= 4)})
        named.append({w for w in called if w in place_words and w not in p and not w.isdigit() and len(w) > 1})
        rest.append({w for w in called if w not in NOT_PARTY and w not in p and w not in place_words and w not in STATE_WORDS
                     and w not in STREET and w not in ROMAN and not w.isdigit() and len(w) > 1})
    in_state = [str(s) if isinstance(s, str) and s else (state_in(p) or "") for s, p in zip(states, places, strict=True)]
    in_county = [_county(c, p) for c, p in zip(counties, places, strict=True)]
    unit = [_unit(n) for n in names]
    return WordSets(party=_numbered(who), place=_numbered(where, address=True), rest=_numbered(rest), named=_numbered(named),
                    state=_codes(in_state), county=_codes(in_county), unit=_codes([u[1] for u in unit]),
                    unit_stem=_codes([u[0] for u in unit]))


def _codes(values: list[str]) -> NDArray[np.int32]:
    known: dict[str, int] = {}
    return np.array([known.setdefault(v.lower(), len(known)) if v else -1 for v in values], np.int32)


def _county(county: object, place: object) -> str:
    if isinstance(county, str) and county:
        return " ".join(tokens(county))
    found = re.search(r"([A-Z][A-Za-z. ]+?) (?:County|Parish)\b", place) if isinstance(place, str) else None
    return found.group(1).strip() if found else ""


def _shared(words: tuple[Index, Index, Floats], left: Index, right: Index
            ) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_], Floats, NDArray[np.bool_]]:
    """Bits and words shared, whether a number is shared, share of the rarest one, and whether both have any."""
    start, flat, share = words
    n = len(left)
    bits, count = np.zeros(n), np.zeros(n, np.int64)
    number, rarest = np.zeros(n, np.bool_), np.ones(n)
    shared_words(left, right, start, flat, share, bits, count, number, rarest)
    filled = np.diff(start) > 0
    return bits, count, number, rarest, filled[left] & filled[right]


def site_levels(words: WordSets, left: Index, right: Index) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64], Floats]:
    """Weight for the party, levels of place and rest of the name, and weight for unit numbers; each (P,)."""
    _, count, _, rarest, known = _shared(words.party, left, right)
    party = np.where(~known, 0.0, np.where(count > 0, np.log(PARTY_SAME / np.maximum(rarest, 0.004)), PARTY_OTHER))
    bits, count, number, _, _ = _shared(words.place, left, right)
    state, county = words.state, words.county
    both_states = (state[left] >= 0) & (state[right] >= 0)
    both_counties = (county[left] >= 0) & (county[right] >= 0)
    same_county = both_counties & (county[left] == county[right])
    place = np.where(both_states, 3, 0)
    place = np.where(both_counties & ~same_county, 2, place)
    place = np.where(count > 0, np.where(both_counties, np.where(same_county, 4, 2), np.where(bits >= 6.0, 6, 5)), place)
    place = np.where((count > 0) & number & (count >= 3), 7, place)
    _, in_names, _, _, both_named = _shared(words.named, left, right)
    place = np.where(both_named & (in_names == 0) & (place > 2), 2, place)
    place = np.where(both_states & (state[left] != state[right]), 1, place)
    bits, count, _, _, known = _shared(words.rest, left, right)
    length = np.diff(words.rest[0])
    differ = np.minimum(length[left], length[right]) > count  # each has a word of its own
    rest = np.where(~known, 0, np.where(count == 0, 1, np.where(differ, 1, 2 + np.digitize(bits, [6.0, 9.0]))))
    stem = words.unit_stem
    unit = np.where((stem[left] >= 0) & (stem[left] == stem[right]) & (words.unit[left] != words.unit[right]), UNIT_OTHER, 0.0)
    return party, place, rest, unit


def site_weights(words: WordSets, left: Index, right: Index, background: tuple[Index, Index]) -> Floats:
    """Weight of pairs: log of the chance among one campus over that among any two records (P,).

    Parameters
    ----------
    background : tuple of int arrays
        Pairs that show how often each level is met at random.
    """
    party, place, rest, unit = site_levels(words, left, right)
    _, any_place, any_rest, _ = site_levels(words, *background)
    total = party + unit
    for level, seen, true in ((place, any_place, PLACE_TRUE), (rest, any_rest, REST_TRUE)):
        count = np.bincount(seen[seen > 0], minlength=len(true)).astype(np.float64) + 0.3
        count[0] = 0.0
        weight = np.log((true + 1e-4) / np.maximum(count / count.sum(), 1e-9))
        weight[0] = 0.0
        total = total + weight[level]
    return np.asarray(np.minimum(total, MOST_WEIGHT))
