"""The parts of a question that ask whether (要不要房产证，能报名吗): each answered in a line of its own."""

from __future__ import annotations

import re

from knowledge.base import KnowledgeBase
from knowledge.eligibility import Judged, Judgement, Verdict, VerdictOutcome, sweep
from knowledge.entries import Entry, Facet, Kind, Status
from knowledge.leading import filled
from knowledge.notes import is_from_the_news
from knowledge.question import Question, fold
from knowledge.rendering import PLACEHOLDER, ended, fill_or_say
from knowledge.text import normalise

PLACES = frozenset({"county", "town", "village"})
LONGEST_LABEL, MOST_PARTS, MOST_CONDITIONS = 12, 2, 3
_PART = re.compile(r"[，,。；;？?！!、\s]+")
_WHETHER = re.compile(
    "要不要|用不用|要弗要|需不需要|会不会|是不是|算不算|能不能|可不可以|[吗么]$|(?<=[要用需会]).{1,6}不$"
)
_MAY = re.compile(
    "(?:能不能|可不可以|能否)(?:办|贷|续|借|报|申请|领|拿|享受|参加|买|保|评|轮到|做|担保|参保|申报)"
    "|(?:能|可以|好|可)(?:够|去)?(?:再)?(?:办|贷|续|借|报名|报|申请|领|拿|享受|参加|评|申报|参保|投保)(?:到|上|得到)?(?:吗|么|不)$"
    "|(?:办|贷|报|申请|领|享受|参加|评)得(?:了|到|上)(?:吗|么|不)|够不够(?:条件|格|资格)|符不符合|符合.{0,4}[吗么]$"
)
_OPENS = re.compile("要不要|用不用|要弗要|需不需要|会不会|是不是|算不算|能不能|可不可以")
_ASKING = re.compile(
    "要不要|用不用|要弗要|需不需要|会不会|是不是|算不算|能不能|可不可以|能再|能|可以|一笔|[吗么不]$|^[要用需会]先?"
)
_TRUTH = re.compile("真的|真假|真个|骗")
_OVER = (Status.EXPIRED, Status.SUPERSEDED)


def asks_may(base: KnowledgeBase, question: Question) -> bool:
    """Whether some part of the question asks if the asker may have it."""
    return any(_MAY.search(fold(base, part)) for part in _PART.split(question.said) if part)


def may_line(base: KnowledgeBase, question: Question, entry: Entry) -> str | None:
    """能不能办 in one sentence from what was said of oneself, or None where the entry has no conditions."""
    if entry.kind is Kind.GUIDE or not (entry.conditions or entry.exclusions):
        return None
    status = entry.status_on(question.day)
    if status in _OVER:
        return f"能不能办：这一份已经{'过期' if status is Status.EXPIRED else '被新的替代'}，现在不能照它办，先问有没有新的。"
    rules = [prepared.rules for prepared in base.rule_book.entries if prepared.rules.entry.code == entry.code]
    verdicts = sweep(rules, question.facts, base.facts.known(question.facts, question.day), question.day)
    return next((_said(entry, verdict, question) for verdict in verdicts), None)


def part_lines(base: KnowledgeBase, question: Question, entry: Entry, *, alone: bool = False) -> tuple[str, ...]:
    """A line for every part that asks whether something is so and no facet answers; a lone part has none unless `alone`."""
    parts = [part for part in _PART.split(question.said) if part]
    if len(parts) < 2 and not alone:
        return ()
    found = []
    for part in parts:
        plain = fold(base, part)
        if _MAY.search(plain) or _TRUTH.search(plain) or not _WHETHER.search(plain):
            continue
        opens = _OPENS.search(part)
        label = part[opens.start() :] if opens is not None else part
        facet = base.asking.facet(fold(base, label))
        is_answered = facet is Facet.WHO and question.facet is Facet.WHO and not alone
        if len(label) <= LONGEST_LABEL and facet in (None, Facet.WHO) and not is_answered:
            found.append(f"{label}：{told_of(base, label, entry, question)}")
    return tuple(found[:MOST_PARTS])


def told_of(base: KnowledgeBase, label: str, entry: Entry, question: Question) -> str:
    """The sentence of an entry with most of the words a part asks about, beside those of the entry's own name."""
    named = normalise("".join((entry.title, *entry.aliases)))
    asked = _ASKING.sub(" ", fold(base, label))
    words = {word for part in asked.split() for word in base.lexicon.cut(part) if len(word) > 1 and word not in named}
    scored = [
        (sum(len(word) for word in words if word in normalise(PLACEHOLDER.sub(" ", text))), text)
        for told in entry.facets.values()
        for text in told
    ]
    best, text = max(scored, key=lambda pair: pair[0], default=(0, ""))
    told = filled(entry, [text], question.day) if best else ()
    return ended(told[0]) if told else "没看到写明，办的时候当面问清。"


def _said(entry: Entry, verdict: Verdict, question: Question) -> str | None:
    if verdict.outcome is VerdictOutcome.CLOSED:
        return None
    failed, met = verdict.of(Judgement.UNMET), [each for each in verdict.of(Judgement.MET) if not each.is_exclusion]
    if failed and is_from_the_news(entry) and all(set(each.facts) <= PLACES for each in failed):
        return f"能不能办：您那里的没查到，见到的报道只写了{'、'.join(entry.regions)}，先问当地。"
    if failed:
        return f"能不能办：按您说的，{_quoted(entry, failed, question)}这一条对不上，恐怕办不了；办理的人说了算。"
    open_ones = [each for each in verdict.judged if each.judgement is not Judgement.MET and not each.is_exclusion]
    left = f"还要看{_quoted(entry, open_ones, question)}" if open_ones else "写明的条件都对得上，可以去申请"
    if met:
        return f"能不能办：{_quoted(entry, met, question)}对得上；{left}。办理的人说了算。"
    return f"能不能办：要看{_quoted(entry, open_ones, question)}，对得上就可以去问、去申请。" if open_ones else None


def _quoted(entry: Entry, items: list[Judged] | tuple[Judged, ...], question: Question) -> str:
    day = entry.validity.reading_day(question.day)
    texts = [fill_or_say(entry, item.condition.text, day) for item in items[:MOST_CONDITIONS]]
    return "".join(f"“{text}”" for text in texts) + ("等" if len(items) > MOST_CONDITIONS else "")
