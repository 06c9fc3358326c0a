"""Following up (回访): day 6 and day 9 after a visit or an application, at most twice, until there is any answer."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from knowledge.answers import Action, Button, Verb
from knowledge.rendering import status_lines
from office.applications import ConsentKind
from office.case_notices import TELEGRAM
from office.ledger import application_events, applications, audit, follow_ups, people
from office.ledger.audit import Deed
from office.ledger.follow_ups import FollowUp, FollowUpOutcome
from office.notices import notify
from office.office import Office
from office.working_days import WENZHOU

FIRST_DAY, SECOND_DAY = 6, 9
ASKS_FROM, ASKS_TO = time(9, 0), time(19, 0)
KEPT_DAYS = 31
FARMER = "farmer"

OUTCOME_WORDS = {
    FollowUpOutcome.DONE: "已办成",
    FollowUpOutcome.FAILED: "办了没成",
    FollowUpOutcome.NOT_GONE: "没去办",
    FollowUpOutcome.ALREADY: "本来就有",
    FollowUpOutcome.NOT_NEEDED: "不需要",
}


class Barrier(StrEnum):
    """What stood in the way."""

    PAPERS = "papers"
    CONDITIONS = "conditions"
    TURNED_AWAY = "turned_away"
    FAR = "far"
    HOW = "how"
    TIME = "time"
    COST = "cost"
    OTHER = "other"


BARRIER_WORDS = {
    Barrier.PAPERS: "材料凑不齐",
    Barrier.CONDITIONS: "条件不够",
    Barrier.TURNED_AWAY: "窗口说办不了",
    Barrier.FAR: "路远、没人带",
    Barrier.HOW: "不会办",
    Barrier.TIME: "没空去",
    Barrier.COST: "嫌利息或费用高",
    Barrier.OTHER: "别的原因",
}
HAS_BARRIER = (FollowUpOutcome.FAILED, FollowUpOutcome.NOT_GONE)


def begin(
    office: Office,
    connection: Connection,
    *,
    entry: str,
    village: str,
    name: str,
    phone: str,
    receipt: str | None = None,
    chat: str | None = None,
    officer: str | None = None,
    began_on: datetime | None = None,
) -> str | None:
    """Ask this farmer on day 6 and day 9, who has agreed to be asked; None when the receipt is followed up already.

    `chat` is the farmer's chat with the bot: without one the officer is told to call.
    """
    began = began_on or office.now()
    in_charge = people.officer_of(connection, office.cipher, village) if officer is None else None
    return follow_ups.begin(
        connection,
        office.cipher,
        receipt=receipt,
        entry=entry,
        village=village,
        officer=officer or (in_charge.id if in_charge else None),
        name=name,
        phone=phone,
        chat=chat,
        began_on=began,
        first_due_at=_morning(began, FIRST_DAY),
        second_due_at=_morning(began, SECOND_DAY),
    )


def answer(
    office: Office,
    connection: Connection,
    follow_up: FollowUp,
    outcome: FollowUpOutcome,
    *,
    barrier: Barrier | None = None,
    by: str = FARMER,
) -> None:
    """Keep what came of it; nothing is asked after that."""
    reason = barrier.value if barrier and outcome in HAS_BARRIER else None
    follow_ups.answer(connection, follow_up.id, outcome, reason=reason, by=by, now=office.now())
    audit.record(connection, Deed(by, "answer_follow_up", follow_up.id, outcome.value, office.now()))


def adopt_cases(office: Office, connection: Connection) -> int:
    """Begin a follow-up for every recent case whose applicant agreed to one. Returns how many."""
    since, begun = office.now() - timedelta(days=SECOND_DAY), 0
    for receipt in follow_ups.cases_without(connection, since):
        case = applications.find(connection, office.cipher, receipt)
        if case is None or not _agrees(connection, case.id):
            continue
        chat = case.chat[1] if case.chat and case.chat[0] == TELEGRAM else None
        begun += bool(
            begin(
                office,
                connection,
                entry=case.entry.code,
                village=case.village,
                name=case.applicant.name,
                phone=case.applicant.phone,
                receipt=receipt,
                chat=chat,
                officer=case.officer,
                began_on=case.registered_at,
            )
        )
    return begun


def ask_due(office: Office, connection: Connection) -> int:
    """Queue the questions of day 6 and day 9 to the chats that are due, each once, by day only. Returns how many."""
    now = office.now()
    if not ASKS_FROM <= now.astimezone(WENZHOU).time() < ASKS_TO:
        return 0
    asked = 0
    for one in follow_ups.due(connection, office.cipher, now):
        if one.receipt is not None and _has_taken_back(office, connection, one.receipt):
            follow_ups.forget_receipt(connection, one.receipt)
            continue
        if one.chat is None:
            continue
        round_ = "9" if one.second_due_at <= now else "6"
        asked += notify(
            office,
            connection,
            key=f"follow-up:{one.id}:{round_}",
            chat=one.chat,
            text=question(office, one),
            buttons=outcome_buttons(one.id),
        )
    return asked


def question(office: Office, follow_up: FollowUp) -> str:
    """What the farmer is asked."""
    entry = office.knowledge.entries.get(follow_up.entry)
    title = "上次问的事"
    if entry is not None:
        banner = status_lines(entry, office.today(), office.knowledge.titles)
        status = banner[0].text.partition("】")[0] + "】" if banner else ""
        title = f"{status}{entry.title}"
    return f"前几天您问的“{title}”，后来办得怎么样了？点一个就行，不用打字。点了以后就不再问了。"


def outcome_buttons(follow_up_id: str) -> tuple[Button, ...]:
    """One button an outcome."""
    return tuple(
        Button(word, Action(Verb.FOLLOW_UP, follow_up_id, outcome.value)) for outcome, word in OUTCOME_WORDS.items()
    )


def barrier_buttons(follow_up_id: str, outcome: FollowUpOutcome) -> tuple[Button, ...]:
    """One button a barrier."""
    return tuple(
        Button(word, Action(Verb.FOLLOW_UP, follow_up_id, f"{outcome.value}.{barrier.value}"))
        for barrier, word in BARRIER_WORDS.items()
    )


def pressed(office: Office, connection: Connection, target: str, detail: str, chat: str) -> tuple[str, FollowUp | None]:
    """A farmer's press of one of these buttons; the reply, and the follow-up when the barrier is to be asked next."""
    found = follow_ups.find(connection, office.cipher, target)
    outcome_text, _, barrier_text = detail.partition(".")
    if found is None or found.chat != chat or outcome_text not in list(FollowUpOutcome):
        return "这个按钮是旧的，不用管它了。有事直接打字问。", None
    outcome = FollowUpOutcome(outcome_text)
    barrier = Barrier(barrier_text) if barrier_text in list(Barrier) else None
    answer(office, connection, found, outcome, barrier=barrier)
    if outcome in HAS_BARRIER and barrier is None:
        return f"记下了：{OUTCOME_WORDS[outcome]}。卡在哪里？点一个，专员好帮您。不点也行，不会再问了。", found
    thanks = "好事，恭喜您！" if outcome is FollowUpOutcome.DONE else "谢谢您告诉我们。"
    return f"记下了：{OUTCOME_WORDS[outcome]}。{thanks}不会再问了。", None


def _has_taken_back(office: Office, connection: Connection, receipt: str) -> bool:
    """The applicant no longer agrees to be asked, or their data is gone."""
    case = applications.find(connection, office.cipher, receipt)
    return case is None or not case.applicant.phone or not _agrees(connection, case.id)


def _agrees(connection: Connection, case_id: int) -> bool:
    consent = application_events.consents_of(connection, case_id).get(ConsentKind.FOLLOW_UP)
    return consent is not None and consent.is_given


def _morning(now: datetime, days: int) -> datetime:
    day = now.astimezone(WENZHOU).date() + timedelta(days=days)
    return datetime.combine(day, time(0, 0), WENZHOU)
