"""`python -m knowledge check-eligibility` for people: the same lines as in the windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.answers import Line, LineKind
from knowledge.base import KnowledgeBase
from knowledge.check_rendering import Subject, result_view
from knowledge.check_views import ResultView
from knowledge.checkup import GROUP_WORDS, Group
from knowledge.profile import Answer, Profile
from knowledge.reading import did_you_mean

EXAMPLE = '{"county": "乐清市", "crop": "杨梅", "applicant_type": "家庭农场"}'
FACTS_HELP = f"他说过的，一个 JSON 对象，例如 '{EXAMPLE}'；能写哪些、怎么写，看 data/facts.yaml"
FIRST_ASK = "先问一声"


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


def unknown_fact(base: KnowledgeBase, facts: Mapping[str, Any]) -> str:
    """What is wrong with the first key nobody declared; empty when all are known."""
    for key in facts if isinstance(facts, Mapping) else ():
        if key not in base.facts:
            labelled = next((name for name, fact in base.facts.items() if key and key in (fact.label or "")), "")
            hint = f"是不是想写 {labelled}？" if labelled else did_you_mean(key, base.facts)
            return f"facts 里的 {key or '（空）'} 不认识。{hint}能写哪些，看 data/facts.yaml。"
    return ""


def nothing_said(view: ResultView) -> list[str]:
    """Of a check-up over all entries in which nothing was stated: how many wait for what, and how to go on."""
    counts = [f"{_heading(section.group)} {len(section.items)} 条" for section in view.sections]
    asks = [item.outcome for section in view.sections if section.group is Group.ASK for item in section.items]
    listed = [f"{FIRST_ASK}（条件要办理单位看，说多少都算不出来）：", *asks] if asks else []
    return [
        *(line.text for line in view.head),
        f"还什么都没说，先不判断：{'、'.join(counts)}。",
        *listed,
        f"说几样再看：python -m knowledge check-eligibility --facts '{EXAMPLE}'；能写哪些，看 data/facts.yaml。",
        "一问一答：python -m knowledge ask，然后打“政策体检”。",
    ]


def _heading(group: Group) -> str:
    return FIRST_ASK if group is Group.ASK else GROUP_WORDS[group]
