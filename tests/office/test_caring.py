"""What officers must not forget: follow-ups, calls for a person, the list, the morning's message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.outgoing import Outgoing, unseal
from knowledge.answers import Action
from knowledge.base import KnowledgeBase
from knowledge.check_views import QuestionView
from office import follow_ups, help_desk, help_standing
from office.applicants import Applicants, LookUpRefusal
from office.application_case import Applicant, GuaranteeApplication, Wish
from office.applications import ConsentKind, Move, State
from office.applications_desk import Applications
from office.assisted_checks import AssistedChecks, Wanted, chat_of
from office.check_ups import CheckUps
from office.follow_ups import Barrier
from office.help_desk import HelpError, TooManyCalls
from office.help_standing import Standing
from office.ledger import chats, help_requests, leases, outbox
from office.ledger import follow_ups as kept
from office.ledger.follow_ups import FollowUpOutcome
from office.my_list import MOST_LINES, Heap, digest_lines, my_list
from office.office import ChatKey
from office.people import Person, Role
from office.privacy import Sealed
from office.rounds import LEASE, go_round
from office.working_days import WENZHOU, after_working_days, due_after, is_open, opens_next
from tests.office.clocked import ELSEWHERE, HERE, ClockedOffice, clocked_office

ENTRY = "dendrobium-loan"


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[ClockedOffice]:
    """An office with a clock of its own over a fresh ledger, once on each engine."""
    office = clocked_office(ledger_url, knowledge, tmp_path)
    yield office
    office.ledger.close()


def case_of(office: ClockedOffice, *, chat: str | None = None, agrees: bool = True, phone: str = "13900001234",
            village: str = HERE) -> GuaranteeApplication:  # fmt: skip
    """A farmer's case, from a chat with the bot or from the web."""
    applicants = Applicants(office)
    given = frozenset({ConsentKind.FOLLOW_UP}) if agrees else frozenset()
    wish = Wish(Applicant("张三丰", phone, village, 200_000, "种石斛"), applicants.pin(ENTRY), given)
    if chat is not None:
        with office.ledger.begin() as connection:
            chats.start(connection, "telegram", chat, office.now())
    return applicants.register(wish, f"{chat}{phone}", chat=ChatKey("telegram", chat) if chat else None).case


def visited(office: ClockedOffice, village: str = HERE) -> str:
    """A visit an officer wrote down."""
    with office.ledger.begin() as connection:
        found = follow_ups.begin(office, connection, entry=ENTRY, village=village, name="李四", phone="13700000000")
    assert found is not None
    return found


def sent_to(office: ClockedOffice, chat: str, key: str = "") -> list[Outgoing]:
    """What waits for a chat, opened as the Telegram window opens it."""
    table = outbox.outbox
    with office.ledger.read() as connection:
        rows = connection.execute(
            select(table.c.body).where(table.c.lane == chat, table.c.key.startswith(key)).order_by(table.c.seq)
        )
        return [unseal(Sealed(row.body), office.cipher) for row in rows]


def queued_for(office: ClockedOffice, chat: str, key: str) -> int:
    """How many messages were ever queued for a chat; the text of one nobody sends goes after a week."""
    table = outbox.outbox
    with office.ledger.read() as connection:
        rows = select(table.c.seq).where(table.c.lane == chat, table.c.key.startswith(key))
        return len(connection.execute(rows).all())


def go(office: ClockedOffice) -> None:
    """One round of the office."""
    assert go_round(office, "test") is not None


def press(office: ClockedOffice, message: Outgoing, label: str, chat: str) -> str:
    """The reply to the button of that label."""
    data = next(data for row in message.rows for text, data in row if text == label)
    action = Action.parse(data)
    assert action is not None
    assert len(data.encode()) <= 64
    with office.ledger.begin() as connection:
        said, _ = follow_ups.pressed(office, connection, action.target, action.detail, chat)
    return said


def tasks(office: ClockedOffice, person: Person) -> list[tuple[Heap, str]]:
    """A person's list as (heap, word)."""
    with office.ledger.begin() as connection:
        return [(task.heap, task.word) for task in my_list(office, connection, person)]


def test_a_farmer_with_a_chat_is_asked_on_day_6_and_day_9_and_then_no_more(office: ClockedOffice) -> None:
    """Not on day 5, not at night, each day once however many rounds; after day 9 the officer's list says to call."""
    officer = office.add(Role.OFFICER, HERE)
    case_of(office, chat="41")
    asked = []
    for _ in range(20):
        for _ in range(4):
            go(office)
            office.wait(hours=6)
        asked.append(queued_for(office, "41", "follow-up:"))
    assert asked == [0] * 6 + [1] * 3 + [2] * 11
    assert (Heap.OVERDUE, "机器人问了两次没回，打个电话") in tasks(office, officer)


