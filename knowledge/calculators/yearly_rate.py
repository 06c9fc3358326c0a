"""The yearly rate that a borrower's flows amount to (实际年化成本): internal rate of return, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext

_PRECISION = Context(prec=40)
_CLOSE = Decimal("1e-25")
_FARTHEST = Decimal(1_000_000)
_MOST_ROUNDS = 400


def monthly_rate(flows: Sequence[Decimal]) -> Decimal | None:
    """The monthly rate i with Σ flow/(1+i)^k = 0, or None when the borrower's flows have no such rate.

    `flows[0]` is what the borrower gets, later flows are what is paid (negative). The root is sought from i = 0 on the
    side where the cost lies: in v = 1/(1+i), Newton's step inside a bracket, halving it when the step leaves it.
    """
    with localcontext(_PRECISION):
        if flows[0] <= 0:
            return None
        at_zero = sum(flows, Decimal(0))
        if at_zero == 0:
            return Decimal(0)
        low, high = (Decimal(0), Decimal(1)) if at_zero < 0 else (Decimal(1), Decimal(2))
        while at_zero > 0 and _present_value(flows, high)[0] > 0:
            low, high = high, high * 2
            if high > _FARTHEST:
                return None
        guess = high
        for _ in range(_MOST_ROUNDS):
            value, slope = _present_value(flows, guess)
            if value == 0:
                break
            low, high = (guess, high) if value > 0 else (low, guess)
            step = guess - value / slope if slope else low
            following = step if low < step < high else (low + high) / 2
            if abs(following - guess) < _CLOSE:
                guess = following
                break
            guess = following
        return 1 / guess - 1


def effective_percent(monthly: Decimal) -> Decimal:
    """(1+i)^12 − 1 in percent."""
    with localcontext(_PRECISION):
        return ((1 + monthly) ** 12 - 1) * 100


def _present_value(flows: Sequence[Decimal], discount: Decimal) -> tuple[Decimal, Decimal]:
    """Σ flow·v^k and its slope in v, by Horner's rule."""
    value, slope = Decimal(0), Decimal(0)
    for flow in reversed(flows):
        slope = slope * discount + value
        value = value * discount + flow
    return value, slope
