"""What a 明白卡 says of its entry, and a hash of it that changes when the card has become wrong."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from knowledge.entries import Entry, Facet, Status
from knowledge.rendering import facet_sentences, fill_or_say, payee_line, status_text, summary_text
from knowledge.vocabulary import FACET_WORDS, PAYEES

# what a farmer asks first; a facet the document is silent on is left to the page
ROWS = (Facet.AMOUNT, Facet.SUBSIDY, Facet.RATE, Facet.WHO, Facet.HOW, Facet.WHERE, Facet.DEADLINE)
MOST_ROWS = 4
LONGEST_ROW = 48
LONGEST_SOURCE = 60


@dataclass(frozen=True, slots=True)
class CardFacts:
    """The words of one entry's card on one day. `checked` and `seen_on` are printed and make no card wrong."""

    title: str
    status: str
    is_open: bool
    payee: str
    summary: str
    rows: tuple[tuple[str, str], ...]
    next_step: str
    source: str
    checked: date
    seen_on: date
    validity: str

    @property
    def hash(self) -> str:
        """Sixteen characters that stay the same as long as the card is right.

        The status counts by what it means, so that a new check of the same rule makes no card wrong.
        """
        words = asdict(self)
        for passing in ("status", "checked", "seen_on"):
            del words[passing]
        return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def facts_of(entry: Entry, day: date) -> CardFacts:
    """The card of an entry as of `day`."""
    status = entry.status_on(day)
    validity = entry.validity
    return CardFacts(
        title=entry.title,
        status=f"【{status_text(entry, day)}】",
        is_open=status is Status.IN_FORCE,
        payee=_payee(entry, day),
        summary=summary_text(entry, day),
        rows=tuple(_rows(entry, day))[:MOST_ROWS],
        next_step=fill_or_say(entry, entry.next_step, validity.reading_day(day)),
        source=_source(entry),
        checked=entry.checked,
        seen_on=day,
        validity=f"{status.value} {validity.stage.value} {validity.valid_from} {validity.valid_to}",
    )


def _rows(entry: Entry, day: date) -> list[tuple[str, str]]:
    return [
        (FACET_WORDS[facet], _shortened(facet_sentences(entry, facet, day)))
        for facet in ROWS
        if entry.facets.get(facet)
    ]


def _shortened(sentences: tuple[str, ...]) -> str:
    """Whole sentences as long as they fit; the first one always."""
    text = ""
    for sentence in sentences:
        ended = sentence if sentence.endswith(("。", "？", "！", "；")) else f"{sentence}。"
        if text and len(text) + len(ended) > LONGEST_ROW:
            break
        text += ended
    return text


def _payee(entry: Entry, day: date) -> str:
    lines = payee_line(entry, day)
    if lines:
        return lines[0].text.partition("：")[2]
    payees = "、".join(PAYEES[payee] for payee in entry.payee)
    note = fill_or_say(entry, entry.payee_note, entry.validity.reading_day(day)) if entry.payee_note else ""
    return f"{payees}。{note}" if payees else note or "不发钱。"


def _source(entry: Entry) -> str:
    source = entry.sources[0] if entry.sources else None
    if source is None:
        return "出处：文件没写"
    title = source.title if len(source.title) <= LONGEST_SOURCE else f"{source.title[:LONGEST_SOURCE]}……"
    number = f"（{source.document_no}）" if source.document_no else ""
    return f"出处：{title}{number}"
