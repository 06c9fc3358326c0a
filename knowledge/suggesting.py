"""When several may be meant: the choices shown, the likeliest told at once, and questions about choices nobody has picked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.ahead import ahead_text, asks_whether_ahead, runs_through, year_ahead
from knowledge.answers import Answer, Line, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.coverage import counties_of
from knowledge.entries import Entry, Facet, Payee, Status
from knowledge.following import is_of_a_time, kinds_of, names, needs_asked, wish_at_last
from knowledge.matching import Ranking
from knowledge.notes import place_note
from knowledge.other_crops import of_his_crop, other_crops
from knowledge.parts import told_of
from knowledge.priors import CLOSED
from knowledge.quantities import Kind, find_quantities
from knowledge.question import Memory, Question
from knowledge.ranking import crop_kinds, is_plainly_first
from knowledge.rendering import status_text
from knowledge.replies import offered_lines, suggestion_buttons, suggestion_lines
from knowledge.telling import tell
from knowledge.thresholds import asks_whether
from knowledge.wishes import Wish

NOT_ASKERS = frozenset({Payee.GUARANTOR, Payee.BANK, Payee.INSURER})
LEAST, FAR_BEHIND = 2, 3.0  # a third choice so many log-odds behind the first is hardly ever the one meant
_POINTING = re.compile("^(?:那|这)|那个|这个|那笔|这笔|那一|这一")
SHORTEST_SUBJECT = 2
MOST_IN_SHORT = 7  # lines told of the first of three choices, so that all stay within twelve


def suggest(base: KnowledgeBase, question: Question, ranking: Ranking, wish: Wish | None) -> Answer:
    """At most three choices, by rank or by what the asker wants; the first is told in short when it is far ahead."""
    if wish is None:
        entries = choices(base, question, ranking)
        knows_who = any(key in question.facts for key in ("county", "crop", "location"))
        likely = (
            is_plainly_first(ranking)
            and _says_of_what(base, question)
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
    lines = _with_places(lines, entries, question)
    return Answer(
        Outcome.SUGGEST,
        lines if told else _with_year(lines, entries, question),
        (),
        suggestion_buttons(entries, question.day),
        tuple(entry.code for entry in entries),
        entries[0].status_on(question.day),
        question.facet,
        confidence=ranking.confidence,
        runner_up=entries[1].code if len(entries) > 1 else None,
        matched=(ranking.candidates[0].matched,) if ranking.candidates else (),
    )


def _says_of_what(base: KnowledgeBase, question: Question) -> bool:
    """Whether anything is left besides the words that only ask: 那额度呢 names nothing that could be read out."""
    own = base.asking.without_facets(base.asking.pronouns.sub("", question.plain))
    return len("".join(own.split()).rstrip("呢吗呀啊")) >= SHORTEST_SUBJECT


def of_offered(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Answer, Memory]:
    """The facet asked, told for each of the choices nobody has picked from; they stay on offer."""
    entries = [base.entries[code] for code in memory.offered if code in base.entries]
    facet = question.facet or base.asking.bare_facet(base.asking.pronouns.sub("", question.plain))
    year = year_ahead(question)
    own = base.asking.pronouns.sub("", question.plain)
    is_time = facet is None and is_of_a_time(own)
    if (year is not None and asks_whether_ahead(question)) or facet is Facet.STATUS or is_time:
        lines = _states_of(entries, year, question)
    elif needs_asked(own):
        lines = _needs_of(base, entries, question)
    elif facet is None or (facet is Facet.WHO and asks_whether(question.plain)):
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


def sum_named(base: KnowledgeBase, question: Question, memory: Memory) -> Entry | None:
    """The one of several choices, or of those related to the entry at hand, with the sum pointed at (那个十万呢)."""
    if _POINTING.search(question.plain) is None:
        return None
    at_hand = base.entries.get(memory.entry or "")
    sums = {each.value for each in find_quantities(question.said) if each.kind is Kind.MONEY and each.value is not None}
    beside = memory.offered if at_hand is None else at_hand.related
    offered = [base.entries[code] for code in beside if code in base.entries]
    having = [
        entry for entry in offered if any(figure.value in sums or figure.high in sums for figure in entry.figures)
    ]
    if at_hand is not None and any(figure.value in sums or figure.high in sums for figure in at_hand.figures):
        return None
    open_ones = [each for each in having if not _is_past(each, question)]
    found = open_ones or having
    return found[0] if sums and len(found) == 1 else None


def choices(base: KnowledgeBase, question: Question, ranking: Ranking) -> list[Entry]:
    """The best three that may be for the asker: not of other crops, not of other places unless named, none far behind;
    those of the kind he wants come first."""
    every = [base.entries[candidate.id] for candidate in ranking.candidates]
    fitting = of_his_crop(base, question, ranking) or every
    opening = base.first_words.opening(question.plain)
    unsuited = opening.unsuited if opening is not None else None
    fitting = [entry for entry in fitting if unsuited not in entry.subjects] or fitting
    there = [each for each in fitting if place_note(each, question.facts) is None or names(each, question.plain)]
    scores = {candidate.id: candidate.score for candidate in ranking.candidates}
    best = scores[every[0].code]
    there = [each for each in there if each is every[0] or not _is_for_others(each, question)] or there
    near = [
        entry
        for place, entry in enumerate((there or fitting)[:3])
        if place < LEAST or best - scores[entry.code] <= FAR_BEHIND
    ]
    kinds = kinds_of(wish_at_last(base, question))
    return sorted(near, key=lambda entry: bool(kinds) and not kinds & set(entry.subjects))


def _is_for_others(entry: Entry, question: Question) -> bool:
    """Whether an entry for a crop is over, or one county's, where nobody has named a crop, the county or the entry."""
    is_over = _is_past(entry, question)
    is_narrow = bool(counties_of(entry)) and not question.facts.keys() & {"county", "location"}
    unsaid = bool(entry.crops) and "crop" not in question.facts and not names(entry, question.plain)
    return unsaid and (is_over or is_narrow)


