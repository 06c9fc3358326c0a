"""What a run came to, by the ledger and by the calls that the local Telegram performed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from office.ledger import Ledger, applications, inbox_upkeep, outbox_upkeep
from office.ledger.application_events import application_events
from office.ledger.inbox import inbox
from office.ledger.outbox import outbox
from office.privacy import FieldCipher
from tests.kill_mixed.people import Told
from tests.telegram_api import Call, TelegramApi

UNDER_WAY = ("waiting", "sending")


@dataclass(frozen=True)
class Outcome:
    """The figures of one run. `lost` names what was acknowledged and is gone; `ambiguous` the sends that may be doubled."""

    actions: dict[str, int]
    kills: tuple[str, ...]
    updates: int
    cases: int
    cases_in_chats: int
    notices: int
    sends: int
    repeated_posts: int
    ambiguous_posts: int
    lost: tuple[str, ...]
    duplicate_cases: tuple[str, ...]
    duplicate_notices: int
    duplicate_sends: int
    beyond_listed: tuple[str, ...]
    ambiguous: tuple[str, ...]
    ambiguous_notices: int
    strange: tuple[str, ...]
    violations: tuple[str, ...]
    spinning: int
    status: int
    seconds: float


def _is_only_again(call: Call) -> bool:
    """What Telegram took just before a kill and refuses as done already: the answer to a tap, an edit; nobody sees it."""
    return call.method == "answerCallbackQuery" or "message is not modified" in call.description


def is_idle(ledger: Ledger) -> bool:
    """Every update is worked off and every message has come to its end."""
    with ledger.read() as connection:
        waiting = connection.execute(select(outbox.c.seq).where(outbox.c.status.in_(UNDER_WAY)).limit(1)).first()
        return waiting is None and inbox_upkeep.open_count(connection) == 0


def counted(
    ledger: Ledger,
    cipher: FieldCipher,
    api: TelegramApi,
    told: Told,
    *,
    done: Counter[str],
    kills: list[str],
    status: int,
    seconds: float,
) -> Outcome:
    """The figures, once the program has stopped."""
    with ledger.read() as connection:
        rows = connection.execute(select(outbox)).all()
        cases = applications.everything(connection, cipher, only_open=False)
        numbers = Counter(case.applicant.phone for case in cases)
        repeated = outbox_upkeep.repeated(connection, limit=10_000)
        lost = [*_lost_updates(connection, api, rows), *_lost_cases(connection, cases, rows, told)]
    performed = [call for call in api.calls_of("sendMessage") if call.performed]
    groups = _copies(performed)
    allowed = {(row.lane, row.message_id): row for row in rows}
    beyond, doubled, doubled_notices = _doubled(groups, allowed)
    return Outcome(
        actions=dict(done),
        kills=tuple(kills),
        updates=len(api.delivered),
        cases=len(cases),
        cases_in_chats=len(told.chat_forms),
        notices=sum(row.kind == "notice" for row in rows),
        sends=len(performed),
        repeated_posts=told.repeated_posts,
        ambiguous_posts=told.ambiguous_posts,
        lost=tuple(lost),
        duplicate_cases=tuple(number for number, count in numbers.items() if count > 1),
        duplicate_notices=doubled_notices,
        duplicate_sends=doubled,
        beyond_listed=tuple(beyond),
        ambiguous=tuple(f"{one.key} ×{one.repeats}" for one in repeated),
        ambiguous_notices=sum(one.repeats for one in repeated if one.kind == "notice"),
        strange=tuple(told.strange),
        violations=tuple(str(call) for call in api.violations if not _is_only_again(call)),
        spinning=len(api.unanswered),
        status=status,
        seconds=seconds,
    )


def _lost_updates(connection: Connection, api: TelegramApi, rows: list[Any]) -> list[str]:
    """Updates that Telegram was told we have, but that were not worked off, or whose reply is not in the chat."""
    ended = {row.update_id: row for row in connection.execute(select(inbox))}
    lost = [
        f"update {one.id}: {row and (row.status, row.attempts, row.last_error)}"
        for one in api.delivered
        if (row := ended.get(one.id)) is None or row.status != "done"
    ]
    replies = {row.key: row for row in rows}
    for update in api.delivered:
        if update.kind == "message":
            chat, number = update.body["chat"]["id"], update.body["message_id"]
            row = replies.get(f"reply:{chat}:{number}:1")
            if row is None or row.status != "sent" or row.message_id not in api.world.rooms[chat].messages:
                lost.append(f"reply to {update.body.get('text')!r} ({row and row.status})")
    lost += [f"{row.key}: {row.status}" for row in rows if row.status != "sent"]
    return lost


def _lost_cases(connection: Connection, cases: list[Any], rows: list[Any], told: Told) -> list[str]:
    """Forms and moves that were acknowledged, but of which there is no case, no step or no notice."""
    by_phone = {case.applicant.phone: case for case in cases}
    by_receipt = {case.receipt: case for case in cases}
    keys = {row.key for row in rows}
    lost = [
        f"form of {phone}, receipt {receipt}"
        for phone, receipt in told.forms.items()
        if phone not in by_phone or by_phone[phone].receipt != receipt
    ]
    noticed = {phone for phone in told.linked if phone in told.forms}
    for phones in told.chat_forms:
        made = [phone for phone in phones if phone in by_phone]
        lost += [] if made else [f"form in the chat of {sorted(phones)}"]
        noticed |= set(made)
    lost += [f"notice of {p}" for p in noticed if p in by_phone and f"case:{by_phone[p].receipt}:1" not in keys]
    steps = connection.execute(select(application_events.c.application, application_events.c.state)).all()
    contacted = Counter(number for number, state in steps if state == "contacted")
    lost += [f"move of {receipt}" for receipt in told.moves if contacted[by_receipt[receipt].id] != 1]
    return lost


def _copies(performed: list[Call]) -> dict[tuple[str, str], list[int]]:
    """The numbers of the messages that say the same in one chat."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for call in performed:
        groups[str(call.params["chat_id"]), call.params["text"]].append(call.result["message_id"])
    return groups


def _doubled(
    groups: dict[tuple[str, str], list[int]], allowed: dict[tuple[str, int], Any]
) -> tuple[list[str], int, int]:
    """What came more often than it was to be sent: beyond what is listed as ambiguous; all; notices among them."""
    beyond, doubled, notices = [], 0, 0
    for (chat, text), numbers in groups.items():
        rows = [allowed[chat, number] for number in numbers if (chat, number) in allowed]
        more = len(numbers) - len(rows)
        doubled += more
        notices += more if any(row.kind == "notice" for row in rows) else 0
        if more > sum(row.repeats for row in rows):
            beyond.append(f"{text[:40]!r} came {len(numbers)} times for {[row.key for row in rows]}")
    return beyond, doubled, notices
