"""Names as people write them: one rule for finding what is meant, and for naming the nearest when nothing is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from gridroom.core.errors import Problem


def plain(text: str) -> str:
    """Small letters and digits alone."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+|[0-9]+(?:\.[0-9]+)?", text.lower()))


def find_name(where: str, name: str, known: Mapping[str, Sequence[str]]) -> str | Problem:
    """Name that is meant.

    Taken as written, or as one of its other spellings, whatever the case and punctuation; else the one name that holds all the
    words. Anything else is a problem that names the nearest.

    Parameters
    ----------
    where : str
        Place, for the problem.
    name : str
        What the user wrote.
    known : mapping of str to sequence of str
        Names with their other spellings.

    Returns
    -------
    str or Problem
    """
    spellings = {plain(s): full for full, others in known.items() for s in (*others, full)}
    if plain(name) in spellings:
        return spellings[plain(name)]
    wanted = _words(name)
    held = [full for full, others in known.items() if wanted and any(wanted <= _words(s) for s in (full, *others))]
    if len(held) == 1:
        return held[0]
    if held:
        return Problem(where, f"fits several; got {name!r}", "one of " + ", ".join(held[:8]))
    close = difflib.get_close_matches(plain(name), list(spellings), n=1, cutoff=0.55)
    hint = (
        f"did you mean {spellings[close[0]]!r}?"
        if close
        else "valid: " + ", ".join(list(known)[:12]) + (", …" if len(known) > 12 else "")
    )
    return Problem(where, f"is not known; got {name!r}", hint)
