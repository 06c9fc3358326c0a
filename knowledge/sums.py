"""What an entry's figures come to for the amount or the land somebody named, where exactly one reading is possible."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from knowledge.calculators.entry_route import may_be_compared, route_of
from knowledge.entries import Entry, Facet, Figure, Payee, Status
from knowledge.focus import Focus, figures_in
from knowledge.rendering import number_text

OURS = "我们算的，以办理时为准"
MONEY = (Facet.RATE, Facet.FEE, Facet.SUBSIDY, Facet.AMOUNT)
THEIRS = frozenset({Payee.GUARANTOR, Payee.BANK, Payee.INSURER, Payee.OTHER})
OVER = (Status.EXPIRED, Status.SUPERSEDED)
CENT = Decimal("0.01")
_LOAN_CEILING = re.compile("^单户享受贴息的贷款")
_LOAN_AMOUNT = re.compile("贷款额度|^贷款金额|每个主体的贷款")
_PAID = re.compile("补[助贴]|奖[励补]")
_NOT_PAID = re.compile("封顶|保额|自缴|自己出|以前|原来|例|另加|其中|基金|保费")
MOST_KINDS = 3
_OF_A_TIME = re.compile(r"\d{4}|第.[年次档]|档")
_SUFFIX = re.compile("(?:补助|补贴|奖励|补)(?:标准)?$")
_LEAST_LAND = re.compile("起补|连片|面积|种满")


def sum_text(entry: Entry, facts: Mapping[str, Any], day: date, focus: Focus) -> str | None:
    """One sentence with the sum, or None where nothing can be worked out without guessing."""
    status = entry.status_on(day)
    if status in (Status.NOT_YET, Status.DRAFT) or (entry.payee and set(entry.payee) <= THEIRS):
        return None
    beyond = _beyond(entry, facts, day)
    if beyond is not None:
        return beyond
    short = _short_of(entry, facts, day)
    if short is not None:
        return short
    said = _loan_sum(entry, facts, day) or _land_sum(entry, facts, day, focus)
    if said is None:
        return None
    if status in OVER or entry.validity.historic:
        return f"照那时的数，{said}（{OURS[:4]}，现在不能照这个算）。"
    if status is Status.UNKNOWN:
        return f"{said}（{OURS}；现在还是不是这个数，要先问）。"
    return f"{said}（{OURS}）。"


def _loan_sum(entry: Entry, facts: Mapping[str, Any], day: date) -> str | None:
    amount = amount_of(facts)
    if amount is None or not may_be_compared(entry):
        return None
    figures = entry.figures_on(entry.validity.reading_day(day))
    texts = route_of(entry, day).texts
    parts = [part for part in (_interest(texts, amount), _fee(texts, amount), _help(texts, amount, figures)) if part]
    return f"按您说的 {number_text(amount, 'yuan')}算，{'；'.join(parts)}" if parts else None


def _beyond(entry: Entry, facts: Mapping[str, Any], day: date) -> str | None:
    """That the amount named is more than is lent, where one ceiling is printed."""
    amount = amount_of(facts)
    most = [_most_lent(figure) for figure in entry.figures_on(entry.validity.reading_day(day))]
    ceilings = {ceiling for ceiling in most if ceiling is not None}
    if amount is None or len(ceilings) != 1 or amount <= max(ceilings):
        return None
    return f"您说的 {number_text(amount, 'yuan')}，比这里写的最高 {number_text(max(ceilings), 'yuan')}还多，先问清能贷多少。"


def _short_of(entry: Entry, facts: Mapping[str, Any], day: date) -> str | None:
    """That the land named is less than the least printed (满 10 亩)."""
    land = _number(facts.get("area_mu"))
    if land is None:
        return None
    texts = [text for told in entry.facets.values() for text in told]
    least = [
        figure.value
        for figure in entry.figures_on(entry.validity.reading_day(day))
        if figure.unit == "mu" and figure.value is not None and figure.per is None
        if any(_is_least(figure.key, text) for text in texts)
    ]
    if len(set(least)) != 1 or land >= least[0]:
        return None
    return f"您说的 {number_text(land, 'mu')}，不到写明的 {number_text(least[0], 'mu')}，恐怕够不上；办理的人说了算。"


def _is_least(key: str, text: str) -> bool:
    put = re.escape(f"{{{key}}}")
    return re.search(rf"(?:满|不少于|不低于|至少|达到) ?{put}|{put} ?(?:以上|及以上|起)", text) is not None


def amount_of(facts: Mapping[str, Any]) -> Decimal | None:
    """The one amount named; two different ones are none."""
    amounts = {number for key in ("amount_yuan", "loan_amount_yuan") if (number := _number(facts.get(key))) is not None}
    return amounts.pop() if len(amounts) == 1 else None


def _interest(texts: Mapping[str, str], amount: Decimal) -> str | None:
    ends = [_percent(part) for part in texts.get("rate", "").split("到") if part]
    if not ends:
        return None
    inside = "（含担保费）" if texts.get("fee") == "inside" else ""
    return f"一年利息{inside}约 {'到 '.join(_yuan(amount * end / 100) for end in ends)}"


def _fee(texts: Mapping[str, str], amount: Decimal) -> str | None:
    if texts.get("fee") != "paid":
        return None
    fee = amount * _percent(texts["fee_rate"]) / 100
    yearly = "一年" if texts.get("fee_basis") == "per_year_on_principal" else ""
    told = f"{yearly}担保费约 {_yuan(fee)}"
    if "fee_help" not in texts:
        return told
    share = _percent(texts["fee_help_percent"]) / 100
    helped = min(fee, amount * share if texts["fee_help"] == "rate_of_principal" else fee * share)
    return f"{told}，财政补 {_yuan(helped)}，自己出 {_yuan(fee - helped)}"


def _help(texts: Mapping[str, str], amount: Decimal, figures: Sequence[Figure]) -> str | None:
    """The interest the state pays, at most the printed ceilings; a share of an unknown rate is not guessed."""
    kind = texts.get("interest_help")
    if kind not in ("points", "rate_of_principal"):
        return None
    ceilings = [figure.value for figure in figures if figure.value is not None and _LOAN_CEILING.match(figure.name)]
    helped = min([amount, *ceilings]) * _percent(texts["interest_help_percent"]) / 100
    cap = texts.get("interest_help_cap")
    if cap is not None and helped >= Decimal(cap.removesuffix("元")):
        return f"{'一年' if kind == 'points' else ''}贴息到顶，最多 {_yuan(Decimal(cap.removesuffix('元')))}"
    longest = f"，最长贴 {_spaced(texts['interest_help_months'])}" if "interest_help_months" in texts else ""
    return f"{'一年' if kind == 'points' else ''}贴息约 {_yuan(helped)}{longest}"


def _land_sum(entry: Entry, facts: Mapping[str, Any], day: date, focus: Focus) -> str | None:
    """亩数 times what is paid for one 亩, when the entry pays one such figure, or the question names which."""
    land = _number(facts.get("area_mu"))
    reading_day = entry.validity.reading_day(day)
    figures = entry.figures_on(reading_day)
    least = [figure.value for figure in figures if figure.unit == "mu" and _LEAST_LAND.search(figure.name)]
    if land is None or any(number is not None and land < number for number in least):
        return None
    every = [figure for figure in figures if _is_paid_by_land(figure)]
    paid = _the_one(every, entry, focus)
    if paid is None:
        return _each_by_land(every, land)
    if paid.value is None:
        return None
    total = land * paid.value
    if paid.cap_yuan is not None and total >= paid.cap_yuan:
        return f"按您说的 {number_text(land, 'mu')}算，到顶了，最多 {number_text(paid.cap_yuan, 'yuan')}"
    return f"按您说的 {number_text(land, 'mu')}、每亩 {number_text(paid.value, 'yuan')}算，一共约 {_yuan(total)}"


def _each_by_land(paid: Sequence[Figure], land: Decimal) -> str | None:
    """What each of a few kinds comes to, where the question does not say which is grown."""
    known = [(figure.name, figure.value) for figure in paid if figure.value is not None and figure.cap_yuan is None]
    if not 2 <= len(known) <= MOST_KINDS or len(known) < len(paid) or any(_OF_A_TIME.search(name) for name, _ in known):
        return None
    sums = "；".join(f"{_SUFFIX.sub('', name)}约 {_yuan(land * value)}" for name, value in known)
    return f"按您说的 {number_text(land, 'mu')}算，{sums}"


def _the_one(paid: Sequence[Figure], entry: Entry, focus: Focus) -> Figure | None:
    if len(paid) < 2:
        return paid[0] if paid else None
    sentences = {text for told in entry.facets.values() for text in told}
    scored = sorted(((focus.score(entry, text), text) for text in sentences), reverse=True)
    named = [figure for figure in paid if figure in figures_in(entry, scored[0][1])]
    return named[0] if len(named) == 1 and scored[0][0] > scored[1][0] else None


def _is_paid_by_land(figure: Figure) -> bool:
    by_land = figure.unit == "yuan" and figure.per in ("mu", "mu_year") and figure.bound is None
    return by_land and bool(_PAID.search(figure.name)) and not _NOT_PAID.search(figure.name)


def _most_lent(figure: Figure) -> Decimal | None:
    if figure.unit != "yuan" or not _LOAN_AMOUNT.search(figure.name):
        return None
    return figure.high if figure.high is not None else figure.value if figure.bound == "at_most" else None


def _number(value: Any) -> Decimal | None:
    """An exact number heard; a range or an unclear one is none."""
    if not isinstance(value, str):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _percent(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


def _spaced(term: str) -> str:
    return re.sub(r"(?<=\d)(?=\D)", " ", term)


def _yuan(number: Decimal) -> str:
    return number_text(number.quantize(CENT).normalize() if number % 1 else number.quantize(Decimal(1)), "yuan")
