"""/checkfor, 替他体检, for people who fill in: the farmer's questions, the record, and how the farmer confirms it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers import assisted_beginning, assisted_form, assisted_pages, confirming, sittings
from handlers.applying import QUESTION
from handlers.assisted_form import KIND, NUMBER, Replies, allowed, form_of, keep, note, refused, said
from handlers.assisted_pages import NEW, OPEN, RECORD, REOPEN, SIGNED, number_of, sheet_of, step, unpacked
from handlers.sittings import Sitting
from handlers.visits import Visit
from handlers.wrapping import keyboard, with_way_back, wrapped
from knowledge.answers import Action, Answer, Outcome, Verb
from knowledge.check_views import QuestionView
from office.assisted_checks import AssistedChecks, AssistedError, chat_of, number_in
from office.ledger.assisted_checks import AssistedCheck
from office.people import Duty, Person, may

__all__ = ["KIND", "on_cancel", "on_command", "on_press", "on_typed", "reminded", "turns_in_place"]

MOST_PENDING = 5
LONGEST_LABEL = 24
IN_PRIVATE = "替人体检要问他家里的情况，不在群里问。请点我的头像，单独对我说“替他体检”。"
DROPPED = "好的，替他体检先放下。问到一半的还在，7 天内发“替他体检”接着问。"
GONE = "没有这次体检，可能已经删掉了。发“替他体检”看还有哪些。"
KEPT_ALREADY = "结果已经存下来了。要改，先点“还要改”。"


def on_command(rest: str, visit: Visit) -> Replies:
    """/checkfor: whom for, and what is not finished; with a number that one, with a name the next question."""
    if visit.is_group:
        return (said(IN_PRIVATE, visit),)
    person = allowed(visit)
    if person is None:
        return refused(visit, "/checkfor")
    number = number_in(rest)
    if number is not None:
        return _at_number(number, OPEN, person, visit)
    pending = [one for one in AssistedChecks(visit.office).listed(visit.connection, person) if one.confirmed_at is None]
    buttons = [step(one.number, OPEN, _pending_label(one)) for one in pending[:MOST_PENDING]]
    first = assisted_beginning.opened(person, buttons, visit)
    form = form_of(visit)
    return _gone_on(assisted_beginning.told(form, rest, person, visit), person, visit) if rest and form else (first,)


def on_typed(text: str, visit: Visit) -> Replies | None:
    """What was typed for the question at hand; None when none waits, or when the words ask something."""
    form = form_of(visit)
    person = allowed(visit) if form is not None else None
    if form is None or person is None:
        return None
    if NUMBER not in form:
        asks = QUESTION.search(text) is not None
        return None if asks else _gone_on(assisted_beginning.told(form, text, person, visit), person, visit)
    check = AssistedChecks(visit.office).find(visit.connection, form[NUMBER], to_change=True)
    if check is None or check.result is not None or not may(person, Duty.FILL_IN, check.village):
        return None
    replies = _sitting(check, visit).typed(text)
    if replies is not None:
        _seen(check, person, visit)
    return replies


def on_press(action: Action, visit: Visit) -> Replies:
    """A button of the first questions, of an interview's pages or of its sheet, also one from long ago."""
    if confirming.is_ours(action):
        return confirming.on_press(action, visit)
    if visit.is_group:
        return (said(IN_PRIVATE, visit),)
    person = allowed(visit)
    if person is None:
        return refused(visit, "/checkfor")
    if action.target == NEW:
        form = form_of(visit)
        if form is not None and NUMBER in form:  # tapped twice: it has begun
            return _at_number(form[NUMBER], OPEN, person, visit)
        return _gone_on(assisted_beginning.pressed(form, action.detail, person, visit), person, visit)
    number = number_of(action)
    return (said(GONE, visit),) if number is None else _at_number(number, action.detail, person, visit)


def turns_in_place(action: Action) -> bool:
    """Whether the reply is the next page of the very message that was pressed."""
    inner = unpacked(action.detail)
    return inner is not None and sittings.turns_in_place(inner)


