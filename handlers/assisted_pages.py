"""How a chat shows an interview that is filled in for a farmer: every page says for whom, every button names its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.check_pages import FIRST_SHOWN, HOW_TO_COME_BACK, MOST_SHOWN, Page
from handlers.sittings import Dress
from knowledge.answers import Action, Button, Line, LineKind, Verb
from knowledge.check_rendering import AGAIN
from knowledge.check_views import KEPT, CheckView, QuestionView
from office.assisted_checks import COUNTY, HOW_WORDS, number_in
from office.code_answers import day_of
from office.ledger.assisted_checks import LETTER, AssistedCheck

NEW = "new"  # in place of a number: the questions before an interview has one
OPEN, RECORD, REOPEN, SIGNED = "open", "keep", "again", "signed"
INNER = (Verb.CHECK, Verb.CHECK_ANSWER, Verb.CHECK_STEP)
HOW_HE_COMES_BACK = f"{KEPT}发“替他体检”就能接着。"
TO_READ_OUT = "请照着念，他怎么答就怎么点。"
RECORDED = "结果存下来了，等他核对。两样选一样："
BY_NUMBER = (
    "一、他自己核对：用手机打开 {address}/s，填编号 {number} 和电话后四位，看完点“核对过了”。"
    "他用 Telegram 的，给这个机器人发“{number} 电话后四位”也行。"
)
NO_PHONE = "一、他没留电话，不能用编号核对。"
ON_PAPER = "二、打印出来给他签字：发 /desk 进工作台，打开“替他体检”里这一份，点“打印”。签好了，点下面的“他已签字”。"
CONFIRMED = "核对过了：{how}，{day}。这一份不能再改；要重新判断，另做一次。"


def head_of(check: AssistedCheck) -> Line:
    """Whose interview it is; the first line of every page."""
    return Line(LineKind.STATUS, f"替 {check.name} 体检 · {check.number}")


def dress_of(check: AssistedCheck) -> Dress:
    """The pages of an interview as those of the farmer's: nothing on them touches the officer's own."""

    def dress(page: Page, view: CheckView) -> Page:
        lines = (Line(line.kind, HOW_HE_COMES_BACK) if line.text == HOW_TO_COME_BACK else line for line in page.lines)
        blocks = tuple(_named(block, check) for block in page.blocks)
        keep = step(check.number, RECORD, "存下来，给他核对")
        last = ((keep,),) if any(_ends(button.action) for block in page.blocks for button in block) else ()
        is_start = isinstance(view, QuestionView) and not any(known.key != COUNTY for known in view.known)
        note = (Line(LineKind.NOTE, TO_READ_OUT),) if is_start else ()
        return Page((head_of(check), *note, *lines), (*blocks, *last))

    return dress


def sheet_of(check: AssistedCheck, address: str) -> Page:
    """What is recorded, and how the farmer confirms it."""
    result = check.result or {}
    lines = [head_of(check), Line(LineKind.TITLE, str(result.get("title", ""))), *in_short(result)]
    if check.confirmed_at is not None and check.confirmed_by is not None:
        said = CONFIRMED.format(how=HOW_WORDS[check.confirmed_by], day=day_of(check.confirmed_at))
        return Page((*lines, Line(LineKind.NEXT, said)), ())
    by_number = BY_NUMBER.format(address=address, number=check.number) if check.phone else NO_PHONE
    lines += [Line(LineKind.NEXT, text) for text in (RECORDED, by_number, ON_PAPER)]
    buttons = (step(check.number, SIGNED, "他已签字"), step(check.number, REOPEN, "还要改"))
    return Page(tuple(lines), (buttons,))


def step(number: str, name: str, label: str) -> Button:
    """A button that does something to the interview of that number."""
    return Button(label, Action(Verb.ASSIST, number.removeprefix(LETTER), name))


def number_of(action: Action) -> str | None:
    """The interview a button belongs to."""
    return number_in(f"{LETTER}{action.target}")


def packed(action: Action, number: str) -> Action:
    """An action of the interview's own pages, meant for the interview of that number and no other."""
    inner = f"{action.verb.value}.{action.target}.{action.detail}".rstrip(".")
    return Action(Verb.ASSIST, number.removeprefix(LETTER), inner)


def unpacked(detail: str) -> Action | None:
    """The action inside a button's detail; None when there is none."""
    verb, target, inner = [*detail.split(".", 2), "", ""][:3]
    return Action(Verb(verb), target, inner) if verb in {one.value for one in INNER} else None


def _named(block: Sequence[Button], check: AssistedCheck) -> tuple[Button, ...]:
    """The buttons that lead on in this interview or show an entry; none that would begin something of the officer's own."""
    kept = (button for button in block if _belongs(button.action, check))
    return tuple(
        Button(each.label, packed(each.action, check.number)) if each.action.verb in INNER else each for each in kept
    )


def in_short(result: Mapping[str, Any]) -> list[Line]:
    """What looks best, and how many stand elsewhere; of one entry alone, how it stands."""
    sections = list(result.get("sections", ()))
    best = next((one for group in FIRST_SHOWN for one in sections if one["group"] == group.value), None)
    first = sections[0] if len(sections) == 1 else best
    lines = []
    if first is not None:
        lines.append(Line(LineKind.TITLE, first["heading"]))
        shown = enumerate(first["items"][:MOST_SHOWN], 1)
        lines += [Line(LineKind.DETAIL, f"{place}. {item['outcome']}") for place, item in shown]
    others = "、".join(one["heading"] for one in sections if one is not first)
    return [*lines, Line(LineKind.NOTE, f"另外：{others}。")] if others else lines


def _ends(action: Action) -> bool:
    """Whether the button stands below a result in short, the place to keep it from."""
    return action.verb is Verb.CHECK_STEP and action.target == AGAIN


def _belongs(action: Action, check: AssistedCheck) -> bool:
    if action.verb is Verb.CHECK:
        return action.target == check.scope
    return action.verb in (*INNER, Verb.ENTRY)
