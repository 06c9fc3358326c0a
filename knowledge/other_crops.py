"""What an entry says of other crops than the asker's: his own crop is not found there, and no other lends its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.coverage import counties_of
from knowledge.entries import Entry
from knowledge.focus import figures_in
from knowledge.following import names
from knowledge.matching import Ranking
from knowledge.numerals import fold
from knowledge.question import Question
from knowledge.ranking import crop_kinds
from knowledge.rendering import PLACEHOLDER

MOST_NAMED, MANY_KINDS = 4, 3
_SENTENCE = re.compile("[^。]*。|[^。]+$")


@dataclass(frozen=True, slots=True)
class OtherCrops:
    """The asker's crop, and the sentences that speak of other crops only, each with the crops it speaks of."""

    crop: str = ""
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def note(self, sentences: Iterable[str]) -> str:
        """马铃薯的没核到，这里写的是水稻的: for sentences of which none is for the asker's crop."""
        named = dict.fromkeys(name for text in sentences for name in self.sentences.get(text, ()))
        return f"{self.crop}的没核到，这里写的是{'、'.join(list(named)[:MOST_NAMED])}的。"

    def left_out(self, sentences: Iterable[str]) -> str:
        """这里水稻的数不是生猪的: for sentences that are left out of a summary."""
        named = dict.fromkeys(name for text in sentences for name in self.sentences.get(text, ()))
        return f"里面{'、'.join(list(named)[:MOST_NAMED])}的不是{self.crop}的，没念给您听。"


NO_OTHER_CROPS = OtherCrops()


def other_crops(base: KnowledgeBase, entry: Entry, crop: Any) -> OtherCrops:
    """What `entry` says of crops that are not `crop`, which may be unknown."""
    if not isinstance(crop, str):
        return NO_OTHER_CROPS
    kinds = crop_kinds(base, crop)
    sentences = {}
    for text in (*summary_sentences(entry), *(text for told in entry.facets.values() for text in told)):
        crops = _crops_of(base, entry, text)
        if crops and crop not in text and not kinds & crops:
            sentences[text] = tuple(sorted(crops))
    return OtherCrops(crop, sentences)


def summary_sentences(entry: Entry) -> tuple[str, ...]:
    """The sentences of the summary as they are written."""
    return tuple(_SENTENCE.findall(entry.summary))


def _crops_of(base: KnowledgeBase, entry: Entry, text: str) -> frozenset[str]:
    """The crops a sentence or the figures in it are about."""
    figures = (f"{figure.name}，{figure.clause or ''}" for figure in figures_in(entry, text))
    return frozenset(name for words in (text, *figures) for name in _named(base, words))


def _named(base: KnowledgeBase, words: str) -> Iterable[str]:
    return (crop.name for _, crop in base.crops.find(fold(PLACEHOLDER.sub(" ", words))))


def of_his_crop(base: KnowledgeBase, question: Question, ranking: Ranking) -> list[Entry]:
    """The ranked entries without those for other crops than the one named, unless named, or his county's list of many kinds."""
    found = [base.entries[candidate.id] for candidate in ranking.candidates]
    kinds = crop_kinds(base, question.facts.get("crop")) if "crop" in question.heard else frozenset()
    county = question.facts.get("county")
    return [
        entry
        for entry in found
        if not kinds
        or not entry.crops
        or bool(kinds & set(entry.crops))
        or (isinstance(county, str) and county in counties_of(entry) and _is_of_many_kinds(base, entry))
        or names(entry, question.plain)
    ]


def _is_of_many_kinds(base: KnowledgeBase, entry: Entry) -> bool:
    """Whether an entry is a list for many trades (粮油, 水果, 畜禽), which may well have more than is printed."""
    return len({crop.category for crop in base.crops.by_word.values() if crop.name in entry.crops}) >= MANY_KINDS


def is_of_his_crop(base: KnowledgeBase, question: Question, ranking: Ranking) -> bool:
    """Whether the best entry is not one for other crops than the one named."""
    fitting = of_his_crop(base, question, ranking)
    return bool(fitting) and fitting[0].code == ranking.candidates[0].id
