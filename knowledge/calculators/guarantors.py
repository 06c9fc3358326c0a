"""The three policies for guarantee agencies (担保机构): fee subsidy, risk compensation, capital incentive."""

from __future__ import annotations

from decimal import Decimal

from knowledge.calculators import draft
from knowledge.calculators.inputs import Fields, Input
from knowledge.calculators.result import HUNDRED, Step, Worked, added, four_places, money, rough
from knowledge.entries import Payee
from knowledge.rendering import plain

FEE_TIERS = ((Decimal("0.5"), Decimal("0.6")), (Decimal("0.7"), Decimal("0.4")), (Decimal("0.9"), Decimal("0.2")))
PAYOUT_BANDS = ((Decimal(1), Decimal(3), Decimal(40)), (Decimal(3), Decimal(5), Decimal(30)))
MULTIPLE = Decimal(8)
INCENTIVE_PERCENT = Decimal("0.5")
MONTHS = 12

FEE_INPUTS = (
    Input("average_fee_rate_percent", "当年平均担保费率，%", '"0.5"'),
    Input(
        "business_issued_in_year",
        "当年发放的每批业务，代替平均费率",
        '[{"issued_yuan": "1000000", "fee_rate_percent": "0.5"}]',
    ),
    Input("year_end_new_outstanding_yuan", "年末新增在保余额，元", '"100000000"', required=True),
)
_BUSINESS = (
    Input("issued_yuan", "这批发放额，元", '"1000000"', required=True),
    Input("fee_rate_percent", "这批担保费率，%", '"0.5"', required=True),
)
RISK_INPUTS = (
    Input("base_yuan", "代偿率的底数，元（文件没写用哪个数，要自己指明）", '"100000000"', required=True),
    Input("payments_yuan", "当年代偿支出，元（不减追偿）", '"4000000"', required=True),
    Input("leverage_coefficient", "放大倍数奖励系数（文件没印，不填按 1）", '"1"'),
)
CAPITAL_INPUTS = (
    Input("monthly_average_balance_yuan", "月均在保余额，元", '"800000000"'),
    Input("monthly_balances_yuan", "十二个月的月末在保余额，元", '["800000000", "…共 12 个"]'),
    Input("registered_capital_yuan", "注册资本，元", '"100000000"', required=True),
)


def guarantee_fee_subsidy(fields: Fields) -> Worked:
    """One rate on the whole balance, chosen by the average fee (第七条)."""
    weighted, weight = _average_fee(fields)
    balance = fields.number("year_end_new_outstanding_yuan")
    average = weighted / weight
    rate = next((subsidy for ceiling, subsidy in FEE_TIERS if weighted <= ceiling * weight), Decimal(0))
    subsidy = money(balance * rate / HUNDRED)
    clause = draft.clause("第七条")
    steps = (
        Step(
            "平均担保费率 = Σ(发放额 × 费率) ÷ Σ发放额，不四舍五入", f"{rough(average)}%", clause, f"{rough(average)}%"
        ),
        Step(
            "0.5% 及以下补 0.6%；0.7% 及以下补 0.4%；0.9% 及以下补 0.2%；再高不补",
            f"{rough(average)}%，补 {plain(rate)}%" if rate else f"{rough(average)}%，高于 0.9%，不补",
            clause,
            f"{plain(rate)}%",
        ),
        Step(
            "补贴 = 年末新增在保余额 × 补助比例（整笔按一档）",
            f"{plain(balance)} × {plain(rate)}%",
            clause,
            f"{subsidy} 元",
        ),
    )
    rule = "平均担保费率越低补得越多，按年末新增在保余额补 0.2%、0.4% 或 0.6%。"
    notes = (
        *draft.words("第七条", rule, (Payee.GUARANTOR,)),
        "“年末新增在保余额”可以指当年新做业务的年末余额，也可以指余额净增加；这里按您填的数算。",
    )
    return Worked({"subsidy_rate_percent": plain(rate), "subsidy_yuan": subsidy}, steps, (Payee.GUARANTOR,), notes)


def _average_fee(fields: Fields) -> tuple[Decimal, Decimal]:
    """The average as Σ(weight × rate) and Σ weight, so that it is compared without being divided."""
    if not fields.given("business_issued_in_year"):
        return fields.percent("average_fee_rate_percent"), Decimal(1)
    rows = fields.rows("business_issued_in_year", _BUSINESS)
    pairs = [(row.number("issued_yuan"), row.percent("fee_rate_percent")) for row in rows]
    weight = added(issued for issued, _ in pairs)
    weighted = added(issued * rate for issued, rate in pairs)
    if weight == 0:
        raise fields.bad("business_issued_in_year", "发放额合计要大于 0")
    if fields.given("average_fee_rate_percent") and fields.percent("average_fee_rate_percent") * weight != weighted:
        raise fields.bad("average_fee_rate_percent", "和 business_issued_in_year 算出来的不一样，只填一样")
    return weighted, weight