def test_any_answer_ends_the_asking(office: ClockedOffice) -> None:
    """Pressed on day 6: nothing on day 9, nothing in the officer's list; the barrier is offered once and kept."""
    officer = office.add(Role.OFFICER, HERE)
    case = case_of(office, chat="41")
    office.wait(days=6)
    go(office)
    (question,) = sent_to(office, "41", "follow-up:")
    assert [text for row in question.rows for text, _ in row] == [
        "已办成", "办了没成", "没去办", "本来就有", "不需要", "找人问",
    ]  # fmt: skip
    assert "卡在哪里" in press(office, question, "没去办", "41")
    office.wait(days=3)
    go(office)
    assert len(sent_to(office, "41", "follow-up:")) == 1
    assert not any("打" in word for _, word in tasks(office, officer) if word.startswith("机器人"))
    with office.ledger.read() as connection:
        (one,) = [
            found for found in [kept.find(connection, office.cipher, question.rows[0][0][1].split("|")[2])] if found
        ]
    assert (one.outcome, one.receipt) == (FollowUpOutcome.NOT_GONE, case.receipt)


def test_a_press_from_another_chat_changes_nothing(office: ClockedOffice) -> None:
    """Whoever has the button's data but not the chat is told it is old."""
    case_of(office, chat="41")
    office.wait(days=6)
    go(office)
    (question,) = sent_to(office, "41", "follow-up:")
    assert "旧的" in press(office, question, "已办成", "42")
    with office.ledger.read() as connection:
        assert len(kept.due(connection, office.cipher, office.now())) == 1


def test_who_did_not_agree_is_never_asked(office: ClockedOffice) -> None:
    """Nor is one who agreed and took it back before day 6."""
    officer = office.add(Role.OFFICER, HERE)
    case_of(office, agrees=False)
    taken_back = case_of(office, phone="13900005678")
    go(office)
    Applicants(office).consent(taken_back.receipt, ConsentKind.FOLLOW_UP, is_given=False)
    office.wait(days=6)
    go(office)
    assert not any("问" in word for _, word in tasks(office, officer))


def test_without_a_chat_the_officer_is_told_to_call_and_his_answer_ends_it(office: ClockedOffice) -> None:
    """From day 6: today, then overdue until he writes down what came of it; the barrier only with 没成 and 没去."""
    officer, stranger = office.add(Role.OFFICER, HERE), office.add(Role.OFFICER, ELSEWHERE)
    follow_up = visited(office)
    office.wait(days=5)
    assert tasks(office, officer) == []
    office.wait(days=1)
    assert tasks(office, officer) == [(Heap.TODAY, "打电话问他：办成了没有")]
    assert tasks(office, stranger) == []
    office.wait(days=1)
    assert tasks(office, officer) == [(Heap.OVERDUE, "打电话问他：办成了没有")]
    with office.ledger.begin() as connection:
        one = kept.find(connection, office.cipher, follow_up)
        assert one is not None
        follow_ups.answer(office, connection, one, FollowUpOutcome.DONE, barrier=Barrier.FAR, by=officer.id)
        assert (kept.find(connection, office.cipher, follow_up) or one).reason is None
        follow_ups.answer(office, connection, one, FollowUpOutcome.FAILED, barrier=Barrier.FAR, by=officer.id)
        assert (kept.find(connection, office.cipher, follow_up) or one).reason == "far"
    assert tasks(office, officer) == []


def test_a_visit_without_a_case_is_forgotten_after_31_days(office: ClockedOffice) -> None:
    """The one of a case stays with the case."""
    follow_up, case = visited(office), case_of(office)
    go(office)
    office.wait(days=31, minutes=1)
    go(office)
    with office.ledger.read() as connection:
        assert kept.find(connection, office.cipher, follow_up) is None
        assert kept.cases_without(connection, case.registered_at - timedelta(days=1)) == []


