"""Signing in at the desk: a typed code, a single-use link, one's own devices, and out again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from office import sign_in, team
from office.ledger import sign_ins
from office.ledger.sign_ins import Device
from office.people import Duty, Person
from office.sign_in import DEVICE_DAYS, Entered, Refusal
from office.team import TeamError
from web.chat import DAY
from web.desk_access import (
    COOKIE,
    desk_page,
    device_of,
    form_of,
    inside,
    person_of,
    sign_in_page,
    signed_in,
    staff_only,
)
from web.forms import read_form
from web.security import NO_STORE
from web.window import address_of, off_loop, window_of

TROUBLES = {
    Refusal.WRONG: "这个进不去：可能输错了、用过了，或者过期了。请再看一眼，或者找管理员另开一个。",
    Refusal.TOO_MANY: "试的次数太多了。请过十分钟再试，或者找管理员发一个链接。",
}
LONGEST_SECRET = 64
KINDS = (("MicroMessenger", "微信"), ("AlipayClient", "支付宝"), ("Edg", "Edge"), ("Firefox", "Firefox"))
MACHINES = (
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "电脑"),
    ("Mac", "苹果电脑"),
    ("Linux", "电脑"),
)


async def sign_in_form(request: Request) -> Response:
    """GET: where a code is typed. Someone who is in already goes on to the desk."""
    if await signed_in(request) is not None:
        return RedirectResponse("/desk", 303)
    return sign_in_page(request, 200)


async def enter_page(request: Request) -> Response:
    """GET of a link: nothing is used up yet, because previews fetch links on their own."""
    secret = request.path_params["secret"][:LONGEST_SECRET]
    if await off_loop(_holder, request, secret) is None:
        return sign_in_page(request, 410, TROUBLES[Refusal.WRONG])
    return sign_in_page(request, 200, secret=secret)


async def enter(request: Request) -> Response:
    """POST of a code or of a link's button: this device is in for thirty days."""
    form = await read_form(request)
    secret = form.get("secret", "")[:LONGEST_SECRET]
    entered = await off_loop(_enter, request, secret)
    if isinstance(entered, Refusal):
        status = 429 if entered is Refusal.TOO_MANY else 403
        return sign_in_page(request, status, TROUBLES[entered])
    response = RedirectResponse(inside(form.get("wanted", "")), 303)
    window_of(request).pages.keep_cookie(response, COOKIE, entered.token, DEVICE_DAYS * DAY)
    response.headers.update(NO_STORE)
    return response


@staff_only(Duty.OPEN_DESK)
async def devices_page(request: Request) -> Response:
    """Where one is signed in, each with a way out."""
    return await _own_page(request)


@staff_only(Duty.OPEN_DESK)
async def own_phone(request: Request) -> Response:
    """POST: the phone farmers reach oneself under; then back to the page that asked for it."""
    try:
        await off_loop(_own_phone, request, person_of(request), form_of(request).get("phone", ""))
    except TeamError as error:
        return await _own_page(request, 422, str(error))
    path, _, query = form_of(request).get("back", "").partition("?")
    return RedirectResponse(f"{inside(path)}{'?done=yes' if query == 'done=yes' else ''}", 303)


async def _own_page(request: Request, status: int = 200, trouble: str = "") -> Response:
    devices = await off_loop(_devices, request, person_of(request))
    return desk_page(
        request,
        "desk_devices.html",
        status,
        devices=devices,
        this=device_of(request).id,
        trouble=trouble,
        done="done" in request.query_params,
        given=getattr(request.state, "form", {}),
    )


@staff_only(Duty.OPEN_DESK)
async def sign_out(request: Request) -> Response:
    """Ends this device, or another of one's own."""
    person, this = person_of(request), device_of(request).id
    device = form_of(request).get("device", this)
    await off_loop(_sign_out, request, person, device)
    if device != this:
        return RedirectResponse("/desk/devices", 303)
    response = RedirectResponse("/desk/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=window_of(request).pages.is_https)
    return response


def label_of(agent: str) -> str:
    """How a device is called in the list: 安卓手机上的微信."""
    machine = next((word for mark, word in MACHINES if mark in agent), "一台手机或电脑")
    kind = next((word for mark, word in KINDS if mark in agent), "浏览器")
    return f"{machine}上的{kind}"


def _holder(request: Request, secret: str) -> Person | None:
    office = window_of(request).office
    with office.ledger.read() as connection:
        return sign_in.holder(office, connection, secret)


def _enter(request: Request, secret: str) -> Entered | Refusal:
    office = window_of(request).office
    label = label_of(request.headers.get("user-agent", ""))
    with office.ledger.begin() as connection:
        return sign_in.enter(office, connection, secret, label=label, address=address_of(request))


def _devices(request: Request, person: Person) -> list[Device]:
    office = window_of(request).office
    with office.ledger.read() as connection:
        return sign_ins.devices_of(connection, person.id, office.now())


def _own_phone(request: Request, person: Person, phone: str) -> None:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        team.give_phone(office, connection, person, person, phone)


def _sign_out(request: Request, person: Person, device: str) -> None:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        sign_in.sign_out(office, connection, person, device, by=person.id)


ROUTES = (
    Route("/desk/sign-in", sign_in_form, methods=["GET"]),
    Route("/desk/sign-in", enter, methods=["POST"]),
    Route("/desk/enter/{secret}", enter_page, methods=["GET"]),
    Route("/desk/devices", devices_page, methods=["GET"]),
    Route("/desk/phone", own_phone, methods=["POST"]),
    Route("/desk/sign-out", sign_out, methods=["POST"]),
)
