"""One entry of a result in words: its one line, then every condition with ✓ ✗ ？, what one change would do, who decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from knowledge.answers import Action, Button, Line, LineKind, Verb
from knowledge.check_views import Item
from knowledge.checkup import Finding, Group
from knowledge.eligibility import JUDGEMENT_WORDS, Judged, Judgement
from knowledge.entries import Entry, Stage, Status
from knowledge.fact_words import fact_label, value_words
from knowledge.rendering import fill_or_say, payee_line, source_text, status_text
from knowledge.rule_book import RuleBook

_NAMED = 3
_BROKEN = "有一项暂时判断不了，已经告诉工作人员"


def item_of(finding: Finding, book: RuleBook) -> Item:
    """What the result says about an entry."""
    entry = finding.entry
    return Item(
        code=entry.code,
        title=entry.title,
        group=finding.group,
        outcome=outcome_text(finding, book),
        own=Button("这个我已经有了", Action(Verb.CHECK_STEP, "own", entry.code)),
        tell=lambda: tuple(_details(finding, book)),
    )


def outcome_text(finding: Finding, book: RuleBook) -> str:
    """The entry's one line: status words first when it is not plainly in force, then where it stands and why."""
    entry, day = finding.entry, finding.verdict.on
    is_plain = entry.status_on(day) is Status.IN_FORCE and entry.validity.stage is Stage.ISSUED
    banner = "" if is_plain else f"【{status_text(entry, day)}】"
    broken = f"；{_BROKEN}" if finding.broken else ""
    outside = f"；管的是{'、'.join(entry.regions)}，您不在那里" if finding.is_outside else ""
    return f"{banner}{entry.title}：{_reason(finding, book)}{broken}{outside}"


def _reason(finding: Finding, book: RuleBook) -> str:
    entry, group = finding.entry, finding.group
    if group is Group.LIKELY:
        return "可能符合，可以去申请"
    if group is Group.CLOSED:
        return "现在不在有效期，办不了"
    if group is Group.NEARLY:
        return f"差一点：{finding.near[0].text}"
    if group is Group.OPEN:
        labels = [fact_label(book.declared.get(key), key) for key in finding.missing]
        more = "等" if len(labels) > _NAMED else ""
        return f"还差 {len(labels)} 项：{'、'.join(labels[:_NAMED])}{more}"
    if group is Group.NOT:
        failed = finding.verdict.of(Judgement.UNMET)[0]
        sentence = _sentence(entry, failed, finding.verdict.on)
        return f"可能不符合：{sentence}" if failed.is_exclusion else f"可能不符合：“{sentence}”这一条对不上"
    questions = [_filled(entry, item, finding.verdict.on) for item in finding.verdict.of(Judgement.ASK_STAFF)]
    if questions:
        return f"先问一声：{'；'.join(questions)}"
    if finding.broken:
        return "还说不准"
    return "您说的条件都对得上，但现在还办不办要问一声"


def _details(finding: Finding, book: RuleBook) -> Iterator[Line]:
    entry, day = finding.entry, finding.entry.validity.reading_day(finding.verdict.on)
    yield from payee_line(entry, finding.verdict.on)
    for judged in finding.verdict.judged:
        yield Line(LineKind.DETAIL, _condition_text(judged, finding, book))
    for miss in finding.near:
        yield Line(LineKind.NOTE, f"差一点：{miss.text}。")
    if finding.group in (Group.LIKELY, Group.ASK, Group.OPEN, Group.NEARLY):
        yield Line(LineKind.NEXT, f"下一步：{fill_or_say(entry, entry.next_step, day)}")
    yield Line(LineKind.NOTE, f"由谁最终认定：{fill_or_say(entry, entry.decides, day)}。")
    yield Line(LineKind.SOURCE, source_text(entry))


def _condition_text(judged: Judged, finding: Finding, book: RuleBook) -> str:
    """✗ 种草莓（第二条）——您说的：种养什么 枇杷."""
    entry, day = finding.entry, finding.verdict.on
    mark = JUDGEMENT_WORDS[judged.judgement]
    gap = " " if len(mark) == 1 else "："
    clause = judged.condition.clause or entry.sources[judged.condition.source].title
    return f"{mark}{gap}{_sentence(entry, judged, day)}（{clause}）{_because(judged, finding, book)}"


def _because(judged: Judged, finding: Finding, book: RuleBook) -> str:
    declared = book.declared
    if judged.judgement is Judgement.UNMET:
        known = finding.verdict.known
        said = [
            f"{fact_label(declared.get(key), key)} {value_words(declared[key], known[key])}"
            for key in judged.facts
            if key in known and key in declared
        ]
        return f"——您说的：{'、'.join(said)}" if said else ""
    if judged.judgement is Judgement.MISSING:
        asked = dict.fromkeys(declared.asked_as(key) for key in judged.unknown)
        return f"——还不知道：{'、'.join(fact_label(declared.get(key), key) for key in asked)}"
    return ""


def _sentence(entry: Entry, judged: Judged, day: date) -> str:
    """The condition's sentence; of an exclusion, whether it stands in the way."""
    text = _filled(entry, judged, day)
    if not judged.is_exclusion:
        return text
    if judged.judgement is Judgement.MET:
        return f"没有“{text}”这种情况"
    return f"有“{text}”这种情况，不能办" if judged.judgement is Judgement.UNMET else f"有没有“{text}”这种情况"


def _filled(entry: Entry, judged: Judged, day: date) -> str:
    return fill_or_say(entry, judged.condition.text, entry.validity.reading_day(day))
