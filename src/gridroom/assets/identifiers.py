"""Identifiers: legal entities (LEI, ISO 17442) and digital tokens (DTI, ISO 24165)."""

from __future__ import annotations

import re

LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
DTI = re.compile(r"[0-9BCDFGHJKLMNPQRSTVWXZ]{9}")


def lei_fault(text: str) -> str:
    """What is wrong with an LEI; empty when it holds: 18 letters or digits, 2 digits, ISO 7064 mod 97-10 equal to 1."""
    if not LEI.fullmatch(text):
        return "must be 18 capital letters or digits and 2 digits"
    number = int("".join(str(int(c, 36)) for c in text))
    return "" if number % 97 == 1 else f"has wrong check digits (ISO 7064 mod 97-10 gives {number % 97}, not 1)"


def dti_fault(text: str) -> str:
    """What is wrong with a DTI; empty when it holds: nine of the digits and consonants that ISO 24165 uses."""
    return "" if DTI.fullmatch(text) else "must be nine characters out of 0-9 and B C D F G H J K L M N P Q R S T V W X Z"


__all__ = ["dti_fault", "lei_fault"]
