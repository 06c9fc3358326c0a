"""The desk without a browser: signing in, the list, people, forms, the export, asking for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from office import sign_in
from office.applicants import Applicants
from office.application_wanting import NO_RECEIVER
from office.applications import Move, State
from office.case_workbook import HEAD, written
from office.ledger import audit, help_requests, people
from office.ledger import follow_ups as kept_follow_ups
from office.ledger.sign_ins import TicketKind
from office.office import Office
from office.people import Person, Role
from tests.offices import own_office
from tests.web.desk_world import ELSEWHERE, ENTRY, HERE, Desk, seal_in
from tests.web.reading import ADDRESS, Page
from web.application import build
from web.desk_access import COOKIE, inside

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(tmp_path: Path, office: Office) -> Iterator[Desk]:
    """A desk over an empty ledger."""
    own = own_office(tmp_path, office.knowledge, PUBLIC_BASE_URL=ADDRESS)
    yield Desk(own, build(own, registry=CollectorRegistry()))
    own.ledger.close()


def ticket(desk: Desk, person: Person, kind: TicketKind) -> str:
    """A fresh way in."""
    with desk.office.ledger.begin() as connection:
        return sign_in.invite(desk.office, connection, person, kind, by="test")


async def test_a_code_signs_in_for_thirty_days_and_only_once(desk: Desk) -> None:
    """The cookie is out of scripts' and other sites' reach, on https only, and the page asked for comes next."""
    code = ticket(desk, desk.person(Role.OFFICER, HERE), TicketKind.CODE)
    async with desk.browser(None) as browser:
        wrong = await browser.post("/desk/sign-in", data={"secret": "00000000"})
        assert wrong.status_code == 403
        answer = await browser.post("/desk/sign-in", data={"secret": code, "wanted": "/desk/visit"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/visit")
        cookie = answer.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", f"max-age={30 * 86400}"))
        assert (await browser.get("/desk")).status_code == 200
    async with desk.browser(None) as other:
        assert (await other.post("/desk/sign-in", data={"secret": code})).status_code == 403


async def test_fetching_a_link_does_not_use_it_up(desk: Desk) -> None:
    """A preview may fetch it; the button signs in; afterwards the link is gone."""
    person = desk.person(Role.OFFICER, HERE, name="林海生")
    secret = ticket(desk, person, TicketKind.LINK)
    async with desk.browser(None) as browser:
        for _ in range(2):
            page = await browser.get(f"/desk/enter/{secret}")
            assert page.status_code == 200
            assert "林海生" not in page.text
        assert (await browser.post("/desk/sign-in", data={"secret": secret})).status_code == 303
        assert (await browser.get(f"/desk/enter/{secret}")).status_code == 410


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/desk/people", "/desk/people"),
        ("https://evil.example/", "/desk"),
        ("//evil.example/desk", "/desk"),
        ("/desk/../admin", "/desk"),
        ("/desk\\@evil.example", "/desk"),
        ("/desk/enter/x", "/desk"),
        ("", "/desk"),
    ],
)
async def test_signing_in_never_leads_to_another_site(wanted: str, led_to: str) -> None:
    """Only to a page of the desk."""
    assert inside(wanted) == led_to


async def test_a_lost_device_can_be_ended_from_another(desk: Desk) -> None:
    """Listed with its kind; ended it is a stranger's; one's own sign-out leads to the sign-in page."""
    person = desk.person(Role.OFFICER, HERE)
    async with desk.browser(person) as lost, desk.browser(person) as phone:
        page = await phone.get("/desk/devices")
        assert page.text.count(">让它退出<") == 1
        device = re.search(r'name="device" value="(\w+)"><button type="submit">让它退出', page.text)
        assert device
        await phone.post("/desk/sign-out", data={"seal": seal_in(page.text), "device": device[1]})
        assert (await lost.get("/desk")).status_code == 401
        out = await phone.post("/desk/sign-out", data={"seal": seal_in(page.text)})
        assert out.headers["location"] == "/desk/sign-in"
        assert (await phone.get("/desk")).status_code == 401


async def test_an_invited_officer_gets_in_with_the_slip_and_hands_over_later(desk: Desk) -> None:
    """From the administrator's form to the officer's list, and on to the successor."""
    admin, heir = desk.person(Role.ADMIN), desk.person(Role.OFFICER, ELSEWHERE, name="小林")
    case = desk.case()
    async with desk.browser(admin) as browser:
        seal = seal_in((await browser.get("/desk/people")).text)
        slip = await browser.post(
            "/desk/people",
            data={
                "seal": seal,
                "role": "officer",
                "name": "老陈",
                "phone": "",
                "villages": HERE.replace("/", ""),
                "kind": "code",
            },
        )
        code = re.search(r'class="secret">(\d{4} \d{4})<', slip.text)
        assert code
        async with desk.browser(None) as phone:
            assert (await phone.post("/desk/sign-in", data={"secret": code[1]})).status_code == 303
            assert "张三丰" in (await phone.get("/desk")).text
            with desk.office.ledger.read() as connection:
                officer = people.officer_of(connection, desk.office.cipher, HERE)
            assert officer is not None
            hasty = await browser.post(
                f"/desk/people/{officer.id}/hand-over", data={"seal": seal, "successor": heir.id}
            )
            assert f'<option value="{heir.id}" selected>' in hasty.text
            left = await browser.post(
                f"/desk/people/{officer.id}/hand-over", data={"seal": seal, "successor": heir.id, "sure": "yes"}
            )
            assert left.status_code == 303
            assert (await phone.get("/desk")).status_code == 401
    async with desk.browser(heir) as successor:
        assert case.receipt[:3] in (await successor.get("/desk")).text


async def test_a_wrong_village_is_said_and_what_was_typed_stays(desk: Desk) -> None:
    """The form comes back with the sentence and the name."""
    admin = desk.person(Role.ADMIN)
    async with desk.browser(admin) as browser:
        seal = seal_in((await browser.get("/desk/people")).text)
        answer = await browser.post(
            "/desk/people", data={"seal": seal, "role": "officer", "name": "老陈", "villages": "杭州市", "kind": "code"}
        )
        assert answer.status_code == 422
        assert "不是温州" in answer.text
        assert 'value="老陈"' in answer.text


async def test_opening_a_case_is_an_audited_read(desk: Desk) -> None:
    """Who, which, when; the audit holds no name and no phone."""
    officer, case = desk.person(Role.OFFICER, HERE), desk.case()
    async with desk.browser(officer) as browser:
        page = await browser.get(f"/desk/cases/{case.receipt}")
        assert "张三丰" in page.text
        assert "no-store" in page.headers["cache-control"]
    with desk.office.ledger.read() as connection:
        deeds = audit.recent(connection, target=case.receipt)
        everything = str(connection.execute(text("SELECT * FROM audit")).all())
    assert (deeds[0].actor, deeds[0].verb) == (officer.id, "read_case")
    assert "张三丰" not in everything
    assert "13900001234" not in everything


async def test_a_return_needs_reason_sentence_and_papers(desk: Desk) -> None:
    """Without them the page says what is missing and nothing moves; with them the papers are listed."""
    staff, guarantor = desk.person(Role.STAFF), desk.person(Role.GUARANTOR)
    case = desk.with_guarantor(desk.case(), staff, guarantor)
    async with desk.browser(guarantor) as browser:
        seal = seal_in((await browser.get(f"/desk/cases/{case.receipt}")).text)
        form = {"seal": seal, "to": "papers_needed", "version": str(case.version)}
        bare = await browser.post(f"/desk/cases/{case.receipt}", data=form)
        assert bare.status_code == 422
        assert "要选一个原因" in bare.text
        form |= {"reason": "paper_missing", "sentence": "还差流转合同。", "papers": "土地流转合同\n村里盖章的证明"}
        assert (await browser.post(f"/desk/cases/{case.receipt}", data=form)).status_code == 303
        again = await browser.post(f"/desk/cases/{case.receipt}", data=form)
        assert again.status_code == 422
    file = Applicants(desk.office).file(case.receipt)
    assert file.missing == ("土地流转合同", "村里盖章的证明")


async def test_an_officer_sees_what_is_wanting_and_staff_write_down_what_was_decided(desk: Desk) -> None:
    """Before 受理 the papers and receivers; afterwards whom to ask; 代记 wants name and day, and shows both."""
    officer, staff = desk.person(Role.OFFICER, HERE, name="林海生"), desk.person(Role.STAFF, name="王工")
    case = desk.walk(desk.case(), officer, Move(State.CONTACTED))
    path = f"/desk/cases/{case.receipt}"
    async with desk.browser(officer) as browser:
        before = (await browser.get(path)).text
        assert "先看看还差什么" in before
        assert NO_RECEIVER in before
        assert "最晚" in re.findall("他看到的是：“(.*)”", before)[0]
        guarantor = desk.person(Role.GUARANTOR, name="乐清农担")
        assert NO_RECEIVER not in (await browser.get(path)).text
        moves = Move(State.ACCEPTED), Move(State.WITH_GUARANTOR, receiver=guarantor.id)
        case = desk.walk(case, officer, *moves)
        asks = (await browser.get(path)).text
        assert "乐清农担" in asks
        assert "王工（工作人员）" in asks
        assert "代记：" not in asks
    async with desk.browser(staff) as browser:
        form = {"seal": seal_in((await browser.get(path)).text), "to": "approved", "version": str(case.version)}
        for wanting in ({}, {"source": "李经理"}, {"said_on": desk.office.today().isoformat()}):
            answer = await browser.post(path, data=form | wanting)
            assert answer.status_code == 422
            assert "哪天说的" in Page(answer.text).text
        form |= {"source": "李经理", "said_on": desk.office.today().isoformat(), "told": "yes"}
        assert (await browser.post(path, data=form)).status_code == 303
        done = (await browser.get(path)).text
        assert re.search(r"王工 代记：农担公司 乐清农担 李经理 \d+ 月 \d+ 日（星期.）说的", done)
        assert "打过了，他知道了" not in done  # with the outcome he has heard of the steps before it


async def test_filling_in_for_a_farmer_records_both_and_makes_one_case(desk: Desk) -> None:
    """Tapped twice it is one case; the farmer has not confirmed yet; without him being there nothing is kept."""
    officer = desk.person(Role.OFFICER, HERE, name="林海生")
    async with desk.browser(officer) as browser:
        page = await browser.get("/desk/fill-in")
        form_id = re.search(r'name="form" value="([^"]+)"', page.text)
        assert form_id
        form = {
            "seal": seal_in(page.text),
            "form": form_id[1],
            "entry": ENTRY,
            "name": "李四",
            "phone": "13700001111",
            "place": "乐清市大荆镇下山头村",
            "amount": "20 万",
        }
        alone = await browser.post("/desk/fill-in", data=form)
        assert alone.status_code == 422
        assert "本人在场" in alone.text
        first = await browser.post("/desk/fill-in", data={**form, "present": "yes", "consent_pass_on": "yes"})
        second = await browser.post("/desk/fill-in", data={**form, "present": "yes", "consent_pass_on": "yes"})
        assert first.status_code == second.status_code == 303
        assert first.headers["location"] == second.headers["location"]
        shown = await browser.get(first.headers["location"])
        assert "打电话告诉他" not in (await browser.get("/desk")).text
        sheet = await browser.get(first.headers["location"] + "/sheet")
        assert "<b>同意</b>：同意把这张单子转给" in sheet.text
        signed = await browser.post(first.headers["location"] + "/signed", data={"seal": form["seal"]})
        assert (signed.status_code, signed.headers["location"]) == (303, first.headers["location"])
        assert re.search(r"在纸上签过字（林海生看到的）", (await browser.get(first.headers["location"])).text)
    assert "林海生代填" in shown.text
    assert "农户还没核对" in shown.text
    assert re.search(r'抄给他，让他核对</h2>\s*<p class="secret">\d{3} \d{3} \d{3}</p>', shown.text)
    labels = re.findall(r'<optgroup label="([^"]*)"', page.text)
    areas = ["别的县" in label for label in labels]
    here = [label for label, is_elsewhere in zip(labels, areas, strict=True) if not is_elsewhere]
    assert areas == sorted(areas)
    assert here[0].startswith("【现行有效")
    assert re.search(rf'<optgroup label="【已过期[^"]*】本县的">\s*<option value="{ENTRY}"', page.text)


async def test_the_export_holds_only_ones_own_cases_and_no_formula(desk: Desk) -> None:
    """A guarantee company's file: the case passed to it; what a farmer wrote stays text; the export is audited."""
    staff, guarantor, bank = desk.person(Role.STAFF), desk.person(Role.GUARANTOR), desk.person(Role.BANK)
    mine = desk.with_guarantor(desk.case(phone="13900005678"), staff, guarantor)
    desk.case(ELSEWHERE)
    async with desk.browser(guarantor) as browser:
        seal = seal_in((await browser.get("/desk/export")).text)
        answer = await browser.post("/desk/export", data={"seal": seal})
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [str(row[0]).replace(" ", "") for row in rows[1:]] == [mine.receipt]
    assert rows[1][6] == "13900005678"
    with desk.office.ledger.read() as connection:
        assert next(one.verb for one in audit.recent(connection, 50) if one.actor == guarantor.id) == "export_cases"
    async with desk.browser(bank) as browser:
        seal = seal_in((await browser.get("/desk/export")).text)
        empty = await browser.post("/desk/export", data={"seal": seal})
    assert openpyxl.load_workbook(BytesIO(empty.content)).active.max_row == 1


