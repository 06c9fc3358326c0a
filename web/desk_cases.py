"""One case at the desk (单子): opening it is an audited read; each step says why, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from office.application_case import CaseFile, GuaranteeApplication
from office.application_timeline import TURN_WORDS, day_words
from office.application_wanting import promise, wanting
from office.applications import (
    DECIDER_WORDS,
    REASON_WORDS,
    STATE_WORDS,
    ApplicationError,
    ConsentKind,
    Move,
    Reason,
    State,
)
from office.applications_desk import Applications
from office.case_notices import case_lines, helper_words
from office.case_papers import CasePapers
from office.consents import asked
from office.ledger import applications, people
from office.ledger.application_papers import KeptPaper
from office.people import Duty, Person, may
from office.receipts import spoken
from office.working_days import WENZHOU
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.desk_case_steps import PASSING_ON, Step, source_in, steps_for
from web.status import amount_words
from web.window import off_loop, window_of

NO_SUCH_CASE = "没有这张单子。请核对回执编号，9 位数字。"
CONSENT_WORDS = {
    ConsentKind.FOLLOW_UP: "回访",
    ConsentKind.PUSH: "新政策提醒",
    ConsentKind.PASS_ON: "转给担保公司或银行",
}
MOST_PAPERS = 40
Change = Callable[[Request, Person, dict[str, str]], None]


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """What the page shows.

    `wanting` and `promise` belong to the way to passing on; `must_be_called` when a step is told by telephone only,
    `has_spoken` when that was already done today; `decider` has the case now, `writers` can write down what they say.
    """

    file: CaseFile
    officer: Person | None
    wanting: tuple[str, ...]
    promise: str
    must_be_called: bool
    has_spoken: bool
    decider: Person | None
    writers: tuple[Person, ...]
    steps: tuple[Step, ...]
    papers: tuple[str, ...]
    is_outdated: bool
    calls: tuple[int, ...]
    names: dict[str, str]
    handed_in: tuple[KeptPaper, ...]
    to_say: tuple[str, ...]

    @property
    def case(self) -> GuaranteeApplication:
        """The case itself."""
        return self.file.case


@staff_only(Duty.READ_CASE)
async def case_page(request: Request) -> Response:
    """The case, its way so far, and the steps this person may take."""
    return await _page(request)


@staff_only(Duty.MOVE_CASE)
async def move(request: Request) -> Response:
    """POST: one step; what is wanting is said above the case."""
    return await _changed(request, _move)


@staff_only(Duty.MOVE_CASE)
async def called(request: Request) -> Response:
    """POST: the farmer was rung up."""
    return await _changed(request, _called)


@staff_only(Duty.FOLLOW_UP)
async def consent(request: Request) -> Response:
    """POST: what the farmer said on the phone about a consent."""
    return await _changed(request, _consent)


@staff_only(Duty.READ_CASE)
async def find_case(request: Request) -> Response:
    """GET with `receipt`: to the case of a number read out on the phone."""
    digits = "".join(character for character in request.query_params.get("receipt", "") if character.isdigit())
    if not digits.isascii() or not digits:
        raise HTTPException(404, NO_SUCH_CASE)
    return RedirectResponse(f"/desk/cases/{digits[:20]}", 303)


async def _changed(request: Request, change: Change) -> Response:
    receipt = request.path_params["receipt"]
    try:
        await off_loop(change, request, person_of(request), form_of(request))
    except ApplicationError as error:
        return await _page(request, 422, str(error))
    return RedirectResponse(f"/desk/cases/{receipt}", 303)


async def _page(request: Request, status: int = 200, trouble: str = "") -> Response:
    sheet = await off_loop(_sheet, request, person_of(request))
    return desk_page(
        request,
        "desk_case.html",
        status,
        sheet=sheet,
        case=sheet.case,
        trouble=trouble,
        given=getattr(request.state, "form", {}),
        state_words=STATE_WORDS,
        reason_words=REASON_WORDS,
        consent_words=CONSENT_WORDS,
        consent_texts=asked(),
        day_words=day_words,
        spoken=spoken,
        amount=amount_words(sheet.case),
        latest_day=window_of(request).office.today().isoformat(),
        decider_words=DECIDER_WORDS,
        turn=TURN_WORDS[sheet.case.turn].format(helper="共富金融专员").replace("您", "农户"),
        here=WENZHOU,
    )


def known_case(request: Request, person: Person, duty: Duty) -> GuaranteeApplication:
    """The case, if this person may do `duty` on it; else `Refused`, which the guard writes into the audit."""
    office, receipt = window_of(request).office, request.path_params["receipt"]
    with office.ledger.read() as connection:
        case = applications.find(connection, office.cipher, receipt)
    if case is None:
        raise HTTPException(404, NO_SUCH_CASE)
    demand(person, duty, case, receipt)
    return case


def _sheet(request: Request, person: Person) -> CaseSheet:
    known_case(request, person, Duty.READ_CASE)
    office, receipt = window_of(request).office, request.path_params["receipt"]
    desk = Applications(office)
    with office.ledger.begin() as connection:
        file = desk.open(receipt, person, "open_case", connection=connection)
        case = file.case
        steps = steps_for(desk, file, person, connection)
        has_receiver = any(desk.receivers(to, connection=connection) for to in PASSING_ON)
        decider_id = case.guarantor if case.state is State.WITH_GUARANTOR else case.bank
        is_decided_elsewhere = case.state in PASSING_ON
        writers = tuple(desk.writers(connection=connection)) if is_decided_elsewhere else ()
        must_be_called = desk.must_be_called(case, person, connection=connection)
        known = {one: people.find(connection, office.cipher, one) for one in _ids(file) if one}
        handed_in = tuple(CasePapers(office).listed(receipt, person, connection=connection))
        waiting = desk.calls(person, connection=connection) if may(person, Duty.FOLLOW_UP) else []
        calls = tuple(number for called, number in waiting if called.id == case.id)
    names = {one: found.name for one, found in known.items() if found}
    last, officer, today = file.events[-1], known.get(case.officer or ""), office.today()
    is_near = State.ACCEPTED in (case.state, *(step.to for step in steps))
    return CaseSheet(
        file=file,
        officer=officer,
        wanting=wanting(file, [one.name for one in handed_in], has_receiver=has_receiver) if is_near else (),
        promise=promise(State.ACCEPTED, today, helper_words(officer)),
        must_be_called=must_be_called and may(person, Duty.FOLLOW_UP),
        has_spoken=last.state is State.CONTACTED and last.at.astimezone(WENZHOU).date() == today,
        decider=known.get(decider_id or "") if is_decided_elsewhere else None,
        writers=writers,
        steps=steps,
        papers=desk.papers_to_choose(case),
        is_outdated=case.state.is_open and desk.is_outdated(case),
        calls=calls,
        handed_in=handed_in,
        to_say=tuple(case_lines(file, officer)[2:]) if calls else (),
        names={"farmer": "农户", "system": "系统", **names},
    )


def _ids(file: CaseFile) -> set[str | None]:
    """Everybody of the office who has to do with the case."""
    case, deciders = file.case, (event.source.decider for event in file.events if event.source)
    own = {case.officer, case.guarantor, case.bank, case.filled_by.id, case.signature_seen_by}
    return own | {event.actor.id for event in file.events} | {one.id for one in deciders if one}


def _move(request: Request, person: Person, form: dict[str, str]) -> None:
    known_case(request, person, Duty.MOVE_CASE)
    to, reason, version = form.get("to", ""), form.get("reason", ""), form.get("version", "")
    if to not in list(State) or not version.isdigit():
        raise HTTPException(400, "这一步看不懂，请返回刷新再试。")
    ticked = [form[name] for name in (f"paper{number}" for number in range(MOST_PAPERS)) if form.get(name)]
    written = [line.strip() for line in form.get("papers", "").splitlines() if line.strip()]
    step = Move(
        State(to),
        Reason(reason) if reason in list(Reason) else None,
        form.get("sentence", "").strip(),
        (*ticked, *written),
        form.get("receiver") or None,
        source_in(form),
        form.get("told") == "yes",
    )
    Applications(window_of(request).office).move(request.path_params["receipt"], step, person, int(version))


def _called(request: Request, person: Person, form: dict[str, str]) -> None:
    known_case(request, person, Duty.MOVE_CASE)
    number = form.get("number", "")
    if not number.isdigit():
        raise HTTPException(400, "这一步看不懂，请返回刷新再试。")
    Applications(window_of(request).office).called(request.path_params["receipt"], int(number), person)


def _consent(request: Request, person: Person, form: dict[str, str]) -> None:
    known_case(request, person, Duty.MOVE_CASE)
    kind = form.get("kind", "")
    if kind not in list(ConsentKind):
        raise HTTPException(400, "这一步看不懂，请返回刷新再试。")
    Applications(window_of(request).office).record_consent(
        request.path_params["receipt"], ConsentKind(kind), person, is_given=form.get("given") == "yes"
    )


ROUTES = (
    Route("/desk/cases", find_case, methods=["GET"]),
    Route("/desk/cases/{receipt}", case_page, methods=["GET"]),
    Route("/desk/cases/{receipt}", move, methods=["POST"]),
    Route("/desk/cases/{receipt}/called", called, methods=["POST"]),
    Route("/desk/cases/{receipt}/consent", consent, methods=["POST"]),
)
