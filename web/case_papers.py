"""The routes of papers: the applicant's upload, and the desk's look at one."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from office.applications import ApplicationError, NotAllowed, UnknownCase
from office.case_papers import CasePapers
from office.paper_pictures import PaperRefused
from office.people import Duty
from web.case_access import STALE, access_of, is_sealed
from web.desk_access import Refused, person_of, staff_only
from web.papers import read_upload
from web.security import NO_STORE
from web.status import shown_case
from web.window import off_loop, window_of


async def hand_in_paper(request: Request) -> Response:
    """POST `/s/papers`: one photograph or PDF for the case this browser may see."""
    access = access_of(request)
    if access is None:
        raise HTTPException(403, STALE)
    fields, content = await read_upload(request)
    if not is_sealed(access, fields):
        raise HTTPException(403, STALE)
    if not content:
        return await shown_case(
            request, access, "没有选照片。先点“选择文件”，再点“传上来”。", is_done=False, status=422
        )
    papers = CasePapers(window_of(request).office)
    try:
        await off_loop(papers.hand_in, access.receipt, fields.get("name", ""), content)
    except (PaperRefused, ApplicationError) as error:
        return await shown_case(request, access, str(error), is_done=False, status=422)
    return RedirectResponse("/s/case?done=paper", 303, NO_STORE)


@staff_only(Duty.READ_CASE)
async def look_at_paper(request: Request) -> Response:
    """GET `/desk/cases/RECEIPT/papers/N`: the paper itself, for those who may see the case; audited."""
    receipt, number = request.path_params["receipt"], request.path_params["number"]
    papers = CasePapers(window_of(request).office)
    try:
        paper, content = await off_loop(papers.look_at, receipt, number, person_of(request))
    except NotAllowed as error:
        raise Refused(Duty.READ_CASE, request.url.path) from error
    except (UnknownCase, LookupError) as error:
        raise HTTPException(404, "没有这样材料。") from error
    return Response(content, media_type=paper.kind, headers={"Content-Disposition": "inline"})


ROUTES = (
    Route("/s/papers", hand_in_paper, methods=["POST"]),
    Route("/desk/cases/{receipt}/papers/{number:int}", look_at_paper, methods=["GET"]),
)
