"""`/forget`: deletes what hangs on this browser, or one case by its number, and only for whoever may."""

from __future__ import annotations

import re
import secrets

import httpx
import pytest

from office import help_desk
from office.applicants import Applicants
from office.application_case import Applicant, Wish
from office.applications import ConsentKind
from office.ledger import dialogues
from office.office import ChatKey, Office
from tests.web.reading import Page, Visit

pytestmark = pytest.mark.anyio

KEY = re.compile(r'name="key" value="([^"]+)"')
PHONE = "13812345678"


def case_of(office: Office, chat: str) -> str:
    """The receipt number of a case registered from this browser."""
    wish = Wish(
        Applicant("张阿大", PHONE, "乐清市"), Applicants(office).pin("startup-loan-personal"), frozenset(ConsentKind)
    )
    return Applicants(office).register(wish, secrets.token_hex(8), chat=ChatKey("web", chat)).case.receipt


def name_in(office: Office, receipt: str) -> str:
    """Whose case it is."""
    return Applicants(office).file(receipt).case.applicant.name


async def key_on(client: httpx.AsyncClient, path: str = "/forget") -> str:
    """The form's key, from the page as this browser sees it."""
    found = KEY.search((await client.get(path)).text)
    assert found is not None
    return found[1]


async def sent(client: httpx.AsyncClient, path: str = "/forget", **fields: str) -> httpx.Response:
    """The form handed in with a tick and a good key, unless told otherwise."""
    return await client.post(path, data={"key": await key_on(client, path), "sure": "yes", **fields})


async def test_everything_of_this_browser_goes(office: Office, visit: Visit) -> None:
    """Talk and case; the cookie ends, and another browser's case stays."""
    chat, other = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
    receipt, theirs = case_of(office, chat), case_of(office, other)
    async with visit(chat) as client:
        await client.get("/", params={"q": "石斛贷利息多少"})
        done = await sent(client, do="here")
        assert done.status_code == 200
        text = Page(done.text).text
        assert "登记的单子 1 张" in text
        assert "问过的话 1 句" in text
        assert any(one.startswith('chat=""') and "Max-Age=0" in one for one in done.headers.get_list("set-cookie"))
    assert name_in(office, receipt) == ""
    assert name_in(office, theirs) == "张阿大"
    with office.ledger.read() as connection:
        assert dialogues.load(connection, office.cipher, "web", chat, office.now()) is None


async def test_number_and_last_digits_delete_a_case_and_a_call(office: Office, visit: Visit) -> None:
    """From any browser; wrong digits delete nothing and say the same as a wrong number."""
    receipt = case_of(office, secrets.token_urlsafe(18))
    with office.ledger.begin() as connection:
        call = help_desk.ask(
            office, connection, form=receipt, village="", phone=PHONE, question="问", channel="web", source=receipt
        ).number
    async with visit() as client:
        refused = [
            await sent(client, do="number", receipt=number, tail=tail)
            for number, tail in ((receipt, "0000"), ("123456789", "5678"), (call, "0000"))
        ]
        assert [one.status_code for one in refused] == [404] * 3
        assert len({Page(one.text).lines[0] for one in refused}) == 1
        assert name_in(office, receipt) == "张阿大"
        assert "单子 1 张" in (await sent(client, do="number", receipt=receipt, tail="5678")).text
        assert "找人和回访 1 个" in (await sent(client, do="number", receipt=call, tail="5678")).text
    assert name_in(office, receipt) == ""


async def test_case_that_is_open_in_the_browser_goes_with_it(office: Office, visit: Visit) -> None:
    """Who looked their case up on a borrowed phone deletes it there; the way back to it is shut."""
    receipt = case_of(office, secrets.token_urlsafe(18))
    async with visit() as client:
        await client.post("/s", data={"receipt": receipt, "tail": "5678"})
        page = Page((await client.get("/s/case")).text)
        assert "/s/forget" in page.links
        assert "刚才打开的那张单子" in (await client.get("/s/forget")).text
        assert "单子 1 张" in (await sent(client, "/s/forget", do="here")).text
        assert (await client.get("/s/case")).status_code == 403
    assert name_in(office, receipt) == ""


@pytest.mark.parametrize(
    ("changed", "status"), [({"sure": ""}, 422), ({"key": "foreign.key"}, 403), ({"key": ""}, 403)]
)
async def test_unsure_or_foreign_form_deletes_nothing(
    office: Office, visit: Visit, changed: dict[str, str], status: int
) -> None:
    """Without the tick, or from another site's page, everything stays."""
    chat = secrets.token_urlsafe(18)
    receipt = case_of(office, chat)
    async with visit(chat) as client:
        for fields in ({"do": "here"}, {"do": "number", "receipt": receipt, "tail": "5678"}):
            answer = await sent(client, **{**fields, **changed})
            assert answer.status_code == status
            assert "什么也没删" in Page(answer.text).text
    assert name_in(office, receipt) == "张阿大"


async def test_page_is_kept_by_nobody_and_reached_from_the_pages_before_it(visit: Visit) -> None:
    """No cache keeps it; the page for a person and the status page lead there."""
    async with visit(chat=None) as client:
        page = await client.get("/forget")
        assert page.headers["cache-control"] == "no-store"
        assert Page(page.text).inline == []
        assert "/forget" in Page((await client.get("/person")).text).links
        assert "/s/forget" in Page((await client.get("/s")).text).links
