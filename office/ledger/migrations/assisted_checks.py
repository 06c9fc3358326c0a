"""Schema of the interviews that somebody at the desk fills in for a farmer (代填)."""

from office.ledger.migrations.steps import Migration

ASSISTED_CHECKS = Migration(
    "assisted_checks",
    (
        """CREATE TABLE assisted_checks (
            number TEXT PRIMARY KEY,
            form TEXT NOT NULL UNIQUE,
            village TEXT NOT NULL,
            scope TEXT NOT NULL,
            filled_by TEXT NOT NULL,
            farmer TEXT NOT NULL,
            result TEXT,
            began_at BIGINT NOT NULL,
            recorded_at BIGINT,
            confirmed_at BIGINT,
            confirmed_by TEXT,
            CHECK (confirmed_by IS NULL OR confirmed_by IN ('code', 'signature'))
        )""",
        "CREATE INDEX assisted_checks_village ON assisted_checks (village, began_at)",
    ),
)
