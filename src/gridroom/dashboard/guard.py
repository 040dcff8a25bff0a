"""Who may look and from where: Host and Origin checks, the token, and headers that forbid everything from elsewhere."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gridroom.dashboard.settings import UPLOAD_BYTES, Settings
from gridroom.dashboard.view import fault_page

COOKIE = "gridroom"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
LOCAL = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Checks every request before a page sees it, and adds the headers to every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refusal(request)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)

    def _hosts(self) -> set[str]:
        names = {*LOCAL, self.settings.host}
        return {f"{n}:{self.settings.port}" for n in names} | names

    def _refusal(self, request: Request) -> Response | None:
        """Why a request goes no further: a foreign host, a foreign page, no token, too much; or the token's own redirect."""
        if request.headers.get("host", "") not in self._hosts():
            return fault_page(request, 421, "host")
        origin = request.headers.get("origin")
        if request.method not in ("GET", "HEAD"):
            if origin not in {f"http://{h}" for h in self._hosts()}:
                return fault_page(request, 403, "origin")
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > UPLOAD_BYTES:
                return fault_page(request, 413, "too_large")
        given = request.query_params.get("token")
        if given is not None and hmac.compare_digest(given.encode(), self.settings.token.encode()):
            answer = RedirectResponse(urlsplit(str(request.url)).path or "/", status_code=303)
            answer.set_cookie(COOKIE, self.settings.token, httponly=True, samesite="strict")
            return answer
        held = request.cookies.get(COOKIE, "")
        if not hmac.compare_digest(held.encode(), self.settings.token.encode()):
            return fault_page(request, 403, "token")
        return None


__all__ = ["Guard"]
