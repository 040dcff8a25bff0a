"""Lists of large-load requests that are kept under the served root: the list, its pairs, and what a reviewer decided."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "queues"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
ENDINGS = (".csv", ".xlsx", ".parquet")
DECISIONS = ("same", "different")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One kept list."""

    name: str
    path: Path

    @property
    def requests(self) -> Path | None:
        """The file as it was sent."""
        return next((self.path / f"requests{e}" for e in ENDINGS if (self.path / f"requests{e}").is_file()), None)

    def rows(self, name: str) -> list[dict[str, str]]:
        """Rows of a table that a command wrote; none where it is not there yet."""
        path = self.path / name
        if not path.is_file():
            return []
        with path.open(encoding="utf-8", newline="") as stream:
            return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(stream)]

    def document(self, name: str) -> dict[str, Any]:
        """An answer that was kept; empty where it is not there yet."""
        try:
            found = json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def decisions(self) -> dict[tuple[str, str], str]:
        """What was decided, by pair of ids in order."""
        return {(r["id_a"], r["id_b"]): r["decision"] for r in self.rows("decisions.csv")}

    def decide(self, a: str, b: str, decision: str) -> None:
        """Keep a decision, or take it back where it is empty."""
        kept = self.decisions()
        pair = (a, b) if a <= b else (b, a)
        kept.pop(pair, None)
        if decision in DECISIONS:
            kept[pair] = decision
        beside = self.path / "decisions.part"
        with beside.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["id_a", "id_b", "decision"])
            writer.writerows([*p, d] for p, d in kept.items())
        beside.replace(self.path / "decisions.csv")  # whole or not at all


def slug_of(name: str) -> str:
    """Folder name for what a person typed."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]


def list_queues(root: Path) -> list[Queue]:
    """Kept lists, by name; links are left out."""
    folder = root / FOLDER
    if not folder.is_dir() or folder.is_symlink():
        return []
    inside = (p for p in folder.iterdir() if p.is_dir() and not p.is_symlink() and NAME.fullmatch(p.name))
    return sorted((Queue(name=p.name, path=p) for p in inside), key=lambda q: q.name)


def queue_of(root: Path, name: str) -> Queue | None:
    """A kept list by its name."""
    return next((q for q in list_queues(root) if q.name == name), None)


def new_queue(root: Path, name: str) -> Queue:
    """An empty folder for a list; another name where it is taken."""
    slug = slug_of(name) or "queue"
    folder = root / FOLDER
    free = next(n for n in (slug, *(f"{slug[:50]}-{k}" for k in range(2, 100_000))) if not (folder / n).exists())
    (folder / free).mkdir(parents=True)
    return Queue(name=free, path=folder / free)


__all__ = ["DECISIONS", "ENDINGS", "Queue", "list_queues", "new_queue", "queue_of", "slug_of"]
