"""Claim classes: how each figure is known. An assumed value never looks like a measured one."""

from __future__ import annotations

from enum import StrEnum


class Claim(StrEnum):
    """How a figure is known."""

    MEASURED = "measured"
    PUBLISHED = "published"
    DERIVED = "derived"
    ASSUMED = "assumed"
