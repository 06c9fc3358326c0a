"""The desk's first page (我的活), and the pages of a call for help and of a follow-up."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.rendering import status_text
from office import follow_ups, help_desk
from office.follow_ups import BARRIER_WORDS, HAS_BARRIER, OUTCOME_WORDS, Barrier
from office.ledger import audit, help_requests
from office.ledger import follow_ups as kept_follow_ups
from office.ledger.audit import Deed
from office.ledger.follow_ups import FollowUp, FollowUpOutcome
from office.ledger.help_requests import HelpRequest
from office.my_list import HEAP_WORDS, Task, my_list
from office.people import Duty, Person
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.desk_visits import visit, visit_page
from web.window import off_loop, window_of

NO_SUCH = "没有这一条，可能已经办完删掉了。请回到“我的活”。"


@staff_only(Duty.OPEN_DESK)
async def desk(request: Request) -> Response:
    """New, due today, overdue."""
    tasks = await off_loop(_tasks, request, person_of(request))
    heaps = [(heap, word, [task for task in tasks if task.heap is heap]) for heap, word in HEAP_WORDS.items()]
    return desk_page(request, "desk.html", heaps=heaps)


@staff_only(Duty.ANSWER_HELP)
async def help_page(request: Request) -> Response:
    """One call for help: who, what, and the button that ends it."""
    asked = await off_loop(_help, request, person_of(request))
    return desk_page(request, "desk_help.html", asked=asked)


@staff_only(Duty.ANSWER_HELP)
async def help_answered(request: Request) -> Response:
    """POST: answered."""
    await off_loop(_answer_help, request, person_of(request), form_of(request))
    return RedirectResponse("/desk", 303)


@staff_only(Duty.FOLLOW_UP)
async def follow_up_page(request: Request) -> Response:
    """One farmer to call: what to ask, and one button an outcome."""
    one = await off_loop(_follow_up, request, person_of(request))
    return _follow_up_form(request, one)


@staff_only(Duty.FOLLOW_UP)
async def follow_up_answered(request: Request) -> Response:
    """POST: what came of it."""
    form, person = form_of(request), person_of(request)
    outcome = form.get("outcome", "")
    if outcome not in list(FollowUpOutcome):
        one = await off_loop(_follow_up, request, person)
        return _follow_up_form(request, one, 422, "请选一个结果。")
    await off_loop(_answer_follow_up, request, person, FollowUpOutcome(outcome), form.get("barrier", ""))
    return RedirectResponse("/desk", 303)


def _follow_up_form(request: Request, one: FollowUp, status: int = 200, trouble: str = "") -> Response:
    office = window_of(request).office
    entry = office.knowledge.entries.get(one.entry)
    return desk_page(
        request,
        "desk_follow_up.html",
        status,
        one=one,
        entry=entry,
        standing=status_text(entry, office.today()) if entry else "",
        outcomes=OUTCOME_WORDS,
        barriers=BARRIER_WORDS,
        has_barrier="、".join(OUTCOME_WORDS[outcome] for outcome in HAS_BARRIER),
        trouble=trouble,
    )


def _tasks(request: Request, person: Person) -> list[Task]:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        tasks = my_list(office, connection, person)
        audit.record(connection, Deed(person.id, "read_list", f"{len(tasks)} tasks", "my_list", office.now()))
    return tasks


def _help(request: Request, person: Person) -> HelpRequest:
    office, number = window_of(request).office, request.path_params["number"]
    with office.ledger.begin() as connection:
        found = help_requests.find(connection, office.cipher, number)
        if found is None:
            raise HTTPException(404, NO_SUCH)
        demand(person, Duty.ANSWER_HELP, found.village, number)
        audit.record(connection, Deed(person.id, "read_help", number, "answer_help", office.now()))
    return found


def _answer_help(request: Request, person: Person, form: dict[str, str]) -> None:
    office = window_of(request).office
    found = _help(request, person)
    with office.ledger.begin() as connection:
        help_desk.answered(office, connection, found, by=person, reply=form.get("reply", ""))


def _follow_up(request: Request, person: Person) -> FollowUp:
    office, follow_up_id = window_of(request).office, request.path_params["follow_up"]
    with office.ledger.begin() as connection:
        found = kept_follow_ups.find(connection, office.cipher, follow_up_id)
        if found is None:
            raise HTTPException(404, NO_SUCH)
        demand(person, Duty.FOLLOW_UP, found.village, follow_up_id)
        audit.record(connection, Deed(person.id, "read_follow_up", follow_up_id, "follow_up", office.now()))
    return found


def _answer_follow_up(request: Request, person: Person, outcome: FollowUpOutcome, barrier: str) -> None:
    office = window_of(request).office
    found = _follow_up(request, person)
    with office.ledger.begin() as connection:
        kind = Barrier(barrier) if barrier in list(Barrier) else None
        follow_ups.answer(office, connection, found, outcome, barrier=kind, by=person.id)


ROUTES = (
    Route("/desk", desk, methods=["GET"]),
    Route("/desk/help/{number}", help_page, methods=["GET"]),
    Route("/desk/help/{number}", help_answered, methods=["POST"]),
    Route("/desk/follow-ups/{follow_up}", follow_up_page, methods=["GET"]),
    Route("/desk/follow-ups/{follow_up}", follow_up_answered, methods=["POST"]),
    Route("/desk/visit", visit_page, methods=["GET"]),
    Route("/desk/visit", visit, methods=["POST"]),
)
