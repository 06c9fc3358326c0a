"""An entry and a verdict as JSON, in the shapes other programs rely on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from knowledge.eligibility import Judged, Judgement, Verdict
from knowledge.entries import NOT_STATED, Entry, Figure, Source
from knowledge.facts import FactTable
from knowledge.near_miss import near_misses
from knowledge.rendering import fill_or_say


def show(entry: Entry, day: date) -> dict[str, Any]:
    """`show --json`: computed status, payee, the figures that cover the day, conditions, papers, source."""
    return {
        "code": entry.code,
        "title": entry.title,
        "on": day.isoformat(),
        "status": entry.status_on(day).value,
        "stage": entry.validity.stage.value,
        "payee": [payee.value for payee in entry.payee],
        "figures": [_figure(entry, figure) for figure in entry.figures_on(entry.validity.reading_day(day))],
        "conditions": [
            {
                "text": condition.text,
                "rule": _plain(condition.rule),
                "ask_staff": condition.ask_staff,
                "clause": condition.clause,
            }
            for condition in entry.conditions
        ],
        "papers": NOT_STATED
        if entry.papers is None
        else [
            {"name": paper.name, "issuer": paper.issuer, "form": paper.form, "valid": paper.valid}
            for paper in entry.papers
        ],
        "source": [_source(source) for source in entry.sources],
    }


def verdict_json(entry: Entry, verdict: Verdict, declared: FactTable | None = None) -> dict[str, Any]:
    """`check-eligibility --json`: the verdict with every condition sorted by how it came out.

    `declared` are the facts of the publication the entry is of; the shipped ones when left out.
    """

    def conditions(*judgements: Judgement) -> list[dict[str, Any]]:
        return [_condition(entry, item, verdict.on) for judgement in judgements for item in verdict.of(judgement)]

    return {
        "code": verdict.code,
        "on": verdict.on.isoformat(),
        "outcome": verdict.outcome.value,
        "met": conditions(Judgement.MET),
        "unmet": conditions(Judgement.UNMET),
        "missing": conditions(Judgement.MISSING, Judgement.ASK_STAFF),
        "broken": conditions(Judgement.BROKEN),
        "near_miss": [
            {
                "fact": miss.fact,
                "from": _plain(miss.before),
                "to": _plain(miss.after),
                "text": miss.text,
                "outcome": miss.outcome.value,
            }
            for miss in near_misses(entry, verdict, declared)
        ],
        "text_conditions": verdict.text_conditions,
        "decides": entry.decides,
        "notes": list(verdict.notes),
        "sources": [_source(source) for source in entry.sources],
    }


def _figure(entry: Entry, figure: Figure) -> dict[str, Any]:
    amount = (
        {"value": str(figure.value)} if figure.value is not None else {"low": str(figure.low), "high": str(figure.high)}
    )
    start, end = figure.valid_from or entry.validity.valid_from, figure.valid_to or entry.validity.valid_to
    return {
        "name": figure.name,
        **amount,
        "unit": figure.unit,
        "per": figure.per,
        "cap": str(figure.cap_yuan) if figure.cap_yuan is not None else None,
        "from": start.isoformat() if start else None,
        "to": end.isoformat() if end else None,
        "clause": figure.clause,
        "payee": figure.payee.value if figure.payee else (entry.payee[0].value if entry.payee else None),
    }


def _condition(entry: Entry, item: Judged, day: date) -> dict[str, Any]:
    """One condition: its sentence with the figures of the day, its facts, those still unknown, its clause."""
    shown = {
        "text": fill_or_say(entry, item.condition.text, entry.validity.reading_day(day)),
        "fact": item.facts[0] if len(item.facts) == 1 else list(item.facts),
        "clause": item.condition.clause,
        "exclusion": item.is_exclusion,
    }
    return shown | {"unknown": list(item.unknown)} if item.judgement is Judgement.MISSING else shown


def _source(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "document_no": source.document_no,
        "issuer": source.issuer,
        "date": source.date,
        "clause": source.clause,
        "url": source.url,
        "seen": source.seen,
    }


def _plain(value: Any) -> Any:
    """A rule with its numbers and days as text."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Decimal | date) else value
