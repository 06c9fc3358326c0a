"""question + memory → Answer: straight down from what was said to what is replied.

The outcomes: a fraud warning first, then a comparison, a follow-up on the entry at hand, a topic that is not ours,
and last the ranking with its two thresholds: answer, suggest, or say that nothing fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.calculators.borrowing import cost_buttons
from knowledge.entries import Entry, Facet
from knowledge.following import follow, goes_on, is_about_offered, is_follow_up, names, still_about, wants_another_kind
from knowledge.fraud import FraudHit
from knowledge.glossary import definition_asked
from knowledge.local import beside
from knowledge.matching import Ranking
from knowledge.notes import place_note
from knowledge.openings import opened, refused
from knowledge.other_crops import is_of_his_crop
from knowledge.pressing import press, sheet
from knowledge.question import LONGEST_QUESTION, Memory, Question, fold, read_question
from knowledge.ranking import NEARLY_SURE, crop_kinds, is_far_ahead, rank
from knowledge.rendering import source_text
from knowledge.replies import suggestion_buttons
from knowledge.resuming import is_unfinished, only_tells, tells_no_more_than, together, with_what_was_said
from knowledge.second_subject import ASKED_TOO, offering, two_subjects
from knowledge.side_by_side import comparison
from knowledge.standing import (
    calculators,
    check_up,
    choose_again,
    forgotten,
    greeting,
    in_need,
    none_of_these,
    not_found,
    nothing_to_choose,
    person_to_ask,
    referred,
    said_plainly,
    word_explained,
)  # fmt: skip
from knowledge.suggesting import choices, of_offered, suggest, sum_named
from knowledge.telling import tell
from knowledge.topics import Topic
from knowledge.weighing import costs_asked, weigh
from knowledge.wishes import is_bare_wish, is_unsuited, is_wanted, overlooked, wish_of

__all__ = ["LONGEST_QUESTION", "Memory", "answer", "fold", "press", "rank", "sheet"]

SURE_ENOUGH_TO_OVERRULE_A_TOPIC = 0.9
CALCULATE = re.compile("(?:我[想要])?(?:算一算|算算|算账|计算器?|算一下|算利息)吧?")
CHECK_UP = re.compile(
    "(?:我[想要]?)?(?:做|接着)?(?:个|一次|一下)?(?:政策)?体检吧?|我能(?:领|拿|办|享受)(?:到)?(?:哪些|什么)(?:政策|补贴|补助|贷款)?"
)
WHAT_FOR_ME = re.compile("(?:什么|哪些|啥)(?:政策|补贴|补助|优惠|好处)|能享受|能领(?:什么|哪些|啥)")
THESE_TWO = re.compile("这两|那两|这俩|两个|两种|两样|它们|他们")
WORTH_REMEMBERING = 7  # characters: a shorter question without facts is a follow-up, not a subject


def answer(base: KnowledgeBase, text: str, memory: Memory, today: date) -> tuple[Answer, Memory]:
    """The reply to `text` and what is remembered; `today` is the day the answer is for."""
    question = read_question(base, text, memory, today)
    if only_tells(question, memory):
        question = read_question(base, together(question, memory), memory, today)
    memory = replace(memory, facts=question.facts)
    standing = _standing(base, question, memory)
    if standing is not None:
        return question.dressed(standing[0], base.version), standing[1]
    said, kept = _reply(base, question, memory)
    if is_unfinished(base, question, memory, said):
        whole = read_question(base, together(question, memory), memory, today)
        again, then = _reply(base, whole, replace(memory, asked=None))
        if again.outcome is not Outcome.NO_MATCH or base.first_words.opening(whole.plain) is not None:
            question, said, kept = whole, again, then
        elif kept.asked == question.said:
            kept = replace(kept, asked=whole.said)
    said = opened(base, with_what_was_said(base, question, memory), said)
    if said.outcome is Outcome.SUGGEST and said.entries != kept.offered:
        kept = replace(kept, entry=None, offered=said.entries, asked=question.said)
    return question.dressed(said, base.version), kept


def _reply(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Answer, Memory]:
    wrong = base.first_words.wrong(question.plain)
    if wrong is not None:
        ranking = rank(base, question.plain, question.facts, question.today)
        return refused(base, question, wrong, ranking), replace(memory, entry=None)
    fraud = base.fraud.find(question.plain)
    if fraud is not None:
        return _warn(base, question, fraud), replace(memory, entry=None, offered=(), asked=question.said)
    topic = base.topics.find(question.plain)
    if topic is not None and topic.always:
        return referred(topic, 1.0), replace(memory, entry=None, offered=(), asked=question.said)
    weighed = weigh(base, question, memory)
    if weighed is not None:
        return weighed, memory if memory.entry is not None else replace(memory, asked=question.said, offered=())
    compared = _compared(base, base.asking.sides(question.plain)) or _these_two(base, question, memory)
    if compared is not None:
        pair = (compared[0].code, compared[1].code)
        kept = replace(memory, entry=compared[0].code, asked=question.said, offered=pair)
        return _compare(base, question, compared), kept
    ranking = rank(base, question.plain, question.facts, question.today)
    pointed = sum_named(base, question, memory) if topic is None else None
    if pointed is not None:
        return tell(base, replace(question, facet=None), pointed), _about(pointed, question, memory)
    if topic is None and is_follow_up(base, question, memory, ranking):
        entry, question = follow(base, question, memory)
        brief = entry.code == memory.entry
        return tell(base, question, entry, brief=brief), _about(entry, question, memory)
    if topic is None and is_about_offered(base, question, memory, ranking):
        return of_offered(base, question, memory)
    return _decide(base, question, memory, ranking, topic)


def _standing(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Answer, Memory] | None:
    """Short words that are no question: a greeting, a choice, 都不是, 重来, 找人."""
    asking = base.asking
    if not question.plain or asking.thanks.match(question.plain):
        return greeting(), memory
    if asking.need.match(question.plain):
        return in_need(), memory
    if asking.lost.match(question.plain):
        at_hand = base.entries.get(memory.entry or "")
        plainly = replace(question, facet=None)
        return (said_plainly() if at_hand is None else tell(base, plainly, at_hand, brief=True)), memory
    if asking.forget.match(question.plain):
        return forgotten(), Memory()
    if asking.person.match(question.plain):
        return person_to_ask(), memory
    if CALCULATE.fullmatch(question.plain):
        return calculators(), memory
    if CHECK_UP.fullmatch(question.plain):
        return check_up(), memory
    if memory.offered and asking.none_of_these.match(question.plain):
        return none_of_these(), replace(memory, offered=())
    if memory.offered and question.plain.isdigit() and len(question.plain) == 1:
        return _choose(base, question, memory, int(question.plain))
    if memory.entry is not None and question.plain.isdigit() and len(question.plain) == 1:
        return nothing_to_choose(), memory
    match = asking.choose.match(question.plain) if memory.offered else None
    if match is not None:
        number = {"一": 1, "二": 2, "三": 3}.get(match.group(2)) or int(match.group(2))
        return _choose(base, question, memory, number)
    return None


def _choose(base: KnowledgeBase, question: Question, memory: Memory, number: int) -> tuple[Answer, Memory]:
    entry = base.entries.get(memory.offered[number - 1]) if 1 <= number <= len(memory.offered) else None
    if entry is None:
        return choose_again(len(memory.offered)), memory
    facet = Facet(memory.facet) if memory.facet in list(Facet) else None
    asked = replace(question, facet=facet, plain=fold(base, memory.asked or ""))
    return tell(base, asked, entry), _about(entry, question, memory)


def _decide(
    base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking, topic: Topic | None
) -> tuple[Answer, Memory]:
    model = base.model
    possible = bool(ranking.candidates) and ranking.confidence >= model.suggest_at
    is_named = possible and _alone_is_named(base, question.plain, ranking)
    if topic is not None and not is_named and ranking.confidence < SURE_ENOUGH_TO_OVERRULE_A_TOPIC:
        return referred(topic, ranking.confidence), replace(memory, entry=None, offered=(), asked=question.said)
    word = definition_asked(question.plain, base.glossary)
    clear = ranking.margin >= model.margin_at or ranking.confidence >= SURE_ENOUGH_TO_OVERRULE_A_TOPIC
    wanted = question.plain.replace("赔", "")  # 政府赔了八成 tells of a loan's loss, it wants no insurance
    wants_another = possible and wants_another_kind(base, wanted, [base.entries[ranking.candidates[0].id]])
    if not wants_another and (is_named or (ranking.confidence >= model.answer_at and clear)):
        pair = two_subjects(base, question)
        entry = pair[0] if pair is not None else base.entries[ranking.candidates[0].id]
        said = tell(base, question, entry, ranking, word=word)
        also = (pair[1], ASKED_TOO) if pair is not None else _also_there(base, question, ranking)
        return offering(said, *also) if also is not None else said, _about(entry, question, memory)
    if word is not None:
        return _explain(base, question, word, ranking if possible else None), memory
    kept = _goes_on_about(base, question, memory, ranking, possible=possible) if topic is None else None
    return kept or _offer(base, question, memory, ranking, possible=possible)


def _goes_on_about(
    base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking, *, possible: bool
) -> tuple[Answer, Memory] | None:
    """What the entry at hand says to a question that fits nothing better, or None."""
    at_hand = base.entries.get(memory.entry or "")
    is_best = possible and at_hand is not None and ranking.candidates[0].id == at_hand.code
    if at_hand is not None and (is_best or not possible) and goes_on(base, question, at_hand):
        followed = replace(question, facet=question.facet or Facet.WHO)
        return tell(base, followed, at_hand, brief=True), _about(at_hand, followed, memory)
    points = base.asking.pronouns.match(question.said) is not None  # 那一半是老茶园的呢
    if at_hand is not None and is_best and (points or is_far_ahead(ranking)):
        return tell(base, question, at_hand, brief=True), _about(at_hand, question, memory)
    kept = still_about(base, question, memory, ranking, possible=possible)
    return (tell(base, question, kept, brief=True), _about(kept, question, memory)) if kept is not None else None


def _offer(
    base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking, *, possible: bool
) -> tuple[Answer, Memory]:
    """At most three choices, by what comes nearest or by what is wanted; or that nothing was found."""
    fits = possible and is_of_his_crop(base, question, ranking)
    fits = fits and is_wanted(base, question, ranking, choices(base, question, ranking))
    if costs_asked(question) and ranking.confidence < NEARLY_SURE:
        return calculators(), memory
    goes_with = is_bare_wish(base, question) or tells_no_more_than(question, {"crop"})
    before = memory.asked or "" if goes_with else None
    wish = overlooked(base, question, ranking) if fits and before is None else wish_of(base, question, before)
    if wish is not None or (possible and not is_unsuited(base, question, ranking)):
        said = suggest(base, question, ranking, wish)
        facet = question.facet.value if question.facet else None
        return said, replace(memory, entry=None, facet=facet, offered=said.entries, asked=question.said)
    if WHAT_FOR_ME.search(question.plain):
        return check_up(), memory
    crop = question.facts.get("crop") if "crop" in question.heard else None
    said = not_found(crop if isinstance(crop, str) else None)
    is_open = memory.entry is None and not memory.offered
    return replace(said, confidence=ranking.confidence), replace(memory, asked=question.said) if is_open else memory


def _about(entry: Entry, question: Question, memory: Memory) -> Memory:
    """The chat is now about `entry`; what was asked is kept as the subject unless it was a mere follow-up."""
    long_enough = bool(question.heard) or len(question.plain) > WORTH_REMEMBERING
    asked = question.said if long_enough else memory.asked or question.said
    facet = question.facet.value if question.facet else None
    return replace(memory, entry=entry.code, facet=facet, offered=(), asked=asked)


def _also_there(base: KnowledgeBase, question: Question, ranking: Ranking) -> tuple[Entry, str] | None:
    """What the asker's county, or a wider area, has beside the entry told."""
    kinds = crop_kinds(base, question.facts.get("crop"))
    return beside(base.entries, ranking, question.facts.get("county"), kinds, question.day)


