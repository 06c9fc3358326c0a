"""The way to one's own case: after the receipt number and the last digits were right, a cookie opens it for half an hour."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from office import receipts
from web.window import Window, window_of

COOKIE = "case"
SECONDS = 30 * 60
SEAL = "seal"
STALE = "这一页放得太久了。请用回执编号和手机后四位重新打开。"


@dataclass(frozen=True, slots=True)
class Access:
    """One case, opened; `seal` must stand in every form on its pages."""

    receipt: str
    seal: str


def grant(response: Response, window: Window, receipt: str) -> None:
    """Let this browser see the case; the number stands in no address."""
    until = str(int(time.time()) + SECONDS)
    value = f"{receipt}.{until}.{_seals(window, 'open', receipt, until)[0]}"
    response.set_cookie(COOKIE, value, SECONDS, path="/s", secure=window.pages.is_https, httponly=True, samesite="lax")


def access_of(request: Request) -> Access | None:
    """The case this browser may see now."""
    window = window_of(request)
    receipt, until, seal = [*request.cookies.get(COOKIE, "").split("."), "", "", ""][:3]
    is_right = any(hmac.compare_digest(seal.encode(), one.encode()) for one in _seals(window, "open", receipt, until))
    if not is_right or receipts.read(receipt) is None or int(until) < time.time():
        return None
    return Access(receipt, _seals(window, "form", receipt, until)[0])


def is_sealed(access: Access, form: dict[str, str]) -> bool:
    """Whether a form came from a page of this very case and browser."""
    return hmac.compare_digest(access.seal.encode(), form.get(SEAL, "").encode())


def revoke(response: Response) -> None:
    """Forget the case in this browser, for telephones that several people use."""
    response.delete_cookie(COOKIE, path="/s")


def _seals(window: Window, what: str, *parts: str) -> list[str]:
    words = "\0".join((what, *parts)).encode()
    keys = [b"huinong case\0" + key.reveal().encode() for key in window.office.settings.secret_keys]
    return [hmac.new(key, words, hashlib.sha256).hexdigest()[:32] for key in keys]
