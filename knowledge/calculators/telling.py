"""A result in plain words, the same for every window: what kind of text it is and who is paid first, then the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from knowledge.answers import Line, LineKind
from knowledge.calculators.comparing import compare_routes
from knowledge.calculators.draft import LAST_DAY
from knowledge.calculators.forms import Form, Outcome, in_plain_words
from knowledge.calculators.loan_boxes import either_basis
from knowledge.calculators.result import PAYEE_WORDS, UNDETERMINED, Result
from knowledge.rendering import plain

OPEN = "还算不出"
_TEN_THOUSAND = Decimal(10_000)
DRAFT_BANNER = f"【征求意见稿曾写，没看到正式文件】原定到 {LAST_DAY.isoformat()}，现在不能拿它去领钱。"
_ARITHMETIC = "【按您填的数算的，不是批复】以合同和办事窗口的答复为准。"
_MONEY, _PERCENT, _TIMES, _PLAIN = "yuan", "percent", "times", "plain"

# the figures in the order they are read out: value name, what it is called, how it is written
LABELS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "guarantee_fee_subsidy": (("subsidy_yuan", "照草稿补给担保机构", _MONEY), ("subsidy_rate_percent", "补助比例", _PERCENT)),
    "risk_compensation": (("compensation_yuan", "照草稿补给担保机构", _MONEY), ("payout_rate_percent", "代偿率", _PERCENT)),
    "capital_incentive": (
        ("ceiling_yuan", "照草稿最多给担保机构", _MONEY), ("multiple", "在保余额是注册资本的几倍", _TIMES), ("qualifies", "够不够 8 倍", _PLAIN),
    ),
    "small_loan_insurance_subsidy": (("subsidy_yuan", "照草稿补给保险公司", _MONEY), ("qualifies", "有没有够条件的保单", _PLAIN)),
    "supply_chain_reward": (
        ("reward_yuan", "照草稿奖给核心企业", _MONEY), ("by_year_yuan", "分年", _MONEY), ("qualifies", "够不够 5 家 10 笔", _PLAIN),
    ),
    "securitisation": (("amount_yuan", "照草稿补", _MONEY),),
    "product_risk_compensation": (
        ("total_compensation_yuan", "照草稿补给银行合计", _MONEY), ("cap_yuan", "封顶", _MONEY),
        ("allocation_between_banks", "各银行分到", _MONEY), ("ceiling_yuan", "照草稿最多给保险公司", _MONEY), ("qualifies", "够不够条件", _PLAIN),
    ),
    "bank_executive_reward": (("reward_yuan", "照草稿奖给银行班子", _MONEY),),
    "household_net_worth": (
        ("net_worth_yuan", "净资产", _MONEY), ("known_part_yuan", "已知部分的净资产", _MONEY), ("total_assets_yuan", "东西一共值", _MONEY),
        ("total_liabilities_yuan", "一共欠", _MONEY), ("credit_line_yuan", "能贷多少", _MONEY),
    ),
    "insurance_farmer_share": (
        ("farmer_pays_yuan", "自己一共出", _MONEY), ("range_yuan", "自己一共出的范围", _MONEY), ("government_pays_yuan", "政府出", _MONEY),
        ("total_premium_yuan", "总保费", _MONEY), ("premium_per_unit_yuan", "一亩（头）保费", _MONEY), ("cover_per_mu_yuan", "一亩保额", _MONEY),
        ("total_cover_yuan", "总保额", _MONEY), ("central_pays_yuan", "中央出", _MONEY), ("province_pays_yuan", "省里出", _MONEY),
        ("province_pays_at_least_yuan", "省里至少出", _MONEY), ("city_pays_yuan", "市里出", _MONEY), ("county_pays_yuan", "县里出", _MONEY),
        ("county_fund_pays_yuan", "县农险基金出", _MONEY), ("farmer_and_local_at_most_yuan", "自己和市县合起来最多出", _MONEY),
        ("remainder_yuan", "剩下的", _MONEY), ("farmer_before_yuan", "以前自己出", _MONEY), ("farmer_after_yuan", "现在自己出", _MONEY), ("saving_yuan", "比以前少出", _MONEY),
    ),
    "loan_cost": (
        ("first_payment_yuan", "第一期还", _MONEY), ("last_payment_yuan", "最后一期还", _MONEY), ("total_payment_yuan", "一共还", _MONEY),
        ("total_interest_yuan", "利息一共", _MONEY), ("total_fee_yuan", "担保费", _MONEY), ("fee_subsidy_yuan", "担保费补回来", _MONEY),
        ("interest_subsidy_yuan", "贴息", _MONEY), ("net_cost_yuan", "净成本（利息＋担保费－补贴）", _MONEY),

    ),
}  # fmt: skip


# figures that are said only where the part they come from was filled in: what nobody named is not shown as 0
PARTS = {
    "total_fee_yuan": "guarantee_fee",
    "fee_subsidy_yuan": "fee_subsidy",
    "interest_subsidy_yuan": "interest_subsidy",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it is."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step of the working in the form's own words."""

    formula: str
    numbers: str
    result: str
    clause: str


@dataclass(frozen=True, slots=True)
class Told:
    """A result ready to be shown; `status` and `payee` come before everything else."""

    status: str
    is_draft: bool
    payee: str
    rule: str
    figures: tuple[Figure, ...]
    steps: tuple[ToldStep, ...]
    notes: tuple[str, ...]
    schedule: tuple[tuple[str, ...], ...]
    as_of: str