def test_a_call_for_a_person_goes_to_the_villages_officer(office: ClockedOffice) -> None:
    """He is told once in his chat, has it in his list; the asker gets name, day and number."""
    officer = office.add(Role.OFFICER, HERE, name="林海生", chat="51")
    stranger = office.add(Role.OFFICER, ELSEWHERE, chat="52")
    for _ in range(2):  # the same form handed in again is the same call
        with office.ledger.begin() as connection:
            promise = help_desk.ask(
                office, connection, form="f1", village="乐清市大荆镇下山头村", phone="139 0000 1234",
                question="石斛贷没人回，我的号 13900001234", channel="web", source="1.2.3.4",
            )  # fmt: skip
    assert promise.number in promise.text
    assert "林海生" in promise.text
    assert "11 月 25 日" in promise.text
    assert len(sent_to(office, "51")) == 1
    assert sent_to(office, "52") == []
    assert tasks(office, officer) == [(Heap.NEW, "有人找：回个电话")]
    assert tasks(office, stranger) == []
    with office.ledger.read() as connection:
        kept_call = help_requests.find(connection, office.cipher, promise.number)
    assert kept_call is not None
    assert (kept_call.village, kept_call.phone) == (HERE, "13900001234")
    assert "13900001234" not in kept_call.question


def test_an_unanswered_call_is_passed_on_once_and_never_again(office: ClockedOffice) -> None:
    """After two working days staff are told, once each, however long it lies; answered in time nobody is."""
    office.add(Role.OFFICER, HERE, chat="51")
    staff = office.add(Role.STAFF, chat="61")
    numbers = []
    for form in ("late", "in time"):
        with office.ledger.begin() as connection:
            numbers.append(help_desk.ask(
                office, connection, form=form, village="乐清市大荆镇下山头村", phone="13900001234", question="问",
                channel="web", source="1.2.3.4",
            ).number)  # fmt: skip
    assert tasks(office, staff) == []
    with office.ledger.begin() as connection:
        answered = help_requests.find(connection, office.cipher, numbers[1])
        assert answered is not None
        assert help_desk.answered(office, connection, answered, by=staff)
        assert not help_desk.answered(office, connection, answered, by=staff)
    for _ in range(40):
        go(office)
        office.wait(hours=6)
    assert queued_for(office, "61", "help-late:") == 1
    assert queued_for(office, "61", f"help-late:{numbers[0]}:") == 1
    assert [heap for heap, word in tasks(office, staff) if word.startswith("有人找")] == [Heap.OVERDUE]


def test_a_call_from_nowhere_of_ours_is_the_staffs(office: ClockedOffice) -> None:
    """Without a village, or one without an officer, staff are told at once."""
    staff = office.add(Role.STAFF, chat="61")
    with office.ledger.begin() as connection:
        help_desk.ask(office, connection, form="f", village="", phone="0577-62190001", question="问", channel="web",
                      source="x")  # fmt: skip
    assert len(sent_to(office, "61", "help:")) == 1
    assert tasks(office, staff) == [(Heap.NEW, "有人找：回个电话")]


def test_an_answer_reaches_the_askers_chat_once(office: ClockedOffice) -> None:
    """In Telegram no phone is needed; the reply names who answers."""
    staff = office.add(Role.STAFF, name="周敏")
    with office.ledger.begin() as connection:
        number = help_desk.ask(office, connection, form="f", village="", phone="", question="问", channel="telegram",
                               chat="71", source="71").number  # fmt: skip
        found = help_requests.find(connection, office.cipher, number)
        assert found is not None
        help_desk.answered(office, connection, found, by=staff, reply="明天去镇上三楼。")
    (message,) = sent_to(office, "71")
    assert "周敏" in message.text
    assert "明天去镇上三楼" in message.text


@pytest.mark.parametrize(
    ("village", "phone", "question"),
    [("", "123", "问"), ("", "13900001234", "  "), ("杭州市西湖区", "13900001234", "问")],
)
def test_a_call_that_cannot_be_answered_is_not_taken(
    office: ClockedOffice, village: str, phone: str, question: str
) -> None:
    """One sentence says what is missing; nothing is kept."""
    with office.ledger.begin() as connection, pytest.raises(HelpError, match="。"):
        help_desk.ask(office, connection, form="f", village=village, phone=phone, question=question, channel="web",
                      source="x")  # fmt: skip
    with office.ledger.read() as connection:
        assert help_requests.open_of(connection, office.cipher, None) == []


