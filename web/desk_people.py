"""The administrator's page of people (人员): invite, give villages, new ways in, hand over to a successor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from office import sign_in, team
from office.ledger import audit, people
from office.ledger.audit import Deed
from office.ledger.sign_ins import TicketKind
from office.office import Office
from office.people import STAFF_ROLES, Duty, Person, Role
from office.team import TeamError
from web.desk_access import desk_page, form_of, person_of, staff_only
from web.window import off_loop, window_of

KINDS = {"link": TicketKind.LINK, "code": TicketKind.CODE}


@dataclass(frozen=True, slots=True)
class WayIn:
    """A fresh way in, shown once: the ledger keeps its digest only."""

    person: Person
    address: str
    code: str


Change = Callable[[Request, dict[str, str], Person], WayIn | str]


@staff_only(Duty.MANAGE_PEOPLE)
async def people_page(request: Request) -> Response:
    """Everyone, and the form to invite one more."""
    return await _page(request)


@staff_only(Duty.MANAGE_PEOPLE)
async def invite(request: Request) -> Response:
    """POST: one more person; the page shows their way in, once."""
    return await _changed(request, _invite)


@staff_only(Duty.MANAGE_PEOPLE)
async def one_person_page(request: Request) -> Response:
    """One person: villages, new way in, hand-over."""
    return await _one_page(request)


@staff_only(Duty.MANAGE_PEOPLE)
async def give_villages(request: Request) -> Response:
    """POST: exactly these villages from now on."""
    return await _changed(request, _give_villages)


@staff_only(Duty.MANAGE_PEOPLE)
async def give_phone(request: Request) -> Response:
    """POST: the phone farmers reach this person under."""
    return await _changed(request, _give_phone)


@staff_only(Duty.MANAGE_PEOPLE)
async def way_in(request: Request) -> Response:
    """POST: a new link or code for someone already here."""
    return await _changed(request, _way_in)


@staff_only(Duty.MANAGE_PEOPLE)
async def hand_over(request: Request) -> Response:
    """POST: leaves, and everything goes to the successor."""
    return await _changed(request, _hand_over)


async def _changed(request: Request, change: Change) -> Response:
    """Do it in one transaction; what is wrong is said on the page it came from."""
    try:
        outcome = await off_loop(change, request, form_of(request), person_of(request))
    except TeamError as error:
        if "id" in request.path_params:
            return await _one_page(request, status=422, trouble=str(error))
        return await _page(request, status=422, trouble=str(error))
    if isinstance(outcome, WayIn):
        return desk_page(request, "desk_way_in.html", way=outcome)
    return RedirectResponse(f"/desk/people/{outcome}", 303)


def _invite(request: Request, form: dict[str, str], by: Person) -> WayIn | str:
    office = window_of(request).office
    role = form.get("role", "")
    if role not in [one.value for one in STAFF_ROLES]:
        raise TeamError("请选一种身份。")
    kind = KINDS.get(form.get("kind", ""), TicketKind.LINK)
    with office.ledger.begin() as connection:
        person, secret = team.invite_person(
            office,
            connection,
            by,
            role=Role(role),
            name=form.get("name", ""),
            phone=form.get("phone", ""),
            villages=_listed(form),
            kind=kind,
        )
    return _way(request, person, kind, secret)


def _give_villages(request: Request, form: dict[str, str], by: Person) -> str:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        person = _known(office, request, connection)
        team.give_villages(office, connection, by, person, _listed(form))
    return person.id


def _give_phone(request: Request, form: dict[str, str], by: Person) -> str:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        person = _known(office, request, connection)
        team.give_phone(office, connection, by, person, form.get("phone", ""))
    return person.id


def _way_in(request: Request, form: dict[str, str], by: Person) -> WayIn:
    office = window_of(request).office
    kind = KINDS.get(form.get("kind", ""), TicketKind.LINK)
    with office.ledger.begin() as connection:
        person = _known(office, request, connection)
        if not person.is_active:
            raise TeamError("这个人已经停用了，不能再开。")
        secret = sign_in.invite(office, connection, person, kind, by=by.id)
    return _way(request, person, kind, secret)


def _hand_over(request: Request, form: dict[str, str], by: Person) -> str:
    office = window_of(request).office
    if form.get("sure") != "yes":
        raise TeamError("请先勾上“我想好了”，再点交接。")
    with office.ledger.begin() as connection:
        person = _known(office, request, connection)
        successor = people.find(connection, office.cipher, form.get("successor", ""))
        team.replace_person(office, connection, by, person, successor)
    return person.id


def _listed(form: dict[str, str]) -> list[str]:
    return [line for line in form.get("villages", "").splitlines() if line.strip()]


def _known(office: Office, request: Request, connection: Connection) -> Person:
    found = people.find(connection, office.cipher, request.path_params["id"])
    if found is None:
        raise HTTPException(404, "没有这个人。请回到人员页重新找。")
    return found


def _way(request: Request, person: Person, kind: TicketKind, secret: str) -> WayIn:
    address = window_of(request).pages.address
    if kind is TicketKind.CODE:
        return WayIn(person, f"{address}/desk", f"{secret[:4]} {secret[4:]}")
    return WayIn(person, f"{address}/desk/enter/{secret}", "")


async def _page(request: Request, status: int = 200, trouble: str = "") -> Response:
    everyone = await off_loop(_everyone, request)
    given = getattr(request.state, "form", {})
    return desk_page(
        request, "desk_people.html", status, everyone=everyone, roles=STAFF_ROLES, trouble=trouble, given=given
    )


async def _one_page(request: Request, status: int = 200, trouble: str = "") -> Response:
    someone, others = await off_loop(_one, request)
    given = getattr(request.state, "form", {}) if trouble else {}
    return desk_page(request, "desk_person.html", status, someone=someone, others=others, trouble=trouble, given=given)


def _everyone(request: Request) -> list[Person]:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        audit.record(connection, Deed(person_of(request).id, "read_people", "everyone", "manage_people", office.now()))
        return people.everyone(connection, office.cipher)


def _one(request: Request) -> tuple[Person, list[Person]]:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        someone = _known(office, request, connection)
        audit.record(connection, Deed(person_of(request).id, "read_people", someone.id, "manage_people", office.now()))
        others = people.everyone(connection, office.cipher, someone.role)
    return someone, [one for one in others if one.is_active and one.id != someone.id]


ROUTES = (
    Route("/desk/people", people_page, methods=["GET"]),
    Route("/desk/people", invite, methods=["POST"]),
    Route("/desk/people/{id}", one_person_page, methods=["GET"]),
    Route("/desk/people/{id}/villages", give_villages, methods=["POST"]),
    Route("/desk/people/{id}/phone", give_phone, methods=["POST"]),
    Route("/desk/people/{id}/way-in", way_in, methods=["POST"]),
    Route("/desk/people/{id}/hand-over", hand_over, methods=["POST"]),
)
