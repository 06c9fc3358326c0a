"""Answer → Telegram: HTML text in parts Telegram takes, an inline keyboard, and 找人问 under every reply."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from handlers.outgoing import Outgoing, Rows
from knowledge.answers import Action, Answer, Button, Line, LineKind, Verb

LONGEST_TEXT = 4000  # Telegram's 4096, less some room
WIDEST_ROW = 14  # Chinese characters that fit beside each other on a small phone
MOST_IN_A_ROW = 3
LONGEST_LABEL = 8
LABELLED = frozenset({LineKind.DETAIL, LineKind.NEXT, LineKind.PAYEE, LineKind.LEAD, LineKind.SOURCE})
LOUD = frozenset({LineKind.STATUS, LineKind.TITLE, LineKind.WARNING})
SPACED = frozenset({LineKind.LEAD, LineKind.SOURCE})
PERSON = Button("找人问", Action(Verb.PERSON))
HOME = Button("从头找", Action(Verb.HOME))
SENTENCE_END = re.compile(r"(?<=[。！？；])")


def wrapped(
    said: Answer, chat: int, *, elder: bool = False, reply_to: int | None = None, note: str = ""
) -> tuple[Outgoing, ...]:
    """The messages that carry `said`, `note` before it; the buttons hang on the last."""
    lines = [Line(LineKind.NOTE, note), *said.lines] if note else list(said.lines)
    parts = list(_parts(lines, elder))
    own = (button for button in said.buttons if button.action.verb is not Verb.PERSON)
    rows = keyboard((*own, PERSON), elder=elder)
    last = len(parts) - 1
    return tuple(
        Outgoing(chat, text, rows if number == last else (), reply_to=reply_to if number == 0 else None)
        for number, text in enumerate(parts)
    )


def notice(text: str, chat: int, *, reply_to: int | None = None, buttons: Sequence[Button] = ()) -> Outgoing:
    """A sentence of the window itself, with 找人问 below."""
    return Outgoing(chat, html.escape(text), keyboard((*buttons, PERSON)), reply_to=reply_to)


def with_way_back(replies: tuple[Outgoing, ...], button: Button) -> tuple[Outgoing, ...]:
    """The answer to another question with a button back to the form that waits, above 找人问."""
    if not replies or not replies[-1].rows:
        return replies
    *before, last = replies[-1].rows
    return (*replies[:-1], replace(replies[-1], rows=(*before, *keyboard((button,)), last)))


def keyboard(buttons: Iterable[Button], *, elder: bool = False) -> Rows:
    """Short labels share a row; in large print every button has its own."""
    rows: list[list[tuple[str, str]]] = []
    width = 0
    for button in buttons:
        size = len(button.label) + 1
        if not rows or elder or width + size > WIDEST_ROW or len(rows[-1]) == MOST_IN_A_ROW:
            rows.append([])
            width = 0
        rows[-1].append((button.label, button.action.data))
        width += size
    return tuple(tuple(row) for row in rows)


def _parts(lines: Sequence[Line], elder: bool) -> Iterator[str]:
    """Whole lines packed into texts that Telegram takes; markup is never cut."""
    text, size = "", 0
    for line in _short_lines(lines):
        gap = "\n\n" if elder or line.kind in SPACED else "\n"
        length = _units(line.text) + len(gap)
        if text and size + length > LONGEST_TEXT:
            yield text
            text, size = "", 0
        text = f"{text}{gap}{_styled(line)}" if text else _styled(line)
        size += length
    if text:
        yield text


def _short_lines(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines longer than a message, parted at the ends of sentences, or where nothing else helps, anywhere."""
    for line in lines:
        if not line.text.strip():
            continue
        if _units(line.text) <= LONGEST_TEXT:
            yield line
            continue
        piece = ""
        for sentence in SENTENCE_END.split(line.text):
            for start in range(0, len(sentence), LONGEST_TEXT // 2):
                chunk = sentence[start : start + LONGEST_TEXT // 2]
                if piece and _units(piece + chunk) > LONGEST_TEXT:
                    yield Line(line.kind, piece)
                    piece = ""
                piece += chunk
        yield Line(line.kind, piece)


def _styled(line: Line) -> str:
    """The line as HTML: loud kinds bold, labels bold, what was heard and where it stands in italics."""
    text = html.escape(line.text, quote=False)
    if line.kind in LOUD:
        return f"<b>{text}</b>"
    if line.kind is LineKind.HEARD:
        return f"<i>{text}</i>"
    label, colon, rest = text.partition("：")
    is_label = bool(colon and rest) and len(label) <= LONGEST_LABEL and not set(label) & set("，。（“ &")
    return f"<b>{label}：</b>{rest}" if line.kind in LABELLED and is_label else text


def _units(text: str) -> int:
    """Telegram counts UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
