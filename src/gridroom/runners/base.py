"""Where work runs: one protocol for threads here and for a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


class Runner(Protocol):
    """Runs a task on chunks of work and yields the results in the order of the chunks.

    The task must give the same bits for the same chunk wherever it runs; then so does the whole run.
    """

    def run(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Results in order; stops submitting when the caller closes the iterator."""
        ...
