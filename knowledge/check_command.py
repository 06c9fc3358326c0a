"""`python -m knowledge check-eligibility` for people: the same lines as in the windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.answers import Line, LineKind
from knowledge.base import KnowledgeBase
from knowledge.check_rendering import Subject, result_view
from knowledge.check_views import ResultView
from knowledge.profile import Answer, Profile


def stated(base: KnowledgeBase, code: str, facts: Mapping[str, Any], day: date) -> ResultView:
    """The result for stated `facts`: of one entry, or with an empty `code` of all.

    Raises `LookupError` for an unknown code, `FactError` for a fact that cannot be used.
    """
    if code and code not in base.entries:
        raise LookupError(f"没有编号 {code} 的条目。")
    base.facts.known(facts, day)
    book = base.rule_book.only(code) if code else base.check_up_book
    profile = Profile(tuple(Answer(key, value) for key, value in facts.items()))
    return result_view(Subject(code, base.entries, book, day, base.version), profile)


def told(view: ResultView) -> tuple[Line, ...]:
    """What the terminal prints of a result: one entry in full, many one line each."""
    missing = (Line(LineKind.NEXT, view.missing),) if view.missing else ()
    return (*view.head, *view.body, *missing)
