"""Read aloud at the door (念给他听): every entry's minute, status first, with one question to check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knowledge.entries import Entry
from knowledge.reading_aloud import script
from knowledge.vocabulary import SUBJECTS
from office.people import Duty, Person
from web.desk_access import desk_page, person_of, staff_only
from web.standings import Standing, standings
from web.window import off_loop, window_of


@staff_only(Duty.READ_SCRIPT)
async def scripts_page(request: Request) -> Response:
    """The entries of a county by subject, folded, each with its status; `q` finds by title, other name or crop."""
    office = window_of(request).office
    counties = office.knowledge.places.counties
    query = request.query_params
    wanted = query.get("q", "").strip()[:40]
    county = query.get("county", "" if wanted else _own_county(person_of(request)))
    county = county if county in counties else ""
    subject = query.get("subject", "")
    found = [
        entry
        for entry in office.knowledge.entries.values()
        if _holds_in(entry, county, counties)
        and (subject not in SUBJECTS or subject in entry.subjects)
        and (not wanted or any(wanted in word for word in (entry.title, *entry.aliases, *entry.crops)))
    ]
    return desk_page(
        request,
        "desk_scripts.html",
        groups=_groups(found, county, office.today()),
        is_narrow=bool(wanted or subject in SUBJECTS),
        wanted=wanted,
        county=county,
        counties=counties,
        subject=subject,
        subjects=SUBJECTS,
    )


def _own_county(person: Person) -> str:
    return person.villages[0].partition("/")[0] if person.villages else ""


def _holds_in(entry: Entry, county: str, counties: Sequence[str]) -> bool:
    return not county or county in entry.regions or not set(entry.regions) & set(counties)


def _groups(entries: Sequence[Entry], county: str, today: date) -> list[tuple[str, list[Standing]]]:
    """The county's own entries, then the others under the first of their subjects."""
    own = [entry for entry in entries if county and county in entry.regions]
    groups = [(f"{county}自己的", own)]
    groups += [
        (words, [entry for entry in entries if entry not in own and entry.subjects[0] == subject])
        for subject, words in SUBJECTS.items()
    ]
    return [(words, standings(group, today)) for words, group in groups if group]


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
