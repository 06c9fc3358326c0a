"""The web window's tests: the real office on a temporary SQLite ledger, filled from data/."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from knowledge.base import KnowledgeBase
from office.office import Office
from office.settings import Settings
from tests.offices import ClockedOffice, own_office
from tests.web.browsing import chromium
from tests.web.reading import ADDRESS, Visit
from tests.web.serving import served
from web.application import build


@pytest.fixture(scope="session")
def office(shipped: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedOffice]:
    """The office over everything in data/."""
    state: Path = tmp_path_factory.mktemp("state")
    office = own_office(state, shipped, PUBLIC_BASE_URL=ADDRESS)
    yield office
    office.ledger.close()


@pytest.fixture(scope="session")
def address(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The window on loopback, without https as on one's own machine."""
    settings = Settings.from_environ({"STATE_DIR": str(tmp_path_factory.mktemp("browser"))})
    with served(build(Office(settings, office.ledger, office.knowledge), registry=CollectorRegistry())) as at:
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module; closed before other tests run a loop of their own."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def stopped(office: ClockedOffice) -> Iterator[ClockedOffice]:
    """The office with its clock stopped: what counts by the minute counts the same on a slow machine."""
    office.moment = office.now()
    yield office
    office.moment = None


@pytest.fixture
def application(office: Office) -> Starlette:
    """A window of its own for each test, so that counts begin at zero."""
    return build(office, registry=CollectorRegistry())


@pytest.fixture
def visit(application: Starlette) -> Visit:
    """Opens a browserless visitor; each has a chat of its own unless told `chat=None`."""

    @asynccontextmanager
    async def open_visit(chat: str | None = "", app: Starlette | None = None) -> AsyncIterator[httpx.AsyncClient]:
        cookies = {} if chat is None else {"chat": chat or secrets.token_urlsafe(18)}
        transport = httpx.ASGITransport(app or application, client=(f"test-{secrets.token_hex(4)}", 1))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as client:
            yield client

    return open_visit


@pytest.fixture
def anyio_backend() -> str:
    """The loop the program runs on."""
    return "asyncio"
