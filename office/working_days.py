"""Working days (工作日) and office hours: without public holidays, with the weekend days that are worked for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

WENZHOU = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = time(8, 30), time(17, 0)
HOURS = "周一到周五 8:30–17:00，节假日顺延"
KNOWN_YEARS = range(2020, 2041)


def is_working_day(day: date) -> bool:
    """Whether offices work: the State Council's calendar; of a year it has not announced yet, the legal holidays only."""
    return _calendar().is_working_day(day)


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=KNOWN_YEARS, expand=False)


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
