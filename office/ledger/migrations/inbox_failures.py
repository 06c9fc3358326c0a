"""Schema: how often an update has failed, apart from how often it was handed out."""

from office.ledger.migrations.steps import Migration

INBOX_FAILURES = Migration("inbox_failures", ("ALTER TABLE inbox ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",))
