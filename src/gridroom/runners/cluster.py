"""Chunks on a Dask cluster: the same protocol and the same bits as threads; a worker that dies loses nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
AHEAD = 4


def _call(task: Callable[[Chunk], Result], chunk: Chunk) -> Result:
    return task(chunk)


class DaskRunner:
    """Runs chunks on the workers of a `distributed.Client`.

    Parameters
    ----------
    client : distributed.Client or str
        A client, the address of a scheduler, or `local:N` for N worker processes on this machine.

    Raises
    ------
    ImportError
        If distributed is not installed (`pip install gridroom[cluster]`).
    """

    def __init__(self, client: Any) -> None:
        try:
            import distributed
        except ImportError as fault:
            raise ImportError("a cluster needs distributed: pip install 'gridroom[cluster]'") from fault
        make: Any = distributed
        self._own: list[Any] = []
        if isinstance(client, str):
            if client.startswith("local:"):
                cluster = make.LocalCluster(n_workers=int(client.split(":")[1]), threads_per_worker=1, processes=True,
                                       dashboard_address=None)
                self._own.append(cluster)
                client = cluster
            client = make.Client(client)
            self._own.append(client)
        self.client = client

    def run(self, task: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Results in the order of the chunks; the task travels to each worker once."""
        shared = self.client.scatter(task, broadcast=True, hash=False)
        workers = max(len(self.client.scheduler_info(n_workers=-1)["workers"]), 1)
        waiting: deque[Any] = deque()
        try:
            for chunk in chunks:
                waiting.append(self.client.submit(_call, shared, chunk, pure=False, retries=3))
                if len(waiting) > AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            self.client.cancel(list(waiting))

    def close(self) -> None:
        """Close what this runner opened itself."""
        for part in reversed(self._own):
            part.close()
        self._own.clear()
