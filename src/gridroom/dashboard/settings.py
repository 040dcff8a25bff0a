"""What a served dashboard knows: where runs lie, who may look, on which address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

UPLOAD_BYTES = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one server.

    Attributes
    ----------
    root : Path
        Folder that holds the run folders; nothing outside it is read.
    host, port
        Address; 127.0.0.1 unless asked otherwise.
    token : str
        Must come with the first request; a cookie then stands for it.
    """

    root: Path
    host: str = "127.0.0.1"
    port: int = 8765
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def address(self) -> str:
        """Address to open, token included."""
        return f"http://{self.host}:{self.port}/?token={self.token}"
