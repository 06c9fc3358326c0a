"""A ledger that is busy or gone: every page says so kindly, and what was typed is there to be sent again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from starlette.routing import Route

from knowledge.base import KnowledgeBase
from office import codes, follow_ups, help_desk
from office.assisted_checks import AssistedChecks, Wanted
from office.ledger import engines
from office.ledger import ledger as ledger_module
from office.ledger.ledger import Ledger
from office.office import ChatKey, Office
from office.people import Role
from office.privacy import generate_field_key
from office.settings import Settings
from tests.postgres import PostgresServer
from tests.web.desk_world import ENTRY, HERE, Desk
from tests.web.reading import ADDRESS, Page
from web.application import ROUTES, build
from web.chat import CHAT_COOKIE
from web.check import seal_of
from web.desk_access import COOKIE, seal_for

pytestmark = pytest.mark.anyio

VILLAGE = "乐清市大荆镇下山头村"
WAIT = 0.3
CHAT = "c" * 24


class Forms(HTMLParser):
    """The fields of a page's last form, and where it goes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.fields, self.action = {}, given["action"]
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given["value"]


@dataclass(frozen=True)
class World:
    """A desk with one thing of each kind, and an administrator's device."""

    desk: Desk
    token: str
    parts: Mapping[str, str]

    @property
    def office(self) -> Office:
        """The office behind it."""
        return self.desk.office

    def addresses(self, method: str) -> list[str]:
        """Every route that takes the method, with real things in it."""
        found = [one.path for one in ROUTES if isinstance(one, Route) and method in (one.methods or ())]
        return [self._filled(path) for path in found]

    def browser(self) -> httpx.AsyncClient:
        """The administrator's browser, which has a chat as well."""
        transport = httpx.ASGITransport(self.desk.application, raise_app_exceptions=False)
        cookies = {COOKIE: self.token, CHAT_COOKIE: CHAT}
        return httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies, timeout=60)

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        with self.office.ledger.read() as connection:
            counted = connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - names from this file
            return int(counted.scalar_one())

    def _filled(self, path: str) -> str:
        if path in SPECIAL:
            return SPECIAL[path].format(**self.parts)
        return path.replace("{number:int}", "1").format(**self.parts)


SPECIAL = {
    "/": "/?q=石斛贷利息多少",
    "/c/{code}": "/c/{card}",
    "/static/{name}": "/static/site.css",
    "/calculate/{name}": "/calculate/annual-rate",
    "/words/{word}": "/words/贴息",
    "/desk/enter/{secret}": "/desk/enter/nosuchsecret",
}


def opened(knowledge: KnowledgeBase, state: Path, url: str) -> World:
    """A world on the ledger of that address, which waits for nothing longer than a moment."""
    given = {"STATE_DIR": str(state), "DATABASE_URL": url, "SECRET_KEY": "s" * 48, "FIELD_KEY": generate_field_key()}
    office = Office(Settings.from_environ({**given, "PUBLIC_BASE_URL": ADDRESS}), Ledger.open(url), knowledge)
    desk = Desk(office, build(office, registry=CollectorRegistry()))
    owner, admin = desk.person(Role.OFFICER, HERE), desk.person(Role.ADMIN)
    case = desk.case()
    with office.ledger.begin() as connection:
        wanted = Wanted("f", HERE, "", "王阿大", "13700000000", is_present=True)
        check = AssistedChecks(office).begin(connection, owner, wanted)
        batch, made = codes.issue(connection, knowledge, owner, [HERE], [ENTRY], by=owner.id, now=office.now())
        follow_up = follow_ups.begin(office, connection, entry=ENTRY, village=HERE, name="李四", phone="13700000000")
        call = help_desk.ask(office, connection, form="f", village=VILLAGE, phone="13700000000", question="问",
                             channel="web", source="x")  # fmt: skip
    parts = {"receipt": case.receipt, "number": call.number, "follow_up": str(follow_up), "id": owner.id, "code": ENTRY,
             "card": made[0].code, "batch": batch.id, "check": check}  # fmt: skip
    return World(desk, desk.token(admin), parts)


