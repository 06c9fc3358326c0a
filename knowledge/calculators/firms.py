"""The policies for insurers and firms: credit insurance subsidy, securitisation, supply-chain reward."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from knowledge.calculators import draft
from knowledge.calculators.inputs import Fields, Input
from knowledge.calculators.result import HUNDRED, Step, Worked, added, money, rough
from knowledge.entries import Payee
from knowledge.rendering import plain

PREMIUM_CEILING = Decimal("1.2")
INSURED_PERCENT = Decimal("0.5")
FIRMS, DEALS = 5, 10
REWARD_PERCENT, REWARD_CAP = Decimal("0.1"), Decimal(200_000)
INTEREST_PERCENT, INTEREST_CAP = Decimal(30), Decimal(400_000)
LOSS_PERCENT, LOSS_CAP = Decimal(20), Decimal(4_000_000)
PARTS = {"interest": "企业融资利息", "issuer_fees": "发行机构中介费", "guarantee_loss": "担保机构损失"}

_INSURED = Input("insured_amount_yuan", "保险金额，元", '"1000000"', required=True)
_ANNUAL = Input("annualised_premium_rate_percent", "向客户收的年化保险费率，%", '"1.2"')
INSURANCE_INPUTS = (
    _INSURED,
    _ANNUAL,
    Input("period_premium_rate_percent", "保险期内的费率，%（配 policy_months）", '"0.6"'),
    Input("policy_months", "保险期几个月", "6"),
    Input("premium_yuan", "收的保费，元（没有费率时用它算）", '"6000"'),
    Input("policies", "一份份保单", '[{"annualised_premium_rate_percent": "1.2", "insured_amount_yuan": "1000000"}]'),
)
_POLICY = (_ANNUAL, _INSURED, *INSURANCE_INPUTS[2:5])
_YEAR = (
    Input("firms_financed", "促成融资的上下游企业数", "5", required=True),
    Input("deals", "促成融资的笔数（合计）", "10", required=True),
    Input("confirmed_financing_yuan", "中征平台在线确权的融资额，元", '"100000000"', required=True),
)
SUPPLY_INPUTS = (
    *_YEAR,
    Input("deals_per_firm", "每家几笔：一个数，或一家一个数的列表", "[2, 2, 2, 2, 2]"),
    Input("offline_financing_yuan", "没在平台确认的融资额，元（不算）", '"20000000"'),
    Input(
        "by_year",
        "一年一行",
        '[{"year": 2022, "firms_financed": 5, "deals": 10, "confirmed_financing_yuan": "100000000"}]',
    ),
)
_YEAR_ROW = (Input("year", "年份", "2022", required=True), *_YEAR, *SUPPLY_INPUTS[3:5])
SECURITISATION_INPUTS = (
    Input("part", "算哪一块：interest、issuer_fees、guarantee_loss", '"interest"', required=True),
    Input("interest_paid_yuan", "一家企业一年付的融资利息，元", '"1000000"'),
    Input("interest_by_year_yuan", "一家企业各年付的融资利息，元", '{"2022": "1000000", "2023": "2000000"}'),
    Input("fees_yuan", "增信、评估等中介费用，元", '"350000"'),
    Input("principal_loss_by_firm_yuan", "各融资企业项目本金实际损失，元", '{"甲公司": "5000000"}'),
    Input("interest_and_penalty_loss_yuan", "利息和罚息损失，元（不补）", '"100000"'),
)


def small_loan_insurance_subsidy(fields: Fields) -> Worked:
    """0.5 % of the sum insured for every policy whose yearly premium rate is at most 1.2 % (第四条)."""
    rows = fields.rows("policies", _POLICY) if fields.given("policies") else [fields]
    clause = draft.clause("第四条")
    steps, insured = [], Decimal(0)
    any_qualifies = False
    for place, row in enumerate(rows, 1):
        amount, top, bottom = row.number("insured_amount_yuan"), *_premium_rate(row)
        qualifies = top <= PREMIUM_CEILING * bottom
        any_qualifies |= qualifies
        insured += amount if qualifies else 0
        steps.append(
            Step(
                f"第 {place} 份：年化保险费率不超过 1.2% 才算（期内费率 × 12 ÷ 月数）",
                f"年化 {rough(top / bottom)}%，保险金额 {plain(amount)} 元",
                clause,
                "算" if qualifies else "不算",
            )
        )
    subsidy = money(insured * INSURED_PERCENT / HUNDRED)
    steps.append(Step("补助 = 够条件的保险金额 × 0.5%", f"{plain(insured)} × 0.5%", clause, f"{subsidy} 元"))
    rule = "收客户年化保险费率不超过 1.2% 的业务，补当年保险金额的 0.5%。"
    notes = (
        *draft.words("第四条", rule, (Payee.INSURER,)),
        "草稿叫“保费补助”，但按保险金额算，没写不超过所收保费；一份一份判断。",
    )
    return Worked({"qualifies": any_qualifies, "subsidy_yuan": subsidy}, tuple(steps), (Payee.INSURER,), notes)


def _premium_rate(row: Fields) -> tuple[Decimal, Decimal]:
    """The yearly rate as numerator and denominator, never divided before it is compared."""
    annual, period, premium = "annualised_premium_rate_percent", "period_premium_rate_percent", "premium_yuan"
    if row.given(premium):
        row.number(premium)
    if row.given(period):
        top, bottom = row.percent(period) * 12, Decimal(row.count("policy_months", 1, 600))
        if row.given(annual) and row.percent(annual) * bottom != top:
            raise row.bad(annual, "和保险期内费率换算出来的不一样，只填一样")
        return top, bottom
    if row.given(annual) or not row.given(premium):
        return row.percent(annual), Decimal(1)
    months = Decimal(row.count("policy_months", 1, 600))
    return row.number(premium) * HUNDRED * 12, row.positive("insured_amount_yuan") * months


def supply_chain_reward(fields: Fields) -> Worked:
    """0.1 % of platform-confirmed financing, at most 200 000 a firm and year, from 5 firms and 10 deals (第六条)."""
    by_year = fields.given("by_year")
    rows = fields.rows("by_year", _YEAR_ROW) if by_year else [fields]
    years = [_reward_of(row, by_year=by_year) for row in rows]
    names = [year.name for year in years]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        raise fields.bad("by_year", f"里 {doubled} 年写了两次")
    rewards = {year.name: year.reward for year in years}
    values: dict[str, Any] = {
        "qualifies": any(year.qualifies for year in years),
        "reward_yuan": money(added(rewards.values())),
    }
    if by_year:
        values["by_year_yuan"] = {year: money(amount) for year, amount in rewards.items()}
    rule = "中征平台在线确认促成 5 家 10 笔以上的，按确权融资额的 0.1% 奖，单户企业年度最高 20万元。"
    notes = (
        *draft.words("第六条", rule, (Payee.FIRM,)),
        "奖给供应链核心企业；没在平台上确认的融资额不算，10 笔是合计不是每家。",
    )
    return Worked(values, tuple(step for year in years for step in year.steps), (Payee.FIRM,), notes)


@dataclass(frozen=True, slots=True)
class _Year:
    """What one year comes to; its name is empty when only one was told."""

    name: str
    qualifies: bool
    reward: Decimal
    steps: tuple[Step, Step]


def _reward_of(row: Fields, *, by_year: bool) -> _Year:
    year = str(row.count("year", 1900, 2200)) if by_year else ""
    firms, deals = _contacts(row)
    confirmed = row.number("confirmed_financing_yuan")
    if row.given("offline_financing_yuan"):
        row.number("offline_financing_yuan")
    qualifies = firms >= FIRMS and deals >= DEALS
    wanted = confirmed * REWARD_PERCENT / HUNDRED
    reward = min(wanted, REWARD_CAP) if qualifies else Decimal(0)
    when = f"{year} 年：" if year else ""
    clause = draft.clause("第六条")
    steps = (
        Step(
            f"{when}要有 5 家（含）和合计 10 笔（含）",
            f"{firms} 家 {deals} 笔",
            clause,
            "够" if qualifies else "不够",
        ),
        Step(
            f"{when}奖励 = 确权融资额 × 0.1%，单户一年最高 20万元",
            f"{plain(confirmed)} × 0.1% = {rough(wanted)}",
            clause,
            f"{money(reward)} 元",
        ),
    )
    return _Year(year, qualifies, reward, steps)


def _contacts(row: Fields) -> tuple[int, int]:
    """Firms and deals in total, also where the deals are told firm by firm."""
    name = "deals_per_firm"
    if not row.given(name):
        return row.count("firms_financed"), row.count("deals")
    raw = row.raw(name)
    if isinstance(raw, list | dict):
        each = row.numbers(name) if isinstance(raw, list) else list(row.all_named(name).values())
        if any(deals != deals.to_integral_value() for deals in each):
            raise row.bad(name, "要填整数")
        firms, total = sum(1 for deals in each if deals > 0), int(added(each))
    else:
        firms = row.count("firms_financed")
        exact = row.number(name) * firms
        if exact != exact.to_integral_value():
            raise row.bad(name, "乘企业数要是整数")
        total = int(exact)
    for told, counted in (("firms_financed", firms), ("deals", total)):
        if row.given(told) and row.count(told) != counted:
            raise row.bad(told, f"和每家几笔加起来的 {counted} 不一样，只填一样")
    return firms, total


def securitisation(fields: Fields) -> Worked:
    """Interest of the firm, fees of the issuer, or principal losses of the guarantor (第五条)."""
    part = fields.choice("part", PARTS)
    return {"interest": _interest, "issuer_fees": _issuer_fees, "guarantee_loss": _guarantee_loss}[part](fields)


def _interest(fields: Fields) -> Worked:
    if fields.given("interest_by_year_yuan"):
        if fields.given("interest_paid_yuan"):
            raise fields.bad("interest_paid_yuan", "和 interest_by_year_yuan 只填一样")
        years = fields.all_named("interest_by_year_yuan")
    else:
        years = {"一年": fields.number("interest_paid_yuan")}
    rule = "企业可享受融资利息 30% 的补助，单家企业年度不超过 40万元。"
    return _capped(years, INTEREST_PERCENT, INTEREST_CAP, "一家企业一年最高 40万元", rule, Payee.FIRM)


def _guarantee_loss(fields: Fields) -> Worked:
    if fields.given("interest_and_penalty_loss_yuan"):
        fields.number("interest_and_penalty_loss_yuan")
    losses = fields.all_named("principal_loss_by_firm_yuan")
    rule = "按单家企业项目本金实际损失的 20%、单家企业最高 400万元补偿担保机构；利息和罚息不补。"
    return _capped(losses, LOSS_PERCENT, LOSS_CAP, "一家企业最高 400万元，不分年", rule, Payee.GUARANTOR)


def _capped(
    amounts: dict[str, Decimal], share: Decimal, cap: Decimal, cap_words: str, rule: str, payee: Payee
) -> Worked:
    """A share of each amount, each with its own cap, added up and rounded once."""
    clause = draft.clause("第五条")
    parts = {name: min(amount * share / HUNDRED, cap) for name, amount in amounts.items()}
    steps = [
        Step(
            f"{name[:20]}：× {share}%，{cap_words}",
            f"{plain(amount)} × {share}% = {rough(amount * share / HUNDRED)}",
            clause,
            f"{rough(parts[name])} 元",
        )
        for name, amount in amounts.items()
    ]
    total = money(added(parts.values()))
    steps.append(
        Step("相加，最后四舍五入到分", " + ".join(rough(part) for part in parts.values()), clause, f"{total} 元")
    )
    return Worked({"amount_yuan": total}, tuple(steps), (payee,), draft.words("第五条", rule, (payee,)))


def _issuer_fees(fields: Fields) -> Worked:
    raw = fields.raw("fees_yuan")
    if isinstance(raw, list):
        fees = added(fields.numbers("fees_yuan"))
    elif isinstance(raw, dict):
        fees = added(fields.all_named("fees_yuan").values())
    else:
        fees = fields.number("fees_yuan")
    steps = (Step("中介费用全额补", plain(fees), draft.clause("第五条"), f"{money(fees)} 元"),)
    rule = "发行机构的增信、评估和别的中介费用，全额补贴。"
    notes = draft.words("第五条", rule, (Payee.OTHER,))
    return Worked({"amount_yuan": money(fees)}, steps, (Payee.OTHER,), notes)
