"""Write docs/rooms/: a page a room, from what its modules say of themselves.

    uv run python tools/rooms.py
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE, OUT = ROOT / "src/gridroom", ROOT / "docs/rooms"
# room: (what never lives there, page of its subject, title of that page)
ROOMS = {
    "core": ("pydantic, solvers, files", "../concepts.md", "Concepts"),
    "reference": ("formulas", "../limits.md", "Limits"),
    "sources": ("engine types", "../method.md", "Method"),
    "results": ("engines", "../concepts.md", "Concepts"),
    "runners": ("subjects", "../scale.md", "Benchmarks"),
    "systems": ("anything about studies", "../tables.md", "Tables of a system"),
    "adequacy": ("linear programs, files", "../method.md", "Method of the outlook"),
    "supply": ("Monte Carlo", "../supply.md", "Sites, permits, expansion"),
    "loads": ("grids", "../loads.md", "Compute, campus, flexibility"),
    "pipeline": ("grids", "../pipeline.md", "Requests"),
    "assets": ("grids", "../assets.md", "Digital assets and heat"),
    "heat": ("grids", "../assets.md", "Digital assets and heat"),
    "study": ("formulas", "../quickstart.md", "Quick start"),
    "reports": ("engines", "../claims.md", "Public claims, checked"),
    "cli": ("logic", "../quickstart.md", "Quick start"),
    "dashboard": ("logic, engines", "../dashboard.md", "The page in the browser"),
}
FLOORS = [("cli",), ("dashboard",), ("study", "reports"), ("adequacy", "supply", "loads", "pipeline", "assets", "heat"), ("systems",),
          ("reference", "results", "runners", "sources"), ("core",)]


def first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("|", "/").replace("<", "&lt;")


def room_page(room: str) -> str:
    never, page, title = ROOMS[room]
    modules = sorted(p for p in (SOURCE / room).glob("*.py") if p.stem != "__init__")
    rows = [f"| `{p.stem}` | {first_line(p)} |" for p in modules]
    return "\n".join([f"# {room}", "", first_line(SOURCE / room / "__init__.py"), "", f"Never here: {never}. Subject: [{title}]({page}).", "",
                      "| module | what it is |", "| --- | --- |", *rows, ""])


def index() -> str:
    floors = ["| floor | rooms |", "| --- | --- |"]
    floors += [f"| {len(FLOORS) - k} | {' · '.join(f'[{r}]({r}.md)' for r in rooms)} |" for k, rooms in enumerate(FLOORS)]
    return "\n".join(["# The house", "", "Imports run downwards only, and rooms on one floor never see each other; import-linter keeps it so. Reports and the page in the "
                      "browser read run folders and load no engine.", "", *floors, ""])


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{room}.md": room_page(room) for room in ROOMS}}


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for name, text in pages().items():
        (OUT / name).write_text(text, encoding="utf-8")
