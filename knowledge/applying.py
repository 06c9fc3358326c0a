"""Which entries a farmer can register an application for (申请担保): loans and guarantees that people apply for themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from knowledge.entries import Entry, Kind, Payee, Stage, Status

APPLIED_FOR = frozenset({"loan", "guarantee"})
APPLIED_FOR_ELSEWHERE = frozenset({"education", "fraud", "tax"})  # the school, nobody, the tax office
OWN_MONEY = frozenset({Payee.FARMER, Payee.FIRM})
APPLICANTS = frozenset({"farmer", "firm"})
WITH_GUARANTEE = frozenset({"guarantee", "startup"})  # 创业担保贷款 is filed under startup
LONG_OVER = timedelta(days=3 * 365)


def can_apply(entry: Entry) -> bool:
    """Whether an application makes sense at all; whether the entry is open today is its status' business."""
    subjects = set(entry.subjects)
    return (
        entry.kind is not Kind.GUIDE
        and entry.audience in APPLICANTS
        and (entry.kind is Kind.PRODUCT or bool(set(entry.payee) & OWN_MONEY))
        and bool(subjects & APPLIED_FOR)
        and not subjects & APPLIED_FOR_ELSEWHERE
        and not _is_mere_discount(entry)
    )


def is_offered(entry: Entry, day: date) -> bool:
    """Whether the entry stands in the list to choose from: a guarantee or a loan one can name at a counter, not of old.

    General rules on mortgages and credit, drafts and bygone products are told of on their own pages alone.
    """
    is_named = entry.kind is Kind.PRODUCT or bool(set(entry.subjects) & WITH_GUARANTEE)
    return can_apply(entry) and is_named and not _is_bygone(entry, day)


def _is_bygone(entry: Entry, day: date) -> bool:
    validity = entry.validity
    is_past = validity.historic or entry.status_on(day) is Status.SUPERSEDED or validity.stage is Stage.CONSULTATION
    return is_past or (validity.valid_to is not None and validity.valid_to + LONG_OVER < day)


def _is_mere_discount(entry: Entry) -> bool:
    """Interest help on a loan from any bank: the bank takes it off, nobody registers for it here."""
    subjects = set(entry.subjects)
    return entry.kind is Kind.POLICY and "discount" in subjects and not subjects & WITH_GUARANTEE


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
