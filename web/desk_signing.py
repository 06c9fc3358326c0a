"""An application that was filled in, on paper: printed, signed by the farmer, and the signature recorded by who saw it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from office.application_case import CaseFile
from office.application_form import village_words
from office.applications import ApplicationError
from office.applications_desk import Applications
from office.consents import asked
from office.ledger import people
from office.people import Duty, Person, Role
from office.receipts import spoken
from web.desk_access import desk_page, person_of, staff_only
from web.desk_cases import known_case
from web.status import amount_words
from web.window import off_loop, window_of

OWN = "这张单子是他自己填的，不用签字。请返回单子。"


@staff_only(Duty.FILL_IN)
async def sheet_page(request: Request) -> Response:
    """The sheet to print: what was written for the farmer, what they agreed to, where both sign."""
    return await _page(request)


@staff_only(Duty.FILL_IN)
async def signed(request: Request) -> Response:
    """POST: the farmer has signed the sheet."""
    try:
        await off_loop(_sign, request, person_of(request))
    except ApplicationError as error:
        return await _page(request, 409, str(error))
    return RedirectResponse(f"/desk/cases/{request.path_params['receipt']}", 303)


async def _page(request: Request, status: int = 200, trouble: str = "") -> Response:
    file, by, seen_by = await off_loop(_file, request, person_of(request))
    if file.case.filled_by.role is Role.FARMER:
        raise HTTPException(404, OWN)
    given = {kind: kind in file.consents and file.consents[kind].is_given for kind in asked()}
    return desk_page(
        request,
        "desk_case_sheet.html",
        status,
        case=file.case,
        by=by,
        seen_by=seen_by,
        spoken=spoken(file.case.receipt),
        place=village_words(file.case.village),
        amount=amount_words(file.case),
        consents=[(text, given[kind]) for kind, text in asked().items()],
        trouble=trouble,
    )


def _file(request: Request, person: Person) -> tuple[CaseFile, Person | None, Person | None]:
    """The case, who filled it in, and who has seen it signed; the reading is in the audit."""
    known_case(request, person, Duty.FILL_IN)
    office = window_of(request).office
    with office.ledger.begin() as connection:
        file = Applications(office).open(request.path_params["receipt"], person, "sheet_to_sign", connection=connection)
        by = people.find(connection, office.cipher, file.case.filled_by.id)
        seen_by = people.find(connection, office.cipher, file.case.signature_seen_by or "")
    return file, by, seen_by


def _sign(request: Request, person: Person) -> None:
    known_case(request, person, Duty.FILL_IN)
    Applications(window_of(request).office).signed(request.path_params["receipt"], person)


ROUTES = (
    Route("/desk/cases/{receipt}/sheet", sheet_page, methods=["GET"]),
    Route("/desk/cases/{receipt}/signed", signed, methods=["POST"]),
)
