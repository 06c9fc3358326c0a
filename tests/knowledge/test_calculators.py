"""The calculators: right to the cent, every step shown, unknown never nothing, a draft never an entitlement."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.calculators import CALCULATORS, InputError, calculate
from knowledge.calculators.draft import LAST_DAY, status_on
from knowledge.entries import Stage, Status

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "calculators.yaml").read_text(encoding="utf-8"))
EVERY_CASE = [
    {"calculator": "loan_cost", **case}
    for group in ("ten_policies", "household", "insurance", "loans")
    for case in CASES[group]
]
TODAY = date(2026, 11, 23)
DRAFTS = sorted(name for name, calculator in CALCULATORS.items() if calculator.is_draft)


def answered(name: str, given_input: Any, on: date = TODAY) -> dict[str, Any]:
    """The calculation as other programs read it."""
    return calculate(name, given_input, on).as_json()


def example(name: str) -> dict[str, Any]:
    """The example the calculator itself shows."""
    parsed: dict[str, Any] = json.loads(CALCULATORS[name].example)
    return parsed


def sentence_or_json(name: str, told: dict[str, Any]) -> str:
    """The result as text, or the sentence that refuses it."""
    try:
        return json.dumps(answered(name, told), ensure_ascii=False)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case["name"])
def test_a_case_worked_by_hand_comes_out_to_the_cent(case: dict[str, Any]) -> None:
    """Every figure the case names is what its working says; figures the papers do not give are not there."""
    result = answered(case["calculator"], case["input"], case.get("day", TODAY))

    assert {name: result.get(name) for name in case["expect"]} == case["expect"]
    assert not [name for name in case.get("absent", ()) if name in result]


def test_every_case_carries_its_working_and_loans_have_thirty() -> None:
    """No figure is asserted without its working by hand, and all eleven calculators are covered."""
    assert all(len(case["working"]) >= 10 for case in EVERY_CASE)
    assert len(CASES["loans"]) >= 30
    assert {case["calculator"] for case in EVERY_CASE} == set(CALCULATORS)
    assert len(CALCULATORS) == 11


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_result_says_steps_payee_status_and_day(name: str) -> None:
    """Each step has formula, numbers and clause; who gets the money is said first."""
    result = answered(name, example(name))

    assert result["as_of"] == "2026-11-23"
    assert result["payee"]
    assert result["status"] in set(Status)
    assert result["steps"]
    assert all(step["formula"] and step["numbers"] and step["clause"] for step in result["steps"])
    assert result["notes"][0].startswith("钱给谁") or name == "household_net_worth"


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_is_said_to_be_a_draft_and_never_an_entitlement(name: str) -> None:
    """Status follows the day asked, the stage stays, and the words never promise."""
    now, then, after = (answered(name, example(name), day) for day in (TODAY, LAST_DAY, LAST_DAY + timedelta(days=1)))

    assert [now["status"], then["status"], after["status"]] == ["expired", "draft", "expired"]
    assert now["stage"] == then["stage"] == "征求意见稿"
    assert any(
        "征求意见稿曾写" in note and "2024-12-31" in note and "不能当作领得到的钱" in note for note in now["notes"]
    )
    assert "不是给农户" in now["notes"][0]


def test_the_eight_drafts_agree_with_their_entries(base: KnowledgeBase) -> None:
    """Status, stage and payee are those of the entry the rule comes from."""
    assert len(DRAFTS) == 8
    for name in DRAFTS:
        entry = base.entries[str(CALCULATORS[name].entry)]
        assert entry.validity.stage is Stage.CONSULTATION
        for day in (TODAY, LAST_DAY, LAST_DAY + timedelta(days=1), date(2023, 1, 1)):
            assert status_on(day) is entry.status_on(day)
        assert set(answered(name, example(name))["payee"]) <= {payee.value for payee in entry.payee}


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("guarantee-fee-subsidy", {"fee1": "0.9", "rate1": "0.2", "fee2": "0.7", "rate2": "0.4", "fee3": "0.5", "rate3": "0.6"}),
        ("guarantee-risk-compensation", {"floor": "1", "mid": "3", "band2": "40", "top": "5", "band3": "30"}),
        ("guarantee-capital-incentive", {"multiple": "8", "ceiling": "0.5"}),
        ("small-loan-insurance-subsidy", {"premium_ceiling": "1.2", "subsidy": "0.5"}),
        ("supply-chain-finance-reward", {"share": "0.1", "cap": "200000", "firms": "5", "deals": "10"}),
        ("tech-securitisation-subsidy", {"interest_share": "30", "interest_cap": "400000", "loss_share": "20", "loss_cap": "4000000"}),
        ("product-risk-compensation", {"bank_share": "30", "bank_cap": "0.5", "insurer_share": "20", "insurer_cap": "1000000"}),
        ("bank-executive-reward", {"first": "300000", "second": "200000", "third": "100000"}),
    ],
)  # fmt: skip
def test_the_rules_worked_out_are_those_of_the_entries(base: KnowledgeBase, code: str, keys: dict[str, str]) -> None:
    """The figures the cases rest on are the entry's own, so that a changed entry is noticed here."""
    figures = {figure.key: figure.value for figure in base.entries[code].figures}

    assert {key: figures[key] for key in keys} == {key: Decimal(value) for key, value in keys.items()}


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("guarantee_fee_subsidy", {"average_fee_rate_percent": None}, "average_fee_rate_percent"),
        ("guarantee_fee_subsidy", {"year_end_new_outstanding_yuan": "-1"}, "year_end_new_outstanding_yuan"),
        ("guarantee_fee_subsidy", {"year_end_new_outstanding_yuan": "不知道"}, "year_end_new_outstanding_yuan"),
        ("guarantee_fee_subsidy", {"average_fee_rate_percent": "0.5%"}, "average_fee_rate_percent"),
        ("risk_compensation", {"base_yuan": "0"}, "base_yuan"),
        ("risk_compensation", {"base_yuan": None}, "base_yuan"),
        ("risk_compensation", {"payments_yuan": "13万2"}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": True}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": "1,000"}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": "１００"}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": "NaN"}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": float("inf")}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": "1e999999"}, "payments_yuan"),
        ("risk_compensation", {"payments_yuan": 10**400}, "payments_yuan"),
        ("risk_compensation", {"leverage_coefficient": "0"}, "leverage_coefficient"),
        ("risk_compensation", {"base": "1"}, "base"),
        ("capital_incentive", {"registered_capital_yuan": "0"}, "registered_capital_yuan"),
        ("capital_incentive", {"monthly_average_balance_yuan": None, "monthly_balances_yuan": ["1"] * 11}, "monthly_balances_yuan"),
        ("small_loan_insurance_subsidy", {"annualised_premium_rate_percent": None}, "annualised_premium_rate_percent"),
        ("small_loan_insurance_subsidy", {"annualised_premium_rate_percent": None, "period_premium_rate_percent": "0.6"}, "policy_months"),
        ("supply_chain_reward", {"deals": "2.5"}, "deals"),
        ("supply_chain_reward", {"deals": None}, "deals"),
        ("supply_chain_reward", {"deals_per_firm": 3}, "deals"),
        ("securitisation", {"part": "other"}, "part"),
        ("securitisation", {"interest_paid_yuan": None}, "interest_paid_yuan"),
        ("product_risk_compensation", {"side": None}, "side"),
        ("product_risk_compensation", {"principal_losses_by_bank_yuan": {"甲银行": None}}, "principal_losses_by_bank_yuan"),
        ("product_risk_compensation", {"side": "insurer", "premium_income_yuan": None}, "premium_income_yuan"),
        ("bank_executive_reward", {"rank_by_item": {"山区5县普惠信贷": "并列第1"}}, "rank_by_item"),
        ("bank_executive_reward", {"rank_by_item": {"山区5县普惠信贷": "1.5"}}, "rank_by_item"),
        ("bank_executive_reward", {"rank_by_item": {"绿色信贷": 1}}, "rank_by_item"),
        ("bank_executive_reward", {"rank_by_item": {}}, "rank_by_item"),
        ("loan_cost", {"principal_yuan": "0"}, "principal_yuan"),
        ("loan_cost", {"principal_yuan": "100.001"}, "principal_yuan"),
        ("loan_cost", {"annual_rate_percent": None}, "annual_rate_percent"),
        ("loan_cost", {"annual_rate_percent": "月息三厘"}, "annual_rate_percent"),
        ("loan_cost", {"months": 0}, "months"),
        ("loan_cost", {"months": "1.5"}, "months"),
        ("loan_cost", {"months": 601}, "months"),
        ("loan_cost", {"method": "随借随还"}, "method"),
        ("loan_cost", {"method": "balloon"}, "method"),
        ("loan_cost", {"guarantee_fee": "0.5"}, "guarantee_fee"),
        ("loan_cost", {"guarantee_fee": {"rate_percent": "0.5", "basis": "yearly"}}, "guarantee_fee.basis"),
        ("loan_cost", {"interest_subsidy": {"kind": "points", "share_percent": "5"}}, "interest_subsidy.share_percent"),
        ("loan_cost", {"fee_subsidy": {"kind": "share_of_fee", "share_percent": "50"}}, "guarantee_fee"),
        ("loan_cost", {"interest_subsidy": {"kind": "points", "points_percent": "1", "valid_to": "去年"}}, "interest_subsidy.valid_to"),
        ("household_net_worth", {"assets_yuan": {}}, "assets_yuan"),
        ("household_net_worth", {"liabilities_yuan": None}, "liabilities_yuan"),
        ("household_net_worth", {"assets_yuan": {"农房": "二十万"}}, "assets_yuan"),
        ("insurance_farmer_share", {"units": "0"}, "units"),
        ("insurance_farmer_share", {"premium_per_unit_yuan": None, "farmer_share_percent": None}, "premium_per_unit_yuan"),
        ("insurance_farmer_share", {"shares_percent": {"central": "60", "province": "50"}}, "shares_percent"),
        ("insurance_farmer_share", {"total_premium_yuan": "5"}, "total_premium_yuan"),
        ("insurance_farmer_share", {"line": "苍南2024水稻", "crop": "早稻", "top_up_cover_yuan": "300"}, "top_up_cover_yuan"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_used_is_refused_in_one_sentence(name: str, change: dict[str, Any], field: str) -> None:
    """The sentence names the field and gives an example; nothing is guessed and nothing becomes 0."""
    with pytest.raises(InputError) as refused:
        calculate(name, {**example(name), **change}, TODAY)

    said = str(refused.value)
    assert refused.value.field == field
    assert said.startswith(field)
    assert "例如" in said
    assert said.endswith("。")
    assert "\n" not in said


@pytest.mark.parametrize("raw", [None, [], "1", 3, {"base_yuan": []}])
def test_what_is_no_object_of_inputs_is_refused(raw: Any) -> None:
    """A list, a word or nothing at all is no input."""
    with pytest.raises(InputError):
        calculate("risk_compensation", raw, TODAY)


@pytest.mark.parametrize("name", ["nothing", None, ["loan_cost"]])
def test_an_unknown_calculator_is_named(name: Any) -> None:
    """The sentence lists what there is."""
    with pytest.raises(InputError, match="guarantee_fee_subsidy"):
        calculate(name, {}, TODAY)


@pytest.mark.parametrize("name", CALCULATORS)
def test_leaving_any_given_input_out_never_makes_a_zero(name: str) -> None:
    """Each input of the example is taken away in turn: refused, UNDETERMINED or not said, but no amount becomes 0."""
    told = example(name)
    for missing in told:
        for unknown in ("absent", None, "不知道"):
            less = {key: value for key, value in told.items() if key != missing}
            try:
                result = answered(name, less if unknown == "absent" else {**less, missing: unknown})
            except InputError:
                continue
            amounts = {key: result[key] for key in result if key.endswith("_yuan") and isinstance(result[key], str)}
            zeros = {key for key, amount in amounts.items() if amount in ("0", "0.00")}
            assert zeros <= {key for key, amount in answered(name, told).items() if amount in ("0", "0.00")}, missing


@settings(deadline=None)
@given(
    st.sampled_from(sorted(CALCULATORS)),
    st.dictionaries(
        st.sampled_from(sorted({item.name for calculator in CALCULATORS.values() for item in calculator.inputs})),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
            max_leaves=5,
        ),
        max_size=4,
    ),
)
def test_no_input_whatever_breaks_a_calculator(name: str, change: dict[str, Any]) -> None:
    """Anything put over the example is worked out or refused with a sentence, never an exception of another kind."""
    declared = {item.name for item in CALCULATORS[name].inputs}
    told = {**example(name), **{key: value for key, value in change.items() if key in declared}}
    said = sentence_or_json(name, told)

    assert said.endswith(("。", "}"))


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=10**13), st.integers(min_value=-2, max_value=2))
def test_fee_tiers_are_exact_at_their_edges(balance_cents: int, off: int) -> None:
    """Two hundredths of a percent around 0.5, 0.7 and 0.9 fall in the tier the words 以下 say."""
    balance = Decimal(balance_cents) / 100
    for edge, at_or_below, above in (("0.5", "0.6", "0.4"), ("0.7", "0.4", "0.2"), ("0.9", "0.2", "0")):
        fee = Decimal(edge) + Decimal(off) / 100
        result = answered(
            "guarantee_fee_subsidy",
            {"average_fee_rate_percent": str(fee), "year_end_new_outstanding_yuan": str(balance)},
        )
        assert result["subsidy_rate_percent"] == (at_or_below if off <= 0 else above)


