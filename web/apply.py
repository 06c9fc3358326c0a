"""The guarantee application in the browser: choose an entry, fill in a short form, get a receipt."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from knowledge.applying import applicable, can_apply, is_offered, may_be_open
from knowledge.entries import Entry, Payee
from knowledge.rendering import payee_line, status_text
from office import code_text, consents
from office.applicants import Applicants, Registered
from office.application_case import Wish
from office.application_form import FIELDS, ReadForm, read_form, village_words
from office.application_links import link_of, linked_chat
from office.applications import ConsentKind, Opening
from office.codes import Found, open_code
from office.ledger import dialogues, rate_limits
from office.ledger.errors import LedgerBusy
from office.mini_app import visitor_of
from office.office import ChatKey
from office.pinned_entries import PinnedEntry
from web import case_access, form_keys
from web.chat import chat_of, set_chat
from web.failures import failure_page
from web.forms import read_form as read_fields
from web.security import NO_STORE
from web.window import Window, address_of, off_loop, window_of

log = logging.getLogger(__name__)

FORMS_AN_HOUR = 60  # a village hall's people share one address
NO_ENTRY = "没有这一条。可能是地址少了几个字，或者这一条已经撤下来了。请从下面的单子里挑，或者回首页问。"
STALE = "这一页放得太久了，还没交上去。您填的都还在，请再按一次“交上去”。"
BUSY = "这会儿交表的人多，没排上，还没交上去。您填的都还在，请过一分钟再按一次“交上去”。"
TOO_MANY = "这个网络一小时里交的表太多了，这一张还没交上去。请过一小时再交，急的话打电话找村里的共富金融专员或 12345。"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the form page needs: the entry as of today, and the words to begin with."""

    pinned: PinnedEntry
    key: str
    values: Mapping[str, str]
    faults: Mapping[str, str]
    given: frozenset[ConsentKind] = frozenset()
    code: str = ""
    link: str = ""
    note: str = ""


async def list_page(request: Request) -> Response:
    """`/apply`: what can be applied for, the county's own first, then what holds everywhere; closed ones folded away."""
    window = window_of(request)
    today, counties = window.office.today(), window.office.knowledge.places.counties
    county = request.query_params.get("county", "")
    county = county if county in counties else ""
    offered = [e for e in applicable(window.office.knowledge.entries.values(), today) if is_offered(e, today)]
    offered.sort(key=_is_for_firms)
    open_now = [entry for entry in offered if may_be_open(entry, today)]
    here = [entry for entry in open_now if county in entry.regions]
    anywhere = [entry for entry in open_now if not set(entry.regions) & set(counties)]
    elsewhere = [entry for entry in open_now if entry not in here and entry not in anywhere]
    closed = [
        entry
        for entry in offered
        if entry not in open_now and (not county or county in entry.regions or not set(entry.regions) & set(counties))
    ]
    groups = (
        (f"{county}自己的", here, True),
        ("全市、全省、全国都能办的", anywhere, True),
        ("" if county else "只在一个县（市、区）办的", elsewhere, False),
        ("现在不开放的，只能登记请人回电话", closed, False),
    )
    rows = [
        (title, [(entry, status_text(entry, today), _whose(entry, counties)) for entry in group], is_open)
        for title, group, is_open in groups
        if title and group
    ]
    return window.pages.render(request, "apply_list.html", groups=rows, counties=counties, county=county, found=here)


def _is_for_firms(entry: Entry) -> bool:
    return Payee.FARMER not in entry.payee


def _whose(entry: Entry, counties: Sequence[str]) -> str:
    """For whom and where, as far as that is not everybody everywhere."""
    regions = [region for region in entry.regions if region in counties]
    return "，".join(["给企业的"] * _is_for_firms(entry) + ["、".join(regions)] * bool(regions))


async def form_page(request: Request) -> Response:
    """`/apply/CODE`: the form, prefilled with what the chat has heard or the printed code knows."""
    window, entry = window_of(request), _entry(request)
    if not can_apply(entry):
        return _not_for_you(request, entry)
    chat, is_new = chat_of(request)
    shown = await off_loop(_first_look, window, entry, chat, dict(request.query_params))
    return _form(request, shown, chat, is_new=is_new)


async def hand_in(request: Request) -> Response:
    """POST: a case and its receipt; what needs mending is shown beside its field, everything typed stays."""
    window, entry = window_of(request), _entry(request)
    form = await read_fields(request)
    if not can_apply(entry):
        return _not_for_you(request, entry)
    chat, is_new = chat_of(request)
    read = await off_loop(read_form, form, window.office.knowledge, window.office.today())
    given = frozenset(kind for kind in ConsentKind if form.get(kind.value) == "yes")
    is_ours = not is_new and form_keys.is_ours(window, chat, form.get(form_keys.FIELD, ""))
    if read.applicant is None or not is_ours:
        note = "" if is_ours or read.faults else STALE
        shown = _again(window, entry, chat, form, read, given, is_ours=is_ours, note=note)
        return _form(request, shown, chat, is_new=is_new, status=422 if read.faults else 403)
    try:
        made = await off_loop(_register, window, entry, read, given, form, chat, address_of(request))
    except LedgerBusy as busy:
        log.warning("application form: %s", busy)
        shown = _again(window, entry, chat, form, read, given, is_ours=True, note=BUSY)
        return _form(request, shown, chat, is_new=is_new, status=503)
    if made is None:
        return failure_page(request, 429, "还没交上去", TOO_MANY)
    response = RedirectResponse(f"/s/receipt{'' if made.is_same else '?kept=1'}", 303, NO_STORE)
    case_access.grant(response, window, made.case.receipt)
    return response


