"""The steps of 我能办吗 and 政策体检: each takes where an interview stands and gives where it stands next.

Nothing is kept here and no clock is read: whoever keeps the states (the office in its ledger, the terminal in a file)
loads one, takes a step, shows the view and saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from knowledge.answers import Action, Verb
from knowledge.base import KnowledgeBase
from knowledge.check_choices import pressed
from knowledge.check_rendering import (
    AGAIN,
    CHANGE,
    CHOOSE,
    DISOWN,
    GO_ON,
    LEAVE,
    OWN,
    Subject,
    question_view,
    result_view,
)
from knowledge.check_views import CheckView, ResultView
from knowledge.check_words import GO_ON_WORDS
from knowledge.fact_answers import AskBack, Unknown
from knowledge.fact_words import fact_label, value_words
from knowledge.interview import FactQuestion, change_answer, next_question, question_about
from knowledge.interview_reading import is_own_question, read
from knowledge.interview_state import CheckState, is_usable, subject_of
from knowledge.profile import Answer, Profile

AFRESH = ("上次答的已经清掉了（只留 7 天），我们从头来。",)


@dataclass(frozen=True, slots=True)
class Interviewing:
    """The interviews over one publication, as of a day."""

    knowledge: KnowledgeBase
    day: date

    def restored(self, kept: Mapping[str, Any]) -> CheckState:
        """The state that `to_json` wrote; of an entry that is gone, its answers for the check-up."""
        state = CheckState.from_json(kept, self.knowledge.rule_book.declared)
        is_gone = bool(state.scope) and state.scope not in self.knowledge.entries
        return state.entering("") if is_gone else state

    def turned(self, kept: CheckState | None, scope: str) -> CheckState:
        """`kept` looked at for `scope`; raises `LookupError` for an unknown code."""
        if scope and scope not in self.knowledge.entries:
            raise LookupError(scope)
        return kept if kept is not None and kept.scope == scope else (kept or CheckState()).entering(scope)

    def entered(self, kept: CheckState | None, scope: str, heard: Mapping[str, Any]) -> CheckState:
        """`kept` in `scope`, knowing also the facts `heard` meanwhile in the chat."""
        state, book = self.turned(kept, scope), self.knowledge.rule_book
        asked = {book.declared.asked_as(key): value for key, value in heard.items()}
        new = tuple(
            answer
            for answer in Profile.heard(asked)
            if answer.key in book.answers and answer.key not in state.profile and is_usable(book.declared, answer)
        )
        return replace(state, profile=Profile((*state.profile, *new)))

    def begun(self, kept: CheckState | None, scope: str, heard: Mapping[str, Any]) -> CheckState:
        """Started on one entry (its code) or on all, or gone on with where it was left there, what went wrong forgotten."""
        return replace(self.entered(kept, scope, heard), notices=(), trouble="", readings=()).resuming()

    def afresh(self, heard: Mapping[str, Any]) -> CheckState:
        """A button of an interview that is no longer kept: a new one, saying so."""
        return replace(self.entered(None, "", heard), notices=AFRESH)

    def typed(self, kept: CheckState, text: str, key: str | None = None) -> CheckState | None:
        """Typed words read as the answer to the question at hand; words that cannot be read get the question again.

        None when no question waits, or when the words are plainly a question of their own. A form that shows its
        question names it (`key`): then the words answer that one, and the result is never None.
        """
        if key is not None:
            return self._read(kept, key, text) if key in self.knowledge.rule_book.declared else kept
        if text.strip() in GO_ON_WORDS:
            return self._going_on(kept)
        waiting = None if kept.is_paused else self.question(kept)
        if waiting is None:
            return None
        reading = read(self.knowledge, waiting.key, text, self.day)
        if is_own_question(self.knowledge, text, reading, self.day):
            return None
        return self._read(kept, waiting.key, text)

    def pressed(self, kept: CheckState, action: Action) -> CheckState:
        """An answer or a step of `check_rendering`; one that means nothing any more changes nothing."""
        if action.verb is Verb.CHECK_ANSWER:
            return self._chosen(kept, action.target, action.detail)
        name, detail = action.target, action.detail
        if name == GO_ON:
            return self._going_on(kept)
        if name == AGAIN:
            return replace(CheckState().entering(kept.scope), notices=("好的，从头来，前面答的都清掉了。",))
        if name == LEAVE:
            return kept.pausing()
        if name == CHANGE and detail in self.knowledge.rule_book.declared:
            return replace(kept.settled(), asking=detail).resuming()
        if name in (OWN, DISOWN) and detail in self.knowledge.entries:
            others = tuple(code for code in kept.owned if code != detail)
            return replace(kept.settled(), owned=(*others, detail) if name == OWN else others)
        if name == CHOOSE and detail in self.knowledge.entries:
            return self._toggled(kept.settled(), detail)
        return kept

    def question(self, state: CheckState) -> FactQuestion | None:
        """The question that would be asked now; None when nothing is left to ask."""
        subject = self.subject(state)
        if state.asking is not None:
            return question_about(subject.book, state.asking, state.profile.facts, subject.day)
        if state.limit is not None and state.profile.asked >= state.limit:
            return None
        return next_question(subject.book, state.profile.facts, subject.day)

    def view(self, state: CheckState) -> CheckView:
        """What is shown of the state: the question that waits, or the result."""
        question = None if state.is_paused else self.question(state)
        if question is None:
            return self.result(state)
        return question_view(
            self.subject(state),
            state.profile,
            question,
            limit=state.limit,
            trouble=state.trouble,
            readings=state.readings,
            notices=state.notices,
        )

    def result(self, state: CheckState) -> ResultView:
        """The result of the answers so far, whatever is still to be asked."""
        subject = self.subject(state)
        return result_view(
            subject,
            state.profile,
            owned=() if state.scope else state.owned,
            chosen=state.chosen,
            can_go_on=next_question(subject.book, state.profile.facts, subject.day) is not None,
            notices=state.notices,
        )

    def subject(self, state: CheckState) -> Subject:
        """What the state is judged by."""
        return subject_of(self.knowledge, state.scope, self.day, state.owned)

    def _read(self, kept: CheckState, key: str, text: str) -> CheckState:
        reading = read(self.knowledge, key, text, self.day)
        if not isinstance(reading, AskBack):
            return self._answered(kept, key, None if isinstance(reading, Unknown) else reading)
        readings = () if reading.is_open else reading.readings
        question = self.question(kept)
        asking = kept.asking if question is not None and question.key == key else key
        return replace(kept.settled(), asking=asking, trouble=reading.text, readings=readings).resuming()

    def _chosen(self, kept: CheckState, key: str, token: str) -> CheckState:
        book = self.knowledge.rule_book
        fact = book.declared.get(key)
        if fact is None:
            return kept
        question = self.question(kept)
        readings = kept.readings if question is not None and question.key == key else ()
        said = pressed(book, fact, token, readings)
        return kept if said is None else self._answered(kept, key, said.value)

    def _answered(self, kept: CheckState, key: str, value: Any) -> CheckState:
        """The state with `key` answered, saying what an answer that was changed has undone."""
        subject = self.subject(kept)
        declared = subject.book.declared
        if not is_usable(declared, Answer(key, value)):
            return kept
        settled = replace(kept.settled(), reported="").resuming()
        if key not in kept.profile:
            return replace(settled, profile=kept.profile.with_answer(key, value))
        profile, cleared = change_answer(subject.book, kept.profile, key, value, subject.day)
        notice = f"改好了：{fact_label(declared[key], key)}——{value_words(declared[key], value)}。"
        if cleared:
            notice += f"跟着它变的 {'、'.join(fact_label(declared.get(name), name) for name in cleared)} 要重新问。"
        return replace(settled, profile=profile, notices=(notice,))

    def _going_on(self, kept: CheckState) -> CheckState:
        """On from a pause with the same limit; beyond the limit when it was reached."""
        resumed = kept.settled().resuming()
        if self.question(resumed) is not None:
            return resumed
        return replace(resumed, unlimited=tuple({*resumed.unlimited, resumed.scope}))

    def _toggled(self, kept: CheckState, code: str) -> CheckState:
        chosen = self.result(kept).papers.chosen
        without = tuple(each for each in chosen if each != code)
        return replace(kept, chosen=without if code in chosen else (*chosen, code))
