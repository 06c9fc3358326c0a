"""The pages of printed codes and of 查真假, as a phone asks for them."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from office import codes, sign_in
from office.code_text import new_code, printed
from office.codes import Code, CodeKind
from office.ledger import people, scans
from office.ledger.sign_ins import TicketKind
from office.office import Office
from office.people import Person, Role
from tests.web.reading import ADDRESS, Page, Visit
from web.desk_access import COOKIE

pytestmark = pytest.mark.anyio

VILLAGE, ENTRY, OTHER = "乐清市/大荆镇/下山头村", "dendrobium-loan", "farm-machinery-subsidy"
WECHAT = {"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Mobile Safari/537.36"}


@dataclass(frozen=True)
class Issued:
    """A policy code, a loan code and a withdrawn one, with their officer."""

    officer: Person
    policy: Code
    loan: Code
    withdrawn: Code


@pytest.fixture
def issued(office: Office) -> Issued:
    """Codes of an officer who answers for the village."""
    now = office.now()
    with office.ledger.begin() as connection:
        officer = people.add(
            connection, office.cipher, Role.OFFICER, "章小满", "0577-62201111", [VILLAGE], by="test", now=now
        )

        def one(entry: str, kind: CodeKind = CodeKind.POLICY) -> Code:
            return codes.issue(
                connection, office.knowledge, officer, [VILLAGE], [entry], kind=kind, by="test", now=now
            )[1][0]

        found = Issued(officer, one(ENTRY), one(ENTRY, CodeKind.LOAN), one(OTHER))
        codes.withdraw(connection, found.withdrawn.code, by="test", reason="卡丢了", now=now)
    return found


def visits(office: Office, code: Code) -> int:
    """How many people came through a code."""
    with office.ledger.read() as connection:
        return scans.visits_of(connection, code.code)


async def test_a_scanned_code_shows_its_entry_at_once(visit: Visit, issued: Issued, office: Office) -> None:
    """One request, status 200: the banner, the entry, the officer's phone; not for search engines; counted."""
    async with visit() as phone:
        response = await phone.get(f"/c/{issued.policy.code}", headers=WECHAT)
    page = Page(response.text)

    assert response.status_code == 200
    assert page.lines[0][0] == "status"
    assert "已过期" in page.text
    assert "浙里担·石斛贷" in page.text
    assert "tel:057762201111" in page.links
    assert response.headers["x-robots-tag"] == "noindex"
    assert len(response.content) < 60 * 1024
    assert visits(office, issued.policy) == 1


@pytest.mark.parametrize("typed", ["{code}", "{lower}", "{printed}"])
async def test_a_typed_code_leads_to_the_same_page(visit: Visit, issued: Issued, typed: str) -> None:
    """By the form, without script: small letters and dashes are read."""
    code = issued.policy.code
    text = typed.format(code=code, lower=code.lower(), printed=printed(code))
    async with visit() as phone:
        response = await phone.get("/c", params={"code": text}, headers=WECHAT, follow_redirects=True)

    assert response.status_code == 200
    assert response.url.path == f"/c/{code}"


async def test_a_loan_code_leads_to_the_application(visit: Visit, issued: Issued) -> None:
    """302 to the form of its entry, with the code."""
    async with visit() as phone:
        response = await phone.get(f"/c/{issued.loan.code}", headers=WECHAT)

    assert response.status_code == 302
    assert response.headers["location"] == f"/apply/{ENTRY}?code={issued.loan.code}"


async def test_a_dead_code_is_410_with_officer_and_entry(visit: Visit, issued: Issued, office: Office) -> None:
    """Withdrawn: when and why, the current entry with its status, and the successor's phone."""
    now = office.now()
    with office.ledger.begin() as connection:
        new = people.add(
            connection, office.cipher, Role.OFFICER, "林阿妹", "0577-62202222", [VILLAGE], by="test", now=now
        )
        people.leave(connection, issued.officer.id, now, new.id)
    async with visit() as phone:
        response = await phone.get(f"/c/{issued.withdrawn.code}", headers=WECHAT)
    page = Page(response.text)

    assert response.status_code == 410
    for part in ("停用了", "卡丢了", "农机购置与应用补贴", "现行有效", "林阿妹", "0577-62202222"):
        assert part in page.text
    assert f"/e/{OTHER}" in page.links


