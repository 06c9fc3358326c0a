"""The eleven calculators (算一算): their names, inputs and the one way to run them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from typing import Any

from knowledge.calculators import banks, draft, farm_insurance, firms, guarantors, household, loan_inputs
from knowledge.calculators.inputs import Fields, Input, InputError
from knowledge.calculators.loan_cost import loan_cost
from knowledge.calculators.result import EXACT, Result, Worked
from knowledge.entries import Status


@dataclass(frozen=True, slots=True)
class Calculator:
    """One calculator; `entry` is the knowledge entry whose rule it works out, None for plain arithmetic."""

    name: str
    title: str
    inputs: tuple[Input, ...]
    work: Callable[[Fields, date], Worked]
    example: str
    entry: str | None = None

    @property
    def is_draft(self) -> bool:
        """Whether its rule stands only in the draft plan."""
        return self.entry is not None


def _timeless(work: Callable[[Fields], Worked]) -> Callable[[Fields, date], Worked]:
    return lambda fields, _on: work(fields)


_ALL = (
    Calculator(
        "guarantee_fee_subsidy", "融资担保保费补贴（给担保机构）", guarantors.FEE_INPUTS,
        _timeless(guarantors.guarantee_fee_subsidy),
        '{"average_fee_rate_percent": "0.5", "year_end_new_outstanding_yuan": "100000000"}', "guarantee-fee-subsidy",
    ),
    Calculator(
        "risk_compensation", "担保代偿风险补偿（给担保机构）", guarantors.RISK_INPUTS,
        _timeless(guarantors.risk_compensation),
        '{"base_yuan": "100000000", "payments_yuan": "4000000"}', "guarantee-risk-compensation",
    ),
    Calculator(
        "capital_incentive", "担保机构资本金补充激励（给担保机构）", guarantors.CAPITAL_INPUTS,
        _timeless(guarantors.capital_incentive),
        '{"monthly_average_balance_yuan": "900000000", "registered_capital_yuan": "100000000"}',
        "guarantee-capital-incentive",
    ),
    Calculator(
        "small_loan_insurance_subsidy", "小额贷款保证保险保费补贴（给保险公司）", firms.INSURANCE_INPUTS,
        _timeless(firms.small_loan_insurance_subsidy),
        '{"annualised_premium_rate_percent": "1.2", "insured_amount_yuan": "1000000"}', "small-loan-insurance-subsidy",
    ),
    Calculator(
        "supply_chain_reward", "供应链金融核心企业奖励（给企业）", firms.SUPPLY_INPUTS,
        _timeless(firms.supply_chain_reward),
        '{"firms_financed": 5, "deals": 10, "confirmed_financing_yuan": "100000000"}', "supply-chain-finance-reward",
    ),
    Calculator(
        "securitisation", "技术产权证券化补贴（给企业、发行机构或担保机构）", firms.SECURITISATION_INPUTS,
        _timeless(firms.securitisation),
        '{"part": "interest", "interest_paid_yuan": "1000000"}', "tech-securitisation-subsidy",
    ),
    Calculator(
        "product_risk_compensation", "银行保险重点产品风险补偿（给银行或保险公司）", banks.PRODUCT_INPUTS,
        _timeless(banks.product_risk_compensation),
        '{"side": "bank", "principal_losses_by_bank_yuan": {"甲银行": "1000000"}, '
        '"citywide_product_balance_yuan": "2000000000"}',
        "product-risk-compensation",
    ),
    Calculator(
        "bank_executive_reward", "银行高管奖励（给银行班子）", banks.EXECUTIVE_INPUTS,
        _timeless(banks.bank_executive_reward),
        '{"rank_by_item": {"山区5县普惠信贷": 1}}', "bank-executive-reward",
    ),
    Calculator(
        "loan_cost", "贷款真实成本和还款计划", loan_inputs.INPUTS, loan_cost,
        '{"principal_yuan": "100000", "annual_rate_percent": "4.35", "months": 12, "method": "equal_instalment"}',
    ),
    Calculator(
        "household_net_worth", "家庭净资产", household.INPUTS, _timeless(household.household_net_worth),
        '{"assets_yuan": {"农房": "200000"}, "liabilities_yuan": {"信用社贷款": "50000"}}',
    ),
    Calculator(
        "insurance_farmer_share", "农业保险农户出多少", farm_insurance.INPUTS,
        _timeless(farm_insurance.insurance_farmer_share),
        '{"premium_per_unit_yuan": "60", "farmer_share_percent": "7", "units": "30", "unit": "亩"}',
    ),
)  # fmt: skip
CALCULATORS = {calculator.name: calculator for calculator in _ALL}


def calculator_named(name: Any) -> Calculator:
    """The calculator `name`; `InputError` with all names when there is none."""
    calculator = CALCULATORS.get(name) if isinstance(name, str) else None
    if calculator is None:
        raise InputError("calculator", f"没有叫 {str(name)[:40]} 的，可以用的是 {'、'.join(CALCULATORS)}", _ALL[0].name)
    return calculator


def calculate(name: Any, raw: Any, on: date) -> Result:
    """Run calculator `name` on JSON-like inputs as of a day; `InputError` for anything that cannot be used."""
    calculator = calculator_named(name)
    with localcontext(EXACT):
        worked = calculator.work(Fields(raw, calculator.inputs), on)
    return Result(
        calculator=calculator.name,
        values=worked.values,
        steps=worked.steps,
        payee=worked.payee,
        status=draft.status_on(on) if calculator.is_draft else Status.UNKNOWN,
        as_of=on,
        stage=draft.STAGE.value if calculator.is_draft else None,
        notes=worked.notes,
    )
