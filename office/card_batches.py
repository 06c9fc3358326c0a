"""Batches of printed cards (一批卡): made into files a village can print, and found again when they have become wrong."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from knowledge.base import KnowledgeBase
from knowledge.rendering import status_text
from office.card_bearers import Bearer, Bearers
from office.card_facts import CardFacts, facts_of
from office.cards import QR_SIDES_MM, Card, Ink, Layout, file_name, sheets
from office.code_text import new_code
from office.codes import CodeState, responsible
from office.ledger import code_prints, people
from office.ledger.code_prints import Print, PrintOut
from office.ledger.codes import Code
from office.people import Person
from office.print_check import CannotPrint, QrSpec, check_base, code_address, draw
from office.privacy import FieldCipher, Sealed
from office.settings import Settings

CARDS_A_FILE = 40  # ten sheets of A4: a printer's jam costs no more than that


@dataclass(frozen=True, slots=True)
class Order:
    """What to print of a batch: paper, ink, copies of each card, into which folder, on whose word."""

    layout: Layout
    ink: Ink
    copies: int
    folder: Path
    by: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Cards of one batch, village and entry that have become wrong: how many, and why.

    `is_reprinted` once right cards of the same codes were printed: they only have to be put in place.
    """

    village: str
    batch: str
    officer: str
    entry: str
    title: str
    why: str
    codes: int
    copies: int
    printed_at: datetime
    prints: tuple[int, ...]
    is_reprinted: bool


def check_printing(settings: Settings, layout: Layout) -> str:
    """The address to print, once it is sure that cards of this layout can be scanned. Raises `CannotPrint`."""
    base = check_base(settings.public_base_url, settings.public_base_url_given)
    draw(code_address(base, new_code()), QrSpec(QR_SIDES_MM[layout]))
    return base


def cards_of(
    connection: Connection,
    cipher: FieldCipher,
    knowledge: KnowledgeBase,
    made: Sequence[Code],
    now: datetime,
    day: date,
) -> list[Card]:
    """The cards of codes, with the officer of today and the facts of today. Raises `CannotPrint` for a dead code."""
    facts: dict[str, CardFacts] = {}
    officers: dict[tuple[str, str], Person] = {}
    cards = []
    for code in made:
        entry = knowledge.entries.get(code.entry)
        if entry is None or code.state_at(now) in (CodeState.WITHDRAWN, CodeState.EXPIRED):
            raise CannotPrint(f"码 {code.code} 已经停用或者指的条目没有了，不能再印。")
        if code.entry not in facts:
            facts[code.entry] = facts_of(entry, day)
        if (whose := (code.officer, code.village)) not in officers:
            officers[whose] = _officer(connection, cipher, code)
        cards.append(Card(facts[code.entry], code.code, code.kind, officers[whose], knowledge.version))
    return cards


def print_batch(
    cards: Sequence[Card], batch: str, base: str, order: Order, progress: Callable[[int], object]
) -> list[Path]:
    """The batch as PDF files of at most forty cards, named so that 查真假 knows them; `progress` hears of each card."""
    order.folder.mkdir(parents=True, exist_ok=True)
    repeated = [card for card in cards for _ in range(order.copies)]
    files = []
    for number, start in enumerate(range(0, len(repeated), CARDS_A_FILE), 1):
        part = repeated[start : start + CARDS_A_FILE]
        path = order.folder / f"{file_name(f'{batch}-{number:02d}', order.layout, order.ink)}.pdf"
        _write(path, sheets(part, base, order.layout, order.ink))
        files.append(path)
        progress(len(part))
    return files


