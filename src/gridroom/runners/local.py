"""Chunks on local threads. Kernels release the interpreter lock, so threads are enough and nothing is copied."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

AHEAD = 6

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


def cores(jobs: int = 0) -> int:
    """Threads to use: `jobs`, or what this process may run on when `jobs` is 0."""
    if jobs > 0:
        return jobs
    try:
        return max(len(os.sched_getaffinity(0)), 1)
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def run_in_order(task: Callable[[Chunk], Result], chunks: Iterable[Chunk], jobs: int = 0) -> Iterator[Result]:
    """Run `task` on each chunk and yield the results in the order of the chunks.

    A few chunks a thread may wait beyond the one awaited, so that one long chunk does not leave the other threads idle.

    Parameters
    ----------
    task : callable
        Function of one chunk; must not share state with other calls.
    chunks : iterable
        Work in order.
    jobs : int
        Threads; 0 takes all cores.
    """
    workers = cores(jobs)
    if workers == 1:
        for chunk in chunks:
            yield task(chunk)
        return
    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(task, chunk))
                if len(waiting) > AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@dataclass(frozen=True, slots=True)
class LocalRunner:
    """Threads of this process; 0 jobs takes all cores."""

    jobs: int = 0

    def run(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Results in the order of the chunks."""
        return run_in_order(task, chunks, self.jobs)
