"""The timeline of a case: whose turn it is, until when, and the sentence the farmer reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from office.applications import Opening, State

AFTER_A_MARK = re.compile(r"(?<=[，。]) ")


class Turn(StrEnum):
    """Whose move it is."""

    FARMER = "farmer"
    OFFICER = "officer"
    GUARANTOR = "guarantor"
    BANK = "bank"
    NOBODY = "nobody"


TURN_WORDS: Mapping[Turn, str] = {
    Turn.FARMER: "轮到您",
    Turn.OFFICER: "轮到{helper}",
    Turn.GUARANTOR: "轮到担保公司",
    Turn.BANK: "轮到银行",
    Turn.NOBODY: "办完了",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the way: whose turn, after how many working days somebody must have acted, the farmer's sentence.

    The days are this office's own promise of when its people call or ask; how long an agency or a bank takes is what
    the entry's document says, and is shown apart.
    """

    turn: Turn
    working_days: int
    sentence: str


STOPS: Mapping[State, Stop] = {
    State.REGISTERED: Stop(Turn.OFFICER, 2, "登记好了。{helper}最晚{day}给您打电话。"),
    State.CONTACTED: Stop(Turn.OFFICER, 3, "已经联系过您。{helper}在看条件和材料，最晚{day}告诉您还缺不缺东西。"),
    State.PAPERS_NEEDED: Stop(
        Turn.FARMER, 10, "还差材料，请您最晚{day}交给{helper}，拍照传上来也行。来不及就打个电话，单子不作废。"
    ),
    State.ACCEPTED: Stop(Turn.OFFICER, 3, "材料收齐了。{helper}最晚{day}把单子转给担保公司或银行。"),
    State.WITH_GUARANTOR: Stop(
        Turn.GUARANTOR, 5, "单子在担保公司，由他们审。{helper}最晚{day}去问一次，有结果就告诉您。"
    ),
    State.WITH_BANK: Stop(Turn.BANK, 5, "单子在银行，由银行审。{helper}最晚{day}去问一次，有结果就告诉您。"),
    State.APPROVED: Stop(
        Turn.OFFICER, 3, "审核通过了。签合同、放款由银行办，{helper}最晚{day}告诉您去哪里、带什么。官方不收费。"
    ),
    State.DECLINED: Stop(Turn.OFFICER, 3, "这次没通过。{helper}最晚{day}给您打电话，说说为什么、还有没有别的路。"),
    State.WITHDRAWN: Stop(
        Turn.NOBODY, 10, "单子撤回了，不会再有人为它找您。改主意了，最晚{day}打给{helper}，重新登记。"
    ),
}
UNCHECKED = Stop(Turn.OFFICER, 2, "登记好了。这一条现在还办不办，要先问清楚；{helper}最晚{day}打电话告诉您。")
CALL_BACK = Stop(Turn.OFFICER, 2, "请人回电话的登记好了，这不是申请。{helper}最晚{day}给您打电话，说说现在能办哪一条。")


def stop_at(state: State, opening: Opening = Opening.OPEN) -> Stop:
    """The stop of a state; a case of an entry that is not open begins with a question, or as a request to be called."""
    if state is not State.REGISTERED or opening is Opening.OPEN:
        return STOPS[state]
    return UNCHECKED if opening is Opening.UNCHECKED else CALL_BACK


def sentence(stop: Stop, due: date, helper: str) -> str:
    """What the farmer reads, with who acts next and by which day."""
    said = stop.sentence.format(day=f" {day_words(due)}", helper=helper)
    return AFTER_A_MARK.sub("", said)


def turn_words(turn: Turn, helper: str) -> str:
    """Whose turn it is, for the farmer."""
    return TURN_WORDS[turn].format(helper=helper)


def day_words(day: date) -> str:
    """A day as a person says it: 11 月 27 日（星期五）."""
    return f"{day.month} 月 {day.day} 日（星期{'一二三四五六日'[day.weekday()]}）"
