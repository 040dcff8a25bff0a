"""Collect what gridroom says to a person at the command line: problems, hints, usage, words on stderr, help.

    uv run python tools/messages.py          # what has no Japanese yet

A message is a template: the fields of an f-string are {0}, {1}, … in their order.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src/gridroom"
JAPANESE = SOURCE / "reports/messages_ja.toml"
CALLS = {"Problem": (1, 2), "UsageError": (0,), "say": (0,), "InfeasibleError": (0,), "Rule": (2, 3, 4)}
ROOMS_OF_PAGES = ("reports",)


class _Unknown(Exception):
    pass


def _pieces(node: ast.expr) -> list[str | None]:
    """Literal pieces of a text; None where a field stands."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [v.value if isinstance(v, ast.Constant) else None for v in node.values]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pieces(node.left) + _pieces(node.right)
    raise _Unknown


def templates_of(node: ast.expr) -> list[str]:
    """Templates of an argument; both sides of a choice, none where it is no literal text."""
    if isinstance(node, ast.IfExp):
        return templates_of(node.body) + templates_of(node.orelse)
    try:
        pieces = _pieces(node)
    except _Unknown:
        return []
    text, field = "", 0
    for piece in pieces:
        text += f"{{{field}}}" if piece is None else piece.replace("{", "{{").replace("}", "}}")
        field += piece is None
    return [text] if any(p and any(c.isalpha() for c in p) for p in pieces) else []


def messages() -> list[str]:
    """Every template in the code, sorted."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] in ROOMS_OF_PAGES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in CALLS and isinstance(node, ast.Call):
                for place in CALLS[name]:
                    if place < len(node.args):
                        found.update(templates_of(node.args[place]))
    return sorted(found)


if __name__ == "__main__":
    known = tomllib.loads(JAPANESE.read_text(encoding="utf-8"))["message"] if JAPANESE.is_file() else {}
    for text in messages():
        if text not in known:
            print(text)
