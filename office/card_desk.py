"""明白卡 at hand: the code of a village and an entry, made once and used again, and its card as a file for either window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from knowledge.answering import Memory, answer
from knowledge.answers import Outcome
from knowledge.entries import Entry, Kind, Status
from office import card_batches, codes
from office.application_form import read_place
from office.card_bearers import Bearer
from office.cards import Card, Ink, Layout, file_name, picture, sheets
from office.codes import Batch, Code, CodeKind, CodeRefused, CodeState
from office.ledger import audit, code_prints, people
from office.ledger import codes as rows
from office.ledger.audit import Deed
from office.office import Office
from office.people import Duty, Person, Role, may
from office.print_check import CannotPrint

NOTE = "随手卡"
MOST_CODES = 2000  # the latest; older ones are found by their batch, and their villages can be typed
MOST_SUGGESTED = 8
MOST_FOUND = 8
ON_A_SHEET = {Layout.A6: 1, Layout.A6X4: 4, Layout.ELDER: 1, Layout.CHAT: 1}
PNG, PDF = "image/png", "application/pdf"
NO_ADDRESS = "现在做不了卡：这套系统还没有别人打得开的公开地址，印出来的码扫了也没用；请找管理员设公开地址。"
NAMED = (Outcome.ANSWER, Outcome.SUGGEST)
OVER = (Status.EXPIRED, Status.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class CardForm:
    """How a card is wanted: a picture for chats, or a paper and its ink."""

    layout: Layout
    ink: Ink = Ink.COLOUR

    @classmethod
    def read(cls, layout: str, ink: str) -> CardForm | None:
        """The form that a button or a field names, or None."""
        known = layout in list(Layout) and ink in list(Ink)
        return cls(Layout(layout), Ink(ink)) if known else None


PICTURE = CardForm(Layout.CHAT)


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card as bytes, named so that 查真假 knows it again."""

    name: str
    content: bytes
    kind: str

    @property
    def is_picture(self) -> bool:
        """A PNG, to be seen at once; else a PDF, to be printed."""
        return self.kind == PNG


