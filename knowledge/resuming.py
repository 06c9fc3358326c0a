"""A few words that only complete what was asked before: where he is, what he grows, how much (在文成), or more of the same."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import replace

from knowledge.answers import Answer, Outcome
from knowledge.base import KnowledgeBase
from knowledge.following import SHORT
from knowledge.quantities import Kind, find_quantities
from knowledge.question import LONGEST_QUESTION, Memory, Question, fold
from knowledge.ranking import NEARLY_SURE
from knowledge.text import normalise
from knowledge.wishes import is_bare_wish

OF_HIMSELF = frozenset(
    "county town village location crop livestock livestock_count area_mu line amount_yuan loan_amount_yuan".split()  # noqa: SIM905 - one line reads better
)
_GLUE = re.compile("[我俺们家这里边那在是的住人种养了有做了个借贷要想，,。.、 ]|农户|农民|乡镇|这边")
_LEFT = 1  # a character left over is still no question


def only_tells(question: Question, memory: Memory) -> bool:
    """Whether somebody asked before and with nothing settled now only says where he is, what he grows or how much he wants."""
    if memory.entry is not None or not memory.asked or question.facet is not None:
        return False
    return tells_no_more_than(question, OF_HIMSELF)


def tells_no_more_than(question: Question, keys: Set[str]) -> bool:
    """Whether short words say nothing but facts, one of `keys` (or a sum) among them."""
    if len(question.plain) > SHORT:
        return False
    sums = [each.text for each in find_quantities(question.said) if each.kind is Kind.MONEY]
    told = [fact.text for key, fact in question.heard.items() if key in keys] + (sums if "amount_yuan" in keys else [])
    rest = question.plain
    for text in sorted((*told, *(fact.text for fact in question.heard.values())), key=len, reverse=True):
        rest = rest.replace(normalise(text), "")
    return bool(told) and len(_GLUE.sub("", rest)) <= _LEFT


def is_unfinished(base: KnowledgeBase, question: Question, memory: Memory, said: Answer) -> bool:
    """Whether short words that find nothing sure by themselves follow a question for which nothing was found, or tell
    where he is after one with several choices."""
    if memory.entry is not None or not memory.asked:
        return False
    if memory.offered:
        return said.outcome is Outcome.NO_MATCH and "county" in question.heard and len(question.plain) <= SHORT
    own = base.asking.pronouns.sub("", question.plain)
    is_unsure = said.outcome is Outcome.SUGGEST and said.confidence < NEARLY_SURE
    return len(own) <= SHORT and (said.outcome is Outcome.NO_MATCH or is_unsure)


def together(question: Question, memory: Memory) -> str:
    """What was asked before and what was said now, as one text."""
    return f"{memory.asked or ''}，{question.said}"[-LONGEST_QUESTION:]


def with_what_was_said(base: KnowledgeBase, question: Question, memory: Memory) -> Question:
    """`question` with what it leaves unsaid: what a bare wish follows (保险赔伐), or the animal that 死了一半."""
    if is_bare_wish(base, question):
        before = fold(base, memory.asked or "")
    else:
        crop = question.facts.get("crop")
        is_short = len(question.plain) <= SHORT and "crop" not in question.heard
        before = crop if is_short and isinstance(crop, str) else ""
    return replace(question, plain=f"{before}{question.plain}") if before else question
