"""Cases on both engines: one form makes one case, every step is told once, nobody sees or runs over another's work."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Connection, text

from handlers.outgoing import unseal
from knowledge.base import KnowledgeBase
from office import case_notices, receipts
from office.applicants import Applicants, LookUpRefusal
from office.application_case import Applicant, GuaranteeApplication, Told, Wish
from office.applications import (
    MOVES,
    Actor,
    ApplicationError,
    CaseChanged,
    ConsentKind,
    IllegalMove,
    Incomplete,
    Move,
    NotAllowed,
    Opening,
    Reason,
    Source,
    State,
    UnknownCase,
)
from office.applications_desk import Applications
from office.case_erasure import CaseErasure
from office.case_papers import CasePapers
from office.erasure import erase_chat
from office.ledger import (
    application_events,
    application_upkeep,
    audit,
    chats,
    hand_overs,
    outbox,
    outbox_upkeep,
    people,
)
from office.ledger.ledger import Ledger
from office.office import ChatKey, Office
from office.papers_store import PapersStore
from office.people import Person, Role
from office.privacy import generate_field_key
from office.settings import Settings

VILLAGE = "乐清市/大荆镇/下山头村"
FARMER_CHAT = ChatKey("telegram", "4711")
APPLICANT = Applicant("张阿大", "13812345678", VILLAGE, 200_000, "买石斛苗")
ALL = frozenset(ConsentKind)


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office over a fresh ledger, once on each engine."""
    given = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": ledger_url,
        "SECRET_KEY": "s" * 48,
        "FIELD_KEY": generate_field_key(),
    }
    office = Office(Settings.from_environ(given), Ledger.open(ledger_url, connections=12), knowledge)
    yield office
    office.ledger.close()


@dataclass(frozen=True)
class Staff:
    """One person of each role, and an officer of another village."""

    officer: Person
    other: Person
    staff: Person
    guarantor: Person
    bank: Person

    def of(self, role: Role) -> Person:
        """The person of a role."""
        return {Role.OFFICER: self.officer, Role.GUARANTOR: self.guarantor, Role.BANK: self.bank}.get(role, self.staff)


@pytest.fixture
def staff(office: Office) -> Staff:
    """The people of the desk."""
    with office.ledger.begin() as connection:

        def add(role: Role, *villages: str) -> Person:
            return people.add(
                connection, office.cipher, role, "李四", "057700000001", villages, by="t", now=office.now()
            )

        return Staff(
            add(Role.OFFICER, "乐清市/大荆镇"),
            add(Role.OFFICER, "永嘉县/岩头镇"),
            add(Role.STAFF),
            add(Role.GUARANTOR),
            add(Role.BANK),
        )


@contextmanager
def undone(office: Office) -> Iterator[Connection]:
    """A transaction that is rolled back at its end, so that many steps can be tried from one state."""

    class Undone(Exception):  # noqa: N818 - says what happened
        """Nothing went wrong."""

    with suppress(Undone), office.ledger.begin(durable=False) as connection:
        yield connection
        raise Undone


def wish(office: Office, code: str = "startup-loan-personal", consents: frozenset[ConsentKind] = ALL) -> Wish:
    """A form filled in for an entry that is in force unless another is named."""
    return Wish(APPLICANT, Applicants(office).pin(code), consents)


def registered(office: Office, form: str = "form-1", **more: object) -> GuaranteeApplication:
    """A fresh case."""
    return Applicants(office).register(wish(office), form, **more).case  # type: ignore[arg-type]  # passed through


def start_chat(office: Office) -> None:
    """The farmer has spoken to the bot."""
    with office.ledger.begin() as connection:
        chats.start(connection, FARMER_CHAT.channel, FARMER_CHAT.id, office.now())