def risk_compensation(fields: Fields) -> Worked:
    """Marginal bands of the payout rate, times the leverage coefficient (第八条)."""
    base, payments = fields.positive("base_yuan"), fields.number("payments_yuan")
    coefficient = fields.positive("leverage_coefficient") if fields.given("leverage_coefficient") else Decimal(1)
    clause = draft.clause("第八条")
    payout_rate = payments / base * HUNDRED
    steps = [
        Step("代偿率 = 代偿支出 ÷ 底数", f"{plain(payments)} ÷ {plain(base)}", clause, f"{rough(payout_rate)}%"),
    ]
    total = Decimal(0)
    for low, high, share in PAYOUT_BANDS:
        floor, ceiling = base * low / HUNDRED, base * high / HUNDRED
        part = max(min(payments, ceiling) - floor, Decimal(0))
        total += part * share / HUNDRED
        steps.append(
            Step(
                f"代偿率超过 {low}%、不超过 {high}% 的部分补 {share}%",
                f"{plain(part)} × {share}%",
                clause,
                f"{rough(part * share / HUNDRED)} 元",
            )
        )
    compensation = money(total * coefficient)
    steps.append(
        Step("合计 × 放大倍数奖励系数", f"{rough(total)} × {plain(coefficient)}", clause, f"{compensation} 元")
    )
    rule = "代偿率 1% 以内不补，1% 到 3% 的部分补 40%，3% 到 5% 的部分补 30%，超过 5% 的部分不补。"
    notes = [
        *draft.words("第八条", rule, (Payee.GUARANTOR,)),
        f"代偿率用什么做底数文件没写（可能是当年解除担保额，也可能是在保余额）；这里按您指明的 {plain(base)} 元算。",
        "代偿支出按总额算，不减追偿和再担保分担。",
    ]
    if not fields.given("leverage_coefficient"):
        notes.append("放大倍数奖励系数文件没印，这里按 1。")
    values = {"compensation_yuan": compensation, "payout_rate_percent": four_places(payout_rate)}
    return Worked(values, tuple(steps), (Payee.GUARANTOR,), tuple(notes))


def capital_incentive(fields: Fields) -> Worked:
    """At most 0.5 % of the monthly average balance, once it reaches eight times the registered capital (第九条)."""
    total, months = _balance(fields)
    capital = fields.positive("registered_capital_yuan")
    qualifies = total >= MULTIPLE * capital * months
    average = total / months
    ceiling = money(total * INCENTIVE_PERCENT / HUNDRED / months if qualifies else Decimal(0))
    clause = draft.clause("第九条")
    multiple = total / (capital * months)
    steps = (
        Step("月均在保余额 = 12 个月末余额的平均数", f"{plain(total)} ÷ {months}", clause, f"{rough(average)} 元"),
        Step(
            "倍数 = 月均在保余额 ÷ 注册资本，达到 8 倍才算（不四舍五入再比）",
            f"{rough(average)} ÷ {plain(capital)}",
            clause,
            f"{rough(multiple)} 倍，{'达到' if qualifies else '没达到'} 8 倍",
        ),
        Step(
            "激励上限 = 月均在保余额 × 0.5%" if qualifies else "没达到 8 倍，没有激励",
            f"{rough(average)} × 0.5%" if qualifies else "—",
            clause,
            f"不超过 {ceiling} 元" if qualifies else f"{ceiling} 元",
        ),
    )
    rule = "月均在保余额达到注册资本 8 倍的，给予不超过月均在保余额 0.5% 的激励。"
    notes = (*draft.words("第九条", rule, (Payee.GUARANTOR,)), "0.5% 是上限（“不超过”），不是一定给这么多。")
    values = {
        "ceiling_yuan": ceiling,
        "is_ceiling_not_entitlement": True,
        "multiple": four_places(multiple),
        "qualifies": qualifies,
    }
    return Worked(values, steps, (Payee.GUARANTOR,), notes)


def _balance(fields: Fields) -> tuple[Decimal, int]:
    """The balances' sum and their number, so that the mean is compared without being divided."""
    if not fields.given("monthly_balances_yuan"):
        return fields.number("monthly_average_balance_yuan"), 1
    balances = fields.numbers("monthly_balances_yuan")
    if len(balances) != MONTHS:
        raise fields.bad("monthly_balances_yuan", f"要填满 12 个月，现在是 {len(balances)} 个")
    total = added(balances)
    named = "monthly_average_balance_yuan"
    if fields.given(named) and fields.number(named) * MONTHS != total:
        raise fields.bad(named, "和十二个月末余额的平均数不一样，只填一样")
    return total, MONTHS
