"""删除我的信息 in the browser: what hangs on this phone, or one case or call by its number and the phone's last digits."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office import erasure
from office.applicants import LookUpRefusal
from office.applications import UnknownCase
from office.erasure import Erased
from office.office import ChatKey
from web import form_keys
from web.case_access import Access, access_of, revoke
from web.chat import CHAT_COOKIE, chat_of, set_chat
from web.forms import read_form
from web.security import NO_STORE
from web.status import TOO_MANY
from web.window import Window, address_of, off_loop, window_of

WRONG = "编号和后四位对不上，什么也没删。请看清楚再填一次；一小时里最多错 5 次。"
STALE = "这一页放得太久了，什么也没删。请再按一次。"
NOT_SURE = "什么也没删。真要删，先勾上“我知道删了找不回来”，再按一次。"


async def forget_page(request: Request) -> Response:
    """`/forget`: what will go, and two ways to say whose it is. Below /s the browser also shows which case it opened."""
    return _page(request, 200)


async def forget(request: Request) -> Response:
    """POST: deletes, and says how much; the page that was open a long while ago deletes nothing."""
    form = await read_form(request)
    window, (chat, is_new) = window_of(request), chat_of(request)
    if is_new or not form_keys.is_ours(window, chat, form.get(form_keys.FIELD, "")):
        return _page(request, 403, STALE)
    if form.get("sure") != "yes":
        return _page(request, 422, NOT_SURE)
    if form.get("do") == "here":
        erased = await off_loop(_erase_here, window, chat, access_of(request))
        response = _done(request, erased)
        response.delete_cookie(CHAT_COOKIE, path="/")
        revoke(response)
        return response
    number, tail = form.get("receipt", "")[:40], form.get("tail", "")[:8]
    found = await off_loop(erasure.erase_by_number, window.office, number, tail, address_of(request))
    if found is LookUpRefusal.TOO_MANY:
        return _page(request, 429, TOO_MANY)
    return _done(request, found) if isinstance(found, Erased) else _page(request, 404, WRONG)


def _erase_here(window: Window, chat: ChatKey, access: Access | None) -> Erased:
    """Blocks: everything of this browser's chat, and the case it has opened."""
    erased = erasure.erase_chat(window.office, chat)
    if access is None:
        return erased
    try:
        return erased.plus(erasure.erase_case(window.office, access.receipt))
    except UnknownCase:
        return erased


def _done(request: Request, erased: Erased) -> Response:
    response = window_of(request).pages.render(request, "forgotten.html", lines=erased.lines())
    response.headers.update(NO_STORE)
    return response


def _page(request: Request, status: int, refusal: str = "") -> Response:
    window, (chat, is_new) = window_of(request), chat_of(request)
    response = window.pages.render(
        request,
        "forget.html",
        status,
        refusal=refusal,
        before=erasure.BEFORE,
        elsewhere=erasure.ELSEWHERE,
        key=form_keys.make(window, chat),
        has_chat=not is_new,
        has_case=access_of(request) is not None,
    )
    response.headers.update(NO_STORE)
    if is_new and request.method != "HEAD":
        set_chat(response, chat, window)
    return response


ROUTES = tuple(
    Route(path, endpoint, methods=[method])
    for path in ("/forget", "/s/forget")
    for endpoint, method in ((forget_page, "GET"), (forget, "POST"))
)
