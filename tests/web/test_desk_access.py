"""Every route of the desk, by every role, at a foreign village: refused, and the refusal is in the audit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.routing import Route

from office import codes, follow_ups, help_desk
from office.assisted_checks import AssistedChecks, Wanted
from office.ledger import audit
from office.ledger.audit import Deed
from office.office import Office
from office.people import Person, Role
from tests.offices import own_office
from tests.web.desk_world import ELSEWHERE, ENTRY, HERE, Desk
from tests.web.reading import ADDRESS
from web.application import ROUTES as ALL_ROUTES
from web.application import build
from web.desk_access import COOKIE, seal_for
from web.desk_routes import ROUTES

PUBLIC = {"/desk/sign-in", "/desk/enter/{secret}"}
ANYBODY = frozenset(Role) - {Role.FARMER}
OFFICE = frozenset({Role.STAFF, Role.ADMIN})
# who may, when the village is not theirs and no case was passed to them
ALLOWED: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/desk"): ANYBODY,
    ("GET", "/desk/devices"): ANYBODY,
    ("POST", "/desk/phone"): ANYBODY,
    ("POST", "/desk/sign-out"): ANYBODY,
    ("GET", "/desk/scripts"): ANYBODY,
    ("GET", "/desk/scripts/{code}"): ANYBODY,
    ("GET", "/desk/cases"): ANYBODY,
    ("GET", "/desk/cases/{receipt}"): OFFICE,
    ("POST", "/desk/cases/{receipt}"): OFFICE,
    ("POST", "/desk/cases/{receipt}/called"): OFFICE,
    ("POST", "/desk/cases/{receipt}/consent"): OFFICE,
    ("GET", "/desk/cases/{receipt}/sheet"): OFFICE,
    ("POST", "/desk/cases/{receipt}/signed"): OFFICE,
    ("GET", "/desk/help/{number}"): OFFICE,
    ("POST", "/desk/help/{number}"): OFFICE,
    ("GET", "/desk/follow-ups/{follow_up}"): OFFICE,
    ("POST", "/desk/follow-ups/{follow_up}"): OFFICE,
    ("GET", "/desk/visit"): OFFICE | {Role.OFFICER},
    ("POST", "/desk/visit"): OFFICE,
    ("GET", "/desk/fill-in"): OFFICE | {Role.OFFICER},
    ("POST", "/desk/fill-in"): OFFICE,
    ("GET", "/desk/export"): OFFICE | {Role.GUARANTOR, Role.BANK},
    ("POST", "/desk/export"): OFFICE | {Role.GUARANTOR, Role.BANK},
    ("GET", "/desk/people"): frozenset({Role.ADMIN}),
    ("POST", "/desk/people"): frozenset({Role.ADMIN}),
    ("GET", "/desk/people/{id}"): frozenset({Role.ADMIN}),
    ("POST", "/desk/people/{id}/villages"): frozenset({Role.ADMIN}),
    ("POST", "/desk/people/{id}/phone"): frozenset({Role.ADMIN}),
    ("POST", "/desk/people/{id}/way-in"): frozenset({Role.ADMIN}),
    ("POST", "/desk/people/{id}/hand-over"): frozenset({Role.ADMIN}),
    ("GET", "/desk/self-check"): OFFICE,
    ("GET", "/desk/checks"): OFFICE | {Role.OFFICER},
    ("POST", "/desk/checks"): OFFICE,
    ("GET", "/desk/checks/{check}"): OFFICE,
    ("POST", "/desk/checks/{check}"): OFFICE,
    ("POST", "/desk/checks/{check}/record"): OFFICE,
    ("POST", "/desk/checks/{check}/reopen"): OFFICE,
    ("POST", "/desk/checks/{check}/signed"): OFFICE,
    ("GET", "/desk/cards"): OFFICE | {Role.OFFICER},
    ("POST", "/desk/cards"): OFFICE,
    ("GET", "/desk/cards/c/{card}"): OFFICE,
    ("POST", "/desk/cards/c/{card}"): OFFICE,
    ("GET", "/desk/cards/c/{card}/picture"): OFFICE,
    ("POST", "/desk/cards/c/{card}/print"): OFFICE,
    ("GET", "/desk/cards/batches/{batch}"): OFFICE,
    ("POST", "/desk/cards/batches/{batch}/print"): OFFICE,
    ("POST", "/desk/cards/batches/{batch}/settle"): OFFICE,
}
FORM = {
    "to": "contacted",
    "version": "1",
    "number": "1",
    "kind": "follow_up",
    "outcome": "done",
    "entry": ENTRY,
    "village": HERE,
    "name": "李四",
    "phone": "13700000000",
    "agreed": "yes",
    "place": "乐清市大荆镇下山头村",
    "present": "yes",
    "role": "farmer",
    "device": "none",
    "layout": "a6",
    "one": f"policy:{ENTRY}",
    "do": "repoint",
    "reason": "试一试",
}

PARAMETER = re.compile(r"\{[^}]+\}")

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Foreign:
    """A desk with something of each kind in a village where none of the people tried has anything to do."""

    desk: Desk
    parts: dict[str, str]

    def path(self, template: str) -> str:
        """A route's address with the foreign things in it."""
        for name, value in self.parts.items():
            template = template.replace(f"{{{name}}}", value)
        assert "{" not in template, f"the test does not know what to put into {template}"
        return template

    def refusals(self, person: Person) -> list[Deed]:
        """The audit's lines of refusals of a person."""
        with self.desk.office.ledger.read() as connection:
            return [one for one in audit.recent(connection, 10_000) if (one.actor, one.verb) == (person.id, "refused")]


