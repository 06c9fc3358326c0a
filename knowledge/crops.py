"""What is grown or raised around Wenzhou, by its spoken names."""

from dataclasses import dataclass, field
from pathlib import Path

from knowledge.numerals import fold
from knowledge.phrases import Hit, Phrases
from knowledge.reading import ContentError, Fault, read_yaml

_LEADS = "种养采只头羽"  # verbs and measure words that open a spoken name


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop, animal or aquatic product; `line` tells insurance lines of one crop apart (早稻, 晚稻)."""

    name: str
    category: str
    line: str | None = None


@dataclass(frozen=True)
class Crops:
    """All crops by spoken name, loaded once."""

    by_word: dict[str, Crop] = field(repr=False)
    _phrases: Phrases = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> "Crops":
        """Read data/crops.yaml; a spoken name given to two crops is a fault."""
        faults: list[Fault] = []
        root = read_yaml(path, path.name, faults)
        by_word: dict[str, Crop] = {}
        for item in root.sequence() if root is not None else []:
            parts = item.mapping(("name", "category", "spoken"), ("line",))
            if not {"name", "category", "spoken"} <= parts.keys():
                continue
            line = parts["line"].text() if "line" in parts else None
            crop = Crop(parts["name"].text(), parts["category"].text(), line)
            for word in map(fold, parts["spoken"].texts()):
                if by_word.setdefault(word, crop) != crop:
                    item.fault(f"说法 {word} 已归给 {by_word[word].name}，一个说法只能归一种作物。")
        if faults:
            raise ContentError(faults)
        return cls(by_word, Phrases.of(by_word))

    def find(self, folded: str) -> list[tuple[Hit, Crop]]:
        """Every crop named in a folded text, left to right; 种花菜 is 花菜 and not 种花."""
        found: list[tuple[Hit, Crop]] = []
        reached = 0
        for hit in self._phrases.find(folded):
            if hit.start < reached:
                continue
            inner = self._phrases.at(folded, hit.start + 1) if hit.word[0] in _LEADS else ""
            if hit.start + 1 + len(inner) > hit.end:
                hit = Hit(inner, hit.start + 1, hit.start + 1 + len(inner))  # noqa: PLW2901 - the longer reading replaces it
            reached = hit.end
            found.append((hit, self.by_word[hit.word]))
        return found
