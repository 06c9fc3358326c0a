"""Cases as an Excel workbook (导出) for a guarantee company, a bank or the staff; its cells can never run as formulas."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
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

HEAD = (
    "回执编号",
    "现在",
    "最晚",
    "条目",
    "登记时条目的状态",
    "称呼",
    "电话",
    "村",
    "想贷（元）",
    "做什么用",
    "还差的材料",
    "原因",
    "共富金融专员",
    "登记日",
)
WIDTHS = (14, 10, 12, 28, 24, 12, 16, 28, 14, 28, 28, 28, 12, 12)


def export(office: Office, connection: Connection, person: Person) -> bytes:
    """The workbook of all cases `person` may read; the export itself is in the audit."""
    cases = Applications(office).listed(person, only_open=False, connection=connection)
    officers = {one.id: one.name for one in people.everyone(connection, office.cipher)}
    rows = [_row(office, connection, case, officers) for case in cases]
    audit.record(connection, Deed(person.id, "export_cases", f"{len(rows)} cases", "excel", office.now()))
    return written(rows)


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


def written(rows: Iterable[tuple[str | int | None, ...]]) -> bytes:
    """The workbook of these rows under the head."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("单子")
    for letter, width in zip("ABCDEFGHIJKLMN", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, word, is_bold=True) for word in HEAD])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cell(sheet: Any, value: str | int | None, *, is_bold: bool = False) -> Cell:
    """A cell that is text even when a farmer wrote =HYPERLINK(…)."""
    cell: Cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if is_bold:
        cell.font = Font(bold=True)
    return cell