def test_who_leaves_no_phone_is_told_to_call(office: ClockedOffice) -> None:
    """The officer's number and 12345 at once; it waits in the list without pressing, nobody is blamed, then it goes."""
    officer = office.add(Role.OFFICER, HERE, name="林海生", chat="51")
    staff = office.add(Role.STAFF, chat="61")
    with office.ledger.begin() as connection:
        promise = help_desk.ask(office, connection, form="f", village="乐清市大荆镇下山头村", phone="", question="问",
                                channel="web", source="x")  # fmt: skip
    assert "没留电话，我们打不过去，只能您自己打过去：林海生（共富金融专员）13800000001，或者 12345" in promise.text
    assert tasks(office, officer) == [(Heap.WAITING, "有人问，没留电话：等他打来")]
    office.wait(days=7)
    go(office)
    assert queued_for(office, "61", "help-late:") == 0
    assert tasks(office, staff) == tasks(office, officer) == [(Heap.WAITING, "有人问，没留电话：等他打来")]
    office.wait(days=8)
    assert tasks(office, officer) == []


def test_what_became_of_a_call_is_told_to_who_knows_number_and_phone(office: ClockedOffice) -> None:
    """Waiting, passed on, answered; wrong number, wrong digits and a call without a phone alike; five tries an hour."""
    officer = office.add(Role.OFFICER, HERE, name="林海生")

    def call(form: str, phone: str = "13900001234") -> str:
        with office.ledger.begin() as connection:
            return help_desk.ask(office, connection, form=form, village="乐清市大荆镇下山头村", phone=phone,
                                 question="石斛贷没人回", channel="web", source="x").number  # fmt: skip

    def look(number: str, tail: str = "1234", source: str = "a") -> Standing | LookUpRefusal:
        with office.ledger.begin() as connection:
            return help_standing.look_up(office, connection, number, tail, source)

    number, other, silent = call("f"), call("g"), call("h", phone="")
    waiting = look(number)
    assert isinstance(waiting, Standing)
    assert (waiting.asked, waiting.state) == ("11 月 23 日 10:00", "等共富金融专员林海生联系您")
    assert "最晚 11 月 25 日下班前联系您" in waiting.lines[0]
    assert "13800000001" in waiting.lines[-1]
    with office.ledger.begin() as connection:
        found = help_requests.find(connection, office.cipher, other)
        assert found is not None
        assert help_desk.answered(office, connection, found, by=officer)
    answered = look(other)
    assert isinstance(answered, Standing)
    assert answered.lines[0] == "11 月 23 日 10:00，共富金融专员林海生回过了。"
    office.wait(days=3)
    go(office)
    late = look(number)
    assert isinstance(late, Standing)
    assert late.state == "到日子没人联系您，转给工作人员了"
    tries = [look("W2222222"), look(number, "4321"), look(silent, ""), look(number, "123"), look(silent, "1234")]
    assert tries == [LookUpRefusal.WRONG] * 5
    assert look(number) is LookUpRefusal.TOO_MANY
    assert isinstance(look(number, source="b"), Standing)
    assert help_standing.number_in(" ｗ" + number[1:4] + " " + number[4:]) == number
    assert [help_standing.number_in(text) for text in ("123456789", "T2345678", "W1234567", "")] == [None] * 4


def test_one_address_cannot_flood_the_officers(office: ClockedOffice) -> None:
    """Six an hour; the seventh is refused, the next hour is fine again."""

    def call(form: str) -> None:
        with office.ledger.begin() as connection:
            help_desk.ask(office, connection, form=form, village="", phone="13900001234", question="问", channel="web",
                          source="9.9.9.9")  # fmt: skip

    for number in range(6):
        call(f"f{number}")
    with pytest.raises(TooManyCalls):
        call("f6")
    office.wait(hours=1)
    call("f7")


def test_a_recorded_interview_waits_in_the_list_until_the_farmer_confirms(office: ClockedOffice) -> None:
    """By its number and since when, for the village's officer and for the staff who filled it in; in the morning too."""
    officer, stranger = office.add(Role.OFFICER, HERE, chat="51"), office.add(Role.OFFICER, ELSEWHERE)
    staff, other = office.add(Role.STAFF), office.add(Role.STAFF)
    checks, ups = AssistedChecks(office), CheckUps(office)
    with office.ledger.begin() as connection:
        wanted = Wanted("f", HERE, "startup-loan-personal", "王阿大", "13700001234", is_present=True)
        number = checks.begin(connection, staff, wanted)
        view = ups.look(chat_of(number), wanted.scope, connection=connection)
        assert isinstance(view, QuestionView)
        ups.press(view.choices[0].button.action, chat_of(number), connection=connection)
        check = checks.find(connection, number)
        assert check is not None
    assert tasks(office, officer) == []
    with office.ledger.begin() as connection:
        checks.record(connection, staff, check)

    def listed(person: Person) -> list[tuple[Heap, str, str, str, str]]:
        with office.ledger.begin() as connection:
            found = my_list(office, connection, person)
        return [(one.heap, one.word, one.who, one.name, one.path) for one in found]

    path = f"/desk/checks/{number}"
    assert listed(officer) == [(Heap.NEW, "等他核对：体检结果今天存的", "王阿大", f"编号 {number}", path)]
    assert listed(staff) == listed(officer)
    assert listed(stranger) == listed(other) == []
    office.wait(days=4)
    assert listed(officer) == [(Heap.OVERDUE, "等他核对：体检结果存了 4 天", "王阿大", f"编号 {number}", path)]
    go(office)
    (message,) = sent_to(office, "51", "digest:")
    assert f"等他核对：体检结果存了 4 天，下山头村，编号 {number}" in message.text
    assert "王阿大" not in message.text
    with office.ledger.begin() as connection:
        assert checks.confirm(connection, number)
    assert listed(officer) == listed(staff) == []


