"""Self-check (自查): whether this office is in order, each point with a sentence on what to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from office.ledger import outbox, people
from office.ledger.audit import audit
from office.ledger.help_requests import help_requests
from office.ledger.migrations import MIGRATIONS
from office.office import Office
from office.privacy import PrivacyError

LEAST_FREE_BYTES = 500 * 1024 * 1024
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Point:
    """One point looked at."""

    name: str
    is_fine: bool
    said: str


def self_check(office: Office) -> list[Point]:
    """Every point; what is not in order says what to do."""
    with office.ledger.read() as connection:
        points = [
            _schema(connection),
            _keys(office, connection),
            _outbox(office, connection),
            _help(office, connection),
        ]
    return [
        *points,
        _append_only(office),
        _address(office),
        _telegram(office),
        _content(office),
        _disk(office),
    ]


def _schema(connection: Connection) -> Point:
    done = set(connection.execute(text("SELECT name FROM migrations")).scalars())
    wanting = [one.name for one in MIGRATIONS if one.name not in done]
    said = f"{len(done)} 步都做完了" if not wanting else f"少了 {'、'.join(wanting)}，请重启一次"
    return Point("账本结构", not wanting, said)


def _keys(office: Office, connection: Connection) -> Point:
    try:
        count = len(people.everyone(connection, office.cipher))
    except PrivacyError:
        return Point("加密的名字和电话", False, "有打不开的，FIELD_KEY 里缺了旧的密钥，请补上再重启")
    return Point("加密的名字和电话", True, f"打得开，人员 {count} 位")


def _outbox(office: Office, connection: Connection) -> Point:
    table = outbox.outbox
    waiting = select(func.count()).where(table.c.status == "waiting", table.c.not_before < office.now() - LONGEST_WAIT)
    stuck = int(connection.execute(waiting).scalar_one())
    failed = int(connection.execute(select(func.count()).where(table.c.status == "failed")).scalar_one())
    said = f"没有积压，发不出的 {failed} 条" if not stuck else f"{stuck} 条等了 10 分钟以上，请看 Telegram 连不连得上"
    return Point("要发的消息", not stuck, said)


def _help(office: Office, connection: Connection) -> Point:
    late = select(func.count()).where(help_requests.c.answered_at.is_(None), help_requests.c.due_at < office.now())
    count = int(connection.execute(late).scalar_one())
    return Point("找人问", not count, "没有过期的" if not count else f"{count} 个过期没回，请到“我的活”里接手")


def _append_only(office: Office) -> Point:
    """Tries to change the audit, in a transaction that is thrown away: the ledger must refuse."""
    try:
        with office.ledger.begin() as connection:
            last = connection.execute(select(func.max(audit.c.id))).scalar_one()
            if last is None:
                return Point("留痕改不了", True, "还没有留痕")
            connection.execute(audit.update().where(audit.c.id == last).values(purpose="changed"))
            raise _Changeable
    except DBAPIError:
        return Point("留痕改不了", True, "试着改了一下，账本不让改")
    except _Changeable:
        return Point("留痕改不了", False, "账本让改了，触发器丢了，请马上找技术人员")


class _Changeable(Exception):  # noqa: N818 - rolls the attempt back
    """The audit let itself be changed."""


def _address(office: Office) -> Point:
    settings = office.settings
    is_fine = settings.public_base_url_given and settings.public_base_url.startswith("https://")
    said = settings.public_base_url if is_fine else "没有设 https 的 PUBLIC_BASE_URL，印出来的码别人打不开"
    return Point("公开地址", is_fine, said)


def _telegram(office: Office) -> Point:
    is_on = office.settings.telegram_bot_token is not None
    return Point("Telegram 窗口", True, "开着" if is_on else "没有开，只有网页窗口")


def _content(office: Office) -> Point:
    today = office.today()
    late = [one.title for one in office.knowledge.entries.values() if one.validity.review_by < today]
    said = f"{len(office.knowledge.entries)} 条，版本 {office.knowledge.version}，没有过复核日期的"
    if late:
        said = f"{len(late)} 条过了复核日期，请复核：{'、'.join(late[:3])}{'等' if len(late) > 3 else ''}"
    return Point("内容", not late, said)


def _disk(office: Office) -> Point:
    free = shutil.disk_usage(office.settings.state_dir).free
    is_fine = free > LEAST_FREE_BYTES
    said = f"还有 {free // 2**20} MB" if is_fine else f"只剩 {free // 2**20} MB，请腾地方，不然存不进去"
    return Point("硬盘", is_fine, said)
