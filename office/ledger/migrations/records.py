"""Schema of what the office remembers about questions, chats, publications and its own deeds."""

from office.ledger.migrations.steps import Migration

QUESTIONS = Migration(
    "questions",
    (
        """CREATE TABLE questions (
            id <SERIAL>,
            text TEXT NOT NULL,
            outcome TEXT NOT NULL,
            entry TEXT,
            confidence DOUBLE PRECISION,
            runner_up TEXT,
            matched_words TEXT NOT NULL,
            status TEXT,
            facet TEXT,
            channel TEXT NOT NULL,
            publication TEXT,
            is_test BOOLEAN NOT NULL,
            chat_hash TEXT NOT NULL,
            asked_at BIGINT NOT NULL,
            not_helpful_at BIGINT
        )""",
        "CREATE INDEX questions_asked ON questions (asked_at)",
        "CREATE INDEX questions_chat ON questions (chat_hash)",
    ),
)

CHATS = Migration(
    "chats",
    (
        """CREATE TABLE chats (
            channel TEXT NOT NULL,
            chat TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            blocked_at BIGINT,
            elder_mode BOOLEAN NOT NULL,
            language TEXT NOT NULL,
            PRIMARY KEY (channel, chat)
        )""",
    ),
)

PUBLICATIONS = Migration(
    "publications",
    (
        """CREATE TABLE publications (
            seq <SERIAL>,
            version TEXT NOT NULL,
            snapshot <BYTES> NOT NULL,
            actor TEXT NOT NULL,
            made_at BIGINT NOT NULL
        )""",
    ),
)

AUDIT = Migration(
    "audit",
    (
        """CREATE TABLE audit (
            id <SERIAL>,
            actor TEXT NOT NULL,
            verb TEXT NOT NULL,
            target TEXT NOT NULL,
            purpose TEXT NOT NULL,
            at BIGINT NOT NULL
        )""",
        "CREATE INDEX audit_target ON audit (target)",
    ),
    sqlite=(
        """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END""",
        """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END""",
        # INSERT OR REPLACE deletes without firing the delete trigger
        """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
            WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END""",
    ),
    postgresql=(
        """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$""",
        """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
            FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ),
)