def step(to: State, staff: Staff) -> Move:
    """A step that says everything it must."""
    if to is State.PAPERS_NEEDED:
        return Move(to, Reason.PAPER_MISSING, "少了一样材料", ("身份证明",))
    if to is State.DECLINED:
        return Move(to, Reason.NO_QUOTA, "今年额度用完了")
    receiver = {State.WITH_GUARANTOR: staff.guarantor.id, State.WITH_BANK: staff.bank.id}
    return Move(to, receiver=receiver.get(to))


def mover(state: State, to: State, staff: Staff) -> Person:
    """Somebody who may take the step."""
    if to is State.WITHDRAWN:
        return staff.officer
    return {State.WITH_GUARANTOR: staff.guarantor, State.WITH_BANK: staff.bank}.get(state, staff.officer)


def way_to(state: State) -> list[State]:
    """A shortest way from the beginning."""
    ways: list[list[State]] = [[State.REGISTERED]]
    while ways[0][-1] is not state:
        way = ways.pop(0)
        ways += [[*way, following] for following in sorted(MOVES[way[-1]])]
    return ways[0][1:]


def brought_to(office: Office, staff: Staff, state: State) -> GuaranteeApplication:
    """A case that has gone to that state step by step."""
    case, desk = registered(office, f"to-{state}"), Applications(office)
    for to in way_to(state):
        case = desk.move(case.receipt, step(to, staff), mover(case.state, to, staff), case.version).case
    return case


@pytest.mark.parametrize("state", list(State))
def test_every_pair_of_states_is_kept_or_refused_by_the_ledger(office: Office, staff: Staff, state: State) -> None:
    """From each state each other is tried by everyone at the desk: what is refused changes nothing at all."""
    desk, case = Applications(office), brought_to(office, staff, state)
    before = desk.open(case.receipt, staff.staff, "test")
    for to in State:
        takers = []
        for person in (staff.officer, staff.staff, staff.guarantor, staff.bank):
            with undone(office) as connection:
                try:
                    moved = desk.move(case.receipt, step(to, staff), person, case.version, connection=connection)
                except ApplicationError:
                    assert desk.open(case.receipt, staff.staff, "test", connection=connection) == before
                else:
                    takers.append(person.role)
                    assert (moved.case.state, moved.case.version) == (to, case.version + 1)
                    assert moved.events[-1].actor == Actor(person.id, person.role)
        assert bool(takers) == (to in MOVES[state]), (state, to)
    assert desk.open(case.receipt, staff.staff, "test") == before


def test_ten_parallel_posts_of_one_form_make_one_case(office: Office) -> None:
    """Ten threads with the same key: one row, one receipt number, one notice, ten equal replies."""
    start_chat(office)
    applicants, one_wish = Applicants(office), wish(office)
    with ThreadPoolExecutor(10) as threads:
        made = list(threads.map(lambda _: applicants.register(one_wish, "same", chat=FARMER_CHAT), range(10)))

    assert len({one.case.receipt for one in made}) == 1
    assert sum(one.is_new for one in made) == 1
    with office.ledger.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM applications")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM application_events")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 1


def test_the_same_person_chat_and_entry_in_two_forms_are_one_open_case(office: Office) -> None:
    """Somebody fills the form in again: the open case is found; another phone, entry or a closed case makes a new one."""
    applicants = Applicants(office)
    first = registered(office, "a", chat=FARMER_CHAT)
    assert applicants.register(wish(office), "b", chat=FARMER_CHAT).case.receipt == first.receipt
    changed = replace(wish(office), applicant=replace(APPLICANT, amount_yuan=300_000))
    again = applicants.register(changed, "c", chat=FARMER_CHAT)
    assert (again.case.receipt, again.is_new, again.is_same) == (first.receipt, False, False)

    other_phone = replace(wish(office), applicant=replace(APPLICANT, phone="13900000000"))
    others = [
        applicants.register(other_phone, "d", chat=FARMER_CHAT),
        applicants.register(wish(office, "huinong-guarantee"), "e", chat=FARMER_CHAT),
        applicants.register(wish(office), "f", chat=ChatKey("telegram", "other")),
        applicants.register(wish(office), "g"),
    ]
    applicants.withdraw(first.receipt)
    others.append(applicants.register(wish(office), "h", chat=FARMER_CHAT))
    assert all(one.is_new for one in others)
    assert len({one.case.receipt for one in others} | {first.receipt}) == 6


