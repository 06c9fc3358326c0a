"""What is added to and taken off a loan: guarantee fee, insurance premium, fee subsidy, interest subsidy (贴息)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from knowledge.calculators.repayment import Method, Period, Terms, month_of
from knowledge.calculators.result import HUNDRED, added, to_cent

_MONTHLY = Decimal(1200)


class FeeBasis(StrEnum):
    """Whether a fee is a share of the loan once, or for every year of it."""

    ONCE = "once_on_principal"
    PER_YEAR = "per_year_on_principal"


class SubsidyKind(StrEnum):
    """What a subsidy is a share of."""

    POINTS = "points"
    RATE_OF_PRINCIPAL = "rate_of_principal"
    SHARE_OF_INTEREST = "share_of_interest"
    SHARE_OF_FEE = "share_of_fee"


@dataclass(frozen=True, slots=True)
class Fee:
    """A guarantee fee (担保费) or a premium, all paid when the loan is handed out."""

    rate_percent: Decimal
    basis: FeeBasis

    def amount(self, terms: Terms) -> Decimal:
        """Rounded once."""
        if self.basis is FeeBasis.ONCE:
            return to_cent(terms.principal * self.rate_percent / HUNDRED)
        return to_cent(terms.principal * self.rate_percent * terms.months / _MONTHLY)


@dataclass(frozen=True, slots=True)
class Subsidy:
    """One subsidy to the borrower; outside its own dates it gives nothing."""

    kind: SubsidyKind
    percent: Decimal
    max_months: int | None = None
    cap_yuan: Decimal | None = None
    max_share_of_contract_rate_percent: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies within the printed dates, both inclusive."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day <= self.valid_to)


def fee_subsidy(subsidy: Subsidy, terms: Terms, fee: Decimal) -> Decimal:
    """Never more than the fee."""
    base = fee if subsidy.kind is SubsidyKind.SHARE_OF_FEE else terms.principal
    amount = base * subsidy.percent / HUNDRED
    if subsidy.cap_yuan is not None:
        amount = min(amount, subsidy.cap_yuan)
    return min(to_cent(amount), fee)


def points_of(subsidy: Subsidy, terms: Terms) -> Decimal:
    """The points after their own limit, a share of the contract rate."""
    if subsidy.max_share_of_contract_rate_percent is None:
        return subsidy.percent
    return min(subsidy.percent, terms.annual_rate_percent * subsidy.max_share_of_contract_rate_percent / HUNDRED)


def interest_subsidies(subsidy: Subsidy, terms: Terms, periods: Sequence[Period]) -> list[Decimal]:
    """What is credited on each payment date."""
    if subsidy.kind is SubsidyKind.POINTS:
        return _within(_points(subsidy, terms, periods), subsidy.cap_yuan)
    if subsidy.kind is SubsidyKind.RATE_OF_PRINCIPAL:
        flat = to_cent(terms.principal * subsidy.percent / HUNDRED)
        return _within([*[Decimal(0)] * (len(periods) - 1), flat], subsidy.cap_yuan)
    total = to_cent(added(period.interest for period in periods) * subsidy.percent / HUNDRED)
    parts = [to_cent(period.interest * subsidy.percent / HUNDRED) for period in periods[:-1]]
    rest = max(total - added(parts), Decimal(0))  # the last period takes the remainder
    return _within(_within([*parts, rest], total), subsidy.cap_yuan)


def _points(subsidy: Subsidy, terms: Terms, periods: Sequence[Period]) -> list[Decimal]:
    points = points_of(subsidy, terms)
    months = len(periods) if subsidy.max_months is None else min(subsidy.max_months, len(periods))
    if terms.method is Method.BULLET:
        once = to_cent(terms.principal * points * months / _MONTHLY)
        return [*[Decimal(0)] * (len(periods) - 1), once]
    return [month_of(period.opening, points) if period.number <= months else Decimal(0) for period in periods]


def _within(amounts: list[Decimal], cap: Decimal | None) -> list[Decimal]:
    """Cut off where the running total reaches the cap."""
    if cap is None:
        return amounts
    left, kept = cap, []
    for amount in amounts:
        kept.append(min(amount, left))
        left -= kept[-1]
    return [to_cent(amount) for amount in kept]
