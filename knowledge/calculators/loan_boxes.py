"""The boxes of a loan with its fee and subsidies, and how their values become the input of `loan_cost`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from knowledge.calculators.fields import NOT_KNOWN, Box, Sort
from knowledge.calculators.loan_inputs import BASIS_WORDS, FEE_KINDS, INTEREST_KINDS
from knowledge.calculators.repayment import METHOD_WORDS
from knowledge.rendering import plain

METHOD_HINTS = {
    "equal_instalment": "等额本息（每月还一样多）",
    "equal_principal": "等额本金（每月本金一样，利息越来越少）",
    "interest_only": "先息后本（每月还利息，最后还本金）",
    "bullet": "到期一次还本付息",
}
REVOLVING = ("revolving", "随借随还")
FEE = (("none", "没有"), ("paid", "有，另外收"), ("inside", "已经含在利率里"), ("unknown", "有，不知道多少"))
NO_HELP, UNKNOWN_HELP = ("none", "没有"), ("unknown", "有，不知道多少")
BASIS_BOX = Box(
    "fee_basis", "担保费怎么收", Sort.CHOICE, example="按贷款额收一次", section="担保费",
    choices=(*BASIS_WORDS.items(), (NOT_KNOWN, NOT_KNOWN)), only_if=("fee", frozenset({"paid"})),
)  # fmt: skip
PRINCIPAL = Box("principal_yuan", "借多少钱", Sort.MONEY, example="10万", unit="元", required=True)
MONTHS = Box("months", "借多久", Sort.MONTHS, example="12个月", unit="个月", hint="写“一年”“半年”也行", required=True)
METHOD = Box(
    "method", "怎么还", Sort.CHOICE, example="等额本息", required=True,
    choices=(*((key, METHOD_HINTS[key]) for key in METHOD_WORDS), REVOLVING),
)  # fmt: skip
RATE = Box(
    "annual_rate_percent", "年利率", Sort.RATE, example="4.35%", unit="% 一年", hint="写“月息三厘”也行", required=True
)
HELP = (
    Box("fee", "担保费", Sort.CHOICE, example="没有", choices=FEE, section="担保费", leave_out="没有"),
    Box(
        "fee_rate", "担保费率", Sort.SHARE, example="0.5%", unit="%", section="担保费",
        only_if=("fee", frozenset({"paid"})),
    ),
    BASIS_BOX,
    Box(
        "fee_help", "担保费有没有人补", Sort.CHOICE, example="没有", section="担保费", leave_out="没有",
        choices=(NO_HELP, *FEE_KINDS.items(), UNKNOWN_HELP), only_if=("fee", frozenset({"paid", "unknown"})),
    ),
    Box(
        "fee_help_percent", "担保费补百分之几", Sort.SHARE, example="0.3%", unit="%", section="担保费",
        only_if=("fee_help", frozenset(FEE_KINDS)),
    ),
    Box(
        "interest_help", "有没有贴息", Sort.CHOICE, example="没有", section="贴息", leave_out="没有",
        choices=(NO_HELP, *INTEREST_KINDS.items(), UNKNOWN_HELP),
    ),
    Box(
        "interest_help_percent", "贴息贴多少", Sort.SHARE, example="2%", unit="%", section="贴息",
        hint="贴几个点就写几", only_if=("interest_help", frozenset(INTEREST_KINDS)),
    ),
    Box(
        "interest_help_months", "最多贴几个月", Sort.MONTHS, example="12个月", unit="个月", section="贴息",
        only_if=("interest_help", frozenset({"points"})), leave_out="没写",
    ),
    Box(
        "interest_help_cap", "最多贴多少钱", Sort.MONEY, example="2万", unit="元", section="贴息",
        only_if=("interest_help", frozenset(INTEREST_KINDS)), leave_out="没写",
    ),
)  # fmt: skip
LOAN_BOXES = (PRINCIPAL, RATE, MONTHS, METHOD, *HELP)
PLACES = {
    "guarantee_fee": "fee_rate",
    "guarantee_fee.rate_percent": "fee_rate",
    "guarantee_fee.basis": "fee_basis",
    "fee_subsidy": "fee_help_percent",
    "interest_subsidy": "interest_help_percent",
    "interest_subsidy.max_months": "interest_help_months",
    "interest_subsidy.cap_yuan": "interest_help_cap",
    "insurance_premium": "premium_rate",
}
_SHARE_NAMES = {"points": "points_percent", "rate_of_principal": "rate_percent"}


def loan_input(values: Mapping[str, Any]) -> dict[str, Any]:
    """`loan_cost` input from the values of the boxes; what was said to be unknown stays 不知道."""
    told = {name: values.get(name) for name in ("principal_yuan", "annual_rate_percent", "months", "method")}
    fee = values.get("fee") or ("paid" if values.get("fee_rate") is not None else "none")
    if fee == "inside":
        told["rate_includes_guarantee_fee"] = True
    elif fee in ("unknown", NOT_KNOWN) or values.get("fee_rate") == NOT_KNOWN:
        told["guarantee_fee"] = NOT_KNOWN
    elif fee == "paid":
        told["guarantee_fee"] = {"rate_percent": values.get("fee_rate"), "basis": _basis(values)}
    if fee not in ("none", "inside"):
        told |= _part("fee_subsidy", "fee_help", values)
    return {name: value for name, value in (told | _interest(values)).items() if value is not None}


def _basis(values: Mapping[str, Any]) -> Any:
    """Once and once a year are the same for twelve months."""
    basis = values.get("fee_basis")
    return "once_on_principal" if values.get("months") == "12" and basis in (None, NOT_KNOWN) else basis


def _interest(values: Mapping[str, Any]) -> dict[str, Any]:
    part = _part("interest_subsidy", "interest_help", values)
    help_ = part.get("interest_subsidy")
    if isinstance(help_, dict):
        for name, box in (("max_months", "interest_help_months"), ("cap_yuan", "interest_help_cap")):
            if values.get(box) not in (None, NOT_KNOWN) and (name != "max_months" or help_["kind"] == "points"):
                help_[name] = values[box]
    return part


def _part(name: str, box: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A subsidy by its kind; nothing where there is none."""
    kind, percent = values.get(box), values.get(f"{box}_percent")
    if kind in (None, "none"):
        return {}
    if kind in ("unknown", NOT_KNOWN) or percent in (None, NOT_KNOWN):
        return {name: NOT_KNOWN}
    return {name: {"kind": kind, _SHARE_NAMES.get(kind, "share_percent"): percent}}


def either_basis(told: dict[str, Any]) -> dict[str, Any]:
    """A fee whose way of being charged is not known as a range: once, or for every year of the loan."""
    fee = told.get("guarantee_fee")
    if not isinstance(fee, dict) or fee.get("basis") not in (None, NOT_KNOWN):
        return told
    rate, months = fee.get("rate_percent"), told.get("months")
    if not isinstance(rate, str) or not isinstance(months, str):
        return told
    ends = sorted((Decimal(rate), Decimal(rate) * Decimal(months) / 12))
    low, high = (plain(end.quantize(Decimal("0.00000001"))) for end in ends)
    return {**told, "guarantee_fee": {"rate_percent": {"low": low, "high": high}, "basis": "once_on_principal"}}
