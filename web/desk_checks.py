"""Filling in an interview for a farmer (替他体检): asked at the desk, recorded with both persons, confirmed by the farmer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.answers import Action, Verb
from knowledge.check_views import CheckView, QuestionView
from office import team
from office.assisted_checks import DETAILED, HOW_WORDS, AssistedChecks, AssistedError, Wanted, chat_of, number_in
from office.check_ups import CheckUps
from office.code_answers import day_of
from office.ledger import audit, people
from office.ledger.assisted_checks import AssistedCheck
from office.ledger.audit import Deed
from office.office import Office
from office.people import Duty, Person
from office.team import TeamError
from web.desk_access import demand, desk_page, form_of, person_of, staff_only
from web.standings import counties_of, standings
from web.window import off_loop, window_of

VERBS = (Verb.CHECK_ANSWER, Verb.CHECK_STEP)
LONGEST_ANSWER = 200
KEPT_FORM = 64
NO_SUCH_CHECK = "没有这次体检，可能已经删掉了。请回到“替他体检”。"
Step = Callable[[Connection, Person, AssistedCheck], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One interview as it stands: `view` while it is asked, None once its result is recorded; `by` filled it in."""

    check: AssistedCheck
    by: Person | None
    view: CheckView | None


@staff_only(Duty.FILL_IN)
async def checks_page(request: Request) -> Response:
    """The form to begin one, and the latest ones."""
    return await _list_page(request)


@staff_only(Duty.FILL_IN)
async def begin_check(request: Request) -> Response:
    """POST: begun; a second tap leads to the same one."""
    try:
        number = await off_loop(_begin, request, person_of(request), form_of(request))
    except (AssistedError, TeamError) as error:
        return await _list_page(request, 422, str(error))
    return RedirectResponse(f"/desk/checks/{number}", 303)


@staff_only(Duty.FILL_IN)
async def check_page(request: Request) -> Response:
    """The question that waits, the result so far, or the recorded sheet."""
    return await _page(request)


@staff_only(Duty.FILL_IN)
async def answer_check(request: Request) -> Response:
    """POST: an answer or a step of the interview."""
    return await _changed(request, _answer)


@staff_only(Duty.FILL_IN)
async def record_check(request: Request) -> Response:
    """POST: the result is kept as it is shown, for the farmer to look over."""
    return await _stepped(request, AssistedChecks(window_of(request).office).record)


@staff_only(Duty.FILL_IN)
async def reopen_check(request: Request) -> Response:
    """POST: an answer was wrong; back to the questions."""
    return await _stepped(request, AssistedChecks(window_of(request).office).reopen)


@staff_only(Duty.FILL_IN)
async def signed_check(request: Request) -> Response:
    """POST: the farmer has signed the sheet."""
    return await _stepped(request, AssistedChecks(window_of(request).office).signed)


async def _changed(request: Request, change: Callable[[Request, Person], None]) -> Response:
    try:
        await off_loop(change, request, person_of(request))
    except AssistedError as error:
        return await _page(request, 422, str(error))
    return RedirectResponse(f"/desk/checks/{request.path_params['check']}", 303)


async def _stepped(request: Request, step: Step) -> Response:
    def change(request: Request, person: Person) -> None:
        with window_of(request).office.ledger.begin() as connection:
            step(connection, person, _known(request, person, connection, to_change=True))

    return await _changed(request, change)


async def _list_page(request: Request, status: int = 200, trouble: str = "") -> Response:
    office, person = window_of(request).office, person_of(request)
    given = getattr(request.state, "form", {})
    listed = await off_loop(_listed, office, person)
    own = person.villages[0].replace("/", "") if len(person.villages) == 1 else ""
    entries = [prepared.rules.entry for prepared in office.knowledge.rule_book.entries]
    return desk_page(
        request,
        "desk_checks.html",
        status,
        trouble=trouble,
        given=given,
        place=given.get("village", own),
        listed=listed,
        titles=standings(entries, office.today(), counties_of(person)),
        names={one.code: one.title for one in office.knowledge.entries.values()},
        how_words=HOW_WORDS,
        day_of=day_of,
        form_id=given.get("form") or secrets.token_urlsafe(16),
    )


