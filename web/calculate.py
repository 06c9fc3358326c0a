"""算一算 in the browser: the eleven calculators as plain forms, the result with its steps, and loans side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knowledge.calculators import routes
from knowledge.calculators.comparing import MOST_ROUTES
from knowledge.calculators.entry_route import EntryRoute, route_of
from knowledge.calculators.fields import Box, Sort, Taken, option_key
from knowledge.calculators.form_list import FORMS
from knowledge.calculators.forms import Form, work
from knowledge.calculators.loan_boxes import METHOD
from knowledge.calculators.telling import DRAFT_BANNER, Told, tell
from knowledge.entries import Entry
from web.charts import Chart, Row, by_year, plan_chart, plan_rows, route_chart, scale_of, whole_of
from web.forms import read_form
from web.window import Window, off_loop, window_of

MOST_PERIODS = 60  # periods on one page; longer plans are shown year by year with a page of periods at a time
PICK = "pick"
LONGEST_VALUE = 600


@dataclass(frozen=True, slots=True)
class ShownBox:
    """One box with what stands in it and what is the matter with it."""

    box: Box
    text: str
    problem: str
    picks: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    only_if: str


@dataclass(frozen=True, slots=True)
class Section:
    """Boxes under one heading; the first section has none."""

    heading: str
    boxes: tuple[ShownBox, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A repayment plan as the page shows it: `rows` at hand, `years` when the plan is long, other pages by their link."""

    rows: tuple[Row, ...]
    years: tuple[Row, ...]
    total: Row
    pages: tuple[tuple[str, str, bool], ...]
    chart: Chart


@dataclass(frozen=True, slots=True)
class RouteShown:
    """One route of a comparison: its boxes, and what its entry says."""

    number: int
    heading: str
    sections: tuple[Section, ...]
    entry: EntryRoute | None


async def list_page(request: Request) -> Response:
    """Everything that can be worked out, in a farmer's words."""
    forms = tuple(FORMS.values())
    own = tuple(form for form in forms if not form.calculator.is_draft)
    draft = tuple(form for form in forms if form.calculator.is_draft)
    return window_of(request).pages.render(
        request, "calculate_list.html", own=own, draft=draft, draft_banner=DRAFT_BANNER
    )


async def form_page(request: Request) -> Response:
    """One calculator: the empty form, the form with what has to be put right, or the result above the form."""
    window, form = window_of(request), _form(request.path_params["name"])
    sent = await _sent(request, form)
    texts = _texts(sent, (box.key for box in form.boxes))
    outcome = await off_loop(work, form, texts, window.office.today()) if "go" in sent else None
    told = tell(form, outcome) if outcome is not None and outcome.result is not None else None
    kept = {key: text for key, text in texts.items() if text.strip()}
    link = None if form.is_private else f"/calculate/{form.name}?{urlencode({**kept, 'go': '1'})}"
    return window.pages.render(
        request,
        "calculate_form.html",
        form=form,
        draft_banner=DRAFT_BANNER if form.calculator.is_draft else "",
        entry=window.office.knowledge.entries.get(form.calculator.entry or ""),
        sections=_sections(form.boxes, texts, outcome.problems if outcome is not None else {}),
        problems=tuple(outcome.problems.values()) if outcome is not None else (),
        told=told,
        plan=_plan(told, request.query_params.get("from", ""), link or "") if told is not None else None,
        link=link,
    )


