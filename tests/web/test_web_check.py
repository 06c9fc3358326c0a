"""政策体检 and 我能办吗 over HTTP: plain forms, redirects, seals, and the same result as every other window."""

from __future__ import annotations

import re
import secrets
from html import unescape

import httpx
import pytest
from prometheus_client import CollectorRegistry

from knowledge.check_command import stated, told
from knowledge.check_rendering import GO_ON, LEAVE, WRONG
from office.check_ups import CheckUps
from office.ledger import wrong_results
from office.office import ChatKey, Office
from tests.check_people import answered, people
from tests.offices import own_office
from tests.web.reading import ADDRESS, Page, Visit
from web.application import build
from web.check import MOST_A_MINUTE

pytestmark = pytest.mark.anyio

ENTRY = "farm-machinery-subsidy"
KILOBYTE = 1024


def seal(html: str) -> str:
    """The seal in a page's forms."""
    found = re.search(r'name="seal" value="([0-9a-f]{32})"', html)
    assert found is not None
    return found.group(1)


async def send(visitor: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Fill in the form of `path` as a browser would, and follow it."""
    page = await visitor.get(path)
    return await visitor.post(path, data={"seal": seal(page.text), **fields}, follow_redirects=True)


def buttons(html: str) -> dict[str, str]:
    """The buttons of a page: data by label."""
    found = re.findall(r'<button name="a" value="([^"]+)"[^>]*>(.*?)</button>', html, re.S)
    return {re.sub(r"<[^>]+>", "", unescape(label)).strip(): unescape(data) for data, label in found}


async def test_first_page_asks_and_an_answer_leads_to_the_next_question(visit: Visit) -> None:
    """Buttons and a text field in plain forms; after a press the next question stands at the same address."""
    async with visit() as visitor:
        first = await visitor.get("/check")
        assert "第 1 问" in first.text
        assert {"不清楚", "不想说"} <= buttons(first.text).keys()
        pressed = await visitor.post(
            "/check", data={"seal": seal(first.text), "a": next(iter(buttons(first.text).values()))}
        )
        assert pressed.status_code == 303
        assert pressed.headers["location"] == "/check"
        second = await visitor.get("/check")

    assert "第 2 问" in second.text
    assert "不对的点一下就改" in second.text


async def test_reloading_sends_nothing_twice(visit: Visit) -> None:
    """The page after a form is a GET: read again it is the same, and only one answer is counted."""
    async with visit() as visitor:
        after = await send(visitor, "/check", key="county", t="永嘉")
        again = await visitor.get("/check")

    assert "第 2 问" in again.text
    assert "哪个县：永嘉县" in after.text
    assert seal(after.text) == seal(again.text)


async def test_opening_the_page_keeps_nothing(visit: Visit, office: Office) -> None:
    """A crawler that opens /check leaves no form behind; the answer of a visitor does."""
    chat = secrets.token_urlsafe(18)
    async with visit(chat=chat) as visitor:
        await visitor.get("/check")
        await visitor.head("/check")
        assert not _is_kept(office, chat)
        await send(visitor, "/check", key="county", t="永嘉")
        assert _is_kept(office, chat)


def _is_kept(office: Office, chat: str) -> bool:
    return CheckUps(office).current(ChatKey("web", chat)) is not None


async def test_the_chats_words_fill_the_interview_in(visit: Visit) -> None:
    """What was typed on the front page is shown back as heard, and one tap asks it again."""
    async with visit() as visitor:
        await visitor.get("/", params={"q": "永嘉 30亩杨梅 想贷20万"})
        page = await visitor.get("/check")
        assert "哪个县：永嘉县（您在聊天里说的）" in page.text
        asked = await send(visitor, "/check", a="1|s|change|county")
        assert "您在哪个县" in asked.text
        changed = await send(visitor, "/check", key="county", t="矾山")

    assert "改好了：哪个县——苍南县" in changed.text
    assert "种养什么：杨梅" in changed.text


async def test_what_cannot_be_read_gets_a_kind_sentence_and_the_same_question(visit: Visit) -> None:
    """The warning stands over the question that was asked, also when the words look like a question."""
    async with visit() as visitor:
        page = await send(visitor, "/check", key="area_mu", t="好大一片吗？")

    assert "您种（养）了多少亩" in page.text
    assert "没看懂是多少" in page.text


async def test_one_entry_has_its_own_page_and_result(visit: Visit, office: Office) -> None:
    """/check/CODE asks about the one entry; its result has ✓ with clause, 由谁最终认定, day, version and 不是决定."""
    async with visit() as visitor:
        page = await send(visitor, f"/check/{ENTRY}", key="applicant_type", t="家庭农场")

    entry = office.knowledge.entries[ENTRY]
    text = Page(page.text).text
    assert f"我能办吗：{entry.title}——初步结果" in text
    assert f"✓ {entry.conditions[0].text}（{entry.conditions[0].clause}）" in text
    assert "由谁最终认定" in text
    assert "不是决定" in text
    assert str(office.today()) in text
    assert office.knowledge.version in text


async def test_entry_pages_and_replies_lead_to_it(visit: Visit, office: Office) -> None:
    """我能办吗 stands on the page and under the reply of an entry with conditions, and on no other."""
    bare = next(entry for entry in office.knowledge.entries.values() if not entry.conditions and not entry.exclusions)
    async with visit() as visitor:
        assert f"/check/{ENTRY}" in Page((await visitor.get(f"/e/{ENTRY}")).text).links
        assert f"/check/{bare.code}" not in Page((await visitor.get(f"/e/{bare.code}")).text).links
        reply = Page((await visitor.get("/", params={"a": f"1|e|{ENTRY}"})).text)
        assert f"/check/{ENTRY}" in reply.links
        assert "/check" in Page((await visitor.get("/")).text).links


async def test_an_unknown_entry_is_a_kind_404(visit: Visit) -> None:
    """For reading and for sending alike."""
    async with visit() as visitor:
        assert (await visitor.get("/check/no-such-entry")).status_code == 404
        page = await visitor.get("/check")
        sent = await visitor.post("/check/no-such-entry", data={"seal": seal(page.text), "a": "1|s|go"})
        assert sent.status_code == 404
        assert "政策体检" in sent.text


async def test_a_form_without_the_visitors_seal_is_refused(visit: Visit) -> None:
    """No seal, a wrong one, and that of another visitor: 403, and nothing is answered."""
    async with visit() as visitor, visit() as other:
        foreign = seal((await other.get("/check")).text)
        for given in ("", "0" * 32, foreign):
            refused = await visitor.post("/check", data={"seal": given, "key": "county", "t": "永嘉"})
            assert refused.status_code == 403
        assert "哪个县：永嘉县" not in (await visitor.get("/check")).text


async def test_the_cookie_lasts_as_long_as_the_answers(visit: Visit) -> None:
    """Seven days, HttpOnly, SameSite, Secure on https; the page is kept by no cache."""
    async with visit(chat=None) as visitor:
        response = await visitor.get("/check")

    cookie = {part.strip() for part in response.headers["set-cookie"].split(";")}
    assert {"Max-Age=604800", "HttpOnly", "SameSite=lax", "Secure"} <= cookie
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("stopped")
async def test_too_many_forms_a_minute_are_asked_to_rest(visit: Visit) -> None:
    """Far more than a person can press."""
    async with visit() as visitor:
        page = await visitor.get("/check")
        fields = {"seal": seal(page.text), "a": "1|s|nothing"}
        codes = [(await visitor.post("/check", data=fields)).status_code for _ in range(MOST_A_MINUTE + 1)]

    assert set(codes[:-1]) == {303}
    assert codes[-1] == 429


async def test_going_on_leaving_owning_and_papers_work_by_plain_forms(visit: Visit) -> None:
    """Each button of a result does what it says, one after another."""
    async with visit() as visitor:
        await send(visitor, "/check", key="applicant_type", t="家庭农场")
        stopped = await send(visitor, "/check", a=f"1|s|{LEAVE}")
        assert "初步结果" in stopped.text
        assert "材料单" in stopped.text
        taken = await send(visitor, "/check", a=f"1|s|own|{ENTRY}")
        assert "您说已有、没再列的" in taken.text
        chosen = await send(visitor, "/check", a="1|s|choose|startup-loan-personal")
        assert "哪里开：" in chosen.text
        asked = await send(visitor, "/check", a=f"1|s|{GO_ON}")
        assert "第 2 问" in asked.text


async def test_a_wrong_result_gets_a_reference(visit: Visit, office: Office) -> None:
    """结果不对？ shows the reference under which staff find answers and publication, and no chat."""
    async with visit() as visitor:
        await send(visitor, f"/check/{ENTRY}", key="applicant_type", t="家庭农场")
        page = await send(visitor, f"/check/{ENTRY}", a=f"1|s|{WRONG}")
    found = re.search(r"编号 ([2-9A-Z]{6})", page.text)
    assert found is not None
    with office.ledger.begin() as connection:
        report = wrong_results.find(connection, office.cipher, found.group(1))

    assert report is not None
    assert report.scope == ENTRY
    assert report.answers == {"applicant_type": "家庭农场"}
    assert report.shown == {ENTRY: "likely"}
    assert report.publication == office.knowledge.version


async def test_a_restarted_server_goes_on_where_it_was(
    visit: Visit, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A new server over the same state folder shows the next question, the answers still there."""
    state = tmp_path_factory.mktemp("restart")
    chat = secrets.token_urlsafe(18)
    first = own_office(state, office.knowledge, PUBLIC_BASE_URL=ADDRESS)
    async with visit(chat=chat, app=build(first, registry=CollectorRegistry())) as visitor:
        await send(visitor, "/check", key="county", t="永嘉")
    first.ledger.close()
    second = own_office(state, office.knowledge, PUBLIC_BASE_URL=ADDRESS)
    async with visit(chat=chat, app=build(second, registry=CollectorRegistry())) as visitor:
        page = await visitor.get("/check")
    second.ledger.close()

    assert "第 2 问" in page.text
    assert "哪个县：永嘉县" in page.text


async def test_pages_stay_small_and_load_nothing_from_elsewhere(visit: Visit, office: Office) -> None:
    """Question and result of 20 people at most 60 KB each, no inline script or style, no other host."""
    heaviest = 0
    for facts in people(office.knowledge.rule_book, 20):
        chat = ChatKey("web", secrets.token_urlsafe(18))
        answered(office, chat, facts)
        async with visit(chat=chat.id) as visitor:
            for path in ("/check", f"/check/{ENTRY}"):
                response = await visitor.get(path)
                page = Page(response.text)
                heaviest = max(heaviest, len(response.content))
                assert page.inline == []
                assert all(address.startswith("/static/") for address in page.loaded)
    assert heaviest <= 60 * KILOBYTE


async def test_web_and_terminal_show_the_same_outcomes_for_200_people(visit: Visit, office: Office) -> None:
    """The page's text holds every heading and outcome line in the terminal's order, and no entry twice."""
    knowledge, day = office.knowledge, office.today()
    for facts in people(knowledge.rule_book, 200):
        chat = ChatKey("web", secrets.token_urlsafe(18))
        answered(office, chat, facts)
        async with visit(chat=chat.id) as visitor:
            text = Page((await visitor.get("/check")).text).text
        view = stated(knowledge, "", facts, day)
        expected = [line.text for line in view.outcome_lines]
        terminal = [line.text for line in told(view)]

        assert [line for line in terminal if line in set(expected)] == expected
        at = 0
        for line in expected:
            found = text.find(line, at)
            assert found >= 0, line
            at = found + len(line)
        assert all(text.count(line) == 1 for line in expected)