def _listed(office: Office, person: Person) -> list[AssistedCheck]:
    with office.ledger.begin() as connection:
        return AssistedChecks(office).listed(connection, person)


def _begin(request: Request, person: Person, form: dict[str, str]) -> str:
    office = window_of(request).office
    village = team.village_of(form.get("village", ""), office.knowledge.places)
    demand(person, Duty.FILL_IN, village, "/desk/checks")
    wanted = Wanted(
        f"{person.id}:{form.get('form', '')[:KEPT_FORM]}",
        village,
        form.get("entry", ""),
        form.get("name", ""),
        form.get("phone", ""),
        form.get("present") == "yes",
    )
    with office.ledger.begin() as connection:
        return AssistedChecks(office).begin(connection, person, wanted)


async def _page(request: Request, status: int = 200, trouble: str = "") -> Response:
    sheet = await off_loop(_sheet, request, person_of(request))
    asks = isinstance(sheet.view, QuestionView)
    template = "desk_check_sheet.html" if sheet.view is None else "desk_check.html"
    return desk_page(
        request,
        template,
        status,
        check=sheet.check,
        by=sheet.by,
        view=sheet.view,
        asks=asks,
        trouble=trouble,
        path=f"/desk/checks/{sheet.check.number}",
        detailed=DETAILED,
        how_words=HOW_WORDS,
        day_of=day_of,
        longest=LONGEST_ANSWER,
    )


def _known(request: Request, person: Person, connection: Connection, *, to_change: bool = False) -> AssistedCheck:
    """The interview, if its village is the person's; else `Refused`, which the guard writes into the audit."""
    number = number_in(request.path_params["check"])
    office = window_of(request).office
    found = AssistedChecks(office).find(connection, number, to_change=to_change) if number else None
    if found is None:
        raise HTTPException(404, NO_SUCH_CHECK)
    demand(person, Duty.FILL_IN, found.village, found.number)
    return found


def _sheet(request: Request, person: Person) -> Sheet:
    office = window_of(request).office
    with office.ledger.begin() as connection:
        check = _known(request, person, connection)
        audit.record(connection, Deed(person.id, "read_check", check.number, Duty.FILL_IN.value, office.now()))
        by = people.find(connection, office.cipher, check.filled_by)
        if check.result is not None:
            return Sheet(check, by, None)
        try:
            view = CheckUps(office).look(chat_of(check.number), check.scope, connection=connection)
        except LookupError as error:
            raise HTTPException(410, "要体检的这一条已经撤下来了。请另做一次。") from error
    return Sheet(check, by, view)


def _answer(request: Request, person: Person) -> None:
    office, form = window_of(request).office, form_of(request)
    action, check_ups = Action.parse(form.get("a", "")), CheckUps(office)
    text = form.get("t", "").strip()[:LONGEST_ANSWER]
    with office.ledger.begin() as connection:
        check = _known(request, person, connection, to_change=True)
        if check.result is not None:
            raise AssistedError("结果已经存下来了。要改，先点“还要改”。")
        chat = chat_of(check.number)
        stands = check_ups.current(chat, connection=connection)
        if stands is None:
            check_ups.begin(chat, check.scope, connection=connection)
        elif stands.scope != check.scope:
            check_ups.enter(chat, check.scope, connection=connection)
        if action is not None and action.verb in VERBS:
            check_ups.press(action, chat, connection=connection)
        elif form.get("key") and text:
            check_ups.reply(chat, text, form["key"], connection=connection)


ROUTES = (
    Route("/desk/checks", checks_page, methods=["GET"]),
    Route("/desk/checks", begin_check, methods=["POST"]),
    Route("/desk/checks/{check}", check_page, methods=["GET"]),
    Route("/desk/checks/{check}", answer_check, methods=["POST"]),
    Route("/desk/checks/{check}/record", record_check, methods=["POST"]),
    Route("/desk/checks/{check}/reopen", reopen_check, methods=["POST"]),
    Route("/desk/checks/{check}/signed", signed_check, methods=["POST"]),
)
