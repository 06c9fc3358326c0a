"""The rule of an entry that has a calculator, worked out at once when a question says both numbers it takes."""

from __future__ import annotations

import json
from datetime import date

from knowledge.calculators.catalogue import CALCULATORS, Calculator, calculate
from knowledge.calculators.inputs import InputError, to_decimal
from knowledge.entries import Entry
from knowledge.quantities import Kind, find_quantities
from knowledge.rendering import number_text, plain, status_text

ENDINGS = {Kind.RATE: "_percent", Kind.MONEY: "_yuan"}


def worked_out(entry: Entry, said: str, today: date) -> str | None:
    """One sentence with what the entry's rule comes to for the one rate and the one sum said, or None."""
    calculator = next((each for each in CALCULATORS.values() if each.entry == entry.code), None)
    boxes = _boxes(calculator) if calculator is not None else None
    if calculator is None or boxes is None:
        return None
    found = {kind: [each for each in find_quantities(said) if each.kind is kind] for kind in ENDINGS}
    if any(len(each) != 1 or each[0].value is None for each in found.values()):
        return None
    rate, money = (found[kind][0].value for kind in (Kind.RATE, Kind.MONEY))
    if rate is None or money is None:
        return None
    try:
        result = calculate(calculator.name, {boxes[Kind.RATE]: plain(rate), boxes[Kind.MONEY]: plain(money)}, today)
    except InputError:
        return None
    total = next((to_decimal(value) for key, value in result.values.items() if key.endswith("_yuan")), None)
    if total is None:
        return None
    labels = {each.name: each.label.partition("，")[0] for each in calculator.inputs}
    put_in = f"{labels[boxes[Kind.RATE]]} {plain(rate)}%、{labels[boxes[Kind.MONEY]]} {number_text(money, 'yuan')}"
    return (
        f"按{put_in}算，约 {number_text(total, 'yuan')}（我们算的；{status_text(entry, today)}，不能当作领得到的钱）。"
    )


def _boxes(calculator: Calculator) -> dict[Kind, str] | None:
    """The one rate and the one sum a calculator takes, or None where it takes anything else."""
    keys = list(json.loads(calculator.example))
    boxes = {kind: [key for key in keys if key.endswith(ending)] for kind, ending in ENDINGS.items()}
    if len(keys) != len(boxes) or any(len(each) != 1 for each in boxes.values()):
        return None
    return {kind: each[0] for kind, each in boxes.items()}
