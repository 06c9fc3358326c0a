"""明白卡 at the desk: one code for one wish, its picture and papers, its code changed with a reason, batches and stale cards."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import unquote

import httpx
import pytest
import zxingcpp
from PIL import Image
from prometheus_client import CollectorRegistry

from office.ledger import audit, code_prints, people
from office.ledger import codes as rows
from office.ledger.codes import Code
from office.office import Office
from office.people import Person, Role
from tests.office.spoiling import pages, read_codes
from tests.offices import own_office
from tests.web.desk_world import ELSEWHERE, ENTRY, HERE, Desk, seal_in
from tests.web.reading import ADDRESS
from web.application import build

OTHER = "farm-machinery-subsidy"
THIRD = "startup-loan-personal"

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def desk(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own at a public address."""
    own = own_office(tmp_path_factory.mktemp("cards"), office.knowledge, PUBLIC_BASE_URL=ADDRESS)
    yield Desk(own, build(own, registry=CollectorRegistry()))
    own.ledger.close()


@pytest.fixture
def officer(desk: Desk) -> Person:
    """A fresh officer of HERE."""
    return desk.person(Role.OFFICER, HERE, name="林海生")


async def posted(browser: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """A form of the desk, sealed as the page at `/desk/cards` is."""
    page = await browser.get("/desk/checks")
    return await browser.post(path, data={"seal": seal_in(page.text), **form})


def of(desk: Desk, officer: Person) -> list[Code]:
    """The codes made for an officer."""
    with desk.office.ledger.read() as connection:
        return rows.of_officer(connection, officer.id)


async def test_the_same_wish_twice_is_one_code_with_its_picture(desk: Desk, officer: Person) -> None:
    """Searched by words, made, made again: one card; the PNG is small, leads to the code, and opening it writes nothing."""
    async with desk.browser(officer) as browser:
        found = (await browser.get("/desk/cards", params={"q": "石斛贷"})).text
        assert f'value="policy:{ENTRY}"' in found
        assert f'value="policy:{OTHER}"' not in found
        made = [await posted(browser, "/desk/cards", village=HERE, one=f"policy:{ENTRY}") for _ in range(2)]
        (code,) = of(desk, officer)
        assert {answer.headers["location"] for answer in made} == {f"/desk/cards/c/{code.code}"}
        page = (await browser.get(f"/desk/cards/c/{code.code}")).text
        picture = await browser.get(f"/desk/cards/c/{code.code}/picture")
        loan = await posted(browser, "/desk/cards", village=HERE, one=f"loan:{ENTRY}")

    assert page.index("已过期") < page.index("<h1>")
    assert "林海生" in page
    assert picture.headers["content-type"] == "image/png"
    assert len(picture.content) <= 200 * 1024
    with Image.open(io.BytesIO(picture.content)) as image:
        (seen,) = zxingcpp.read_barcodes(image)
    assert seen.text == f"{ADDRESS}/c/{code.code}"
    assert code.code not in loan.headers["location"]
    with desk.office.ledger.read() as connection:
        assert [one for one in code_prints.still_out(connection) if one.code.code == code.code] == []


async def test_every_paper_is_a_pdf_that_phones_read_and_is_noted(desk: Desk, officer: Person) -> None:
    """A6, four on A4, elder, black and white: each holds the code; the ledger knows what is out, once a paper."""
    async with desk.browser(officer) as browser:
        await posted(browser, "/desk/cards", village=HERE, one=f"policy:{ENTRY}")
        (code,) = of(desk, officer)
        path = f"/desk/cards/c/{code.code}/print"
        papers = [
            await posted(browser, path, layout=layout, **black)
            for layout, black in (("a6", {}), ("a6x4", {"black": "yes"}), ("elder", {}), ("a6x4", {}))
        ]
        wrong = await posted(browser, path, layout="chat")

    assert wrong.status_code == 400
    for paper in papers:
        assert paper.headers["content-type"] == "application/pdf"
        assert "attachment" in paper.headers["content-disposition"]
        (sheet,) = pages(paper.content)
        assert read_codes(sheet) == {f"{ADDRESS}/c/{code.code}"}
    with desk.office.ledger.read() as connection:
        out = [one for one in code_prints.still_out(connection) if one.code.code == code.code]
        deeds = [one for one in audit.recent(connection, 500, target=code.code) if one.verb == "print_cards"]
    assert sorted((one.layout, one.copies) for one in out) == [("a6", 1), ("a6x4", 4), ("elder", 1)]
    assert [one.actor for one in deeds] == [officer.id] * 4


async def test_a_code_is_pointed_elsewhere_and_withdrawn_with_a_reason(desk: Desk, officer: Person) -> None:
    """Without a reason nothing changes; with one it stands on the page, and printed cards are listed as wrong until settled."""
    async with desk.browser(officer) as browser:
        await posted(browser, "/desk/cards", village=HERE, one=f"policy:{ENTRY}")
        (code,) = of(desk, officer)
        path = f"/desk/cards/c/{code.code}"
        await posted(browser, f"{path}/print", layout="a6x4")
        refused = await posted(browser, path, do="repoint", entry=OTHER, reason=" ")
        assert refused.status_code == 422
        assert "请写明原因" in refused.text
        assert (await posted(browser, path, do="repoint", entry=OTHER, reason="老的到期了")).status_code == 303
        changed = (await browser.get(path)).text
        wrong = (await browser.get("/desk/cards")).text
        batch = f"/desk/cards/batches/{code.batch}"
        settled = await posted(browser, f"{batch}/settle", village=HERE, entry=ENTRY, outcome="replaced")
        after = (await browser.get("/desk/cards")).text
        assert (await posted(browser, path, do="withdraw", reason="卡丢了")).status_code == 303
        dead = (await browser.get(path)).text
        picture = await browser.get(f"{path}/picture")
        public = await browser.get(f"/c/{code.code}")

    assert "老的到期了" in changed
    assert "印出去的要换：4 张" in changed
    assert "有 4 张要换" in wrong
    assert settled.status_code == 303
    assert "张要换" not in after
    assert "停用了" in dead
    assert f"{path}/picture" not in dead
    assert picture.status_code == 409
    assert public.status_code == 410
    assert "卡丢了" in public.text


async def test_ticked_entries_are_one_batch_printed_in_one_file(desk: Desk, officer: Person) -> None:
    """Three ticks: three codes, one batch with its note, one PDF with all of them; a withdrawn one is left out."""
    async with desk.browser(officer) as browser:
        nothing = await posted(browser, "/desk/cards", village=HERE)
        assert nothing.status_code == 422
        made = await posted(
            browser, "/desk/cards", village=HERE, tick1=ENTRY, tick2=OTHER, tick3=THIRD, note="村口公告栏"
        )
        batch, codes = made.headers["location"], of(desk, officer)
        page = (await browser.get(batch)).text
        await posted(browser, f"/desk/cards/c/{codes[0].code}", do="withdraw", reason="印错了")
        paper = await posted(browser, f"{batch}/print", layout="a6x4", black="yes")

    assert len(codes) == 3
    assert {code.batch for code in codes} == {batch.rpartition("/")[2]}
    assert "村口公告栏" in page
    assert [re.search(code.entry and code.code[:5], page) is not None for code in codes] == [True] * 3
    (sheet,) = pages(paper.content)
    assert read_codes(sheet) == {f"{ADDRESS}/c/{code.code}" for code in codes[1:]}


async def test_staff_type_the_village_and_a_village_without_officer_gets_no_card(desk: Desk, officer: Person) -> None:
    """The card bears the village's officer; what is no whole village is said to be none; an officer sees no foreign village."""
    async with desk.browser(desk.person(Role.STAFF)) as browser:
        town = await posted(browser, "/desk/cards", place="乐清市大荆镇", one=f"policy:{ENTRY}")
        nobody = await posted(browser, "/desk/cards", place="永嘉县岩头镇苍坡村", one=f"policy:{ENTRY}")
        right = await posted(browser, "/desk/cards", place="乐清市大荆镇下山头村", one=f"policy:{OTHER}")
        card = (await browser.get(right.headers["location"])).text
    async with desk.browser(officer) as browser:
        foreign = (await browser.get("/desk/cards", params={"place": "永嘉县岩头镇苍坡村"})).text

    assert town.status_code == nobody.status_code == 422
    assert "村要写全" in town.text
    assert "没有共富金融专员" in nobody.text
    assert "林海生" in card
    assert "不归您管" in foreign
    assert f'value="{ELSEWHERE}"' not in foreign


async def test_an_officer_without_a_phone_is_asked_for_it_and_then_makes_cards(desk: Desk) -> None:
    """The page says what is missing and takes it; staff are told who has to; a changed number makes printed cards wrong."""
    village, office = "乐清市/大荆镇/水涨村", desk.office
    with office.ledger.begin() as connection:
        mute = people.add(
            connection, office.cipher, Role.OFFICER, "章小满", "", (village,), by="test", now=office.now()
        )
    admin = desk.person(Role.ADMIN)
    async with desk.browser(mute) as browser, desk.browser(admin) as other:
        asked = (await browser.get("/desk/cards")).text
        theirs = (await other.get("/desk/cards", params={"village": village})).text
        refused = await posted(browser, "/desk/cards", village=village, one=f"policy:{ENTRY}")
        wrong = await posted(browser, "/desk/phone", phone="138", back="/desk/cards")
        kept = await posted(browser, "/desk/phone", phone="138 1234 5678", back="/desk/cards")
        made = await posted(browser, "/desk/cards", village=village, one=f"policy:{ENTRY}")
        page = made.headers["location"]
        picture = await browser.get(f"{page}/picture")
        printed = await posted(browser, f"{page}/print", layout="a6")
        fine = (await browser.get(page)).text
        await posted(other, f"/desk/people/{mute.id}/phone", phone="0577-62201111")
        changed = (await browser.get(page)).text
        again = await posted(browser, f"{page}/print", layout="a6")
        waiting = [(await browser.get(path)).text for path in (page, "/desk/cards")]
        batch = re.search(r"/desk/cards/batches/\w+", waiting[0])
        assert batch is not None
        settle = {"village": village, "entry": ENTRY, "outcome": "replaced"}
        assert "新卡印好了" in (await browser.get(batch[0])).text
        await posted(browser, f"{batch[0]}/settle", **settle)
        still = (await browser.get(page)).text
        await posted(browser, f"{batch[0]}/settle", **settle, reprinted="yes")
        done = (await browser.get(page)).text

    assert 'action="/desk/phone"' in asked
    assert "您还没有登记电话，卡上必须印您的电话" in asked
    assert "章小满 没有登记电话" in theirs
    assert f"/desk/people/{mute.id}" in theirs
    assert refused.status_code == 422
    assert (wrong.status_code, "11 位手机号" in wrong.text) == (422, True)
    assert (kept.status_code, kept.headers["location"]) == (303, "/desk/cards")
    assert (made.status_code, picture.status_code, printed.status_code) == (303, 200, 200)
    assert "13812345678" in fine
    assert "卡上的电话换了" not in fine
    assert "卡上的电话换了" in changed
    assert "0577-62201111" in changed
    assert unquote(again.headers["content-disposition"]).endswith("-A6单张.pdf")
    assert "旧的 1 张等您换下来" in waiting[0]
    assert "1 张旧卡等您换下来" in waiting[1]
    assert "张要换" not in waiting[1]
    assert "等您换下来" in still
    assert "等您换下来" not in done
    with office.ledger.read() as connection:
        deeds = [(one.actor, one.purpose) for one in audit.recent(connection, 50, target=mute.id)
                 if one.verb == "set_phone"]  # fmt: skip
    assert deeds == [(admin.id, "changed"), (mute.id, "first")]
