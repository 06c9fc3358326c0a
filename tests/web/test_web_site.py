"""The window as a whole: reachable, guarded, measured, and kind when it breaks."""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office.office import Office
from tests.web.reading import Page, Visit
from web.application import DOORS, build

pytestmark = pytest.mark.anyio

ADDRESSES = (
    "/",
    "/?q=石斛贷利息多少",
    "/browse",
    "/browse?k=S",
    "/browse?k=r:3",
    "/e/dendrobium-loan",
    "/words",
    "/person",
    "/nowhere",
)
SECRET = "身份证 330302199001011234"


async def test_every_entry_is_within_three_clicks_of_the_front_page(visit: Visit, office: Office) -> None:
    """A crawl over links alone, without the search box and without the buttons of replies."""
    seen, edge, found = {"/"}, ["/"], set()
    async with visit() as visitor:
        for _ in range(3):
            following: list[str] = []
            for address in edge:
                links = Page((await visitor.get(address)).text).links
                following += [link for link in links if link.startswith(("/browse", "/e/")) and "elder=" not in link]
            found |= {link.removeprefix("/e/") for link in following if link.startswith("/e/")}
            edge = [link for link in dict.fromkeys(following) if link not in seen and not link.startswith("/e/")]
            seen |= set(edge)

    assert set(office.knowledge.entries) == found


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_page_leads_to_a_person_and_warns_of_fees(visit: Visit, address: str) -> None:
    """找人问 and 官方不收费 stand on every page, also on the one for wrong addresses."""
    async with visit() as visitor:
        page = Page((await visitor.get(address)).text)

    assert "/person" in page.links
    assert "官方不收费" in page.text


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_page_loads_from_here_alone_and_holds_no_inline_code(visit: Visit, address: str) -> None:
    """No other host, no inline script or style: the policy sent along would block them."""
    async with visit() as visitor:
        page = Page((await visitor.get(address)).text)
        statuses = [(await visitor.get(loaded)).status_code for loaded in page.loaded]

    assert page.inline == []
    assert all(loaded.startswith("/static/") for loaded in page.loaded)
    assert set(statuses) == {200}