def _alone_is_named(base: KnowledgeBase, plain: str, ranking: Ranking) -> bool:
    """Whether the question says a name of the best entry and of no other near it (石斛贷 in 石斛贷利息多少)."""
    named = [candidate.id for candidate in ranking.candidates[:5] if names(base.entries[candidate.id], plain)]
    return bool(named) and named == [ranking.candidates[0].id]


def _explain(base: KnowledgeBase, question: Question, word: str, ranking: Ranking | None) -> Answer:
    near = tuple(candidate.id for candidate in ranking.candidates[:2]) if ranking is not None else ()
    said = word_explained(base.glossary, word, near)
    buttons = suggestion_buttons([base.entries[code] for code in near], question.day)[:-1]
    return replace(said, buttons=buttons, confidence=ranking.confidence if ranking is not None else 0.0)


def _warn(base: KnowledgeBase, question: Question, hit: FraudHit) -> Answer:
    codes = tuple(code for code in hit.entries if code in base.entries)[:3]
    lines = [Line(LineKind.WARNING, f"小心，这像是骗局：{hit.name}。"), Line(LineKind.WARNING, hit.why)]
    lines += [Line(LineKind.DETAIL, text) for text in hit.advice]
    if codes:
        lines.append(Line(LineKind.SOURCE, source_text(base.entries[codes[0]])))
    buttons = tuple(Button(base.entries[code].title, Action(Verb.ENTRY, code)) for code in codes)
    status = base.entries[codes[0]].status_on(question.day) if codes else None
    return Answer(Outcome.WARN, tuple(lines), entries=codes, status=status, buttons=buttons, confidence=1.0)


