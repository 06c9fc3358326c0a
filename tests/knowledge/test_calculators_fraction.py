"""A second implementation with Fraction, written from the rules alone, agrees with the calculators to the cent."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.calculators import calculate

TODAY = date(2026, 11, 23)
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "calculators.yaml").read_text(encoding="utf-8"))
METHODS = ("equal_instalment", "equal_principal", "interest_only", "bullet")
MONEY = st.integers(min_value=1, max_value=10**11).map(lambda cents: Decimal(cents) / 100)
RATES = st.integers(min_value=0, max_value=3600).map(lambda basis: Decimal(basis) / 100)


def cents(amount: Fraction) -> Fraction:
    """Half-up to the cent."""
    return Fraction((amount * 200 + 1) // 2, 100)


def share(percent: Any) -> Fraction:
    """A percentage as a share."""
    return Fraction(str(percent)) / 100


def plan(told: dict[str, Any]) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Opening balance, principal and interest of every month."""
    owed, months = Fraction(str(told["principal_yuan"])), int(told["months"])
    yearly = share(told["annual_rate_percent"])
    monthly = yearly / 12
    if told["method"] == "bullet":
        idle = [(owed, Fraction(0), Fraction(0))] * (months - 1)
        return [*idle, (owed, owed, cents(owed * yearly * months / 12))]
    level = owed / months
    if told["method"] == "equal_instalment" and monthly:
        level = owed * monthly / (1 - 1 / (1 + monthly) ** months)
    rows, left = [], owed
    for month in range(months, 0, -1):
        interest = cents(left * monthly)
        paid = {
            "equal_instalment": cents(level) - interest,
            "equal_principal": cents(level),
            "interest_only": Fraction(0),
        }[told["method"]]
        paid = left if month == 1 else min(paid, left)
        rows.append((left, paid, interest))
        left -= paid
    return rows


def fees(told: dict[str, Any]) -> tuple[Fraction, Fraction]:
    """Guarantee fee and what is taken off it."""
    principal, months = Fraction(str(told["principal_yuan"])), int(told["months"])
    fee = Fraction(0)
    asked = told.get("guarantee_fee")
    if asked and not told.get("rate_includes_guarantee_fee"):
        years = Fraction(months, 12) if asked["basis"] == "per_year_on_principal" else 1
        fee = cents(principal * share(asked["rate_percent"]) * years)
    off = told.get("fee_subsidy")
    if not off:
        return fee, Fraction(0)
    wanted = (
        fee * share(off["share_percent"]) if off["kind"] == "share_of_fee" else principal * share(off["rate_percent"])
    )
    return fee, min(fee, cents(wanted))


def credited(told: dict[str, Any], rows: list[tuple[Fraction, Fraction, Fraction]]) -> Fraction:
    """The interest subsidy in all."""
    rule = told.get("interest_subsidy")
    if not rule:
        return Fraction(0)
    principal = Fraction(str(told["principal_yuan"]))
    if rule["kind"] == "rate_of_principal":
        return cents(principal * share(rule["rate_percent"]))
    if rule["kind"] == "share_of_interest":
        return cents(sum(interest for _, _, interest in rows) * share(rule["share_percent"]))
    points = share(rule["points_percent"])
    if rule.get("max_share_of_contract_rate_percent"):
        points = min(points, share(told["annual_rate_percent"]) * share(rule["max_share_of_contract_rate_percent"]))
    months = min(int(rule.get("max_months") or len(rows)), len(rows))
    if told["method"] == "bullet":
        total = cents(principal * points * months / 12)
    else:
        total = sum((cents(opening * points / 12) for opening, _, _ in rows[:months]), Fraction(0))
    return min(total, Fraction(str(rule["cap_yuan"]))) if rule.get("cap_yuan") else total


def agrees(told: dict[str, Any]) -> None:
    """All exact figures of a loan are those of the second implementation."""
    result = calculate("loan_cost", told, TODAY).as_json()
    rows = plan(told)
    fee, off = fees(told)
    interest, subsidy = sum((row[2] for row in rows), Fraction(0)), credited(told, rows)
    exact = {
        "total_interest_yuan": interest,
        "total_fee_yuan": fee,
        "fee_subsidy_yuan": off,
        "interest_subsidy_yuan": subsidy,
        "net_cost_yuan": interest + fee - off - subsidy,
        "total_payment_yuan": interest + Fraction(str(told["principal_yuan"])),
    }
    assert {name: Fraction(result[name]) for name in exact} == exact
    assert [(Fraction(row[2]), Fraction(row[3])) for row in result["schedule"]] == [row[1:] for row in rows]


def present_value(result: dict[str, Any], handed_out: Fraction, yearly_percent: str) -> float:
    """What the flows are worth at a yearly rate, by a third way: floats and powers."""
    growth = (1 + float(yearly_percent) / 100) ** (1 / 12)
    return float(handed_out) - sum(float(row[1]) / growth ** row[0] for row in result["schedule"])


