"""What every page of the web window needs, handed from the application to the endpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, cast

from anyio import to_thread
from prometheus_client import CollectorRegistry
from starlette.requests import Request

from office.office import Office
from web.meters import Meters
from web.pages import Pages
from web.sheets import Sheets

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """One office seen through the browser."""

    office: Office
    pages: Pages
    sheets: Sheets
    meters: Meters
    registry: CollectorRegistry
    ready: Callable[[], bool]


def window_of(request: Request) -> Window:
    """The window a request came through."""
    return cast(Window, request.app.state.window)


def address_of(request: Request) -> str:
    """The network address a request came from, for limits; it is never kept as it is."""
    return request.client.host if request.client else "unknown"


async def off_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work on a thread, so that the loop goes on serving others."""
    return await to_thread.run_sync(lambda: work(*args, **kwargs))
