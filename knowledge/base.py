"""The knowledge base: entries and everything needed to find them, loaded once, immutable, swapped whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from knowledge.asking import Asking
from knowledge.browsing import Catalogue
from knowledge.crops import Crops
from knowledge.dialect import DialectTable
from knowledge.documents import document_of
from knowledge.entries import Entry
from knowledge.facts import FactTable, load_facts
from knowledge.first_words import FirstWords
from knowledge.focus import Rarity
from knowledge.fraud import FraudPatterns
from knowledge.glossary import load_glossary
from knowledge.lexicon import Lexicon
from knowledge.loading import load_entries
from knowledge.matching import MatchIndex, Model
from knowledge.places import Places
from knowledge.priors import Priors
from knowledge.reading import ContentError, Fault
from knowledge.rule_book import RuleBook
from knowledge.text import normalise, simplified_table, strip_fillers
from knowledge.topics import Topics

SHIPPED = Path(__file__).resolve().parent.parent / "data"
ASKERS = ("farmer", "firm")
QUESTIONS_KEPT = 1024  # one question is folded whole and by its parts, some of them several times
SEEDS = ("*.yaml", "entries/**/*.yaml", "parameters/*.yaml", "lexicon/*.txt", "sources/*.txt", "cards/*.typ")


@dataclass(frozen=True)
class KnowledgeBase:
    """One publication in memory. Nothing in it changes; a new publication is a new object.

    What only answering needs is made at its first use, or before it by `warm_up`.
    """

    version: str
    entries: Mapping[str, Entry]
    facts: FactTable
    model: Model
    places: Places
    crops: Crops
    dialect: DialectTable
    asking: Asking
    topics: Topics
    fraud: FraudPatterns
    first_words: FirstWords
    glossary: Mapping[str, str]
    catalogue: Catalogue

    @classmethod
    def load(cls, data: Path, version: str | None = None, model: Model | None = None) -> KnowledgeBase:
        """Load the folder `data`; `model` saves reading the matcher's weights and vectors again.

        Raises `ContentError` naming every fault that keeps it from being served."""
        faults: list[Fault] = []
        entries = {entry.code: entry for entry in load_entries(data / "entries", faults, data.parent)}
        facts = load_facts(data / "facts.yaml", faults)
        if faults:
            raise ContentError(faults)
        if not entries:
            raise ContentError([Fault(str(data / "entries"), 1, "一个条目也没有。")])
        model = model or Model.load(
            data / "matching.yaml" if (data / "vectors.npz").exists() else SHIPPED / "matching.yaml"
        )
        return cls(
            version=version or content_hash(data)[:6],
            entries=entries,
            facts=facts,
            model=model,
            places=Places.load(data / "places.yaml"),
            crops=Crops.load(data / "crops.yaml"),
            dialect=DialectTable.load(data / "dialect.yaml"),
            asking=Asking.load(data / "asking.yaml"),
            topics=Topics.load(data / "topics.yaml"),
            fraud=FraudPatterns.load(data / "fraud.yaml"),
            first_words=FirstWords.load(data / "first-words.yaml"),
            glossary=load_glossary(data / "glossary.yaml"),
            catalogue=Catalogue(entries),
        )

    def warm_up(self) -> None:
        """Make ready what the first person to ask would otherwise wait for: a second or two, most of it the lexicon's."""
        _ = self.index, self.priors, self.check_up_book, self.rarity

    @cached_property
    def lexicon(self) -> Lexicon:
        """The segmenter that keeps this publication's titles, aliases, crops and places whole."""
        return Lexicon(domain_words(self.entries, self.places, self.crops))

    @cached_property
    def index(self) -> MatchIndex:
        """The matcher over all entries."""
        return MatchIndex.build([document_of(entry) for entry in self.entries.values()], self.lexicon, self.model)

    @cached_property
    def folded(self) -> Callable[[str], str]:
        """What a question is folded to: simplified, dialect words in common speech, fillers off."""
        return lru_cache(maxsize=QUESTIONS_KEPT)(self._fold)

    def _fold(self, text: str) -> str:
        simple = self.places.corrected(text.translate(simplified_table()))
        return strip_fillers(normalise(self.dialect.translate(simple)), self.model.fillers)

    @cached_property
    def priors(self) -> Priors:
        """What counts for an entry before a word is compared."""
        return Priors(self.entries.values(), self.index)

    @cached_property
    def rule_book(self) -> RuleBook:
        """The eligibility rules of all entries, made ready once."""
        return RuleBook.of(self.entries.values(), self.facts)

    @cached_property
    def check_up_book(self) -> RuleBook:
        """The rules a 政策体检 asks about: without what is offered to banks, guarantors and offices only."""
        return self.rule_book.without(code for code, entry in self.entries.items() if entry.audience not in ASKERS)

    @cached_property
    def rarity(self) -> Rarity:
        """How rare words are among the entries: what tells the sentences of an entry apart for a question."""
        return Rarity.of(self.entries.values())

    @cached_property
    def titles(self) -> dict[str, str]:
        """Titles by code."""
        return {code: entry.title for code, entry in self.entries.items()}


def domain_words(entries: Mapping[str, Entry], places: Places, crops: Crops) -> list[str]:
    """The words the segmenter must keep whole: titles, aliases, crops and places."""
    words = {word for entry in entries.values() for word in (entry.title, *entry.aliases, *entry.crops)}
    words |= set(crops.by_word) | set(places.counties) | {town for towns in places.towns.values() for town in towns}
    return sorted(words)


def content_hash(data: Path) -> str:
    """SHA-256 over the names and bytes of all content files below `data`."""
    return hash_of({path.relative_to(data).as_posix(): path.read_bytes() for path in content_files(data)})


def hash_of(files: Mapping[str, bytes]) -> str:
    """The same over files in memory, by their names below the folder."""
    digest = hashlib.sha256()
    for name in sorted(files, key=PurePosixPath):
        digest.update(name.encode() + b"\0" + files[name] + b"\0")
    return digest.hexdigest()


def content_files(data: Path) -> list[Path]:
    """The files that make up a publication, sorted."""
    return sorted({path for pattern in SEEDS for path in data.glob(pattern)})
