"""The way to one's own case: after the receipt number and the last digits were right, a cookie opens it for half an hour."""

from __future__ import annotations

import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from office import receipts
from web import seals
from web.window import Window, window_of

COOKIE = "case"
PATH = "/s"
SECONDS = 30 * 60
_OPEN, _FORM = "case open", "case form"
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
    value = f"{receipt}.{until}.{seals.made(window, _OPEN, receipt, until)}"
    window.pages.keep_cookie(response, COOKIE, value, SECONDS, path=PATH)


def access_of(request: Request) -> Access | None:
    """The case this browser may see now."""
    window = window_of(request)
    receipt, until, seal = [*request.cookies.get(COOKIE, "").split("."), "", "", ""][:3]
    if (
        not seals.fits(window, seal, _OPEN, receipt, until)
        or receipts.read(receipt) is None
        or int(until) < time.time()
    ):
        return None
    return Access(receipt, seals.made(window, _FORM, receipt, until))


def is_sealed(access: Access, form: dict[str, str]) -> bool:
    """Whether a form came from a page of this very case and browser."""
    return seals.is_same(access.seal, form.get(SEAL, ""))


def revoke(response: Response) -> None:
    """Forget the case in this browser, for telephones that several people use."""
    response.delete_cookie(COOKIE, path=PATH)
