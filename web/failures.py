"""When something goes wrong: a kind page in plain Chinese, and a log line without personal data."""

from __future__ import annotations

import logging
import secrets
import traceback

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.meters import route_name
from web.window import window_of

log = logging.getLogger(__name__)

TITLES = {
    400: "这个地址不对",
    403: "这里您不能看",
    404: "没有这一页",
    405: "这里不能这样用",
    413: "写得太长了",
    415: "这里只收普通表单",
}
ADVICE = {
    400: "请回到首页重新找。",
    404: "可能是地址少了几个字，或者这一条已经撤下来了。请回到首页重新问，或者按类别找。",
    413: "请写短一点再交。",
}
FALLBACK = "请回到首页重新试一次。"


async def on_http_exception(request: Request, error: Exception) -> Response:
    """404 and its kin; a detail in Chinese is ours and is shown."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) and not error.detail.isascii() else None
    headers = error.headers if isinstance(error, HTTPException) else None
    response = failure_page(request, status, TITLES.get(status, "没办成"), detail or ADVICE.get(status, FALLBACK))
    response.headers.update(headers or {})
    return response


def too_many_page(request: Request) -> Response:
    """The page for someone who asks faster than a person reads."""
    response = failure_page(request, 429, "问得太快了", "一分钟最多问 30 次。请歇一分钟再问，急的话点“找人问”。")
    response.headers["Retry-After"] = "60"
    return response


def failure_page(request: Request, status: int, title: str, text: str, error_id: str | None = None) -> Response:
    """A kind page; the header, the way to a person and the warning stand on it as on any other."""
    return window_of(request).pages.render(request, "failure.html", status, title=title, text=text, error_id=error_id)


class Caught:
    """Answers an unforeseen error with a page and an error id.

    The log names the id, the endpoint, the kind of error and the lines of code, never its words:
    they may quote a visitor.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:  # the outermost border: whatever it is, the visitor gets a page
            error_id = secrets.token_hex(4)
            log.error("网页出错 %s：%s，%s，%s", error_id, route_name(scope), type(error).__qualname__, _places(error))
            if has_begun:
                raise
            request = Request(scope, receive)
            text = "我们这边出了点问题，不是您的错。请过几分钟再试；急的话打 12345 或者点“找人问”。"
            await failure_page(request, 500, "出错了", text, error_id)(scope, receive, send)


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " > ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames)
