"""Fraud patterns (骗局套路): what a swindler's request looks like when a farmer retells it, and what to say first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.cues import CUE_KEYS, Cues, read_cues, read_groups
from knowledge.reading import ContentError, Fault, Item, read_yaml

NAME = "data/fraud.yaml"


@dataclass(frozen=True)
class FraudHit:
    """One recognised pattern: its name, why it is one, what to do, and the entries that tell more."""

    key: str
    name: str
    why: str
    advice: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class FraudPattern:
    """A pattern with the evidence for it."""

    hit: FraudHit
    cues: Cues = field(repr=False)


@dataclass(frozen=True)
class FraudPatterns:
    """All patterns in the order they are tried, and the words of an honest question."""

    patterns: tuple[FraudPattern, ...]
    honest: Cues = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> FraudPatterns:
        """Read data/fraud.yaml; raises `ContentError` with every fault found."""
        faults: list[Fault] = []
        root = read_yaml(path, NAME, faults)
        fields = root.mapping(("groups", "always", "honest", "patterns")) if root is not None else {}
        groups = read_groups(fields.get("groups"))
        always = fields["always"].texts() if "always" in fields else ()
        honest = read_cues(fields["honest"].mapping((), CUE_KEYS) if "honest" in fields else {}, groups)
        items = fields["patterns"].sequence() if "patterns" in fields else []
        patterns = [_pattern(item, groups, always) for item in items]
        for number, item in enumerate(items):
            if patterns[number].hit.key in {pattern.hit.key for pattern in patterns[:number]}:
                item.fault(f"套路 {patterns[number].hit.key} 写了两次，只留一个。")
        if faults:
            raise ContentError(faults)
        return cls(tuple(patterns), honest)

    def find(self, text: str) -> FraudHit | None:
        """The first pattern a normalised text shows; plain questions about fees and papers show none."""
        if self.honest.hold(text):
            return None
        return next((pattern.hit for pattern in self.patterns if pattern.cues.hold(text)), None)


def _pattern(item: Item, groups: Mapping[str, str], always: tuple[str, ...]) -> FraudPattern:
    fields = item.mapping(("key", "name", "why", "advice", "entries"), CUE_KEYS)
    key, name, why = (fields[part].text() if part in fields else "" for part in ("key", "name", "why"))
    advice, entries = (fields[part].texts() if part in fields else () for part in ("advice", "entries"))
    if not {"words", "with", "near"} & fields.keys():
        item.fault("至少写 words、with、near 里的一样，不然这个套路永远认不出来。")
    return FraudPattern(FraudHit(key, name, why, advice + always, entries), read_cues(fields, groups))
