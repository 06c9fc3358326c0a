"""The first sentence about an entry: what was asked, the figures of the thing asked for before those of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.entries import NOT_STATED, Entry, Facet, Kind
from knowledge.focus import NO_FOCUS, Focus, figures_in
from knowledge.other_crops import NO_OTHER_CROPS, OtherCrops, summary_sentences
from knowledge.rendering import NO_RULE_THAT_DAY, ended, fill, status_text, summary_text
from knowledge.thresholds import Threshold
from knowledge.vocabulary import FACET_WORDS

LONGEST_LEAD, SHORT_FACET = 170, 110
MONEY = (Facet.AMOUNT, Facet.SUBSIDY)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question says beside the facet: what it dwells on, the printed line it asks about, and its sum."""

    focus: Focus = NO_FOCUS
    threshold: Threshold | None = None
    total: str | None = None
    also: tuple[Facet, ...] = ()
    others: OtherCrops = NO_OTHER_CROPS
    may: str | None = None
    parts: tuple[str, ...] = ()
    elsewhere: frozenset[str] = frozenset()  # sentences with the figures of another county than the asker's
    instead: str | None = None  # of a follow-up that asks whether: its own answer, in the place of the whole facet
    is_done: bool = False  # what the next step comes before (买之前先去问) is told as done


NOTHING_MORE = Asked()


@dataclass(frozen=True, slots=True)
class Lead:
    """The leading text, the sentences it has said, those (as written) it leaves for 展开, and the facets it has told."""

    text: str
    told: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    facets: tuple[Facet, ...] = ()


def lead_of(entry: Entry, facet: Facet | None, day: date, today: date, asked: Asked = NOTHING_MORE) -> Lead:
    """What is said first about `entry`: the printed line asked about, the facet, or the summary."""
    if asked.threshold is not None:
        line = asked.threshold
        return Lead(f"{ended(line.sentence)}{line.compared}——{entry.title}", frozenset({line.sentence}))
    if asked.instead is not None:
        return Lead(f"{asked.instead}——{entry.title}")
    if facet is None:
        return _summed_up(entry, day, asked)
    if facet is Facet.STATUS:
        note = f"。{entry.validity.note}" if entry.validity.note else ""
        return Lead(f"{entry.title}：{status_text(entry, today)}{note}")
    spoken = asked.focus.best(entry) if facet is Facet.WHO else None
    if spoken is not None and spoken is not Facet.WHO:
        return _spoken(entry, spoken, day, asked.focus)
    about = facet
    facets = _facets_told(entry, about)
    raw = [text for each in facets for text in entry.facets.get(each, ())]
    others = frozenset(asked.others.sentences)
    aside = asked.focus.aside(entry, [text for text in raw if text not in others] or raw) | others
    aside |= asked.elsewhere if any(text not in aside | asked.elsewhere for text in raw) else frozenset()
    kept = [text for text in asked.focus.first(entry, raw) if text not in aside]
    whole = filled(entry, kept, day)
    told = _fitting(whole)
    is_of_others = any(text in others for text in raw) and not any(figures_in(entry, text) for text in kept)
    silent = "" if is_of_others else ended(NO_RULE_THAT_DAY if raw else NOT_STATED)
    text = (asked.others.note(raw) if is_of_others else "") + ("".join(ended(sentence) for sentence in told) or silent)
    text += "还有的点“展开全部”。" if len(told) < len(whole) else ""
    return Lead(
        f"{FACET_WORDS[about]}{_of_year(entry, told, day)}：{text}——{entry.title}", frozenset(told), aside, facets
    )


def _summed_up(entry: Entry, day: date, asked: Asked) -> Lead:
    """The summary, without its figures for crops that are not the asker's; that they are left out is said instead."""
    others = frozenset(asked.others.sentences)
    foreign = [text for text in summary_sentences(entry) if text in others and figures_in(entry, text)]
    if not foreign:
        return Lead(f"{entry.title}：{summary_text(entry, day)}")
    kept = filled(entry, [text for text in summary_sentences(entry) if text not in foreign], day)
    return Lead(f"{entry.title}：{''.join(ended(text) for text in kept)}{asked.others.left_out(foreign)}", aside=others)


def _spoken(entry: Entry, facet: Facet, day: date, focus: Focus) -> Lead:
    """The sentences that speak of what a yes-or-no question dwells on; the rest of their facet comes as its own line."""
    speaking = [text for text in entry.facets[facet] if focus.score(entry, text) > 0]
    others = [text for text in entry.facets[facet] if text not in speaking]
    told = filled(entry, focus.first(entry, speaking), day)
    whole = (*told, *(text for text in filled(entry, others, day) if text not in told))
    told = whole if len("".join(whole)) <= SHORT_FACET else told
    text = "".join(ended(sentence) for sentence in told) or ended(NO_RULE_THAT_DAY)
    aside = focus.aside(entry, [sentence for each in entry.facets.values() for sentence in each], measured=False)
    return Lead(f"{FACET_WORDS[facet]}{_of_year(entry, told, day)}：{text}——{entry.title}", frozenset(told), aside)


def year_of(entry: Entry) -> int | None:
    """The one year an entry is the rule of, or None for what holds longer or for an unknown time."""
    start, end = entry.validity.valid_from, entry.validity.valid_to
    if start is None:
        return None
    named = re.search(rf"{start.year} 年(?!起)", entry.title) is not None
    return start.year if (end is not None and end.year == start.year) or (end is None and named) else None


def _facets_told(entry: Entry, facet: Facet) -> tuple[Facet, ...]:
    """A policy's 补贴 and 额度 are one money: whichever is asked, both are told, what is paid out first."""
    if facet not in MONEY or entry.kind is not Kind.POLICY:
        return (facet,)
    order = MONEY[::-1] if "discount" in entry.subjects and facet is Facet.SUBSIDY else MONEY
    return tuple(each for each in order if entry.facets.get(each)) or (facet,)


def _fitting(sentences: Sequence[str]) -> tuple[str, ...]:
    """As many sentences as are read in one breath; one at least, and no lone short rest is left out."""
    length, fitting = 0, 0
    for sentence in sentences:
        length += len(sentence)
        if length > LONGEST_LEAD:
            break
        fitting += 1
    return tuple(sentences[: max(fitting, 1)])


def filled(entry: Entry, sentences: Sequence[str], day: date) -> tuple[str, ...]:
    """Sentences with their figures as of `day`, each once; those without a figure for that day are left out."""
    reading_day = entry.validity.reading_day(day)
    texts = (fill(entry, sentence, reading_day) for sentence in sentences)
    return tuple(dict.fromkeys(text for text in texts if text is not None))


def _of_year(entry: Entry, told: Sequence[str], day: date) -> str:
    """（2021 年的规定）where the figures are those of one other year and the first sentence does not say which."""
    year = year_of(entry)
    if year is None or year == day.year or not told or str(year) in told[0]:
        return ""
    return f"（{year} 年的规定）"
