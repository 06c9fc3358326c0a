"""When the ledger is busy or cannot be reached: 503, what to do, and whatever was typed, ready to be sent again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from office.masking import mask
from web.forms import read_form
from web.meters import route_name
from web.security import NO_STORE
from web.window import window_of

log = logging.getLogger(__name__)

WAIT_SECONDS = 30
HEADERS = {"Retry-After": f"{WAIT_SECONDS}", **NO_STORE}
PLAIN_FORM = "application/x-www-form-urlencoded"
# what people type, as the page names it; choices and the marks of a form are carried along without a word
LABELS = {
    "q": "您问的",
    "question": "想问什么",
    "t": "您答的",
    "text": "要查的话",
    "name": "称呼",
    "phone": "电话",
    "place": "哪个村",
    "village": "哪个村",
    "villages": "哪些村",
    "amount": "想贷多少",
    "purpose": "做什么用",
    "reply": "答复他的话",
    "reason": "为什么",
    "sentence": "告诉他的话",
    "note": "备注",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One line of what was typed."""

    label: str
    text: str


async def on_busy(request: Request, error: Exception) -> Response:
    """The ledger could not be had in time: nothing was changed, so the same again is offered as it was sent.

    The marks a form carried (seal, form key) go back as they came and are judged when it is sent again: one that
    another site made up is no better for having passed here.
    """
    log.warning("账本忙 %s：%s", route_name(request.scope), type(error).__qualname__)
    pages = window_of(request).pages
    if "x-piece" in request.headers:
        return pages.piece("busy_piece.html", 503, HEADERS)
    sent = await _sent(request) if request.method == "POST" else None
    query = f"?{request.url.query}" if request.url.query else ""
    response = pages.render(
        request,
        "busy.html",
        503,
        again=f"{quote(request.url.path)}{query}",
        is_post=request.method == "POST",
        sent=sent,
        typed=_typed(sent if sent is not None else request.query_params),
    )
    response.headers.update(HEADERS)
    return response


async def on_database_error(request: Request, error: Exception) -> Response:
    """A database that cannot be reached is as one that is busy; any other trouble of it is an unforeseen error."""
    if isinstance(error, OperationalError) and _is_away(error):
        return await on_busy(request, error)
    raise error


def _is_away(error: OperationalError) -> bool:
    """No connection came about, or it broke: the server has named no fault of the statement's."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") is None


async def _sent(request: Request) -> dict[str, str] | None:
    """The fields of the form, whether or not the page had come to reading it; None where it was no plain form."""
    known: dict[str, str] | None = getattr(request.state, "sent", None)
    if known is None and request.headers.get("content-type", "").startswith(PLAIN_FORM):
        try:
            known = await read_form(request)
        except HTTPException:  # refused: there is nothing to offer again
            return None
    return {name: _kept(name, text) for name, text in known.items()} if known is not None else None


def _kept(name: str, text: str) -> str:
    """Free words without numbers of identity and cards, which nobody needs here and no page shows again."""
    return mask(text) if name in LABELS and name != "phone" else text


def _typed(fields: Mapping[str, str]) -> tuple[Typed, ...]:
    return tuple(
        Typed(LABELS[name], _kept(name, text)) for name, text in fields.items() if name in LABELS and text.strip()
    )
