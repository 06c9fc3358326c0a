"""What one person has said so far, in order: an answer, a refusal to answer, or nothing at all; never mixed up.

Absent means not asked, `None` means asked and not known (不清楚, 不想说), 0 means none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.values import plain_value


@dataclass(frozen=True, slots=True)
class Answer:
    """One fact as answered; `is_heard` when it was taken from the chat and not from a question."""

    key: str
    value: Any
    is_heard: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The answers of one person, oldest first; immutable."""

    answers: tuple[Answer, ...] = ()

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)

    def __contains__(self, key: str) -> bool:
        return any(answer.key == key for answer in self.answers)

    @classmethod
    def heard(cls, facts: Mapping[str, Any]) -> Profile:
        """A profile prefilled with what was heard in the chat; what must be asked back is left out."""
        known = {key: value for key, value in facts.items() if plain_value(value) is not None}
        return cls(tuple(Answer(key, value, is_heard=True) for key, value in known.items()))

    @property
    def facts(self) -> dict[str, Any]:
        """All answers by key, skipped ones as None."""
        return {answer.key: answer.value for answer in self.answers}

    @property
    def asked(self) -> int:
        """How many questions were answered or skipped."""
        return sum(not answer.is_heard for answer in self.answers)

    def with_answer(self, key: str, value: Any) -> Profile:
        """The profile with one more answer, or with `key` answered anew in its place."""
        fresh = Answer(key, value)
        if key not in self:
            return Profile((*self.answers, fresh))
        return Profile(tuple(fresh if answer.key == key else answer for answer in self.answers))

    def without(self, *keys: str) -> Profile:
        """The profile without the answers to `keys`."""
        return Profile(tuple(answer for answer in self.answers if answer.key not in keys))

    def to_json(self) -> list[list[Any]]:
        """Rows [key, value, is_heard] of plain JSON; numbers and days as text, skipped as null."""
        return [[answer.key, plain_json(answer.value), answer.is_heard] for answer in self.answers]

    @classmethod
    def from_json(cls, rows: list[list[Any]]) -> Profile:
        """The profile that `to_json` wrote."""
        return cls(tuple(Answer(str(key), value, bool(is_heard)) for key, value, is_heard in rows))


def plain_json(value: Any) -> Any:
    """A value as JSON can hold it: numbers and days as text, a range as two ends."""
    if isinstance(value, tuple | list):
        return [plain_json(end) for end in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