def on_cancel(visit: Visit) -> bool:
    """取消: whether somebody was being asked for; what was answered stays with its number."""
    return assisted_form.drop(visit)


def reminded(replies: Replies, visit: Visit) -> Replies:
    """The answer to another question with a button back to the question that waits."""
    form = form_of(visit)
    if form is None:
        return replies
    if NUMBER not in form:
        return with_way_back(replies, assisted_beginning.new(assisted_beginning.HERE, "接着填：替他体检"))
    check = AssistedChecks(visit.office).find(visit.connection, form[NUMBER])
    if check is None or check.result is not None or not isinstance(_sitting(check, visit).stands, QuestionView):
        return replies
    return with_way_back(replies, step(check.number, OPEN, f"接着替{check.name}体检"))


def _gone_on(done: Replies | str, person: Person, visit: Visit) -> Replies:
    """The replies of the first questions, or the first page of the interview they have begun."""
    return _at_number(done, OPEN, person, visit) if isinstance(done, str) else done


def _at_number(number: str, detail: str, person: Person, visit: Visit) -> Replies:
    """What a button does to the interview of that number, and where it stands then."""
    checks = AssistedChecks(visit.office)
    check = checks.find(visit.connection, number, to_change=True)
    if check is None:
        return (said(GONE, visit),)
    if not may(person, Duty.FILL_IN, check.village):
        return refused(visit, number, person)
    try:
        if detail in STEPS:
            STEPS[detail](checks, visit, person, check)
            check = checks.find(visit.connection, number) or check
        _seen(check, person, visit)
        if check.result is not None:
            is_late = detail not in (*STEPS, OPEN) and check.confirmed_at is None
            return _sheet(check, visit, KEPT_ALREADY if is_late else "")
        return _page(check, visit, unpacked(detail))
    except AssistedError as error:
        return (said(str(error), visit, step(number, OPEN, "回到这一份")),)
    except LookupError:
        return (said(GONE, visit),)


STEPS: Mapping[str, Callable[[AssistedChecks, Visit, Person, AssistedCheck], None]] = {
    RECORD: lambda checks, visit, person, check: checks.record(visit.connection, person, check),
    REOPEN: lambda checks, visit, person, check: checks.reopen(visit.connection, person, check),
    SIGNED: lambda checks, visit, person, check: checks.signed(visit.connection, person, check),
}


def _page(check: AssistedCheck, visit: Visit, inner: Action | None) -> Replies:
    """The page a button leads to; without one, or when nothing is kept any more, where the interview stands."""
    sitting = _sitting(check, visit)
    stands = sitting.stands
    if inner is None or inner.verb is Verb.CHECK or stands is None:
        return sitting.begun(check.scope)
    if stands.scope != check.scope:
        sitting.begun(check.scope)
    return sitting.pressed(inner)


def _sitting(check: AssistedCheck, visit: Visit) -> Sitting:
    return Sitting(visit, chat_of(check.number), assisted_pages.dress_of(check))


def _sheet(check: AssistedCheck, visit: Visit, remark: str) -> Replies:
    page, elder = sheet_of(check, visit.site), visit.known.elder_mode
    *before, last = wrapped(Answer(Outcome.SUGGEST, page.lines), visit.where.id, elder=elder, note=remark)
    rows = tuple(row for block in page.blocks for row in keyboard(block, elder=elder))
    return (*before, replace(last, rows=rows))


def _pending_label(check: AssistedCheck) -> str:
    word = "等他核对" if check.result is not None else "接着问"
    return f"{word}：{check.name} {check.number}"[:LONGEST_LABEL]


def _seen(check: AssistedCheck, person: Person, visit: Visit) -> None:
    """Typed words are for this one now; looking at it is in the audit, as at the desk."""
    keep(visit, {NUMBER: check.number})
    note(visit, person, "read_check", check.number)