@pytest.fixture
def world(shipped: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """On SQLite."""
    for module in (engines, ledger_module):
        monkeypatch.setattr(module, "BUSY_SECONDS", WAIT)
    made = opened(shipped, tmp_path, f"sqlite:///{tmp_path / 'ledger.db'}")
    yield made
    made.office.ledger.close()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program holds the file's write lock."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def used_up(ledger: Ledger) -> Iterator[None]:
    """Every connection is in others' hands: nothing can be read either."""
    with ExitStack() as hands:
        for _ in range(8):
            hands.enter_context(ledger.read())
        yield


async def answers_of(world: World, method: str) -> dict[str, httpx.Response]:
    """The answers of all routes, asked at once, so that their waits pass together."""
    async with world.browser() as browser:
        data = {**FORM, "seal": seal_for(world.token)} if method == "POST" else None
        addresses = world.addresses(method)
        answers = await asyncio.gather(*(browser.request(method, one, data=data) for one in addresses))
    return dict(zip(addresses, answers, strict=True))


async def broken(world: World) -> list[str]:
    """The pages that break when nobody is in the way."""
    async with world.browser() as browser:
        return [one for one in world.addresses("GET") if (await browser.get(one)).status_code >= 500]


FORM = {
    "q": "石斛贷利息多少", "to": "contacted", "version": "1", "number": "1", "kind": "follow_up", "outcome": "done",
    "entry": ENTRY, "village": HERE, "name": "李四", "phone": "13700000000", "agreed": "yes", "place": VILLAGE,
    "present": "yes", "role": "farmer", "device": "none", "layout": "a6", "one": f"policy:{ENTRY}", "do": "repoint",
    "reason": "试一试", "question": "问", "receipt": "123456789", "tail": "1234", "text": "先交保证金", "secret": "12345678",
}  # fmt: skip


def kindly_busy(answers: Mapping[str, httpx.Response]) -> int:
    """How many are 503; no page breaks, and each of these says what to do and when."""
    for address, one in answers.items():
        assert one.status_code != 500, address
        if one.status_code >= 500:
            assert one.status_code == 503, address
            assert (one.headers["retry-after"], one.headers["cache-control"]) == ("30", "no-store"), address
            assert "过半分钟" in one.text, address
            assert "tel:12345" in one.text, address
    return sum(one.status_code == 503 for one in answers.values())


async def test_no_page_breaks_while_another_program_writes_or_nothing_is_free(world: World, tmp_path: Path) -> None:
    """All routes, GET and POST, with SQLite's lock held from outside and with every connection taken: 503 or as ever."""
    assert await broken(world) == []
    for name, trouble in (("账本锁着", locked(tmp_path / "ledger.db")), ("没有空闲连接", used_up(world.office.ledger))):
        with trouble:
            for method in ("GET", "POST"):
                answers = await answers_of(world, method)
                busy = kindly_busy(answers)
                print(f"\n{name}：{method} {len(answers)} 个地址，{busy} 个答 503，没有 500：", end="")
                print(dict(Counter(one.status_code for one in answers.values())))
                assert busy >= 12
    async with world.browser() as browser:
        assert (await browser.get("/desk")).status_code == 200


async def test_what_was_typed_comes_back_and_goes_in_once(world: World, tmp_path: Path) -> None:
    """Chat, a call for a person, a check's answer, and a case filled in at the desk: sent again from the page, kept once."""
    seal = seal_for(world.token)
    filled = {"entry": "startup-loan-personal", "name": "张阿大", "phone": "13812345678", "place": VILLAGE,
              "purpose": "买苗", "amount": "20 万", "present": "yes", "form": "one"}  # fmt: skip
    sent = {
        "/person": {
            "form": "two",
            "village": VILLAGE,
            "phone": "13812345678",
            "question": "石斛贷没人回，身份证 330382197001011237",
        },
        "/check": {"seal": seal_of(ChatKey("web", CHAT)), "key": "county", "t": "乐清"},
        "/desk/fill-in": {**filled, "seal": seal},
        f"/desk/checks/{world.parts['check']}": {"seal": seal, "key": "county", "t": "乐清"},
    }
    async with world.browser() as browser:
        with locked(tmp_path / "ledger.db"):
            asked = await browser.get("/?q=石斛贷利息多少")
            piece = await browser.post("/", data={"q": "石斛贷利息多少"}, headers={"X-Piece": "1"})
            pages = {address: await browser.post(address, data=fields) for address, fields in sent.items()}
        assert [one.status_code for one in (asked, piece, *pages.values())] == [503] * 6
        assert "您问的：石斛贷利息多少" in Page(asked.text).text
        assert (await browser.get(next(one for one in Page(asked.text).links if "q=" in one))).status_code == 200
        assert 'class="turn"' in piece.text
        assert "330382197001011237" not in pages["/person"].text
        before = world.rows("applications"), world.rows("help_requests")
        for address, page in pages.items():
            form = Forms(page.text)
            known = {name: text for name, text in sent[address].items() if name != "question"}
            assert form.action == address
            assert {name: form.fields[name] for name in known} == known
            again = [(await browser.post(address, data=form.fields)).status_code for _ in "ab"]
            assert again[0] in (200, 303), address
        assert (world.rows("applications"), world.rows("help_requests")) == (before[0] + 1, before[1] + 1)
        forged = {**filled, "seal": "0" * 32, "form": "three"}
        with used_up(world.office.ledger):
            page = await browser.post("/desk/fill-in", data=forged)
        assert Forms(page.text).fields == forged
        assert (await browser.post("/desk/fill-in", data=Forms(page.text).fields)).status_code == 403
        assert world.rows("applications") == before[0] + 1


@pytest.mark.postgres
async def test_a_database_that_is_gone_is_as_one_that_is_busy(shipped: KnowledgeBase, tmp_path: Path) -> None:
    """PostgreSQL lets nobody in: every page is 503 or as ever; let in again, all is as it was."""
    try:
        server = PostgresServer()
    except Exception as error:  # whatever keeps it from starting is the reason shown
        pytest.skip(f"no PostgreSQL: pgserver could not start it ({type(error).__name__}: {error})")
    url = server.create_database()
    world = opened(shipped, tmp_path, url)
    try:
        server.shut_out(url)
        answers = await answers_of(world, "GET")
        print(f"\n连不上 PostgreSQL：{len(answers)} 个地址，{kindly_busy(answers)} 个答 503，没有 500")
        assert kindly_busy(answers) >= 12
        server.let_in(url)
        async with world.browser() as browser:
            assert (await browser.get("/desk")).status_code == 200
    finally:
        world.office.ledger.close()
        server.stop()