@pytest.fixture(scope="module")
def foreign(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Foreign]:
    """The things, in HERE; the people tried are of ELSEWHERE."""
    own = own_office(tmp_path_factory.mktemp("state"), office.knowledge, PUBLIC_BASE_URL=ADDRESS)
    desk = Desk(own, build(own, registry=CollectorRegistry()))
    owner = desk.person(Role.OFFICER, HERE)
    staff, guarantor = desk.person(Role.STAFF), desk.person(Role.GUARANTOR)
    case = desk.with_guarantor(desk.case(), staff, guarantor)
    with own.ledger.begin() as connection:
        check = AssistedChecks(own).begin(
            connection, owner, Wanted("f", HERE, "", "张三丰", "13700000000", is_present=True)
        )
        batch, made = codes.issue(
            connection, own.knowledge, owner, [HERE], [ENTRY], by=owner.id, now=own.now()
        )  # fmt: skip
        follow_up = follow_ups.begin(own, connection, entry=ENTRY, village=HERE, name="李四", phone="13700000000")
        call = help_desk.ask(own, connection, form="f", village="乐清市大荆镇下山头村", phone="13700000000",
                             question="问", channel="web", source="x")  # fmt: skip
    parts = {"receipt": case.receipt, "number": call.number, "follow_up": str(follow_up), "id": owner.id, "code": ENTRY,
             "card": made[0].code, "batch": batch.id, "check": check}  # fmt: skip
    yield Foreign(desk, parts)
    own.ledger.close()


def methods(route: Route) -> list[str]:
    """The methods of a route, HEAD apart: it is GET without the page."""
    return sorted(set(route.methods or ()) - {"HEAD"})


def guarded() -> list[tuple[str, str]]:
    """Method and address of every route of the desk that is not for signing in."""
    return [(method, route.path) for route in ROUTES if route.path not in PUBLIC for method in methods(route)]


async def call(browser: httpx.AsyncClient, method: str, path: str, token: str) -> int:
    """The status of a request that is right in everything but who makes it."""
    if method == "GET":
        return (await browser.get(path)).status_code
    return (await browser.post(path, data={**FORM, "seal": seal_for(token)})).status_code


def test_the_table_knows_every_route() -> None:
    """A new route must say here who may open it."""
    assert sorted(guarded()) == sorted(ALLOWED)


