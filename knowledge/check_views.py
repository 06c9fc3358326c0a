"""What 我能办吗 and 政策体检 show: a question, or a result; every window prints these lines and offers these buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from knowledge.answers import Button, Line, LineKind
from knowledge.checkup import GROUP_WORDS, Group

KEPT = "中途停下没关系，7 天内回来接着答。"
TAP_TO_CORRECT = "不对的点一下就改。"


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One answer shown back: 县：永嘉县; pressing `change` asks it again."""

    key: str
    label: str
    words: str
    is_heard: bool
    change: Button

    @property
    def text(self) -> str:
        return f"{self.label}：{self.words}{'（您在聊天里说的）' if self.is_heard else ''}"


def known_text(known: Iterable[KnownFact]) -> str:
    """Answers in a row: 哪个县：永嘉县；种养什么：杨梅."""
    return "；".join(f"{fact.label}：{fact.words}" for fact in known)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be pressed; typing `word` is as good."""

    word: str
    button: Button
    is_skip: bool = False


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question. `trouble` is said when the last typed answer could not be read; then the question is the same.

    `scope` is an entry's code, or empty for the check-up over all entries.
    """

    scope: str
    title: str
    banner: tuple[str, ...]
    key: str
    progress: str
    text: str
    about: str
    hint: str
    trouble: str
    choices: tuple[Choice, ...]
    known: tuple[KnownFact, ...]
    notices: tuple[str, ...]
    buttons: tuple[Button, ...]

    def lines(
        self, *, is_first: bool = False, is_answered: bool = False, correct: str = TAP_TO_CORRECT
    ) -> tuple[Line, ...]:
        """The question in order, without its buttons.

        The first of a sitting shows back all that is known, a later one the answer just given; `correct` says how this
        window lets an answer be corrected.
        """
        return tuple(self._lines(is_first=is_first, is_answered=is_answered, correct=correct))

    def _lines(self, *, is_first: bool, is_answered: bool, correct: str) -> Iterator[Line]:
        yield from (Line(LineKind.STATUS, text) for text in self.banner)
        if is_first:
            yield Line(LineKind.TITLE, self.title)
        yield from (Line(LineKind.NOTE, text) for text in self.notices)
        if is_first and self.known:
            yield Line(LineKind.HEARD, f"{self._all_known()}{correct}")
        elif is_answered and self.known and not self.notices and not self.trouble:
            yield Line(LineKind.HEARD, f"记下了：{known_text(self.known[-1:])}。")
        yield Line(LineKind.NOTE, self.progress)
        if self.trouble:
            yield Line(LineKind.WARNING, self.trouble)
        yield Line(LineKind.LEAD, self.text)
        yield from (Line(LineKind.NOTE, text) for text in (self.about, self.hint) if text)

    def _all_known(self) -> str:
        heard = [fact for fact in self.known if fact.is_heard]
        told = [fact for fact in self.known if not fact.is_heard]
        parts = (("您在聊天里说的", heard), ("您答过的", told))
        return "".join(f"{head}：{known_text(facts)}。" for head, facts in parts if facts)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the result. `outcome` is its one line; `tell` words its details when a window asks for them."""

    code: str
    title: str
    group: Group
    outcome: str
    own: Button
    tell: Callable[[], tuple[Line, ...]] = field(repr=False, compare=False)

    @property
    def details(self) -> tuple[Line, ...]:
        """Its conditions with ✓ ✗ ？, what one change would do, who decides, the source."""
        return self.tell()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The entry in full."""
        return (Line(LineKind.LEAD, self.outcome), *self.details)


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one group, under its heading."""

    group: Group
    items: tuple[Item, ...]

    @property
    def heading(self) -> str:
        return f"{GROUP_WORDS[self.group]}（{len(self.items)} 条）"


@dataclass(frozen=True, slots=True)
class PapersView:
    """一户一张材料单 of the chosen entries: each paper once, with its office."""

    chosen: tuple[str, ...]
    papers: tuple[Line, ...]
    notes: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        if not self.chosen:
            return ()
        return (Line(LineKind.TITLE, "材料单（合在一起，一样只列一次）"), *self.papers, *self.notes)


@dataclass(frozen=True, slots=True)
class ResultView:
    """What came of the answers as of a day: groups in order, then what is still missing, papers, and that it is no decision.

    `broken` are codes and sentences of conditions whose rule raised, for the staff's alert.
    """

    scope: str
    title: str
    on: date
    version: str
    as_of: str
    decision_note: str
    sections: tuple[Section, ...]
    missing: str
    owned: tuple[str, ...]
    papers: PapersView
    known: tuple[KnownFact, ...]
    notices: tuple[str, ...]
    buttons: tuple[Button, ...]
    broken: tuple[tuple[str, str], ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All entries in the order shown."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, code: str) -> Item:
        """The entry's part of the result; `LookupError` when it is not in it."""
        for item in self.items:
            if item.code == code:
                return item
        raise LookupError(code)

    @property
    def outcome_lines(self) -> tuple[Line, ...]:
        """Heading and one line an entry, group by group; every window shows exactly these, folded or not."""
        return tuple(
            line
            for section in self.sections
            for line in (
                Line(LineKind.TITLE, section.heading),
                *(Line(LineKind.DETAIL, item.outcome) for item in section.items),
            )
        )

    @property
    def head(self) -> tuple[Line, ...]:
        """Title, what was just done, and that this is no decision."""
        return (
            Line(LineKind.TITLE, self.title),
            *(Line(LineKind.NOTE, text) for text in self.notices),
            Line(LineKind.NOTE, f"{self.decision_note}{self.as_of}"),
        )

    def tail(self, correct: str = "") -> tuple[Line, ...]:
        """The answers it rests on and how this window lets them be corrected, what is missing, what was left out."""
        lines = []
        if self.known:
            lines.append(Line(LineKind.HEARD, f"按您说的判断：{known_text(self.known)}。{correct}"))
        if self.missing:
            lines.append(Line(LineKind.NEXT, self.missing))
        if self.owned:
            lines.append(Line(LineKind.NOTE, f"您说已有、没再列的：{'、'.join(self.owned)}。"))
        return tuple(lines)

    @property
    def body(self) -> tuple[Line, ...]:
        """One entry in full, many entries one line each; then the papers."""
        if self.scope:
            return (*(line for item in self.items for line in item.lines), *self.papers.lines)
        return (*self.outcome_lines, *self.papers.lines)


CheckView = QuestionView | ResultView
