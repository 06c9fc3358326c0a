"""Presses of buttons: an entry, one facet of it, the rest of it, a menu, a person to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.answers import Action, Answer, Line, LineKind, Outcome, Verb
from knowledge.base import KnowledgeBase
from knowledge.calculators.borrowing import cost_answer
from knowledge.entries import Entry, Facet
from knowledge.question import Memory, Question
from knowledge.replies import Reply, entry_buttons
from knowledge.standing import calculators, forgotten, none_of_these, person_to_ask, stale_button, word_explained
from knowledge.telling import tell


def press(base: KnowledgeBase, action: Action, memory: Memory, today: date) -> tuple[Answer, Memory]:
    """The reply to a button; one that leads nowhere any more says so kindly."""
    question = Question("", "", None, {}, dict(memory.facts), today)
    entry = base.entries.get(action.target)
    if action.verb in (Verb.ENTRY, Verb.FACET, Verb.MORE, Verb.APPLY) and entry is not None:
        return _of_entry(base, question, action, entry, memory)
    if action.verb is Verb.CALCULATE and entry is not None:
        return _cost(base, question, (entry, base.entries.get(action.detail)), memory)
    if action.verb is Verb.CALCULATE:
        return question.dressed(calculators(), base.version), memory
    if action.verb is Verb.NONE_OF_THESE:
        return question.dressed(none_of_these(), base.version), replace(memory, offered=())
    if action.verb is Verb.PERSON:
        return question.dressed(person_to_ask(), base.version), memory
    if action.verb is Verb.FORGET:
        return replace(question, facts={}).dressed(forgotten(), base.version), Memory(entry=memory.entry)
    if action.verb is Verb.WORD and action.target.isdigit() and int(action.target) < len(base.glossary):
        return question.dressed(
            word_explained(base.glossary, list(base.glossary)[int(action.target)]), base.version
        ), memory
    if action.verb in (Verb.BROWSE, Verb.HOME):
        menu = base.catalogue.menu(action.target, today)
        said = Answer(Outcome.SUGGEST, (Line(LineKind.TITLE, menu.title),), buttons=menu.choices)
        return question.dressed(said, base.version), memory
    return question.dressed(stale_button(), base.version), memory


def _cost(
    base: KnowledgeBase, question: Question, pair: tuple[Entry, Entry | None], memory: Memory
) -> tuple[Answer, Memory]:
    """What borrowing costs a year by what the entries say today."""
    entries = [entry for entry in pair if entry is not None]
    said = cost_answer(entries, question.today, base.entries.get)
    return question.dressed(said, base.version), replace(memory, entry=entries[0].code)


def sheet(base: KnowledgeBase, code: str, day: date) -> Answer:
    """The whole page of an entry: first reply and the rest in one. Raises `LookupError` for an unknown code."""
    entry = base.entries.get(code)
    if entry is None:
        raise LookupError(code)
    reply = Reply(entry, day, None, base.titles)
    buttons, status = entry_buttons(entry, None, day), entry.status_on(day)
    return Answer(Outcome.ANSWER, reply.lines, reply.more, buttons, (code,), status, version=base.version, on=day)


def _of_entry(
    base: KnowledgeBase, question: Question, action: Action, entry: Entry, memory: Memory
) -> tuple[Answer, Memory]:
    facet = Facet(action.detail) if action.detail in list(Facet) else None
    said = tell(base, replace(question, facet=facet), entry, brief=action.verb is Verb.FACET)
    if action.verb is Verb.MORE:
        banner = [line for line in said.lines if line.kind is LineKind.STATUS]
        title = Line(LineKind.TITLE, f"{entry.title}，其余的：")
        said = replace(said, lines=(*banner, title, *said.more), more=(), buttons=said.buttons[1:])
    return said, replace(memory, entry=entry.code, facet=facet.value if facet else None, offered=())
