"""The page of a printed code: what it opens, or why it opens nothing and whom to ask; visits of people are counted."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from office import code_text, scans
from office.code_answers import code_answer
from office.codes import DEAD, CodeKind, Found, Opened
from office.people import ROLE_WORDS
from office.scans import Visitor, Way
from web.desk_access import signed_in
from web.security import NO_STORE
from web.sheets import ShownSheet
from web.window import Window, address_of, off_loop, window_of

LONGEST_TYPED = 40
TITLES = {
    Found.MISTYPED: "这个码对不上",
    Found.UNKNOWN: "没有这个码",
    Found.NOT_YET: "这个码还没到日子",
    Found.EXPIRED: "这个码过期了",
    Found.WITHDRAWN: "这个码停用了",
    Found.GONE: "这个码不能用了",
}
# a card outlives what it says: 410 tells people and programs that it was real once and will not come back
GONE, NOT_FOUND = 410, 404


@dataclass(frozen=True, slots=True)
class _Visit:
    """What the page needs to know of a request before it goes to work off the loop."""

    text: str
    visitor: Visitor


async def code_page(request: Request) -> Response:
    """`/c/XXXXXXXXXX`: the entry with its officer, the application of a 农贷码, or a page that says what is wrong."""
    window = window_of(request)
    opened, shown = await off_loop(_open, window, await _visit(request, request.path_params["code"]))
    if shown is None or opened.code is None:
        return _trouble_page(request, opened)
    if opened.code.kind is CodeKind.LOAN:
        address = f"/apply/{quote(opened.code.entry)}?{urlencode({'code': opened.text})}"
        return RedirectResponse(address, 302, headers={**NO_STORE, "X-Robots-Tag": "noindex"})
    response = window.pages.render(
        request,
        "code_entry.html",
        sheet=shown.sheet,
        article=shown.article,
        opened=opened,
        printed=code_text.printed(opened.text),
        role_words=ROLE_WORDS,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def typed_page(request: Request) -> Response:
    """`/c`: where a code is typed in by someone who cannot scan; `?code=` leads on to its page."""
    typed = request.query_params.get("code", "").strip()[:LONGEST_TYPED]
    if typed:
        found = code_text.find(typed) or (code_text.plain(typed),)
        return RedirectResponse(f"/c/{quote(found[0] or '-', safe='')}?typed=1", 303, NO_STORE)
    return window_of(request).pages.render(request, "code.html", title="输入卡上的码", said=None, entry=None)


def _trouble_page(request: Request, opened: Opened) -> Response:
    window = window_of(request)
    knowledge = window.office.knowledge
    status = GONE if opened.found in DEAD else NOT_FOUND
    response = window.pages.render(
        request,
        "code.html",
        status,
        title=TITLES[opened.found],
        said=code_answer(opened, window.office.today(), knowledge.version),
        entry=opened.entry,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def _visit(request: Request, text: str) -> _Visit:
    query = request.query_params
    visitor = Visitor(
        address=address_of(request),
        agent=request.headers.get("user-agent", "")[:300],
        way=Way.TYPED if "typed" in query else Way.SCANNED,
        is_head=request.method == "HEAD",
        is_staff=await signed_in(request) is not None,
        is_again="elder" in query,  # a larger type chosen on the page itself
    )
    return _Visit(text[:LONGEST_TYPED], visitor)


def _open(window: Window, visit: _Visit) -> tuple[Opened, ShownSheet | None]:
    """Open the code, count the visit, and set out the entry of a live one. Blocks."""
    office = window.office
    with office.ledger.begin(durable=False) as connection:
        desk = office.code_desk(connection)
        opened = desk.open(visit.text)
        scans.count(connection, desk.pseudonyms, opened, visit.visitor, desk.now, desk.today)
    if opened.found is not Found.LIVE or opened.entry is None:
        return opened, None
    return opened, window.sheets.of(opened.entry.code, desk.today)


ROUTES = (
    Route("/c", typed_page, methods=["GET"]),
    Route("/c/{code}", code_page, methods=["GET"]),
)
