"""Batches of cards at the desk (一批卡): what hangs where, all of it as one PDF, and what has to be exchanged."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.rendering import status_text
from office import card_batches
from office.card_batches import CARDS_A_FILE, Stale
from office.card_desk import CardDesk, CardFile, CardForm, said
from office.cards import LAYOUT_WORDS, Layout
from office.code_answers import KIND_WORDS, day_of
from office.code_text import plain, printed
from office.codes import Batch, Code, CodeRefused
from office.ledger import codes as rows
from office.ledger.code_prints import SETTLED
from office.people import Duty, Person, may
from office.print_check import CannotPrint
from web.desk_access import Refused, desk_page, form_of, person_of, staff_only
from web.desk_card import STATE_WORDS, card_path, file_response, stale_for
from web.window import Window, off_loop, window_of

NO_SUCH_BATCH = "没有这一批。请回到“明白卡”重新选。"


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One code of the batch."""

    code: Code
    title: str
    status: str
    state: str


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """The codes of a batch in the villages of whoever looks, and those of its cards that are wrong."""

    batch: Batch
    lines: tuple[CodeLine, ...]
    printable: tuple[Code, ...]
    stale: tuple[Stale, ...]


@staff_only(Duty.ISSUE_CODES)
async def batch_page(request: Request) -> Response:
    """The batch."""
    return await _page(request)


@staff_only(Duty.ISSUE_CODES)
async def print_batch(request: Request) -> Response:
    """POST: forty cards of the batch as one PDF, `part` by `part`."""
    form = form_of(request)
    wanted = CardForm.read(form.get("layout", ""), "black" if form.get("black") else "colour")
    if wanted is None or wanted.layout is Layout.CHAT:
        raise HTTPException(400, "请选一种纸。")
    part = int(form["part"]) if form.get("part", "").isdecimal() else 1
    try:
        file = await off_loop(_drawn, request, person_of(request), wanted, part)
    except (CannotPrint, CodeRefused) as cannot:
        return await _page(request, 409, str(cannot))
    return file_response(file, "attachment")


@staff_only(Duty.ISSUE_CODES)
async def settle_batch(request: Request) -> Response:
    """POST: the wrong cards of a village and an entry were collected or exchanged."""
    if form_of(request).get("outcome") not in SETTLED:
        return await _page(request, 422, "请点“已回收”或者“已更换”。")
    await off_loop(_settle, request, person_of(request), form_of(request))
    return RedirectResponse(request.url.path.removesuffix("/settle"), 303)


async def _page(request: Request, status: int = 200, trouble: str = "") -> Response:
    sheet = await off_loop(_sheet, window_of(request), person_of(request), request.path_params["batch"])
    return desk_page(
        request,
        "desk_batch.html",
        status,
        sheet=sheet,
        trouble=trouble,
        parts=range(1, -(-len(sheet.printable) // CARDS_A_FILE) + 1),
        papers=[(layout.value, LAYOUT_WORDS[layout]) for layout in Layout if layout is not Layout.CHAT],
        settled=SETTLED,
        printed=printed,
        said=said,
        day=day_of(sheet.batch.made_at),
        card_path=card_path,
        kind_words=KIND_WORDS,
        a_file=CARDS_A_FILE,
    )


def _sheet(window: Window, person: Person, batch_id: str) -> BatchSheet:
    office, desk = window.office, CardDesk(window.office)
    with office.ledger.read() as connection:
        batch = rows.find_batch(connection, plain(batch_id))
        made = rows.of_batch(connection, batch.id) if batch else []
    if batch is None:
        raise HTTPException(404, NO_SUCH_BATCH)
    own = [code for code in made if may(person, Duty.ISSUE_CODES, code.village)]
    if not own:
        raise Refused(Duty.ISSUE_CODES, batch.id)
    stale = tuple(one for one in stale_for(window, person) if one.batch == batch.id)
    return BatchSheet(batch, _lines(window, own), tuple(code for code in own if desk.is_alive(code)), stale)


def _lines(window: Window, own: list[Code]) -> tuple[CodeLine, ...]:
    office = window.office
    now, today, entries = office.now(), office.today(), office.knowledge.entries
    return tuple(
        CodeLine(
            code,
            entries[code.entry].title if code.entry in entries else f"{code.entry}（撤下了）",
            status_text(entries[code.entry], today) if code.entry in entries else "条目撤下了",
            STATE_WORDS[code.state_at(now).value],
        )
        for code in own
    )


def _drawn(request: Request, person: Person, form: CardForm, part: int) -> CardFile:
    window = window_of(request)
    sheet, desk = _sheet(window, person, request.path_params["batch"]), CardDesk(window.office)
    some = sheet.printable[(part - 1) * CARDS_A_FILE : part * CARDS_A_FILE]
    if not some:
        raise CodeRefused("这一批里没有还能印的卡。")
    file = desk.draw_many(some, form, f"{sheet.batch.id}-{part:02d}")
    with window.office.ledger.begin() as connection:
        desk.note_print(connection, some, form, person.id)
    return file


def _settle(request: Request, person: Person, form: dict[str, str]) -> None:
    window = window_of(request)
    office, sheet = window.office, _sheet(window, person, request.path_params["batch"])
    wanted = (form.get("village"), form.get("entry"), bool(form.get("reprinted")))
    chosen = [one for one in sheet.stale if (one.village, one.entry, one.is_reprinted) == wanted]
    with office.ledger.begin() as connection:
        card_batches.settle(connection, chosen, form["outcome"], person.id, office.now())


ROUTES = (
    Route("/desk/cards/batches/{batch}", batch_page, methods=["GET"]),
    Route("/desk/cards/batches/{batch}/print", print_batch, methods=["POST"]),
    Route("/desk/cards/batches/{batch}/settle", settle_batch, methods=["POST"]),
)
