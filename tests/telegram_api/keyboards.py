"""Keyboards under a message, checked as Telegram checks them, and shown as the person sees them."""

import re
from typing import Any
from urllib.parse import urlsplit

from .errors import bad

ROW_LIMIT, TOTAL_LIMIT = 8, 100
INLINE_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
REPLY_ACTIONS = (
    "request_users", "request_chat", "request_managed_bot", "request_contact", "request_location", "request_poll",
    "web_app",
)  # fmt: skip
STYLES = {"danger", "success", "primary"}
Markup = dict[str, Any]


def check_markup(markup: Markup | None, private: bool) -> None:
    """Refuses a reply_markup that Telegram would refuse in that kind of chat."""
    if markup is None:
        return
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"])
        for button in (b for row in markup["inline_keyboard"] for b in row):
            _check_inline(button, private)
    elif "keyboard" in markup:
        if not any(markup["keyboard"]):
            raise bad("can't parse reply keyboard markup JSON object: keyboard is empty")
        _check_rows(markup["keyboard"])
        for button in (b for row in markup["keyboard"] for b in row if isinstance(b, dict)):
            _check_reply(button, private)
    elif "remove_keyboard" in markup and markup["remove_keyboard"] is not True:
        raise bad("can't parse ReplyKeyboardRemove: remove_keyboard must be True")
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= len(placeholder) <= 64:
        raise bad("can't parse reply markup: input_field_placeholder must have 1-64 characters")


def _check_rows(rows: list[list[Any]]) -> None:
    if any(len(row) > ROW_LIMIT for row in rows) or sum(map(len, rows)) > TOTAL_LIMIT:
        raise bad("REPLY_MARKUP_TOO_LONG")


def _check_common(button: Markup, spoken: str) -> None:
    if not button["text"].strip():
        raise bad(f'can\'t parse {spoken}: Field "text" must be non-empty')
    if button.get("style", "primary") not in STYLES:
        raise bad(f'can\'t parse {spoken}: Field "style" must be one of danger, success, primary')


def _check_inline(button: Markup, private: bool) -> None:
    _check_common(button, "inline keyboard button")
    actions = [name for name in INLINE_ACTIONS if name in button]
    if not actions or button.get("callback_data") == "" or button.get("url") == "":
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(f"can't parse inline keyboard button: exactly one action is allowed, found {', '.join(actions)}")
    if len(button.get("callback_data", "").encode()) > 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button:
        check_url(button["url"], "inline keyboard button URL", ("http", "https", "tg"))
    if "login_url" in button:
        check_url(button["login_url"]["url"], "inline keyboard button login URL", ("https",))
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    _check_web_app(button, private, "inline keyboard button")


def _check_reply(button: Markup, private: bool) -> None:
    _check_common(button, "keyboard button")
    actions = [name for name in REPLY_ACTIONS if button.get(name)]
    if len(actions) > 1:
        raise bad(f"can't parse keyboard button: at most one action is allowed, found {', '.join(actions)}")
    if actions and not private and actions[0] in {"request_contact", "request_location"}:
        raise bad(f"can't parse keyboard button: {actions[0]} is allowed in private chats only")
    _check_web_app(button, private, "keyboard button")


def _check_web_app(button: Markup, private: bool, spoken: str) -> None:
    if "web_app" not in button:
        return
    check_url(button["web_app"]["url"], f"{spoken} Web App URL", ("https",))
    if not private:
        raise bad("BUTTON_TYPE_INVALID")


def check_url(url: str, what: str, schemes: tuple[str, ...]) -> None:
    """Refuses an address that is not one, or not of these schemes."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme in {"http", "https"} and schemes == ("https",) and parts.scheme != "https":
        raise bad(f"{what} '{url}' is invalid: Only HTTPS links are allowed")
    if parts.scheme not in schemes:
        raise bad(f"{what} '{url}' is invalid: Unsupported URL protocol")
    host = parts.hostname or ""
    if parts.scheme != "tg" and (not re.fullmatch(r"[^\s]+\.[^\s.]+", host) or re.search(r"\s", url)):
        raise bad(f"{what} '{url}' is invalid: Wrong HTTP URL")
