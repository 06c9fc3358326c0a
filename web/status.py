"""办理进度: a case found by receipt number and last four digits; its steps, what is wanting, consents, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.rendering import number_text
from office import assisted_checks, consents, help_standing, receipts
from office.applicants import Applicants, LookUpRefusal
from office.application_case import CaseFile, GuaranteeApplication
from office.application_form import village_words
from office.application_timeline import turn_words
from office.applications import STATE_WORDS, ApplicationError, ConsentKind, State
from office.case_notices import helper_words, state_words, step_lines, wanting_lines
from office.office import WENZHOU
from office.people import ROLE_WORDS, Person, Role
from web import assisted, case_access, person
from web.case_access import Access, access_of, grant, is_sealed, revoke
from web.forms import read_form
from web.papers import PaperShown, papers_shown
from web.security import NO_STORE
from web.window import Window, address_of, off_loop, window_of

WRONG = "编号和后四位对不上，没有查到。请看清楚再填一次；一小时里最多错 5 次。"
TOO_MANY = "错得太多了，先歇一小时。急的话打电话问村里的共富金融专员，或者打 12345。"
# what has a number of another kind, and the page of it
NUMBERED = ((assisted_checks.number_in, assisted.opened), (help_standing.number_in, person.opened))
KEPT = {
    "confirmed": "记下了，谢谢您核对。",
    "consents": "存好了。",
    "withdrawn": "撤回好了。",
    "paper": "传上来了，已经加密放好。",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline."""

    state: str
    day: str
    who: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as its applicant sees it, with the officer's name and the papers handed in."""

    file: CaseFile
    officer: Person | None
    papers: tuple[PaperShown, ...]


async def status_page(request: Request) -> Response:
    """`/s`: two fields; who is in already goes to their case."""
    if access_of(request) is not None and request.method == "GET":
        return RedirectResponse("/s/case", 303, NO_STORE)
    return _status_form(request, "", 200)


async def find_case(request: Request) -> Response:
    """POST: the case, or one and the same refusal whether the number or the digits were wrong."""
    window, form = window_of(request), await read_form(request)
    applicants = Applicants(window.office)
    given, tail = form.get("receipt", "")[:40], form.get("tail", "")[:8]
    for number_in, opened in NUMBERED:
        if (number := number_in(given)) is not None:
            shown = await opened(request, number, tail)
            return shown if isinstance(shown, Response) else _refused(request, shown)
    found = await off_loop(applicants.look_up, given, tail, address_of(request))
    if not isinstance(found, GuaranteeApplication):
        return _refused(request, found)
    response = RedirectResponse("/s/case", 303, NO_STORE)
    grant(response, window, found.receipt)
    return response


async def receipt_page(request: Request) -> Response:
    """`/s/receipt`: right after handing in."""
    access = access_of(request)
    if access is None:
        return RedirectResponse("/s", 303, NO_STORE)
    seen = await off_loop(_seen, window_of(request), access)
    return _render(request, "receipt.html", access, seen, was_kept="kept" in request.query_params)


async def case_page(request: Request) -> Response:
    """`/s/case`: everything about one's own case."""
    access = access_of(request)
    if access is None:
        return _status_form(request, case_access.STALE, 403)
    return await shown_case(request, access, KEPT.get(request.query_params.get("done", ""), ""), is_done=True)


async def shown_case(request: Request, access: Access, note: str, *, is_done: bool, status: int = 200) -> Response:
    """The page of the case with a note on top: what was done, or why it was not."""
    seen = await off_loop(_seen, window_of(request), access)
    return _render(request, "case.html", access, seen, status, note=note, is_done=is_done)


async def change_case(request: Request) -> Response:
    """POST: confirm, change consents, take back, or leave."""
    access, form = access_of(request), await read_form(request)
    if access is None or not is_sealed(access, form):
        return _status_form(request, case_access.STALE, 403)
    if form.get("do") == "leave":
        response = RedirectResponse("/s", 303, NO_STORE)
        revoke(response)
        return response
    try:
        done = await off_loop(_change, window_of(request), access.receipt, form)
    except ApplicationError as error:
        return await shown_case(request, access, str(error), is_done=False, status=409)
    return RedirectResponse(f"/s/case?done={done}", 303, NO_STORE)


