"""The consents (同意) an applicant is asked for, one by one, in dated wordings; an old wording is never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from office.application_case import Consent
from office.applications import Actor, ConsentKind

CURRENT = "2026-11-25"
WORDINGS: Mapping[str, Mapping[ConsentKind, str]] = {
    "2026-11-25": {
        ConsentKind.FOLLOW_UP: "同意过几天打电话问我：办成了没有，卡在哪里。",
        ConsentKind.PUSH: "同意有合适的新政策、新产品时告诉我。",
        ConsentKind.PASS_ON: "同意把这张单子转给担保公司或经办银行，只用来办这件事。",
    },
}


def asked() -> Mapping[ConsentKind, str]:
    """The sentences asked now."""
    return WORDINGS[CURRENT]


def answered(given: Iterable[ConsentKind], by: Actor, at: datetime) -> tuple[Consent, ...]:
    """Every consent as the form was handed in: given, or not."""
    agreed = frozenset(given)
    return tuple(Consent(kind, kind in agreed, CURRENT, by, at) for kind in ConsentKind)


def one(kind: ConsentKind, by: Actor, at: datetime, *, is_given: bool) -> Consent:
    """One consent given or taken back later."""
    return Consent(kind, is_given, CURRENT, by, at)
