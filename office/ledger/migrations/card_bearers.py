"""Schema of who stands on printed cards: name and phone, sealed; empty for cards printed before."""

from office.ledger.migrations.steps import Migration

CARD_BEARERS = Migration("card_bearers", ("ALTER TABLE code_prints ADD COLUMN bearer TEXT",))
