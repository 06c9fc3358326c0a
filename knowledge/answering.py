"""question + memory → Answer: straight down from what was said to what is replied.

The outcomes: a fraud warning first, then a comparison, a follow-up on the entry at hand, a topic that is not ours,
and last the ranking with its two thresholds: answer, suggest, or say that nothing fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.dates import find_dates
from knowledge.entries import Entry, Facet, Status
from knowledge.glossary import definition_asked
from knowledge.hearing import HeardFact, hear, to_json
from knowledge.matching import Ranking
from knowledge.replies import (
    Reply,
    comparison,
    entry_buttons,
    suggestion_buttons,
    suggestion_lines,
)  # fmt: skip
from knowledge.text import normalise, simplified_table, strip_fillers
from knowledge.vocabulary import COUNTIES, SUBJECTS, URBAN

LONGEST_QUESTION = 500
SURE_ENOUGH_TO_OVERRULE_A_TOPIC = 0.9
FEW_OWN_CHARACTERS = 7
SHORTEST_NAME = 3
NEAR_SUBJECTS = ("guarantee", "loan", "subsidy", "insurance")


@dataclass(frozen=True, slots=True)
class Memory:
    """What a chat was talking about; `facts` are JSON values as in `Answer.facts`."""

    entry: str | None = None
    facet: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    asked: str | None = None


@dataclass(frozen=True)
class _Question:
    """One question made ready: as said, folded, its facts and the day it is about."""

    said: str
    folded: str
    plain: str
    facet: Facet | None
    heard: dict[str, HeardFact]
    facts: dict[str, Any]
    day: date
    about_day: bool


def answer(base: KnowledgeBase, text: str, memory: Memory, today: date) -> tuple[Answer, Memory]:
    """The reply to `text` and what is remembered; `today` is the day the answer is for."""
    question = _read(base, text[:LONGEST_QUESTION], memory, today)
    memory = replace(memory, facts=question.facts)
    if not question.plain:
        return _done(base, question, _ask_again(base, question)), memory
    if base.asking.forget.match(question.plain):
        said = Answer(
            Outcome.NO_MATCH,
            (Line(LineKind.NOTE, "好的，前面说的都忘掉了。您想问哪个政策或贷款？"),),
            buttons=_subjects(),
        )
        return _done(base, question, said), Memory()
    chosen = _chosen(base, question, memory)
    if chosen is not None:
        return _answer_entry(base, question, chosen, memory, Ranking((), 1.0, 1.0))
    fraud = base.fraud.find(question.plain)
    if fraud is not None:
        return _warn(base, question, fraud), replace(memory, entry=None)
    sides = base.asking.sides(question.plain)
    compared = _compared(base, sides)
    if compared is not None:
        return _compare(base, question, compared), replace(memory, entry=compared[0].code, asked=text)
    ranking = rank(base, question.plain, question.facts)
    if _follows(base, question, memory, ranking):
        return _follow(base, question, memory)
    return _decide(base, question, memory, ranking)


def rank(base: KnowledgeBase, plain: str, facts: Mapping[str, Any], k: int = 10) -> Ranking:
    """The entries for a folded question; place and crop of the asker and the kind of entry take part as priors."""
    return base.index.rank(plain, k, adjust=_priors(base, facts))


def fold(base: KnowledgeBase, text: str) -> str:
    """The question as the matcher sees it: simplified, dialect words in common speech, fillers off."""
    simple = text.translate(simplified_table())
    return strip_fillers(normalise(base.dialect.translate(simple)), base.index.model.fillers)


def press(base: KnowledgeBase, action: Action, memory: Memory, today: date) -> tuple[Answer, Memory]:
    """The reply to a button; one that leads nowhere any more says so kindly."""
    entry = base.entries.get(action.target)
    question = _Question("", "", "", None, {}, dict(memory.facts), today, about_day=False)
    if action.verb in (Verb.ENTRY, Verb.FACET, Verb.MORE) and entry is not None:
        facet = Facet(action.detail) if action.detail in list(Facet) else None
        reply = _entry_reply(base, replace(question, facet=facet), entry, Ranking((), 1.0, 1.0))
        if action.verb is Verb.MORE:
            reply = replace(
                reply,
                lines=(*reply.lines[:1], *reply.more) if reply.lines[0].kind is LineKind.STATUS else reply.more,
                more=(),
            )
        return reply, replace(memory, entry=entry.code, facet=facet.value if facet else None, offered=())
    if action.verb is Verb.NONE_OF_THESE:
        lines = (
            Line(LineKind.NOTE, "都不是的话，请换个说法：在哪个县、做什么、想要贷款、补贴还是保险？"),
            *_person_lines(),
        )
        return _done(base, question, Answer(Outcome.NO_MATCH, lines, buttons=_subjects())), replace(memory, offered=())
    if action.verb is Verb.PERSON:
        return _done(
            base, question, Answer(Outcome.REFER, _person_lines(), topic="person", buttons=_subjects())
        ), memory
    if action.verb is Verb.FORGET:
        said = Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, "好的，您说过的情况都忘掉了。"),), buttons=_subjects())
        return _done(base, question, said), Memory(entry=memory.entry)
    if action.verb is Verb.WORD and action.target.isdigit() and int(action.target) < len(base.glossary):
        word = list(base.glossary)[int(action.target)]
        return _done(
            base, question, Answer(Outcome.ANSWER, (Line(LineKind.LEAD, f"{word}：{base.glossary[word]}"),))
        ), memory
    if action.verb in (Verb.BROWSE, Verb.HOME):
        menu = base.catalogue.menu(action.target, today)
        return _done(
            base, question, Answer(Outcome.SUGGEST, (Line(LineKind.TITLE, menu.title),), buttons=menu.choices)
        ), memory
    said = Answer(
        Outcome.NO_MATCH,
        (Line(LineKind.NOTE, "这个按钮是旧的，对应的内容已经换了。请直接打字问，或者重新找。"),),
        buttons=_subjects(),
    )
    return _done(base, question, said), memory


def sheet(base: KnowledgeBase, code: str, day: date) -> Answer:
    """The whole page of an entry: first reply and the rest in one. Raises `LookupError` for an unknown code."""
    entry = base.entries.get(code)
    if entry is None:
        raise LookupError(code)
    reply = Reply(entry, day, None, base.titles)
    return Answer(
        Outcome.ANSWER,
        reply.lines,
        reply.more,
        entry_buttons(entry, None),
        (code,),
        entry.status_on(day),
        version=base.version,
        on=day,
    )


def _read(base: KnowledgeBase, text: str, memory: Memory, today: date) -> _Question:
    simple = base.dialect.translate(text.translate(simplified_table()))
    plain = fold(base, text)
    heard = hear(simple, base.places, base.crops, today)
    facts = {**memory.facts, **to_json(heard)}
    asked_day = _day_asked(simple, heard, today)
    facet = base.asking.facet(simple.lower())
    return _Question(text, simple, plain, facet, heard, facts, asked_day or today, asked_day is not None)


def _day_asked(text: str, heard: Mapping[str, HeardFact], today: date) -> date | None:
    """The past or future day a question is about (2023年秋天, 去年), unless the date tells a fact of the person."""
    if any(key.endswith(("_on", "_year")) for key in heard):
        return None
    spans = [span for span in find_dates(text, today) if (span.end - span.start).days <= 366]
    if len(spans) != 1:
        return None
    span = spans[0]
    if span.start <= today <= span.end:
        return None
    before = text[: text.find(span.text)] if span.text in text else ""
    asks_of_that_time = any(
        word in text for word in ("那年", "当时", "那时", "行不行", "能不能", "还能", "可以", "有没有", "有效", "多少")
    )
    return span.end if asks_of_that_time and len(before) <= 12 else None


def _priors(base: KnowledgeBase, facts: Mapping[str, Any]) -> dict[str, float]:
    county, crop, location = facts.get("county"), facts.get("crop"), facts.get("location")
    return {code: _prior(entry, county, crop, location) for code, entry in base.entries.items()}


def _prior(entry: Entry, county: Any, crop: Any, location: Any) -> float:
    """Log-odds: an entry of the asker's own county or crop gains, one bound to another loses, none is dropped."""
    score = 0.0
    bound = [region for region in entry.regions if region in COUNTIES]
    if isinstance(county, str) and bound:
        score += 0.7 if county in bound else -0.9
    if location and bound:
        score -= 0.3
    if isinstance(crop, str) and entry.crops:
        score += 0.5 if crop in entry.crops else -0.5
    if entry.validity.superseded_by is not None or entry.validity.historic:
        score -= 0.3
    return score


