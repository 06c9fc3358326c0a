"""A list of cases as an Excel workbook; its cells can never run as formulas."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

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
