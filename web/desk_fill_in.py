"""Filling in for a farmer (代填): the same form as the farmer's own, both recorded, the farmer confirms later."""

from __future__ import annotations

import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.applying import can_apply
from office.applicants import Applicants
from office.application_case import Wish
from office.application_form import FIELDS, ReadForm, read_form
from office.applications import ConsentKind
from office.applications_desk import actor_of
from office.consents import asked
from office.people import Duty, Person
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.standings import counties_of, standings
from web.window import off_loop, window_of

KEPT_FORM = 64


@staff_only(Duty.FILL_IN)
async def fill_in_page(request: Request) -> Response:
    """The empty form."""
    return _form(request)


@staff_only(Duty.FILL_IN)
async def fill_in(request: Request) -> Response:
    """POST: a case; a second tap leads to the same one."""
    form, person = form_of(request), person_of(request)
    office = window_of(request).office
    read = await off_loop(read_form, form, office.knowledge, office.today())
    faults = dict(read.faults)
    entry = office.knowledge.entries.get(form.get("entry", ""))
    if entry is None or not can_apply(entry):
        faults["entry"] = "请选想办哪一条。"
    if form.get("present") != "yes":
        faults["present"] = "要他本人在场、同意您替他填，才能登记。"
    if faults or read.applicant is None:
        return _form(request, 422, ReadForm(None, read.values, faults))
    demand(person, Duty.FILL_IN, read.applicant.village, "/desk/fill-in")
    receipt = await off_loop(_register, request, person, read, form)
    return RedirectResponse(f"/desk/cases/{receipt}", 303)


def _form(request: Request, status: int = 200, read: ReadForm | None = None) -> Response:
    office, person = window_of(request).office, person_of(request)
    given = getattr(request.state, "form", {})
    village = person.villages[0].replace("/", "") if len(person.villages) == 1 else ""
    return desk_page(
        request,
        "desk_fill_in.html",
        status,
        fields=FIELDS,
        values=read.values if read else {"place": village},
        faults=read.faults if read else {},
        products=standings(filter(can_apply, office.knowledge.entries.values()), office.today(), counties_of(person)),
        given=given,
        consents=asked(),
        form_id=given.get("form") or secrets.token_urlsafe(16),
    )


def _register(request: Request, person: Person, read: ReadForm, form: dict[str, str]) -> str:
    if read.applicant is None:
        raise HTTPException(400, "单子没填全，请返回再看一眼。")
    applicants = Applicants(window_of(request).office)
    given = frozenset(kind for kind in ConsentKind if form.get(f"consent_{kind.value}") == "yes")
    wish = Wish(read.applicant, applicants.pin(form["entry"]), given)
    form_id = f"desk:{person.id}:{form.get('form', '')[:KEPT_FORM]}"
    return applicants.register(wish, form_id, by=actor_of(person)).case.receipt


ROUTES = (
    Route("/desk/fill-in", fill_in_page, methods=["GET"]),
    Route("/desk/fill-in", fill_in, methods=["POST"]),
)