def _is_past(entry: Entry, question: Question) -> bool:
    return entry.validity.historic or entry.status_on(question.today) in CLOSED


def _is_not_paid_to_askers(entry: Entry) -> bool:
    return bool(entry.payee) and set(entry.payee) <= NOT_ASKERS


def _with_places(lines: Sequence[Line], entries: Sequence[Entry], question: Question) -> tuple[Line, ...]:
    """The choices that do not hold where the asker is, each marked so."""
    marks = {
        f"{number}. {entry.title}": note
        for number, entry in enumerate(entries, 1)
        if (note := place_note(entry, question.facts)) is not None
    }
    return tuple(
        replace(line, text=f"{line.text}（{mark.removeprefix('注意：').removesuffix('。')}）")
        if (mark := next((note for title, note in marks.items() if line.text.startswith(title)), None)) is not None
        else line
        for line in lines
    )


def _with_year(lines: tuple[Line, ...], entries: Sequence[Entry], question: Question) -> tuple[Line, ...]:
    """A word that no paper of the year to come has been seen, where one is asked about and no choice runs into it."""
    year = year_ahead(question)
    if year is None or any(runs_through(entry, year, question.today) for entry in entries):
        return lines
    place = next((place for place, line in enumerate(lines) if line.kind is LineKind.NEXT), len(lines))
    note = Line(LineKind.NOTE, f"{year} 年的通知都没看到，有没有、多少，文件没写；先问乡镇或县里管这件事的部门。")
    return (*lines[:place], note, *lines[place:])


def _states_of(entries: Sequence[Entry], year: int | None, question: Question) -> tuple[Line, ...]:
    """Whether each of the choices still holds, or what is known of a year to come."""
    lines = [Line(LineKind.TITLE, f"接着上面 {len(entries)} 样说，{f'{year} 年' if year else '现在'}还办不办：")]
    for number, entry in enumerate(entries, 1):
        state = status_text(entry, question.today)
        said = f"{state}。" if year is None else f"【{state}】{ahead_text(entry, year, question.today)}"
        lines.append(Line(LineKind.DETAIL, f"{number}. {entry.title}：{said}"))
    lines.append(Line(LineKind.NEXT, "回一个数字，看那一样的全部和去哪里问；都不是，就换个说法。"))
    return tuple(lines)


def _needs_of(base: KnowledgeBase, entries: Sequence[Entry], question: Question) -> tuple[Line, ...]:
    """What each of the choices says of a thing that may be needed (要抵押吗)."""
    asked = base.asking.pronouns.sub("", question.said.strip("？?。 "))
    lines = [Line(LineKind.TITLE, f"接着上面 {len(entries)} 样说，{asked}：")]
    for number, entry in enumerate(entries, 1):
        status = entry.status_on(question.today)
        note = "" if status is Status.IN_FORCE else f"【{status_text(entry, question.today)}】"
        told = told_of(base, question.plain, entry, question)
        lines.append(Line(LineKind.DETAIL, f"{number}. {entry.title}{note}：{told}"))
    lines.append(Line(LineKind.NEXT, "回一个数字看那一样的全部；都不是，就换个说法。"))
    return tuple(lines)


def _another_may_fit(base: KnowledgeBase, question: Question, ranking: Ranking) -> bool:
    """Whether the best is not for the asker or his place, or of the past while the next, open and on its subject, may be meant."""
    best, *rest = (base.entries[candidate.id] for candidate in ranking.candidates[:2])
    if "location" in question.facts or place_note(best, question.facts) is not None:
        return True
    if _is_not_paid_to_askers(best) and not (rest and _is_not_paid_to_askers(rest[0])):
        return True  # what is paid to guarantors, banks and insurers is seldom what somebody is after
    if not _is_past(best, question) or not rest or _is_past(rest[0], question):
        return False
    kinds = crop_kinds(base, question.facts.get("crop"))
    return bool(set(best.subjects) & set(rest[0].subjects)) and (not rest[0].crops or bool(kinds & set(rest[0].crops)))


def _in_short(base: KnowledgeBase, question: Question, entry: Entry) -> tuple[Line, ...]:
    """The heart of an entry's reply: who is paid, what was asked with its sum, how long it holds, and the next step."""
    lines = tell(base, question, entry).lines
    end = next(place for place, line in enumerate(lines) if line.kind is LineKind.NEXT)
    kept = [line for line in lines[: end + 1] if line.kind is not LineKind.HEARD]
    if "fraud" not in entry.subjects:  # of a warning it says of what year it is
        kept = [line for line in kept if line.kind is not LineKind.STATUS]
    if len(kept) > MOST_IN_SHORT:
        kept = [line for line in kept if line.kind is not LineKind.NOTE][:MOST_IN_SHORT]
    own = [line.text.removeprefix(f"{entry.title}：").removesuffix(f"——{entry.title}") for line in kept]
    return tuple(replace(line, text=text) for line, text in zip(kept, own, strict=True))
