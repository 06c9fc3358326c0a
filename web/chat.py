"""The front page: ask in one's own words, get the office's reply; works without script, better with."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from knowledge.answers import Action, Answer, Button, Verb
from knowledge.vocabulary import FACET_WORDS
from office.office import ChatKey
from web.failures import too_many_page
from web.forms import read_form
from web.pages import pressed_address
from web.window import Window, address_of, off_loop, window_of

CHAT_COOKIE = "chat"
CHAT_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
LONGEST_QUESTION = 500
DAY = 86_400
EXAMPLES = ("石斛贷利息多少", "创业贷款怎么办", "种粮有什么补贴", "农机补贴怎么领", "杨梅保险保什么", "有人让我先交钱")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of the visitor and the office's reply to it."""

    question: str
    said: Answer
    is_cut: bool = False


async def chat_page(request: Request) -> Response:
    """GET: the page, with a reply when `q` (words) or `a` (a pressed button) is there."""
    question, action = request.query_params.get("q", "").strip(), _pressed(request.query_params.get("a", ""))
    if request.method == "HEAD":
        question, action = "", None
    if action is not None and action.verb is Verb.CALCULATE:
        return RedirectResponse(pressed_address(action), 303)
    return await _page(request, question, action)


async def ask_form(request: Request) -> Response:
    """POST: from the script the bare reply; from a plain form a redirect to the page that shows it."""
    form = await read_form(request)
    question, data = form.get("q", "").strip(), form.get("a", "")
    if "x-piece" in request.headers:
        return await _piece(request, question, _pressed(data))
    query = {"a": data} if data else {"q": question[: LONGEST_QUESTION + 1]}
    return RedirectResponse(f"/?{urlencode(query)}", 303)


def _pressed(data: str) -> Action | None:
    """The button pressed; one of another version becomes a press that leads nowhere, which the office explains."""
    return (Action.parse(data) or Action(Verb.ENTRY)) if data else None


async def _page(request: Request, question: str, action: Action | None) -> Response:
    window = window_of(request)
    chat, is_new = chat_of(request)
    turn = None
    if question or action is not None:
        turn = await off_loop(_turn, window, _limited_by(request, chat, is_new), chat, question, action)
        if turn is None:
            return too_many_page(request)
    top = await off_loop(_home_menus, window)
    response = window.pages.render(
        request, "chat.html", turn=turn, examples=EXAMPLES, menus=top, longest=LONGEST_QUESTION
    )
    if is_new and request.method != "HEAD":
        set_chat(response, chat, window)
    return response


async def _piece(request: Request, question: str, action: Action | None) -> Response:
    window = window_of(request)
    chat, is_new = chat_of(request)
    turn = await off_loop(_turn, window, _limited_by(request, chat, is_new), chat, question, action)
    if turn is None:
        return window.pages.piece("too_many_piece.html", 429, {"Retry-After": "60"})
    response = window.pages.piece("turn.html", turn=turn)
    if is_new:
        set_chat(response, chat, window)
    return response


def _turn(window: Window, limited: ChatKey, chat: ChatKey, question: str, action: Action | None) -> Turn | None:
    """The office's reply, or None when this chat has asked too much this minute. Blocks."""
    office = window.office
    with office.ledger.begin(durable=False) as connection:
        if office.too_many(limited, connection=connection):
            return None
        if action is not None:
            said = office.press(action, chat, connection=connection)
            label = _label(window, action)
        else:
            said = office.ask(question[:LONGEST_QUESTION], chat, connection=connection)
            label = question[:LONGEST_QUESTION]
    window.meters.answers.labels(said.outcome.value).inc()
    return Turn(label, said, action is None and len(question) > LONGEST_QUESTION)


def _label(window: Window, action: Action) -> str:
    """What a press would have been, had the visitor typed it."""
    knowledge = window.office.knowledge
    entry = knowledge.entries.get(action.target)
    if action.verb is Verb.PERSON:
        return "找人问"
    if action.verb is Verb.NONE_OF_THESE:
        return "都不是"
    if action.verb is Verb.FORGET:
        return "忘掉"
    if entry is not None:
        facet = next((word for name, word in FACET_WORDS.items() if name.value == action.detail), "")
        return f"{entry.title}{'：' + facet if facet else ''}"
    return ""


def _home_menus(window: Window) -> tuple[tuple[str, tuple[Button, ...]], ...]:
    menus = (window.office.browse(key) for key in ("S", "R", "C"))
    return tuple((menu.title, menu.choices) for menu in menus)


def chat_of(request: Request) -> tuple[ChatKey, bool]:
    """The visitor's chat, and whether it begins with this request."""
    known = request.cookies.get(CHAT_COOKIE, "")
    if CHAT_ID.fullmatch(known):
        return ChatKey("web", known), False
    return ChatKey("web", secrets.token_urlsafe(18)), True


def _limited_by(request: Request, chat: ChatKey, is_new: bool) -> ChatKey:
    """Who the limit counts for: the chat, or the network address of someone who sends no cookie back."""
    if not is_new:
        return chat
    return ChatKey("web-address", address_of(request))


def set_chat(response: Response, chat: ChatKey, window: Window, days: int = 1) -> None:
    """Keep the chat in the visitor's browser, for a day unless what they left there is kept longer."""
    window.pages.keep_cookie(response, CHAT_COOKIE, chat.id, days * DAY)
