"""Asking in the browser without script: replies, memory, buttons, limits."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote, urlencode

import pytest
from prometheus_client import CollectorRegistry

from knowledge.answers import Action, Outcome, Verb
from office.office import ChatKey, Office
from office.settings import Settings
from tests.web.reading import Page, Visit
from web.application import build

pytestmark = pytest.mark.anyio

QUESTIONS = (
    "石斛贷利息多少",
    "创业贷款怎么办",
    "种粮有什么补贴",
    "石斛贷和创业担保贷款哪个利息低",
    "有人让我先交钱",
    "明天会下雨吗",
    "永嘉 30亩杨梅 想贷20万",
)


@pytest.mark.parametrize("question", QUESTIONS)
async def test_reply_shows_every_line_the_office_said_in_its_order(visit: Visit, office: Office, question: str) -> None:
    """The window drops, reorders and adds nothing: a comparison's rows become a table, the choices what is pressed."""
    said = office.ask(question, ChatKey("terminal", secrets.token_hex(8)))
    async with visit() as visitor:
        page = Page((await visitor.get("/", params={"q": question})).text)

    rows = {f"{row[0]}：" + "｜".join(row[1:]) for row in said.table.rows} if said.table else set()
    choices = [
        button for button in said.buttons if button.action.verb is Verb.ENTRY and said.outcome is Outcome.SUGGEST
    ]
    numbered = {line.text for line in said.lines if re.match(r"\d\. ", line.text)} if choices else set()
    expected = [(line.kind.value, line.text) for line in (*said.lines, *said.more) if line.text not in rows | numbered]
    assert page.lines == expected
    assert len(numbered) == len(choices)
    for number, button in enumerate(choices, 1):
        assert page.text.count(button.label) == 1
        assert f"{number}. {button.label}" in page.text
    assert all(cell in page.text for row in (said.table.rows if said.table else ()) for cell in row)


async def test_follow_up_goes_on_about_the_entry_at_hand(visit: Visit) -> None:
    """The session cookie carries the dialogue: 那额度呢 is about the loan asked before."""
    async with visit(chat=None) as visitor:
        await visitor.get("/")
        await visitor.get("/", params={"q": "石斛贷利息多少"})
        page = Page((await visitor.get("/", params={"q": "那额度呢"})).text)

    assert "石斛贷" in page.text


async def test_chats_of_two_visitors_do_not_mix(visit: Visit) -> None:
    """Another visitor's 那额度呢 knows nothing of the first visitor's loan."""
    async with visit() as one, visit() as other:
        await one.get("/", params={"q": "石斛贷利息多少"})
        page = Page((await other.get("/", params={"q": "那额度呢"})).text)

    assert ("lead", "石斛贷") not in [(kind, text[-3:]) for kind, text in page.lines]
    assert not any(text.startswith("额度：") for kind, text in page.lines if kind == "lead")


