"""Working days (工作日) and office hours: Monday to Friday; public holidays are announced yearly and not known here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WENZHOU = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = time(8, 30), time(17, 0)
HOURS = "周一到周五 8:30–17:00，节假日顺延"
SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < SATURDAY


def is_open(now: datetime) -> bool:
    """Whether someone is at the desk at this moment."""
    here = now.astimezone(WENZHOU)
    return is_working_day(here.date()) and OPENS <= here.time() < CLOSES


def opens_next(now: datetime) -> datetime:
    """The next moment the desk opens, after `now`."""
    here = now.astimezone(WENZHOU)
    day = here.date()
    if not (is_working_day(day) and here.time() < OPENS):
        day = _next(day)
    return datetime.combine(day, OPENS, WENZHOU)


def after_working_days(now: datetime, days: int) -> datetime:
    """The end of office hours `days` working days on; what comes out of hours counts from the next opening."""
    start = now if is_open(now) else opens_next(now)
    return datetime.combine(due_after(start.astimezone(WENZHOU).date(), days), CLOSES, WENZHOU)


def due_after(day: date, days: int) -> date:
    """The day so many working days after `day`."""
    for _ in range(days):
        day = _next(day)
    return day


def _next(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
