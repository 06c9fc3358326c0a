"""What is written for a kind of person (退役军人, 高校毕业生, 网络商户): no crop he names stands against it."""

from __future__ import annotations

from knowledge.base import KnowledgeBase
from knowledge.coverage import may_hold
from knowledge.entries import Entry, Facet, Status
from knowledge.question import Question
from knowledge.ranking import crop_kinds
from knowledge.rendering import PLACEHOLDER

STARTING = "startup"
FOR_PEOPLE = ("farmer", "firm")
OPEN = (Status.IN_FORCE, Status.UNKNOWN)


def entries_for_identity(base: KnowledgeBase, question: Question) -> tuple[Entry, ...]:
    """The open startup entries that name a kind of person the asker says he is; those surely in force come first."""
    names = base.asking.kinds_of_person(question.plain)
    if not names:
        return ()
    kinds, county = crop_kinds(base, question.facts.get("crop")), question.facts.get("county")
    fitting = [
        (entry, _named(entry, names))
        for entry in base.entries.values()
        if STARTING in entry.subjects
        and entry.audience in FOR_PEOPLE
        and entry.status_on(question.day) in OPEN
        and may_hold(entry, county)
        and (not entry.crops or bool(kinds & set(entry.crops)))
    ]
    named = [(entry, count) for entry, count in fitting if count]
    named.sort(key=lambda pair: (pair[0].status_on(question.day) is not Status.IN_FORCE, -pair[1]))
    return tuple(entry for entry, _ in named)


def _named(entry: Entry, names: tuple[str, ...]) -> int:
    """How many of the names an entry says where it tells whom it is for."""
    told = [*entry.facets.get(Facet.WHO, ()), *(condition.text for condition in entry.conditions), *entry.aliases]
    text = PLACEHOLDER.sub(" ", "。".join((entry.title, *told)))
    return sum(name in text for name in names)
