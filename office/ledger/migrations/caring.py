"""Schema of what officers must not forget: follow-ups until an outcome, and calls for a person."""

from office.ledger.migrations.steps import Migration

FOLLOW_UPS = Migration(
    "follow_ups",
    (
        """CREATE TABLE follow_ups (
            id TEXT PRIMARY KEY,
            receipt TEXT UNIQUE,
            entry TEXT NOT NULL,
            village TEXT NOT NULL,
            officer TEXT,
            contact TEXT NOT NULL,
            chat TEXT,
            began_on BIGINT NOT NULL,
            first_due_at BIGINT NOT NULL,
            second_due_at BIGINT NOT NULL,
            outcome TEXT CHECK (outcome IN ('done', 'failed', 'not_gone', 'already', 'not_needed')),
            reason TEXT,
            answered_by TEXT,
            answered_at BIGINT
        )""",
        "CREATE INDEX follow_ups_open ON follow_ups (officer, first_due_at) WHERE answered_at IS NULL",
        "CREATE INDEX follow_ups_village ON follow_ups (village)",
    ),
)

HELP_REQUESTS = Migration(
    "help_requests",
    (
        """CREATE TABLE help_requests (
            number TEXT PRIMARY KEY,
            form TEXT NOT NULL UNIQUE,
            village TEXT NOT NULL,
            officer TEXT,
            contact TEXT NOT NULL,
            channel TEXT NOT NULL,
            chat TEXT,
            asked_at BIGINT NOT NULL,
            due_at BIGINT NOT NULL,
            escalated_at BIGINT,
            answered_at BIGINT,
            answered_by TEXT
        )""",
        "CREATE INDEX help_requests_open ON help_requests (officer, due_at) WHERE answered_at IS NULL",
    ),
)