class CardDesk:
    """Verbs of people who hand out cards. Who may do so where is asked by the windows, with `may`. All block."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def without_phone(self, connection: Connection, person: Person, village: str) -> Person | None:
        """The officer whose phone is wanting before cards of the village can be made; None when nothing is."""
        officer = person
        if person.role is not Role.OFFICER:
            found = people.officer_of(connection, self._office.cipher, village) if village else None
            if found is None:
                return None
            officer = found
        return None if officer.phone.strip() else officer

    def villages(self, connection: Connection, person: Person) -> tuple[str, ...]:
        """The whole villages a person can choose from: their own, and those where codes hang that are theirs to see."""
        own = [village for village in person.villages if is_whole(village)]
        hanging = [code.village for code in self.codes(connection, person)]
        return tuple(dict.fromkeys((*own, *hanging)))

    def only_village(self, connection: Connection, person: Person) -> str:
        """The village of somebody who has just this one, so that nobody has to choose it; else empty."""
        known = self.villages(connection, person)
        return known[0] if len(known) == 1 and person.villages == known else ""

    def codes(self, connection: Connection, person: Person) -> list[Code]:
        """The latest codes of the villages that are the person's, newest first."""
        everywhere = person.role in (Role.STAFF, Role.ADMIN)
        found = rows.in_places(connection, None if everywhere else person.villages, MOST_CODES)
        return [code for code in found if may(person, Duty.ISSUE_CODES, code.village)]

    def village(self, text: str) -> str:
        """The whole village that was typed, 县市区/镇街/村. Raises `CodeRefused`, which says what is wanting."""
        faults: dict[str, str] = {}
        place = read_place(" ".join(text.split()), self._office.knowledge, faults)
        if faults:
            raise CodeRefused("".join(faults.values()))
        if not is_whole(place):
            raise CodeRefused("村要写全：县、镇、村都要有，比如：乐清市大荆镇下山头村。")
        return place

    def code_for(
        self, connection: Connection, person: Person, village: str, entry: str, kind: CodeKind = CodeKind.POLICY
    ) -> Code:
        """The living code of the village's officer for an entry, made if there is none. Raises `CodeRefused`."""
        officer = self._officer(connection, person, village)
        now = self._office.now()
        people.hold(connection, officer.id)
        known = rows.latest(connection, officer.id, village, entry, kind, now)
        if known is not None:
            return known
        _, made = codes.issue(
            connection, self._office.knowledge, officer, [village], [entry], kind=kind, note=NOTE, by=person.id, now=now
        )
        return made[0]

    def batch_for(
        self, connection: Connection, person: Person, village: str, entries: Sequence[str], note: str
    ) -> tuple[Batch, tuple[Code, ...]]:
        """Fresh codes of the village's officer for several entries, as one batch. Raises `CodeRefused`."""
        officer, now = self._officer(connection, person, village), self._office.now()
        knowledge = self._office.knowledge
        return codes.issue(connection, knowledge, officer, [village], entries, note=note, by=person.id, now=now)

    def suggested(
        self, connection: Connection, person: Person, village: str = "", most: int = MOST_SUGGESTED
    ) -> list[Entry]:
        """What is probably wanted: the entries of the latest cards, then what is open to farmers of the county."""
        knowledge, today = self._office.knowledge, self._office.today()
        recent = [code.entry for code in self.codes(connection, person) if village in ("", code.village)]
        fresh = _worth_a_card(knowledge.entries.values(), village.partition("/")[0], today)
        chosen = [code for code in dict.fromkeys((*recent, *fresh)) if code in knowledge.entries]
        return [knowledge.entries[code] for code in chosen[:most]]

    def find(self, text: str, most: int = MOST_FOUND) -> list[Entry]:
        """The entries that typed words mean, the likeliest first; one alone when the words name it."""
        knowledge = self._office.knowledge
        words = text.strip()
        named = [one for one in knowledge.entries.values() if words == one.code or words in (one.title, *one.aliases)]
        if len(named) == 1:
            return named
        said_, _ = answer(knowledge, words, Memory(), self._office.today())
        if said_.outcome is Outcome.ANSWER and said_.entries:
            return [knowledge.entries[said_.entries[0]]]
        meant = said_.entries if said_.outcome in NAMED else ()
        holding = (one.code for one in knowledge.entries.values() if words in one.title)
        found = dict.fromkeys((*(one.code for one in named), *meant, *holding))
        return [knowledge.entries[code] for code in found if code in knowledge.entries][:most]

    def draw(self, text: str, form: CardForm) -> CardFile:
        """The card of a code as it is right now. Raises `CannotPrint`, also for a code that has died meanwhile."""
        with self._office.ledger.read() as connection:
            code = rows.find(connection, text)
            if code is None:
                raise CodeRefused(f"没有 {text} 这个码，请对着卡再看一遍。")
            cards = self._cards(connection, [code])
        return self._file(cards, form, text)

    def draw_many(self, made: Sequence[Code], form: CardForm, name: str) -> CardFile:
        """One PDF with the cards of several codes. Raises `CannotPrint`."""
        with self._office.ledger.read() as connection:
            cards = self._cards(connection, made)
        return self._file(cards, form, name)

    def note_print(self, connection: Connection, made: Sequence[Code], form: CardForm, by: str) -> None:
        """Remember the cards as printed, so that they are listed once they have become wrong; the same file again is not."""
        now, cipher = self._office.now(), self._office.cipher
        copies = ON_A_SHEET[form.layout] if len(made) == 1 else 1
        drawn = zip(self._cards(connection, made), made, strict=True)
        fresh = [(card, code) for card, code in drawn if not self._is_out(connection, card, form)]
        card_batches.record_prints(connection, cipher, fresh, form.layout, copies, by=by, now=now)
        target = made[0].code if len(made) == 1 else made[0].batch
        audit.record(connection, Deed(by, "print_cards", target, f"{form.layout.value} {form.ink.value}", now))

    def check(self, form: CardForm) -> str:
        """The address that cards carry, once it is sure that phones can read it. Raises `CannotPrint`.

        Whoever hands out cards can change no setting: they are told who can, and 自查 tells the administrator what.
        """
        try:
            return card_batches.check_printing(self._office.settings, form.layout)
        except CannotPrint as cannot:
            raise CannotPrint(NO_ADDRESS) from cannot

    def is_alive(self, code: Code) -> bool:
        """Whether a card of it can be handed out today."""
        known = code.entry in self._office.knowledge.entries
        return known and code.state_at(self._office.now()) in (CodeState.LIVE, CodeState.NOT_YET)

    def _is_out(self, connection: Connection, card: Card, form: CardForm) -> bool:
        """Whether the same card on the same paper, with the same person on it, was printed and not taken back."""
        cipher, bearer = self._office.cipher, Bearer.of(card.officer)
        out = code_prints.bearers_out(connection, card.code, form.layout.value, card.facts.hash)
        return any(Bearer.open(cipher, one) == bearer for one in out)

    def _officer(self, connection: Connection, person: Person, village: str) -> Person:
        """Whose name and phone stand on the cards of a village: an officer's own, else the village's officer's."""
        officer = person if person.role is Role.OFFICER else people.officer_of(connection, self._office.cipher, village)
        if officer is None:
            raise CodeRefused(f"{said(village)} 现在没有共富金融专员，卡上没有电话可印；请先在“人员”里定好人。")
        if not officer.phone.strip():
            raise CodeRefused(wanting_phone(officer, person))
        return officer

    def _cards(self, connection: Connection, made: Sequence[Code]) -> list[Card]:
        office = self._office
        return card_batches.cards_of(connection, office.cipher, office.knowledge, made, office.now(), office.today())

    def _file(self, cards: Sequence[Card], form: CardForm, name: str) -> CardFile:
        base = self.check(form)
        if form.layout is Layout.CHAT:
            return CardFile(f"明白卡-{name}.png", picture(cards[0], base, form.ink), PNG)
        copies = ON_A_SHEET[form.layout] if len(cards) == 1 else 1
        repeated = [card for card in cards for _ in range(copies)]
        return CardFile(
            f"{file_name(name, form.layout, form.ink)}.pdf", sheets(repeated, base, form.layout, form.ink), PDF
        )