def test_a_fee_as_large_as_the_loan_has_no_yearly_rate() -> None:
    """Who gets nothing in hand pays no rate that can be written: UNDETERMINED with its reason, the money still exact."""
    fee = {"rate_percent": "100", "basis": "once_on_principal"}
    result = answered("loan_cost", {**example("loan_cost"), "guarantee_fee": fee})

    assert result["effective_annual_cost_percent"]["after_subsidy"] == "UNDETERMINED"
    assert result["total_fee_yuan"] == "100000.00"
    assert any("算不出" in note for note in result["notes"])


def test_a_subsidy_larger_than_the_interest_gives_a_rate_below_nothing() -> None:
    """100 000 for a year at 1 % with 2 % paid back: 101 000 − 2000 = 99 000, −1 %, and a note to check."""
    told = {"principal_yuan": "100000", "annual_rate_percent": "1", "months": 12, "method": "bullet"}
    result = answered("loan_cost", {**told, "interest_subsidy": {"kind": "rate_of_principal", "rate_percent": "2"}})

    assert result["effective_annual_cost_percent"] == {"before_subsidy": "1.0000", "after_subsidy": "-1.0000"}
    assert result["net_cost_yuan"] == "-1000.00"
    assert any("请核对" in note for note in result["notes"])


def test_a_number_and_its_text_are_the_same() -> None:
    """JSON numbers and decimal strings give one result, 0.1 included."""
    text = answered("supply_chain_reward", {"firms_financed": "5", "deals": "10", "confirmed_financing_yuan": "0.1"})
    number = answered("supply_chain_reward", {"firms_financed": 5, "deals": 10, "confirmed_financing_yuan": 0.1})
    assert text == number
