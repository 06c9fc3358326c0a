"""算一算 in the browser: the eleven calculators as plain forms, the result with its steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knowledge.calculators.form_list import FORMS
from knowledge.calculators.forms import Form, work
from knowledge.calculators.telling import DRAFT_BANNER, Told, tell
from web.calculate_boxes import picked, sections_of, texts_of
from web.charts import Chart, Row, by_year, plan_chart, plan_rows, whole_of
from web.comparing import compare_page
from web.forms import read_form
from web.window import off_loop, window_of

MOST_PERIODS = 60  # periods on one page; longer plans are shown year by year with a page of periods at a time


@dataclass(frozen=True, slots=True)
class Plan:
    """A repayment plan as the page shows it: `rows` at hand, `years` when the plan is long, other pages by their link."""

    rows: tuple[Row, ...]
    years: tuple[Row, ...]
    total: Row
    pages: tuple[tuple[str, str, bool], ...]
    chart: Chart


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
    texts = texts_of(sent, (box.key for box in form.boxes))
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
        sections=sections_of(form.boxes, texts, outcome.problems if outcome is not None else {}),
        problems=tuple(outcome.problems.values()) if outcome is not None else (),
        told=told,
        plan=_plan(told, request.query_params.get("from", ""), link or "") if told is not None else None,
        link=link,
    )


def _form(name: str) -> Form:
    if name not in FORMS:
        raise HTTPException(404, "没有这样的计算。请看看下面能算哪些。")
    return FORMS[name]


async def _sent(request: Request, form: Form) -> dict[str, str]:
    """What was filled in: from the address, or for private figures from the body alone."""
    if request.method == "POST":
        return picked({**await read_form(request), "go": "1"})
    return {} if form.is_private else picked(dict(request.query_params))


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
