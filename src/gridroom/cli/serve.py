"""`gridroom serve`: the page in the browser."""

from __future__ import annotations

import socket
from pathlib import Path

from gridroom.core.errors import UsageError


def _free(host: str, port: int) -> None:
    """Refuse, before anything starts, an address that is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise UsageError(f"--port {port} cannot be used on {host}: {fault.strerror or fault}; choose another") from None


def serve(root: Path, host: str, port: int) -> int:
    """Print the address, token included, and serve until interrupted."""
    from gridroom.dashboard.server import serve as run
    from gridroom.dashboard.settings import Settings

    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; give the folder that holds the run folders")
    _free(host, port)
    root.mkdir(parents=True, exist_ok=True)
    settings = Settings(root=root.resolve(), host=host, port=port)
    print(settings.address, flush=True)
    run(settings)
    return 0
