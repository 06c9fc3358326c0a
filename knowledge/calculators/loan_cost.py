"""The calculator `loan_cost`: a loan's plan, fee, subsidies and what it really costs a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.calculators.inputs import Fields
from knowledge.calculators.loan import Loan, LoanCost, cost_of
from knowledge.calculators.loan_inputs import BASIS_WORDS, FEE_KINDS, INTEREST_KINDS, PART_WORDS, LoanRead, read_loan
from knowledge.calculators.repayment import METHOD_WORDS, Method
from knowledge.calculators.result import UNDETERMINED, Step, Worked, added, four_places, money
from knowledge.calculators.support import SubsidyKind, points_of
from knowledge.entries import Payee
from knowledge.rendering import plain

_CONTRACT = "通行算法，以借款合同为准"
_NOTICE = "以补贴文件为准"
_FORMULAS = {
    Method.EQUAL_INSTALMENT: "每月还 P·r(1+r)^n ÷ ((1+r)^n−1)，四舍五入到分；利息 = 剩余本金 × r",
    Method.EQUAL_PRINCIPAL: "每月还本金 P ÷ n，四舍五入到分；利息 = 剩余本金 × r",
    Method.INTEREST_ONLY: "每月只还利息 P × r，最后一期还本金",
    Method.BULLET: "到期一次还本付息：利息 = P × 年利率 × n ÷ 12",
}


def loan_cost(fields: Fields, on: date) -> Worked:
    """Everything the contract names; parts said to be unknown leave what hangs on them UNDETERMINED."""
    read = read_loan(fields, on)
    cost = cost_of(read.loan)
    values = {**_plan(cost), **_costs(cost, read.unknown)}
    return Worked(values, tuple(_steps(read, cost)), _payee(read), tuple(_notes(read, cost)))


def _plan(cost: LoanCost) -> dict[str, Any]:
    """The repayment plan: rows of period, payment, principal, interest, balance."""
    rows = [
        [row.number, money(row.payment), money(row.principal), money(row.interest), money(row.balance)]
        for row in cost.periods
    ]
    return {
        "schedule": rows,
        "first_payment_yuan": rows[0][1],
        "last_payment_yuan": rows[-1][1],
        "total_payment_yuan": money(added(row.payment for row in cost.periods)),
        "total_interest_yuan": money(cost.interest),
    }


def _costs(cost: LoanCost, unknown: frozenset[str]) -> dict[str, Any]:
    """Fee, subsidies, net cost and rates; None of them is a number when a part of it is not known."""
    fee_open = "guarantee_fee" in unknown
    help_open = bool(unknown & {"fee_subsidy", "interest_subsidy"})
    after_open = fee_open or help_open
    before = UNDETERMINED if fee_open else _percent(cost.effective(after_subsidy=False))
    after = UNDETERMINED if after_open else _percent(cost.effective(after_subsidy=True))
    nominal_before = UNDETERMINED if fee_open else _times_twelve(cost.monthly(after_subsidy=False))
    nominal_after = UNDETERMINED if after_open else _times_twelve(cost.monthly(after_subsidy=True))
    return {
        "total_fee_yuan": UNDETERMINED if fee_open else money(cost.fee),
        "fee_subsidy_yuan": UNDETERMINED if fee_open or "fee_subsidy" in unknown else money(cost.fee_subsidy),
        "interest_subsidy_yuan": UNDETERMINED if "interest_subsidy" in unknown else money(cost.interest_subsidy),
        "net_cost_yuan": UNDETERMINED if after_open else money(cost.net_cost),
        "effective_annual_cost_percent": {"before_subsidy": before, "after_subsidy": after},
        "monthly_irr_x12_percent": {"before_subsidy": nominal_before, "after_subsidy": nominal_after},
        "simple_annual_cost_on_average_balance_percent": UNDETERMINED
        if after_open
        else four_places(cost.simple_annual_percent),
    }


def _percent(figure: Decimal | None) -> str:
    return UNDETERMINED if figure is None else four_places(figure)


def _times_twelve(monthly: Decimal | None) -> str:
    return UNDETERMINED if monthly is None else four_places(monthly * 1200)


def _steps(read: LoanRead, cost: LoanCost) -> list[Step]:
    terms, loan, unknown = read.loan.terms, read.loan, read.unknown
    rate = plain(terms.annual_rate_percent)
    first = cost.periods[0]
    told = f"P = {plain(terms.principal)}，r = {rate}% ÷ 12，n = {terms.months}"
    steps = [
        Step(
            _FORMULAS[terms.method],
            told,
            _CONTRACT,
            f"第一期还 {money(first.payment)} 元，其中利息 {money(first.interest)} 元",
        ),
        Step("利息合计 = 各期利息相加", f"{terms.months} 期", _CONTRACT, f"{money(cost.interest)} 元"),
        _fee_step(read, cost),
    ]
    if loan.fee_subsidy or "fee_subsidy" in unknown:
        steps.append(_fee_subsidy_step(loan, cost, unknown))
    if loan.interest_subsidy or "interest_subsidy" in unknown:
        steps.append(_interest_subsidy_step(loan, cost, unknown))
    if unknown:
        named = "、".join(PART_WORDS[name] for name in PART_WORDS if name in unknown)
        steps.append(
            Step("净成本 = 利息 + 担保费 − 担保费补贴 − 贴息", f"{named}不知道，算不出", _CONTRACT, UNDETERMINED)
        )
        return steps
    numbers = " ".join(
        (money(cost.interest), "+", money(cost.fee), "−", money(cost.fee_subsidy), "−", money(cost.interest_subsidy))
    )
    steps.append(Step("净成本 = 利息 + 担保费 − 担保费补贴 − 贴息", numbers, _CONTRACT, f"{money(cost.net_cost)} 元"))
    after = _percent(cost.effective(after_subsidy=True))
    steps.append(
        Step(
            "实际年化 = (1+i)^12 − 1，i 让到手的钱等于以后各期还款的现值",
            f"到手 {money(terms.principal - cost.fee + cost.fee_subsidy)} 元",
            _CONTRACT,
            after if after == UNDETERMINED else f"{after}%",
        )
    )
    return steps


def _fee_step(read: LoanRead, cost: LoanCost) -> Step:
    if read.fee_inside_rate:
        return Step("担保费已经含在利率里，不另收", "—", _CONTRACT, f"{money(cost.fee)} 元")
    if "guarantee_fee" in read.unknown:
        return Step("担保费 = 贷款额 × 费率", "担保费不知道", _CONTRACT, UNDETERMINED)
    fee = read.loan.guarantee_fee
    if fee is None:
        return Step("担保费", "没有填担保费", _CONTRACT, "按没有这一项算")
    terms = read.loan.terms
    years = "" if fee.basis.value == "once_on_principal" else f" × {terms.months} ÷ 12"
    numbers = f"{plain(terms.principal)} × {plain(fee.rate_percent)}%{years}"
    return Step(f"担保费：{BASIS_WORDS[fee.basis.value]}，放款时付", numbers, _CONTRACT, f"{money(cost.fee)} 元")


def _fee_subsidy_step(loan: Loan, cost: LoanCost, unknown: frozenset[str]) -> Step:
    subsidy = loan.fee_subsidy
    if subsidy is None or "guarantee_fee" in unknown:
        return Step("担保费补贴", "不知道补多少", _NOTICE, UNDETERMINED)
    numbers = f"{FEE_KINDS[subsidy.kind.value]}：{plain(subsidy.percent)}%，担保费 {money(cost.fee)} 元"
    return Step("担保费补贴，不超过担保费", numbers, _NOTICE, f"{money(cost.fee_subsidy)} 元")


def _interest_subsidy_step(loan: Loan, cost: LoanCost, unknown: frozenset[str]) -> Step:
    subsidy = loan.interest_subsidy
    if subsidy is None or "interest_subsidy" in unknown:
        return Step("贴息", "不知道贴多少", _NOTICE, UNDETERMINED)
    numbers = f"{INTEREST_KINDS[subsidy.kind.value]}：{plain(subsidy.percent)}%"
    if subsidy.kind is SubsidyKind.POINTS:
        numbers = f"每期剩余本金 × {plain(points_of(subsidy, loan.terms))}% ÷ 12"
        numbers += f"，最多 {subsidy.max_months} 个月" if subsidy.max_months is not None else ""
    numbers += f"，最多 {plain(subsidy.cap_yuan)} 元" if subsidy.cap_yuan is not None else ""
    return Step("贴息", numbers, _NOTICE, f"{money(cost.interest_subsidy)} 元")


def _payee(read: LoanRead) -> tuple[Payee, ...]:
    loan = read.loan
    payee = [Payee.BANK]
    payee += [Payee.GUARANTOR] if loan.guarantee_fee or "guarantee_fee" in read.unknown else []
    return (*payee, Payee.FARMER) if loan.fee_subsidy or loan.interest_subsidy else tuple(payee)


def _notes(read: LoanRead, cost: LoanCost) -> list[str]:
    """Who gets what, and everything that was taken for granted."""
    method = METHOD_WORDS[read.loan.terms.method.value]
    notes = [
        "钱给谁：利息给银行，担保费给担保机构，补贴给借款人。",
        f"按{method}、一年 12 个等长的月算，不按天；以合同为准。",
    ]
    notes += [f"{PART_WORDS[name]}不在有效期内，没有拿它减成本。" for name in read.over]
    if read.unknown:
        named = "、".join(PART_WORDS[name] for name in PART_WORDS if name in read.unknown)
        notes.append(f"{named}还不知道，靠它的数都没有算，不当成 0。")
    if read.loan.fee_subsidy and read.fee_inside_rate:
        notes.append("担保费含在利率里，没有另收的担保费可补。")
    if cost.monthly(after_subsidy=True) is None:
        notes.append("收的费比借的钱还多，或者补贴比还款还多，实际年化算不出。")
    if cost.interest_subsidy > cost.interest:
        notes.append("贴息比利息还多，请核对贴息文件。")
    notes.append("利率、费率和补贴都按您填的算；补贴还有没有、够不够条件，以主管部门答复为准。")
    return notes
