"""删除我的信息 in a chat: what will go is said first, a second tap does it; disks are cleaned by the next round."""

from __future__ import annotations

from handlers.outgoing import Outgoing
from handlers.visits import CHANNEL, Visit
from handlers.wrapping import notice
from knowledge.answers import Action, Button, Verb
from office import erasure
from office.office import ChatKey

ME, SURE = "me", "sure"
ASK = (
    "删除您的信息？\n{before}\n{elsewhere}\n"
    "在网页或窗口登记、没有连到这个聊天的，用回执编号和手机后四位删：{address}/forget\n"
    "真要删，点“确定删除”；不删就不用管。"
)
IN_PRIVATE = "请点我的头像，单独对我说“删除我的信息”。"


def is_ours(action: Action) -> bool:
    """Whether the button belongs to this conversation, and not to 忘掉前面说的."""
    return action.verb is Verb.FORGET and action.target == ME


def on_command(rest: str, visit: Visit) -> tuple[Outgoing, ...]:  # noqa: ARG001 - one signature for all commands
    """/forget_me, 删除我的信息: what will go, and the button that does it."""
    if visit.is_group:
        return (notice(IN_PRIVATE, visit.where.id, reply_to=visit.reply_to),)
    text = ASK.format(
        before="\n".join(erasure.BEFORE),
        elsewhere=erasure.ELSEWHERE,
        address=visit.site,
    )
    return (notice(text, visit.where.id, buttons=(Button("确定删除", Action(Verb.FORGET, ME, SURE)),)),)


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """The second tap: everything of this chat goes, in the transaction of the update."""
    if visit.is_group or action.detail != SURE:
        return on_command("", visit)
    erased = erasure.erase_chat(visit.office, ChatKey(CHANNEL, str(visit.where.id)), connection=visit.connection)
    return (notice("\n".join(erased.lines()), visit.where.id),)
