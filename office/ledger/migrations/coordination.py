"""Schema of what several processes must agree on."""

from office.ledger.migrations.steps import Migration

RATE_LIMITS = Migration(
    "rate_limits",
    (
        "CREATE TABLE rate_limits (key TEXT PRIMARY KEY, window_ends BIGINT NOT NULL, used INTEGER NOT NULL)",
        "CREATE INDEX rate_limits_ends ON rate_limits (window_ends)",
    ),
)

LEASES = Migration(
    "leases",
    (
        """CREATE TABLE leases (
            name TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            until BIGINT NOT NULL,
            fence BIGINT NOT NULL
        )""",
    ),
)