def test_case_belongs_to_the_officer_of_the_village_and_is_due_in_two_working_days(
    office: Office, staff: Staff
) -> None:
    """Registered: the officer's turn; a village without officer has none, and staff see the case."""
    case, desk = registered(office), Applications(office)
    far = Applicants(office).register(
        replace(wish(office), applicant=replace(APPLICANT, village="泰顺县/罗阳镇")), "far"
    )

    assert case.officer == staff.officer.id
    assert case.due > office.today()
    assert far.case.officer is None
    assert [one.receipt for one in desk.listed(staff.officer)] == [case.receipt]
    assert {one.receipt for one in desk.listed(staff.staff)} == {case.receipt, far.case.receipt}
    assert desk.listed(staff.other) == desk.listed(staff.guarantor) == desk.listed(staff.bank) == []


def test_every_change_queues_exactly_one_notice_to_the_linked_chat(office: Office, staff: Staff) -> None:
    """From registration to approval: one message a step, in order, each sealed as the Telegram window opens it."""
    start_chat(office)
    desk, case = Applications(office), registered(office, chat=FARMER_CHAT)
    for to in (State.CONTACTED, State.PAPERS_NEEDED, State.ACCEPTED, State.WITH_GUARANTOR, State.APPROVED):
        case = desk.move(case.receipt, step(to, staff), mover(case.state, to, staff), case.version).case
    with office.ledger.begin() as connection:
        sent = []
        while delivery := outbox.claim_due(connection, office.now(), 1, 60):
            sent += delivery
            outbox.mark_sent(connection, [(delivery[0].seq, 1)], office.now())
    said = [unseal(one.body, office.cipher) for one in sent]

    assert [one.key for one in sent] == [f"case:{case.receipt}:{number}" for number in range(1, 7)]
    assert {one.kind for one in sent} == {outbox.Kind.NOTICE}
    assert {one.chat for one in said} == {4711}
    assert all(receipts.spoken(case.receipt) in one.text for one in said)
    assert "缺 1：身份证明（文件没写，经办的单位要的）" in said[2].text
    assert "原因：缺材料。少了一样材料" in said[2].text
    assert "审核通过了" in said[5].text
    assert {event.told for event in desk.open(case.receipt, staff.staff, "test").events} == {Told.NOTICE}


def test_farmer_without_chat_is_a_call_for_the_officer(office: Office, staff: Staff) -> None:
    """打电话告诉他: staff's steps wait for a call, the farmer's own, 已经联系过 and what he was told at once do not."""
    desk, case = Applications(office), registered(office, chat=ChatKey("web", "cookie"))
    for to in (State.CONTACTED, State.ACCEPTED):
        case = desk.move(case.receipt, step(to, staff), staff.officer, case.version).case

    assert [(one.receipt, number) for one, number in desk.calls(staff.officer)] == [(case.receipt, 3)]
    with undone(office) as connection:
        told = replace(step(State.PAPERS_NEEDED, staff), is_told=True)
        file = desk.move(case.receipt, told, staff.officer, case.version, connection=connection)
        assert [event.told for event in file.events] == [Told.SHOWN, Told.CALLED, Told.CALLED, Told.CALLED]
        assert desk.calls(staff.officer, connection=connection) == []
    assert desk.calls(staff.other) == []
    assert desk.called(case.receipt, 3, staff.officer)
    assert desk.calls(staff.officer) == []
    assert not desk.called(case.receipt, 3, staff.officer)
    with office.ledger.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0