def _chosen(base: KnowledgeBase, question: _Question, memory: Memory) -> Entry | None:
    match = base.asking.choose.match(question.plain)
    if match is None or not memory.offered:
        return None
    place = {"一": 1, "二": 2, "三": 3}.get(match.group(2)) or int(match.group(2))
    return base.entries.get(memory.offered[place - 1]) if place <= len(memory.offered) else None


def _follows(base: KnowledgeBase, question: _Question, memory: Memory, ranking: Ranking) -> bool:
    """Whether a short question without a subject of its own goes on about the entry at hand."""
    if memory.entry not in base.entries or base.topics.find(question.plain) is not None:
        return False
    own = base.asking.pronouns.sub("", question.plain)
    if len(own) > FEW_OWN_CHARACTERS + 5:
        return False
    names_other = ranking.candidates and ranking.candidates[0].id != memory.entry and _is_named(base, own, ranking)
    return not names_other and (base.asking.bare_facet(own) is not None or bool(question.heard))


def _is_named(base: KnowledgeBase, own: str, ranking: Ranking) -> bool:
    """Whether the question names the best entry by a word of its own names rather than by asking words alone."""
    if ranking.confidence >= 0.6 and len(own) > FEW_OWN_CHARACTERS:
        return True
    return _names(base.entries[ranking.candidates[0].id], own)


