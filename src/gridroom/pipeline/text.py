"""Words of names and places made comparable: normal form, tokens with their rarity, companies without their legal form."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI",
    "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK",
    "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}
STATE_CODES = frozenset(STATES.values())
# words that name no company and no project
LEGAL = frozenset("llc inc incorporated corp corporation co company ltd lp llp plc l c i holdings holding group land acquisitions "
                  "acquisition development developments partners infra infrastructure energy ventures".split())
GENERIC = frozenset("project campus phase data center centre centers datacenter facility site building buildings cluster "
                    "supercomputer supercluster the of and for a county parish usa united states america us park business tech "
                    "technology technologies digital web services service systems national department university ai".split())
ROMAN = frozenset("i ii iii iv v vi vii viii ix x".split())
STREET = frozenset("rd road st street ave avenue blvd boulevard ln lane hwy highway dr drive way pkwy parkway loop cir circle ct "
                   "new north south west east n s w e mt mount san saint fort ft el la los las".split())

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


def tokens(value: object) -> list[str]:
    """Words of a text: lower case, letters and digits apart, without `county`."""
    if not isinstance(value, str):
        return []
    text = re.sub(r"\b(county|parish)\b", " ", value.lower())
    text = re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", text)
    return re.sub(r"[^0-9a-z]+", " ", text).split()


def company(value: object) -> str:
    """Company name without its legal form."""
    return " ".join(word for word in tokens(value) if word not in LEGAL)


def code_name(value: object) -> str:
    """Project name without general words, Roman numerals and numbers: what of it names the project."""
    return " ".join(w for w in tokens(value) if w not in GENERIC and w not in ROMAN and not w.isdigit())


def state_in(value: object) -> str | None:
    """State named in an address: a code in capitals, else a full name, the last one met."""
    if not isinstance(value, str):
        return None
    found = [word for word in re.findall(r"\b[A-Z]{2}\b", value) if word in STATE_CODES]
    if found:
        return str(found[-1])
    low = re.sub(r"[^a-z]+", " ", value.lower())
    hits = [(low.rfind(name), len(name), code) for name, code in STATES.items() if re.search(rf"\b{name}\b", low)]
    return str(max(hits)[2]) if hits else None


def codes(values: Sequence[str]) -> Ints:
    """Number of each distinct text; -1 where empty."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(v, len(known)) if v else -1 for v in values], np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedText:
    """A text column as arrays.

    Attributes
    ----------
    start : int array (n + 1,)
        Where each record's tokens begin in `token`.
    token : int array
        Sorted token numbers of each record.
    bits : float array
        Information of each token: log2 of records over records that hold it.
    is_number : bool array
        Whether the token is a number.
    whole, raw : int array (n,)
        Number of the normal form and of the text as written (case and outer spaces apart); -1 where empty.
    whole_bits, mass_bits : float array (n,)
        Information of the whole value, and sum over its tokens.
    """

    start: NDArray[np.int64]
    token: Ints
    bits: Floats
    is_number: NDArray[np.bool_]
    whole: Ints
    raw: Ints
    whole_bits: Floats
    mass_bits: Floats


def encode(values: Sequence[object]) -> EncodedText:
    """Text column as arrays for the comparison kernels."""
    words = [tokens(v) for v in values]
    sets = [sorted(set(w)) for w in words]
    count = Counter(t for s in sets for t in s)
    filled = sum(1 for s in sets if s)
    number = {t: k for k, t in enumerate(count)}
    bits = np.array([math.log2((filled + 1) / count[t]) for t in number])
    start = np.concatenate([[0], np.cumsum([len(s) for s in sets])]).astype(np.int64)
    token = np.array([k for s in sets for k in sorted(number[t] for t in s)], np.int32)
    whole = codes([" ".join(w) for w in words])
    raw = codes([str(v).casefold().strip() if w else "" for v, w in zip(values, words, strict=True)])
    frequency = np.bincount(whole[whole >= 0], minlength=int(whole.max(initial=0)) + 1)
    whole_bits = np.where(whole >= 0, np.log2(max(filled, 1) / np.maximum(frequency[whole], 1)), 0.0)
    mass = np.array([bits[token[a:b]].sum() for a, b in pairwise(start)])
    return EncodedText(start=start, token=token, bits=bits, is_number=np.array([t.isdigit() for t in number], np.bool_),
                       whole=whole, raw=raw, whole_bits=whole_bits, mass_bits=mass)
