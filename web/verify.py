"""查真假: paste a code, a message, a link or a file name; read whose it is. Nothing pasted is kept."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knowledge.answers import Answer
from office.ledger import rate_limits
from office.verifying import LONGEST
from web.failures import too_many_page
from web.forms import read_form
from web.security import NO_STORE
from web.window import Window, address_of, off_loop, window_of

MOST_A_MINUTE = 30


async def verify_page(request: Request) -> Response:
    """The form; `?code=` checks a code at once, so that a card can carry the address. Messages are posted."""
    return await _page(request, request.query_params.get("code", ""))


async def verify_form(request: Request) -> Response:
    """The verdict on what was pasted; the text travels in the body and stands in no address or log."""
    form = await read_form(request)
    return await _page(request, form.get("text", ""))


async def _page(request: Request, text: str) -> Response:
    window, text = window_of(request), text.strip()
    said: Answer | None = None
    if text and request.method != "HEAD":
        said = await off_loop(_verify, window, address_of(request), text)
        if said is None:
            return too_many_page(request)
    titles = window.office.knowledge.titles
    response = window.pages.render(request, "verify.html", said=said, longest=LONGEST, titles=titles)
    if text:
        response.headers.update(NO_STORE)
    return response


def _verify(window: Window, address: str, text: str) -> Answer | None:
    office = window.office
    with office.ledger.begin(durable=False) as connection:
        key = f"verify:{office.pseudonyms.of(f'verify {office.today()}', address)}"
        if not rate_limits.allow(connection, key, MOST_A_MINUTE, 60, office.now()):
            return None
        return office.code_desk(connection).verify(text)


ROUTES = (
    Route("/verify", verify_page, methods=["GET"]),
    Route("/verify", verify_form, methods=["POST"]),
)
