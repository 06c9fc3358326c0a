"""An entry on a day → lines of text, the same for every window."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from knowledge.answers import Line, LineKind
from knowledge.entries import NOT_STATED, Entry, Facet, Figure, Payee, Stage, Status
from knowledge.vocabulary import BOUNDS, FACET_WORDS, PAYEES, PERS, SOURCE_SEEN, STATUS_WORDS, UNITS

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
NO_RULE_THAT_DAY = "这个时间没有可用的规定"


def number_text(number: Decimal, unit: str) -> str:
    """A number with its unit as a person says it: 200000 yuan → 20 万元."""
    word, in_wan = UNITS[unit]
    for size, name in ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万")):
        if in_wan and abs(number) >= size and (number / size) == (number / size).quantize(Decimal("0.0001")):
            return f"{_plain(number / size)} {name}{word}"
    gap = "" if word in ("%", "℃") else " "
    return f"{_plain(number)}{gap}{word}"


def figure_text(figure: Figure) -> str:
    """A figure as one phrase: bound, period or unit it is counted per, number or range, ceiling."""
    if figure.value is not None:
        amount = number_text(figure.value, figure.unit)
    else:
        low, high = figure.low or Decimal(0), figure.high or Decimal(0)
        amount = f"{number_text(low, figure.unit)}–{number_text(high, figure.unit)}"
        word = UNITS[figure.unit][0]
        if amount.count(word) > 1 and f" {word}–" in amount:
            amount = amount.replace(f" {word}–", "–", 1)
    per = f"{PERS[figure.per]} " if figure.per else ""
    yearly = "年 " if figure.unit == "percent_per_year" else "月 " if figure.unit == "percent_per_month" else ""
    cap = f"（最高 {number_text(figure.cap_yuan, 'yuan')}）" if figure.cap_yuan is not None else ""
    return f"{per}{BOUNDS.get(figure.bound or '', '')}{yearly}{amount}{cap}"


def fill(entry: Entry, sentence: str, day: date) -> str | None:
    """`sentence` with its figures as of `day`; None when one of them has no value on that day."""
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        figure = entry.figure_on(match.group(1), day)
        if figure is None:
            missing = True
            return ""
        return figure_text(figure)

    filled = PLACEHOLDER.sub(put, sentence)
    return None if missing else _tidy(filled)


def fill_or_say(entry: Entry, sentence: str, day: date) -> str:
    """`sentence` with its figures; where one has no value on that day it says so in its place."""
    return fill(entry, sentence, day) or PLACEHOLDER.sub("（这个时间没有数）", sentence)


def facet_sentences(entry: Entry, facet: Facet, day: date) -> tuple[str, ...]:
    """What the entry says on a facet as of `day`; 文件没写, or that no rule covers the day, instead of nothing."""
    written = entry.facets.get(facet, ())
    if not written:
        return (NOT_STATED,)
    reading_day = entry.validity.reading_day(day)
    filled = [text for sentence in written if (text := fill(entry, sentence, reading_day)) is not None]
    return tuple(filled) or (NO_RULE_THAT_DAY,)


def status_text(entry: Entry, day: date) -> str:
    """The status in words with its dates; a lapsed draft is said to be both."""
    validity = entry.validity
    status = entry.status_on(day)
    if validity.stage is Stage.CONSULTATION:
        words = STATUS_WORDS[Status.DRAFT]
        if validity.valid_to is None:
            return words
        return f"{words}，{'原定' if status is Status.EXPIRED else '写明'} {validity.valid_to} 到期"
    words = STATUS_WORDS[status]
    if status is Status.NOT_YET:
        return f"{words}，{validity.valid_from} 起"
    if status is Status.EXPIRED:
        ended = validity.valid_to or validity.repealed_on
        return f"{words}：{validity.valid_to} 到期" if validity.valid_to else f"{words}：{ended} 起废止"
    if status is Status.IN_FORCE:
        return (
            f"{words}，到 {validity.valid_to}"
            if validity.valid_to
            else f"{words}（{validity.confirmed_on} 核对时还在执行）"
        )
    return words


def status_lines(entry: Entry, day: date, titles: dict[str, str]) -> list[Line]:
    """The banner: always there unless the entry is plainly in force."""
    status = entry.status_on(day)
    if status is Status.IN_FORCE and entry.validity.stage is Stage.ISSUED:
        return []
    successor = entry.validity.superseded_by
    text = f"【{status_text(entry, day)}】"
    if status is Status.SUPERSEDED and successor is not None:
        text += f"现在看：{titles.get(successor, successor)}。"
    elif status is Status.EXPIRED or entry.validity.stage is Stage.CONSULTATION:
        text += "下面是当时写的，不能当现行规定用。"
    elif status is Status.NOT_YET:
        text += "下面是以后的规定，现在还不能办。"
    return [Line(LineKind.STATUS, text)]


def payee_line(entry: Entry, day: date) -> list[Line]:
    """Who is really paid, when it is not the farmer who asks."""
    if Payee.FARMER in entry.payee or not entry.payee or entry.payee_note is None:
        return []
    note = fill_or_say(entry, entry.payee_note, entry.validity.reading_day(day))
    return [Line(LineKind.PAYEE, f"钱给谁：{'、'.join(PAYEES[payee] for payee in entry.payee)}。{note}")]


def summary_text(entry: Entry, day: date) -> str:
    """The plain summary as of `day`; sentences whose figures have no value on that day are left out."""
    reading_day = entry.validity.reading_day(day)
    parts = re.findall(r"[^。]*。|[^。]+$", entry.summary)
    return "".join(text for part in parts if (text := fill(entry, part, reading_day)) is not None)


def source_text(entry: Entry) -> str:
    """Document, number, clause, what was seen of it, and the day it was checked."""
    parts = []
    for source in entry.sources[:2]:
        number = f"（{source.document_no}）" if source.document_no else ""
        clause = f" {source.clause}" if source.clause else ""
        title = source.title if source.title.startswith("《") else f"《{source.title}》"
        seen = "" if source.seen == "original" else f"，{SOURCE_SEEN[source.seen]}"
        parts.append(f"{title}{number}{clause}{seen}")
    return f"来源：{'；'.join(parts)}。{entry.checked} 核对。"


def facet_line(entry: Entry, facet: Facet, day: date) -> str:
    """One facet as one line: 利率：…"""
    return f"{FACET_WORDS[facet]}：{''.join(_ended(text) for text in facet_sentences(entry, facet, day))}"


def papers_text(entry: Entry) -> str:
    """The checklist: each paper, who issues it, original or copy."""
    if entry.papers is None:
        return NOT_STATED
    papers = []
    for paper in entry.papers:
        notes = [note for note in (paper.form, paper.issuer) if note != NOT_STATED]
        papers.append(f"{paper.name}（{'，'.join(notes)}）" if notes else paper.name)
    return "；".join(papers) or "不用另交材料"


def when(status: Status) -> str:
    """How figures are introduced when the entry is not in force."""
    return "当时写的是 " if status in (Status.EXPIRED, Status.SUPERSEDED) else ""


def _ended(text: str) -> str:
    return text if text.endswith(("。", "？", "！", "；")) else f"{text}。"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tidy(text: str) -> str:
    """Spaces only between Chinese and digits or letters; none doubled, none beside punctuation."""
    text = re.sub(r" {2,}", " ", text)
    text = re.sub(r" (?=[，。；：、！？）】”])|(?<=[，。；：、！？（【“]) ", "", text)
    return text.strip()
