"""One 明白卡 at the desk: its picture, its papers, and its code pointed elsewhere or withdrawn, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.entries import Entry
from knowledge.rendering import status_text
from office import card_batches, codes
from office.card_batches import Stale
from office.card_desk import PICTURE, CardDesk, CardFile, CardForm, said, wanting_phone
from office.cards import LAYOUT_WORDS, Layout
from office.code_answers import KIND_WORDS, day_of, validity
from office.code_text import plain, printed
from office.codes import Code, CodeRefused, Opened
from office.ledger import codes as rows
from office.ledger import people, scans
from office.ledger.codes import Change
from office.people import ROLE_WORDS, Duty, Person, may
from office.print_check import CannotPrint
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.standings import standings
from web.window import Window, off_loop, window_of

NO_SUCH_CODE = "没有这个码。请对着卡再看一遍：十个字，五个一组。"
STATE_WORDS = {"live": "在用", "not_yet": "还没到日子", "expired": "过期了", "withdrawn": "停用了"}
CHANGE_WORDS = {"target": "改指另一条", "withdrawal": "停用", "validity": "改有效期"}


@dataclass(frozen=True, slots=True)
class CardSheet:
    """One code with everything about it; `trouble` is why no card can be drawn, empty when one can."""

    code: Code
    entry: Entry | None
    opened: Opened
    is_alive: bool
    trouble: str
    wanting: Person | None
    visits: int
    stale: tuple[Stale, ...]
    history: tuple[Change, ...]
    names: dict[str, str]


@staff_only(Duty.ISSUE_CODES)
async def card_page(request: Request) -> Response:
    """One card."""
    return await _card_page(request)


@staff_only(Duty.ISSUE_CODES)
async def card_picture(request: Request) -> Response:
    """The PNG for chats, as it is now."""
    return await _sent(request, PICTURE, "inline")


@staff_only(Duty.ISSUE_CODES)
async def print_card(request: Request) -> Response:
    """POST: the PDF; the ledger remembers it as printed, so no link can do so by accident."""
    form = form_of(request)
    wanted = CardForm.read(form.get("layout", ""), "black" if form.get("black") else "colour")
    if wanted is None or wanted.layout is Layout.CHAT:
        raise HTTPException(400, "请选一种纸。")
    return await _sent(request, wanted, "attachment")


@staff_only(Duty.ISSUE_CODES)
async def change_card(request: Request) -> Response:
    """POST: the code opens another entry, or none any more; the reason is shown to whoever scans it."""
    try:
        code = await off_loop(_change, request, person_of(request), form_of(request))
    except CodeRefused as refused:
        return await _card_page(request, 422, str(refused))
    return RedirectResponse(card_path(code.code), 303)


def card_path(code: str) -> str:
    """Where a code's card is."""
    return f"/desk/cards/c/{quote(code, safe='')}"


def file_response(file: CardFile, disposition: str) -> Response:
    """A card as a file; its name is in Chinese."""
    name = f"{disposition}; filename*=UTF-8''{quote(file.name)}"
    return Response(file.content, media_type=file.kind, headers={"Content-Disposition": name})


def stale_for(window: Window, person: Person) -> tuple[Stale, ...]:
    """Cards that have become wrong in the villages of a person. Blocks."""
    office = window.office
    with office.ledger.read() as connection:
        found = card_batches.stale_batches(
            connection, office.cipher, office.knowledge, office.now(), office.today()
        )  # fmt: skip
    return tuple(one for one in found if may(person, Duty.ISSUE_CODES, one.village))


