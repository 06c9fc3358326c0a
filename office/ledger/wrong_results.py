"""Wrong results (结果不对？): what was answered and shown when somebody said so, without who it was, for staff."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, select, update

from office.ledger.columns import Instant, metadata
from office.ledger.upserts import insert
from office.privacy import FieldCipher, Sealed

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_REFERENCE_LENGTH = 6

wrong_results = Table(
    "wrong_results",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("publication", Text, nullable=False),
    Column("judged_on", Instant, nullable=False),
    Column("payload", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("settled_at", Instant),
)


@dataclass(frozen=True, slots=True)
class WrongResult:
    """One report: the publication and day judged by, the answers, and the outcome shown for each entry.

    `scope` is an entry's code, or empty for the check-up over all entries.
    """

    reference: str
    scope: str
    publication: str
    judged_on: date
    answers: Mapping[str, Any]
    shown: Mapping[str, str]
    channel: str
    reported_at: datetime
    settled_at: datetime | None = None


def new_reference() -> str:
    """A number to read out over the telephone; no letter in it can be taken for another."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(_REFERENCE_LENGTH))


def record(connection: Connection, cipher: FieldCipher, report: WrongResult) -> None:
    """Keep the report; answers and outcomes are sealed."""
    content = {"answers": dict(report.answers), "shown": dict(report.shown)}
    row = {
        "reference": report.reference,
        "scope": report.scope,
        "publication": report.publication,
        "judged_on": datetime.combine(report.judged_on, time(), UTC),
        "payload": cipher.encrypt(json.dumps(content, ensure_ascii=False)),
        "channel": report.channel,
        "reported_at": report.reported_at,
    }
    connection.execute(insert(connection, wrong_results), row)


def unsettled(connection: Connection, cipher: FieldCipher, limit: int = 100) -> list[WrongResult]:
    """The reports no member of staff has settled, oldest first."""
    statement = select(wrong_results).where(wrong_results.c.settled_at.is_(None))
    rows = connection.execute(statement.order_by(wrong_results.c.id).limit(limit))
    return [_report(cipher, row) for row in rows]


def find(connection: Connection, cipher: FieldCipher, reference: str) -> WrongResult | None:
    """The report with this reference number."""
    row = connection.execute(select(wrong_results).where(wrong_results.c.reference == reference)).one_or_none()
    return None if row is None else _report(cipher, row)


def settle(connection: Connection, reference: str, now: datetime) -> bool:
    """A member of staff has dealt with it; False when there is no such open report."""
    statement = update(wrong_results).where(
        wrong_results.c.reference == reference, wrong_results.c.settled_at.is_(None)
    )
    return connection.execute(statement.values(settled_at=now)).rowcount > 0


def cleanup(connection: Connection, reported_before: datetime) -> int:
    """Delete reports from before the given moment. Returns how many."""
    return connection.execute(delete(wrong_results).where(wrong_results.c.reported_at < reported_before)).rowcount


def _report(cipher: FieldCipher, row: Any) -> WrongResult:
    content = json.loads(cipher.decrypt(Sealed(row.payload)))
    return WrongResult(
        reference=row.reference,
        scope=row.scope,
        publication=row.publication,
        judged_on=row.judged_on.date(),
        answers=content["answers"],
        shown=content["shown"],
        channel=row.channel,
        reported_at=row.reported_at,
        settled_at=row.settled_at,
    )
