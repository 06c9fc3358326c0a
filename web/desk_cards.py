"""明白卡 at the desk: a village and an entry chosen; what hangs in the villages, and what of it has become wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.applying import can_apply
from knowledge.rendering import status_text
from office.card_batches import Stale
from office.card_desk import PICTURE, CardDesk, said, wanting_phone
from office.code_answers import day_of
from office.codes import Code, CodeKind, CodeRefused
from office.ledger import codes as rows
from office.people import Duty, Person, Role, may
from office.print_check import CannotPrint
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.desk_card import card_path, stale_for
from web.window import Window, off_loop, window_of

MOST_SHOWN = 12
MOST_BATCHES = 60
LONGEST_WORDS = 40
LONGEST_NOTE = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry a card can be made of; `can_apply` when a 农贷码 makes sense."""

    code: str
    title: str
    status: str
    can_apply: bool


@dataclass(frozen=True, slots=True)
class BatchLine:
    """The codes of one batch in one village."""

    id: str
    village: str
    day: str
    count: int
    alive: int
    note: str


@dataclass(frozen=True, slots=True)
class Choosing:
    """What the first page shows."""

    villages: tuple[str, ...]
    types_village: bool
    village: str
    trouble: str
    wanting: Person | None
    wanting_words: str
    offers: tuple[Offer, ...]
    batches: tuple[BatchLine, ...]
    stale: tuple[Stale, ...]


@staff_only(Duty.ISSUE_CODES)
async def cards_page(request: Request) -> Response:
    """Choose a village and an entry; below, what hangs in the villages and what of it has become wrong."""
    return await _choosing_page(request)


@staff_only(Duty.ISSUE_CODES)
async def make_cards(request: Request) -> Response:
    """POST: one card, the same one again for the same wish; or with several entries ticked a batch."""
    try:
        path = await off_loop(_make, request, person_of(request), form_of(request))
    except CodeRefused as refused:
        return await _choosing_page(request, 422, str(refused))
    return RedirectResponse(path, 303)


async def _choosing_page(request: Request, status: int = 200, trouble: str = "") -> Response:
    given = getattr(request.state, "form", None) or dict(request.query_params)
    words = given.get("q", "").strip()[:LONGEST_WORDS]
    shown = await off_loop(_choosing, window_of(request), person_of(request), given, words)
    return desk_page(
        request, "desk_cards.html", status, shown=shown, words=words, trouble=trouble or shown.trouble, said=said
    )


def _choosing(window: Window, person: Person, given: dict[str, str], words: str) -> Choosing:
    office, desk, village = window.office, CardDesk(window.office), ""
    trouble = _obstacle(desk)
    with office.ledger.read() as connection:
        villages, hanging = desk.villages(connection, person), desk.codes(connection, person)
        only = desk.only_village(connection, person)
        types_village = person.role is not Role.OFFICER or villages != person.villages
        try:
            village = _village(desk, given) or only
        except CodeRefused as refused:
            trouble = str(refused)
        if village and not may(person, Duty.ISSUE_CODES, village):
            village, trouble = "", f"{said(village)} 不归您管。要是本该归您，请找管理员给您加上这个村。"
        wanting = desk.without_phone(connection, person, village)
        suggested = desk.suggested(connection, person, village, MOST_SHOWN)
        batches = _batches(hanging, rows.notes(connection, [code.batch for code in hanging]))
    found = desk.find(words, MOST_SHOWN) if words else suggested
    if words and not found:
        found, trouble = suggested, trouble or f"没找到“{words}”。换个说法再找，或者从下面选。"
    today = office.today()
    offers = tuple(Offer(one.code, one.title, status_text(one, today), can_apply(one)) for one in found)
    told = wanting_phone(wanting, person) if wanting else ""
    return Choosing(
        villages, types_village, village, trouble, wanting, told, offers, batches, stale_for(window, person)
    )


def _obstacle(desk: CardDesk) -> str:
    """Why no card at all can be made; empty when nothing stands in the way."""
    try:
        desk.check(PICTURE)
    except CannotPrint as cannot:
        return str(cannot)
    return ""


def _village(desk: CardDesk, given: dict[str, str]) -> str:
    """The village typed, or else the one chosen."""
    text = given.get("place", "").strip() or given.get("village", "").strip()
    return desk.village(text) if text else ""


def _batches(hanging: Sequence[Code], notes: dict[str, str]) -> tuple[BatchLine, ...]:
    groups: dict[tuple[str, str], list[Code]] = {}
    for code in hanging:
        groups.setdefault((code.batch, code.village), []).append(code)
    lines = [
        BatchLine(
            batch, village, f"{day_of(group[0].made_at)}", len(group),
            sum(code.withdrawn_at is None for code in group), notes.get(batch, ""),
        )
        for (batch, village), group in groups.items()
    ]  # fmt: skip
    return tuple(lines[:MOST_BATCHES])


def _make(request: Request, person: Person, form: dict[str, str]) -> str:
    office = window_of(request).office
    desk = CardDesk(office)
    village = _village(desk, form)
    if not village:
        raise CodeRefused("请先选一个村。")
    demand(person, Duty.ISSUE_CODES, village, "/desk/cards")
    if obstacle := _obstacle(desk):  # before a code is made that no card could carry
        raise CodeRefused(obstacle)
    kind, _, entry = form.get("one", "").partition(":")
    ticked = [value for name, value in form.items() if name.startswith("tick") and value]
    with office.ledger.begin() as connection:
        if entry:
            known = CodeKind(kind) if kind in list(CodeKind) else CodeKind.POLICY
            return card_path(desk.code_for(connection, person, village, entry, known).code)
        if not ticked:
            raise CodeRefused("请点一条，或者勾几条再点“勾的做一批”。")
        note = form.get("note", "").strip()[:LONGEST_NOTE]
        batch, _made = desk.batch_for(connection, person, village, ticked, note)
    return f"/desk/cards/batches/{batch.id}"


ROUTES = (
    Route("/desk/cards", cards_page, methods=["GET"]),
    Route("/desk/cards", make_cards, methods=["POST"]),
)
