"""What must be said beside an entry: the day it is read for, a place it does not cover, the facts that were heard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from knowledge.answers import Line, LineKind
from knowledge.coverage import WIDE, counties_of, covers
from knowledge.entries import Entry
from knowledge.hearing import to_json
from knowledge.leading import year_of
from knowledge.quantities import Kind as QuantityKind
from knowledge.quantities import find_quantities
from knowledge.question import Question
from knowledge.rendering import number_text, status_text
from knowledge.vocabulary import COUNTIES

RATE_THEN_MORE = re.compile(
    r"([年月]息[是为]?[一二两三四五六七八九\d]分[一二三四五六七八九]?)(?=[合算能行可高是借贷])"
)  # 月息两分合不合法
SPOKEN_RATE = re.compile(r"[分厘息万]")
UNITS: dict[str, str] = {"area_mu": "mu", "amount_yuan": "yuan", "term_months": "month", "age": "years_of_age"}
BEFORE: dict[str, str] = {"amount_yuan": "想要 ", "term_months": "用 "}
TOLD = ("county", "town", "crop", "area_mu", "amount_yuan", "applicant_type", "term_months", "age", "location")


def notes_on(entry: Entry, question: Question, *, rates: bool = True) -> list[Line]:
    """The notes that go with an entry for this asker; without `rates` what a spoken rate is has been said."""
    notes = []
    if rates and "credit" in entry.subjects:
        notes += [Line(LineKind.NOTE, text) for text in spoken_rates(question.said)]
    heard = heard_text(question)
    if heard:
        notes.append(Line(LineKind.HEARD, f"听到您说：{heard}。说错了可以再说一遍，或点“忘掉”。"))
    return notes


def place_notes(entry: Entry, question: Question) -> list[Line]:
    """What must be read before the figures: that the entry does not hold where the asker is."""
    warning = place_note(entry, question.facts)
    return [Line(LineKind.NOTE, warning)] if warning is not None else []


def time_notes(entry: Entry, question: Question) -> list[Line]:
    """What must be read before the figures: that they are of another year than asked, or how it stood that day."""
    year = year_of(entry)
    if question.asked_year is not None and year not in (None, question.asked_year):
        asked = f"{question.asked_year} 年"
        return [Line(LineKind.NOTE, f"您问的是 {asked}；这里写的是 {year} 年的规定，{asked}的没核到。")]
    if question.asked_day is not None and question.asked_day <= question.today:
        then = status_text(entry, question.asked_day).replace("现行有效", "当时有效")
        return [Line(LineKind.NOTE, f"您问的是 {question.asked_day} 那时候：{then}。")]
    return []


def spoken_rates(text: str) -> list[str]:
    """月息三分 said as a yearly rate; 三分利 without its period in both its readings."""
    said = []
    for rate in find_quantities(RATE_THEN_MORE.sub(r"\1，", text)):
        if rate.kind is not QuantityKind.RATE or not SPOKEN_RATE.search(rate.text):
            continue
        if rate.readings:
            year, month = (number_text(reading.low, "percent") for reading in rate.readings)
            said.append(f"“{rate.text}”按月息算，一年是 {month}；按年息算，一年是 {year}。先问清是月息还是年息。")
        elif rate.value is not None:
            said.append(f"“{rate.text}”就是一年 {number_text(rate.value, 'percent')}。")
    return said


def place_note(entry: Entry, facts: Mapping[str, Any]) -> str | None:
    """A sentence when the asker's place is not the entry's; the entry is marked, never dropped."""
    where = "、".join(entry.regions)
    county, location = facts.get("county"), facts.get("location")
    if isinstance(county, str) and county in COUNTIES:
        if covers(entry, county):
            return None
        if is_from_the_news(entry) and counties_of(entry):
            return f"注意：这里写的是{where}的，您说的{county}有没有，没查到。"
        return f"注意：这一条只管{where}，您说的{county}不在里面。"
    if isinstance(location, str) and location:
        inside = (
            "全国" in entry.regions or ("浙江省" in entry.regions and location.startswith("浙江")) or location in where
        )
        return None if inside else f"注意：这一条只管{where}，您说的{location}不在里面。"
    outside = set(WIDE).isdisjoint(entry.regions) and not counties_of(entry)
    return f"注意：这是{where}的规定，不是温州的。" if outside else None


def is_from_the_news(entry: Entry) -> bool:
    """Whether only reports were seen of an entry: that they tell of one place says nothing of any other."""
    return bool(entry.sources) and all(source.seen == "press" for source in entry.sources)


def heard_text(question: Question) -> str:
    """The facts heard in this question, said back in plain words."""
    return "，".join(_told(key, question) for key in TOLD if key in question.heard)


def _told(key: str, question: Question) -> str:
    value = to_json({key: question.heard[key]})[key]
    if isinstance(value, Mapping):
        return f"“{question.heard[key].text}”（有不止一种读法，请说清楚）"
    parts = [_with_unit(key, part) for part in value] if isinstance(value, list) else [_with_unit(key, value)]
    return BEFORE.get(key, "") + "到 ".join(parts)


def _with_unit(key: str, value: object) -> str:
    return number_text(Decimal(str(value)), UNITS[key]) if key in UNITS else str(value)