def _alone_is_named(base: KnowledgeBase, plain: str, ranking: Ranking) -> bool:
    """Whether the question says a name of the best entry and of no other near it (石斛贷 in 石斛贷利息多少)."""
    named = [candidate.id for candidate in ranking.candidates[:5] if _names(base.entries[candidate.id], plain)]
    return bool(named) and named == [ranking.candidates[0].id]


def _names(entry: Entry, plain: str) -> bool:
    return any(len(name) >= SHORTEST_NAME and normalise(name) in plain for name in (*entry.aliases, entry.title))


def _follow(base: KnowledgeBase, question: _Question, memory: Memory) -> tuple[Answer, Memory]:
    own = base.asking.pronouns.sub("", question.plain)
    current = base.entries[memory.entry or ""]
    turned = {"county", "crop", "applicant_type", "applicant"} & question.heard.keys()
    if turned and memory.asked:
        ranking = rank(base, f"{own} {fold(base, memory.asked)}", question.facts)
        if ranking.candidates:
            current = base.entries[ranking.candidates[0].id]
    facet = question.facet or base.asking.bare_facet(own)
    if facet is None and memory.facet in list(Facet):
        facet = Facet(memory.facet or "")
    return _answer_entry(base, replace(question, facet=facet), current, memory, Ranking((), 1.0, 1.0))


def _decide(base: KnowledgeBase, question: _Question, memory: Memory, ranking: Ranking) -> tuple[Answer, Memory]:
    model = base.index.model
    word = definition_asked(question.plain, base.glossary)
    topic = base.topics.find(question.plain)
    if topic is not None and ranking.confidence < SURE_ENOUGH_TO_OVERRULE_A_TOPIC:
        number = f"，电话 {topic.phone}" if topic.phone else ""
        lines: tuple[Line, ...] = (
            Line(LineKind.LEAD, topic.reply),
            Line(LineKind.NEXT, f"请问：{topic.office}{number}。"),
            Line(LineKind.NOTE, "我们这里只查惠农政策、农贷和担保。"),
        )
        return _done(
            base,
            question,
            Answer(Outcome.REFER, lines, topic=topic.key, buttons=_subjects(), confidence=ranking.confidence),
        ), replace(memory, entry=None)
    clear = ranking.margin >= model.margin_at or ranking.confidence >= SURE_ENOUGH_TO_OVERRULE_A_TOPIC
    named = ranking.confidence >= model.suggest_at and _alone_is_named(base, question.plain, ranking)
    if named or (ranking.confidence >= model.answer_at and clear):
        return _answer_entry(base, question, base.entries[ranking.candidates[0].id], memory, ranking, word)
    if word is not None:
        lines = (Line(LineKind.LEAD, f"{word}：{base.glossary[word]}"),)
        near = (
            tuple(candidate.id for candidate in ranking.candidates[:2])
            if ranking.confidence >= model.suggest_at
            else ()
        )
        buttons = suggestion_buttons([base.entries[code] for code in near], question.day)[:-1] if near else _subjects()
        return _done(
            base, question, Answer(Outcome.ANSWER, lines, entries=near, buttons=buttons, confidence=ranking.confidence)
        ), memory
    if ranking.confidence >= model.suggest_at and ranking.candidates:
        return _suggest(base, question, memory, ranking)
    return _done(base, question, replace(_ask_again(base, question), confidence=ranking.confidence)), replace(
        memory, entry=None
    )


