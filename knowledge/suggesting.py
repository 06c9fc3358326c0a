"""When several may be meant: the choices shown, the likeliest told at once, and questions about choices nobody has picked."""

from __future__ import annotations

from dataclasses import replace

from knowledge.answers import Answer, Line, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Facet, Payee
from knowledge.matching import Ranking
from knowledge.notes import place_note
from knowledge.other_crops import of_his_crop, other_crops
from knowledge.priors import CLOSED
from knowledge.question import Memory, Question
from knowledge.ranking import crop_kinds, is_far_ahead
from knowledge.replies import offered_lines, suggestion_buttons, suggestion_lines
from knowledge.telling import tell
from knowledge.thresholds import asks_whether
from knowledge.wishes import Wish

NOT_ASKERS = frozenset({Payee.GUARANTOR, Payee.BANK, Payee.INSURER})
MOST_IN_SHORT = 7  # lines told of the first of three choices, so that all stay within twelve


def suggest(base: KnowledgeBase, question: Question, ranking: Ranking, wish: Wish | None) -> Answer:
    """At most three choices, by rank or by what the asker wants; the first is told in short when it is far ahead."""
    if wish is None:
        every = [base.entries[candidate.id] for candidate in ranking.candidates]
        entries = (of_his_crop(base, question, ranking) or every)[:3]
        knows_who = any(key in question.facts for key in ("county", "crop", "location"))
        likely = (
            is_far_ahead(ranking)
            and entries[0].code == ranking.candidates[0].id
            and not _another_may_fit(base, question, ranking)
        )
        told = _in_short(base, question, entries[0]) if likely else ()
        head = "您多半是问第 1 样，先念给您听：" if told else "您是不是想问："
        lines = suggestion_lines(entries, question.day, head, knows_who=knows_who or bool(told), told=told)
    else:
        entries = list(wish.entries)
        told = _in_short(base, question, entries[0]) if wish.for_person else ()
        lines = suggestion_lines(wish.entries, question.day, wish.head, told=told)
    return Answer(
        Outcome.SUGGEST,
        lines,
        (),
        suggestion_buttons(entries, question.day),
        tuple(entry.code for entry in entries),
        entries[0].status_on(question.day),
        question.facet,
        confidence=ranking.confidence,
        runner_up=entries[1].code if len(entries) > 1 else None,
        matched=(ranking.candidates[0].matched,) if ranking.candidates else (),
    )


def of_offered(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Answer, Memory]:
    """The facet asked, told for each of the choices nobody has picked from; they stay on offer."""
    entries = [base.entries[code] for code in memory.offered if code in base.entries]
    facet = question.facet or base.asking.bare_facet(base.asking.pronouns.sub("", question.plain))
    if facet is None or facet is Facet.STATUS or (facet is Facet.WHO and asks_whether(question.plain)):
        lines = suggestion_lines(entries, question.day, "您问的是哪一样？选好了再往下说：")
    else:
        others = [other_crops(base, entry, question.facts.get("crop")) for entry in entries]
        lines = offered_lines(entries, (facet, *question.also), question.day, others)
    said = Answer(
        Outcome.SUGGEST,
        lines,
        buttons=suggestion_buttons(entries, question.day),
        entries=tuple(entry.code for entry in entries),
        status=entries[0].status_on(question.day),
        facet=facet,
        confidence=base.model.suggest_at,
    )
    return said, replace(memory, facet=facet.value if facet else memory.facet)


def _another_may_fit(base: KnowledgeBase, question: Question, ranking: Ranking) -> bool:
    """Whether the best is not for the asker or his place, or of the past while the next, open and on its subject, may be meant."""
    best, *rest = (base.entries[candidate.id] for candidate in ranking.candidates[:2])
    if "location" in question.facts or place_note(best, question.facts) is not None:
        return True
    if best.payee and set(best.payee) <= NOT_ASKERS:
        return True  # what is paid to guarantors, banks and insurers is seldom what somebody is after
    is_past = best.validity.historic or best.status_on(question.today) in CLOSED
    if not is_past or not rest or rest[0].validity.historic or rest[0].status_on(question.today) in CLOSED:
        return False
    kinds = crop_kinds(base, question.facts.get("crop"))
    return bool(set(best.subjects) & set(rest[0].subjects)) and (not rest[0].crops or bool(kinds & set(rest[0].crops)))


def _in_short(base: KnowledgeBase, question: Question, entry: Entry) -> tuple[Line, ...]:
    """The heart of an entry's reply: who is paid, what was asked with its sum, how long it holds, and the next step."""
    lines = tell(base, question, entry).lines
    end = next(place for place, line in enumerate(lines) if line.kind is LineKind.NEXT)
    kept = [line for line in lines[: end + 1] if line.kind not in (LineKind.STATUS, LineKind.HEARD)]
    if len(kept) > MOST_IN_SHORT:
        kept = [line for line in kept if line.kind is not LineKind.NOTE][:MOST_IN_SHORT]
    own = [line.text.removeprefix(f"{entry.title}：").removesuffix(f"——{entry.title}") for line in kept]
    return tuple(replace(line, text=text) for line, text in zip(kept, own, strict=True))
