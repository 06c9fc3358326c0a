"""Who may open which page of the desk (工作台): the device's cookie, the guard of every route, the form's seal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from office import sign_in
from office.ledger import audit
from office.ledger.audit import Deed
from office.ledger.sign_ins import Device
from office.people import ROLE_WORDS, Duty, Ground, Person, may
from office.working_days import WENZHOU
from web import seals
from web.failures import failure_page
from web.forms import read_form
from web.security import NO_STORE
from web.window import off_loop, window_of

COOKIE = "desk"
SEAL = "seal"
Endpoint = Callable[[Request], Awaitable[Response]]

NO_ENTRY = "这一页不归您管，刚才这一次已经记下。要是本该归您，请找管理员给您加上这个村。"
STALE_FORM = "这一页放得太久了，没有存。请返回上一页，刷新以后再交一次。"


class Refused(Exception):  # noqa: N818 - says what happened
    """The person may not do this here; the guard answers 403 and writes the audit line."""

    def __init__(self, duty: Duty, target: str) -> None:
        super().__init__(duty.value, target)
        self.duty, self.target = duty, target


async def signed_in(request: Request) -> Person | None:
    """The person whose device this is, or None; read once a request."""
    found = await _session(request)
    return found[0] if found else None


def staff_only(duty: Duty) -> Callable[[Endpoint], Endpoint]:
    """The guard of a route: the sign-in page (401) for strangers, 403 and an audit line for who may not do `duty`.

    A POST must carry the seal of this device; `form_of` returns its fields.
    """

    def guard(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(request: Request) -> Response:
            found = await _session(request)
            if found is None:
                return sign_in_page(request)
            person, _ = found
            try:
                demand(person, duty, None, request.url.path)
                if request.method == "POST":
                    request.state.form = await read_form(request)
                    _check_seal(request, request.state.form)
                response = await endpoint(request)
            except Refused as refused:
                await off_loop(_note_refusal, request, person, refused)
                response = failure_page(request, 403, "这里您不能看", NO_ENTRY)
            response.headers.update(NO_STORE)
            return response

        return guarded

    return guard


def demand(person: Person, duty: Duty, where: Ground | str | None, target: str) -> None:
    """Raise `Refused` unless `person` may do `duty` there; `target` is what the audit line names."""
    if not may(person, duty, where):
        raise Refused(duty, target)


def person_of(request: Request) -> Person:
    """The person at a guarded route."""
    person: Person = request.state.session[0]
    return person


def device_of(request: Request) -> Device:
    """The device at a guarded route."""
    device: Device = request.state.session[1]
    return device


def form_of(request: Request) -> dict[str, str]:
    """The fields of a guarded POST."""
    form: dict[str, str] = request.state.form
    return form


def _check_seal(request: Request, form: Mapping[str, str]) -> None:
    """403 unless the form came from a page shown to this very device."""
    if not seals.is_same(form.get(SEAL, ""), seal_of(request)):
        raise HTTPException(403, STALE_FORM)


def seal_of(request: Request) -> str:
    """What a form of this device carries and no other site can know."""
    return seal_for(request.cookies.get(COOKIE, ""))


def seal_for(token: str) -> str:
    """The seal of the device with that token."""
    return seals.of_token(token, "desk form")


def desk_page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of the desk: `person`, `seal`, `tabs` and `clock` are there, nothing is kept by the browser."""
    person = person_of(request)
    response = window_of(request).pages.render(
        request,
        template,
        status,
        person=person,
        seal=seal_of(request),
        tabs=tabs_of(person),
        role_words=ROLE_WORDS,
        clock=clock,
        **context,
    )
    response.headers.update(NO_STORE)
    return response


def clock(moment: datetime) -> str:
    """A moment as people at the desk read it."""
    here = moment.astimezone(WENZHOU)
    return f"{here.month} 月 {here.day} 日 {here:%H:%M}"


def tabs_of(person: Person) -> tuple[tuple[str, str], ...]:
    """The doors of the desk that this person may open."""
    doors = (
        (Duty.OPEN_DESK, "/desk", "我的活"),
        (Duty.FILL_IN, "/desk/fill-in", "代填"),
        (Duty.FILL_IN, "/desk/checks", "替他体检"),
        (Duty.ISSUE_CODES, "/desk/cards", "明白卡"),
        (Duty.FOLLOW_UP, "/desk/visit", "记走访"),
        (Duty.READ_SCRIPT, "/desk/scripts", "念给他听"),
        (Duty.EXPORT_CASES, "/desk/export", "导出"),
        (Duty.MANAGE_PEOPLE, "/desk/people", "人员"),
        (Duty.SELF_CHECK, "/desk/self-check", "自查"),
    )
    return tuple((path, word) for duty, path, word in doors if may(person, duty))


def sign_in_page(request: Request, status: int = 401, trouble: str = "", *, secret: str = "") -> HTMLResponse:
    """Where a code is typed or a link is confirmed; after it the page asked for is shown."""
    wanted = request.url.path if request.method == "GET" else "/desk"
    response = window_of(request).pages.render(
        request, "desk_sign_in.html", status, trouble=trouble, secret=secret, wanted=inside(wanted)
    )
    response.headers.update(NO_STORE)
    return response


def inside(path: str) -> str:
    """`path` if it is a page of the desk, else the desk: no sign-in leads to another site."""
    is_ours = path == "/desk" or (path.startswith("/desk/") and not path.startswith(("/desk/enter", "/desk/sign")))
    return quote(path) if is_ours and "\\" not in path and ".." not in path else "/desk"


async def _session(request: Request) -> tuple[Person, Device] | None:
    if not hasattr(request.state, "session"):
        token = request.cookies.get(COOKIE, "")
        request.state.session = await off_loop(_read_session, request, token) if token else None
    session: tuple[Person, Device] | None = request.state.session
    return session


def _read_session(request: Request, token: str) -> tuple[Person, Device] | None:
    office = window_of(request).office
    with office.ledger.read() as connection:
        return sign_in.signed_in(office, connection, token)


def _note_refusal(request: Request, person: Person, refused: Refused) -> None:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        audit.record(connection, Deed(person.id, "refused", refused.target, refused.duty.value, office.now()))