def wanting_phone(officer: Person, person: Person) -> str:
    """What to do when the card of `officer` lacks the phone it must carry, told to `person`."""
    if officer.id == person.id:
        return (
            "您还没有登记电话，卡上必须印您的电话，好让农户找得到您。打开工作台（在 Telegram 里发 /desk），"
            "点最下面的“我的电话和设备”填上，再来做卡。"
        )
    return (
        f"{officer.name} 没有登记电话，卡上必须印他的电话。请他打开工作台，点最下面的“我的电话和设备”填上；"
        "管理员也可以在“人员”里替他填。"
    )


def is_whole(village: str) -> bool:
    """Whether a place names county, town and village."""
    return village.count("/") == 2 and all(village.split("/"))


def said(village: str) -> str:
    """A village as people say it."""
    return village.replace("/", "")


def _worth_a_card(entries: Iterable[Entry], county: str, day: date) -> list[str]:
    """What is for farmers and not over, by code: of this county and of money first, what is in force before the rest."""
    shown = [one for one in entries if one.audience == "farmer" and one.status_on(day) not in OVER]
    shown.sort(
        key=lambda one: (one.status_on(day) is not Status.IN_FORCE, one.kind is Kind.GUIDE, county not in one.regions)
    )
    return [one.code for one in shown]
