"""Retention (到期清理): how long each kind of personal data is kept, and the hourly round that keeps to it.

`docs/operations.md` shows the same figures to people; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection

from knowledge import check_store
from office import assisted_checks, follow_ups, help_desk
from office.case_erasure import KEPT_DAYS as CASE_DAYS
from office.case_erasure import CaseErasure
from office.case_papers import CasePapers
from office.erasure import scrub
from office.ledger import (
    application_events,
    chats,
    dialogues,
    erasures,
    help_requests,
    inbox_upkeep,
    leases,
    open_forms,
    outbox_upkeep,
    person_keys,
    questions,
    rate_limits,
    scans,
    sign_ins,
    wrong_results,
)
from office.ledger import assisted_checks as kept_checks
from office.ledger import follow_ups as kept_follow_ups
from office.office import Office

LEASE = "retention"
EVERY_SECONDS = 3600
STRAY_FILE = timedelta(hours=1)  # a paper's file is written before its row: a fresh one is no stray

UPDATE_DAYS = 7
UNSENT_DAYS = 7
SENT_DAYS = 31
DIALOGUE_DAYS = 1
QUESTION_TEXT_DAYS = 180
QUESTION_DAYS = 365
BLOCKED_CHAT_DAYS = 180
WRONG_RESULT_DAYS = 180
UNANSWERED_CALL_DAYS = 365
TICKET_DAYS = 90
SCAN_DAYS = 730
ERASURE_DAYS = 31

DAYS: Mapping[str, int] = {
    "收到的消息（正文处理完就清空）": UPDATE_DAYS,
    "发不出去的消息": UNSENT_DAYS,
    "发出消息的记录（没有正文）": SENT_DAYS,
    "对话记忆（10 分钟后不再用）": DIALOGUE_DAYS,
    "没填完的表": open_forms.KEPT_DAYS,
    "终端里的体检（状态文件夹里的 `terminal-check.json`，只有本人能读）": check_store.TIME_TO_LIVE.days,
    "提问的文字和聊天代号": QUESTION_TEXT_DAYS,
    "提问的结果（没有文字）": QUESTION_DAYS,
    "拉黑了机器人的聊天": BLOCKED_CHAT_DAYS,
    "“结果不对”的报告": WRONG_RESULT_DAYS,
    "没有单子的回访": follow_ups.KEPT_DAYS,
    "答复过的找人问": help_desk.KEPT_DAYS,
    "没人答复的找人问": UNANSWERED_CALL_DAYS,
    "替农户做的体检（存下来的结果）": assisted_checks.KEPT_DAYS,
    "办完的担保单子（姓名、电话、材料）": CASE_DAYS,
    "扫码人的当日代号": scans.VISITOR_DAYS,
    "扫码次数": SCAN_DAYS,
    "用过或过期的登录码、登录设备": TICKET_DAYS,
    "删除过信息的记录（没有是谁）": ERASURE_DAYS,
}


def clean_when_due(office: Office, process: str) -> int | None:
    """The hourly round; None when this hour's has been done or another process is on it."""
    now = office.now()
    with office.ledger.begin() as connection:
        if not leases.acquire(connection, LEASE, f"{process}:{now.isoformat()}", now, EVERY_SECONDS):
            return None
    return clean(office)


def clean(office: Office) -> int:
    """Delete what has been kept long enough, and the bytes of it. Returns how many rows and files."""
    cases = CaseErasure(office).of_long_ago()
    with office.ledger.begin() as connection:
        talk = _clean_talk(office, connection)
    with office.ledger.begin() as connection:
        rows = _clean_records(office, connection)
        keys = person_keys.destroy_unused(connection)
    files = CasePapers(office).sweep((office.now() - STRAY_FILE).timestamp())
    files += check_store.CheckStore(office.settings.state_dir, office.now).sweep()
    gone = cases + talk + rows + files
    if gone + keys:
        with office.ledger.begin() as connection:
            erasures.begin(connection, office.cipher, None, (), office.now())
        scrub(office)
    return gone


def _clean_talk(office: Office, connection: Connection) -> int:
    """Messages, dialogues, forms, questions. A notice that was never sent becomes a call to make."""
    now = office.now()
    given_up = outbox_upkeep.give_up(connection, now - timedelta(days=UNSENT_DAYS), now)
    application_events.fall_back_to_calls(connection)
    return (
        given_up
        + inbox_upkeep.cleanup(connection, now, id_days=UPDATE_DAYS, poison_days=UPDATE_DAYS)
        + outbox_upkeep.cleanup(connection, now, days=SENT_DAYS)
        + dialogues.cleanup(connection, now, days=DIALOGUE_DAYS)
        + open_forms.cleanup(connection, now)
        + questions.blank(connection, now - timedelta(days=QUESTION_TEXT_DAYS))
        + questions.cleanup(connection, now, days=QUESTION_DAYS)
        + chats.cleanup(connection, now - timedelta(days=BLOCKED_CHAT_DAYS))
        + rate_limits.cleanup(connection, now)
    )


def _clean_records(office: Office, connection: Connection) -> int:
    """Follow-ups, calls, interviews filled in for farmers, ways in, scans, reports."""
    now = office.now()
    begun, recorded = (
        now - timedelta(days=days) for days in (assisted_checks.UNFINISHED_DAYS, assisted_checks.KEPT_DAYS)
    )
    answered, asked = now - timedelta(days=help_desk.KEPT_DAYS), now - timedelta(days=UNANSWERED_CALL_DAYS)
    return (
        kept_follow_ups.cleanup(connection, now - timedelta(days=follow_ups.KEPT_DAYS))
        + help_requests.cleanup(connection, answered, asked)
        + kept_checks.cleanup(connection, begun, recorded)
        + sign_ins.cleanup(connection, now - timedelta(days=TICKET_DAYS))
        + scans.cleanup(connection, now, days=SCAN_DAYS)
        + wrong_results.cleanup(connection, now - timedelta(days=WRONG_RESULT_DAYS))
        + erasures.cleanup(connection, now - timedelta(days=ERASURE_DAYS))
    )
