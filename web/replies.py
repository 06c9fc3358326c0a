"""An Answer as a browser shows it: labels set off, the comparison as a table, numbered choices as what is pressed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.answers import Answer, Button, Line, LineKind, Table, Verb

LONGEST_LABEL = 8
NUMBERED = re.compile(r"^\d\. ")
AS_ON_BUTTONS = str.maketrans("【】", "（）")
LABELLED = frozenset({LineKind.DETAIL, LineKind.NEXT, LineKind.SOURCE, LineKind.PAYEE, LineKind.LEAD})


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line with its label (谁能办) apart; `table` and `choices` stand where the lines said the same in words."""

    kind: str
    label: str
    text: str
    table: Table | None = None
    choices: tuple[Button, ...] = ()


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
    choices = _choices(said)
    return ShownReply(
        lines=tuple(_lines(said.lines, said.table, choices)),
        more=tuple(_lines(said.more, None, {})),
        buttons=tuple(
            b
            for b in said.buttons
            if not (said.more and b.action.verb is Verb.MORE)
            and b.action.verb is not Verb.PERSON
            and b not in choices.values()
        ),
        entry=said.entries[0] if is_about_one else None,
        version=said.version,
    )


def _choices(said: Answer) -> dict[str, Button]:
    """The buttons that a numbered line names in the same words, by that line; all the numbered lines or none."""
    numbered = [line.text for line in said.lines if line.kind is LineKind.DETAIL and NUMBERED.match(line.text)]
    buttons = {button.label: button for button in said.buttons if button.action.verb is Verb.ENTRY}
    named = {text: buttons.get(NUMBERED.sub("", text).translate(AS_ON_BUTTONS)) for text in numbered}
    found = {text: button for text, button in named.items() if button is not None}
    return found if len(found) == len(numbered) else {}


def _lines(lines: Iterable[Line], table: Table | None, choices: Mapping[str, Button]) -> Iterable[ShownLine]:
    rows = {f"{row[0]}：" + "｜".join(row[1:]) for row in table.rows} if table else set()
    pending, is_offered = table, False
    for line in lines:
        if line.kind is LineKind.DETAIL and line.text in rows:
            if pending is not None:
                yield ShownLine("table", "", "", table=pending)
                pending = None
            continue
        if line.text in choices:
            if not is_offered:
                yield ShownLine("choices", "", "", choices=tuple(choices.values()))
                is_offered = True
            continue
        yield labelled(line)


def labelled(line: Line) -> ShownLine:
    """`line` with a short label before its first colon taken apart."""
    label, colon, rest = line.text.partition("：")
    is_label = bool(colon and rest) and len(label) <= LONGEST_LABEL and not set(label) & set("，。（“ ")
    if line.kind in LABELLED and is_label:
        return ShownLine(line.kind.value, label, rest)
    return ShownLine(line.kind.value, "", line.text)
