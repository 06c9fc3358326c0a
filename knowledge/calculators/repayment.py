"""Repayment plans (还款计划) of the four methods, to the cent: twelve equal months, no day count."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge.calculators.result import added, to_cent

_CENTS = 100
_MONTHLY = Decimal(1200)  # percent a year to a share a month


class Method(StrEnum):
    """How a loan is paid back."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_ONLY = "interest_only"
    BULLET = "bullet"


METHOD_WORDS = {
    "equal_instalment": "等额本息",
    "equal_principal": "等额本金",
    "interest_only": "先息后本",
    "bullet": "到期一次还本付息",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the loan contract says."""

    principal: Decimal
    annual_rate_percent: Decimal
    months: int
    method: Method


@dataclass(frozen=True, slots=True)
class Period:
    """One month: what is owed at its start, what is paid at its end, what remains."""

    number: int
    opening: Decimal
    principal: Decimal
    interest: Decimal

    @property
    def payment(self) -> Decimal:
        return self.principal + self.interest

    @property
    def balance(self) -> Decimal:
        return self.opening - self.principal


def month_of(balance: Decimal, annual_percent: Decimal) -> Decimal:
    """One month of a yearly percentage on a balance, half-up to the cent; the monthly rate itself is never rounded."""
    return to_cent(balance * annual_percent / _MONTHLY)


def instalment(terms: Terms) -> Decimal:
    """P·r(1+r)^n / ((1+r)^n − 1) rounded half-up, in whole numbers so that no digit is lost; P/n at 0 %."""
    if terms.annual_rate_percent == 0:
        return to_cent(terms.principal / terms.months)
    rate, scale = terms.annual_rate_percent.as_integer_ratio()
    unit = 1200 * scale
    grown, flat = (unit + rate) ** terms.months, unit**terms.months
    cents = int(terms.principal * _CENTS)
    numerator, denominator = cents * rate * grown, unit * (grown - flat)
    return Decimal((2 * numerator + denominator) // (2 * denominator)) / _CENTS


def repay(terms: Terms) -> tuple[Period, ...]:
    """Every month of the loan; the last one repays whatever is left."""
    if terms.method is Method.BULLET:
        return _bullet(terms)
    level = instalment(terms) if terms.method is Method.EQUAL_INSTALMENT else Decimal(0)
    each = to_cent(terms.principal / terms.months)
    balance, periods = terms.principal, []
    for number in range(1, terms.months + 1):
        interest = month_of(balance, terms.annual_rate_percent)
        if number == terms.months:
            principal = balance
        elif terms.method is Method.EQUAL_INSTALMENT:
            principal = min(level - interest, balance)
        else:
            principal = min(each, balance) if terms.method is Method.EQUAL_PRINCIPAL else Decimal(0)
        periods.append(Period(number, balance, principal, interest))
        balance -= principal
    return tuple(periods)


def _bullet(terms: Terms) -> tuple[Period, ...]:
    """Simple interest for the whole term, rounded once, paid with the principal at the end."""
    interest = to_cent(terms.principal * terms.annual_rate_percent * terms.months / _MONTHLY)
    idle = [Period(number, terms.principal, Decimal(0), Decimal(0)) for number in range(1, terms.months)]
    return (*idle, Period(terms.months, terms.principal, terms.principal, interest))


def total_interest(periods: tuple[Period, ...]) -> Decimal:
    """All interest of the plan."""
    return added(period.interest for period in periods)
