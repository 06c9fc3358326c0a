"""Read aloud at the door (念给他听): every entry's minute, status first, with one question to check."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knowledge.reading_aloud import script
from office.people import Duty
from web.desk_access import desk_page, staff_only
from web.standings import standings
from web.window import off_loop, window_of


@staff_only(Duty.READ_SCRIPT)
async def scripts_page(request: Request) -> Response:
    """All entries by title, each with its status; `q` keeps those whose title or other names hold the words."""
    office = window_of(request).office
    today, wanted = office.today(), request.query_params.get("q", "").strip()[:40]
    found = (
        entry
        for entry in office.knowledge.entries.values()
        if not wanted or any(wanted in word for word in (entry.title, *entry.aliases, *entry.crops))
    )
    return desk_page(request, "desk_scripts.html", found=standings(found, today), wanted=wanted)


@staff_only(Duty.READ_SCRIPT)
async def script_page(request: Request) -> Response:
    """One entry's script."""
    office = window_of(request).office
    try:
        said = await off_loop(script, office.knowledge, request.path_params["code"], office.today())
    except LookupError as error:
        raise HTTPException(404, "没有这一条，可能已经撤下来了。请重新找。") from error
    return desk_page(request, "desk_script.html", said=said)


ROUTES = (
    Route("/desk/scripts", scripts_page, methods=["GET"]),
    Route("/desk/scripts/{code}", script_page, methods=["GET"]),
)
