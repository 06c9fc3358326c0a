"""What a calculation gives back: its figures, every step with its clause, who gets the money, status and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from knowledge.entries import Payee, Status
from knowledge.rendering import plain
from knowledge.vocabulary import PAYEES

UNDETERMINED = "UNDETERMINED"
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
FOUR_PLACES = Decimal("0.0001")
EXACT = Context(prec=90, rounding=ROUND_HALF_UP)  # wide enough that no product of two inputs is ever rounded

PAYEE_WORDS = {**PAYEES, Payee.OTHER: "发行机构"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: the formula in words, the numbers put in, what came out and where the rule stands."""

    formula: str
    numbers: str
    clause: str
    result: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """The step with its keys spelled out."""
        return {"formula": self.formula, "numbers": self.numbers, "result": self.result, "clause": self.clause}


@dataclass(frozen=True, slots=True)
class Result:
    """One finished calculation; `values` are the figures under their published names, money and rates as text."""

    calculator: str
    values: Mapping[str, Any]
    steps: tuple[Step, ...]
    payee: tuple[Payee, ...]
    status: Status
    as_of: date
    stage: str | None
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The result as other programs read it."""
        return {
            "calculator": self.calculator,
            "as_of": self.as_of.isoformat(),
            "status": self.status.value,
            "stage": self.stage,
            "payee": [payee.value for payee in self.payee],
            **self.values,
            "steps": [step.as_json() for step in self.steps],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Worked:
    """What a calculator works out before day and status are put on it."""

    values: Mapping[str, Any]
    steps: tuple[Step, ...]
    payee: tuple[Payee, ...]
    notes: tuple[str, ...] = ()


def to_cent(amount: Decimal) -> Decimal:
    """Rounded half-up to the cent (分)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """An amount of yuan as text, rounded half-up to the cent."""
    return f"{to_cent(amount):f}"


def four_places(figure: Decimal) -> str:
    """A display figure to four places."""
    rounded = figure.quantize(FOUR_PLACES, ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:f}"


def rough(figure: Decimal) -> str:
    """A figure for the working: as it is when short, else to six places with 约."""
    short = figure.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return plain(short) if short == figure else f"约 {plain(short)}"


def added(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, a Decimal even of nothing."""
    return sum(amounts, Decimal(0))
