"""What is still wanting before a case can be passed on (转出去以前还差), so that nobody promises the farmer a day in vain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from office.application_case import CaseFile
from office.application_timeline import sentence, stop_at
from office.applications import ConsentKind, State
from office.working_days import due_after

NOT_CONFIRMED = "替他填的单子他还没核对：请他用回执编号核对，或者打印出来签字。"
NOT_AGREED = "他还没同意转给担保公司或银行：念给他听，同意了在“他同意了什么”里记。"
NO_RECEIVER = "名单上还没有担保公司，也没有银行：请管理员先在“人员”里加。"
NO_LIST = "文件没写要哪些材料：问清楚担保公司或银行要什么，再说收齐了。"


def wanting(file: CaseFile, handed_in: Iterable[str], *, has_receiver: bool) -> tuple[str, ...]:
    """One line for each thing, those first without which the case cannot be passed on; empty when nothing is."""
    agreed = file.consents.get(ConsentKind.PASS_ON)
    lines = [] if file.case.is_confirmed else [NOT_CONFIRMED]
    lines += [] if agreed is not None and agreed.is_given else [NOT_AGREED]
    lines += [] if has_receiver else [NO_RECEIVER]
    papers = file.case.entry.papers
    if papers is None:
        return (*lines, NO_LIST)
    uploaded = frozenset(handed_in)
    absent = [paper.name for paper in papers if paper.name not in uploaded]
    return (*lines, f"没有传上来：{'、'.join(absent)}。纸的您都看过、收好了，就不用传。") if absent else tuple(lines)


def promise(to: State, today: date, helper: str) -> str:
    """The sentence the farmer will read once the case is put into that state today."""
    stop = stop_at(to)
    return sentence(stop, due_after(today, stop.working_days), helper)
