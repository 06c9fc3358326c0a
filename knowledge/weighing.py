"""A rate somebody was told (六厘高不高): worked out in money, laid beside the newest figure seen and products with a printed rate."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.asking import Weighing
from knowledge.base import KnowledgeBase
from knowledge.calculators.entry_route import may_be_compared, route_of
from knowledge.coverage import WIDE, covers
from knowledge.entries import Entry, Facet, Figure, Status
from knowledge.entries import Kind as EntryKind
from knowledge.notes import RATE_THEN_MORE
from knowledge.quantities import Kind, Quantity, find_quantities
from knowledge.question import Memory, Question
from knowledge.rendering import number_text, source_text, status_lines, status_text
from knowledge.sums import amount_of

AMOUNTS = frozenset({"amount_yuan", "loan_amount_yuan"})
FARMER, MOST, MOST_BUTTONS = "farmer", 2, 4
PERCENT = ("percent_per_year", "percent")
_IS_RATE = re.compile("[分厘息万%％]")
_CAP = re.compile("上限$")
LONGEST_SUM = 32  # characters
_COST = re.compile("利息|利钱|[要还付]{1,2}(?:多少|几)|一共|总共")
_PAID_BACK = re.compile("利息.{0,4}(?:多少|几)|[还付](?:多少|几)|[一总]共.{0,4}(?:多少|几)")
HIGHEST = Decimal(40)  # percent a year: more is no bank's offer, and is answered by the rules on usury
OVER = (Status.EXPIRED, Status.SUPERSEDED, Status.DRAFT)


def weigh(base: KnowledgeBase, question: Question, memory: Memory) -> Answer | None:
    """The reply to whether a named rate is high, or None when no one rate is weighed."""
    weighing = next((each for each in base.asking.weighings if _is_about(each, question)), None)
    if weighing is None:
        return None
    rates = _rates(question.said) or (_rates(memory.asked) if memory.asked and memory.entry is None else [])
    yearly = _yearly(rates[0]) if len(rates) == 1 else ()
    if not yearly or max(yearly) > HIGHEST:
        return None
    beside = _figures(base, weighing, question)
    known = _with_rate(base, question, memory) if weighing.yearly else ()
    also = [base.entries[code] for code in weighing.also if code in base.entries]
    lines = status_lines(beside[0][0], question.today, base.titles) if beside else []
    lines.append(Line(LineKind.LEAD, _worked_out(rates[0], yearly, weighing, question)))
    lines += [_compared(entry, figure, yearly) for entry, figure in beside]
    lines += _products(known, question)
    lines.append(Line(LineKind.NOTE, weighing.note))
    lines += [Line(LineKind.NOTE, f"要是向私人借的，另看“{each.title}”。") for each in also if weighing.yearly]
    lines.append(Line(LineKind.NEXT, weighing.step))
    lines += [Line(LineKind.SOURCE, source_text(entry)) for entry, _ in beside]
    shown = list(dict.fromkeys((*(entry.code for entry, _ in beside), *(each.code for each in (*also, *known)))))
    buttons = [Button("算一算", Action(Verb.CALCULATE))]
    buttons += [Button(base.entries[code].title, Action(Verb.ENTRY, code)) for code in shown]
    status = base.entries[shown[0]].status_on(question.today) if shown else None
    facet = Facet.RATE if weighing.yearly else Facet.FEE
    kept = tuple(buttons[:MOST_BUTTONS])
    return Answer(Outcome.ANSWER, tuple(lines), (), kept, tuple(shown), status, facet, confidence=1.0)


def beside_cap(entry: Entry, question: Question) -> str | None:
    """The one rate said, in money for the sum said, beside the newest ceiling that an entry on usury names; else None."""
    if entry.kind is not EntryKind.GUIDE or "credit" not in entry.subjects:
        return None
    figures = entry.figures_on(entry.validity.reading_day(question.day))
    caps = [each for each in figures if each.value is not None and each.unit in PERCENT and _CAP.search(each.name)]
    rates = _rates(RATE_THEN_MORE.sub(r"\1，", question.said))
    yearly = _yearly(rates[0]) if len(rates) == 1 and _IS_RATE.search(rates[0].text) else ()
    if not caps or not yearly or caps[-1].value is None:
        return None
    cap, name = caps[-1].value, f"{caps[-1].name} {_percent(caps[-1].value)}"
    if len(yearly) == 1:
        said = f"就是一年 {_percent(yearly[0])}，{_over(yearly[0], cap)}（{name}）。"
    else:
        month, year = (_percent(each) for each in yearly)
        apart = f"按月息算{_over(yearly[0], cap)}；按年息算{_over(yearly[1], cap)}"
        said = f"按月息算，一年是 {month}；按年息算，一年是 {year}。跟{name}比：{apart}。先问清是月息还是年息。"
    amount = amount_of(question.facts)
    money = [number_text((amount * each / 100).quantize(Decimal(1)), "yuan") for each in yearly] if amount else []
    interest = (
        f"借 {number_text(amount, 'yuan')}，一年利息约 {'或 '.join(money)}（我们算的）。" if amount and money else ""
    )
    return f"“{rates[0].text}”{said}{interest}"


def _over(rate: Decimal, cap: Decimal) -> str:
    if rate == cap:
        return "正好是上限"
    apart = f"{abs(rate - cap).normalize():f} 个百分点"
    return f"比上限高 {apart}，高出的部分法院不保护" if rate > cap else f"比上限低 {apart}，没有超过"


def costs_asked(question: Question) -> bool:
    """Whether a short question names a sum and a time and asks what is to be paid back: for the calculator, whatever
    the loan; a story is about more than that."""
    if len(question.plain) > LONGEST_SUM:
        return False
    kinds = {each.kind for each in find_quantities(question.said)}
    return {Kind.MONEY, Kind.TERM} <= kinds and _PAID_BACK.search(question.plain) is not None


def _is_about(weighing: Weighing, question: Question) -> bool:
    """Whether a question weighs a rate, or names a sum and asks for its interest (月息四厘五借八万，一年利息多少)."""
    if weighing.unless.search(question.plain) or not weighing.needs.search(question.plain):
        return False
    if weighing.yearly and AMOUNTS & question.heard.keys() and _COST.search(question.plain):
        return True
    return weighing.pattern.search(question.plain) is not None


def _rates(text: str) -> list[Quantity]:
    return [each for each in find_quantities(text) if each.kind is Kind.RATE]


def _yearly(rate: Quantity) -> tuple[Decimal, ...]:
    """The rate in percent, the higher first: two where it may be a month's or a year's; none for a range."""
    readings = [each for each in rate.readings or (rate,) if each.low == each.high and each.unit.startswith("percent")]
    return tuple(sorted({each.low for each in readings}, reverse=True))


def _worked_out(rate: Quantity, yearly: tuple[Decimal, ...], weighing: Weighing, question: Question) -> str:
    amount = amount_of(question.facts)
    money = [number_text((amount * each / 100).quantize(Decimal(1)), "yuan") for each in yearly] if amount else []
    lent = f"借 {number_text(amount, 'yuan')}，" if amount is not None else ""
    if not weighing.yearly:
        total = f"{lent}收一次约 {money[0]}；" if money else ""
        return f"“{rate.text}”的费：{total}一年一收还是只收一次，先问清。"
    interest = f"{lent}一年利息约 {'或 '.join(money)}。" if money else ""
    if len(yearly) == 1:
        return f"“{rate.text}”就是一年 {_percent(yearly[0])}。{interest}"
    month, year = (_percent(each) for each in yearly)
    return f"“{rate.text}”按月息算，一年是 {month}；按年息算，一年是 {year}。先问清是月息还是年息。{interest}"


def _figures(base: KnowledgeBase, weighing: Weighing, question: Question) -> list[tuple[Entry, Figure]]:
    found = []
    for code, key in weighing.figures:
        entry = base.entries.get(code)
        figure = entry.figure_on(key, question.day) if entry is not None else None
        if entry is not None and figure is not None and figure.value is not None:
            found.append((entry, figure))
    return found


def _compared(entry: Entry, figure: Figure, yearly: tuple[Decimal, ...]) -> Line:
    """How far the rate lies from a figure that was seen, which says of when it is."""
    apart = [_apart(each - (figure.value or Decimal(0))) for each in yearly]
    said = f"按月息算{apart[0]}，按年息算{apart[1]}" if len(apart) > 1 else f"您说的{apart[0]}"
    clause = f"（{figure.clause}）" if figure.clause and any(sign.isdigit() for sign in figure.clause) else ""
    text = f"可以比的数：{figure.name} {_percent(figure.value or Decimal(0))}{clause}，{said}；再往后的没核到。"
    return Line(LineKind.LEAD, f"{text}——{entry.title}")


def _apart(difference: Decimal) -> str:
    if difference == 0:
        return "跟它一样"
    return f"比它{'高' if difference > 0 else '低'} {abs(difference).normalize():f} 个百分点"


def _with_rate(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Entry, ...]:
    """Products for farmers with a printed rate, not over, that may hold where the asker is; the one at hand first."""
    county = question.facts.get("county")
    found = [
        entry
        for entry in base.entries.values()
        if entry.audience == FARMER
        and may_be_compared(entry)
        and entry.status_on(question.day) not in OVER
        and not entry.validity.historic
        and (not isinstance(county, str) or covers(entry, county))
        and "rate" in route_of(entry, question.day).texts
    ]
    return tuple(sorted(found, key=lambda entry: entry.code != memory.entry)[:MOST])


def _products(known: tuple[Entry, ...], question: Question) -> list[Line]:
    lines = []
    for entry in known:
        texts = route_of(entry, question.day).texts
        status = entry.status_on(question.today)
        note = "" if status is Status.IN_FORCE else f"【{status_text(entry, question.today)}】"
        where = "" if not set(WIDE).isdisjoint(entry.regions) else f"（只管{'、'.join(entry.regions)}）"
        inside = "，含担保费" if texts.get("fee") == "inside" else ""
        lines.append(Line(LineKind.DETAIL, f"{entry.title}{note}{where}写的是一年 {texts['rate']}{inside}。"))
    return lines


def _percent(value: Decimal) -> str:
    return number_text(value, "percent")
