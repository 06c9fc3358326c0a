"""我能办吗 and 政策体检 in the browser: one question a page, plain forms, and a result that can be printed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.answers import Action, Verb
from knowledge.check_views import CheckView, QuestionView, ResultView
from knowledge.checkup import Group
from office.check_ups import CheckUps
from office.ledger import rate_limits
from office.ledger.open_forms import KEPT_DAYS
from office.office import ChatKey
from web import seals
from web.chat import chat_of, set_chat
from web.failures import too_many_page
from web.forms import read_form
from web.security import NO_STORE
from web.window import Window, off_loop, window_of

MOST_A_MINUTE = 90
LONGEST_ANSWER = 200
VERBS = (Verb.CHECK_ANSWER, Verb.CHECK_STEP)
UNFOLDED = (Group.LIKELY, Group.NEARLY)
FEW = 3  # with fewer that are likely, those to ask about stand open too
DETAILED = (Group.LIKELY, Group.ASK, Group.NEARLY)  # the others' conditions stand on the entry's own check page
NO_ENTRY = "没有这一条。可能是编号印错了，或者这一条已经撤下来了。请在首页直接问，或者做一次政策体检。"
STALE_FORM = "这一页放得太久了，没有存。请返回上一页，刷新以后再点一次。"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form of these pages brought: a button's data, or words typed for the question `key`."""

    scope: str
    action: Action | None
    key: str
    text: str


async def check_page(request: Request) -> Response:
    """The question that waits, or the result; opening the page keeps nothing."""
    window = window_of(request)
    chat, _ = chat_of(request)
    scope = request.path_params.get("code", "")
    try:
        view = await off_loop(CheckUps(window.office).look, chat, scope)
    except LookupError as error:
        raise HTTPException(404, NO_ENTRY) from error
    response = window.pages.render(
        request,
        "check_question.html" if isinstance(view, QuestionView) else "check_result.html",
        view=view,
        path=_path(scope),
        seal=seal_of(chat),
        unfolded=_unfolded(view),
        detailed=DETAILED,
        longest=LONGEST_ANSWER,
    )
    if request.method != "HEAD":
        set_chat(response, chat, window, KEPT_DAYS)
    response.headers.update(NO_STORE)
    return response


async def check_form(request: Request) -> Response:
    """Take an answer or a step, then show the page it leads to, so that reloading sends nothing twice."""
    window = window_of(request)
    form = await read_form(request)
    chat, _ = chat_of(request)
    if not seals.is_same(form.get("seal", ""), seal_of(chat)):
        raise HTTPException(403, STALE_FORM)
    action = Action.parse(form.get("a", ""))
    sent = Sent(
        request.path_params.get("code", ""),
        action if action is not None and action.verb in VERBS else None,
        form.get("key", ""),
        form.get("t", "").strip()[:LONGEST_ANSWER],
    )
    try:
        if not await off_loop(_take, window, chat, sent):
            return too_many_page(request)
    except LookupError as error:
        raise HTTPException(404, NO_ENTRY) from error
    return RedirectResponse(_path(sent.scope), 303, headers=NO_STORE)


def _unfolded(view: CheckView) -> tuple[Group, ...]:
    """The groups that stand open: what may be had, and what one step would bring."""
    sections = view.sections if isinstance(view, ResultView) else ()
    likely = sum(len(section.items) for section in sections if section.group is Group.LIKELY)
    return UNFOLDED if likely >= FEW else (*UNFOLDED, Group.ASK)


def seal_of(chat: ChatKey) -> str:
    """What a form must carry to be this visitor's own; only who holds the cookie can know it."""
    return seals.of_token(chat.id, "check form")


def _take(window: Window, chat: ChatKey, sent: Sent) -> bool:
    """Do what the form asks; False when this visitor sends too much this minute. Blocks."""
    office, check_ups = window.office, CheckUps(window.office)
    with office.ledger.begin() as connection:
        key = f"check:{office.pseudonyms.of(chat.channel, chat.id)}"
        if not rate_limits.allow(connection, key, MOST_A_MINUTE, 60, office.now()):
            return False
        stands = check_ups.current(chat, connection=connection)
        if stands is None:
            check_ups.begin(chat, sent.scope, connection=connection)
        elif stands.scope != sent.scope:
            check_ups.enter(chat, sent.scope, connection=connection)
        if sent.action is not None:
            check_ups.press(sent.action, chat, connection=connection)
        elif sent.key and sent.text:
            check_ups.reply(chat, sent.text, sent.key, connection=connection)
    return True


def _path(scope: str) -> str:
    return f"/check/{quote(scope)}" if scope else "/check"


ROUTES = (
    Route("/check", check_page, methods=["GET"]),
    Route("/check", check_form, methods=["POST"]),
    Route("/check/{code}", check_page, methods=["GET"]),
    Route("/check/{code}", check_form, methods=["POST"]),
)
