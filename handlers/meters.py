"""Counts and times of the Telegram window, in Prometheus' form."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Meters:
    """The window's own counters, kept in the registry it was given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.received = Counter("huinong_telegram_updates", "Updates kept in the inbox.", registry=registry)
        self.worked = Counter(
            "huinong_telegram_worked", "Updates by what became of them.", ("result",), registry=registry
        )
        self.sends = Counter("huinong_telegram_sends", "Sends by what became of them.", ("result",), registry=registry)
        self.handling = Histogram(
            "huinong_telegram_handling_seconds",
            "From the update's arrival to its effects.",
            buckets=SECONDS,
            registry=registry,
        )
