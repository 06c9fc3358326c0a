"""The farmer's look at an interview somebody filled in for them: by number and last digits, and the word that it is right."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office.applicants import LookUpRefusal
from office.assisted_checks import HOW_WORDS, AssistedChecks
from office.code_answers import day_of
from office.ledger import people
from office.ledger.assisted_checks import AssistedCheck
from office.people import ROLE_WORDS, Person
from web import seals
from web.case_access import SECONDS, STALE
from web.forms import read_form
from web.security import NO_STORE
from web.window import Window, address_of, off_loop, window_of

PURPOSE = "confirm check"
THANKS = "记下了，谢谢您核对。"


async def opened(request: Request, number: str, tail: str) -> Response | LookUpRefusal:
    """The interview of a number and the last four digits, or why it is not shown."""
    window = window_of(request)
    found = await off_loop(_look_up, window, number, tail, address_of(request))
    if isinstance(found, LookUpRefusal):
        return found
    return _page(request, *found, str(int(time.time()) + SECONDS))


async def confirm(request: Request) -> Response:
    """POST `/s/check`: the farmer says that it is right; the form was shown to who knew number and digits."""
    window, form = window_of(request), await read_form(request)
    number, until = form.get("number", "")[:20], form.get("until", "")[:20]
    is_ours = seals.fits(window, form.get("seal", ""), PURPOSE, number, until)
    found = await off_loop(_confirm, window, number) if is_ours and int(until) >= time.time() else None
    if found is None:
        response: Response = window.pages.render(request, "status.html", 403, refusal=STALE)
        response.headers.update(NO_STORE)
        return response
    return _page(request, *found, until, note=THANKS)


def _look_up(
    window: Window, number: str, tail: str, source: str
) -> tuple[AssistedCheck, Person | None] | LookUpRefusal:
    office = window.office
    with office.ledger.begin() as connection:
        found = AssistedChecks(office).look_up(connection, number, tail, source)
        if isinstance(found, LookUpRefusal):
            return found
        return found, people.find(connection, office.cipher, found.filled_by)


def _confirm(window: Window, number: str) -> tuple[AssistedCheck, Person | None] | None:
    office = window.office
    with office.ledger.begin() as connection:
        checks = AssistedChecks(office)
        checks.confirm(connection, number)
        found = checks.find(connection, number)
        return None if found is None else (found, people.find(connection, office.cipher, found.filled_by))


def _page(request: Request, check: AssistedCheck, by: Person | None, until: str, note: str = "") -> Response:
    window = window_of(request)
    response = window.pages.render(
        request,
        "assisted.html",
        check=check,
        by=by,
        note=note,
        until=until,
        seal=seals.made(window, PURPOSE, check.number, until),
        role_words=ROLE_WORDS,
        how_words=HOW_WORDS,
        day_of=day_of,
    )
    response.headers.update(NO_STORE)
    return response


ROUTES = (Route("/s/check", confirm, methods=["POST"]),)
