"""A visit written down at the desk (记走访): the farmer who agreed is asked on day 6 and day 9 how it went."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from office import follow_ups, team
from office.ledger import audit
from office.ledger.audit import Deed
from office.people import Duty, Person
from office.team import PHONE, TeamError
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.standings import counties_of, standings
from web.window import off_loop, window_of


@staff_only(Duty.FOLLOW_UP)
async def visit_page(request: Request) -> Response:
    """The form."""
    return _form(request)


@staff_only(Duty.FOLLOW_UP)
async def visit(request: Request) -> Response:
    """POST: kept, if the farmer agreed."""
    try:
        title = await off_loop(_keep, request, person_of(request), form_of(request))
    except TeamError as error:
        return _form(request, 422, trouble=str(error))
    return _form(request, done=f"记下了。第 6 天会提醒您打电话问：{title}。")


def _form(request: Request, status: int = 200, *, trouble: str = "", done: str = "") -> Response:
    given = {} if done else getattr(request.state, "form", {})
    office = window_of(request).office
    titles = standings(office.knowledge.entries.values(), office.today(), counties_of(person_of(request)))
    return desk_page(request, "desk_visit.html", status, trouble=trouble, done=done, given=given, titles=titles)


def _keep(request: Request, person: Person, form: dict[str, str]) -> str:
    office = window_of(request).office
    entry = office.knowledge.entries.get(form.get("entry", ""))
    name, phone = form.get("name", "").strip()[:20], form.get("phone", "").strip()
    if entry is None:
        raise TeamError("请选讲的是哪一条。")
    if not name:
        raise TeamError("请写怎么称呼他。")
    if not PHONE.fullmatch(phone):
        raise TeamError("电话要写 11 位手机号，或者带区号的座机。")
    if form.get("agreed") != "yes":
        raise TeamError("要他同意过几天打电话问，才能记。他不同意就不记，这一页不会存。")
    village = team.village_of(form.get("village", ""), office.knowledge.places)
    demand(person, Duty.FOLLOW_UP, village, "/desk/visit")
    with office.ledger.begin() as connection:
        follow_up = follow_ups.begin(office, connection, entry=entry.code, village=village, name=name, phone=phone)
        audit.record(connection, Deed(person.id, "record_visit", str(follow_up), entry.code, office.now()))
    return entry.title
