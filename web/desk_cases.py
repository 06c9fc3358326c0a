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
from office.applications import (
    REASON_WORDS,
    REFUSAL_REASONS,
    RETURN_REASONS,
    STATE_WORDS,
    ApplicationError,
    ConsentKind,
    Move,
    Reason,
    State,
)
from office.applications_desk import Applications
from office.case_notices import case_lines
from office.case_papers import CasePapers
from office.consents import asked
from office.ledger import applications, people
from office.ledger.application_papers import KeptPaper
from office.people import Duty, Person, may
from office.receipts import spoken
from office.working_days import WENZHOU
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.status import amount_words
from web.window import off_loop, window_of

NO_SUCH_CASE = "没有这张单子。请核对回执编号，9 位数字。"
REASONS_OF = {State.PAPERS_NEEDED: RETURN_REASONS, State.DECLINED: REFUSAL_REASONS}
STEP_WORDS = {
    State.CONTACTED: "记下：已经联系过他",
    State.PAPERS_NEEDED: "退回，要补材料",
    State.ACCEPTED: "受理：材料齐了",
    State.WITH_GUARANTOR: "转给担保公司",
    State.WITH_BANK: "转给银行",
    State.APPROVED: "通过",
    State.DECLINED: "不通过",
    State.WITHDRAWN: "撤回：他不办了",
}
CONSENT_WORDS = {
    ConsentKind.FOLLOW_UP: "回访",
    ConsentKind.PUSH: "新政策提醒",
    ConsentKind.PASS_ON: "转给担保公司或银行",
}
MOST_PAPERS = 40
Change = Callable[[Request, Person, dict[str, str]], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A step offered: the button's word, what it must say."""

    to: State
    word: str
    reasons: tuple[tuple[Reason, str], ...]
    receivers: tuple[Person, ...]
    asks_receiver: bool


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """What the page shows."""

    file: CaseFile
    officer: Person | None
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
        turn=TURN_WORDS[sheet.case.turn].format(helper="共富金融专员").replace("您", "农户"),
        here=WENZHOU,
    )


def _known(request: Request, person: Person, duty: Duty) -> GuaranteeApplication:
    """The case, if this person may do `duty` on it; else `Refused`, which the guard writes into the audit."""
    office, receipt = window_of(request).office, request.path_params["receipt"]
    with office.ledger.read() as connection:
        case = applications.find(connection, office.cipher, receipt)
    if case is None:
        raise HTTPException(404, NO_SUCH_CASE)
    demand(person, duty, case, receipt)
    return case


def _sheet(request: Request, person: Person) -> CaseSheet:
    _known(request, person, Duty.READ_CASE)
    office, receipt = window_of(request).office, request.path_params["receipt"]
    desk = Applications(office)
    with office.ledger.begin() as connection:
        file = desk.open(receipt, person, "open_case", connection=connection)
        case = file.case
        steps = tuple(
            Step(
                to,
                STEP_WORDS[to],
                tuple((reason, REASON_WORDS[reason]) for reason in REASONS_OF.get(to, ())),
                tuple(desk.receivers(to, connection=connection)),
                to in (State.WITH_GUARANTOR, State.WITH_BANK),
            )
            for to in desk.steps(file, person)
            if to in STEP_WORDS
        )
        ids = {event.actor.id for event in file.events} | {case.officer, case.guarantor, case.bank, case.filled_by.id}
        known = {one: people.find(connection, office.cipher, one) for one in ids if one}
        handed_in = tuple(CasePapers(office).listed(receipt, person, connection=connection))
        waiting = desk.calls(person, connection=connection) if may(person, Duty.FOLLOW_UP) else []
        calls = tuple(number for called, number in waiting if called.id == case.id)
    names = {one: found.name for one, found in known.items() if found}
    return CaseSheet(
        file=file,
        officer=known.get(case.officer or ""),
        steps=steps,
        papers=desk.papers_to_choose(case),
        is_outdated=case.state.is_open and desk.is_outdated(case),
        calls=calls,
        handed_in=handed_in,
        to_say=tuple(case_lines(file, known.get(case.officer or ""))[2:]) if calls else (),
        names={"farmer": "农户", "system": "系统", **names},
    )


def _move(request: Request, person: Person, form: dict[str, str]) -> None:
    _known(request, person, Duty.MOVE_CASE)
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
    )
    Applications(window_of(request).office).move(request.path_params["receipt"], step, person, int(version))


def _called(request: Request, person: Person, form: dict[str, str]) -> None:
    _known(request, person, Duty.MOVE_CASE)
    number = form.get("number", "")
    if not number.isdigit():
        raise HTTPException(400, "这一步看不懂，请返回刷新再试。")
    Applications(window_of(request).office).called(request.path_params["receipt"], int(number), person)


def _consent(request: Request, person: Person, form: dict[str, str]) -> None:
    _known(request, person, Duty.MOVE_CASE)
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