async def _card_page(request: Request, status: int = 200, trouble: str = "") -> Response:
    sheet = await off_loop(_sheet, request, person_of(request))
    office = window_of(request).office
    return desk_page(
        request,
        "desk_card.html",
        status,
        sheet=sheet,
        code=sheet.code,
        trouble=trouble,
        printed=printed,
        said=said,
        kind_word=KIND_WORDS[sheet.code.kind],
        state_word=STATE_WORDS[sheet.code.state_at(office.now()).value],
        standing=status_text(sheet.entry, office.today()) if sheet.entry else "",
        validity=validity(sheet.code),
        papers=[(layout.value, LAYOUT_WORDS[layout]) for layout in Layout if layout is not Layout.CHAT],
        titles=standings(office.knowledge.entries.values(), office.today()),
        change_words=CHANGE_WORDS,
        day_of=day_of,
        roles=ROLE_WORDS,
        given=getattr(request.state, "form", {}),
    )


def known_code(window: Window, person: Person, text: str) -> Code:
    """The code, if its village is the person's; else `Refused`, which the guard writes into the audit."""
    with window.office.ledger.read() as connection:
        code = rows.find(connection, plain(text))
    if code is None:
        raise HTTPException(404, NO_SUCH_CODE)
    demand(person, Duty.ISSUE_CODES, code.village, code.code)
    return code


def _sheet(request: Request, person: Person) -> CardSheet:
    window = window_of(request)
    code = known_code(window, person, request.path_params["card"])
    office, desk = window.office, CardDesk(window.office)
    with office.ledger.read() as connection:
        opened = codes.open_code(connection, office.cipher, office.knowledge, code.code, office.now())
        visits = scans.visits_of(connection, code.code)
        history = tuple(rows.history(connection, code.code))
        known = {one.actor: people.find(connection, office.cipher, one.actor) for one in history}
    stale = tuple(one for one in stale_for(window, person) if (one.batch, one.village) == (code.batch, code.village))
    stale = tuple(one for one in stale if one.entry in (code.entry, *(change.before for change in history)))
    names = {actor: found.name for actor, found in known.items() if found}
    alive = desk.is_alive(code)
    wanting = opened.officer if alive and opened.officer and not opened.officer.phone.strip() else None
    trouble = _obstacle(desk, opened, person) if alive else ""
    return CardSheet(code, opened.entry, opened, alive, trouble, wanting, visits, stale, history, names)


def _obstacle(desk: CardDesk, opened: Opened, person: Person) -> str:
    """Why no card of a living code can be drawn, in one sentence; empty when nothing stands in the way."""
    try:
        desk.check(PICTURE)
    except CannotPrint as cannot:
        return str(cannot)
    if opened.officer is None:
        return "这个村现在没有共富金融专员，卡上没有电话可印；请先定好人。"
    return "" if opened.officer.phone.strip() else wanting_phone(opened.officer, person)


async def _sent(request: Request, form: CardForm, disposition: str) -> Response:
    try:
        file = await off_loop(_drawn, request, person_of(request), form)
    except (CannotPrint, CodeRefused) as cannot:
        return await _card_page(request, 409, str(cannot))
    return file_response(file, disposition)


def _drawn(request: Request, person: Person, form: CardForm) -> CardFile:
    window = window_of(request)
    code, desk = known_code(window, person, request.path_params["card"]), CardDesk(window.office)
    file = desk.draw(code.code, form)
    if not file.is_picture:
        with window.office.ledger.begin() as connection:
            desk.note_print(connection, [code], form, person.id)
    return file


def _change(request: Request, person: Person, form: dict[str, str]) -> Code:
    window = window_of(request)
    code, reason = known_code(window, person, request.path_params["card"]), form.get("reason", "")[:200]
    office = window.office
    with office.ledger.begin() as connection:
        if form.get("do") == "withdraw":
            return codes.withdraw(connection, code.code, by=person.id, reason=reason, now=office.now())
        entry = form.get("entry", "")
        return codes.repoint(
            connection, office.knowledge, code.code, entry, by=person.id, reason=reason, now=office.now()
        )  # fmt: skip


ROUTES = (
    Route("/desk/cards/c/{card}", card_page, methods=["GET"]),
    Route("/desk/cards/c/{card}", change_card, methods=["POST"]),
    Route("/desk/cards/c/{card}/picture", card_picture, methods=["GET"]),
    Route("/desk/cards/c/{card}/print", print_card, methods=["POST"]),
)