def _answer_entry(
    base: KnowledgeBase, question: _Question, entry: Entry, memory: Memory, ranking: Ranking, word: str | None = None
) -> tuple[Answer, Memory]:
    said = _entry_reply(base, question, entry, ranking, word)
    facet = question.facet.value if question.facet else None
    asked = (
        question.said if question.heard or len(question.plain) > FEW_OWN_CHARACTERS else memory.asked or question.said
    )
    return said, replace(memory, entry=entry.code, facet=facet, offered=(), asked=asked)


def _entry_reply(
    base: KnowledgeBase, question: _Question, entry: Entry, ranking: Ranking, word: str | None = None
) -> Answer:
    notes = _notes(question, entry)
    if word is not None:
        notes = [Line(LineKind.NOTE, f"{word}：{base.glossary[word]}"), *notes]
    reply = Reply(entry, question.day, question.facet, base.titles, notes)
    others = tuple(candidate.id for candidate in ranking.candidates[1:3])
    return _done(
        base,
        question,
        Answer(
            Outcome.ANSWER,
            reply.lines,
            reply.more,
            entry_buttons(entry, question.facet),
            (entry.code, *others),
            entry.status_on(question.day),
            question.facet,
            confidence=ranking.confidence,
            runner_up=others[0] if others else None,
            matched=(ranking.candidates[0].matched,) if ranking.candidates else (),
        ),
    )


def _notes(question: _Question, entry: Entry) -> list[Line]:
    notes = []
    if question.about_day:
        notes.append(Line(LineKind.NOTE, f"按 {question.day} 那天看。"))
    county = question.facts.get("county")
    bound = [region for region in entry.regions if region in COUNTIES]
    outside = (
        entry.regions
        and not {"全国", "浙江省", "温州市"} & set(entry.regions)
        and not bound
        and "市区" not in entry.regions
    )
    if isinstance(county, str) and (
        (bound and county not in bound) or (entry.regions == ("市区",) and county not in URBAN)
    ):
        notes.append(Line(LineKind.NOTE, f"注意：这一条只管{'、'.join(entry.regions)}，您说的{county}不在里面。"))
    elif outside:
        notes.append(Line(LineKind.NOTE, f"注意：这是{'、'.join(entry.regions)}的规定，不是温州的。"))
    heard = _heard_text(question)
    if heard:
        notes.append(Line(LineKind.HEARD, f"听到您说：{heard}。说错了可以再说一遍，或点“忘掉”。"))
    return notes


HEARD_WORDS: dict[str, tuple[str, str]] = {
    "county": ("", ""), "crop": ("", ""), "area_mu": ("", " 亩"), "amount_yuan": ("想要 ", " 元"), "applicant_type": ("", ""), "term_months": ("用 ", " 个月"), "age": ("", " 岁"),
}  # fmt: skip


def _heard_text(question: _Question) -> str:
    parts = []
    for key, fact in question.heard.items():
        if key not in HEARD_WORDS:
            continue
        before, after = HEARD_WORDS[key]
        value = to_json({key: fact})[key]
        if isinstance(value, Mapping):
            parts.append(f"“{fact.text}”有两种读法，请说清楚")
        elif isinstance(value, list):
            parts.append(f"{before}{'–'.join(map(str, value))}{after}")
        else:
            parts.append(f"{before}{value}{after}")
    return "，".join(parts)


