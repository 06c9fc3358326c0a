"""明年还有吗: what an entry says of a year to come, which is seldom more than until when it runs itself."""

from __future__ import annotations

import re
from datetime import date

from knowledge.entries import Entry, Facet, Status
from knowledge.question import Question
from knowledge.thresholds import asks_whether

NEXT_YEAR, YEAR_AFTER = re.compile("明年|来年|下一?年度?|过了年|过完年|开年|年后"), re.compile("后年")
_HIS_OWN = re.compile("(?:明年|来年|后年)[^，,。？?]{0,4}(?:到期|还款|还清|还完|毕业|退休|满|结婚|回来|回乡)")
_ASKS = re.compile("还(?:能|可以|有|会|办|发|补|给|算|作)|(?:有没有|有冇|有弗|会不会|办不办|发不发|给不给|补不补)")
GONE = (Status.EXPIRED, Status.SUPERSEDED)


def year_ahead(question: Question) -> int | None:
    """The year to come that a question asks about, or None; when one's own loan ends or child leaves school is no such."""
    if question.asked_year is not None and question.asked_year > question.today.year:
        return question.asked_year
    if _HIS_OWN.search(question.plain):
        return None
    if YEAR_AFTER.search(question.plain):
        return question.today.year + 2
    return question.today.year + 1 if NEXT_YEAR.search(question.plain) else None


def asks_whether_ahead(question: Question) -> bool:
    """Whether it is asked if there will still be something (明年补不补), rather than how much."""
    return question.facet is Facet.STATUS or _ASKS.search(question.plain) is not None or asks_whether(question.plain)


def ahead_text(entry: Entry, year: int, today: date) -> str:
    """What is known of `year`: until when the entry runs, and that no paper of that year has been seen."""
    status, end = entry.status_on(today), entry.validity.valid_to
    if status is Status.DRAFT:
        return f"{year} 年：这还是征求意见稿，没见到正式文件，不能当真。"
    if status in GONE:
        return f"{year} 年：这一份已经{'过期' if status is Status.EXPIRED else '被替代'}，{year} 年有没有，文件没写，没看到通知。"
    if end is None:
        return f"{year} 年：管到哪天文件没写，{year} 年的通知没看到，不能说一定有。"
    if end < date(year, 1, 1):
        return f"{year} 年：这一份只到 {end}；{year} 年有没有、多少，文件没写，没看到通知。"
    if end < date(year, 12, 31):
        return f"{year} 年：这一份写到 {end}，以后的没看到通知。"
    return f"{year} 年：这一份写到 {end}，还在里面；中间会不会改，办以前先问。"


def runs_through(entry: Entry, year: int, today: date) -> bool:
    """Whether an entry in force is printed to hold in `year`."""
    end = entry.validity.valid_to
    return entry.status_on(today) is Status.IN_FORCE and end is not None and end >= date(year, 1, 1)
