"""找人问 on the web: the offices to ask, and a form that gets a call back; works without script."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office import help_desk, help_standing
from office.applicants import LookUpRefusal
from office.help_desk import LONGEST_QUESTION, WORKING_DAYS, HelpError, Promise, TooManyCalls
from office.help_standing import Standing
from office.working_days import HOURS
from web.failures import failure_page
from web.forms import read_form
from web.security import NO_STORE
from web.window import address_of, off_loop, window_of

KEPT_FORM = 64


async def person_page(request: Request) -> Response:
    """Whom to ask, when they can be reached, and the form."""
    return await _page(request)


async def ask_person(request: Request) -> Response:
    """POST: a call for a person; the page says who answers, until when, and the number to refer to."""
    form = await read_form(request)
    try:
        promise = await off_loop(_ask, request, form)
    except TooManyCalls as error:
        return failure_page(request, 429, "登记得太多了", str(error))
    except HelpError as error:
        return await _page(request, 422, trouble=str(error), given=form)
    return await _page(request, promise=promise, given=form)


async def opened(request: Request, number: str, tail: str) -> Response | LookUpRefusal:
    """What became of the call of a number and the last four digits, or why it is not shown."""
    found = await off_loop(_look_up, request, number, tail)
    if isinstance(found, LookUpRefusal):
        return found
    response = window_of(request).pages.render(request, "help_standing.html", one=found)
    response.headers.update(NO_STORE)
    return response


def _look_up(request: Request, number: str, tail: str) -> Standing | LookUpRefusal:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        return help_standing.look_up(office, connection, number, tail, address_of(request))


async def _page(
    request: Request,
    status: int = 200,
    *,
    promise: Promise | None = None,
    trouble: str = "",
    given: dict[str, str] | None = None,
) -> Response:
    window = window_of(request)
    said = await off_loop(window.office.person_to_ask)
    response = window.pages.render(
        request,
        "person.html",
        status,
        said=said,
        promise=promise,
        trouble=trouble,
        given=given or {},
        has_phone=bool((given or {}).get("phone", "").strip()),
        form_id=(given or {}).get("form") or secrets.token_urlsafe(16),
        hours=HOURS,
        working_days=WORKING_DAYS,
        longest=LONGEST_QUESTION,
    )
    response.headers.update(NO_STORE)
    return response


def _ask(request: Request, form: dict[str, str]) -> Promise:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        return help_desk.ask(
            office,
            connection,
            form=f"web:{form.get('form', '')[:KEPT_FORM] or secrets.token_urlsafe(16)}",
            village=form.get("village", ""),
            phone=form.get("phone", ""),
            question=form.get("question", ""),
            channel="web",
            source=address_of(request),
        )


ROUTES = (
    Route("/person", person_page, methods=["GET"]),
    Route("/person", ask_person, methods=["POST"]),
)
