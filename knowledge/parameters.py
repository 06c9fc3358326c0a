"""Figures: those of one entry, and the dated ones of data/parameters/ that several entries use by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from knowledge.entries import Figure, Payee
from knowledge.reading import Fault, Item, choice_of, day_of, decimal_of, read_yaml, text_of
from knowledge.vocabulary import BOUNDS, PERS, UNITS

Parameters = Mapping[str, tuple[Figure, ...]]
NO_PARAMETERS: Parameters = {}

NUMBER = ("value", "low", "high", "cap_yuan", "from", "to", "clause", "quote")
OWN = ("per", "bound", "payee", "source")


def load_parameters(folder: Path, faults: list[Fault], root: Path) -> Parameters:
    """All parameters below `folder` by name; each is a row of dated figures, and none may be declared twice."""
    parameters: dict[str, tuple[Figure, ...]] = {}
    for path in sorted(folder.glob("*.yaml")):
        name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
        tree = read_yaml(path, name, faults)
        for item in tree.sequence() if tree is not None else ():
            fields = item.mapping(("parameter", "name", "unit", "rows"))
            if not {"parameter", "name", "unit", "rows"} <= fields.keys():
                continue
            key = fields["parameter"].text()
            if key in parameters:
                item.fault(f"参数 {key} 写了两次，只留一个。")
            figure = Figure(key=key, name=fields["name"].text(), unit=fields["unit"].choice(UNITS))
            parameters[key] = tuple(_dated(figure, row, row.mapping((), NUMBER)) for row in fields["rows"].sequence())
    return parameters


def read_figures(item: Item, parameters: Parameters = NO_PARAMETERS) -> tuple[Figure, ...]:
    """One figure written in an entry, or all the rows of the parameter it names, under the entry's own key."""
    if item.has("parameter"):
        return _from_parameter(item, parameters)
    fields = item.mapping(("key", "name", "unit"), (*NUMBER, *OWN))
    if not {"key", "name", "unit"} <= fields.keys():
        return (Figure(key="", name="", unit=""),)
    figure = Figure(key=fields["key"].text(), name=fields["name"].text(), unit=fields["unit"].choice(UNITS))
    return (_own(_dated(figure, item, fields), fields),)


def _from_parameter(item: Item, parameters: Parameters) -> tuple[Figure, ...]:
    fields = item.mapping(("key", "parameter"), ("name", *OWN))
    if not {"key", "parameter"} <= fields.keys():
        return ()
    name = fields["parameter"].text()
    if name not in parameters:
        fields["parameter"].fault(
            f"没有叫 {name} 的参数，data/parameters/ 里有：{'、'.join(sorted(parameters)) or '无'}。"
        )
    return tuple(
        _own(replace(row, key=fields["key"].text(), name=text_of(fields, "name") or row.name), fields)
        for row in parameters.get(name, ())
    )


def _dated(figure: Figure, item: Item, fields: Mapping[str, Item]) -> Figure:
    """`figure` with the number, the days and the clause written in `fields` of `item`."""
    dated = replace(
        figure,
        value=decimal_of(fields, "value"),
        low=decimal_of(fields, "low"),
        high=decimal_of(fields, "high"),
        cap_yuan=decimal_of(fields, "cap_yuan"),
        valid_from=day_of(fields, "from"),
        valid_to=day_of(fields, "to"),
        clause=text_of(fields, "clause"),
        quote=text_of(fields, "quote"),
    )
    if (dated.value is None) == (dated.low is None and dated.high is None):
        item.fault(f"数字 {figure.key}：要么写 value，要么写 low 和 high，二选一。")
    if dated.value is None and (dated.low is None or dated.high is None or dated.low >= dated.high):
        item.fault(f"数字 {figure.key}：low 和 high 都要写，而且 low 要小于 high。")
    return dated


def _own(figure: Figure, fields: Mapping[str, Item]) -> Figure:
    """What the entry says of the figure itself: per what, bound, payee, and which of its sources."""
    return replace(
        figure,
        per=choice_of(fields, "per", PERS),
        bound=choice_of(fields, "bound", BOUNDS),
        payee=fields["payee"].member(Payee) if "payee" in fields and not fields["payee"].is_null else None,
        source=fields["source"].whole() if "source" in fields and not fields["source"].is_null else 0,
    )
