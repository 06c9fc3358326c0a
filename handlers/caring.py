"""Calls for a person (找人 + 想问的话), and presses that answer a follow-up."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import asking
from handlers.outgoing import Outgoing
from handlers.visits import CHANNEL, Visit
from handlers.wrapping import notice
from knowledge.answers import Action, Answer, Line, LineKind
from office import follow_ups, help_desk, help_standing
from office.help_desk import HelpError, TooManyCalls
from office.ledger.follow_ups import FollowUpOutcome
from office.working_days import HOURS

CALL = re.compile(r"找人(?:问)?[\s：:]+(?P<words>\S.*)", re.DOTALL)
PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
IN_PRIVATE = "请单独对我说，群里会让别人看到您的电话。"
SEE_IT = "发“进度”两个字，看有没有人接手。"
HOW_TO_CALL = (
    "想让人联系您，打一句话发给我，前面写“找人”：\n找人 乐清市大荆镇下山头村 石斛贷交了材料没人回\n"
    f"上班时间：{HOURS}，{help_desk.WORKING_DAYS} 个工作日内有人回您。留电话也行，不留就在这里回。"
)


def called_for(text: str) -> str | None:
    """The words after 找人, when the message is such a call."""
    found = CALL.fullmatch(text.strip())
    return found["words"] if found else None


def on_call(words: str, visit: Visit) -> tuple[Outgoing, ...]:
    """Take the call down; the reply names who answers, until when, and the number."""
    if visit.is_group:
        return (notice(IN_PRIVATE, visit.where.id, reply_to=visit.reply_to),)
    return asking.within_limits(visit, lambda: (notice(_taken(words, visit), visit.where.id),))


def invited(said: Answer) -> Answer:
    """The reply to 找人问 with how to be called."""
    return replace(said, lines=(*said.lines, Line(LineKind.NEXT, HOW_TO_CALL)))


def standings(visit: Visit) -> tuple[Outgoing, ...]:
    """The latest calls of this private chat: when, to whom, until when, and what became of them; nothing without any."""
    if visit.is_group:
        return ()
    chat = str(visit.where.id)
    calls = help_standing.of_chat(visit.office, visit.connection, CHANNEL, chat)
    text = "\n\n".join("\n".join(help_standing.spoken_lines(one)) for one in calls)
    return (notice(text, visit.where.id),) if calls else ()


def on_follow_up(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A farmer's answer; after 没成 or 没去 the barriers are offered, once."""
    text, next_one = follow_ups.pressed(
        visit.office, visit.connection, action.target, action.detail, str(visit.where.id)
    )
    outcome = action.detail.partition(".")[0]
    buttons = follow_ups.barrier_buttons(next_one.id, FollowUpOutcome(outcome)) if next_one else ()
    return (notice(text, visit.where.id, buttons=buttons),)


def _taken(words: str, visit: Visit) -> str:
    phone = PHONE.search(words)
    chat = str(visit.where.id)
    try:
        promise = help_desk.ask(
            visit.office,
            visit.connection,
            form=f"{CHANNEL}:{chat}:{visit.message.message_id}",
            village=help_desk.place_in(visit.office, words),
            phone=phone[0] if phone else "",
            question=words,
            channel=CHANNEL,
            chat=chat,
            source=f"{CHANNEL}:{chat}",
        )
    except (TooManyCalls, HelpError) as error:
        return str(error)
    return f"{promise.text}\n{SEE_IT}"
