"""Schema of what comes in, what goes out, and what was being talked about."""

from office.ledger.migrations.steps import Migration

INBOX = Migration(
    "inbox",
    (
        """CREATE TABLE inbox (
            seq <SERIAL>,
            update_id BIGINT NOT NULL UNIQUE,
            lane TEXT NOT NULL,
            body TEXT,
            status TEXT NOT NULL CHECK (status IN ('open', 'done', 'poison')),
            attempts INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            received_at BIGINT NOT NULL,
            finished_at BIGINT
        )""",
        "CREATE INDEX inbox_open ON inbox (lane, seq) WHERE status = 'open'",
        "CREATE INDEX inbox_finished ON inbox (finished_at) WHERE status <> 'open'",
        """CREATE TABLE inbox_lanes (
            lane TEXT PRIMARY KEY,
            open_count INTEGER NOT NULL CHECK (open_count >= 0),
            free_at BIGINT NOT NULL,
            holder TEXT,
            fence BIGINT NOT NULL DEFAULT 0
        )""",
        "CREATE INDEX inbox_lanes_free ON inbox_lanes (free_at) WHERE open_count > 0",
    ),
)

OUTBOX = Migration(
    "outbox",
    (
        """CREATE TABLE outbox (
            seq <SERIAL>,
            key TEXT NOT NULL UNIQUE,
            lane TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('reply', 'notice', 'push', 'echo')),
            urgency INTEGER NOT NULL,
            body TEXT,
            status TEXT NOT NULL
                CHECK (status IN ('waiting', 'sending', 'sent', 'uncertain', 'failed', 'blocked')),
            attempts INTEGER NOT NULL DEFAULT 0,
            repeats INTEGER NOT NULL DEFAULT 0,
            not_before BIGINT NOT NULL,
            message_id BIGINT,
            last_error TEXT,
            created_at BIGINT NOT NULL,
            finished_at BIGINT
        )""",
        "CREATE INDEX outbox_waiting ON outbox (urgency, seq) WHERE status = 'waiting'",
        "CREATE INDEX outbox_unsent ON outbox (lane, kind, seq) WHERE status IN ('waiting', 'sending')",
        "CREATE INDEX outbox_sending ON outbox (not_before) WHERE status = 'sending'",
        "CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL",
    ),
)

DIALOGUES = Migration(
    "dialogues",
    (
        """CREATE TABLE dialogues (
            channel TEXT NOT NULL,
            chat TEXT NOT NULL,
            payload TEXT NOT NULL,
            version BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (channel, chat)
        )""",
        "CREATE INDEX dialogues_updated ON dialogues (updated_at)",
    ),
)
