"""Which entries a farmer can register an application for (申请担保): loans and guarantees that people apply for themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from knowledge.entries import Entry, Kind, Payee, Status

APPLIED_FOR = frozenset({"loan", "guarantee"})
APPLIED_FOR_ELSEWHERE = frozenset({"education", "fraud", "tax"})  # the school, nobody, the tax office
OWN_MONEY = frozenset({Payee.FARMER, Payee.FIRM})
APPLICANTS = frozenset({"farmer", "firm"})


def can_apply(entry: Entry) -> bool:
    """Whether an application makes sense at all; whether the entry is open today is its status' business."""
    subjects = set(entry.subjects)
    return (
        entry.kind is not Kind.GUIDE
        and entry.audience in APPLICANTS
        and (entry.kind is Kind.PRODUCT or bool(set(entry.payee) & OWN_MONEY))
        and bool(subjects & APPLIED_FOR)
        and not subjects & APPLIED_FOR_ELSEWHERE
    )


def may_be_open(entry: Entry, day: date) -> bool:
    """In force, or 有效期未核到 without being known as a thing of the past."""
    status = entry.status_on(day)
    return status is Status.IN_FORCE or (status is Status.UNKNOWN and not entry.validity.historic)


def apply_label(entry: Entry, today: date) -> str:
    """What the button says: an entry that is not open is no application, only a request to be called back."""
    if not may_be_open(entry, today):
        return "请人回电话"
    return "申请担保" if "guarantee" in entry.subjects else "申请贷款"


def applicable(entries: Iterable[Entry], day: date) -> list[Entry]:
    """The entries to choose from, those in force first, guarantees before other loans."""
    chosen = [entry for entry in entries if can_apply(entry)]
    return sorted(
        chosen,
        key=lambda entry: (not may_be_open(entry, day), _rank(entry.status_on(day)), "guarantee" not in entry.subjects),
    )


def _rank(status: Status) -> int:
    order = (Status.IN_FORCE, Status.UNKNOWN, Status.DRAFT, Status.NOT_YET, Status.EXPIRED, Status.SUPERSEDED)
    return order.index(status)
