"""My list (我的活): what a person at the desk has to do, in three heaps: new, due today, overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from knowledge.rendering import status_text
from office import receipts
from office.application_case import GuaranteeApplication
from office.application_timeline import TURN_WORDS, Turn
from office.applications import STATE_WORDS, State
from office.applications_desk import Applications
from office.help_desk import WAITED_FOR_DAYS
from office.ledger import assisted_checks, follow_ups, help_requests
from office.ledger.assisted_checks import AssistedCheck
from office.ledger.follow_ups import FollowUp
from office.ledger.help_requests import HelpRequest
from office.office import Office
from office.people import Duty, Person, Role, may
from office.working_days import WENZHOU, due_after

MOST_LINES = 10
MOST_CHECKS = 40
DAYS_TO_CALL = 1  # working days after the step that the farmer has not heard of
DAYS_TO_CONFIRM = 3  # working days; then the farmer is to be rung up


class Heap(StrEnum):
    """Where a task lies."""

    OVERDUE = "overdue"
    TODAY = "today"
    NEW = "new"
    WAITING = "waiting"


HEAP_WORDS = {Heap.OVERDUE: "过期没办的", Heap.TODAY: "今天要办的", Heap.NEW: "新来的", Heap.WAITING: "还没到日子的"}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what (a word), whom (never shown in a message), where it is done."""

    heap: Heap
    word: str
    village: str
    who: str
    about: str
    path: str
    phone: str
    due: date
    name: str


def my_list(office: Office, connection: Connection, person: Person) -> list[Task]:
    """All open tasks of a person, the most pressing heap first and the oldest first in it."""
    today = office.today()
    tasks = list(_case_tasks(office, connection, person, today))
    if may(person, Duty.FOLLOW_UP):
        tasks += _follow_up_tasks(office, connection, person, today)
    if may(person, Duty.ANSWER_HELP):
        tasks += _help_tasks(office, connection, person, today)
    if may(person, Duty.FILL_IN):
        tasks += _check_tasks(office, connection, person, today)
    order = list(Heap)
    return sorted(tasks, key=lambda task: (order.index(task.heap), task.due, task.path))


def digest_lines(office: Office, tasks: list[Task]) -> list[str]:
    """The morning's message: at most ten lines, no name and no number of anybody; empty when nothing is to be done."""
    pressing = [task for task in tasks if task.heap is not Heap.WAITING]
    if not pressing:
        return []
    counts = [
        f"{HEAP_WORDS[heap]} {number} 件"
        for heap in (Heap.NEW, Heap.TODAY, Heap.OVERDUE)
        if (number := sum(task.heap is heap for task in pressing))
    ]
    room = MOST_LINES - 2
    shown = pressing[:room] if len(pressing) <= room else pressing[: room - 1]
    lines = [f"早上好。{'，'.join(counts)}。", *(_line(office, task) for task in shown)]
    if len(shown) < len(pressing):
        lines.append(f"还有 {len(pressing) - len(shown)} 件，在工作台上。")
    lines.append("打开工作台：发 /desk，我给您一个链接。")
    return lines


def _line(office: Office, task: Task) -> str:
    late = (office.today() - task.due).days
    when = f"过期 {late} 天" if task.heap is Heap.OVERDUE else HEAP_WORDS[task.heap].removesuffix("的")
    return f"· {when}：{task.word}，{task.village.rpartition('/')[2] or '没写村'}，{task.name}"


def _case_tasks(office: Office, connection: Connection, person: Person, today: date) -> Iterator[Task]:
    desk = Applications(office)
    for case in desk.listed(person, connection=connection):
        heap = _heap_of(case, person, today)
        word = STATE_WORDS[case.state]
        if heap is Heap.OVERDUE and case.turn is not _turn_of(person):
            word += f"，{TURN_WORDS[case.turn].format(helper='共富金融专员').replace('您', '农户')}"
        yield _task(heap, word, case)
    if not may(person, Duty.FOLLOW_UP):
        return
    untold = {case.receipt: case for case, _ in desk.calls(person, connection=connection)}
    for case in untold.values():
        yield _call_task(case, today)


def _call_task(case: GuaranteeApplication, today: date) -> Task:
    """The farmer is to hear of the last step by the end of the next working day."""
    due = due_after(case.changed_at.astimezone(WENZHOU).date(), DAYS_TO_CALL)
    return replace(_task(_heap_on(due, today), "打电话告诉他", case), due=due, path=f"/desk/cases/{case.receipt}#call")


def _heap_on(due: date, today: date) -> Heap:
    return Heap.OVERDUE if due < today else Heap.TODAY if due == today else Heap.NEW


