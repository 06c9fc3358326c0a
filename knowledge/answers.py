"""What the office says back: one Answer that every window renders, and the actions its buttons stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from knowledge.entries import Facet, Status


class Outcome(StrEnum):
    ANSWER = "answer"
    SUGGEST = "suggest"
    REFER = "refer"
    WARN = "warn"
    NO_MATCH = "no_match"


class LineKind(StrEnum):
    """What a line of a reply is; windows may style a kind, never reorder or drop one."""

    STATUS = "status"
    PAYEE = "payee"
    HEARD = "heard"
    TITLE = "title"
    LEAD = "lead"
    DETAIL = "detail"
    NOTE = "note"
    WARNING = "warning"
    SOURCE = "source"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reply."""

    kind: LineKind
    text: str


class Verb(StrEnum):
    """What a button does; the value is its short name in callback data and links."""

    ENTRY = "e"
    FACET = "f"
    MORE = "m"
    NONE_OF_THESE = "n"
    PERSON = "p"
    FORGET = "x"
    BROWSE = "b"
    COMPARE = "c"
    WORD = "w"
    HOME = "h"
    CALCULATE = "y"
    CHECK = "k"
    CHECK_ANSWER = "a"
    CHECK_STEP = "s"
    APPLY = "g"
    FOLLOW_UP = "u"
    CARD = "d"
    ASSIST = "t"


@dataclass(frozen=True, slots=True)
class Action:
    """A press: verb, target (entry code, browse key, word) and detail (facet, second code).

    `data` is at most 64 bytes of ASCII for every entry code up to 40 characters.
    """

    verb: Verb
    target: str = ""
    detail: str = ""

    @property
    def data(self) -> str:
        return "|".join(("1", self.verb.value, self.target, self.detail)).rstrip("|")

    @classmethod
    def parse(cls, data: str) -> Action | None:
        """The action of `data`, or None for data of another version or shape."""
        parts = data.split("|")
        if len(parts) < 2 or len(parts) > 4 or parts[0] != "1" or parts[1] not in list(Verb):
            return None
        target, detail = ([*parts[2:], "", ""])[:2]
        return cls(Verb(parts[1]), target, detail)


@dataclass(frozen=True, slots=True)
class Button:
    """A labelled action; `question` is what pressing it would be if the person typed it (for windows without script)."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison: a head and at most six rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: `lines` are shown at once (at most 12), `more` after 展开."""

    outcome: Outcome
    lines: tuple[Line, ...]
    more: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    entries: tuple[str, ...] = ()
    status: Status | None = None
    facet: Facet | None = None
    topic: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    table: Table | None = None
    confidence: float = 0.0
    runner_up: str | None = None
    matched: tuple[str, ...] = ()
    version: str = ""
    on: date | None = None

    @property
    def text(self) -> str:
        """The whole reply as plain text."""
        return "\n".join(line.text for line in (*self.lines, *self.more))

    @property
    def short_text(self) -> str:
        """The first reply as plain text."""
        return "\n".join(line.text for line in self.lines)
