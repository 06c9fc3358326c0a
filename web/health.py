"""For machines: alive, ready, and the numbers."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.window import off_loop, window_of


async def healthz(request: Request) -> Response:  # noqa: ARG001 - every endpoint takes its request
    """The process answers."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """Whether this process should be sent visitors now."""
    is_ready = await off_loop(window_of(request).ready)
    text, status = ("ready\n", 200) if is_ready else ("not ready\n", 503)
    return PlainTextResponse(text, status, headers={"Cache-Control": "no-store"})


async def metrics(request: Request) -> Response:
    """Counters and times for Prometheus."""
    content = await off_loop(generate_latest, window_of(request).registry)
    return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})


async def robots(request: Request) -> Response:  # noqa: ARG001 - every endpoint takes its request
    """Search engines may read the entries; questions and buttons are not pages."""
    return PlainTextResponse("User-agent: *\nDisallow: /*?q=\nDisallow: /*?a=\nDisallow: /metrics\n")
