"""Schema of what people are half-way through filling in, and of results they say are wrong."""

from office.ledger.migrations.steps import Migration

OPEN_FORMS = Migration(
    "open_forms",
    (
        """CREATE TABLE open_forms (
            channel TEXT NOT NULL,
            chat TEXT NOT NULL,
            kind TEXT NOT NULL,
            payload TEXT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (channel, chat, kind)
        )""",
        "CREATE INDEX open_forms_updated ON open_forms (updated_at)",
    ),
)

WRONG_RESULTS = Migration(
    "wrong_results",
    (
        """CREATE TABLE wrong_results (
            id <SERIAL>,
            reference TEXT NOT NULL UNIQUE,
            scope TEXT NOT NULL,
            publication TEXT NOT NULL,
            judged_on BIGINT NOT NULL,
            payload TEXT NOT NULL,
            channel TEXT NOT NULL,
            reported_at BIGINT NOT NULL,
            settled_at BIGINT
        )""",
    ),
)
