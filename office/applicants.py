"""The farmer's side of guarantee applications: register, look up, take back, confirm, agree."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection

from office import consents, receipts
from office.application_case import CaseFile, Event, GuaranteeApplication, Told, Wish
from office.application_timeline import stop_at
from office.applications import FARMER, Actor, ConsentKind, Move, State
from office.case_book import CaseBook, hash_of
from office.ledger import application_events, applications, people, rate_limits
from office.ledger.applications import Registration
from office.office import ChatKey, Office
from office.people import Person, Role
from office.pinned_entries import PinnedEntry
from office.working_days import due_after

WRONG_TRIES = (5, 3600)
TAIL_DIGITS = 4


class LookUpRefusal(Enum):
    """Why a status was not shown."""

    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Registered:
    """The case a form made, or had made before; `is_same` when what it says now is what was kept then."""

    case: GuaranteeApplication
    is_new: bool
    is_same: bool


class Applicants:
    """Verbs of applicants. Each takes the connection of a transaction, or opens a durable one of its own; all block."""

    def __init__(self, office: Office) -> None:
        self._book = CaseBook(office)
        self._office = office

    def pin(self, code: str) -> PinnedEntry:
        """The entry as it stands today; `LookupError` for an unknown code."""
        return self._book.pin(code)

    def register(
        self,
        wish: Wish,
        form: str,
        *,
        chat: ChatKey | None = None,
        by: Actor = FARMER,
        connection: Connection | None = None,
    ) -> Registered:
        """Make a case of a form that was handed in: the same form, twice or ten times at once, makes one.

        `by` an officer means 代填: both are recorded, and the farmer confirms before the case is passed on.
        """
        with self._book.within(connection) as inside:
            form_hash, same_wish = self._hash("form", form), self._same_wish(wish, chat, by)
            while (known := applications.same(inside, self._book.cipher, form_hash, same_wish)) is None:
                new = self._registration(inside, wish, form_hash, same_wish, chat, by)
                case_id = applications.register(inside, self._book.cipher, new, self._office.now())
                if case_id is not None:
                    return Registered(self._registered(inside, new, case_id), is_new=True, is_same=True)
            return Registered(known, is_new=False, is_same=known.applicant == wish.applicant)

    def made_by(self, form: str, *, connection: Connection | None = None) -> GuaranteeApplication | None:
        """The case that this very form has made before; None when it has made none."""
        with self._book.within(connection) as inside:
            return applications.same(inside, self._book.cipher, self._hash("form", form), None)

    def look_up(
        self, receipt: str, tail: str, source: str, *, connection: Connection | None = None
    ) -> GuaranteeApplication | LookUpRefusal:
        """The case of a receipt number and the last four digits of its phone; five wrong tries an hour per source.

        The try is counted before it is judged and given back when it was right, so that many at once gain nothing.
        """
        with self._book.within(connection) as inside:
            key = f"status:{self._book.pseudonyms[0].of('address', source)}"
            if not rate_limits.allow(inside, key, *WRONG_TRIES, self._office.now()):
                return LookUpRefusal.TOO_MANY
            number = receipts.read(receipt) or ""
            if not self._is_tail(applications.tail_of(inside, number) or "", number, tail):
                return LookUpRefusal.WRONG
            rate_limits.give_back(inside, key)
            return self._book.found(inside, number)

    def of_chat(self, chat: ChatKey, *, connection: Connection | None = None) -> list[CaseFile]:
        """The cases linked to a chat, newest first."""
        hashes = [one.of(chat.channel, chat.id) for one in self._book.pseudonyms]
        with self._book.within(connection) as inside:
            return [self._book.file(inside, case) for case in applications.of_chat(inside, self._book.cipher, hashes)]

    def file(self, receipt: str, *, connection: Connection | None = None) -> CaseFile:
        """The case for its applicant, whose right to see it the window has checked."""
        with self._book.within(connection) as inside:
            return self._book.file(inside, self._book.found(inside, receipt))

    def helper(self, case: GuaranteeApplication, *, connection: Connection | None = None) -> Person | None:
        """The officer of the case, while active."""
        with self._book.within(connection) as inside:
            return self._book.officer(inside, case)

    def withdraw(self, receipt: str, *, connection: Connection | None = None) -> CaseFile:
        """The farmer takes the application back."""
        with self._book.within(connection) as inside:
            return self._book.move(inside, receipt, Move(State.WITHDRAWN), FARMER, None)

    def confirm(self, receipt: str, *, connection: Connection | None = None) -> bool:
        """The farmer has looked over what an officer wrote for them; False when they had before."""
        with self._book.within(connection) as inside:
            case = self._book.found(inside, receipt)
            self._book.note(inside, FARMER, "confirm_case", receipt, "代填核对")
            return applications.confirm(inside, case.id, self._office.now())

    def consent(
        self,
        receipt: str,
        kind: ConsentKind,
        *,
        is_given: bool,
        by: Actor = FARMER,
        connection: Connection | None = None,
    ) -> None:
        """A consent given or taken back later, by the farmer or, on the phone, through an officer."""
        with self._book.within(connection) as inside:
            case = self._book.found(inside, receipt)
            one = consents.one(kind, by, self._office.now(), is_given=is_given)
            application_events.add_consents(inside, case.id, [one])
            self._book.note(inside, by, "consent", receipt, f"{kind.value}={'yes' if is_given else 'no'}")

    def _registration(
        self, inside: Connection, wish: Wish, form: str, same_wish: str | None, chat: ChatKey | None, by: Actor
    ) -> Registration:
        receipt, now = receipts.make(), self._office.now()
        stop = stop_at(State.REGISTERED, wish.entry.opening)
        own = by.id if by.role is Role.OFFICER else None
        officer = people.officer_of(inside, self._book.cipher, wish.applicant.village)
        return Registration(
            wish=wish,
            receipt=receipt,
            form=form,
            same_wish=same_wish,
            tail=self._hash("tail", receipt, wish.applicant.phone[-TAIL_DIGITS:]),
            chat=(chat.channel, chat.id) if chat else None,
            chat_hash=self._book.pseudonyms[0].of(chat.channel, chat.id) if chat else None,
            officer=own or (officer.id if officer else None),
            filled_by=by,
            confirmed_at=now if by.role is Role.FARMER else None,
            turn=stop.turn,
            due=due_after(self._office.today(), stop.working_days),
        )

    def _registered(self, inside: Connection, new: Registration, case_id: int) -> GuaranteeApplication:
        """The fresh case with its first step, consents and audit line; its notice is queued where there is a chat."""
        case, now = self._book.found(inside, new.receipt), self._office.now()
        told = self._book.telling(inside, case, new.filled_by)
        if told is Told.CALL:
            told = Told.CALLED  # whom a form is filled in for sits there
        event = Event(1, State.REGISTERED, new.filled_by, now, new.turn, new.due, told)
        application_events.add(inside, self._book.cipher, case_id, event)
        application_events.add_consents(inside, case_id, consents.answered(new.wish.consents, new.filled_by, now))
        self._book.note(inside, new.filled_by, "register_case", case.receipt, case.entry.code)
        if told is Told.NOTICE:
            self._book.told(inside, new.receipt, told)
        return case

    def _same_wish(self, wish: Wish, chat: ChatKey | None, by: Actor) -> str | None:
        if chat is None and by.role is Role.FARMER:
            return None
        who = (chat.channel, chat.id) if chat else ("person", by.id)
        return self._hash("wish", *who, wish.entry.code, wish.applicant.phone)

    def _is_tail(self, kept: str, receipt: str, tail: str) -> bool:
        digits = receipts.plain_digits(tail)
        found = [hmac.compare_digest(kept, hash_of(key, "tail", receipt, digits)) for key in self._book.keys]
        return any(found) and len(digits) == TAIL_DIGITS

    def _hash(self, *parts: str) -> str:
        return hash_of(self._book.keys[0], *parts)