def test_notice_that_cannot_be_delivered_becomes_a_call(office: Office, staff: Staff) -> None:
    """The farmer blocks the bot: what was not delivered, and what comes after, is for the telephone."""
    start_chat(office)
    desk, case = Applications(office), registered(office, chat=FARMER_CHAT)
    with office.ledger.begin() as connection:
        outbox.claim_due(connection, office.now(), 5, 60)
        outbox.mark_blocked(connection, FARMER_CHAT.id, office.now())
        chats.block(connection, FARMER_CHAT.channel, FARMER_CHAT.id, office.now())
    assert [number for _, number in desk.calls(staff.officer)] == [1]
    desk.move(case.receipt, Move(State.WITHDRAWN), staff.officer, 1)
    assert [number for _, number in desk.calls(staff.officer)] == [1, 2]


def test_two_people_at_one_case_never_run_over_each_other(office: Office, staff: Staff) -> None:
    """The second of two who looked at the same version is told; of ten at once exactly one succeeds."""
    desk, case = Applications(office), registered(office)

    def contact(_: int) -> bool:
        try:
            desk.move(case.receipt, Move(State.CONTACTED), staff.officer, 1)
        except CaseChanged:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        done = list(threads.map(contact, range(10)))

    assert sum(done) == 1
    assert [event.number for event in desk.open(case.receipt, staff.officer, "test").events] == [1, 2]


def test_nobody_opens_or_moves_what_is_not_theirs_and_every_reading_is_audited(office: Office, staff: Staff) -> None:
    """A foreign officer, a guarantor before the case is passed on: refused; who may read leaves a line."""
    desk, case = Applications(office), registered(office)
    for person in (staff.other, staff.guarantor, staff.bank, replace(staff.officer, is_active=False)):
        for deed in (
            lambda who: desk.open(case.receipt, who, "x"),
            lambda who: desk.move(case.receipt, Move(State.CONTACTED), who, 1),
            lambda who: desk.called(case.receipt, 1, who),
            lambda who: desk.record_consent(case.receipt, ConsentKind.PUSH, who, is_given=True),
        ):
            with pytest.raises(NotAllowed):
                deed(person)
    with pytest.raises(UnknownCase):
        desk.open(receipts.make(), staff.staff, "x")
    desk.open(case.receipt, staff.officer, "回电话前看一眼")

    with office.ledger.read() as connection:
        deeds = audit.recent(connection, target=case.receipt)
    assert [(deed.actor, deed.verb, deed.purpose) for deed in deeds] == [
        (staff.officer.id, "read_case", "回电话前看一眼"),
        ("farmer", "register_case", "startup-loan-personal"),
    ]


def test_case_is_passed_to_real_receivers_with_consent_only(office: Office, staff: Staff) -> None:
    """No consent, no passing on; an officer records it on the phone; the receiver must be of the right kind."""
    desk = Applications(office)
    case = Applicants(office).register(wish(office, consents=frozenset()), "form").case
    for to in (State.CONTACTED, State.ACCEPTED):
        case = desk.move(case.receipt, Move(to), staff.officer, case.version).case
    to_guarantor = step(State.WITH_GUARANTOR, staff)
    with pytest.raises(Incomplete, match="同意"):
        desk.move(case.receipt, to_guarantor, staff.officer, case.version)
    desk.record_consent(case.receipt, ConsentKind.PASS_ON, staff.officer, is_given=True)
    with pytest.raises(Incomplete, match="名单"):
        desk.move(case.receipt, replace(to_guarantor, receiver=staff.bank.id), staff.officer, case.version)
    passed = desk.move(case.receipt, to_guarantor, staff.officer, case.version)

    assert passed.consents[ConsentKind.PASS_ON].by == Actor(staff.officer.id, Role.OFFICER)
    assert not passed.consents[ConsentKind.PUSH].is_given
    assert [one.receipt for one in desk.listed(staff.guarantor)] == [case.receipt]
    assert [person.id for person in desk.receivers(State.WITH_BANK)] == [staff.bank.id]


