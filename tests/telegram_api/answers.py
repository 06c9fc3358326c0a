"""The methods that answer a tap or an inline query."""

import re

from .errors import bad
from .keyboards import check_markup, check_url
from .texts import checked_caption, checked_text
from .world import Json, Query, World

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _open(world: World, queries: dict[str, Query], query_id: str) -> Query:
    query = queries.get(query_id)
    if query is None or query.answer is not None or world.now() - query.at > world.query_seconds:
        raise bad(TOO_OLD)
    return query


def answer_callback(world: World, params: Json) -> bool:
    """answerCallbackQuery."""
    if len(params.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query = _open(world, world.queries, params["callback_query_id"])
    if "url" in params:
        check_url(params["url"], "callback answer URL", ("https", "tg"))
    query.answer = {k: v for k, v in params.items() if k != "callback_query_id"}
    return True


def answer_inline(world: World, params: Json) -> bool:
    """answerInlineQuery."""
    results = params["results"]
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64:
            raise bad("RESULT_ID_INVALID")
        check_result(result)
    if len({result["id"] for result in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    if len(params.get("next_offset", "").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    _check_button(params.get("button"))
    _open(world, world.inline, params["inline_query_id"]).answer = params
    return True


def check_result(result: Json) -> None:
    """Refuses a result whose message could not be sent."""
    if not result.get("title", "x"):
        raise bad("ARTICLE_TITLE_EMPTY")
    # Chosen results may land in any chat, where Web App buttons are not allowed.
    check_markup(result.get("reply_markup"), private=False)
    checked_caption(result)
    content = result.get("input_message_content")
    if content and "message_text" in content:
        checked_text({"text": content["message_text"], **content})


def _check_button(button: Json | None) -> None:
    if button is None:
        return
    if not button["text"]:
        raise bad("SWITCH_PM_TEXT_EMPTY")
    if ("web_app" in button) == ("start_parameter" in button):
        raise bad("can't parse inline query results button: exactly one action is allowed")
    if "start_parameter" in button and not START_PARAMETER.fullmatch(button["start_parameter"]):
        raise bad("START_PARAM_INVALID")
    if "web_app" in button:
        check_url(button["web_app"]["url"], "inline query results button Web App URL", ("https",))


METHODS = {"answerCallbackQuery": answer_callback, "answerInlineQuery": answer_inline}