async def telegram_mark(request: Request) -> Response:
    """POST from the page inside Telegram: a mark that brings the notices to the person's own chat."""
    form = await read_fields(request)
    office = window_of(request).office
    token = office.settings.telegram_bot_token
    person = visitor_of(form.get("init_data", ""), token.reveal(), office.now()) if token is not None else None
    if person is None:
        return PlainTextResponse("", 403, NO_STORE)
    mark = link_of(office, ChatKey("telegram", str(person)))
    return PlainTextResponse(mark, headers=NO_STORE)


def _entry(request: Request) -> Entry:
    entry = window_of(request).office.knowledge.entries.get(request.path_params["code"])
    if entry is None:
        raise HTTPException(404, NO_ENTRY)
    return entry


def _not_for_you(request: Request, entry: Entry) -> Response:
    """An entry nobody applies for here: whose money it is, and where to go on."""
    window = window_of(request)
    payee = payee_line(entry, window.office.today())
    return window.pages.render(
        request,
        "apply_not.html",
        404,
        entry=entry,
        words=status_text(entry, window.office.today()),
        payee=payee[0].text if payee else "",
    )


def _form(request: Request, shown: Shown, chat: ChatKey, *, is_new: bool, status: int = 200) -> Response:
    window = window_of(request)
    response = window.pages.render(
        request,
        "apply.html",
        status,
        shown=shown,
        entry=shown.pinned,
        fields=FIELDS,
        consents=consents.asked(),
        is_open=shown.pinned.opening is Opening.OPEN,
        is_closed=shown.pinned.opening is Opening.CLOSED,
        sheet_address=f"/e/{quote(shown.pinned.code)}",
    )
    response.headers.update(NO_STORE)
    if is_new and request.method != "HEAD":
        set_chat(response, chat, window)
    return response


def _first_look(window: Window, entry: Entry, chat: ChatKey, query: Mapping[str, str]) -> Shown:
    """Blocks: what the chat has heard, and where the printed code belongs."""
    office = window.office
    code = code_text.plain(query.get("c") or query.get("code") or "")[:40]
    with office.ledger.read() as connection:
        talk = dialogues.load(connection, office.cipher, chat.channel, chat.id, office.now())
        opened = open_code(connection, office.cipher, office.knowledge, code, office.now()) if code else None
    is_live = opened is not None and opened.found is Found.LIVE
    values = _heard(talk.facts if talk else {})
    if opened is not None and opened.code is not None and is_live:
        values["place"] = village_words(opened.code.village)
    return Shown(
        Applicants(office).pin(entry.code),
        form_keys.make(window, chat),
        values,
        {},
        code=code if is_live else "",
        link=query.get("t", "") if linked_chat(office, query.get("t", "")) else "",
    )


def _heard(facts: Mapping[str, object]) -> dict[str, str]:
    """The chat's facts as first words of the fields; what was not certain is left out."""
    values = {field.key: "" for field in FIELDS}
    values["place"] = "".join(word for key in ("county", "town", "village") if isinstance(word := facts.get(key), str))
    amount, crop = facts.get("amount_yuan"), facts.get("crop")
    if isinstance(amount, str) and amount.isdigit():
        wan = int(amount) / 10_000
        values["amount"] = f"{wan:g} 万"
    if isinstance(crop, str):
        values["purpose"] = f"种养{crop}用" if len(crop) <= 10 else ""
    return values


def _again(
    window: Window,
    entry: Entry,
    chat: ChatKey,
    form: Mapping[str, str],
    read: ReadForm,
    given: frozenset[ConsentKind],
    *,
    is_ours: bool,
    note: str,
) -> Shown:
    """The form once more, with what was typed; a key that is ours stays, so that mending makes no second case."""
    key = form[form_keys.FIELD] if is_ours else form_keys.make(window, chat)
    return Shown(
        Applicants(window.office).pin(entry.code),
        key,
        read.values,
        read.faults,
        given,
        form.get("c", "")[:20],
        form.get("t", "")[:400],
        note,
    )


def _register(
    window: Window,
    entry: Entry,
    read: ReadForm,
    given: frozenset[ConsentKind],
    form: Mapping[str, str],
    chat: ChatKey,
    address: str,
) -> Registered | None:
    """Blocks: one durable commit; None when too many forms come from one network.

    A form sent again, because its answer was lost, is answered as at first and counts no second time.
    """
    office, applicants = window.office, Applicants(window.office)
    if read.applicant is None:
        raise ValueError("a form with faults cannot be registered")
    code = code_text.plain(form.get("c", ""))
    wish = Wish(read.applicant, applicants.pin(entry.code), given, code if code_text.is_code(code) else None)
    source = f"apply:{office.pseudonyms.of('address', address)}"
    with office.ledger.begin() as connection:
        known = applicants.made_by(form[form_keys.FIELD], connection=connection)
        if known is not None:
            return Registered(known, is_new=False, is_same=known.applicant == read.applicant)
        if not rate_limits.allow(connection, source, FORMS_AN_HOUR, 3600, office.now()):
            return None
        linked = linked_chat(office, form.get("t", ""))
        return applicants.register(wish, form[form_keys.FIELD], chat=linked or chat, connection=connection)


ROUTES = (
    Route("/apply", list_page, methods=["GET"]),
    Route("/apply/telegram/mark", telegram_mark, methods=["POST"]),
    Route("/apply/{code}", form_page, methods=["GET"]),
    Route("/apply/{code}", hand_in, methods=["POST"]),
)
