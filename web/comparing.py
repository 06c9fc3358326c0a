"""比一比: up to three ways of borrowing side by side; the form first, the result once there is something to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from knowledge.calculators import routes
from knowledge.calculators.comparing import MOST_ROUTES
from knowledge.calculators.entry_route import EntryRoute, route_of
from knowledge.calculators.fields import Taken
from knowledge.calculators.loan_boxes import METHOD
from knowledge.entries import Entry, Status
from knowledge.rendering import status_text
from web.calculate_boxes import Section, ShownBox, picked, sections_of, texts_of
from web.charts import Chart, route_chart, scale_of
from web.window import Window, off_loop, window_of

HELP = ("fee_help", "interest_help")  # the boxes of what others pay; filled in from an entry in force alone


@dataclass(frozen=True, slots=True)
class RouteShown:
    """One route of a comparison: the box to fill in first, the others, and what its entry says."""

    number: int
    heading: str
    name: ShownBox
    rate: ShownBox
    sections: tuple[Section, ...]
    entry: EntryRoute | None
    left_out: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A comparison ready to be shown."""

    sentence: str
    terms: str
    table: object
    bars: tuple[tuple[str, Chart | None], ...]


async def compare_page(request: Request) -> Response:
    """The form, begun with what `entry` says; after 比一比 the costs above it, or what is still wanting."""
    window = window_of(request)
    day, find = window.office.today(), window.office.knowledge.entries.get
    query = request.query_params
    keys = [box.key for box in routes.SHARED]
    keys += [box.key for number in range(1, MOST_ROUTES + 1) for box in routes.numbered(number)]
    keys += [f"r{number}_entry" for number in range(1, MOST_ROUTES + 1)]
    texts = texts_of(picked(dict(query)), keys)
    compared = await off_loop(routes.compare, texts, find, day) if "go" in query else None
    if compared is None:
        typed = {key: text for key, text in texts.items() if text}
        texts = {**begun_with(_entries(window, query.getlist("entry")), day), **typed}
    problems = compared.problems if compared is not None else {}
    is_told = compared is not None and compared.comparison is not None and _is_anything_known(compared)
    kept = {key: text for key, text in texts.items() if text.strip()}
    return window.pages.render(
        request,
        "calculate_compare.html",
        shared=sections_of(routes.SHARED, texts, problems)[0].boxes,
        is_shared_open=not any(texts.get(f"r{number}_entry") for number in range(1, MOST_ROUTES + 1))
        or any(box.key in problems for box in routes.SHARED),
        routes=_routes(window, texts, problems, is_asked=compared is not None),
        problems=tuple(problems.values()),
        wanting=_wanting(compared) if compared is not None and not is_told else (),
        said=_said(compared, day.isoformat(), texts) if compared is not None and is_told else None,
        statuses=_statuses(window, texts),
        link=f"/calculate/compare?{urlencode({**kept, 'go': '1'})}",
    )


def begun_with(entries: Sequence[Entry], day: date) -> dict[str, str]:
    """The first texts of the form; a subsidy that is not certainly there today is left for the visitor to fill in."""
    texts = routes.prefilled(entries, day)
    for number, entry in enumerate(entries, 1):
        if entry.status_on(day) is not Status.IN_FORCE:
            texts = {key: text for key, text in texts.items() if not _is_help(key, number)}
    return texts


def _is_help(key: str, number: int) -> bool:
    return key.startswith(tuple(f"r{number}_{box}" for box in HELP))


def _is_anything_known(compared: routes.Compared) -> bool:
    ways = compared.comparison.routes if compared.comparison is not None else ()
    return any(way.cheapest is not None or way.dearest is not None for way in ways)


def _wanting(compared: routes.Compared) -> tuple[str, ...]:
    """What keeps every route from being worked out, one sentence a route."""
    ways = compared.comparison.routes if compared.comparison is not None else ()
    return tuple(f"{way.name}：还差{'、'.join(way.unknown_parts)}。" for way in ways)


def _said(compared: routes.Compared, day: str, texts: Mapping[str, str]) -> Said:
    comparison = compared.comparison
    if comparison is None:
        raise ValueError("nothing was compared")
    most = scale_of(comparison.routes)
    statuses = [route_of(entry, comparison.as_of).status if entry else "" for entry in compared.entries]
    method = next((words for key, words in METHOD.choices if key == texts.get("method")), texts.get("method", ""))
    return Said(
        routes.verdict(compared, comparison.as_of),
        f"按 {day} 的情况，借 {texts.get('principal_yuan', '')}、{texts.get('months', '')}、{method} 算的。",
        routes.cost_table(compared, statuses),
        tuple((route.sentence(), route_chart(route, most)) for route in comparison.routes),
    )


def _statuses(window: Window, texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The banner of every entry that is not plainly in force, to stand before anything else."""
    day, find = window.office.today(), window.office.knowledge.entries.get
    entries = [find(texts.get(f"r{number}_entry", "")) for number in range(1, MOST_ROUTES + 1)]
    found = [route_of(entry, day) for entry in entries if entry is not None]
    return tuple((route.name, route.banner) for route in found if route.banner)


def _routes(
    window: Window, texts: Mapping[str, str], problems: Mapping[str, Taken], *, is_asked: bool
) -> tuple[RouteShown, ...]:
    """The routes; before anything was asked what an entry has filled in stays folded away."""
    day, find = window.office.today(), window.office.knowledge.entries.get
    has_entry = any(texts.get(f"r{number}_entry") for number in range(1, MOST_ROUTES + 1))
    shown = []
    for number in range(1, MOST_ROUTES + 1):
        entry = find(texts.get(f"r{number}_entry", ""))
        first, *others = sections_of(routes.numbered(number), texts, problems)
        name, rate = first.boxes
        if not is_asked:
            others = [replace(section, is_open=False) for section in others]
        is_used = entry is not None or any(box.text or box.problem for box in first.boxes)
        shown.append(
            RouteShown(
                number,
                name.text.strip() or f"第 {number} 种借法",
                name,
                rate,
                tuple(others),
                route_of(entry, day) if entry is not None else None,
                _left_out(entry, day),
                is_used or (not has_entry and number < MOST_ROUTES),
            )
        )
    return tuple(shown)


def _left_out(entry: Entry | None, day: date) -> str:
    """That an entry's own subsidy was not filled in, and why."""
    if entry is None or entry.status_on(day) is Status.IN_FORCE:
        return ""
    has_help = any(key.startswith(HELP) for key in route_of(entry, day).texts)
    return f"文件上的补贴没填进来：这一条{status_text(entry, day)}。" if has_help else ""


def _entries(window: Window, codes: Sequence[str]) -> list[Entry]:
    found = [window.office.knowledge.entries.get(code) for code in dict.fromkeys(codes)]
    return [entry for entry in found if entry is not None][:MOST_ROUTES]
