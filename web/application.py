"""The browser window: explicit routes over one office, in an order of layers that is written down here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route

from office.ledger.errors import LedgerBusy
from office.office import Office
from web import apply, assisted, calculate, case_papers, check, codes, desk_routes, forget, person, status, verify
from web.browsing import browse_page, word_page, words_page
from web.busy import on_busy, on_database_error
from web.chat import ask_form, chat_page
from web.entry_page import entry_page
from web.failures import Caught, on_http_exception
from web.health import healthz, metrics, readyz, robots
from web.meters import Measured, Meters
from web.pages import Pages, static_file
from web.security import Guarded
from web.sheets import Sheets
from web.window import Window

ROUTES = (
    Route("/", chat_page, methods=["GET"]),
    Route("/", ask_form, methods=["POST"]),
    Route("/e/{code}", entry_page, methods=["GET"]),
    Route("/browse", browse_page, methods=["GET"]),
    Route("/words", words_page, methods=["GET"]),
    Route("/words/{word}", word_page, methods=["GET"]),
    *person.ROUTES,
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
    Route("/robots.txt", robots, methods=["GET"]),
    Route("/static/{name}", static_file, methods=["GET"]),
    *calculate.ROUTES,
    *check.ROUTES,
    *codes.ROUTES,
    *verify.ROUTES,
    *apply.ROUTES,
    *status.ROUTES,
    *assisted.ROUTES,
    *forget.ROUTES,
    *case_papers.ROUTES,
    *desk_routes.ROUTES,
)
# pages other modules may bring, with the words that lead to them
DOORS = (
    ("/check", "政策体检"),
    ("/calculate", "算一算"),
    ("/apply", "申请担保贷款"),
    ("/s", "查办理进度"),
    ("/verify", "查真假"),
)


def build(
    office: Office,
    *,
    registry: CollectorRegistry,
    extra_routes: Sequence[BaseRoute] = (),
    ready: Callable[[], bool] | None = None,
) -> Starlette:
    """The web window of `office`; `ready` says whether the whole program may be sent visitors."""
    meters = Meters(registry)
    pages = Pages(office, _doors((*ROUTES, *extra_routes)))
    application = Starlette(
        routes=[*ROUTES, *extra_routes],
        exception_handlers={
            HTTPException: on_http_exception,
            LedgerBusy: on_busy,
            OperationalError: on_database_error,
        },
        middleware=[
            Middleware(Measured, meters=meters),
            Middleware(Guarded, is_https=pages.is_https),
            Middleware(GZipMiddleware, minimum_size=600),
            Middleware(Caught),
        ],
    )
    application.state.window = Window(
        office, pages, Sheets(office, pages), meters, registry, ready or (lambda: _ledger_answers(office))
    )
    return application


def _doors(routes: Sequence[BaseRoute]) -> tuple[tuple[str, str], ...]:
    """The doors whose pages are really there."""
    paths = {route.path.rstrip("/") for route in routes if isinstance(route, (Route, Mount))}
    return tuple((path, word) for path, word in DOORS if path in paths)


def _ledger_answers(office: Office) -> bool:
    with office.ledger.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    return True
