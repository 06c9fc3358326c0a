"""An entry on a day → lines of text, the same for every window."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from knowledge.answers import Line, LineKind
from knowledge.entries import NOT_STATED, Entry, Facet, Figure, Payee, Stage, Status
from knowledge.vocabulary import BOUNDS, FACET_WORDS, PAYEES, PERS, SOURCE_SEEN, STATUS_WORDS, UNITS

PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")
ALREADY_SAID = 8  # characters before a figure that may already say 每户, 最高 or 年
NO_RULE_THAT_DAY = "这个时间没有可用的规定"


def number_text(number: Decimal, unit: str) -> str:
    """A number with its unit as a person says it: 200000 yuan → 20 万元."""
    word, in_wan = UNITS[unit]
    for size, name in ((Decimal(10**12), "万亿"), (Decimal(10**8), "亿"), (Decimal(10**4), "万")):
        if in_wan and abs(number) >= size and (number / size) == (number / size).quantize(Decimal("0.0001")):
            return f"{plain(number / size)} {name}{word}"
    gap = "" if word in ("%", "℃") else " "
    return f"{plain(number)}{gap}{word}"


def range_text(low: Decimal, high: Decimal, unit: str) -> str:
    """A range; the unit is said once when both ends share it (10–300 万元, but 2000 元–15 万元)."""
    first, last = number_text(low, unit), number_text(high, unit)
    number, _, word = first.partition(" ")
    return f"{number}–{last}" if word and last.endswith(f" {word}") else f"{first}–{last}"


def figure_text(figure: Figure, before: str = "") -> str:
    """A figure as one phrase: per what, bound, number or range, ceiling; what `before` already says is not said again."""
    if figure.value is not None:
        amount = number_text(figure.value, figure.unit)
    else:
        amount = range_text(figure.low or Decimal(0), figure.high or Decimal(0), figure.unit)
    said = before[-ALREADY_SAID:]
    lead = [PERS[figure.per]] if figure.per and PERS[figure.per] not in said else []
    bound = BOUNDS.get(figure.bound or "", "").strip()
    lead += [bound] if bound and bound not in said and not _says_bound(figure.bound, said) else []
    period = {"percent_per_year": "一年", "percent_per_month": "一个月"}.get(figure.unit, "")
    lead += [period] if period and period[-1] not in said else []
    cap = f"（最高 {number_text(figure.cap_yuan, 'yuan')}）" if figure.cap_yuan is not None else ""
    return f"{''.join(lead)} {amount}{cap}".strip()


def _says_bound(bound: str | None, said: str) -> bool:
    words = {
        "at_most": ("最多", "不超过", "不高于", "上限", "最长", "以内", "封顶"),
        "at_least": ("不少于", "不低于", "最少", "起码"),
    }
    return any(word in said for word in words.get(bound or "", ()))


def fill(entry: Entry, sentence: str, day: date) -> str | None:
    """`sentence` with its figures as of `day`; None when one of them has no value on that day."""
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        figure = entry.figure_on(match.group(1), day)
        if figure is None:
            missing = True
            return ""
        return figure_text(figure, sentence[: match.start()])

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
        if validity.repealed_by_then and validity.valid_to is None:
            return "已废止，哪天废止的没写"
        ended = validity.valid_to or validity.repealed_on
        return f"{words}：{validity.valid_to} 到期" if validity.valid_to else f"{words}：{ended} 起废止"
    if status is Status.IN_FORCE:
        return (
            f"{words}，到 {validity.valid_to}"
            if validity.valid_to
            else f"{words}，没写到哪天；{validity.confirmed_on} 看到还在执行"
        )
    return words


def status_lines(entry: Entry, day: date, titles: dict[str, str]) -> list[Line]:
    """The banner: always there unless the entry is plainly in force."""
    status = entry.status_on(day)
    if status is Status.IN_FORCE and entry.validity.stage is Stage.ISSUED:
        return []
    successor = entry.validity.superseded_by
    old = "老文件，" if entry.validity.historic and status is Status.UNKNOWN else ""
    text = f"【{old}{status_text(entry, day)}】"
    if status is Status.SUPERSEDED and successor is not None:
        text += f"现在看：{titles.get(successor, successor)}。"
    elif status is Status.EXPIRED or entry.validity.stage is Stage.CONSULTATION:
        text += "下面是当时写的，不能当现行规定用。"
    elif status is Status.NOT_YET:
        text += "下面是以后的规定，现在还不能办。"
    elif "fraud" in entry.subjects:
        year = entry.sources[0].date[:4] if entry.sources and entry.sources[0].date else ""
        text += f"{f'{year} 年的' if year else ''}提醒没写管到哪天，现在照样要当心。"
    return [Line(LineKind.STATUS, text)]


def payee_line(entry: Entry, day: date, *, who_asked: bool = False) -> list[Line]:
    """Who is really paid, when it is not the farmer; to whom asks 我能领吗 (`who_asked`) it first says that he is not."""
    if Payee.FARMER in entry.payee or not entry.payee:
        return []
    names = "、".join(PAYEES[payee] for payee in entry.payee)
    nobody = entry.payee == (Payee.OTHER,)
    refusal = f"您领不到，这笔钱给{names}。" if who_asked and not nobody and Payee.FIRM not in entry.payee else ""
    if entry.payee_note is None:
        return [Line(LineKind.PAYEE, refusal)] if refusal else []
    note = fill_or_say(entry, entry.payee_note, entry.validity.reading_day(day))
    return [Line(LineKind.PAYEE, f"{refusal or ('钱的事：' if nobody else f'钱给谁：{names}。')}{note}")]


def until_line(entry: Entry, day: date) -> list[Line]:
    """Until when an entry holds that is plainly in force and has an end; every other status stands in the banner."""
    if status_lines(entry, day, {}) or entry.validity.valid_to is None:
        return []
    return [Line(LineKind.NOTE, f"{status_text(entry, day)}。")]


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
    return f"{FACET_WORDS[facet]}：{''.join(ended(text) for text in facet_sentences(entry, facet, day))}"


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


def ended(text: str) -> str:
    """A sentence with its end."""
    return text if text.endswith(("。", "？", "！", "；")) else f"{text}。"


def plain(number: Decimal) -> str:
    """A number as given, without an exponent and without idle zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tidy(text: str) -> str:
    """Spaces only between Chinese and digits or letters; none doubled, none beside punctuation."""
    text = re.sub(r" {2,}", " ", text)
    text = re.sub(r" (?=[，。；：、！？）】”])|(?<=[，。；：、！？（【“]) ", "", text)
    return text.strip()
