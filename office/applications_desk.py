"""The desk's side of guarantee applications (担保业务办理): lists, one case, steps, calls. The desk's pages call these."""

from __future__ import annotations

from sqlalchemy import Connection

from office import consents
from office.application_case import CaseFile, GuaranteeApplication, Told
from office.applications import Actor, ConsentKind, IllegalMove, Incomplete, Move, NotAllowed, State, may_move
from office.case_book import RECEIVERS, CaseBook
from office.ledger import application_events, applications, people
from office.office import Office
from office.people import Duty, Person, Role, may


class Applications:
    """Verbs of people at the desk; a case that is not theirs raises `NotAllowed`. All block.

    Each takes the connection of a transaction, or opens a durable one of its own.
    """

    def __init__(self, office: Office) -> None:
        self._book = CaseBook(office)
        self._office = office

    def listed(
        self, person: Person, *, only_open: bool = True, connection: Connection | None = None
    ) -> list[GuaranteeApplication]:
        """The cases `person` works on, those due first: of an officer's villages, passed to them, or all."""
        with self._book.within(connection) as inside:
            return [case for case in self._near(inside, person, only_open) if may(person, Duty.READ_CASE, case)]

    def open(self, receipt: str, person: Person, purpose: str, *, connection: Connection | None = None) -> CaseFile:
        """One whole case; who read it and why is in the audit."""
        with self._book.within(connection) as inside:
            case = self._allowed(inside, receipt, person, Duty.READ_CASE)
            self._book.note(inside, actor_of(person), "read_case", receipt, purpose)
            return self._book.file(inside, case)

    def steps(self, file: CaseFile, person: Person) -> tuple[State, ...]:
        """The states `person` may put the case into now, in the order of the way."""
        standing = file.case.standing(file.consents)
        return tuple(state for state in State if may_move(standing, state, actor_of(person)))

    def move(
        self, receipt: str, move: Move, person: Person, version: int, *, connection: Connection | None = None
    ) -> CaseFile:
        """Take a step; raises an `ApplicationError` that says in Chinese why not.

        `version` is that of the case the person looked at: a step taken meanwhile by someone else is never run over.
        """
        with self._book.within(connection) as inside:
            self._allowed(inside, receipt, person, Duty.MOVE_CASE)
            self._check_receiver(inside, move)
            return self._book.move(inside, receipt, move, actor_of(person), version)

    def receivers(self, to: State, *, connection: Connection | None = None) -> list[Person]:
        """Whom a case can be passed to: the active people of guarantee companies or of banks."""
        if to not in RECEIVERS:
            return []
        with self._book.within(connection) as inside:
            known = people.everyone(inside, self._book.cipher, RECEIVERS[to])
            return [person for person in known if person.is_active]

    def writers(self, *, connection: Connection | None = None) -> list[Person]:
        """Who can write down what a guarantor or a bank has said: the active staff and administrators."""
        with self._book.within(connection) as inside:
            known = [
                *people.everyone(inside, self._book.cipher, Role.STAFF),
                *people.everyone(inside, self._book.cipher, Role.ADMIN),
            ]
            return [person for person in known if person.is_active]

    def papers_to_choose(self, case: GuaranteeApplication) -> tuple[str, ...]:
        """The papers the entry's own document lists; empty where it names none and staff write them."""
        return tuple(paper.name for paper in case.entry.papers or ())

    def record_consent(
        self, receipt: str, kind: ConsentKind, person: Person, *, is_given: bool, connection: Connection | None = None
    ) -> None:
        """What the farmer said on the phone about one consent, recorded by who asked."""
        with self._book.within(connection) as inside:
            case = self._allowed(inside, receipt, person, Duty.MOVE_CASE)
            one = consents.one(kind, actor_of(person), self._office.now(), is_given=is_given)
            application_events.add_consents(inside, case.id, [one])
            self._book.note(inside, actor_of(person), "consent", receipt, f"{kind.value}={'yes' if is_given else 'no'}")

    def calls(self, person: Person, *, connection: Connection | None = None) -> list[tuple[GuaranteeApplication, int]]:
        """打电话告诉他: cases with the step their farmers have not heard of, undeliverable notices included."""
        with self._book.within(connection) as inside:
            application_events.fall_back_to_calls(inside)
            waiting = application_events.calls_due(inside)
            cases = [(self._book.found(inside, receipt), number) for receipt, number in waiting]
            return [(case, number) for case, number in cases if may(person, Duty.MOVE_CASE, case)]

    def called(self, receipt: str, number: int, person: Person, *, connection: Connection | None = None) -> bool:
        """The farmer was rung up and told everything up to step `number`."""
        with self._book.within(connection) as inside:
            case = self._allowed(inside, receipt, person, Duty.MOVE_CASE)
            self._book.note(inside, actor_of(person), "called", receipt, f"step {number}")
            return application_events.mark_called(inside, case.id, number)

    def signed(self, receipt: str, person: Person, *, connection: Connection | None = None) -> bool:
        """The farmer has signed on paper what was filled in for them; whoever saw it says so. False when confirmed before."""
        with self._book.within(connection) as inside:
            case = self._allowed(inside, receipt, person, Duty.FILL_IN)
            if not case.state.is_open:
                raise IllegalMove("这张单子已经办完或撤回了，不用再签字。")
            if not applications.confirm(inside, case.id, self._office.now(), person.id):
                return False
            self._book.note(inside, actor_of(person), "confirm_case", receipt, "signature")
            return True

    def must_be_called(self, case: GuaranteeApplication, person: Person, *, connection: Connection) -> bool:
        """Whether a step that `person` takes reaches the farmer by telephone only."""
        return self._book.telling(connection, case, actor_of(person)) is Told.CALL

    def is_outdated(self, case: GuaranteeApplication) -> bool:
        """Whether the entry says something else today than the case was judged by: offer a re-check."""
        entry = self._office.knowledge.entries.get(case.entry.code)
        return entry is None or self._book.pin(case.entry.code).fingerprint != case.entry.fingerprint

    def _near(self, inside: Connection, person: Person, only_open: bool) -> list[GuaranteeApplication]:
        cipher = self._book.cipher
        if person.role is Role.OFFICER:
            return applications.of_officer(inside, cipher, person.id, person.villages, only_open=only_open)
        if person.role in (Role.GUARANTOR, Role.BANK):
            return applications.passed_to(inside, cipher, person.role, person.id, only_open=only_open)
        return applications.everything(inside, cipher, only_open=only_open)

    def _allowed(self, inside: Connection, receipt: str, person: Person, duty: Duty) -> GuaranteeApplication:
        case = self._book.found(inside, receipt)
        if not may(person, duty, case):
            raise NotAllowed("这张单子不归您办。")
        return case

    def _check_receiver(self, inside: Connection, move: Move) -> None:
        role = RECEIVERS.get(move.to)
        if role is None or not move.receiver:
            return
        person = people.find(inside, self._book.cipher, move.receiver)
        if person is None or person.role is not role or not person.is_active:
            raise Incomplete("选的这一家不在名单上，请重新选。")


def actor_of(person: Person) -> Actor:
    """The person as a case remembers who acted."""
    return Actor(person.id, person.role)
