"""算一算 as a conversation: one box after another, kept sealed between messages, any other question let through.

The state is the form's name, the texts given so far, the boxes left out, the box asked, and what its buttons stand for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from knowledge.answering import Memory, answer
from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.calculators.fields import NOT_KNOWN, Box, Sort, Taken, take
from knowledge.calculators.form_list import FORMS
from knowledge.calculators.forms import Form, matters, work
from knowledge.calculators.telling import DRAFT_BANNER, Told, lines_of, tell
from knowledge.quantities import find_quantities
from office.ledger import open_forms
from office.office import ChatKey, Office

KIND = "calculation"
GO_ON = Action(Verb.CALCULATE, "~")
CANCEL = Action(Verb.CALCULATE, "!")
MENU = Action(Verb.CALCULATE)
MOST_ROWS = 12
LONGEST_REST = 6  # characters beside the number in an answer; more is a question of its own
_ASKS = re.compile(
    r"[？?]|[吗呢嘛]|什么|啥|怎么|怎样|哪|多少|能不能|可不可以|可以|有没有|谁|为什么|如何|帮我|我想|我要|请问"
)
_CANCEL_WORDS = frozenset({"取消", "不算了", "算了", "退出"})


@dataclass(slots=True)
class _State:
    """One calculation under way."""

    name: str
    texts: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    asked: str = ""
    offers: list[str] = field(default_factory=list)

    @property
    def form(self) -> Form:
        return FORMS[self.name]


def menu() -> Answer:
    """What can be worked out."""
    lines = (
        Line(LineKind.TITLE, "想算哪一样？"),
        Line(LineKind.NOTE, "后面八样是征求意见稿曾写的，没看到正式文件，钱也不是给农户的。"),
    )
    buttons = tuple(Button(form.title, Action(Verb.CALCULATE, form.name)) for form in FORMS.values())
    return Answer(Outcome.SUGGEST, lines, buttons=buttons)


def typed(office: Office, chat: ChatKey, text: str, connection: Connection) -> Answer | None:
    """The reply to words typed while a calculation is open; None when they are not about it."""
    state = _load(office, chat, connection)
    if state is None:
        return None
    if text.strip() in _CANCEL_WORDS:
        return _cancelled(chat, connection)
    box = state.form.box(state.asked)
    taken = take(box, text)
    if not _is_for(office, box, text, taken):
        return None
    return _put(office, chat, state, box, text, connection)


def pressed(office: Office, chat: ChatKey, action: Action, connection: Connection) -> Answer:
    """The reply to a button of a calculation, also to one that is no longer asked about."""
    if action.target in FORMS:
        return _ask(office, chat, _State(action.target), connection)
    if action == CANCEL:
        return _cancelled(chat, connection)
    state = _load(office, chat, connection)
    if state is None or not action.target:
        return menu()
    if action.target != f".{state.asked}":
        return _ask(office, chat, state, connection)
    box = state.form.box(state.asked)
    if action.detail == "-":
        state.left.append(box.key)
        return _ask(office, chat, state, connection)
    if not action.detail.isdigit() or int(action.detail) >= len(state.offers):
        return _ask(office, chat, state, connection)
    return _put(office, chat, state, box, state.offers[int(action.detail)], connection)


def cancel(chat: ChatKey, connection: Connection) -> bool:
    """Give the open calculation up; False when there was none."""
    return open_forms.drop(connection, chat.channel, chat.id, KIND)


def going_on(office: Office, chat: ChatKey, connection: Connection) -> Button | None:
    """The button that goes back to the open calculation, to hang under the answer to another question."""
    state = _load(office, chat, connection)
    return Button(f"接着算：{state.form.title}", GO_ON) if state is not None else None


def _is_for(office: Office, box: Box, text: str, taken: Taken) -> bool:
    """Whether typed words are an answer to `box`: a number with little around it, or something nobody could look up."""
    if _ASKS.search(text) and not (box.sort is Sort.CHOICE and not taken.problem):
        return False
    if not taken.problem or taken.is_heard:
        return box.is_long or box.sort in (Sort.CHOICE, Sort.TEXT) or _is_short(text)
    said, _ = answer(office.knowledge, text, Memory(), office.today())
    return said.outcome is Outcome.NO_MATCH


def _is_short(text: str) -> bool:
    rest = text
    for quantity in find_quantities(text):
        rest = rest.replace(quantity.text, "", 1)
    return len(rest.strip(" 。，,.！!")) <= LONGEST_REST


def _put(office: Office, chat: ChatKey, state: _State, box: Box, text: str, connection: Connection) -> Answer:
    """Take `text` for `box` and go on, or say what is the matter with it."""
    taken = take(box, text)
    if taken.problem:
        return _ask(office, chat, state, connection, problem=taken)
    state.texts[box.key] = _kept(box, text, taken)
    return _ask(office, chat, state, connection)


def _kept(box: Box, text: str, taken: Taken) -> str:
    """A choice by its value, so that boxes that hang on it know it."""
    if box.sort is not Sort.CHOICE:
        return text.strip()
    return {True: "yes", False: "no"}[taken.value] if isinstance(taken.value, bool) else str(taken.value)


def _ask(office: Office, chat: ChatKey, state: _State, connection: Connection, problem: Taken | None = None) -> Answer:
    """The next question, or the result when there is none left."""
    box = state.form.box(state.asked) if problem is not None else _next(state)
    if box is None:
        return _result(office, chat, state, connection)
    state.asked = box.key
    state.offers = list(problem.choices) if problem is not None and problem.choices else _offers(box)
    _save(office, chat, state, connection)
    is_first = not state.texts and not state.left and problem is None
    return Answer(
        Outcome.SUGGEST,
        (*(_head(state.form) if is_first else ()), *_question(box, problem)),
        buttons=_buttons(box, state.offers),
    )


def _next(state: _State) -> Box | None:
    for box in state.form.boxes:
        answered = box.key in state.texts or box.key in state.left
        if answered or box.is_extra or box.instead_of in state.texts or not matters(box, state.texts):
            continue
        return box
    return None


def _head(form: Form) -> tuple[Line, ...]:
    """What kind of sum this is, and who would be paid, before the first question."""
    lines = []
    if form.calculator.is_draft:
        lines.append(Line(LineKind.STATUS, DRAFT_BANNER))
        lines.append(Line(LineKind.PAYEE, form.about))
        return (*lines, Line(LineKind.TITLE, form.title))
    return (Line(LineKind.TITLE, form.title), Line(LineKind.NOTE, form.about))


def _question(box: Box, problem: Taken | None) -> list[Line]:
    if problem is not None:
        return [Line(LineKind.LEAD, problem.problem)]
    hint = f"（{box.hint}）" if box.hint else ""
    if box.sort is Sort.CHOICE:
        return [Line(LineKind.LEAD, f"{box.label}？{hint}")]
    example = "\n".join(box.example.splitlines())
    return [Line(LineKind.LEAD, f"{box.label}？{hint}"), Line(LineKind.NOTE, f"例如：{example}")]


def _offers(box: Box) -> list[str]:
    if box.sort is Sort.CHOICE:
        return [words for _, words in box.choices]
    return [] if box.required or box.leave_out else [NOT_KNOWN]


def _buttons(box: Box, offers: Sequence[str]) -> tuple[Button, ...]:
    target = f".{box.key}"
    buttons = [Button(text, Action(Verb.CALCULATE, target, str(number))) for number, text in enumerate(offers)]
    if box.leave_out and box.leave_out not in offers and box.sort is not Sort.CHOICE:
        buttons.append(Button(box.leave_out, Action(Verb.CALCULATE, target, "-")))
    return (*buttons, Button("取消", CANCEL))


def _result(office: Office, chat: ChatKey, state: _State, connection: Connection) -> Answer:
    """The result, or the box that keeps it from being one asked again with what is the matter."""
    form = state.form
    outcome = work(form, state.texts, office.today())
    if outcome.result is None:
        key, taken = next(iter(outcome.problems.items()))
        if key:
            state.texts.pop(key, None)
            state.left = [other for other in state.left if other != key]
            state.asked = key
            return _ask(office, chat, state, connection, problem=taken)
        cancel(chat, connection)
        return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, taken.problem),), buttons=_after(form))
    cancel(chat, connection)
    told = tell(form, outcome)
    lines = (*lines_of(told, form.title), *_schedule(told), *_link(office, form, state))
    return Answer(Outcome.ANSWER, lines, buttons=_after(form), status=outcome.result.status)


def _schedule(told: Told) -> list[Line]:
    """The plan in lines: all of a short one, the ends of a long one."""
    rows = told.schedule
    if not rows:
        return []
    shown = rows if len(rows) <= MOST_ROWS else (*rows[:3], rows[-1])
    lines = [Line(LineKind.TITLE, f"还款计划（{len(rows)} 期{'' if shown is rows else '，只列头三期和最后一期'}）")]
    lines += [
        Line(LineKind.NOTE, f"第 {number} 期　还 {payment}，本金 {principal}，利息 {interest}，还欠 {balance}")
        for number, payment, principal, interest, balance in shown
    ]
    return lines


def _link(office: Office, form: Form, state: _State) -> list[Line]:
    """Where the same result stands as a page; never for private figures."""
    if form.is_private:
        return []
    query = urlencode({**state.texts, "go": "1"})
    address = office.settings.public_base_url.rstrip("/")
    return [Line(LineKind.NEXT, f"网页上看、转发：{address}/calculate/{form.name}?{query}")]


def _after(form: Form) -> tuple[Button, ...]:
    again = Button("重新算一遍", Action(Verb.CALCULATE, form.name))
    return (again, Button("算别的", MENU))


def _cancelled(chat: ChatKey, connection: Connection) -> Answer:
    there_was = cancel(chat, connection)
    text = "好的，这笔账不算了，填的数都删了。" if there_was else "现在没有在算的账。"
    return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, text),), buttons=(Button("算别的", MENU),))


def _load(office: Office, chat: ChatKey, connection: Connection) -> _State | None:
    """The open calculation; one of a form or box that is no longer there counts as none."""
    kept: dict[str, Any] | None = open_forms.load(connection, office.cipher, chat.channel, chat.id, KIND, office.now())
    if kept is None or kept["name"] not in FORMS:
        return None
    state = _State(**kept)
    return state if any(box.key == state.asked for box in state.form.boxes) else None


def _save(office: Office, chat: ChatKey, state: _State, connection: Connection) -> None:
    kept = {
        "name": state.name,
        "texts": state.texts,
        "left": state.left,
        "asked": state.asked,
        "offers": state.offers,
    }
    open_forms.save(connection, office.cipher, chat.channel, chat.id, KIND, kept, office.now())
