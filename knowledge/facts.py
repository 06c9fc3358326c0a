"""What we may ask a farmer: the declared facts of data/facts.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.reading import Fault, read_yaml

TYPES = ("choice", "number", "yuan", "percent", "yes_no", "mu", "months", "date")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a person may be asked; `choices` are open unless `closed`."""

    key: str
    type: str
    choices: tuple[str, ...] = ()
    closed: bool = False
    label: str | None = None
    question: str | None = None
    sensitive: bool = False


def load_facts(path: Path, faults: list[Fault]) -> dict[str, Fact]:
    """All declared facts by key."""
    facts: dict[str, Fact] = {}
    root = read_yaml(path, "data/facts.yaml", faults)
    for item in root.sequence() if root is not None else []:
        fields = item.mapping(
            ("key", "type"), ("choices", "closed", "label", "question", "sensitive", "unit", "same_as")
        )
        if not {"key", "type"} <= fields.keys():
            continue
        fact = Fact(
            key=fields["key"].text(),
            type=fields["type"].choice(TYPES),
            choices=fields["choices"].texts() if "choices" in fields else (),
            closed="closed" in fields and fields["closed"].boolean(),
            label=fields["label"].optional_text() if "label" in fields else None,
            question=fields["question"].optional_text() if "question" in fields else None,
            sensitive="sensitive" in fields and fields["sensitive"].boolean(),
        )
        if fact.key in facts:
            item.fault(f"事实 {fact.key} 写了两次，只留一个。")
        facts[fact.key] = fact
    return facts
