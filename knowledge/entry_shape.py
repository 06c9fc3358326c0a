"""The fixed order, quotes and line form of an entry's keys in the canonical YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from knowledge.loading import FACETS
from knowledge.rules import GROUPS, LEFT_SIDES
from knowledge.values import OPERATORS
from knowledge.yaml_tree import Quoting, Scalar, Series, Table, Tree, null

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
Collection = TypeVar("Collection", Table, Series)


@dataclass(frozen=True)
class Shape:
    """What is known of a mapping: the order of its keys, which are quoted, and what may be left out.

    An optional key that is null, or says what its absence says (`absence`), is left out; a `filled` key is always there.
    """

    keys: tuple[str, ...]
    quoted: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    absence: Mapping[str, str] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    sentences: frozenset[str] = frozenset()
    parts: Mapping[str, Shape] = field(default_factory=dict)


def _keys(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FIGURE = Shape(
    keys=_keys("key name parameter value low high unit per bound cap_yuan from to clause quote payee source"),
    quoted=_set("value low high cap_yuan"),
    days=_set("from to"),
    optional=_set("name parameter value low high unit per bound cap_yuan from to clause quote payee source"),
    absence={"source": "0"},
)
CONDITION = Shape(
    keys=_keys("text rule ask_staff clause source"),
    optional=_set("rule ask_staff clause source"),
    absence={"ask_staff": "false", "source": "0"},
)
PAPER = Shape(keys=_keys("name issuer form valid"), optional=_set("issuer form valid"))
CONTACT = Shape(
    keys=_keys("name phone address seen"), quoted=_set("phone"), days=_set("seen"), optional=_set("phone address")
)
VALIDITY = Shape(
    keys=_keys(
        "stage from to confirmed_on historic repealed_on repealed_by_then superseded_by superseded_on note review_by owner"
    ),
    quoted=_set("superseded_by"),
    days=_set("from to confirmed_on repealed_on superseded_on review_by"),
    optional=_set("confirmed_on historic repealed_on repealed_by_then superseded_by superseded_on note"),
    absence={"historic": "false", "repealed_by_then": "false"},
)
SOURCE = Shape(
    keys=_keys("title document_no issuer date clause url seen"),
    quoted=_set("document_no date"),
    filled=_set("document_no date clause url"),
)
CASE = Shape(keys=_keys("name on facts outcome"), days=_set("on"))
ENTRY = Shape(
    keys=_keys(
        "code title kind audience level subjects crops regions excluded_places payee payee_note aliases summary figures "
        "facets conditions exclusions papers time decides contacts next_step validity sources examples cases related "
        "checked"
    ),
    quoted=_set("code related"),
    days=_set("checked"),
    optional=_set("related"),
    sentences=_set("aliases examples"),
    parts={
        "figures": FIGURE,
        "facets": Shape(keys=FACETS, sentences=frozenset(FACETS)),
        "conditions": CONDITION,
        "exclusions": CONDITION,
        "papers": PAPER,
        "contacts": CONTACT,
        "validity": VALIDITY,
        "sources": SOURCE,
        "cases": CASE,
    },
)
RULE_KEYS = (*GROUPS, *LEFT_SIDES, *OPERATORS)


def arranged(tree: Tree, shape: Shape = ENTRY) -> Tree:
    """The tree in canonical order; unknown keys stay, after the known ones."""
    if isinstance(tree, Series):
        return replace(tree, items=tuple(arranged(item, shape) for item in tree.items))
    if not isinstance(tree, Table):
        return tree
    rows = [(key, _value(key.text, value, shape)) for key, value in tree.rows]
    rows = [row for row in rows if not _says_nothing(row[0].text, row[1], shape)]
    present = {key.text for key, _ in rows}
    rows += [(Scalar(key, Quoting.AS_NEEDED), null()) for key in shape.keys if key in shape.filled - present]
    return replace(tree, rows=tuple(sorted(rows, key=lambda row: _place(row[0].text, shape.keys))))


def _value(key: str, value: Tree, shape: Shape) -> Tree:
    if key in shape.parts:
        return arranged(value, shape.parts[key])
    if key == "rule":
        return _rule(value)
    if key == "facts" and isinstance(value, Table):
        return _one_line(replace(value, rows=tuple(sorted(value.rows, key=lambda row: row[0].text))))
    if key in shape.sentences and isinstance(value, Series) and value.items:
        return replace(value, on_one_line=False)
    if key in shape.quoted:
        return _quoted(value)
    if key in shape.days and isinstance(value, Scalar) and ISO_DAY.match(value.text):
        return replace(value, quoting=Quoting.BARE)
    return value


def _says_nothing(key: str, value: Tree, shape: Shape) -> bool:
    if key not in shape.optional:
        return False
    if isinstance(value, Scalar):
        return value.is_null or (key in shape.absence and value.text == shape.absence[key])
    return isinstance(value, Series) and not value.items


def _rule(tree: Tree) -> Tree:
    if isinstance(tree, Table):
        rows = [(key, _rule(value)) for key, value in tree.rows]
        return _one_line(replace(tree, rows=tuple(sorted(rows, key=lambda row: _place(row[0].text, RULE_KEYS)))))
    if isinstance(tree, Series):
        return _one_line(replace(tree, items=tuple(_rule(item) for item in tree.items)))
    return tree


def _one_line(tree: Collection) -> Collection:
    return replace(tree, on_one_line=True)


def _quoted(tree: Tree) -> Tree:
    if isinstance(tree, Series):
        return replace(tree, items=tuple(_quoted(item) for item in tree.items))
    if isinstance(tree, Scalar) and not tree.is_null:
        return Scalar(tree.text.strip(), Quoting.QUOTED, tree.line)
    return tree


def _place(key: str, order: tuple[str, ...]) -> int:
    return order.index(key) if key in order else len(order)
