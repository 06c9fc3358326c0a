"""Calls that Telegram refuses, with code and words; capital words such as U stand for ids of the test's scene."""

from typing import Any

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def html(text: str) -> dict[str, Any]:
    return {"chat_id": "U", "text": text, "parse_mode": "HTML"}


def keyboard(*buttons: dict[str, Any], chat: str = "U") -> dict[str, Any]:
    return {"chat_id": chat, "text": "x", "reply_markup": inline(*buttons)}


def article(**over: Any) -> dict[str, Any]:
    return {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "x"}} | over


def offer(*results: dict[str, Any], **over: Any) -> dict[str, Any]:
    return {"inline_query_id": "INLINE", "results": list(results)} | over


def commands(name: str, description: str = "说明", **over: Any) -> dict[str, Any]:
    return {"commands": [{"command": name, "description": description}]} | over


PARSE = "can't parse entities: "
BUTTON = "can't parse inline keyboard button: "
TEXT_ONLY = BUTTON + "Text buttons are unallowed in the inline keyboard"
DATA = {"text": "点", "callback_data": "a"}

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "x"}, "400 chat_id is empty"),
    ("sendMessage", {"chat_id": "U"}, "400 message text is empty"),
    ("sendMessage", {"chat_id": "U", "text": ""}, "400 message text is empty"),
    ("sendMessage", {"chat_id": "U", "text": " \n\t"}, "400 message text is empty"),
    ("sendMessage", {"chat_id": "U", "text": "\u3000\u200b\u200d"}, "400 message text is empty"),
    ("sendMessage", html("<b></b>"), "400 message text is empty"),
    ("sendMessage", {"chat_id": "U", "text": "字" * 4097}, "400 message is too long"),
    ("sendMessage", html("<b>" + "字" * 4097 + "</b>"), "400 message is too long"),
    ("sendMessage", {"chat_id": "U", "text": "x", "colour": "red"}, '400 unknown parameter "colour"'),
    ("sendMessage", {"chat_id": "U", "text": 5}, '400 parameter "text" must be of type String'),
    ("sendMessage", {"chat_id": "U", "text": "x", "protect_content": "maybe"}, "400 must be of type Boolean"),
    ("sendMessage", {"chat_id": "U", "text": "x", "parse_mode": "BBCode"}, "400 unsupported parse_mode"),
    ("sendMessage", {"chat_id": 999, "text": "x"}, "400 chat not found"),
    ("sendMessage", {"chat_id": "@nobody_here", "text": "x"}, "400 chat not found"),
    ("sendMessage", {"chat_id": "BLOCKED", "text": "x"}, "403 bot was blocked by the user"),
    ("sendMessage", {"chat_id": "GONE", "text": "x"}, "403 user is deactivated"),
    ("sendMessage", {"chat_id": "STRANGER", "text": "x"}, "403 bot can't initiate conversation with a user"),
    ("sendMessage", {"chat_id": "KICKED", "text": "x"}, "403 bot was kicked from the group chat"),
    ("sendMessage", html("换行<br>"), f'400 {PARSE}Unsupported start tag "br" at byte offset 6'),
    ("sendMessage", html("<div>x</div>"), f'400 {PARSE}Unsupported start tag "div" at byte offset 0'),
    ("sendMessage", html("a < b"), f'400 {PARSE}Unsupported start tag "" at byte offset 2'),
    ("sendMessage", html("5<6"), f"400 {PARSE}Unclosed start tag at byte offset 1"),
    ("sendMessage", html("农资&种子"), f'400 {PARSE}Character "&" must be escaped at byte offset 6'),
    ("sendMessage", html("<b>x"), f'400 {PARSE}Can\'t find end tag corresponding to start tag "b"'),
    ("sendMessage", html("x</b>"), f"400 {PARSE}Unexpected end tag at byte offset 1"),
    ("sendMessage", html("<b><i>x</b></i>"), '400 offset 7, expected "</i>", found "</b>"'),
    ("sendMessage", html("<b>x</b"), f"400 {PARSE}Unclosed end tag at byte offset 4"),
    ("sendMessage", html('<a href="x>y</a>'), f'400 {PARSE}Unclosed start tag "a" at byte offset 0'),
    ("sendMessage", html("<i aba>x</i>"), '400 Expected equal sign in declaration of an attribute of the tag "i"'),
    ("sendMessage", html("<i =aba>x</i>"), '400 Empty attribute name in the tag "i" at byte offset 0'),
    ("sendMessage", html("<span>x</span>"), '400 Tag "span" must have class "tg-spoiler" at byte offset 0'),
    (
        "sendMessage",
        {"chat_id": "U", "text": "短", "entities": [{"type": "bold", "offset": 0, "length": 9}]},
        "400 ends after the end of the text at UTF-16 offset 9",
    ),
    ("sendMessage", {"chat_id": "U", "text": "x", "entities": [{"type": "bold"}]}, '400 Can\'t find field "offset"'),
    ("sendMessage", keyboard({"text": "点", "callback_data": "字" * 22}), "400 BUTTON_DATA_INVALID"),
    ("sendMessage", keyboard({"text": "点", "callback_data": ""}), f"400 {TEXT_ONLY}"),
    ("sendMessage", keyboard({"text": "点"}), f"400 {TEXT_ONLY}"),
    ("sendMessage", keyboard({"callback_data": "a"}), f'400 {BUTTON}Can\'t find field "text"'),
    ("sendMessage", keyboard({"text": " ", "callback_data": "a"}), f'400 {BUTTON}Field "text" must be non-empty'),
    ("sendMessage", keyboard({"text": 7, "callback_data": "a"}), '400 Field "text" must be of type String'),
    ("sendMessage", keyboard(DATA | {"url": "https://example.org"}), f"400 {BUTTON}exactly one action"),
    ("sendMessage", keyboard(DATA | {"colour": "red"}), f'400 {BUTTON}Unexpected field "colour"'),
    ("sendMessage", keyboard(DATA | {"style": "gold"}), '400 Field "style" must be one of'),
    ("sendMessage", keyboard(*[DATA] * 9), "400 REPLY_MARKUP_TOO_LONG"),
    ("sendMessage", keyboard({"text": "x", "url": "http://localhost:8000"}), "400 is invalid: Wrong HTTP URL"),
    ("sendMessage", keyboard({"text": "x", "url": "ftp://example.org"}), "400 is invalid: Unsupported URL protocol"),
    (
        "sendMessage",
        keyboard({"text": "x", "web_app": {"url": "http://example.org"}}),
        "400 inline keyboard button Web App URL 'http://example.org' is invalid: Only HTTPS links are allowed",
    ),
    (
        "sendMessage",
        keyboard({"text": "x", "web_app": {"url": "https://example.org"}}, chat="GROUP"),
        "400 BUTTON_TYPE_INVALID",
    ),
    ("sendMessage", {"chat_id": "U", "text": "x", "reply_markup": "{"}, "400 can't parse reply_markup JSON object"),
    ("sendMessage", {"chat_id": "U", "text": "x", "reply_markup": {"keyboard": []}}, "400 keyboard is empty"),
    (
        "sendMessage",
        {"chat_id": "GROUP", "text": "x", "reply_markup": {"keyboard": [[{"text": "号", "request_contact": True}]]}},
        "400 request_contact is allowed in private chats only",
    ),
    (
        "sendMessage",
        {"chat_id": "U", "text": "x", "reply_parameters": {"message_id": 999}},
        "400 message to be replied not found",
    ),
    ("sendMesage", {"chat_id": "U", "text": "x"}, "404 Not Found"),
    ("sendPhoto", {"chat_id": "U"}, "400 there is no photo in the request"),
    ("sendPhoto", {"chat_id": "U", "photo": "nonsense"}, "400 wrong remote file identifier"),
    ("sendPhoto", {"chat_id": "U", "photo": "attach://p"}, '400 attached file "p" of photo is not in the request'),
    ("sendPhoto", {"chat_id": "U", "photo": "x", "caption": "字" * 1025}, "400 message caption is too long"),
    ("sendDocument", {"chat_id": "U"}, "400 there is no document in the request"),
    ("sendLocation", {"chat_id": "U", "latitude": 91.0, "longitude": 0}, "400 invalid location specified"),
    ("sendChatAction", {"chat_id": "U", "action": "thinking"}, "400 wrong parameter action in request"),
    ("editMessageText", {"chat_id": "U", "message_id": 999, "text": "x"}, "400 message to edit not found"),
    ("editMessageText", {"chat_id": "U", "text": "x"}, "400 message identifier is not specified"),
    ("editMessageText", {"chat_id": "U", "message_id": "OWN", "text": "x"}, "400 message can't be edited"),
    (
        "editMessageText",
        {"chat_id": "U", "message_id": "SENT", "text": "原文", "reply_markup": inline(DATA)},
        "400 message is not modified",
    ),
    ("editMessageText", {"chat_id": "U", "message_id": "PHOTO", "text": "x"}, "400 there is no text in the message"),
    ("editMessageText", {"inline_message_id": "none", "text": "x"}, "400 MESSAGE_ID_INVALID"),
    ("editMessageCaption", {"chat_id": "U", "message_id": "SENT", "caption": "x"}, "400 there is no caption in the"),
    (
        "editMessageReplyMarkup",
        {"chat_id": "U", "message_id": "SENT", "reply_markup": inline(DATA)},
        "400 message is not modified",
    ),
    ("deleteMessage", {"chat_id": "U", "message_id": 999}, "400 message to delete not found"),
    ("answerCallbackQuery", {"callback_query_id": "never"}, f"400 {TOO_OLD}"),
    ("answerCallbackQuery", {"callback_query_id": "ANSWERED"}, f"400 {TOO_OLD}"),
    ("answerCallbackQuery", {"callback_query_id": "ANSWERED", "text": "长" * 201}, "400 MESSAGE_TOO_LONG"),
    ("answerInlineQuery", offer(inline_query_id="never"), f"400 {TOO_OLD}"),
    ("answerInlineQuery", offer(*[article(id=str(n)) for n in range(51)]), "400 RESULTS_TOO_MUCH"),
    ("answerInlineQuery", offer(article(id="")), "400 RESULT_ID_INVALID"),
    ("answerInlineQuery", offer(article(id="字" * 22)), "400 RESULT_ID_INVALID"),
    ("answerInlineQuery", offer(article(), article()), "400 RESULT_ID_DUPLICATE"),
    ("answerInlineQuery", offer(article(type="essay")), "400 Unsupported type specified"),
    ("answerInlineQuery", offer(article(colour="red")), '400 inline query result: Unexpected field "colour"'),
    ("answerInlineQuery", offer(article(input_message_content={"message_text": " "})), "400 message text is empty"),
    (
        "answerInlineQuery",
        offer(article(), button={"text": "登录", "start_parameter": "有空格 "}),
        "400 START_PARAM_INVALID",
    ),
    ("setMyCommands", commands("开始"), "400 BOT_COMMAND_INVALID"),
    ("setMyCommands", commands("Start"), "400 BOT_COMMAND_INVALID"),
    ("setMyCommands", commands("a" * 33), "400 command length must not exceed 32"),
    ("setMyCommands", commands("start", ""), "400 command description must be non-empty"),
    ("setMyCommands", commands("start", "长" * 257), "400 command description length must not exceed 256"),
    ("setMyCommands", commands("start", language_code="zh-hans"), "400 invalid language code specified"),
    ("setMyCommands", commands("start", scope={"type": "galaxy"}), "400 Unsupported type specified"),
    ("setMyCommands", commands("start", scope={"type": "chat"}), '400 Can\'t find field "chat_id"'),
    ("setMyCommands", commands("start", scope={"type": "chat", "chat_id": 999}), "400 chat not found"),
    ("setMyName", {"name": "长" * 65}, "400 bot name is too long"),
    ("setMyShortDescription", {"short_description": "长" * 121}, "400 bot short description is too long"),
    (
        "setChatMenuButton",
        {"menu_button": {"type": "web_app", "text": "开", "web_app": {"url": "http://example.org"}}},
        "400 Only HTTPS links are allowed",
    ),
    ("setWebhook", {"url": "http://example.org/telegram"}, "400 bad webhook: An HTTPS URL must be provided"),
    (
        "setWebhook",
        {"url": "https://example.org:8000/t"},
        "400 Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
    ("setWebhook", {"url": "https://example.org/t"}, "400 bad webhook: Failed to resolve host"),
    (
        "setWebhook",
        {"url": "http://127.0.0.1:1/t", "secret_token": "a b"},
        "400 secret token contains unallowed characters",
    ),
    ("setWebhook", {"url": "http://127.0.0.1:1/t", "secret_token": "a" * 257}, "400 secret token is too long"),
    ("getUpdates", {"limit": 0}, '400 parameter "limit" must be between 1 and 100'),
    ("getUpdates", {"allowed_updates": ["mesage"]}, '400 unknown update type "mesage"'),
    ("getFile", {"file_id": "nonsense"}, "400 wrong file_id or the file is temporarily unavailable"),
    ("getChat", {"chat_id": 999}, "400 chat not found"),
    ("sendPoll", {"chat_id": "U", "question": "?", "options": [{"text": "a"}]}, "400 sendPoll is not emulated"),
]