async def compare_page(request: Request) -> Response:
    """Up to three loans side by side; `entry` starts a way with what its document says today."""
    window = window_of(request)
    day, find = window.office.today(), window.office.knowledge.entries.get
    query = request.query_params
    started = _entries(window, query.getlist("entry"))
    keys = [box.key for box in routes.SHARED]
    keys += [box.key for number in range(1, MOST_ROUTES + 1) for box in routes.numbered(number)]
    keys += [f"r{number}_entry" for number in range(1, MOST_ROUTES + 1)]
    texts = _texts(_picked(dict(query)), keys)
    if started and "go" not in query:
        texts = {**routes.prefilled(started, day), **{key: text for key, text in texts.items() if text}}
    is_asked = "go" in query or bool(started)
    compared = await off_loop(routes.compare, texts, find, day) if is_asked else None
    if compared is None:
        texts = {**routes.START, **texts}
    shown = _routes(window, texts, compared.problems if compared is not None else {})
    kept = {key: text for key, text in texts.items() if text.strip()}
    return window.pages.render(
        request,
        "calculate_compare.html",
        shared=_sections(routes.SHARED, texts, compared.problems if compared is not None else {})[0].boxes,
        routes=shown,
        problems=tuple(compared.problems.values()) if compared is not None else (),
        said=_said(compared, day.isoformat(), texts) if compared is not None and compared.comparison else None,
        statuses=_statuses(window, compared),
        link=f"/calculate/compare?{urlencode({**kept, 'go': '1'})}",
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A comparison ready to be shown."""

    sentence: str
    terms: str
    table: object
    bars: tuple[tuple[str, Chart | None], ...]


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


def _statuses(window: Window, compared: routes.Compared | None) -> tuple[tuple[str, str], ...]:
    """The banner of every entry that is not plainly in force, to stand before the figures."""
    day = window.office.today()
    found = [route_of(entry, day) for entry in (compared.entries if compared is not None else ()) if entry is not None]
    return tuple((route.name, route.banner) for route in found if route.banner)


def _form(name: str) -> Form:
    if name not in FORMS:
        raise HTTPException(404, "没有这样的计算。请看看下面能算哪些。")
    return FORMS[name]


async def _sent(request: Request, form: Form) -> dict[str, str]:
    """What was filled in: from the address, or for private figures from the body alone."""
    if request.method == "POST":
        return _picked({**await read_form(request), "go": "1"})
    return {} if form.is_private else _picked(dict(request.query_params))


def _picked(sent: dict[str, str]) -> dict[str, str]:
    """A reading chosen beside a box (`pick=key=text`) takes the place of what stood in it."""
    key, equals, text = sent.pop(PICK, "").partition("=")
    return {**sent, key: text} if equals else sent


def _texts(sent: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    return {key: sent[key][:LONGEST_VALUE] for key in keys if key in sent}


def _sections(boxes: Sequence[Box], texts: Mapping[str, str], problems: Mapping[str, Taken]) -> tuple[Section, ...]:
    """The boxes under their headings; a section with something in it stands open."""
    headings = list(dict.fromkeys(box.section for box in boxes))
    sections = []
    for heading in headings:
        own = [box for box in boxes if box.section == heading]
        is_open = any(texts.get(box.key, "").strip() not in ("", "none") or box.key in problems for box in own)
        sections.append(Section(heading, tuple(_shown(box, texts, problems) for box in own), is_open))
    return tuple(sections)


def _shown(box: Box, texts: Mapping[str, str], problems: Mapping[str, Taken]) -> ShownBox:
    taken = problems.get(box.key)
    text = texts.get(box.key, "")
    options = [(option_key(value), words) for value, words in box.choices]
    if box.sort is Sort.CHOICE:
        text = next((key for key, words in options if text in (key, words)), text)
    picks = tuple((f"{box.key}={choice}", choice) for choice in (taken.choices if taken is not None else ()))
    only_if = f"{box.only_if[0]}:{' '.join(sorted(box.only_if[1]))}" if box.only_if else ""
    return ShownBox(box, text, taken.problem if taken is not None else "", picks, tuple(options), only_if)


def _routes(window: Window, texts: Mapping[str, str], problems: Mapping[str, Taken]) -> tuple[RouteShown, ...]:
    day, find = window.office.today(), window.office.knowledge.entries.get
    shown = []
    for number in range(1, MOST_ROUTES + 1):
        entry = find(texts.get(f"r{number}_entry", ""))
        heading = texts.get(f"r{number}_name", "").strip() or f"第 {number} 条路"
        sections = _sections(routes.numbered(number), texts, problems)
        shown.append(RouteShown(number, heading, sections, route_of(entry, day) if entry is not None else None))
    return tuple(shown)


def _entries(window: Window, codes: Sequence[str]) -> list[Entry]:
    found = [window.office.knowledge.entries.get(code) for code in dict.fromkeys(codes)]
    return [entry for entry in found if entry is not None][:MOST_ROUTES]


def _plan(told: Told, start: str, link: str) -> Plan | None:
    """The plan: every period where there are few, else the years and the periods from `start` on."""
    rows = plan_rows(told.schedule)
    if not rows:
        return None
    total = by_year(rows)
    whole = replace(whole_of(total), label="合计")
    chart = plan_chart(rows)
    if len(rows) <= MOST_PERIODS:
        return Plan(rows, (), whole, (), chart)
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 4 else 0
    pages = tuple(
        (f"第 {at}–{min(at + MOST_PERIODS - 1, len(rows))} 期", f"{link}&from={at}#plan", at == first)
        for at in range(1, len(rows) + 1, MOST_PERIODS)
    )
    at_hand = rows[first - 1 : first - 1 + MOST_PERIODS] if 1 <= first <= len(rows) else ()
    return Plan(at_hand, total, whole, pages, chart)


ROUTES = (
    Route("/calculate", list_page, methods=["GET"]),
    Route("/calculate/compare", compare_page, methods=["GET"]),
    Route("/calculate/{name}", form_page, methods=["GET", "POST"]),
)