def test_the_morning_message_has_ten_lines_at_most_and_comes_once_a_day(office: ClockedOffice) -> None:
    """No name and no number of a farmer in it; nothing when nothing is to be done; not before half past seven."""
    busy = office.add(Role.OFFICER, HERE, chat="51")
    office.add(Role.OFFICER, ELSEWHERE, chat="52")
    for number in range(15):
        case_of(office, phone=f"139000000{number:02d}")
    office.moment = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # seven in the morning
    go(office)
    assert sent_to(office, "51", "digest:") == []
    for _ in range(8):
        office.wait(minutes=31)
        go(office)
    (message,) = sent_to(office, "51", "digest:")
    lines = message.text.splitlines()
    assert len(lines) == MOST_LINES
    assert "13 9" not in message.text
    assert "张三丰" not in message.text
    assert "1390000" not in message.text
    assert sent_to(office, "52") == []
    office.wait(days=1)
    go(office)
    assert len(sent_to(office, "51", "digest:")) == 2
    with office.ledger.begin() as connection:
        assert len(digest_lines(office, my_list(office, connection, busy)[:3])) == 5


def test_two_processes_never_go_round_together(office: ClockedOffice) -> None:
    """While one is on its way the other is told so; after it the next may."""
    with office.ledger.begin() as connection:
        assert leases.acquire(connection, LEASE, "other", office.now(), 300)
    assert go_round(office, "test") is None
    office.wait(seconds=301)
    assert go_round(office, "test") is not None


def test_a_farmer_to_be_told_stands_in_the_officers_list(office: ClockedOffice) -> None:
    """打电话告诉他 by the next working day, no call after 已经联系过; gone when he was called."""
    officer = office.add(Role.OFFICER, HERE)
    case = case_of(office)
    desk = Applications(office)
    case = desk.move(case.receipt, Move(State.CONTACTED), officer, case.version).case
    assert "打电话告诉他" not in [word for _, word in tasks(office, officer)]
    moved = desk.move(case.receipt, Move(State.ACCEPTED), officer, case.version)
    with office.ledger.begin() as connection:
        (call,) = (task for task in my_list(office, connection, officer) if task.word == "打电话告诉他")
    assert (call.heap, call.due) == (Heap.NEW, due_after(office.today(), 1))
    assert desk.called(case.receipt, moved.events[-1].number, officer)
    assert "打电话告诉他" not in [word for _, word in tasks(office, officer)]


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-23 10:00", "2026-11-25 17:00"),  # Monday → Wednesday
        ("2026-11-23 20:00", "2026-11-26 17:00"),  # out of hours counts from Tuesday
        ("2026-11-27 10:00", "2026-12-01 17:00"),  # Friday → Tuesday
        ("2026-11-28 10:00", "2026-12-02 17:00"),  # Saturday counts from Monday
        ("2026-11-23 07:00", "2026-11-25 17:00"),  # before opening counts from the same day
        ("2026-02-14 10:00", "2026-02-25 17:00"),  # a worked Saturday, then the Spring Festival
    ],
)
def test_two_working_days(asked: str, due: str) -> None:
    """Weekends and public holidays do not count."""
    moment = datetime.strptime(asked, "%Y-%m-%d %H:%M").replace(tzinfo=WENZHOU)
    assert f"{after_working_days(moment, 2):%Y-%m-%d %H:%M}" == due


def test_the_desk_is_open_on_working_days() -> None:
    """From 8:30 to 17:00, and the next opening is said."""
    friday = datetime.combine(date(2026, 11, 27), time(17, 0), WENZHOU)
    assert not is_open(friday)
    assert is_open(friday - timedelta(minutes=1))
    assert f"{opens_next(friday):%m-%d %H:%M}" == "11-30 08:30"