def _compared(base: KnowledgeBase, sides: Sequence[str]) -> tuple[Entry, Entry] | None:
    """The two entries of a comparison, when both halves are recognised."""
    if len(sides) != 2:
        return None
    found = [base.index.rank(side, 2) for side in sides]
    if any(not ranking.candidates or ranking.confidence < base.model.suggest_at for ranking in found):
        return None
    one, two = (base.entries[ranking.candidates[0].id] for ranking in found)
    return (one, two) if one.code != two.code else None


def _these_two(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Entry, Entry] | None:
    """The two entries offered or compared just before, when a question says no more than 这两个哪个划算."""
    pair = [base.entries[code] for code in memory.offered[:2] if code in base.entries]
    if len(pair) < 2 or not base.asking.compare.search(question.plain) or not THESE_TWO.search(question.plain):
        return None
    return pair[0], pair[1]


def _compare(base: KnowledgeBase, question: Question, pair: tuple[Entry, Entry]) -> Answer:
    places = [
        f"{each.title}：{note.removeprefix('注意：')}"
        for each in pair
        if (note := place_note(each, question.facts)) is not None
    ]
    lines, table = comparison(pair, question.day, base.titles, places)
    buttons = (*(Button(entry.title, Action(Verb.ENTRY, entry.code)) for entry in pair), *cost_buttons(pair))
    codes, status = tuple(entry.code for entry in pair), pair[0].status_on(question.day)
    return Answer(Outcome.ANSWER, lines, (), buttons, codes, status, table=table, confidence=1.0)
