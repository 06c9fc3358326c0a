"""The whole cost of a loan: plan, fees, subsidies, net cost and the yearly rate before and after the subsidies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from knowledge.calculators.repayment import Period, Terms, repay, total_interest
from knowledge.calculators.result import added
from knowledge.calculators.support import Fee, Subsidy, fee_subsidy, interest_subsidies
from knowledge.calculators.yearly_rate import effective_percent, monthly_rate


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan with everything that is added and taken off; what does not apply is None."""

    terms: Terms
    guarantee_fee: Fee | None = None
    insurance_premium: Fee | None = None
    fee_subsidy: Subsidy | None = None
    interest_subsidy: Subsidy | None = None


@dataclass(frozen=True)
class LoanCost:
    """What the loan costs, exact to the cent; each of its two rates is sought once."""

    terms: Terms
    periods: tuple[Period, ...]
    fee: Decimal
    premium: Decimal
    fee_subsidy: Decimal
    interest_subsidies: tuple[Decimal, ...]

    @property
    def interest(self) -> Decimal:
        return total_interest(self.periods)

    @property
    def interest_subsidy(self) -> Decimal:
        return added(self.interest_subsidies)

    @property
    def net_cost(self) -> Decimal:
        return self.interest + self.fee + self.premium - self.fee_subsidy - self.interest_subsidy

    @property
    def simple_annual_percent(self) -> Decimal:
        """Net cost over the average balance, a year."""
        return self.net_cost * 1200 / added(period.opening for period in self.periods)

    def monthly(self, *, after_subsidy: bool) -> Decimal | None:
        """The monthly rate of the borrower's flows; None where they have none."""
        return self._monthly_after if after_subsidy else self._monthly_before

    @cached_property
    def _monthly_before(self) -> Decimal | None:
        return monthly_rate([self._handed_out, *(-period.payment for period in self.periods)])

    @cached_property
    def _monthly_after(self) -> Decimal | None:
        if not self.fee_subsidy and not self.interest_subsidy:
            return self._monthly_before
        paid = zip(self.periods, self.interest_subsidies, strict=True)
        return monthly_rate([self._handed_out + self.fee_subsidy, *(credit - month.payment for month, credit in paid)])

    @property
    def _handed_out(self) -> Decimal:
        return self.terms.principal - self.fee - self.premium

    def effective(self, *, after_subsidy: bool) -> Decimal | None:
        """The effective yearly cost in percent."""
        monthly = self.monthly(after_subsidy=after_subsidy)
        return None if monthly is None else effective_percent(monthly)


def cost_of(loan: Loan) -> LoanCost:
    """Work the loan out."""
    periods = repay(loan.terms)
    fee = loan.guarantee_fee.amount(loan.terms) if loan.guarantee_fee else Decimal(0)
    premium = loan.insurance_premium.amount(loan.terms) if loan.insurance_premium else Decimal(0)
    off_fee = fee_subsidy(loan.fee_subsidy, loan.terms, fee) if loan.fee_subsidy else Decimal(0)
    credited: Sequence[Decimal] = [Decimal(0)] * len(periods)
    if loan.interest_subsidy:
        credited = interest_subsidies(loan.interest_subsidy, loan.terms, periods)
    return LoanCost(loan.terms, periods, fee, premium, off_fee, tuple(credited))
