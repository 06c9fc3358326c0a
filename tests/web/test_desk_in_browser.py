"""The desk in a real Chromium, 360 pixels wide: the code on a slip, a case decided, sizes, no scrolling sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from prometheus_client import CollectorRegistry

from office import follow_ups, help_desk, sign_in
from office.applicants import Applicants
from office.applications import State
from office.assisted_checks import AssistedChecks, Wanted
from office.card_desk import CardDesk
from office.ledger.sign_ins import TicketKind
from office.office import Office
from office.people import Person, Role
from tests.offices import own_office
from tests.web.browsing import faults_of, needs_chromium, visitor
from tests.web.desk_world import ENTRY, HERE, Desk
from tests.web.serving import served
from web.application import build
from web.desk_access import COOKIE

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def desk(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own, without https as on one's own machine."""
    own = own_office(tmp_path_factory.mktemp("desk"), office.knowledge)
    yield Desk(own, build(own, registry=CollectorRegistry()))
    own.ledger.close()


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    """The desk on loopback."""
    with served(desk.application) as at:
        yield at


def code_of(desk: Desk, person: Person) -> str:
    """The eight digits on a slip."""
    with desk.office.ledger.begin() as connection:
        return sign_in.invite(desk.office, connection, person, TicketKind.CODE, by="test")


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_a_guarantee_company_signs_in_with_a_code_and_decides_a_case(
    browser: Browser, desk: Desk, address: str, has_script: bool
) -> None:
    """On a phone: digits, list, case, refusal with its reason; without a reason it is told so; then the code is dead."""
    staff, guarantor = desk.person(Role.STAFF), desk.person(Role.GUARANTOR, name="乐清农担")
    case = desk.with_guarantor(desk.case(phone=f"1390000{has_script:04d}"), staff, guarantor)
    code = code_of(desk, guarantor)
    with visitor(browser, script=has_script, expected="status of 4") as page:
        page.goto(f"{address}/desk/cases/{case.receipt}")
        page.get_by_label("纸条上的 8 位数字").fill(f"{code[:4]} {code[4:]}")
        page.get_by_role("button", name="进入").click()
        expect(page).to_have_url(f"{address}/desk/cases/{case.receipt}")
        page.get_by_role("link", name="我的活").first.click()
        page.get_by_role("link", name="打开").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("已转担保")
        page.get_by_text("不通过", exact=True).first.click()
        refusal = page.locator("form", has=page.locator("input[value=declined]"))
        refusal.get_by_label("用大白话写一句为什么").fill("今年的额度用完了，明年三月再来问。")
        refusal.get_by_role("button", name="不通过").click()
        expect(page.get_by_role("alert")).to_contain_text("要选一个原因")
        refusal.get_by_label("今年的额度用完了", exact=True).check()
        refusal.get_by_role("button", name="不通过").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("未通过")
        expect(page.get_by_text("明年三月再来问")).to_be_visible()

    file = Applicants(desk.office).file(case.receipt)
    assert file.case.state is State.DECLINED
    assert file.events[-1].actor.id == guarantor.id
    with desk.office.ledger.begin() as connection:
        again = sign_in.enter(desk.office, connection, code, label="", address="again")
    assert again is sign_in.Refusal.WRONG


def test_the_sheet_of_an_interview_prints_with_result_and_lines_to_sign(
    browser: Browser, desk: Desk, address: str
) -> None:
    """On paper: who asked and who answered, the result, where both sign; the buttons stay on the screen."""
    officer = desk.person(Role.OFFICER, HERE, name="林海生")
    checks = AssistedChecks(desk.office)
    with desk.office.ledger.begin() as connection:
        number = checks.begin(
            connection, officer, Wanted("print", HERE, ENTRY, "张三丰", "13700000000", is_present=True)
        )
        found = checks.find(connection, number)
        assert found is not None
        checks.record(connection, officer, found)
    with visitor(browser) as page:
        page.context.add_cookies([{"name": COOKIE, "value": desk.token(officer), "url": address}])
        page.goto(f"{address}/desk/checks/{number}")
        page.emulate_media(media="print")
        expect(page.locator("section.recorded").first).to_be_visible()
        expect(page.get_by_text("农户签字")).to_be_visible()
        expect(page.locator(".actors")).to_contain_text("林海生（共富金融专员），代填")
        expect(page.get_by_role("button", name="他在纸上签过字了")).to_be_hidden()


def test_desk_pages_are_legible_and_never_scroll_sideways(browser: Browser, desk: Desk, address: str) -> None:
    """Every page with everything unfolded, and what a card opens: font, line height, contrast, targets, axe-core."""
    admin, guarantor = desk.person(Role.ADMIN), desk.person(Role.GUARANTOR)
    case = desk.case(phone="13700000001")
    filled_in = desk.case(phone="13700000003", by=desk.person(Role.OFFICER, HERE))
    passed = desk.with_guarantor(desk.case(phone="13800000002"), desk.person(Role.STAFF), guarantor)
    with desk.office.ledger.begin() as connection:
        call = help_desk.ask(
            desk.office, connection, form="1", village="乐清市大荆镇下山头村", phone="13700000000",
            question="石斛贷没人回", channel="web", source="1",
        )  # fmt: skip
        follow_up = follow_ups.begin(
            desk.office, connection, entry=ENTRY, village=HERE, name="李四", phone="13700000000"
        )
    officer = desk.person(Role.OFFICER, HERE)
    with desk.office.ledger.begin() as connection:
        card = CardDesk(desk.office).code_for(connection, officer, HERE, ENTRY)
        checks = AssistedChecks(desk.office)
        asked, done = (
            checks.begin(connection, officer, Wanted(form, HERE, entry, "张三丰", "13700000000", is_present=True))
            for form, entry in (("asked", ""), ("done", ENTRY))
        )
        found = checks.find(connection, done)
        assert found is not None
        checks.record(connection, officer, found)
    pages = {
        officer: ("/desk/cards", f"/desk/cards/c/{card.code}", f"/desk/cards/batches/{card.batch}", "/desk/checks",
                  f"/desk/checks/{asked}", f"/desk/checks/{done}"),
        None: ("/desk", f"/c/{card.code}"),
        admin: ("/desk", f"/desk/cases/{case.receipt}", f"/desk/help/{call.number}", f"/desk/follow-ups/{follow_up}",
                "/desk/fill-in", "/desk/visit", "/desk/export", "/desk/scripts", f"/desk/scripts/{ENTRY}", "/desk/people",
                f"/desk/people/{guarantor.id}", "/desk/self-check", "/desk/devices",
                f"/desk/cases/{filled_in.receipt}/sheet", f"/desk/cases/{passed.receipt}"),
        guarantor: ("/desk", f"/desk/cases/{passed.receipt}"),
    }  # fmt: skip
    faults = []
    for person, paths in pages.items():
        with visitor(browser, expected="status of 401") as page:
            if person is not None:
                page.context.add_cookies([{"name": COOKIE, "value": desk.token(person), "url": address}])
            for path in paths:
                page.goto(address + path)
                faults += faults_of(page, path)

    assert faults == []
