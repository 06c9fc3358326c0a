"""An interview filled in for a farmer: marked 代填, both persons in the record, confirmed by number or by signature, deletable."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from office.ledger import assisted_checks, audit
from office.ledger.assisted_checks import AssistedCheck, Confirmed
from office.office import Office
from office.people import Person, Role
from tests.offices import own_office
from tests.web.desk_world import HERE, Desk, seal_in
from tests.web.reading import ADDRESS
from web.application import build

ENTRY = "startup-loan-personal"
NAME, PHONE = "张三丰", "13700001234"
FIRST_ANSWER = re.compile(r'<button name="a" value="([^"]+)"')
QUESTIONS = 40

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def desk(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own."""
    own = own_office(tmp_path_factory.mktemp("checks"), office.knowledge, PUBLIC_BASE_URL=ADDRESS)
    yield Desk(own, build(own, registry=CollectorRegistry()))
    own.ledger.close()


@pytest.fixture(scope="module")
def officer(desk: Desk) -> Person:
    """The officer of HERE."""
    return desk.person(Role.OFFICER, HERE, name="林海生")


async def post(browser: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """A sealed form of the desk."""
    seal = seal_in((await browser.get("/desk/checks")).text)
    return await browser.post(path, data={"seal": seal, **form})


async def begun(browser: httpx.AsyncClient, form: str, **changes: str) -> httpx.Response:
    """The form that begins an interview."""
    fields = {
        "form": form,
        "name": NAME,
        "village": "乐清市大荆镇下山头村",
        "phone": PHONE,
        "entry": ENTRY,
        "present": "yes",
    }
    return await post(browser, "/desk/checks", **(fields | changes))


async def recorded(browser: httpx.AsyncClient, form: str, **changes: str) -> str:
    """The number of an interview answered to its end and recorded."""
    path = (await begun(browser, form, **changes)).headers["location"]
    for _ in range(QUESTIONS):
        page = (await browser.get(path)).text
        if 'id="question"' not in page:
            break
        found = FIRST_ANSWER.search(page)
        assert found
        assert (await post(browser, path, a=found[1])).status_code == 303
    assert (await post(browser, f"{path}/record")).status_code == 303
    return path.rpartition("/")[2]


def kept(desk: Desk, number: str) -> AssistedCheck | None:
    """The interview in the ledger."""
    with desk.office.ledger.read() as connection:
        return assisted_checks.find(connection, desk.office.cipher, number)


def deeds(desk: Desk, number: str) -> list[tuple[str, str]]:
    """Who did what to an interview, in order, reading apart."""
    with desk.office.ledger.read() as connection:
        found = audit.recent(connection, 500, target=number)
    return [(one.actor, one.verb) for one in reversed(found) if one.verb != "read_check"]


async def test_what_is_wanting_is_said_and_a_second_tap_is_the_same_interview(desk: Desk, officer: Person) -> None:
    """Not present, no name, no such number: 422 with the words kept; the form twice is one interview."""
    async with desk.browser(officer) as browser:
        for changes, word in (
            ({"present": ""}, "本人在场"),
            ({"name": " "}, "怎么称呼他"),
            ({"phone": "12"}, "少了或多了几位"),
            ({"entry": "no-such"}, "没有这一条"),
            ({"village": "火星"}, "不是温州"),
        ):
            refused = await begun(browser, "wanting", **changes)
            assert refused.status_code == 422
            assert word in refused.text
        first, second = [await begun(browser, "twice") for _ in range(2)]
        question = (await browser.get(first.headers["location"])).text
        nothing_yet = await post(browser, f"{first.headers['location']}/record")

    assert first.headers["location"] == second.headers["location"]
    assert "代填" in question
    assert f"林海生替{NAME}填" in question
    assert nothing_yet.status_code == 422
    assert "先问几个" in nothing_yet.text


async def test_the_farmer_confirms_with_number_and_last_digits(desk: Desk, officer: Person) -> None:
    """The sheet is marked 代填 with both names and lines to sign; at /s the farmer sees the same and confirms, once."""
    async with desk.browser(officer) as browser:
        number = await recorded(browser, "by number")
        sheet = (await browser.get(f"/desk/checks/{number}")).text
        blocked = await post(browser, f"/desk/checks/{number}", a="1|s|again")
    for words in ("代填", "林海生", NAME, "农户签字", "代填人签字", "不是决定", number):
        assert words in sheet
    assert blocked.status_code == 422
    async with desk.browser(None) as farmer:
        wrong = await farmer.post("/s", data={"receipt": number, "tail": "9999"})
        assert wrong.status_code == 404
        assert NAME not in wrong.text
        shown = (await farmer.post("/s", data={"receipt": number.lower(), "tail": PHONE[-4:]})).text
        fields = dict(re.findall(r'name="(number|until|seal)" value="([^"]+)"', shown))
        stolen = await farmer.post("/s/check", data={**fields, "number": "T2222222"})
        assert stolen.status_code == 403
        thanks = await farmer.post("/s/check", data=fields)
        again = await farmer.post("/s/check", data=fields)

    assert "林海生" in shown
    assert "您是这样回答的" in shown
    assert "谢谢您核对" in thanks.text
    assert again.status_code == 200
    check = kept(desk, number)
    assert check is not None
    assert (check.filled_by, check.confirmed_by) == (officer.id, Confirmed.CODE)
    assert deeds(desk, number) == [
        (officer.id, "begin_check"), (officer.id, "record_check"), ("farmer", "confirm_check"),
    ]  # fmt: skip
    async with desk.browser(officer) as browser:
        locked = await post(browser, f"/desk/checks/{number}/reopen")
        listed = (await browser.get("/desk/checks")).text
    assert locked.status_code == 422
    assert "核对过了" in listed


async def test_a_signature_confirms_and_a_mistake_is_mended_before(desk: Desk, officer: Person) -> None:
    """Reopened, answered again and recorded anew; without a phone only the signed sheet confirms."""
    async with desk.browser(officer) as browser:
        number = await recorded(browser, "by hand", phone="", entry="")
        path = f"/desk/checks/{number}"
        assert "没留电话" in (await browser.get(path)).text
        assert (await post(browser, f"{path}/reopen")).status_code == 303
        early = await post(browser, f"{path}/signed")
        assert early.status_code == 422
        assert (await post(browser, f"{path}/record")).status_code == 303
        assert (await post(browser, f"{path}/signed")).status_code == 303
        sheet = (await browser.get(path)).text

    assert "在纸上签过字" in sheet
    assert deeds(desk, number)[-2:] == [(officer.id, "record_check"), (officer.id, "confirm_check")]
    async with desk.browser(None) as farmer:
        assert (await farmer.post("/s", data={"receipt": number, "tail": ""})).status_code == 404


async def test_the_record_is_sealed_and_the_farmer_can_delete_it(desk: Desk, officer: Person) -> None:
    """No name, phone or answer stands in the database in clear; number and digits delete all of it."""
    async with desk.browser(officer) as browser:
        number = await recorded(browser, "to be deleted")
    with desk.office.ledger.read() as connection:
        rows = [
            *connection.execute(text("SELECT * FROM assisted_checks")),
            *connection.execute(text("SELECT * FROM open_forms WHERE channel = 'desk'")),
        ]
    plain = repr(rows)
    assert rows
    assert [word for word in (NAME, PHONE, "返乡", "county") if word in plain] == []
    async with desk.browser(None) as farmer:
        seal = (await farmer.get("/forget")).text
        key = re.search(r'name="key" value="([^"]+)"', seal)
        assert key
        done = await farmer.post("/forget", data={"key": key[1], "sure": "yes", "receipt": number, "tail": PHONE[-4:]})
    assert "替您做的体检 1 次" in done.text
    assert kept(desk, number) is None
    with desk.office.ledger.read() as connection:
        left = connection.execute(
            text("SELECT count(*) FROM person_keys WHERE subject LIKE :own"), {"own": f"%{number}"}
        )
        assert left.scalar_one() == 0
