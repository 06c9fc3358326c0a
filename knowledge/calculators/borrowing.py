"""算一算一年真实成本, pressed under an answer: what 100 000 for a year costs by what the entries say today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.calculators.entry_route import may_be_compared, route_of
from knowledge.calculators.routes import START, Compared, compare, prefilled, verdict
from knowledge.entries import Entry

LABEL = "算一算一年真实成本"
LONGEST_DATA = 64
_TERMS = f"按借 {START['principal_yuan']}、{START['months']}、先息后本，照文件上的数算的；没写的不猜。"


def cost_action(entries: Sequence[Entry]) -> Action:
    """The press that compares these entries' costs; two codes that do not fit a button's data leave the first alone."""
    codes = [entry.code for entry in entries[:2]]
    both = Action(Verb.CALCULATE, *codes)
    return both if len(both.data.encode()) <= LONGEST_DATA else Action(Verb.CALCULATE, codes[0])


def cost_buttons(entries: Sequence[Entry]) -> tuple[Button, ...]:
    """The button under a reply about ways of borrowing; none where one of the entries is no loan."""
    return (Button(LABEL, cost_action(entries)),) if all(may_be_compared(entry) for entry in entries) else ()


def cost_answer(entries: Sequence[Entry], day: date, find: Callable[[str], Entry | None]) -> Answer:
    """The costs side by side: status of each entry first, then what is known; a silent rate is said to be open."""
    compared = compare(prefilled(entries, day), find, day)
    told = [route_of(entry, day) for entry in entries]
    lines = [Line(LineKind.STATUS, f"{route.name}：{route.banner}") for route in told if route.banner]
    lines.append(Line(LineKind.PAYEE, "钱给谁：利息给银行，担保费给担保机构，补贴给借款人。"))
    lines += _costs(compared, day)
    lines += [Line(LineKind.NOTE, f"{route.name}，文件上的{said}") for route in told for said in route.said]
    lines.append(Line(LineKind.NEXT, "下一步：问清利率和补贴，再把数填进去算一遍。"))
    codes, status = tuple(entry.code for entry in entries), entries[0].status_on(day)
    buttons = tuple(Button(entry.title, Action(Verb.ENTRY, entry.code)) for entry in entries)
    return Answer(Outcome.ANSWER, tuple(lines), (), buttons, codes, status, confidence=1.0)


def _costs(compared: Compared, day: date) -> list[Line]:
    if compared.comparison is None:
        return [Line(LineKind.NOTE, taken.problem) for taken in compared.problems.values()]
    routes = compared.comparison.routes
    lines = [Line(LineKind.TITLE, f"{LABEL}：")]
    lines += [Line(LineKind.DETAIL, route.sentence()) for route in routes]
    lines += [
        Line(LineKind.NOTE, f"{route.name}：{'、'.join(route.left_out)}，没拿来减。")
        for route in routes
        if route.left_out
    ]
    if len(routes) > 1:
        lines.append(Line(LineKind.LEAD, verdict(compared, day)))
    return [*lines, Line(LineKind.NOTE, _TERMS)]