def _change(window: Window, receipt: str, form: Mapping[str, str]) -> str:
    """Blocks: one durable commit; the word for the page that follows."""
    applicants = Applicants(window.office)
    match form.get("do"):
        case "confirm":
            applicants.confirm(receipt)
            return "confirmed"
        case "withdraw":
            if applicants.file(receipt).case.state is not State.WITHDRAWN:  # a second tap has nothing to do
                applicants.withdraw(receipt)
            return "withdrawn"
        case "consents":
            before = _given(applicants.file(receipt))
            for kind in ConsentKind:
                if before[kind] != (wanted := form.get(kind.value) == "yes"):
                    applicants.consent(receipt, kind, is_given=wanted)
            return "consents"
        case _:
            raise HTTPException(400, "不知道要做什么，请回上一页再点一次。")


def _seen(window: Window, access: Access) -> Seen:
    applicants = Applicants(window.office)
    with window.office.ledger.read() as connection:
        file = applicants.file(access.receipt, connection=connection)
        officer = applicants.helper(file.case, connection=connection)
        return Seen(file, officer, papers_shown(connection, file.case.id))


def _render(request: Request, template: str, access: Access, seen: Seen, status: int = 200, **more: object) -> Response:
    case, helper = seen.file.case, helper_words(seen.officer)
    paper_names = seen.file.missing or tuple(paper.name for paper in case.entry.papers or ())
    response = window_of(request).pages.render(
        request,
        template,
        status,
        case=case,
        seal=access.seal,
        spoken=receipts.spoken(case.receipt),
        state=state_words(case),
        turn=turn_words(case.turn, helper),
        lines=[*step_lines(case, seen.file.events[-1], helper), *wanting_lines(seen.file)],
        steps=_steps(seen.file, helper),
        helper=helper,
        helper_phone=seen.officer.phone if seen.officer else "",
        place=village_words(case.village),
        amount=amount_words(case),
        consents=consents.asked(),
        given=_given(seen.file),
        papers=seen.papers,
        paper_names=paper_names,
        **more,
    )
    response.headers.update(NO_STORE)
    return response


def amount_words(case: GuaranteeApplication) -> str:
    """The amount as a person says it."""
    amount = case.applicant.amount_yuan
    return "没填" if amount is None else number_text(Decimal(amount), "yuan")


def _steps(file: CaseFile, helper: str) -> list[Step]:
    steps = []
    for event in file.events:
        day = f"{event.at.astimezone(WENZHOU).date()}"
        who = "您" if event.actor.role is Role.FARMER else ROLE_WORDS[event.actor.role]
        words = state_words(file.case) if event.state is file.case.state else STATE_WORDS[event.state]
        steps.append(Step(words, day, who, tuple(step_lines(file.case, event, helper)[1:])))
    return steps


def _given(file: CaseFile) -> dict[ConsentKind, bool]:
    return {kind: kind in file.consents and file.consents[kind].is_given for kind in ConsentKind}


def _refused(request: Request, refusal: LookUpRefusal) -> Response:
    is_over = refusal is LookUpRefusal.TOO_MANY
    return _status_form(request, TOO_MANY if is_over else WRONG, 429 if is_over else 404)


def _status_form(request: Request, refusal: str, status: int) -> Response:
    response = window_of(request).pages.render(request, "status.html", status, refusal=refusal)
    response.headers.update(NO_STORE)
    return response


ROUTES = (
    Route("/s", status_page, methods=["GET"]),
    Route("/s", find_case, methods=["POST"]),
    Route("/s/receipt", receipt_page, methods=["GET"]),
    Route("/s/case", case_page, methods=["GET"]),
    Route("/s/case", change_case, methods=["POST"]),
)