async def test_every_route_by_every_role_at_a_foreign_village(foreign: Foreign) -> None:
    """403 and one audit line for each that may not; anything but 403 for those who may; strangers get the sign-in page."""
    tried = refused = 0
    for role in Role:
        person = foreign.desk.person(role, *([ELSEWHERE] if role is Role.OFFICER else []))
        for (method, template), allowed in ALLOWED.items():
            token = foreign.desk.token(person)
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(foreign.desk.application), base_url=ADDRESS, cookies={COOKIE: token}
            ) as browser:
                before = len(foreign.refusals(person))
                status = await call(browser, method, foreign.path(template), token)
            lines = len(foreign.refusals(person)) - before
            tried += 1
            if role in allowed:
                assert status != 403, (role, method, template)
                assert status < 500, (role, method, template)
            else:
                assert (status, lines) == (403, 1), (role, method, template)
                refused += 1
    print(f"\n{tried} tries of {len(ALLOWED)} routes by {len(Role)} roles: {refused} refused, {refused} audit lines")
    assert refused >= 90


async def test_strangers_get_the_sign_in_page_everywhere(foreign: Foreign) -> None:
    """Without a cookie, with a wrong one and with one signed out: 401, and no word of what is behind."""
    person = foreign.desk.person(Role.ADMIN)
    ended = foreign.desk.token(person)
    transport = httpx.ASGITransport(foreign.desk.application)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies={COOKIE: ended}) as browser:
        await browser.post("/desk/sign-out", data={"seal": seal_for(ended)})
    tried = 0
    for token in ("", "wrong", ended):
        cookies = {COOKIE: token} if token else {}
        for method, template in guarded():
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as browser:
                if method == "GET":
                    answer = await browser.get(foreign.path(template))
                else:
                    answer = await browser.post(foreign.path(template), data={**FORM, "seal": seal_for(token)})
            assert answer.status_code == 401, (method, template)
            assert "进工作台" in answer.text
            assert "张三丰" not in answer.text
            tried += 1
    print(f"\n{tried} tries of strangers: {tried} sign-in pages")


async def test_routes_of_other_modules_under_desk_are_closed_to_strangers(foreign: Foreign) -> None:
    """Whatever else hangs below /desk asks who is there."""
    own = {route.path for route in ROUTES}
    transport = httpx.ASGITransport(foreign.desk.application)
    others = [
        one for one in ALL_ROUTES if isinstance(one, Route) and one.path.startswith("/desk") and one.path not in own
    ]
    for route in others:
        path = PARAMETER.sub("1", route.path)
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
            for method in methods(route):
                assert (await browser.request(method, path)).status_code in (401, 403), (method, path)


async def test_what_other_modules_show_of_a_case_is_closed_to_foreign_roles(foreign: Foreign) -> None:
    """Their addresses below a case refuse whom the case itself refuses, with an audit line."""
    own = {route.path for route in ROUTES}
    begun = "/desk/cases/{receipt}/"
    others = [
        one for one in ALL_ROUTES if isinstance(one, Route) and one.path.startswith(begun) and one.path not in own
    ]
    for role in set(Role) - OFFICE:
        person = foreign.desk.person(role, *([ELSEWHERE] if role is Role.OFFICER else []))
        token = foreign.desk.token(person)
        for route in others:
            path = PARAMETER.sub("1", route.path.replace("{receipt}", foreign.parts["receipt"]))
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(foreign.desk.application), base_url=ADDRESS, cookies={COOKIE: token}
            ) as browser:
                for method in methods(route):
                    before = len(foreign.refusals(person))
                    assert await call(browser, method, path, token) == 403, (role, method, path)
                    assert len(foreign.refusals(person)) == before + 1, (role, method, path)


async def test_a_form_without_this_devices_seal_changes_nothing(foreign: Foreign) -> None:
    """Made by another site, or by another device of the same person: 403."""
    admin = foreign.desk.person(Role.ADMIN)
    token, other = foreign.desk.token(admin), foreign.desk.token(admin)
    transport = httpx.ASGITransport(foreign.desk.application)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies={COOKIE: token}) as browser:
        for seal in ("", seal_for(other)):
            answer = await browser.post(
                "/desk/people", data={"role": "staff", "name": "不该有的人", "kind": "code", "seal": seal}
            )
            assert answer.status_code == 403
        assert "不该有的人" not in (await browser.get("/desk/people")).text
