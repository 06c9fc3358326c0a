"""The ledger's schema as named steps, applied in order; a new step goes to the end and an old one is never edited."""

from __future__ import annotations

from office.ledger.migrations import (
    applications,
    assisted_checks,
    card_bearers,
    caring,
    codes,
    coordination,
    forms,
    inbox_failures,
    messages,
    people,
    privacy,
    records,
    signatures,
)
from office.ledger.migrations.runner import apply
from office.ledger.migrations.steps import Migration

MIGRATIONS: tuple[Migration, ...] = (
    messages.INBOX,
    messages.OUTBOX,
    messages.DIALOGUES,
    records.QUESTIONS,
    records.CHATS,
    coordination.RATE_LIMITS,
    coordination.LEASES,
    records.PUBLICATIONS,
    records.AUDIT,
    forms.OPEN_FORMS,
    forms.WRONG_RESULTS,
    people.PEOPLE,
    codes.CODES,
    codes.SCANS,
    caring.FOLLOW_UPS,
    caring.HELP_REQUESTS,
    applications.APPLICATIONS,
    privacy.PERSON_KEYS,
    privacy.ERASURES,
    assisted_checks.ASSISTED_CHECKS,
    inbox_failures.INBOX_FAILURES,
    signatures.SIGNATURES,
    card_bearers.CARD_BEARERS,
)

__all__ = ["MIGRATIONS", "Migration", "apply"]
