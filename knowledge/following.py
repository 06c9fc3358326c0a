"""Follow-ups: a short question without a subject of its own goes on about the entry at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from knowledge.asking import last_clause
from knowledge.base import KnowledgeBase
from knowledge.coverage import covers
from knowledge.entries import Entry, Facet
from knowledge.focus import focus_of
from knowledge.matching import Ranking
from knowledge.priors import CLOSED
from knowledge.question import Memory, Question, fold
from knowledge.ranking import is_far_ahead, rank
from knowledge.text import normalise
from knowledge.thresholds import asks_whether

SHORT = 12
OWN_WORDS = 7
SHORTEST_NAME = 3
LONGEST_ON = 24  # characters of a question that fits nothing and may still go on about what was said
TURNING = frozenset({"county", "town", "crop", "applicant_type", "applicant", "location"})
PLACES = frozenset({"county", "town", "village"})
_ONLY_TELLS = re.compile("^(?:我|我们|我家|家里|人|地|基地|田)+(?:这里|这边|就)?(?:在|是)")
_GOING_ON = re.compile("^(他们|她们|它们|我那|我这|那|这|再|续|刚才|上面)|还没|再|续")
_IS_NEEDED = re.compile("要不要|用不用|需不需要|要弗要|必须|一定要|先要|还要")
# a loan, its guarantee, its discount and a warning about it are one subject; insurance is another
OF_ONE_KIND: Mapping[str, tuple[str, frozenset[str]]] = {
    "loan": ("贷", frozenset({"loan", "guarantee", "discount", "credit", "fraud"})),
    "insurance": ("保险", frozenset({"insurance"})),
}
FEW, MOST_AFTER_A_TIME = 12, 4
_NAMING = re.compile(r"[\u4e00-\u9fff]{2,}")
_NEEDS = re.compile(
    "^(?:还|也|是不是|一定)*(?:要不要|用不用|需不需要|要弗要|要|需要|得|必须|用)(?!多少|几|什么|啥|怎么|哪)(.{1,8}?)(?:吗|么|嘛|伐|弗|不)?$"
)
_OF_A_TIME = re.compile(r"^((?:20)?\d\d年|那年|那时候|当时|那现在|现在|今年|去年|明年)")


def is_follow_up(base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking) -> bool:
    """Whether `question` only makes sense beside what the chat is about."""
    entry = base.entries.get(memory.entry or "")
    own = base.asking.pronouns.sub("", question.plain)
    if entry is None or len(own) > SHORT:
        return False
    if ranking.candidates and ranking.candidates[0].id != entry.code and _is_named(base, own, ranking):
        return False
    is_new = wants_another_kind(base, own, (entry,)) or names_another(base, question, own, (entry,), ranking)
    if is_new and not needs_asked(own):
        return False
    if own != question.plain and question.heard:
        return True  # 那鹿城的呢
    if "crop" in question.heard and question.facts["crop"] not in entry.crops:
        return False  # a new subject, not a fact of the old one
    opening = base.first_words.opening(question.plain)
    if opening is not None and opening.wants is not None and opening.wants not in entry.subjects:
        return False  # damage is told, and the entry at hand insures nothing
    if needs_asked(own):
        return True
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
        best = base.entries[ranking.candidates[0].id] if ranking.candidates else current
        current = current if _stays(question, current, best) else best
    facet = question.facet or base.asking.bare_facet(own)
    if facet is None and (question.asked_day is not None or _OF_A_TIME.match(own)):
        facet = Facet.STATUS
    if facet is None and (needs_asked(own) or asks_whether(own)):
        facet = Facet.WHO
    if facet is None and memory.facet in list(Facet):
        facet = Facet(memory.facet)
    current = _pointed_to(base, current, facet)
    return current, replace(question, facet=facet)


def _pointed_to(base: KnowledgeBase, entry: Entry, facet: Facet | None) -> Entry:
    """The related entry that `entry` sends to for a facet (期限看“…”那一条), or `entry` itself."""
    told = "".join(entry.facets.get(facet, ())) if facet is not None else ""
    related = (base.entries[code] for code in entry.related if code in base.entries)
    return next((other for other in related if f"“{other.title}”" in told), entry)


def _stays(question: Question, entry: Entry, best: Entry) -> bool:
    """Whether somebody who only tells another place still means the entry at hand: what is found there is of another
    subject, or old where this one is open and holds there too."""
    if not question.heard.keys() <= PLACES:
        return False
    if not set(entry.subjects) & set(best.subjects):
        return True
    county = question.facts.get("county")
    holds = isinstance(county, str) and covers(entry, county)
    is_old = best.validity.historic or best.status_on(question.today) in CLOSED
    return holds and (_ONLY_TELLS.match(question.plain) is not None or (is_old and not entry.validity.historic))


def is_about_offered(base: KnowledgeBase, question: Question, memory: Memory, ranking: Ranking) -> bool:
    """Whether a short question without a subject of its own goes on about the choices nobody has picked from."""
    own = base.asking.pronouns.sub("", question.plain)
    if memory.entry is not None or not memory.offered or len(own) > SHORT + 2:
        return False
    if {"crop", "location"} & question.heard.keys():
        return False
    if base.asking.sides(question.plain):
        return False
    if (question.facet or base.asking.bare_facet(own)) is None and not needs_asked(own) and not is_of_a_time(own):
        return False
    offered = [base.entries[code] for code in memory.offered if code in base.entries]
    is_new = wants_another_kind(base, own, offered) or names_another(base, question, own, offered, ranking)
    if is_new and not needs_asked(own):
        return False
    return ranking.confidence < base.model.answer_at and not _is_named(base, own, ranking)


def wants_another_kind(base: KnowledgeBase, own: str, entries: Sequence[Entry]) -> bool:
    """Whether a question wants a loan or an insurance (有没有保险) where all that was talked of is neither and says
    nothing of it: a subject of its own, however short it is."""
    wanted = OF_ONE_KIND.get(base.asking.wish(own) or "")
    if wanted is None or not entries or _IS_NEEDED.search(own):
        return False
    word, kinds = wanted
    return not any(kinds & set(entry.subjects) or _speaks_of(entry, word) for entry in entries)


def wish_at_last(base: KnowledgeBase, question: Question) -> str | None:
    """The subject wanted in the last clause; a story may name others before."""
    return base.asking.wish(fold(base, last_clause(question.said)))


def kinds_of(wish: str | None) -> frozenset[str]:
    """The subjects that are as good as the one wanted: a loan or an insurance; none for anything else."""
    return OF_ONE_KIND.get(wish or "", ("", frozenset[str]()))[1]


def names_another(
    base: KnowledgeBase, question: Question, own: str, entries: Sequence[Entry], ranking: Ranking
) -> bool:
    """Whether a question says part of a name (农担公司电话多少) that few entries bear, among them the best, and that
    what was talked of first does not say: a subject of its own."""
    codes = {entry.code for entry in entries}
    others = [candidate.id for candidate in ranking.candidates if candidate.id not in codes]
    if (
        not others
        or (len(codes) == 1 and ranking.candidates[0].id in codes)
        or _is_what_they_insure(base, own, entries)
    ):
        return False
    told = [fact.text for fact in question.heard.values()]
    best = normalise("".join(_names_of(base.entries[others[0]])))
    for word in (word for part in base.asking.without_facets(own).split() for word in base.lexicon.cut(part)):
        is_asking = _NAMING.fullmatch(word) is None or base.asking.bare_facet(word) is not None
        if is_asking or word not in best or any(word in text for text in told):
            continue
        bearing = sum(word in normalise("".join(_names_of(entry))) for entry in base.entries.values())
        is_theirs = _says(entries[0], word) or any(word in name for entry in entries for name in _names_of(entry))
        if bearing <= FEW and not is_theirs:
            return True
    return False


def _is_what_they_insure(base: KnowledgeBase, own: str, entries: Sequence[Entry]) -> bool:
    """Whether damage is told (台风来了没收成) of what the entries insure: no subject of its own."""
    opening = base.first_words.opening(own)
    return opening is not None and any(opening.wants in entry.subjects for entry in entries)


def _names_of(entry: Entry) -> tuple[str, ...]:
    return (entry.title, *entry.aliases)


def _says(entry: Entry, word: str) -> bool:
    texts = (*_names_of(entry), entry.summary, *(text for told in entry.facets.values() for text in told))
    return any(word in text for text in texts)


def is_of_a_time(own: str) -> bool:
    """Whether a follow-up asks of another time (那今年呢, 2027年呢)."""
    found = _OF_A_TIME.match(own)
    return found is not None and len(own) - found.end() <= MOST_AFTER_A_TIME


def needs_asked(own: str) -> bool:
    """Whether a question asks only if something is needed (要抵押吗, 要先注册公司吗): of what, it leaves to what was said."""
    return len(own) <= SHORT and _NEEDS.match(own) is not None and asks_whether(own)


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
    if {"crop", "location", "county"} & question.heard.keys():
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


def _speaks_of(entry: Entry, word: str) -> bool:
    return any(word in text for told in entry.facets.values() for text in told)


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
