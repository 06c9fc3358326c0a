"""Read a loan with its fees and subsidies; a part that is not known stays named as such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.calculators.inputs import Fields, Input
from knowledge.calculators.loan import Loan
from knowledge.calculators.repayment import METHOD_WORDS, Method, Terms
from knowledge.calculators.support import Fee, FeeBasis, Subsidy, SubsidyKind

MOST_MONTHS = 600
BASIS_WORDS = {"once_on_principal": "按贷款额收一次", "per_year_on_principal": "按贷款额一年收一次"}
FEE_KINDS = {"rate_of_principal": "按贷款额的百分之几", "share_of_fee": "按担保费的几成"}
INTEREST_KINDS = {
    "points": "贴几个点",
    "rate_of_principal": "按贷款额的百分之几",
    "share_of_interest": "按利息的几成",
}
PART_WORDS = {"guarantee_fee": "担保费", "fee_subsidy": "担保费补贴", "interest_subsidy": "贴息"}
INPUTS = (
    Input("principal_yuan", "贷款额，元", '"100000"', required=True),
    Input("annual_rate_percent", "年利率，%", '"4.35"', required=True),
    Input("months", "几个月", "12", required=True),
    Input("method", "还款方式", '"equal_instalment"', required=True),
    Input("guarantee_fee", "担保费", '{"rate_percent": "0.5", "basis": "once_on_principal"}'),
    Input("fee_subsidy", "担保费补贴", '{"kind": "rate_of_principal", "rate_percent": "0.3"}'),
    Input("interest_subsidy", "贴息", '{"kind": "points", "points_percent": "2", "max_months": 12}'),
    Input("rate_includes_guarantee_fee", "利率里是不是已经含担保费", "false"),
)
_FEE = (
    Input("rate_percent", "费率，%", '"0.5"', required=True),
    Input("basis", "怎么收", '"once_on_principal"', required=True),
)
_DATES = (
    Input("valid_from", "从哪天起", '"2023-11-18"'),
    Input("valid_to", "到哪天止", '"2024-12-31"'),
)
_RATE = Input("rate_percent", "占贷款额的百分之几", '"1"')
_SHARE = Input("share_percent", "几成，%", '"50"')
_FEE_SUBSIDY = (Input("kind", "怎么补", '"rate_of_principal"', required=True), _RATE, _SHARE, *_DATES)
_INTEREST_SUBSIDY = (
    Input("kind", "怎么贴", '"points"', required=True),
    Input("points_percent", "贴几个点，%", '"2"'),
    _RATE,
    _SHARE,
    Input("max_months", "最多贴几个月", "24"),
    Input("cap_yuan", "最多贴多少钱，元", '"20000"'),
    Input("max_share_of_contract_rate_percent", "贴息不超过合同利率的几成，%", '"50"'),
    *_DATES,
)


@dataclass(frozen=True, slots=True)
class LoanRead:
    """A loan as told: what is known, which parts were named but not known, and which subsidies are over."""

    loan: Loan
    unknown: frozenset[str]
    over: tuple[str, ...]
    fee_inside_rate: bool


def read_loan(fields: Fields, on: date) -> LoanRead:
    """The loan of `fields`; a subsidy outside its dates on `on` is left out and named in `over`."""
    terms = read_terms(fields)
    unknown = {name for name in PART_WORDS if fields.said_unknown(name)}
    fee = None if "guarantee_fee" in unknown else _fee(fields, unknown)
    inside = fields.flag("rate_includes_guarantee_fee")
    if inside is None and fields.said_unknown("rate_includes_guarantee_fee") and fee is not None:
        unknown.add("guarantee_fee")
    if inside:
        fee = None
        unknown.discard("guarantee_fee")
    fee_help = _subsidy(fields, "fee_subsidy", _FEE_SUBSIDY, FEE_KINDS, unknown)
    interest_help = _subsidy(fields, "interest_subsidy", _INTEREST_SUBSIDY, INTEREST_KINDS, unknown)
    if fee_help and not inside and not fields.given("guarantee_fee") and "guarantee_fee" not in unknown:
        raise fields.bad("guarantee_fee", "没有填，填了担保费补贴就要填担保费")
    over = [
        name
        for name, part in (("fee_subsidy", fee_help), ("interest_subsidy", interest_help))
        if part and not part.holds_on(on)
    ]
    loan = Loan(
        terms,
        guarantee_fee=fee,
        fee_subsidy=None if "fee_subsidy" in over else fee_help,
        interest_subsidy=None if "interest_subsidy" in over else interest_help,
    )
    return LoanRead(loan, frozenset(unknown), tuple(over), bool(inside))


def read_terms(fields: Fields) -> Terms:
    """Principal, rate, months and method."""
    principal = fields.positive("principal_yuan")
    if principal != principal.quantize(Decimal("0.01")):
        raise fields.bad("principal_yuan", "最多写到分")
    if fields.text("method") in ("revolving", "随借随还"):
        raise fields.bad("method", "不能填随借随还：它按实际用款的天数计息，用几天算几天，要看银行的还款单，这里不算")
    method = Method(fields.choice("method", METHOD_WORDS))
    rate = fields.percent("annual_rate_percent")
    return Terms(principal, rate, fields.count("months", 1, MOST_MONTHS), method)


def read_fee(fields: Fields, name: str) -> Fee:
    """The fee under `name`."""
    part = fields.part(name, _FEE)
    return Fee(part.percent("rate_percent"), FeeBasis(part.choice("basis", BASIS_WORDS)))


def _fee(fields: Fields, unknown: set[str]) -> Fee | None:
    if not fields.given("guarantee_fee"):
        return None
    part = fields.part("guarantee_fee", _FEE)
    if part.given("rate_percent") and part.given("basis"):
        return read_fee(fields, "guarantee_fee")
    unknown.add("guarantee_fee")
    return None


def _subsidy(
    fields: Fields, name: str, declared: Sequence[Input], kinds: Mapping[str, str], unknown: set[str]
) -> Subsidy | None:
    if not fields.given(name):
        return None
    part = fields.part(name, declared)
    kind = SubsidyKind(part.choice("kind", kinds))
    rate_name = {SubsidyKind.POINTS: "points_percent", SubsidyKind.RATE_OF_PRINCIPAL: "rate_percent"}.get(
        kind, "share_percent"
    )
    for other in ("points_percent", "rate_percent", "share_percent"):
        if other != rate_name and any(item.name == other for item in declared) and part.given(other):
            raise part.bad(other, f"和 kind 对不上，{kinds[kind.value]}要填 {rate_name}")
    if not part.given(rate_name):
        unknown.add(name)
        return None
    limits = _limits(part) if name == "interest_subsidy" else (None, None, None)
    return Subsidy(kind, part.percent(rate_name), *limits, part.day("valid_from"), part.day("valid_to"))


def _limits(part: Fields) -> tuple[int | None, Decimal | None, Decimal | None]:
    months = part.count("max_months", 1, MOST_MONTHS) if part.given("max_months") else None
    cap = part.number("cap_yuan") if part.given("cap_yuan") else None
    name = "max_share_of_contract_rate_percent"
    return months, cap, part.percent(name) if part.given(name) else None