def test_officer_fills_in_and_the_farmer_confirms_before_it_is_passed_on(office: Office, staff: Staff) -> None:
    """代填: both actors stand in the case; unconfirmed it stays in the office."""
    desk, applicants = Applications(office), Applicants(office)
    case = registered(office, by=Actor(staff.officer.id, Role.OFFICER))
    assert (case.filled_by.id, case.is_confirmed) == (staff.officer.id, False)
    assert desk.calls(staff.officer) == []
    for to in (State.CONTACTED, State.ACCEPTED):
        case = desk.move(case.receipt, Move(to), staff.officer, case.version).case
    with pytest.raises(Incomplete, match="核对"):
        desk.move(case.receipt, step(State.WITH_BANK, staff), staff.officer, case.version)

    assert applicants.confirm(case.receipt)
    assert not applicants.confirm(case.receipt)
    assert desk.move(case.receipt, step(State.WITH_BANK, staff), staff.officer, case.version).case.bank == staff.bank.id


def test_a_signature_on_paper_confirms_what_was_filled_in_and_names_who_saw_it(office: Office, staff: Staff) -> None:
    """Recorded once, with who saw it in case and audit; a stranger records none, nor does anybody once it is over."""
    desk, case = Applications(office), registered(office, by=Actor(staff.officer.id, Role.OFFICER))
    with pytest.raises(NotAllowed):
        desk.signed(case.receipt, staff.other)
    with undone(office) as connection:
        desk.move(case.receipt, Move(State.WITHDRAWN), staff.officer, 1, connection=connection)
        with pytest.raises(IllegalMove, match="不用再签字"):
            desk.signed(case.receipt, staff.officer, connection=connection)
    assert desk.signed(case.receipt, staff.staff)
    assert not desk.signed(case.receipt, staff.officer)
    assert not Applicants(office).confirm(case.receipt)

    signed = Applicants(office).file(case.receipt).case
    assert (signed.is_confirmed, signed.signature_seen_by) == (True, staff.staff.id)
    with office.ledger.read() as connection:
        deeds = [(deed.actor, deed.purpose) for deed in audit.recent(connection) if deed.verb == "confirm_case"]
    assert (staff.staff.id, "signature") in deeds


def test_a_decision_written_down_for_a_guarantor_keeps_both_and_stays_sealed(office: Office, staff: Staff) -> None:
    """代记: who wrote it and whose it is stand in the step and the audit; the name said is sealed, the day must be true."""
    desk, case = Applications(office), brought_to(office, staff, State.WITH_GUARANTOR)
    today = office.today()
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(Incomplete, match="哪天说的"):
            desk.move(
                case.receipt, Move(State.APPROVED, source=Source("李经理", day)), staff.staff, case.version
            )  # fmt: skip
    moved = desk.move(
        case.receipt, Move(State.APPROVED, source=Source("李经理", today)), staff.staff, case.version
    )  # fmt: skip

    last, decider = moved.events[-1], Actor(staff.guarantor.id, Role.GUARANTOR)
    assert (last.actor, last.source) == (Actor(staff.staff.id, Role.STAFF), Source("李经理", today, decider))
    assert any("农担公司" in line and "代记" in line for line in case_notices.step_lines(moved.case, last, "专员"))
    with office.ledger.read() as connection:
        purposes = [deed.purpose for deed in audit.recent(connection, target=case.receipt)]
        written = str(connection.execute(text("SELECT * FROM application_events")).all()) + str(purposes)
    assert f"with_guarantor→approved 代记 {staff.guarantor.id} {today.isoformat()}" in purposes
    assert "李经理" not in written