async def test_what_a_farmer_typed_never_runs_in_excel() -> None:
    """=HYPERLINK(…) is kept as words."""
    row = tuple('=HYPERLINK("http://x")' if word == "做什么用" else "" for word in HEAD)
    cell = openpyxl.load_workbook(BytesIO(written([row]))).active["J2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')


async def test_a_visit_is_kept_with_consent_only(desk: Desk) -> None:
    """Without the tick nothing is stored; with it one follow-up of that village."""
    officer = desk.person(Role.OFFICER, HERE)
    form = {"entry": ENTRY, "village": HERE.replace("/", ""), "name": "李四", "phone": "13700001111"}
    async with desk.browser(officer) as browser:
        form["seal"] = seal_in((await browser.get("/desk/visit")).text)
        assert (await browser.post("/desk/visit", data=form)).status_code == 422
        assert (await browser.post("/desk/visit", data={**form, "agreed": "yes"})).status_code == 200
    with desk.office.ledger.read() as connection:
        later = desk.office.now().replace(year=desk.office.now().year + 1)
        (kept,) = kept_follow_ups.due(connection, desk.office.cipher, later)
    assert (kept.village, kept.name, kept.officer) == (HERE, "李四", officer.id)


async def test_asking_for_a_person_gives_a_number_and_reaches_the_officer(desk: Desk) -> None:
    """Without script: the form, the promise, once for two taps; the officer answers it."""
    officer = desk.person(Role.OFFICER, HERE, name="林海生")
    async with desk.browser(None) as farmer:
        page = await farmer.get("/person")
        form_id = re.search(r'name="form" value="([^"]+)"', page.text)
        assert form_id
        form = {"form": form_id[1], "village": "乐清大荆下山头村", "phone": "139 0000 1234", "question": "没人回我"}
        bad = await farmer.post("/person", data={**form, "phone": "12"})
        assert bad.status_code == 422
        assert "没人回我" in bad.text
        answers = [await farmer.post("/person", data=form) for _ in range(2)]
    numbers = {re.search(r"编号 (W\d{7})", answer.text)[1] for answer in answers}  # type: ignore[index]
    assert len(numbers) == 1
    assert "林海生" in answers[0].text
    number = numbers.pop()
    assert "填编号和电话后四位" in answers[0].text
    async with desk.browser(None) as farmer:
        stands = await farmer.post("/s", data={"receipt": number.lower(), "tail": "1234"})
        wrong = [await farmer.post("/s", data=one) for one in (
            {"receipt": number, "tail": "4321"}, {"receipt": "W2222222", "tail": "1234"}
        )]  # fmt: skip
        silent = await farmer.post("/person", data={"form": "s", "village": "乐清大荆下山头村", "question": "问"})
    assert "等共富金融专员林海生联系您" in stands.text
    assert stands.headers["cache-control"] == "no-store"
    assert [one.status_code for one in wrong] == [404, 404]
    assert wrong[0].text == wrong[1].text
    assert "只能您自己打过去：林海生" in silent.text
    assert "填编号和电话后四位" not in silent.text
    async with desk.browser(officer) as browser:
        page = await browser.get(f"/desk/help/{number}")
        assert "没人回我" in page.text
        await browser.post(f"/desk/help/{number}", data={"seal": seal_in(page.text)})
    with desk.office.ledger.read() as connection:
        asked = help_requests.find(connection, desk.office.cipher, number)
    assert asked is not None
    assert asked.answered_by == officer.id


async def test_the_script_puts_the_status_first(desk: Desk) -> None:
    """As on every page that shows an entry."""
    async with desk.browser(desk.person(Role.OFFICER, HERE)) as browser:
        page = await browser.get(f"/desk/scripts/{ENTRY}")
    assert re.search(r'class="read">【已过期', page.text)
    assert (await _missing(desk)).status_code == 404


async def test_scripts_are_found_by_county_subject_and_words(desk: Desk) -> None:
    """An officer begins in the own county; other counties' own stay away; nothing found is said."""
    async with desk.browser(desk.person(Role.OFFICER, HERE)) as browser:
        own = Page((await browser.get("/desk/scripts")).text)
        everything = Page((await browser.get("/desk/scripts?county=")).text)
        loans = Page((await browser.get("/desk/scripts?county=&subject=guarantee&q=石斛")).text)
        nothing = Page((await browser.get("/desk/scripts?q=火箭")).text)
        devices = Page((await browser.get("/desk/devices")).text)

    assert "乐清市自己的" in own.text
    assert f"/desk/scripts/{ENTRY}" in own.links
    assert "/desk/scripts/taishun-bank-products" not in own.links
    assert "/desk/scripts/taishun-bank-products" in everything.links
    assert [link for link in loans.links if link.startswith("/desk/scripts/")] == [f"/desk/scripts/{ENTRY}"]
    assert "没找到" in nothing.text
    assert "您现在用的这台：" in devices.text


async def _missing(desk: Desk) -> httpx.Response:
    async with desk.browser(desk.person(Role.OFFICER, HERE)) as browser:
        return await browser.get("/desk/scripts/nothing")


async def test_the_self_check_tries_the_audit_and_says_what_to_do(desk: Desk) -> None:
    """An untouched office: the audit refuses a change, the schema is whole."""
    async with desk.browser(desk.person(Role.ADMIN)) as browser:
        page = await browser.get("/desk/self-check")
    assert "账本不让改" in page.text
    assert "步都做完了" in page.text


async def test_pages_of_the_desk_are_small_and_hold_no_inline_script(desk: Desk) -> None:
    """≤ 60 KB, nothing from elsewhere, nothing that the policy forbids."""
    admin, case = desk.person(Role.ADMIN), desk.case()
    paths = ["/desk", "/desk/people", f"/desk/people/{admin.id}", f"/desk/cases/{case.receipt}", "/desk/fill-in",
             "/desk/visit", "/desk/export", "/desk/scripts", "/desk/self-check", "/desk/devices"]  # fmt: skip
    async with desk.browser(admin) as browser:
        for path in paths:
            answer = await browser.get(path)
            page = Page(answer.text)
            assert answer.status_code == 200, path
            assert len(answer.content) < 60_000, path
            assert page.inline == [], path
            assert all(one.startswith("/") for one in page.loaded), path


async def test_a_person_who_left_is_out_at_once(desk: Desk) -> None:
    """Their open page answers with the sign-in page."""
    person = desk.person(Role.STAFF)
    token = desk.token(person)
    transport = httpx.ASGITransport(desk.application)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies={COOKIE: token}) as browser:
        assert (await browser.get("/desk")).status_code == 200
        with desk.office.ledger.begin() as connection:
            people.leave(connection, person.id, desk.office.now())
        assert (await browser.get("/desk")).status_code == 401
