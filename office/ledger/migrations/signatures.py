"""Schema: who saw the farmer's signature under an application that somebody filled in."""

from office.ledger.migrations.steps import Migration

SIGNATURES = Migration("application_signatures", ("ALTER TABLE applications ADD COLUMN signature_seen_by TEXT",))
