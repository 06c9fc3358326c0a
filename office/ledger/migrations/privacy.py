"""Schema of the keys of single persons, and of erasures that are not yet off the disk."""

from office.ledger.migrations.steps import Migration

PERSON_KEYS = Migration(
    "person_keys",
    (
        """CREATE TABLE person_keys (
            id TEXT PRIMARY KEY,
            subject TEXT NOT NULL UNIQUE,
            sealed TEXT NOT NULL
        )""",
    ),
)

ERASURES = Migration(
    "erasures",
    (
        """CREATE TABLE erasures (
            id <SERIAL>,
            chat TEXT,
            files TEXT NOT NULL,
            asked_at BIGINT NOT NULL,
            scrubbed_at BIGINT
        )""",
        "CREATE INDEX erasures_open ON erasures (asked_at) WHERE scrubbed_at IS NULL",
    ),
)
