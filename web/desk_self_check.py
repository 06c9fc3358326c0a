"""The self-check's page (自查), with the latest lines of the audit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office.ledger import audit
from office.ledger.audit import Deed
from office.people import Duty, Person
from office.self_check import Point, self_check
from web.desk_access import desk_page, person_of, staff_only
from web.window import off_loop, window_of

MOST_DEEDS = 30


@staff_only(Duty.SELF_CHECK)
async def self_check_page(request: Request) -> Response:
    """Every point, what is wrong first."""
    points, deeds = await off_loop(_look, request, person_of(request))
    points.sort(key=lambda point: point.is_fine)
    return desk_page(request, "desk_self_check.html", points=points, deeds=deeds)


def _look(request: Request, person: Person) -> tuple[list[Point], list[Deed]]:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        audit.record(connection, Deed(person.id, "self_check", "office", "self_check", office.now()))
        deeds = audit.recent(connection, MOST_DEEDS)
    return self_check(office), deeds


ROUTES = (Route("/desk/self-check", self_check_page, methods=["GET"]),)