def _warn(base: KnowledgeBase, question: _Question, hit: Any) -> Answer:
    codes = tuple(code for code in hit.entries if code in base.entries)[:3]
    lines = [Line(LineKind.WARNING, f"小心，这像是骗局：{hit.name}。"), Line(LineKind.WARNING, hit.why)]
    lines += [Line(LineKind.DETAIL, text) for text in hit.advice]
    if codes:
        first = base.entries[codes[0]]
        lines.append(Line(LineKind.SOURCE, Reply(first, question.day, None, base.titles).lines[-2].text))
    buttons = tuple(Button(base.entries[code].title, Action(Verb.ENTRY, code)) for code in codes)
    status = base.entries[codes[0]].status_on(question.day) if codes else None
    return _done(
        base,
        question,
        Answer(Outcome.WARN, tuple(lines), entries=codes, status=status, buttons=buttons, confidence=1.0),
    )


def _compared(base: KnowledgeBase, sides: Sequence[str]) -> tuple[Entry, Entry] | None:
    """The two entries of a comparison, when both halves are recognised."""
    if len(sides) != 2:
        return None
    found = [base.index.rank(side, 2) for side in sides]
    if any(not ranking.candidates or ranking.confidence < base.index.model.suggest_at for ranking in found):
        return None
    one, two = (base.entries[ranking.candidates[0].id] for ranking in found)
    return (one, two) if one.code != two.code else None


def _compare(base: KnowledgeBase, question: _Question, pair: tuple[Entry, Entry]) -> Answer:
    lines, table = comparison(pair, question.day, base.titles)
    buttons = tuple(Button(entry.title, Action(Verb.ENTRY, entry.code)) for entry in pair)
    return _done(
        base,
        question,
        Answer(
            Outcome.ANSWER,
            lines,
            (),
            buttons,
            tuple(e.code for e in pair),
            pair[0].status_on(question.day),
            table=table,
            confidence=1.0,
        ),
    )


def _suggest(base: KnowledgeBase, question: _Question, memory: Memory, ranking: Ranking) -> tuple[Answer, Memory]:
    entries = [base.entries[candidate.id] for candidate in ranking.candidates[:3]]
    said = Answer(
        Outcome.SUGGEST,
        suggestion_lines(entries, question.day),
        (),
        suggestion_buttons(entries, question.day),
        tuple(entry.code for entry in entries),
        entries[0].status_on(question.day),
        question.facet,
        confidence=ranking.confidence,
        runner_up=entries[1].code if len(entries) > 1 else None,
        matched=(ranking.candidates[0].matched,),
    )
    return _done(base, question, said), replace(memory, entry=None, offered=said.entries, asked=question.said)


def _ask_again(base: KnowledgeBase, question: _Question) -> Answer:
    if not question.plain or base.asking.thanks.match(question.plain):
        lines = [Line(LineKind.NOTE, "您想问哪个政策、补贴、贷款或保险？直接说就行，比如“石斛贷利息多少”。")]
    else:
        lines = [
            Line(LineKind.NOTE, "没找到对得上的政策，不敢乱答。"),
            Line(LineKind.NEXT, "请换个说法再问一次：在哪个县、做什么、想要贷款、补贴还是保险。"),
            Line(LineKind.NEXT, "也可以按类别找，或者点“找人问”。"),
        ]
    return Answer(Outcome.NO_MATCH, tuple(lines), buttons=_subjects())


def _person_lines() -> tuple[Line, ...]:
    return (
        Line(LineKind.LEAD, "找人问：先问村里的共富金融专员；没有的话，问乡镇农业农村办。"),
        Line(LineKind.DETAIL, "贷款和担保：问当地农商银行、农业银行，或县里的农担办事处。"),
        Line(LineKind.DETAIL, "不知道归谁管：打 12345，工作日白天问得最全。"),
        Line(LineKind.WARNING, "官方不收费，不要验证码；让您先交钱的，先打 96110。"),
    )


def _subjects() -> tuple[Button, ...]:
    return tuple(Button(SUBJECTS[name], Action(Verb.BROWSE, f"s:{name}")) for name in NEAR_SUBJECTS)


def _done(base: KnowledgeBase, question: _Question, said: Answer) -> Answer:
    return replace(said, facts=dict(question.facts), version=base.version, on=question.day)


def is_open(status: Status | None) -> bool:
    """Whether a status word may be shown without a banner."""
    return status is Status.IN_FORCE
