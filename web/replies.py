"""An Answer as a browser shows it: labels set off, the comparison as a table, nothing reordered or dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.answers import Answer, Button, Line, LineKind, Table, Verb

LONGEST_LABEL = 8
LABELLED = frozenset({LineKind.DETAIL, LineKind.NEXT, LineKind.SOURCE, LineKind.PAYEE, LineKind.LEAD})


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line with its label (谁能办) apart; `table` stands where the lines of a comparison stood."""

    kind: str
    label: str
    text: str
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class ShownReply:
    """What the template of a reply needs."""

    lines: tuple[ShownLine, ...]
    more: tuple[ShownLine, ...]
    buttons: tuple[Button, ...]
    entry: str | None
    version: str


def shown(said: Answer) -> ShownReply:
    """`said` for the template. 展开 needs no button here: the rest is folded into the page already."""
    is_about_one = said.outcome.value == "answer" and len(said.entries) >= 1 and said.table is None
    return ShownReply(
        lines=tuple(_lines(said.lines, said.table)),
        more=tuple(_lines(said.more, None)),
        buttons=tuple(
            b
            for b in said.buttons
            if not (said.more and b.action.verb is Verb.MORE) and b.action.verb is not Verb.PERSON
        ),
        entry=said.entries[0] if is_about_one else None,
        version=said.version,
    )


def _lines(lines: Iterable[Line], table: Table | None) -> Iterable[ShownLine]:
    rows = {f"{row[0]}：" + "｜".join(row[1:]) for row in table.rows} if table else set()
    pending = table
    for line in lines:
        if line.kind is LineKind.DETAIL and line.text in rows:
            if pending is not None:
                yield ShownLine("table", "", "", pending)
                pending = None
            continue
        yield labelled(line)


def labelled(line: Line) -> ShownLine:
    """`line` with a short label before its first colon taken apart."""
    label, colon, rest = line.text.partition("：")
    is_label = bool(colon and rest) and len(label) <= LONGEST_LABEL and not set(label) & set("，。（“ ")
    if line.kind in LABELLED and is_label:
        return ShownLine(line.kind.value, label, rest)
    return ShownLine(line.kind.value, "", line.text)