def record_prints(
    connection: Connection,
    cipher: FieldCipher,
    printed: Iterable[tuple[Card, Code]],
    layout: Layout,
    copies: int,
    *,
    by: str,
    now: datetime,
) -> None:
    """Remember what now hangs in the villages, with the hash of the facts and the person on it."""
    sealed: dict[Bearer, Sealed] = {}
    prints = []
    for card, code in printed:
        bearer = Bearer.of(card.officer)
        if bearer not in sealed:
            sealed[bearer] = bearer.seal(cipher)
        about = (code.entry, card.facts.hash, card.version)
        prints.append(Print(code.code, layout.value, copies, *about, by, now, sealed[bearer]))
    code_prints.record(connection, prints)


def stale_batches(
    connection: Connection, cipher: FieldCipher, knowledge: KnowledgeBase, now: datetime, day: date
) -> list[Stale]:
    """Printed cards that no longer say what is true, by village."""
    hashes, bearers = _Hashes(knowledge, day), Bearers(connection, cipher)
    out = code_prints.still_out(connection)
    reasons = [hashes.why(one, now) or bearers.why(one) for one in out]
    right = {
        one.code.code: one.id
        for one, why in sorted(zip(out, reasons, strict=True), key=lambda pair: pair[0].id)
        if not why
    }
    groups: dict[tuple[str, str, str, str, bool], list[PrintOut]] = {}
    for one, why in zip(out, reasons, strict=True):
        if why:
            is_reprinted = right.get(one.code.code, 0) > one.id
            groups.setdefault((one.code.village, one.code.batch, one.entry, why, is_reprinted), []).append(one)
    return [_stale(knowledge, group, why, is_reprinted) for (*_, why, is_reprinted), group in groups.items()]


class _Hashes:
    """Today's hash of each entry's facts, worked out once."""

    def __init__(self, knowledge: KnowledgeBase, day: date) -> None:
        self._knowledge, self._day = knowledge, day
        self._known: dict[str, str] = {}

    def why(self, out: PrintOut, now: datetime) -> str:
        """Why the code or the facts of a printed card are wrong, in a few words; empty when they are right."""
        state = out.code.state_at(now)
        if state in (CodeState.WITHDRAWN, CodeState.EXPIRED):
            return "码停用了" if state is CodeState.WITHDRAWN else "码过期了"
        if out.code.entry != out.entry:
            return f"码改指 {self._title(out.code.entry)}"
        entry = self._knowledge.entries.get(out.entry)
        if entry is None:
            return "条目撤下了"
        if self._hash(out.entry) != out.facts:
            return f"内容变了，现在是【{status_text(entry, self._day)}】"
        return ""

    def _hash(self, code: str) -> str:
        if code not in self._known:
            self._known[code] = facts_of(self._knowledge.entries[code], self._day).hash
        return self._known[code]

    def _title(self, code: str) -> str:
        entry = self._knowledge.entries.get(code)
        return entry.title if entry else code


def _stale(knowledge: KnowledgeBase, group: Sequence[PrintOut], why: str, is_reprinted: bool) -> Stale:
    first = group[0]
    entry = knowledge.entries.get(first.entry)
    return Stale(
        village=first.code.village,
        batch=first.code.batch,
        officer=first.code.officer,
        entry=first.entry,
        title=entry.title if entry else first.entry,
        why=why,
        codes=len({out.code.code for out in group}),
        copies=sum(out.copies for out in group),
        printed_at=max(out.printed_at for out in group),
        prints=tuple(out.id for out in group),
        is_reprinted=is_reprinted,
    )


def settle(connection: Connection, stale: Iterable[Stale], outcome: str, by: str, now: datetime) -> int:
    """The officer ticks 已回收 or 已更换. Returns how many cards that settles."""
    chosen = list(stale)
    for one in chosen:
        code_prints.settle(connection, one.prints, outcome, by, now)
    return sum(one.copies for one in chosen)


def _officer(connection: Connection, cipher: FieldCipher, code: Code) -> Person:
    officer = responsible(connection, cipher, code, people.find(connection, cipher, code.officer))
    if officer is None:
        raise CannotPrint(f"{code.village} 现在没有共富金融专员，卡上没有电话可印；请先定好人。")
    return officer


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: nobody prints half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)
