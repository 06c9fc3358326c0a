"""Counts and times of the web window, in Prometheus' form."""

from __future__ import annotations

from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meters:
    """The window's own counters, kept in the registry it was given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "huinong_web_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "huinong_web_request_seconds",
            "Time to the end of the response.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self.answers = Counter("huinong_web_answers", "Answers by outcome.", ("outcome",), registry=registry)


class Measured:
    """Counts and times each request under the name of its endpoint; addresses may hold codes and are not used."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app, self.meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = route_name(scope)
            method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
            self.meters.requests.labels(route, method, str(status)).inc()
            self.meters.seconds.labels(route).observe(perf_counter() - began)


def route_name(scope: Scope) -> str:
    """The endpoint a request was led to, or `none`."""
    endpoint = scope.get("endpoint")
    return str(getattr(endpoint, "__name__", None) or "none")