def _task(heap: Heap, word: str, case: GuaranteeApplication) -> Task:
    return Task(
        heap=heap,
        word=word,
        village=case.village,
        who=case.applicant.name,
        about=f"【{case.entry.status_words}】{case.entry.title}",
        path=f"/desk/cases/{case.receipt}",
        phone=case.applicant.phone,
        due=case.due,
        name=f"回执 {receipts.spoken(case.receipt)}",
    )


def _heap_of(case: GuaranteeApplication, person: Person, today: date) -> Heap:
    if case.is_overdue(today):
        return Heap.OVERDUE
    if case.due == today:
        return Heap.TODAY
    is_new = case.state is State.REGISTERED or (case.turn is _turn_of(person) and person.role not in _DESK)
    return Heap.NEW if is_new else Heap.WAITING


_DESK = (Role.OFFICER, Role.STAFF, Role.ADMIN)


def _turn_of(person: Person) -> Turn:
    return {Role.GUARANTOR: Turn.GUARANTOR, Role.BANK: Turn.BANK}.get(person.role, Turn.OFFICER)


def _follow_up_tasks(office: Office, connection: Connection, person: Person, today: date) -> Iterator[Task]:
    villages = person.villages if person.role is Role.OFFICER else None
    now = office.now()
    for one in follow_ups.open_of(
        connection, office.cipher, person.id if villages is not None else None, villages or (), now
    ):
        second = one.second_due_at.astimezone(WENZHOU).date()
        first = one.first_due_at.astimezone(WENZHOU).date()
        if not one.must_be_called and second >= today:
            continue  # the bot is asking
        due = first if today < second else second
        heap = Heap.TODAY if due == today else Heap.OVERDUE
        yield _follow_up_task(office, one, heap, due, today)


def _follow_up_task(office: Office, one: FollowUp, heap: Heap, due: date, today: date) -> Task:
    entry = office.knowledge.entries.get(one.entry)
    return Task(
        heap=heap,
        word="打电话问他：办成了没有" if one.must_be_called else "机器人问了两次没回，打个电话",
        village=one.village,
        who=one.name,
        about=f"【{status_text(entry, today)}】{entry.title}" if entry else one.entry,
        path=f"/desk/follow-ups/{one.id}",
        phone=one.phone,
        due=due,
        name="回访",
    )


def _help_tasks(office: Office, connection: Connection, person: Person, today: date) -> Iterator[Task]:
    villages = person.villages if person.role is Role.OFFICER else None
    for request in help_requests.open_of(connection, office.cipher, villages):
        if person.role is not Role.OFFICER and request.officer is not None and request.escalated_at is None:
            continue  # an officer has it, and still has time
        if not request.can_be_reached and office.now() > request.asked_at + timedelta(days=WAITED_FOR_DAYS):
            continue  # no phone was left, and nobody has called
        yield _help_task(request, today)


def _help_task(request: HelpRequest, today: date) -> Task:
    due = request.due_at.astimezone(WENZHOU).date()
    heap, word = _heap_on(due, today), "有人找：回个电话"
    if not request.can_be_reached:
        heap, word = Heap.WAITING, "有人问，没留电话：等他打来"
    elif not request.phone:
        word = "有人找：在 Telegram 里回他"
    return Task(
        heap=heap,
        word=word,
        village=request.village,
        who="",
        about=request.question,
        path=f"/desk/help/{request.number}",
        phone=request.phone,
        due=due,
        name=f"编号 {request.number}",
    )


def _check_tasks(office: Office, connection: Connection, person: Person, today: date) -> Iterator[Task]:
    """Results that wait for the farmer's word: an officer's villages, whoever filled in; of others their own."""
    villages = person.villages if person.role is Role.OFFICER else None
    for check in assisted_checks.unconfirmed(connection, office.cipher, villages, person.id, MOST_CHECKS):
        if check.recorded_at is not None:
            yield _check_task(office, check, check.recorded_at.astimezone(WENZHOU).date(), today)


def _check_task(office: Office, check: AssistedCheck, recorded: date, today: date) -> Task:
    due, days = due_after(recorded, DAYS_TO_CONFIRM), (today - recorded).days
    entry = office.knowledge.entries.get(check.scope)
    return Task(
        heap=_heap_on(due, today),
        word=f"等他核对：体检结果{f'存了 {days} 天' if days else '今天存的'}",
        village=check.village,
        who=check.name,
        about=f"【{status_text(entry, today)}】{entry.title}" if entry else check.scope or "政策体检",
        path=f"/desk/checks/{check.number}",
        phone=check.phone,
        due=due,
        name=f"编号 {check.number}",
    )
