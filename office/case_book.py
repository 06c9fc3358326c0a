"""The case book (案卷): what every verb on guarantee applications needs of the ledger, in one transaction each."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import AbstractContextManager
from dataclasses import replace

from sqlalchemy import Connection

from office import case_notices
from office.application_case import CaseFile, Event, GuaranteeApplication, Told
from office.application_timeline import stop_at
from office.applications import CHANGED, Actor, CaseChanged, Incomplete, Move, State, UnknownCase, check, cleaned
from office.case_notices import TELEGRAM
from office.ledger import application_events, applications, audit, chats, people
from office.ledger.audit import Deed
from office.office import Office
from office.people import Person, Role
from office.pinned_entries import PinnedEntry
from office.privacy import FieldCipher, Pseudonyms
from office.working_days import WENZHOU, due_after

NO_SUCH_CASE = "没有这张单子。"
RECEIVERS = {State.WITH_GUARANTOR: Role.GUARANTOR, State.WITH_BANK: Role.BANK}


class CaseBook:
    """Reads, moves and tells of cases; who may do so is the business of `Applicants` and `Applications`."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.keys = [key.reveal() for key in office.settings.secret_keys]
        self.pseudonyms = [Pseudonyms(key) for key in self.keys]

    @property
    def cipher(self) -> FieldCipher:
        """Opens and seals what the ledger keeps of people."""
        return self.office.cipher

    def pin(self, code: str) -> PinnedEntry:
        """The entry as it stands today; `LookupError` for an unknown code."""
        knowledge = self.office.knowledge
        return PinnedEntry.of(knowledge.entries[code], self.office.today(), knowledge.version, knowledge.titles)

    def within(self, connection: Connection | None) -> AbstractContextManager[Connection]:
        """The transaction given, or a durable one of its own."""
        return self.office.ledger.within(connection)

    def found(self, inside: Connection, receipt: str, *, to_change: bool = False) -> GuaranteeApplication:
        """The case of a receipt number, or `UnknownCase`."""
        case = applications.find(inside, self.cipher, receipt, to_change=to_change)
        if case is None:
            raise UnknownCase(NO_SUCH_CASE)
        return case

    def file(self, inside: Connection, case: GuaranteeApplication) -> CaseFile:
        """The case with its steps and consents."""
        events = application_events.of_case(inside, self.cipher, case.id)
        return CaseFile(case, events, application_events.consents_of(inside, case.id))

    def officer(self, inside: Connection, case: GuaranteeApplication) -> Person | None:
        """The officer of the case, while active."""
        person = people.find(inside, self.cipher, case.officer) if case.officer else None
        return person if person and person.is_active else None

    def move(self, inside: Connection, receipt: str, move: Move, actor: Actor, version: int | None) -> CaseFile:
        """One step, checked, written down and told once; `version` None takes the case as it stands."""
        case, move, now = self.found(inside, receipt, to_change=True), cleaned(move), self.office.now()
        if version is not None and version != case.version:
            raise CaseChanged(CHANGED)
        check(case.standing(application_events.consents_of(inside, case.id)), move, actor)
        move = self._sourced(case, move)
        stop = stop_at(move.to)
        due = due_after(self.office.today(), stop.working_days)
        receiver = {RECEIVERS[move.to].value: move.receiver} if move.to in RECEIVERS else {}
        applications.move(inside, case, move.to, stop.turn, due, now, **receiver)
        told = self.telling(inside, case, actor)
        if told is Told.CALL and (move.to is State.CONTACTED or move.is_told):
            told = self._heard(inside, case)
        words = (move.reason, move.sentence, move.missing, move.source)
        step = Event(case.version + 1, move.to, actor, now, stop.turn, due, told, *words)
        application_events.add(inside, self.cipher, case.id, step)
        self.note(inside, actor, "move_case", receipt, f"{case.state.value}→{move.to.value}{_written_for(move)}")
        return self.told(inside, receipt, told)

    def telling(self, inside: Connection, case: GuaranteeApplication, actor: Actor) -> Told:
        """A message where there is a chat that can be written to; else a call, unless the farmer did it themselves."""
        if case.chat is not None and case.chat[0] == TELEGRAM:
            known = chats.get(inside, *case.chat)
            if known is not None and known.blocked_at is None:
                return Told.NOTICE
        return Told.SHOWN if actor.role is Role.FARMER else Told.CALL

    def _sourced(self, case: GuaranteeApplication, move: Move) -> Move:
        """The step with whom it is written down for; raises when the day it was said cannot be."""
        if move.source is None:
            return move
        if not case.registered_at.astimezone(WENZHOU).date() <= move.source.day <= self.office.today():
            raise Incomplete("哪天说的要写对：不早过登记那天，不晚过今天。")
        is_guarantor = case.state is State.WITH_GUARANTOR
        decider = Actor(
            (case.guarantor if is_guarantor else case.bank) or "", Role.GUARANTOR if is_guarantor else Role.BANK
        )
        return replace(move, source=replace(move.source, decider=decider))

    def _heard(self, inside: Connection, case: GuaranteeApplication) -> Told:
        """Somebody has just spoken with the farmer: earlier steps need no call either."""
        application_events.fall_back_to_calls(inside)
        application_events.mark_called(inside, case.id, case.version)
        return Told.CALLED

    def told(self, inside: Connection, receipt: str, told: Told) -> CaseFile:
        """The case after a step, its notice queued where the step said so."""
        case = self.found(inside, receipt)
        file = self.file(inside, case)
        if told is Told.NOTICE:
            case_notices.queue(self.office, inside, file, self.officer(inside, case))
        return file

    def note(self, inside: Connection, actor: Actor, verb: str, target: str, purpose: str) -> None:
        """A line of the audit."""
        audit.record(inside, Deed(actor.id, verb, target, purpose, self.office.now()))


def _written_for(move: Move) -> str:
    """Of a step written down for somebody else: for whom and of which day, as the audit keeps it."""
    if move.source is None or move.source.decider is None:
        return ""
    return f" 代记 {move.source.decider.id} {move.source.day.isoformat()}"


def hash_of(key: str, *parts: str) -> str:
    """A keyed hash of some parts, none of which leads back from it without the key."""
    return hmac.new(b"huinong applications\0" + key.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()
