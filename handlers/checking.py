"""我能办吗 and 政策体检 in a chat: answers typed or tapped, results page by page, other questions let through."""

from __future__ import annotations

from dataclasses import replace

from handlers.check_pages import Page
from handlers.outgoing import Outgoing
from handlers.sittings import Sitting, turns_in_place
from handlers.visits import Visit
from handlers.wrapping import PERSON, notice, with_way_back
from knowledge.answering import Memory, answer
from knowledge.answers import Action, Button, Outcome, Verb
from knowledge.check_views import CheckView, QuestionView
from office.check_ups import KIND, CheckUps
from office.ledger import dialogues, open_forms

__all__ = ["on_cancel", "on_command", "on_press", "on_start", "on_this", "on_typed", "reminded", "turns_in_place"]

VERBS = (Verb.CHECK, Verb.CHECK_ANSWER, Verb.CHECK_STEP)
CHECK_UP = Button("政策体检", Action(Verb.CHECK))
PRIVATE_ONLY = "体检要问您家里的情况，不在群里问。请点我的头像，单独发“体检”给我。"
GONE = "没有这一条，可能已经撤下来了。可以做一次政策体检，看看现在能办哪些。"
NOT_FOUND = "没找到这一条。换个说法再试，比如：/check 石斛贷。也可以直接做政策体检。"
DROPPED = "好的，前面答的都删了。想再做，发“体检”就行。"


def on_command(rest: str, visit: Visit) -> tuple[Outgoing, ...]:
    """/check, 体检: over everything; with a code or a name behind it, of that entry."""
    if not rest or visit.is_group:
        return _begun("", visit)
    knowledge = visit.office.knowledge
    if rest in knowledge.entries:
        return _begun(rest, visit)
    said, _ = answer(knowledge, rest, Memory(), visit.office.today())
    if said.outcome is not Outcome.ANSWER or not said.entries:
        return (_said(NOT_FOUND, visit),)
    return _begun(said.entries[0], visit)


def on_this(visit: Visit) -> tuple[Outgoing, ...]:
    """我能办吗: of the entry the chat is about, or else over everything."""
    key = visit.key
    dialogue = dialogues.load(visit.connection, visit.office.cipher, key.channel, key.id, visit.now)
    entry = (dialogue.entry if dialogue is not None else None) or ""
    return _begun(entry if entry in visit.office.knowledge.entries else "", visit)


def on_typed(text: str, visit: Visit) -> tuple[Outgoing, ...] | None:
    """The reply to words typed for the question at hand; None when none waits or the words ask something else."""
    return None if visit.is_group else _own(visit).typed(text)


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button of a question or a result, also one from long ago."""
    if visit.is_group:
        return (_said(PRIVATE_ONLY, visit),)
    if action.verb is Verb.CHECK:
        return _begun(action.target, visit)
    try:
        if KIND not in open_forms.kinds(visit.connection, visit.key.channel, visit.key.id, visit.now):
            return _own(visit).afresh(action)
        return _own(visit).pressed(action)
    except LookupError:
        return (_said(GONE, visit),)


def on_cancel(visit: Visit) -> bool:
    """取消: whether an interview was kept and its answers are deleted."""
    return open_forms.drop(visit.connection, visit.key.channel, visit.key.id, KIND)


def on_start(visit: Visit) -> None:
    """/start: the interview asks nothing more until somebody comes back to it."""
    CheckUps(visit.office).pause(visit.key, connection=visit.connection)


def reminded(replies: tuple[Outgoing, ...], visit: Visit) -> tuple[Outgoing, ...]:
    """The answer to another question with a button back to the question that waits."""
    if visit.is_group:
        return replies
    view = _own(visit).stands
    if not isinstance(view, QuestionView):
        return replies
    button = Button("接着答" if view.scope else "接着体检", Action(Verb.CHECK, view.scope))
    return with_way_back(replies, button)


def _begun(scope: str, visit: Visit) -> tuple[Outgoing, ...]:
    if visit.is_group:
        return (_said(PRIVATE_ONLY, visit),)
    try:
        return _own(visit).begun(scope)
    except LookupError:
        return (_said(GONE, visit),)


def _own(visit: Visit) -> Sitting:
    """The interview of the chat itself."""
    return Sitting(visit, visit.key, _with_person)


def _with_person(page: Page, _view: CheckView) -> Page:
    """找人问 behind the last buttons."""
    *others, end = [block for block in page.blocks if block] or [()]
    return replace(page, blocks=(*others, (*end, PERSON)))


def _said(text: str, visit: Visit) -> Outgoing:
    buttons = () if visit.is_group else (CHECK_UP,)
    return notice(text, visit.where.id, reply_to=visit.reply_to, buttons=buttons)