def tell(form: Form, outcome: Outcome) -> Told:
    """The result of `outcome`; raises `ValueError` when there is none."""
    result = outcome.result
    if result is None:
        raise ValueError(f"{form.name} was not worked out")
    notes = [in_plain_words(form, note) for note in result.notes]
    payee = next((note for note in notes if note.startswith("钱给谁：")), _payee(result))
    rule = next((note for note in notes if note.startswith("征求意见稿曾写")), "")
    return Told(
        status=DRAFT_BANNER if result.stage else _ARITHMETIC,
        is_draft=result.stage is not None,
        payee=payee,
        rule=rule,
        figures=tuple(_figures(result, outcome)),
        steps=tuple(
            ToldStep(step.formula, step.numbers, OPEN if step.result == UNDETERMINED else step.result or "", step.clause)
            for step in result.steps
        ),
        notes=tuple(note for note in notes if note not in (payee, rule)),
        schedule=tuple(tuple(str(cell) for cell in row) for row in result.values.get("schedule", ())),
        as_of=result.as_of.isoformat(),
    )  # fmt: skip


def lines_of(told: Told, title: str) -> tuple[Line, ...]:
    """The result as lines of a chat: status, payee, figures, every step, what was taken for granted."""
    lines = [Line(LineKind.STATUS, told.status), Line(LineKind.PAYEE, told.payee), Line(LineKind.TITLE, title)]
    lines += [Line(LineKind.NOTE, told.rule)] if told.rule else []
    lines += [Line(LineKind.DETAIL, f"{figure.label}：{figure.text}") for figure in told.figures]
    lines += [
        Line(LineKind.NOTE, f"第{number}步　{step.formula}：{step.numbers}，得 {step.result}（{step.clause}）")
        for number, step in enumerate(told.steps, 1)
    ]
    return (*lines, *(Line(LineKind.NOTE, note) for note in told.notes))


def yuan(amount: str) -> str:
    """An amount as it is read: grouped, to the cent, and in 万 beside it when that is shorter."""
    if amount == UNDETERMINED:
        return OPEN
    number = Decimal(amount)
    wan = number / _TEN_THOUSAND
    if abs(number) < _TEN_THOUSAND or wan != wan.quantize(Decimal("0.01")):
        return f"{number:,.2f} 元"
    short = f"{wan.normalize():f} 万元" if abs(wan) < _TEN_THOUSAND else f"{(wan / _TEN_THOUSAND).normalize():f} 亿元"
    return f"{number:,.2f} 元（{short}）"


def percent(share: str) -> str:
    """A percentage to at most four places."""
    return OPEN if share == UNDETERMINED else f"{plain(Decimal(share))}%"


def _payee(result: Result) -> str:
    return f"钱给谁：{'、'.join(PAYEE_WORDS[payee] for payee in result.payee)}。"


def _figures(result: Result, outcome: Outcome) -> Iterator[Figure]:
    if result.calculator == "loan_cost":
        yield from _loan_rates(result, outcome)
    if result.calculator == "household_net_worth":
        yield from _household(result)
        return
    for name, label, style in LABELS[result.calculator]:
        if name in result.values and (name not in PARTS or PARTS[name] in outcome.input):
            yield from _named(label, result.values[name], style)


def _loan_rates(result: Result, outcome: Outcome) -> Iterator[Figure]:
    """The yearly cost first; where a part is not known, between which ends it lies and what it hangs on."""
    rates = result.values["effective_annual_cost_percent"]
    after, before = rates["after_subsidy"], rates["before_subsidy"]
    if after == UNDETERMINED:
        yield Figure("一年真实成本", _range_of(outcome.input, result))
    else:
        yield Figure("一年真实成本", percent(after))
        yield Figure("也就是", f"每借 100 元，一年大约花 {Decimal(after):.2f} 元")
    if before != after:
        yield Figure("没有补贴的话", percent(before))


def _range_of(told: Mapping[str, Any], result: Result) -> str:
    route = compare_routes([{"name": "这笔贷款", **either_basis(dict(told))}], result.as_of).routes[0]
    return f"{route.yearly}{route.hangs_on}"


def _household(result: Result) -> Iterator[Figure]:
    """The known part is said apart only where the whole is not known."""
    for name, label, style in LABELS[result.calculator]:
        if name == "known_part_yuan" and result.values["net_worth_yuan"] != UNDETERMINED:
            continue
        yield from _named(label, result.values[name], style)


def _named(label: str, value: Any, style: str) -> Iterable[Figure]:
    if isinstance(value, bool):
        return [
            Figure(label, "够" if value else "不够")
            if label.startswith("够")
            else Figure(label, "有" if value else "没有")
        ]
    if isinstance(value, Mapping):
        names = {"before_subsidy": "（没算补贴）", "after_subsidy": "（算上补贴）"}
        if set(value) == set(names) and value["before_subsidy"] == value["after_subsidy"]:
            return [Figure(label, _styled(value["after_subsidy"], style))]
        return [
            Figure(f"{label}{names.get(name, f'：{name}' if name else '')}", _styled(one, style))
            for name, one in value.items()
        ]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [Figure(label, " 到 ".join(_styled(one, style) for one in value))]
    return [Figure(label, _styled(value, style))]


def _styled(value: Any, style: str) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{name} {_styled(one, style)}" for name, one in value.items())
    if value == UNDETERMINED:
        return OPEN
    if style == _MONEY:
        return yuan(str(value))
    if style == _TIMES:
        return f"{plain(Decimal(str(value)))} 倍"
    return percent(str(value)) if style == _PERCENT else str(value)