@pytest.mark.parametrize(
    "address", [*ADDRESSES, "/static/site.css", "/static/none.css", "/healthz", "/metrics", "/broken"]
)
async def test_every_response_is_guarded(visit: Visit, office: Office, address: str) -> None:
    """The headers are on pages, files, machine addresses and failures alike."""
    app = build(office, registry=CollectorRegistry(), extra_routes=[Route("/broken", broken)])
    async with visit(app=app) as visitor:
        headers = (await visitor.get(address)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "max-age" in headers["strict-transport-security"]


async def broken(request: Request) -> Response:
    """A page that fails with a visitor's words in its error."""
    raise ValueError(SECRET)


async def test_unforeseen_error_gives_an_id_and_logs_no_words(
    visit: Visit, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The page's id is in the log with the place in the code; what the error quoted is in neither."""
    app = build(office, registry=CollectorRegistry(), extra_routes=[Route("/broken", broken)])
    with caplog.at_level(logging.DEBUG):
        async with visit(app=app) as visitor:
            response = await visitor.get("/broken")
    (record,) = (record.getMessage() for record in caplog.records if record.name == "web.failures")
    error_id = record.split("：")[0].removeprefix("网页出错 ")

    assert response.status_code == 500
    assert error_id in Page(response.text).text
    assert "ValueError" in record
    assert "test_web_site.py" in record
    assert SECRET not in record + response.text


async def test_pages_are_compressed(visit: Visit) -> None:
    """A phone on a slow line gets gzip."""
    async with visit() as visitor:
        response = await visitor.get("/", headers={"accept-encoding": "gzip"})

    assert response.headers["content-encoding"] == "gzip"


async def test_static_files_may_be_kept_because_their_address_changes(visit: Visit) -> None:
    """The address holds the hash of the bytes, the answer allows keeping it."""
    async with visit() as visitor:
        style = next(address for address in Page((await visitor.get("/")).text).loaded if "site.css" in address)
        response = await visitor.get(style)

    assert "?v=" in style
    assert "immutable" in response.headers["cache-control"]


async def test_requests_times_and_outcomes_are_counted(visit: Visit) -> None:
    """Prometheus sees each request under its page's name, and each answer's outcome; no address and no words."""
    async with visit() as visitor:
        await visitor.get("/", params={"q": "石斛贷利息多少"})
        await visitor.get("/nowhere")
        text = (await visitor.get("/metrics")).text

    assert 'huinong_web_requests_total{method="GET",route="chat_page",status="200"} 1.0' in text
    assert 'huinong_web_requests_total{method="GET",route="none",status="404"} 1.0' in text
    assert 'huinong_web_request_seconds_count{route="chat_page"} 1.0' in text
    assert 'huinong_web_answers_total{outcome="answer"} 1.0' in text
    assert "石斛" not in text


@pytest.mark.parametrize(("is_ready", "status"), [(True, 200), (False, 503)])
async def test_readiness_is_what_the_program_says(visit: Visit, office: Office, is_ready: bool, status: int) -> None:
    """Alive is not ready: /healthz answers either way."""
    async with visit(app=build(office, registry=CollectorRegistry(), ready=lambda: is_ready)) as visitor:
        assert (await visitor.get("/readyz")).status_code == status
        assert (await visitor.get("/healthz")).status_code == 200


async def test_ready_without_a_say_asks_the_ledger(visit: Visit) -> None:
    """By default the window is ready when the ledger answers."""
    async with visit() as visitor:
        assert (await visitor.get("/readyz")).status_code == 200


async def test_work_that_blocks_does_not_hold_up_others(visit: Visit, office: Office) -> None:
    """While one request waits on a thread, another is answered; on one loop that is only so if the first left it."""
    gate, waiting = threading.Event(), threading.Event()

    def slow() -> bool:
        waiting.set()
        return gate.wait(20)

    app = build(office, registry=CollectorRegistry(), ready=slow)
    statuses: list[int] = []
    async with visit(app=app) as visitor, anyio.create_task_group() as tasks:
        tasks.start_soon(_get, visitor, "/readyz", statuses)
        await anyio.to_thread.run_sync(waiting.wait, 20)
        await _get(visitor, "/healthz", statuses)
        gate.set()

    assert statuses == [200, 200]


async def _get(visitor: httpx.AsyncClient, address: str, statuses: list[int]) -> None:
    statuses.append((await visitor.get(address)).status_code)


async def test_every_door_on_the_front_page_leads_to_a_page(visit: Visit) -> None:
    """政策体检 and the other doors that are shown open; none leads to nowhere."""
    async with visit() as visitor:
        links = Page((await visitor.get("/")).text).links
        shown = [path for path, _ in DOORS if path in links]
        opened = [(await visitor.get(path)).status_code for path in shown]

    assert "/check" in shown
    assert set(opened) == {200}


async def test_every_word_is_explained_on_its_page(visit: Visit, office: Office) -> None:
    """The list holds all words; each leads to its own page."""
    async with visit() as visitor:
        links = [link for link in Page((await visitor.get("/words")).text).links if link.startswith("/words/")]
        assert len(links) == len(office.knowledge.glossary) > 0
        for link, (word, meaning) in zip(links, office.knowledge.glossary.items(), strict=True):
            page = Page((await visitor.get(link)).text)
            assert word in page.text
            assert meaning in page.text


async def test_size_of_type_is_remembered_and_keeps_the_page(visit: Visit) -> None:
    """?elder=1 gives the larger page at once and from then on; the link back keeps the question."""
    async with visit() as visitor:
        chosen = (await visitor.get("/?q=石斛贷利息多少&elder=1")).text
        later = (await visitor.get("/person")).text

    assert 'class="size-1"' in chosen
    assert 'class="size-1"' in later
    back = next(link for link in Page(chosen).links if "elder=0" in link)
    assert urlsplit(back).path == "/"
    assert "q=" in back
