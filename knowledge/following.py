"""Follow-ups: a short question without a subject of its own goes on about the entry at hand."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Facet
from knowledge.focus import focus_of
from knowledge.matching import Ranking
from knowledge.question import Memory, Question, fold
from knowledge.ranking import is_far_ahead, rank
from knowledge.text import normalise
from knowledge.thresholds import asks_whether

SHORT = 12
OWN_WORDS = 7
SHORTEST_NAME = 3
LONGEST_ON = 24  # characters of a question that fits nothing and may still go on about what was said
TURNING = frozenset({"county", "town", "crop", "applicant_type", "applicant", "location"})
_GOING_ON = re.compile("^(他们|她们|它们|我那|我这|那|这|再|续|刚才|上面)|还没|再|续")
_OF_A_TIME = re.compile("^(那年|那时候|当时|那现在|现在|今年|去年|明年)")


def is_follow_up(base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking) -> bool:
    """Whether `question` only makes sense beside what the chat is about."""
    entry = base.entries.get(memory.entry or "")
    own = base.asking.pronouns.sub("", question.plain)
    if entry is None or len(own) > SHORT or base.topics.find(question.plain) is not None:
        return False
    if ranking.candidates and ranking.candidates[0].id != entry.code and _is_named(base, own, ranking):
        return False
    if own != question.plain and question.heard:
        return True  # 那鹿城的呢
    if "crop" in question.heard and question.facts["crop"] not in entry.crops:
        return False  # a new subject, not a fact of the old one
    asked = question.facet or base.asking.bare_facet(own)
    if asked is not None and not entry.facets.get(asked) and _is_sure_of_another(base, entry, ranking):
        return False  # the entry at hand is silent on it, another answers it plainly
    return (
        asked is not None
        or bool(question.heard.keys() - {"crop"})
        or question.asked_day is not None
        or bool(_OF_A_TIME.match(own))
    )


def follow(base: KnowledgeBase, question: Question, memory: Memory) -> tuple[Entry, Question]:
    """The entry and the facet a follow-up is about; another place or crop may turn it to another entry."""
    own = base.asking.pronouns.sub("", question.plain)
    current = base.entries[memory.entry or ""]
    if TURNING & question.heard.keys() and memory.asked:
        ranking = rank(base, f"{own} {fold(base, memory.asked)}", question.facts, question.today)
        current = base.entries[ranking.candidates[0].id] if ranking.candidates else current
    facet = question.facet or base.asking.bare_facet(own)
    if facet is None and (question.asked_day is not None or _OF_A_TIME.match(own)):
        facet = Facet.STATUS
    if facet is None and memory.facet in list(Facet):
        facet = Facet(memory.facet)
    return current, replace(question, facet=facet)


def is_about_offered(base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking) -> bool:
    """Whether a short question without a subject of its own goes on about the choices nobody has picked from."""
    own = base.asking.pronouns.sub("", question.plain)
    if memory.entry is not None or not memory.offered or len(own) > SHORT + 2:
        return False
    if {"crop", "location"} & question.heard.keys() or base.topics.find(question.plain) is not None:
        return False
    if (question.facet or base.asking.bare_facet(own)) is None or base.asking.sides(question.plain):
        return False
    return ranking.confidence < base.model.answer_at and not _is_named(base, own, ranking)


def goes_on(base: KnowledgeBase, question: Question, entry: Entry) -> bool:
    """Whether a short question that fits no entry speaks of something the entry at hand says."""
    own = base.asking.pronouns.sub("", question.plain)
    if len(own) > SHORT + 2 or {"crop", "location"} & question.heard.keys():
        return False
    return focus_of(own, base.lexicon, base.rarity).best(entry) is not None


def still_about(
    base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking, *, possible: bool
) -> Entry | None:
    """The entry a question goes on about (续了会不会上征信): the one at hand or offered first, while it is still the best."""
    at_hand = base.entries.get(memory.entry or next(iter(memory.offered), ""))
    own = base.asking.pronouns.sub("", question.plain)
    if at_hand is None or not memory.asked or len(own) > (SHORT + 2 if possible else LONGEST_ON):
        return None
    if {"crop", "location", "county"} & question.heard.keys() or base.topics.find(question.plain) is not None:
        return None
    if not asks_whether(question.plain) and _GOING_ON.search(question.plain) is None:
        return None
    if possible and (
        ranking.confidence >= base.model.answer_at or at_hand.code not in [each.id for each in ranking.candidates[:3]]
    ):
        return None
    best = rank(base, f"{own} {fold(base, memory.asked)}", question.facts, question.today)
    return at_hand if best.candidates and best.candidates[0].id == at_hand.code else None


def names(entry: Entry, plain: str) -> bool:
    """Whether a folded question says one of the entry's names."""
    return any(len(name) >= SHORTEST_NAME and normalise(name) in plain for name in (*entry.aliases, entry.title))


def _is_sure_of_another(base: KnowledgeBase, entry: Entry, ranking: Ranking) -> bool:
    if not ranking.candidates or ranking.candidates[0].id == entry.code:
        return False
    is_sure = ranking.confidence >= base.model.answer_at and ranking.margin >= base.model.margin_at
    return is_sure or is_far_ahead(ranking)


def _is_named(base: KnowledgeBase, own: str, ranking: Ranking) -> bool:
    """Whether the question names the best entry by a word of its own rather than by asking words alone."""
    if ranking.confidence >= base.model.answer_at and len(own) > OWN_WORDS:
        return True
    return names(base.entries[ranking.candidates[0].id], own)