def test_status_opens_with_number_and_last_digits_and_five_wrong_tries_close_it(office: Office) -> None:
    """Wrong number and wrong digits are the same refusal; after five the right ones are refused too, from there only."""
    applicants, case = Applicants(office), registered(office)
    for _ in range(8):
        found = applicants.look_up(receipts.spoken(case.receipt), "五六七八", "home")
        assert isinstance(found, GuaranteeApplication)
        assert found.receipt == case.receipt
    wrong = [("123456789", "5678"), (case.receipt, "8765"), (receipts.make(), "5678"), (case.receipt, ""), ("", "5678")]
    assert [applicants.look_up(*pair, "thief") for pair in wrong] == [LookUpRefusal.WRONG] * 5

    assert applicants.look_up(case.receipt, "5678", "thief") is LookUpRefusal.TOO_MANY
    assert isinstance(applicants.look_up(case.receipt, "5678", "home"), GuaranteeApplication)


def test_fifty_parallel_guesses_are_five_guesses(office: Office) -> None:
    """The try is counted before it is judged: a burst gains nothing."""
    applicants, case = Applicants(office), registered(office)
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda n: applicants.look_up(case.receipt, f"{n:04d}", "burst"), range(50)))

    assert answers.count(LookUpRefusal.WRONG) == 5
    assert answers.count(LookUpRefusal.TOO_MANY) == 45


