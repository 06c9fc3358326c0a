"""The cases a person may read, as an Excel file (导出)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from office.case_export import export
from office.people import Duty, Person
from web.desk_access import desk_page, person_of, staff_only
from web.window import off_loop, window_of

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_only(Duty.EXPORT_CASES)
async def export_page(request: Request) -> Response:
    """What is in the file, and the button."""
    return desk_page(request, "desk_export.html")


@staff_only(Duty.EXPORT_CASES)
async def export_file(request: Request) -> Response:
    """POST: the file; it is written into the audit, so no link can fetch it by accident."""
    content = await off_loop(_export, request, person_of(request))
    name = f"cases-{window_of(request).office.today()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=EXCEL, headers=headers)


def _export(request: Request, person: Person) -> bytes:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        return export(office, connection, person)


ROUTES = (
    Route("/desk/export", export_page, methods=["GET"]),
    Route("/desk/export", export_file, methods=["POST"]),
)
