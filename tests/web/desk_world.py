"""A desk for tests: one person of each role in a village of their own, each signed in on a browser of their own."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette

from office import sign_in
from office.applicants import Applicants
from office.application_case import Applicant, GuaranteeApplication, Wish
from office.applications import FARMER, ConsentKind, Move, State
from office.applications_desk import Applications, actor_of
from office.ledger import people
from office.ledger.sign_ins import TicketKind
from office.office import Office
from office.people import Person, Role
from tests.web.reading import ADDRESS
from web.desk_access import COOKIE

HERE = "乐清市/大荆镇/下山头村"
ELSEWHERE = "永嘉县/岩头镇/苍坡村"
ENTRY = "dendrobium-loan"
SEAL = re.compile(r'name="seal" value="([0-9a-f]+)"')


@dataclass(frozen=True)
class Desk:
    """The office, its window, and one person a role."""

    office: Office
    application: Starlette

    def person(self, role: Role, *villages: str, name: str = "") -> Person:
        """A new active person."""
        with self.office.ledger.begin() as connection:
            return people.add(
                connection,
                self.office.cipher,
                role,
                name or f"测试{role.value}",
                "13800000001",
                villages,
                by="test",
                now=self.office.now(),
            )

    def token(self, person: Person) -> str:
        """The cookie of a device that `person` signed in on with a fresh link."""
        with self.office.ledger.begin() as connection:
            secret = sign_in.invite(self.office, connection, person, TicketKind.LINK, by="test")
            entered = sign_in.enter(self.office, connection, secret, label="测试", address=secrets.token_hex(8))
        assert isinstance(entered, sign_in.Entered)
        return entered.token

    @asynccontextmanager
    async def browser(self, person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
        """A browser, signed in unless `person` is None."""
        cookies = {COOKIE: self.token(person)} if person else {}
        transport = httpx.ASGITransport(self.application, client=(f"desk-{id(cookies)}", 1))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as client:
            yield client

    def case(
        self, village: str = HERE, phone: str = "13900001234", form: str = "", by: Person | None = None
    ) -> GuaranteeApplication:
        """A case a farmer registered, or `by` filled in for one, with the consent to pass it on."""
        applicants = Applicants(self.office)
        wish = Wish(
            Applicant("张三丰", phone, village, 200_000, "种石斛"),
            applicants.pin(ENTRY),
            frozenset({ConsentKind.PASS_ON, ConsentKind.FOLLOW_UP}),
        )
        actor = actor_of(by) if by else FARMER
        return applicants.register(wish, form or f"form-{village}-{phone}", by=actor).case

    def walk(self, case: GuaranteeApplication, person: Person, *moves: Move) -> GuaranteeApplication:
        """The case after some steps of `person`."""
        for move in moves:
            case = Applications(self.office).move(case.receipt, move, person, case.version).case
        return case

    def with_guarantor(self, case: GuaranteeApplication, staff: Person, guarantor: Person) -> GuaranteeApplication:
        """The case after it was passed to a guarantee company."""
        return self.walk(
            case,
            staff,
            Move(State.CONTACTED),
            Move(State.ACCEPTED),
            Move(State.WITH_GUARANTOR, receiver=guarantor.id),
        )


def seal_in(html: str) -> str:
    """The seal of a page's forms."""
    found = SEAL.search(html)
    assert found, "the page has no sealed form"
    return found[1]
