"""我能办吗 and 政策体检 in a chat: answers typed or tapped, results page by page, other questions let through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers import check_pages
from handlers.check_pages import ITEM, KNOWN, LEAF, LIST, PAPERS, SUMMARY, TURN, WHOLE, Page
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import PERSON, keyboard, notice, with_way_back, wrapped
from knowledge.answering import Memory, answer
from knowledge.answers import Action, Answer, Button, Outcome, Verb
from knowledge.check_rendering import AGAIN, CHOOSE, DISOWN, GO_ON, LEAVE, OWN, WRONG
from knowledge.check_views import CheckView, QuestionView, ResultView
from knowledge.checkup import Group
from knowledge.entries import Entry
from office.check_ups import KIND, CheckUps
from office.ledger import dialogues, open_forms

VERBS = (Verb.CHECK, Verb.CHECK_ANSWER, Verb.CHECK_STEP)
CHECK_UP = Button("政策体检", Action(Verb.CHECK))
OF_THE_SCOPE = frozenset({GO_ON, AGAIN, LEAVE, WRONG})  # their detail names the entry, or nothing for the check-up
OF_THE_CHECK_UP = frozenset({OWN, DISOWN, CHOOSE})
AFTERWARDS: Mapping[str, Callable[[ResultView, Entry], Page]] = {
    OWN: check_pages.owned_page,
    CHOOSE: check_pages.chosen_page,
}
STARTS_A_SITTING = frozenset({GO_ON, AGAIN})
LEAVE_WORDS = frozenset({"先不答了", "不答了", "不想答了", "算了", "退出", "停"})
CHANGE_WORDS = frozenset({"改前面的", "改", "答错了", "前面答错了"})
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
    if visit.is_group:
        return None
    check_ups, plain = CheckUps(visit.office), text.strip().strip("。！!")
    if plain in LEAVE_WORDS | CHANGE_WORDS:
        stands = check_ups.current(visit.key, connection=visit.connection)
        if not isinstance(stands, QuestionView):
            return None
        if plain in CHANGE_WORDS:
            return _shown(check_pages.known_page(stands), visit)
        return _viewed(check_ups.press(Action(Verb.CHECK_STEP, LEAVE), visit.key, connection=visit.connection), visit)
    view = check_ups.reply(visit.key, text, connection=visit.connection)
    return None if view is None else _viewed(view, visit, is_answered=True)


def on_press(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button of a question or a result, also one from long ago."""
    if visit.is_group:
        return (_said(PRIVATE_ONLY, visit),)
    if action.verb is Verb.CHECK:
        return _begun(action.target, visit)
    check_ups = CheckUps(visit.office)
    try:
        if KIND not in open_forms.kinds(visit.connection, visit.key.channel, visit.key.id, visit.now):
            return _viewed(check_ups.press(action, visit.key, connection=visit.connection), visit, is_first=True)
        if action.verb is Verb.CHECK_STEP and action.target in LOOKS:
            return LOOKS[action.target](action.detail, visit)
        return _taken(action, visit)
    except LookupError:
        return (_said(GONE, visit),)


def turns_in_place(action: Action) -> bool:
    """Whether the reply is the next page of the very message that was pressed."""
    return action.verb is Verb.CHECK_STEP and action.target in (TURN, LEAF)


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
    view = CheckUps(visit.office).current(visit.key, connection=visit.connection)
    if not isinstance(view, QuestionView):
        return replies
    button = Button("接着答" if view.scope else "接着体检", Action(Verb.CHECK, view.scope))
    return with_way_back(replies, button)


def _begun(scope: str, visit: Visit) -> tuple[Outgoing, ...]:
    if visit.is_group:
        return (_said(PRIVATE_ONLY, visit),)
    try:
        view = CheckUps(visit.office).begin(visit.key, scope, connection=visit.connection)
    except LookupError:
        return (_said(GONE, visit),)
    return _viewed(view, visit, is_first=True)


