"""What a farmer is told about a case, in the words of every window; as a message it goes into the outbox once."""

from __future__ import annotations

from sqlalchemy import Connection

from office import receipts
from office.application_case import CaseFile, Event, GuaranteeApplication
from office.application_timeline import day_words, sentence, stop_at, turn_words
from office.applications import REASON_WORDS, STATE_WORDS, ConsentKind, Opening, State
from office.notices import notify
from office.office import Office
from office.people import ROLE_WORDS, Person, Role
from office.pinned_entries import where_to_get

TELEGRAM = "telegram"
NOBODY_YET = "工作人员"
CONFIRM_FIRST = "转出去以前，请您先核对替您填的单子：在网页“查办理进度”里点，或者在打印的单子上签字。"
AGREE_FIRST = "转出去以前，要您同意转给担保公司或银行：在网页“查办理进度”里勾，或者跟专员说一声。不同意就不转。"


def helper_words(officer: Person | None) -> str:
    """Who helps, as the farmer knows them."""
    return f"{ROLE_WORDS[Role.OFFICER]}{officer.name}" if officer else NOBODY_YET


def state_words(case: GuaranteeApplication) -> str:
    """The state in words; a case of an entry that is not open is no application yet."""
    if case.state is State.REGISTERED and case.entry.opening is Opening.CLOSED:
        return "已登记，等人回电话"
    return STATE_WORDS[case.state]


def sentence_of(case: GuaranteeApplication, event: Event, helper: str) -> str:
    """The farmer's sentence of one step: who acts next, and by which day."""
    return sentence(stop_at(event.state, case.entry.opening), event.due, helper)


def step_lines(case: GuaranteeApplication, event: Event, helper: str) -> list[str]:
    """The sentence, the reason in plain words, and each paper wanting with where to get it."""
    lines = [sentence_of(case, event, helper)]
    if event.reason is not None:
        lines.append(f"原因：{REASON_WORDS[event.reason]}。{event.sentence}")
    elif event.sentence:
        lines.append(f"说明：{event.sentence}")
    if event.source is not None and event.source.decider is not None:
        decider = ROLE_WORDS[event.source.decider.role]
        lines.append(f"这是{decider} {day_words(event.source.day)}说的，工作人员代记。")
    for number, name in enumerate(event.missing, 1):
        source = "" if case.entry.names_paper(name) else "（文件没写，经办的单位要的）"
        lines.append(f"缺 {number}：{name}{source}。{where_to_get(case.entry.paper(name))}。")
    return lines


def wanting_lines(file: CaseFile) -> list[str]:
    """What only the farmer can do before a case that has all its papers is passed on, each with how."""
    if file.case.state is not State.ACCEPTED:
        return []
    lines = [] if file.case.is_confirmed else [CONFIRM_FIRST]
    agreed = file.consents.get(ConsentKind.PASS_ON)
    return lines if agreed is not None and agreed.is_given else [*lines, AGREE_FIRST]


def case_lines(file: CaseFile, officer: Person | None) -> list[str]:
    """A case in a few lines, for a chat: number, entry with its status, state, turn, sentence, whom to ring up."""
    case, event, helper = file.case, file.events[-1], helper_words(officer)
    lines = [f"回执编号 {receipts.spoken(case.receipt)}"]
    lines += [f"{case.entry.status or ''}{case.entry.title}"]
    lines += [f"现在：{state_words(case)}，{turn_words(case.turn, helper)}。"]
    lines += [*step_lines(case, event, helper), *wanting_lines(file)]
    if officer and officer.phone:
        lines.append(f"{helper}的电话：{officer.phone}")
    return lines


def queue(office: Office, connection: Connection, file: CaseFile, officer: Person | None) -> None:
    """Put the notice of the case's last step into the outbox; a second time changes nothing."""
    case = file.case
    if case.chat is None:
        raise ValueError(f"case {case.receipt} has no chat to write to")
    heading, *lines = case_lines(file, officer)
    key = f"case:{case.receipt}:{file.events[-1].number}"
    text = "\n".join([*lines, "看进度：发“进度”两个字。"])
    notify(office, connection, key=key, chat=case.chat[1], heading=heading, text=text)
