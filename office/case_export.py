"""Cases as an Excel workbook (导出) for a guarantee company, a bank or the staff; its cells can never run as formulas."""

from __future__ import annotations

from sqlalchemy import Connection

from office.application_case import GuaranteeApplication
from office.applications import REASON_WORDS, STATE_WORDS
from office.applications_desk import Applications
from office.ledger import application_events, audit, people
from office.ledger.audit import Deed
from office.office import Office
from office.people import Person
from office.receipts import spoken
from office.working_days import WENZHOU


def export(office: Office, connection: Connection, person: Person) -> bytes:
    """The workbook of all cases `person` may read; the export itself is in the audit."""
    from office import case_workbook  # noqa: PLC0415 - its library takes a fifth of a second that no start should wait for

    cases = Applications(office).listed(person, only_open=False, connection=connection)
    officers = {one.id: one.name for one in people.everyone(connection, office.cipher)}
    rows = [_row(office, connection, case, officers) for case in cases]
    audit.record(connection, Deed(person.id, "export_cases", f"{len(rows)} cases", "excel", office.now()))
    return case_workbook.written(rows)


def _row(
    office: Office, connection: Connection, case: GuaranteeApplication, officers: dict[str, str]
) -> tuple[str | int | None, ...]:
    last = application_events.of_case(connection, office.cipher, case.id)[-1]
    reason = f"{REASON_WORDS[last.reason]}：{last.sentence}" if last.reason else ""
    return (
        spoken(case.receipt),
        STATE_WORDS[case.state],
        case.due.isoformat() if case.state.is_open else "",
        case.entry.title,
        case.entry.status_words,
        case.applicant.name,
        case.applicant.phone,
        case.village,
        case.applicant.amount_yuan,
        case.applicant.purpose,
        "；".join(last.missing),
        reason,
        officers.get(case.officer or "", ""),
        case.registered_at.astimezone(WENZHOU).date().isoformat(),
    )
