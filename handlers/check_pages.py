"""我能办吗 and 政策体检 as a chat shows them: short pages of at most twelve lines, the rest one tap away.

The words are those of `CheckView`; a page chooses what stands first and which buttons hang below, block by block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.answers import Action, Button, Line, LineKind, Verb
from knowledge.applying import apply_label, can_apply
from knowledge.check_rendering import CHOOSE, DISOWN, LEAVE, WRONG, step
from knowledge.check_views import KEPT, Item, KnownFact, QuestionView, ResultView
from knowledge.checkup import Group
from knowledge.entries import Entry

KNOWN, LIST, TURN, ITEM, WHOLE, PAPERS, LEAF, SUMMARY = "known", "list", "turn", "item", "all", "papers", "leaf", "sum"
MOST_LINES = 12
MOST_ITEMS = 10
MOST_PAPERS = 9
MOST_HEARD = 4
MOST_SHOWN = 4
LONGEST_LABEL = 40
SHORT_WORDS = {
    Group.LIKELY: "可能符合",
    Group.ASK: "要问一声",
    Group.OPEN: "还差信息",
    Group.NEARLY: "差一点",
    Group.NOT: "可能不符合",
    Group.CLOSED: "不在有效期",
}
FIRST_SHOWN = (Group.LIKELY, Group.NEARLY, Group.ASK)
WITHIN_REACH = (Group.LIKELY, Group.ASK, Group.OPEN, Group.NEARLY)
WHOLE_LABEL = "展开全部"
CHANGE_LABEL = "改前面的"
BACK_LABEL = "回到结果"
HOW_TO_COME_BACK = f"{KEPT}发“体检”就能接着。"
NO_PAPERS = "材料单里还没有条目。点开一条，再点“列进材料单”。"
NOTHING_KNOWN = "前面还没有答过什么。"


@dataclass(frozen=True, slots=True)
class Page:
    """One reply: its lines, and blocks of buttons that do not share a row."""

    lines: tuple[Line, ...]
    blocks: tuple[tuple[Button, ...], ...]


def question_page(view: QuestionView, *, is_first: bool = False, is_answered: bool = False) -> Page:
    """One question; the first of a sitting shows back all that is known, a later one the answer just given."""
    changes = _changes(view.known, view.scope, is_direct=is_first)
    return Page(
        view.lines(is_first=is_first, is_answered=is_answered),
        (
            tuple(choice.button for choice in view.choices if not choice.is_skip),
            tuple(choice.button for choice in view.choices if choice.is_skip),
            (*changes, step(LEAVE, "先不答了", view.scope)),
        ),
    )


def _changes(known: Sequence[KnownFact], scope: str, *, is_direct: bool) -> tuple[Button, ...]:
    """A button for each of a few answers, so that one tap corrects it; for many one that lists them."""
    if is_direct and len(known) <= MOST_HEARD:
        return tuple(fact.change for fact in known)
    return (step(KNOWN, CHANGE_LABEL, scope),) if known else ()


def known_page(view: QuestionView | ResultView) -> Page:
    """All answers so far, each a button that asks it again."""
    if not view.known:
        return Page((Line(LineKind.NOTE, NOTHING_KNOWN),), ((_back(view.scope),),))
    facts = tuple(Button(_cut(f"{fact.label}：{fact.words}"), fact.change.action) for fact in view.known)
    on = Button("接着答", Action(Verb.CHECK, view.scope)) if isinstance(view, QuestionView) else _back(view.scope)
    return Page((Line(LineKind.TITLE, "前面答的都在这里，哪一个不对就点哪一个。"),), (facts, (on,)))


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def result_page(view: ResultView, entry: Entry | None) -> Page:
    """The result in short: of one entry its conditions, of many what looks best and how many stand where."""
    return _one(view, entry) if view.scope else _many(view)


def _one(view: ResultView, entry: Entry | None) -> Page:
    head, tail = list(view.head), _tail(view)
    room = MOST_LINES - len(head) - len(tail)
    whole = [line for item in view.items for line in item.lines]
    shown = _short(whole, room)
    more = (step(WHOLE, WHOLE_LABEL, view.scope),) if len(shown) < len(whole) else ()
    apply = _apply(entry, view, view.items[0].group) if entry is not None and view.items else ()
    return Page((*head, *shown, *tail), ((*more, *apply), *_steps(view)))


def _many(view: ResultView) -> Page:
    head, tail = list(view.head), _tail(view)
    first = next((s for group in FIRST_SHOWN for s in view.sections if s.group is group), None)
    others = "、".join(section.heading for section in view.sections if section is not first)
    rest = [Line(LineKind.NOTE, f"另外：{others}。点下面的看是哪些。")] if others else []
    shown: list[Line] = []
    if first is not None:
        room = min(MOST_SHOWN, MOST_LINES - len(head) - len(tail) - len(rest) - 1)
        shown = [Line(LineKind.TITLE, first.heading), *_outcomes(first.items[:room], 1)]
    groups = tuple(
        step(LIST, f"{SHORT_WORDS[section.group]} {len(section.items)}", f"0.{section.group.value}")
        for section in view.sections
    )
    return Page((*head, *shown, *rest, *tail), (groups, *_steps(view)))


def _tail(view: ResultView) -> list[Line]:
    return [*view.tail(), Line(LineKind.NOTE, HOW_TO_COME_BACK)]


def _steps(view: ResultView) -> Iterable[tuple[Button, ...]]:
    """材料单 and the answers in one block, what the view offers itself in the next, each naming what it belongs to."""
    papers = (step(PAPERS, "材料单", f"0.{view.scope}"),) if view.papers.chosen or not view.scope else ()
    known = _changes(view.known, view.scope, is_direct=True)
    own = (
        Button(each.label, Action(Verb.CHECK_STEP, each.action.target, view.scope))
        if each.action.verb is Verb.CHECK_STEP
        else each
        for each in view.buttons
    )
    return (*papers, *known), tuple(own)


def list_page(view: ResultView, group: Group, number: int) -> Page:
    """Ten entries of a group, one line each, with a button that shows the conditions of each."""
    section = next((section for section in view.sections if section.group is group), None)
    if section is None:
        return Page((Line(LineKind.NOTE, f"“{SHORT_WORDS[group]}”里现在没有了。"),), ((_back(""),),))
    last = _last(len(section.items), MOST_ITEMS)
    number = min(number, last)
    first = number * MOST_ITEMS
    items = section.items[first : first + MOST_ITEMS]
    count = f"第 {number + 1} 页，共 {last + 1} 页。" if last else ""
    lines = (
        Line(LineKind.TITLE, section.heading),
        *_outcomes(items, first + 1),
        Line(LineKind.NOTE, f"{count}点“第几条”，看每个条件对没对上。"),
    )
    each = tuple(step(ITEM, f"第{place}条", item.code) for place, item in enumerate(items, first + 1))
    return Page(lines, (each, (*_turns(TURN, number, last, group.value), _back(""))))


def _outcomes(items: Iterable[Item], first: int) -> list[Line]:
    return [Line(LineKind.DETAIL, f"{place}. {item.outcome}") for place, item in enumerate(items, first)]


def item_page(view: ResultView, entry: Entry) -> Page:
    """One entry of the check-up: its conditions, and what can be done about it."""
    item = next((item for item in view.items if item.code == entry.code), None)
    if item is None:
        lines = (Line(LineKind.NOTE, f"“{entry.title}”现在不在体检结果里。"),)
        return Page(lines, ((_entry_button(entry), _back("")),))
    shown = _short(item.lines, MOST_LINES)
    more = (step(WHOLE, WHOLE_LABEL, entry.code),) if len(shown) < len(item.lines) else ()
    ask = (Button("把这一条问清楚", Action(Verb.CHECK, entry.code)),) if item.group is Group.OPEN else ()
    mine: tuple[Button, ...] = ()
    if item.group in WITHIN_REACH:
        label = "从材料单去掉" if entry.code in view.papers.chosen else "列进材料单"
        mine = (step(CHOOSE, label, entry.code), item.own)
    return Page(
        tuple(shown), ((*more, *ask, *_apply(entry, view, item.group)), mine, (_entry_button(entry), _back("")))
    )


def whole_page(view: ResultView, entry: Entry) -> Page:
    """Everything the result says of one entry."""
    lines = tuple(line for item in view.items for line in item.lines) or view.head
    return Page(lines, ((_entry_button(entry), step(WRONG, "结果不对？", entry.code)), (_back(view.scope),)))


def papers_page(view: ResultView, number: int) -> Page:
    """The merged list of papers, nine lines a page."""
    title, *lines = view.papers.lines or (Line(LineKind.NOTE, NO_PAPERS),)
    last = _last(len(lines), MOST_PAPERS)
    number = min(number, last)
    shown = lines[number * MOST_PAPERS : (number + 1) * MOST_PAPERS]
    count = [Line(LineKind.NOTE, f"第 {number + 1} 页，共 {last + 1} 页。")] if last else []
    return Page((title, *shown, *count), ((*_turns(LEAF, number, last, view.scope), _back(view.scope)),))


def chosen_page(view: ResultView, entry: Entry) -> Page:
    """The list of papers after an entry was put on it or taken off, with a way back."""
    is_on = entry.code in view.papers.chosen
    page = papers_page(view, 0)
    said = f"“{entry.title}”{'列进材料单了' if is_on else '从材料单去掉了'}。"
    again = step(CHOOSE, "从材料单去掉" if is_on else "再列进去", entry.code)
    return Page((Line(LineKind.NOTE, said), *page.lines), ((again,), *page.blocks))


def owned_page(view: ResultView, entry: Entry) -> Page:
    """The result after 这个我已经有了, with a way back for a slip of the finger."""
    page = result_page(view, None)
    return Page(page.lines, ((step(DISOWN, "点错了，我还没有", entry.code),), *page.blocks))


def _apply(entry: Entry, view: ResultView, group: Group) -> tuple[Button, ...]:
    if group not in WITHIN_REACH or not can_apply(entry):
        return ()
    return (Button(apply_label(entry, view.on), Action(Verb.APPLY, entry.code)),)


def _entry_button(entry: Entry) -> Button:
    return Button("看这一条全文", Action(Verb.ENTRY, entry.code))


def _back(scope: str) -> Button:
    return step(SUMMARY, BACK_LABEL, scope)


def _turns(name: str, number: int, last: int, detail: str) -> tuple[Button, ...]:
    before = (step(name, "上一页", f"{number - 1}.{detail}"),) if number > 0 else ()
    after = (step(name, "下一页", f"{number + 1}.{detail}"),) if number < last else ()
    return (*before, *after)


def _last(count: int, size: int) -> int:
    return max(count - 1, 0) // size


def _short(lines: Sequence[Line], room: int) -> list[Line]:
    """`lines` within `room`: conditions and near misses that do not fit are counted, all else stays in its place."""
    if len(lines) <= room:
        return list(lines)
    notes = [place for place, line in enumerate(lines) if line.kind is LineKind.NOTE]
    spare = [place for place, line in enumerate(lines) if line.kind is LineKind.DETAIL or place in notes[:-1]]
    fit = max(room - (len(lines) - len(spare)) - 1, 1)
    left = spare[fit:]
    count = Line(LineKind.NOTE, f"还有 {len(left)} 条，点“{WHOLE_LABEL}”看。")
    kept = [count if place == left[0] else line for place, line in enumerate(lines) if place not in left[1:]]
    return kept if left else list(lines)
