"""Find listed words in a text, longest first and without overlap, in time that does not grow with the list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hit:
    """One listed word found in a text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Phrases:
    """A fixed list of words, indexed by first character."""

    words: frozenset[str]
    _by_first: dict[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    def of(cls, words: Iterable[str]) -> "Phrases":
        """Index `words`; the empty word is left out."""
        by_first: dict[str, list[str]] = {}
        kept = frozenset(word for word in words if word)
        for word in sorted(kept, key=lambda word: (-len(word), word)):
            by_first.setdefault(word[0], []).append(word)
        return cls(kept, {first: tuple(group) for first, group in by_first.items()})

    def find(self, text: str) -> Iterator[Hit]:
        """Every listed word in `text`, left to right; where two start together the longer one wins."""
        position, size = 0, len(text)
        while position < size:
            word = self.at(text, position)
            if word:
                yield Hit(word, position, position + len(word))
                position += len(word)
            else:
                position += 1

    def at(self, text: str, position: int) -> str:
        """The longest listed word that starts at `position`, or an empty string."""
        for word in self._by_first.get(text[position], ()):
            if text.startswith(word, position):
                return word
        return ""