@pytest.mark.parametrize(
    "case",
    [case for case in CASES["loans"] if "UNDETERMINED" not in str(case["expect"]) and "valid_to" not in str(case)],
    ids=lambda case: case["name"],
)
def test_hand_cases_agree_with_the_second_implementation(case: dict[str, Any]) -> None:
    """The cases worked by hand come out the same a second way."""
    agrees(case["input"])


@settings(deadline=None)
@given(MONEY, RATES, st.integers(min_value=1, max_value=120), st.sampled_from(METHODS))
@example(Decimal("6"), Decimal("1"), 1, "equal_instalment")
@example(Decimal("0.05"), Decimal("0"), 10, "equal_principal")
@example(Decimal("100000.33"), Decimal("0"), 7, "equal_instalment")
@example(Decimal("0.01"), Decimal("36"), 120, "equal_instalment")
def test_schedules_sum_to_the_cent(principal: Decimal, rate: Decimal, months: int, method: str) -> None:
    """For every method, 0 % and one month included: principals add up, the balance ends at 0, nothing is negative."""
    told = {"principal_yuan": str(principal), "annual_rate_percent": str(rate), "months": months, "method": method}
    result = calculate("loan_cost", told, TODAY).as_json()
    rows = [[Decimal(cell) for cell in row] for row in result["schedule"]]

    assert [row[0] for row in rows] == list(range(1, months + 1))
    assert sum(row[2] for row in rows) == principal
    assert sum(row[3] for row in rows) == Decimal(result["total_interest_yuan"])
    assert sum(row[1] for row in rows) == Decimal(result["total_payment_yuan"])
    assert all(row[1] == row[2] + row[3] and min(row) >= 0 for row in rows)
    assert rows[-1][4] == 0
    agrees(told)


@settings(deadline=None)
@given(
    st.integers(min_value=100_000, max_value=10**9).map(lambda amount: Decimal(amount) / 100),
    RATES,
    st.integers(min_value=1, max_value=60),
    st.sampled_from(METHODS),
    st.none()
    | st.fixed_dictionaries(
        {
            "rate_percent": st.sampled_from(("0", "0.5", "1.2")),
            "basis": st.sampled_from(("once_on_principal", "per_year_on_principal")),
        }
    ),
    st.none()
    | st.just({"kind": "rate_of_principal", "rate_percent": "0.3"})
    | st.just({"kind": "share_of_fee", "share_percent": "33"}),
    st.none()
    | st.fixed_dictionaries(
        {"kind": st.just("points"), "points_percent": st.sampled_from(("0.5", "2", "1.75"))},
        optional={
            "max_months": st.integers(min_value=1, max_value=36),
            "cap_yuan": st.sampled_from(("100", "2500.50")),
            "max_share_of_contract_rate_percent": st.sampled_from(("50", "33.3")),
        },
    )
    | st.just({"kind": "rate_of_principal", "rate_percent": "1"})
    | st.just({"kind": "share_of_interest", "share_percent": "33"}),
)
def test_every_fee_and_subsidy_agrees(
    principal: Decimal, rate: Decimal, months: int, method: str, fee: Any, off: Any, subsidy: Any
) -> None:
    """Any fee with any subsidy: total by total, the two implementations are the same."""
    told = {
        "principal_yuan": str(principal),
        "annual_rate_percent": str(rate),
        "months": months,
        "method": method,
        "guarantee_fee": fee,
        "fee_subsidy": off if fee else None,
        "interest_subsidy": subsidy,
    }
    agrees(told)


@settings(deadline=None)
@given(
    st.integers(min_value=10_000, max_value=10**6),
    st.integers(min_value=0, max_value=3600).map(lambda basis: Decimal(basis) / 100),
    st.integers(min_value=1, max_value=120),
    st.sampled_from(METHODS),
    st.sampled_from(("0", "0.5", "3")),
)
def test_the_effective_rate_makes_the_flows_worth_nothing(
    principal: int, rate: Decimal, months: int, method: str, fee: str
) -> None:
    """At five thousandths of a percent around the rate said, what is received and what is paid change sides."""
    told = {
        "principal_yuan": principal,
        "annual_rate_percent": str(rate),
        "months": months,
        "method": method,
        "guarantee_fee": {"rate_percent": fee, "basis": "once_on_principal"},
    }
    result = calculate("loan_cost", told, TODAY).as_json()
    said = Decimal(result["effective_annual_cost_percent"]["before_subsidy"])
    handed_out = principal - Fraction(result["total_fee_yuan"])

    below, above = (present_value(result, handed_out, str(said + off)) for off in (Decimal("-0.005"), Decimal("0.005")))
    assert below < 0 < above


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(MONEY, st.integers(min_value=0, max_value=20000).map(lambda n: Decimal(n) / 10000)),
        min_size=1,
        max_size=6,
    ),
    MONEY,
)
def test_weighted_fee_tiers_agree(business: list[tuple[Decimal, Decimal]], balance: Decimal) -> None:
    """Fee subsidy (第七条) from weighted averages that are never rounded before they are compared."""
    rows = [{"issued_yuan": str(issued), "fee_rate_percent": str(fee)} for issued, fee in business]
    result = calculate(
        "guarantee_fee_subsidy", {"business_issued_in_year": rows, "year_end_new_outstanding_yuan": str(balance)}, TODAY
    ).as_json()
    average = sum(Fraction(i) * Fraction(f) for i, f in business) / sum(Fraction(i) for i, _ in business)
    rate = (
        "0.6"
        if average <= Fraction("0.5")
        else "0.4"
        if average <= Fraction("0.7")
        else "0.2"
        if average <= Fraction("0.9")
        else "0"
    )

    assert result["subsidy_rate_percent"] == rate
    assert Fraction(result["subsidy_yuan"]) == cents(Fraction(balance) * share(rate))