def _taken(action: Action, visit: Visit) -> tuple[Outgoing, ...]:
    """A button that does something, to the interview it hangs under and to no other."""
    check_ups, name = CheckUps(visit.office), action.target
    is_step = action.verb is Verb.CHECK_STEP
    if is_step and name in OF_THE_SCOPE | OF_THE_CHECK_UP:
        check_ups.enter(visit.key, action.detail if name in OF_THE_SCOPE else "", connection=visit.connection)
    view = check_ups.press(action, visit.key, connection=visit.connection)
    entry = visit.office.knowledge.entries.get(action.detail)
    if is_step and name in AFTERWARDS and entry is not None and not isinstance(view, QuestionView):
        return _shown(AFTERWARDS[name](view, entry), visit)
    return _viewed(view, visit, is_first=is_step and name in STARTS_A_SITTING, is_answered=not is_step)


def _viewed(
    view: CheckView, visit: Visit, *, is_first: bool = False, is_answered: bool = False
) -> tuple[Outgoing, ...]:
    if isinstance(view, QuestionView):
        return _shown(check_pages.question_page(view, is_first=is_first, is_answered=is_answered), visit)
    return _shown(check_pages.result_page(view, visit.office.knowledge.entries.get(view.scope)), visit)


def _listed(detail: str, visit: Visit) -> tuple[Outgoing, ...]:
    number, group = _place(detail)
    if group not in list(Group):
        return _summed("", visit)
    view = CheckUps(visit.office).result(visit.key, connection=visit.connection)
    return _shown(check_pages.list_page(view, Group(group), number), visit)


def _one(code: str, visit: Visit) -> tuple[Outgoing, ...]:
    view = CheckUps(visit.office).result(visit.key, connection=visit.connection)
    return _shown(check_pages.item_page(view, visit.office.knowledge.entries[code]), visit)


def _whole(code: str, visit: Visit) -> tuple[Outgoing, ...]:
    view = CheckUps(visit.office).result(visit.key, code, connection=visit.connection)
    return _shown(check_pages.whole_page(view, visit.office.knowledge.entries[code]), visit)


def _papers(detail: str, visit: Visit) -> tuple[Outgoing, ...]:
    number, scope = _place(detail)
    view = CheckUps(visit.office).result(visit.key, scope, connection=visit.connection)
    return _shown(check_pages.papers_page(view, number), visit)


def _known(scope: str, visit: Visit) -> tuple[Outgoing, ...]:
    view = CheckUps(visit.office).enter(visit.key, scope, connection=visit.connection)
    return _shown(check_pages.known_page(view), visit)


def _summed(scope: str, visit: Visit) -> tuple[Outgoing, ...]:
    return _viewed(CheckUps(visit.office).result(visit.key, scope, connection=visit.connection), visit)


LOOKS: Mapping[str, Callable[[str, Visit], tuple[Outgoing, ...]]] = {
    KNOWN: _known,
    LIST: _listed,
    TURN: _listed,
    ITEM: _one,
    WHOLE: _whole,
    PAPERS: _papers,
    LEAF: _papers,
    SUMMARY: _summed,
}


def _place(detail: str) -> tuple[int, str]:
    """The page and what it is of: 1.likely."""
    number, _, of = detail.partition(".")
    return (int(number) if number.isdecimal() else 0), of


def _shown(page: Page, visit: Visit) -> tuple[Outgoing, ...]:
    """The page as messages; its buttons hang on the last, 找人问 behind them."""
    elder = visit.known.elder_mode
    said = Answer(Outcome.SUGGEST, page.lines)
    *before, last = wrapped(said, visit.where.id, elder=elder, reply_to=visit.reply_to)
    blocks = [block for block in page.blocks if block]
    *others, end = blocks or [()]
    rows = tuple(row for block in (*others, (*end, PERSON)) for row in keyboard(block, elder=elder))
    return (*before, replace(last, rows=rows))


def _said(text: str, visit: Visit) -> Outgoing:
    buttons = () if visit.is_group else (CHECK_UP,)
    return notice(text, visit.where.id, reply_to=visit.reply_to, buttons=buttons)
