"""What the tables of all aggregates share: their register, and moments that mean the same on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, MetaData, or_
from sqlalchemy.types import TypeDecorator

metadata = MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment, kept as whole microseconds since 1970 in UTC; a moment without a time zone is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Python moment to stored number."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Stored number to Python moment in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def lies_in(column: Column[Any], villages: Sequence[str]) -> ColumnElement[bool]:
    """Whether a place (县市区/镇街/村) is one of these or lies in one of them."""
    below = [column.startswith(f"{village}/", autoescape=True) for village in villages]
    return or_(column.in_(villages), *below)


def to_microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970 in UTC."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment of the ledger needs a time zone: {moment!r}")
    return (moment - _EPOCH) // _MICROSECOND