async def test_chat_cookie_is_random_and_guarded(
    visit: Visit, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """HttpOnly and SameSite always, Secure on https; two visitors get two chats."""
    async with visit(chat=None) as one, visit(chat=None) as other:
        first, second = (await one.get("/")).headers["set-cookie"], (await other.get("/")).headers["set-cookie"]

    assert {"HttpOnly", "SameSite=lax", "Secure"} <= {part.strip() for part in first.split(";")}
    assert first.split(";")[0] != second.split(";")[0]


async def test_chat_cookie_works_without_https_on_ones_own_machine(
    visit: Visit, tmp_path: object, office: Office
) -> None:
    """Without https the cookie must not be Secure, or the browser would never send it back."""
    plain = Office(Settings.from_environ({"STATE_DIR": str(tmp_path)}), office.ledger, office.knowledge)
    async with visit(chat=None, app=build(plain, registry=CollectorRegistry())) as visitor:
        assert "Secure" not in (await visitor.get("/")).headers["set-cookie"]


async def test_forged_chat_cookie_is_replaced(visit: Visit) -> None:
    """A cookie that we cannot have given leads to a fresh chat, not to anybody's."""
    async with visit(chat="../admin") as visitor:
        assert "chat=" in (await visitor.get("/")).headers["set-cookie"]


async def test_every_entry_opens_from_its_button_and_each_button_under_it_leads_on(
    visit: Visit, office: Office
) -> None:
    """Each press leads to a reply with words in it, over all entries and all their buttons."""
    for code in office.knowledge.entries:
        async with visit() as visitor:
            page = Page((await visitor.get("/", params={"a": Action(Verb.ENTRY, code).data})).text)
            pressed = [link for link in page.links if link.startswith("/?a=") and "elder=" not in link]
            assert pressed, code
            assert len(pressed) <= 4, code
            for link in pressed:
                reply = Page((await visitor.get(link)).text)
                assert sum(len(text) for _, text in reply.lines) > 20, (code, link)


async def test_button_of_an_older_version_is_explained(visit: Visit) -> None:
    """A link kept from long ago gets a kind sentence, not an error and not silence."""
    async with visit() as visitor:
        response = await visitor.get("/", params={"a": "0|old|thing"})

    assert response.status_code == 200
    assert "这个按钮是旧的" in Page(response.text).text


async def test_plain_form_is_led_to_the_page_that_shows_the_reply(visit: Visit) -> None:
    """POST works without script: it answers 303, and the page behind it holds the reply."""
    async with visit() as visitor:
        posted = await visitor.post("/", data={"q": "石斛贷利息多少"})
        page = Page((await visitor.get(posted.headers["location"])).text)

    assert posted.status_code == 303
    assert "石斛贷" in page.text


async def test_script_gets_the_turn_alone(visit: Visit) -> None:
    """For the script the same reply comes without header and footer."""
    async with visit() as visitor:
        piece = (await visitor.post("/", data={"q": "石斛贷利息多少"}, headers={"X-Piece": "1"})).text

    assert piece.lstrip().startswith('<section class="turn"')
    assert "<html" not in piece
    assert "石斛贷" in Page(piece).text


async def test_words_of_a_visitor_are_shown_as_words(visit: Visit) -> None:
    """Markup typed into the box stays text."""
    async with visit() as visitor:
        html = (await visitor.get("/", params={"q": "<script>alert(1)</script>石斛贷"})).text

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(("length", "is_cut"), [(500, False), (501, True)])
async def test_long_question_is_cut_and_said_so(visit: Visit, length: int, is_cut: bool) -> None:
    """500 characters are read whole; of 501 the first 500, and the visitor is told."""
    question = ("石斛贷利息多少" + "啊" * length)[:length]
    async with visit() as visitor:
        page = Page((await visitor.get("/", params={"q": question})).text)

    assert ("我们只看了前 500 个字" in page.text) is is_cut


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 303), (16 * 1024 + 1, 413)])
async def test_form_longer_than_16_kilobytes_is_refused(visit: Visit, size: int, status: int) -> None:
    """The limit holds to the byte, and the refusal is a page in Chinese."""
    body = "q=" + "a" * (size - 2)
    async with visit() as visitor:
        response = await visitor.post("/", content=body, headers={"content-type": "application/x-www-form-urlencoded"})

    assert response.status_code == status
    assert status == 303 or "写得太长了" in response.text


@pytest.mark.parametrize(
    ("kind", "body", "status"), [("application/json", "{}", 415), ("application/x-www-form-urlencoded", "q=%ff", 400)]
)
async def test_form_that_cannot_be_read_is_refused_kindly(visit: Visit, kind: str, body: str, status: int) -> None:
    """Another kind of body or broken letters get a page in Chinese."""
    async with visit() as visitor:
        response = await visitor.post("/", content=body, headers={"content-type": kind})

    assert response.status_code == status
    assert "表单" in Page(response.text).text


@pytest.mark.usefixtures("stopped")
async def test_thirty_first_question_of_a_minute_is_asked_to_wait(visit: Visit) -> None:
    """Thirty are answered; the next gets 429 in plain words, as a page and as a piece; another chat is not held up."""
    async with visit() as visitor, visit() as other:
        statuses = [
            (await visitor.post("/", data={"q": "你好"}, headers={"X-Piece": "1"})).status_code for _ in range(30)
        ]
        page = await visitor.get("/", params={"q": "石斛贷利息多少"})
        piece = await visitor.post("/", data={"q": "石斛贷利息多少"}, headers={"X-Piece": "1"})
        unhindered = await other.get("/", params={"q": "石斛贷利息多少"})

    assert statuses == [200] * 30
    assert (page.status_code, piece.status_code, unhindered.status_code) == (429, 429, 200)
    assert page.headers["retry-after"] == "60"
    assert "歇一分钟" in page.text
    assert "歇一分钟" in piece.text


@pytest.mark.usefixtures("stopped")
async def test_visitor_without_cookies_is_limited_by_address(visit: Visit) -> None:
    """Throwing the cookie away does not lift the limit."""
    statuses = []
    async with visit(chat=None) as visitor:
        for _ in range(31):
            visitor.cookies.clear()
            statuses.append((await visitor.get("/", params={"q": "你好"})).status_code)

    assert statuses == [200] * 30 + [429]


async def test_looking_at_the_head_of_a_question_asks_nothing(visit: Visit, office: Office) -> None:
    """HEAD, as link checkers send it, leaves the dialogue alone."""
    async with visit() as visitor:
        response = await visitor.head("/?" + urlencode({"q": "石斛贷利息多少"}))
        page = Page((await visitor.get("/?q=" + quote("那额度呢"))).text)

    assert response.status_code == 200
    assert not any(text.startswith("额度：") for kind, text in page.lines if kind == "lead")