@settings(deadline=None)
@given(MONEY, MONEY, st.sampled_from(("1", "1.2", "0.85")))
def test_payout_bands_agree(base: Decimal, payments: Decimal, coefficient: str) -> None:
    """Risk compensation (第八条): the marginal bands as one piecewise line."""
    result = calculate(
        "risk_compensation",
        {"base_yuan": str(base), "payments_yuan": str(payments), "leverage_coefficient": coefficient},
        TODAY,
    ).as_json()
    rate = Fraction(payments) / Fraction(base)
    compensated = Fraction(2, 5) * (min(max(rate, Fraction(1, 100)), Fraction(3, 100)) - Fraction(1, 100))
    compensated += Fraction(3, 10) * (min(max(rate, Fraction(3, 100)), Fraction(5, 100)) - Fraction(3, 100))

    assert Fraction(result["compensation_yuan"]) == cents(compensated * Fraction(base) * Fraction(coefficient))


@pytest.mark.parametrize("edge", [1, 3, 5])
@settings(deadline=None)
@given(base=st.integers(min_value=1, max_value=10**9).map(lambda number: number * 10_000))
def test_payout_edges_are_exact(edge: int, base: int) -> None:
    """One hundredth of a percent either side of 1, 3 and 5 % is paid at the share of its own band."""
    paid = {}
    for off in (-1, 0, 1):
        payments = base * (100 * edge + off) // 10_000
        told = {"base_yuan": base, "payments_yuan": payments}
        paid[off] = Decimal(calculate("risk_compensation", told, TODAY).as_json()["compensation_yuan"])
    step = Decimal(base) / 10_000
    below, above = {1: ("0", "0.4"), 3: ("0.4", "0.3"), 5: ("0.3", "0")}[edge]

    assert paid[0] - paid[-1] == step * Decimal(below)
    assert paid[1] - paid[0] == step * Decimal(above)


@settings(deadline=None)
@given(st.lists(MONEY, min_size=12, max_size=12), MONEY)
def test_capital_incentive_agrees(balances: list[Decimal], capital: Decimal) -> None:
    """Capital incentive (第九条) from twelve balances: the mean is never rounded before it is compared."""
    told = {"monthly_balances_yuan": [str(balance) for balance in balances], "registered_capital_yuan": str(capital)}
    result = calculate("capital_incentive", told, TODAY).as_json()
    mean = sum(Fraction(balance) for balance in balances) / 12

    assert result["qualifies"] is (mean >= 8 * Fraction(capital))
    assert Fraction(result["ceiling_yuan"]) == (cents(mean / 200) if result["qualifies"] else 0)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("甲乙丙丁戊"), MONEY, min_size=1), MONEY)
def test_capped_compensations_agree(losses: dict[str, Decimal], balance: Decimal) -> None:
    """Articles 3 and 5: caps come before the one rounding, firm by firm or product by product."""
    told = {name: str(loss) for name, loss in losses.items()}
    guarantee = calculate("securitisation", {"part": "guarantee_loss", "principal_loss_by_firm_yuan": told}, TODAY)
    bank = calculate(
        "product_risk_compensation",
        {"side": "bank", "principal_losses_by_bank_yuan": told, "citywide_product_balance_yuan": str(balance)},
        TODAY,
    )
    by_firm = sum(min(Fraction(loss) / 5, Fraction(4_000_000)) for loss in losses.values())
    whole = sum(Fraction(loss) for loss in losses.values()) * Fraction(3, 10)

    assert Fraction(guarantee.as_json()["amount_yuan"]) == cents(by_firm)
    assert Fraction(bank.as_json()["total_compensation_yuan"]) == cents(min(whole, Fraction(balance) / 200))


@settings(deadline=None)
@given(MONEY, st.integers(min_value=1, max_value=100_000), st.integers(min_value=1, max_value=100))
def test_insurance_shares_are_rounded_once(premium: Decimal, tenths: int, percent: int) -> None:
    """The household's part is rounded once on the whole, and farmer and government make up the premium."""
    units = Decimal(tenths) / 10
    told = {"premium_per_unit_yuan": str(premium), "units": str(units), "farmer_share_percent": percent}
    result = calculate("insurance_farmer_share", told, TODAY).as_json()
    whole = Fraction(premium) * Fraction(units)

    assert Fraction(result["farmer_pays_yuan"]) == cents(whole * percent / 100)
    assert Fraction(result["government_pays_yuan"]) + Fraction(result["farmer_pays_yuan"]) == cents(whole)