def test_nothing_about_the_person_stands_open_in_the_ledger(office: Office, staff: Staff, tmp_path: Path) -> None:
    """Name, phone, purpose, chat and what staff wrote are sealed; the last digits only as a keyed hash."""
    start_chat(office)
    desk, case = Applications(office), registered(office, chat=FARMER_CHAT)
    desk.move(case.receipt, Move(State.CONTACTED, sentence="张阿大说要再想想"), staff.officer, 1)
    with office.ledger.read() as connection:
        tables = ("applications", "application_events", "application_consents", "outbox", "audit")
        rows = [str(tuple(row)) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608 - names from this file
    written = "\n".join(rows)

    assert case.receipt in written
    for private in ("张阿大", "13812345678", "买石斛苗", "再想想"):
        assert private not in written
    assert not re.search(r"(?<![\w-])5678(?![\w-])", written)  # moments and seals hold these digits now and then


def test_pinned_entry_keeps_its_words_when_the_entry_changes(office: Office, staff: Staff) -> None:
    """Another publication with other papers: the case shows what it was judged by, and says that a re-check is due."""
    desk, case = Applications(office), registered(office)
    assert not desk.is_outdated(case)
    knowledge = office.knowledge
    entry = knowledge.entries["startup-loan-personal"]
    changed = {**knowledge.entries, entry.code: replace(entry, papers=(), time="七天")}
    office.swap(replace(knowledge, entries=changed, version="abcdef"))
    kept = desk.open(case.receipt, staff.staff, "test").case
    office.swap(replace(knowledge, entries={}))

    assert kept.entry == case.entry
    assert kept.entry.papers == entry.papers
    assert desk.papers_to_choose(kept) == tuple(paper.name for paper in entry.papers or ())
    assert desk.is_outdated(kept)


@pytest.mark.parametrize(
    ("code", "opening", "words"),
    [
        ("startup-loan-personal", Opening.OPEN, "登记好了。"),
        ("huinong-guarantee", Opening.UNCHECKED, "还办不办"),
        ("dendrobium-loan", Opening.CLOSED, "这不是申请"),
    ],
)
def test_entry_that_is_not_open_makes_a_request_to_be_called_only(
    office: Office, code: str, opening: Opening, words: str
) -> None:
    """The state's words say so from the first message on."""
    start_chat(office)
    case = Applicants(office).register(wish(office, code), "form", chat=FARMER_CHAT).case
    with office.ledger.begin() as connection:
        (notice,) = outbox.claim_due(connection, office.now(), 5, 60)

    assert case.entry.opening is opening
    assert words in unseal(notice.body, office.cipher).text
    assert (opening is Opening.OPEN) == (case.entry.status == "")


def test_forgetting_a_chat_takes_back_and_erases_its_cases_and_files(office: Office, staff: Staff) -> None:
    """删除我的信息: no name, words, consents or files are left, no notice is sent about it; other chats keep theirs."""
    start_chat(office)
    case, other = registered(office, chat=FARMER_CHAT), registered(office, "other", chat=ChatKey("telegram", "2"))
    Applications(office).move(case.receipt, Move(State.CONTACTED, sentence="要再想想"), staff.officer, 1)
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    CasePapers(office).hand_in(case.receipt, "合同", out.getvalue())
    assert erase_chat(office, FARMER_CHAT).cases == 1
    file = Applicants(office).file(case.receipt)

    assert (file.case.state, file.case.applicant) == (State.WITHDRAWN, Applicant("", "", "", 200_000, ""))
    assert [event.sentence for event in file.events] == ["", "", ""]
    assert file.consents == {}
    assert PapersStore(office.settings.state_dir, office.cipher).kept() == []
    assert Applicants(office).of_chat(FARMER_CHAT) == []
    assert Applicants(office).file(other.receipt).case.applicant == APPLICANT
    with office.ledger.read() as connection:
        assert outbox_upkeep.state_of(connection, f"case:{case.receipt}:3") is None


def test_people_of_cases_that_ended_long_ago_are_forgotten(office: Office) -> None:
    """Finished and old: erased; open or fresh: kept; the second time nothing is left to do."""
    done, open_case = registered(office, "done"), registered(office, "open")
    Applicants(office).withdraw(done.receipt)
    assert CaseErasure(office).of_long_ago() == 0
    assert CaseErasure(office).of_long_ago(days=-1) == 1
    assert CaseErasure(office).of_long_ago(days=-1) == 0
    assert Applicants(office).file(done.receipt).case.applicant.name == ""
    assert Applicants(office).file(open_case.receipt).case.applicant == APPLICANT


def test_hand_over_gives_all_cases_to_the_successor(office: Office, staff: Staff) -> None:
    """One action; the other officer then holds them."""
    case = registered(office)
    with office.ledger.begin() as connection:
        assert hand_overs.move(connection, staff.officer.id, staff.other.id)["单子"] == 1
    assert Applicants(office).file(case.receipt).case.officer == staff.other.id


def test_keys_rotate_and_a_person_is_erased(office: Office, knowledge: KnowledgeBase) -> None:
    """A new key seals everything again and the old one can go; erasing leaves steps without a person."""
    case = registered(office, chat=FARMER_CHAT)
    fresh_key = generate_field_key()
    both = replace(
        office.settings,
        field_keys=(type(office.settings.field_keys[0])(fresh_key), *office.settings.field_keys),
        secret_keys=(type(office.settings.secret_keys[0])("t" * 48), *office.settings.secret_keys),
    )
    rotating = Office(both, office.ledger, knowledge)
    with office.ledger.begin() as connection:
        assert application_upkeep.rotate(connection, rotating.cipher) == 1
        application_events.rotate(connection, rotating.cipher)
    only_new = Office(replace(both, field_keys=both.field_keys[:1]), office.ledger, knowledge)
    assert Applicants(only_new).file(case.receipt).case.applicant == APPLICANT
    assert isinstance(Applicants(only_new).look_up(case.receipt, "5678", "x"), GuaranteeApplication)
    assert [file.case.receipt for file in Applicants(only_new).of_chat(FARMER_CHAT)] == [case.receipt]

    with office.ledger.begin() as connection:
        application_upkeep.erase(connection, case.id)
        application_events.erase(connection, case.id)
    gone = Applicants(only_new).file(case.receipt).case
    assert (gone.applicant.name, gone.applicant.phone, gone.village, gone.chat) == ("", "", "", None)
    assert Applicants(only_new).look_up(case.receipt, "5678", "y") is LookUpRefusal.WRONG
    assert Applicants(only_new).of_chat(FARMER_CHAT) == []
