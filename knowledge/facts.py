"""What we may ask a farmer: the declared facts of data/facts.yaml, and what follows from one for another."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from knowledge.reading import ContentError, Fault, Item, did_you_mean, read_yaml
from knowledge.rules import Rule, no_parameters, read_rule
from knowledge.values import RuleError, is_unknown, plain_value

TYPES = ("choice", "number", "yuan", "percent", "yes_no", "mu", "months", "date")
NUMBERS = ("number", "yuan", "percent", "mu", "months")
UNIT_WORDS = {"yuan": "元", "percent": "%", "mu": "亩", "months": "个月"}
NEITHER = "其他"
ASKED_ON = "asked_on"
_EXAMPLES = {"yes_no": "是", "date": "2026-03-01"}
_YES_NO = {"有": True, "没有": False, "无": False}
_FIELDS = (
    "choices", "closed", "label", "question", "sensitive", "unit", "same_as", "derive", "ask", "zero_when_none", "neither", "change", "narrow",
)  # fmt: skip


class FactError(ValueError):
    """A stated fact that cannot be used; says which, why, and what would do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Change:
    """One lawful way to change a fact: from one of `froms` (empty: from any) to `to`, said as an act."""

    to: Any
    froms: tuple[Any, ...]
    say: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a person may be asked; `choices` are open unless `closed`.

    `same_as` names the fact under which it is asked; a `narrow` one makes sense beside its entry and comes late in a
    check-up over all entries; `neither` is what 都不是 stands for; `changes` are the lawful
    ways to change it, and a fact without any is never proposed for changing.
    """

    key: str
    type: str
    choices: tuple[str, ...] = ()
    closed: bool = False
    label: str | None = None
    question: str | None = None
    sensitive: bool = False
    same_as: str | None = None
    asked: bool = True
    zero_when_none: bool = False
    neither: str = NEITHER
    narrow: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def is_changeable(self) -> bool:
        return bool(self.changes)

    @property
    def unit(self) -> str:
        """The Chinese unit of its numbers, or an empty string."""
        return UNIT_WORDS.get(self.type, "")

    def parse(self, value: Any) -> Any:
        """The value rules compare; None for every kind of unknown. Raises `FactError`."""
        if is_unknown(value):
            return None
        word = _YES_NO.get(value.strip(), value) if self.type == "yes_no" and isinstance(value, str) else value
        plain = plain_value(word)
        ends = plain if isinstance(plain, tuple) and self.type != "choice" and len(plain) == 2 else (plain,)
        if not all(self._takes(end) for end in ends) or (
            len(ends) == 2 and (self.type == "yes_no" or ends[0] > ends[1])
        ):
            raise FactError(self._refusal(value))
        return plain

    def _takes(self, value: Any) -> bool:
        if self.type == "yes_no":
            return isinstance(value, bool)
        if self.type == "date":
            return isinstance(value, date)
        if self.type in NUMBERS:
            return isinstance(value, Decimal) and value.is_finite()
        return isinstance(value, str | bool | Decimal) and (not self.closed or value in self.choices)

    def _refusal(self, value: Any) -> str:
        name = f"{self.label or self.key}（{self.key}）"
        if self.closed and self.type == "choice":
            return (
                f"{name} 只能是：{'、'.join(self.choices)}。{did_you_mean(str(value), self.choices)}不知道就写 不知道。"
            )
        kind = {"yes_no": "是 或 否", "date": "日期", "choice": "一个词"}.get(self.type, "数字")
        return f"{name} 应当是{kind}，例如 {_EXAMPLES.get(self.type, '30')}。不知道就写 不知道。"


@dataclass(frozen=True, slots=True)
class Derivation:
    """What follows for `target`: the value looked up from `source` (or copied from it), or `value` when a rule holds."""

    target: str
    sources: tuple[str, ...]
    values: Mapping[Any, Any]
    copies: bool = False
    when: Rule | None = None
    value: Any = None

    def of(self, known: Mapping[str, Any]) -> Any:
        """The derived value, or None when nothing follows."""
        if self.when is not None:
            try:
                return self.value if self.when.judge(known, no_parameters) else None
            except RuleError:
                return None
        said = known.get(self.sources[0])
        if said is None or isinstance(said, tuple):
            return said if self.copies else None
        return self.values.get(said, said if self.copies else None)


class FactTable(Mapping[str, Fact]):
    """All declared facts by key, with what follows from one for another."""

    def __init__(self, facts: Mapping[str, Fact], derivations: tuple[Derivation, ...]) -> None:
        self._facts = dict(facts)
        self.derivations = derivations
        self.sources: dict[str, tuple[str, ...]] = {}
        for derivation in derivations:
            earlier = self.sources.get(derivation.target, ())
            self.sources[derivation.target] = tuple(dict.fromkeys((*earlier, *derivation.sources)))
        self.is_source = frozenset(key for keys in self.sources.values() for key in keys)

    def __getitem__(self, key: str) -> Fact:
        return self._facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def asked_as(self, key: str) -> str:
        """The key under which a fact is asked, so that one thing is never asked twice."""
        fact = self._facts.get(key)
        return fact.same_as if fact is not None and fact.same_as else key

    def derive(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """`known` with everything that follows with certainty; a stated fact is never overwritten."""
        full = dict(known)
        while True:
            new = {
                rule.target: value
                for rule in reversed(self.derivations)
                if rule.target not in full and (value := rule.of(full)) is not None
            }
            if not new:
                return full
            full |= new

    def known(self, facts: Mapping[str, Any], day: date) -> dict[str, Any]:
        """What is known on `day` from stated `facts`, derived facts included. Raises `FactError`."""
        if not isinstance(facts, Mapping):
            raise FactError('facts 应当是一组“键: 值”，例如 {"county": "永嘉县"}。')
        known: dict[str, Any] = {}
        for key, value in facts.items():
            fact = self._facts.get(key)
            parsed = fact.parse(value) if fact is not None else None
            if parsed is not None:
                known[key] = parsed
        known.setdefault(ASKED_ON, day)
        return self.derive(known)

    def unused(self, facts: Mapping[str, Any]) -> list[str]:
        """One sentence for every stated fact nobody declared."""
        return [
            f"不认识的事实 {key}，没有用上。{did_you_mean(str(key), self._facts)}"
            for key in facts
            if key not in self._facts
        ]


@functools.cache
def shipped_facts() -> FactTable:
    """The facts that come with the program. Raises `ContentError`."""
    faults: list[Fault] = []
    table = load_facts(Path(__file__).resolve().parent.parent / "data" / "facts.yaml", faults)
    if faults:
        raise ContentError(faults)
    return table


def load_facts(path: Path, faults: list[Fault]) -> FactTable:
    """All declared facts by key."""
    facts: dict[str, Fact] = {}
    derivations: list[Derivation] = []
    items: dict[str, Item] = {}
    root = read_yaml(path, "data/facts.yaml", faults)
    for item in root.sequence() if root is not None else []:
        fields = item.mapping(("key", "type"), _FIELDS)
        if not {"key", "type"} <= fields.keys():
            continue
        fact = _fact(fields)
        if fact.key in facts:
            item.fault(f"事实 {fact.key} 写了两次，只留一个。")
        facts[fact.key], items[fact.key] = fact, item
        for part in fields["derive"].sequence() if "derive" in fields else []:
            derivations.extend(_derivation(fact.key, part))
        if fact.same_as:
            derivations.append(Derivation(fact.key, (fact.same_as,), {}, copies=True))
            derivations.append(Derivation(fact.same_as, (fact.key,), {}, copies=True))
    for rule in derivations:
        for key in (rule.target, *rule.sources):
            if key not in facts:
                items[rule.target if rule.target in items else rule.sources[0]].fault(
                    f"推导里的事实 {key} 没有声明。{did_you_mean(key, facts)}"
                )
    return FactTable(facts, tuple(derivations))


def _fact(fields: dict[str, Item]) -> Fact:
    def text(name: str) -> str | None:
        return fields[name].optional_text() if name in fields else None

    def flag(name: str, *, default: bool = False) -> bool:
        return fields[name].boolean() if name in fields else default

    return Fact(
        key=fields["key"].text(),
        type=fields["type"].choice(TYPES),
        choices=fields["choices"].texts() if "choices" in fields else (),
        closed=flag("closed"),
        label=text("label"),
        question=text("question"),
        sensitive=flag("sensitive"),
        same_as=text("same_as"),
        asked=flag("ask", default=True),
        zero_when_none=flag("zero_when_none"),
        narrow=flag("narrow"),
        neither=text("neither") or NEITHER,
        changes=tuple(_change(item) for item in fields["change"].sequence()) if "change" in fields else (),
    )


def _change(item: Item) -> Change:
    fields = item.mapping(("to", "say"), ("from",))
    if not {"to", "say"} <= fields.keys():
        return Change(None, (), "")
    froms = tuple(plain_value(part.plain()) for part in fields["from"].sequence()) if "from" in fields else ()
    return Change(plain_value(fields["to"].plain()), froms, fields["say"].text())


def _derivation(target: str, item: Item) -> Iterator[Derivation]:
    fields = item.mapping((), ("from", "values", "otherwise", "when", "value"))
    if "from" in fields:
        values = fields["values"].plain() if "values" in fields else {}
        looked_up = {plain_value(key): plain_value(value) for key, value in values.items()}
        copies = "otherwise" in fields and fields["otherwise"].choice(("same",)) == "same"
        yield Derivation(target, (fields["from"].text(),), looked_up, copies)
    elif {"when", "value"} <= fields.keys():
        try:
            rule = read_rule(fields["when"].plain())
        except RuleError as error:
            item.fault(str(error))
            return
        yield Derivation(target, rule.keys, {}, when=rule, value=plain_value(fields["value"].plain()))
    else:
        item.fault("推导要么写 from（和 values 或 otherwise: same），要么写 when 和 value。")