async def test_unknown_and_mistyped_codes_are_404_with_a_way_on(visit: Visit, issued: Issued) -> None:
    """How to type it again, a field for it, and 查真假."""
    code = issued.policy.code
    wrong = code[:3] + ("2" if code[3] != "2" else "3") + code[4:]
    async with visit() as phone:
        pages = [await phone.get(f"/c/{text}", headers=WECHAT) for text in (new_code(), wrong, "xyz", "码" * 30)]

    assert [page.status_code for page in pages] == [404] * 4
    for page in pages:
        read = Page(page.text)
        assert "/verify" in read.links
        assert "再看一遍" in read.text
        assert 'name="code"' in page.text


async def test_previews_head_staff_and_larger_type_are_no_scans(visit: Visit, issued: Issued, office: Office) -> None:
    """All get the page; none is counted."""
    path = f"/c/{issued.policy.code}"
    with office.ledger.begin() as connection:
        secret = sign_in.invite(office, connection, issued.officer, TicketKind.LINK, by="test")
        entered = sign_in.enter(office, connection, secret, label="测试", address="test")
    assert isinstance(entered, sign_in.Entered)
    async with visit() as phone:
        asked: list[httpx.Response] = [
            await phone.get(path, headers={"user-agent": "TelegramBot (like TwitterBot)"}),
            await phone.get(path, headers={"user-agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}),
            await phone.head(path, headers=WECHAT),
            await phone.get(f"{path}?elder=1", headers=WECHAT),
            await phone.get(path, headers={**WECHAT, "cookie": f"{COOKIE}={entered.token}"}),
        ]

    assert [response.status_code for response in asked] == [200] * 5
    with office.ledger.read() as connection:
        left_out = scans.left_out_of(connection, issued.policy.code)
    assert left_out == {"preview": 1, "crawler": 1, "head": 1, "repeat": 1, "staff": 1}
    assert visits(office, issued.policy) == 0


async def test_a_repeat_within_ten_seconds_counts_once(visit: Visit, issued: Issued, office: Office) -> None:
    """A double scan by the same phone; another phone beside it counts."""
    for _ in range(2):
        async with visit() as phone:
            for _ in range(3):
                await phone.get(f"/c/{issued.policy.code}", headers=WECHAT)

    assert visits(office, issued.policy) == 2


async def test_a_pasted_message_is_checked_and_not_echoed_as_html(visit: Visit, issued: Issued) -> None:
    """The verdict stands on the page; what was pasted stays words; nothing goes into the address."""
    text = f"<script>alert(1)</script> {issued.policy.code}"
    async with visit() as visitor:
        response = await visitor.post("/verify", data={"text": text})
    page = Page(response.text)

    assert response.status_code == 200
    assert "是我们发的政策码" in page.text
    assert page.inline == []
    assert response.headers["cache-control"] == "no-store"


async def test_a_swindle_pasted_into_the_check_names_96110(visit: Visit) -> None:
    """不是我们发的, the pattern, and the number to dial."""
    async with visit() as visitor:
        response = await visitor.post("/verify", data={"text": "您的贷款已批，请先缴纳保证金2000元激活放款"})
    page = Page(response.text)

    assert "不是我们发的" in page.text
    assert "像骗局" in page.text
    assert "tel:96110" in page.links


async def test_a_card_can_carry_the_address_of_its_check(visit: Visit, issued: Issued) -> None:
    """`/verify?code=` answers at once; the empty form leads on from every page."""
    async with visit() as visitor:
        said = Page((await visitor.get("/verify", params={"code": printed(issued.policy.code)})).text)
        empty = await visitor.get("/verify")
        home = Page((await visitor.get("/")).text)

    assert "是我们发的政策码" in said.text
    assert empty.status_code == 200
    assert "/verify" in home.links


@pytest.mark.usefixtures("stopped")
async def test_too_many_checks_a_minute_are_slowed(visit: Visit) -> None:
    """The thirty-first of one address in a minute: 429, with when to come back."""
    async with visit() as visitor:
        answers = [await visitor.post("/verify", data={"text": f"第 {number} 条"}) for number in range(31)]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].headers["retry-after"] == "60"


async def test_the_address_on_the_card_is_short(issued: Issued) -> None:
    """What a QR holds for this site: at most forty characters."""
    assert len(f"{ADDRESS}/c/{issued.policy.code}") <= 40
