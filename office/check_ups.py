"""我能办吗 and 政策体检 (interviews): begin, answer, change, go on, leave and resume; one open interview per chat.

Every window does the same three things. It calls `press` for a button (verbs CHECK, CHECK_ANSWER, CHECK_STEP), `reply`
for typed words (None means: no interview is waiting for them, treat them as an ordinary question), and `current` to
show where a chat stands. Each gives a `CheckView`: print its `lines`, offer `choices` or `buttons`. All calls block.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from knowledge.answers import Action, Verb
from knowledge.check_choices import pressed
from knowledge.check_rendering import (
    AGAIN,
    CHANGE,
    CHOOSE,
    DISOWN,
    GO_ON,
    LEAVE,
    OWN,
    WRONG,
    Subject,
    question_view,
    result_view,
)
from knowledge.check_views import CheckView, ResultView
from knowledge.fact_answers import AskBack, Unknown
from knowledge.fact_words import fact_label, value_words
from knowledge.interview import FactQuestion, change_answer, next_question, question_about
from knowledge.profile import Answer, Profile
from office.check_reading import is_own_question, read
from office.check_reports import alert_broken, report_wrong
from office.check_state import CheckState, is_usable, subject_of
from office.ledger import dialogues, open_forms
from office.office import ChatKey, Office

KIND = "interview"
_GO_ON = ("继续问", "继续", "接着问", "接着答")


class CheckUps:
    """The interviews of all chats of one office."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def begin(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> CheckView:
        """Start on one entry (its code) or on all, or go on where the chat left off there.

        Prefilled with what the chat said in the last ten minutes; answers given in another scope count here too.
        Raises `LookupError` for an unknown code.
        """
        with self.office.ledger.within(connection, durable=False) as inside:
            return self._save(inside, chat, replace(self._entered(inside, chat, scope), notices=()).resuming())

    def look(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> CheckView:
        """What `begin` would show, but nothing is kept and a pause stays: for a page that is only opened."""
        with self.office.ledger.within(connection, durable=False) as inside:
            return self._view(self._entered(inside, chat, scope))

    def current(self, chat: ChatKey, *, connection: Connection | None = None) -> CheckView | None:
        """Where the chat stands, or None when it has no interview of the last seven days."""
        with self.office.ledger.within(connection, durable=False) as inside:
            kept = self._load(inside, chat)
            return None if kept is None else self._view(kept)

    def result(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> ResultView:
        """The result of the answers so far, whatever is still to be asked; nothing is kept."""
        with self.office.ledger.within(connection, durable=False) as inside:
            return self._result_view(self._turned(self._load(inside, chat), scope).settled())

    def enter(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> CheckView:
        """Turn to `scope` as it stands there: unlike `begin` a pause stays, and nothing said meanwhile is taken over."""
        with self.office.ledger.within(connection, durable=False) as inside:
            return self._save(inside, chat, self._turned(self._load(inside, chat), scope))

    def pause(self, chat: ChatKey, *, connection: Connection | None = None) -> None:
        """Ask nothing more until somebody goes on; the answers stay."""
        with self.office.ledger.within(connection, durable=False) as inside:
            kept = self._load(inside, chat)
            if kept is not None:
                self._save(inside, chat, kept.pausing())

    def reply(
        self, chat: ChatKey, text: str, key: str | None = None, *, connection: Connection | None = None
    ) -> CheckView | None:
        """Read typed words as the answer to the question at hand; words that cannot be read get the question again.

        None when no question waits, or when the words are plainly a question of their own. A form that shows its
        question names it (`key`): then the words answer that one, and the reply is never None.
        """
        with self.office.ledger.within(connection, durable=False) as inside:
            kept = self._load(inside, chat)
            if kept is None and key is not None:
                kept = self._entered(inside, chat, "")
            if kept is None:
                return None
            if key is None and text.strip() in _GO_ON:
                return self._save(inside, chat, self._going_on(kept))
            if key is None:
                waiting = None if kept.is_paused else self._question(kept)
                if waiting is None:
                    return None
                key, is_free = waiting.key, True
            else:
                is_free = False
            if key not in self.office.knowledge.rule_book.declared:
                return self._view(kept)
            return self._typed(inside, chat, kept, key, text, is_free=is_free)

    def press(self, action: Action, chat: ChatKey, *, connection: Connection | None = None) -> CheckView:
        """A button of a question or a result, also one from long ago. Raises `LookupError` for an unknown entry."""
        if action.verb is Verb.CHECK:
            return self.begin(chat, action.target, connection=connection)
        with self.office.ledger.within(connection, durable=False) as inside:
            kept = self._load(inside, chat)
            if kept is None:
                fresh = self._entered(inside, chat, "")
                return self._save(
                    inside, chat, replace(fresh, notices=("上次答的已经清掉了（只留 7 天），我们从头来。",))
                )
            if action.verb is Verb.CHECK_ANSWER:
                return self._save(inside, chat, self._pressed(kept, action.target, action.detail))
            if action.target == WRONG:
                return self._save(inside, chat, self._reported(inside, chat, kept))
            return self._save(inside, chat, self._stepped(kept, action.target, action.detail))

    def forget(self, chat: ChatKey, *, connection: Connection | None = None) -> None:
        """Drop the chat's interview and its answers."""
        with self.office.ledger.within(connection, durable=False) as inside:
            open_forms.drop(inside, chat.channel, chat.id, KIND)

    def _typed(
        self, inside: Connection, chat: ChatKey, kept: CheckState, key: str, text: str, *, is_free: bool
    ) -> CheckView | None:
        reading = read(self.office.knowledge, key, text, self.office.today())
        if is_free and is_own_question(self.office.knowledge, text, reading, self.office.today()):
            return None
        if not isinstance(reading, AskBack):
            value = None if isinstance(reading, Unknown) else reading
            return self._save(inside, chat, self._answered(kept, key, value))
        readings = () if reading.is_open else reading.readings
        question = self._question(kept)
        asking = kept.asking if question is not None and question.key == key else key
        again = replace(kept.settled(), asking=asking, trouble=reading.text, readings=readings)
        return self._save(inside, chat, again.resuming())

    def _stepped(self, kept: CheckState, name: str, detail: str) -> CheckState:
        """After a step of `check_rendering`; one that means nothing any more changes nothing."""
        knowledge = self.office.knowledge
        if name == GO_ON:
            return self._going_on(kept)
        if name == AGAIN:
            return replace(CheckState().entering(kept.scope), notices=("好的，从头来，前面答的都清掉了。",))
        if name == LEAVE:
            return kept.pausing()
        if name == CHANGE and detail in knowledge.rule_book.declared:
            return replace(kept.settled(), asking=detail).resuming()
        if name in (OWN, DISOWN) and detail in knowledge.entries:
            others = tuple(code for code in kept.owned if code != detail)
            return replace(kept.settled(), owned=(*others, detail) if name == OWN else others)
        if name == CHOOSE and detail in knowledge.entries:
            return self._toggled(kept.settled(), detail)
        return kept

    def _pressed(self, kept: CheckState, key: str, token: str) -> CheckState:
        book = self.office.knowledge.rule_book
        fact = book.declared.get(key)
        if fact is None:
            return kept
        question = self._question(kept)
        readings = kept.readings if question is not None and question.key == key else ()
        said = pressed(book, fact, token, readings)
        return kept if said is None else self._answered(kept, key, said.value)

    def _answered(self, kept: CheckState, key: str, value: Any) -> CheckState:
        """The state with `key` answered, saying what an answer that was changed has undone."""
        subject = self._subject(kept)
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
        if self._question(resumed) is not None:
            return resumed
        return replace(resumed, unlimited=tuple({*resumed.unlimited, resumed.scope}))

    def _toggled(self, kept: CheckState, code: str) -> CheckState:
        chosen = self._result_view(kept).papers.chosen
        without = tuple(each for each in chosen if each != code)
        return replace(kept, chosen=without if code in chosen else (*chosen, code))

    def _reported(self, inside: Connection, chat: ChatKey, kept: CheckState) -> CheckState:
        """The same answers are reported once; pressing again says the same reference."""
        view = self._result_view(kept)
        reference = kept.reported or report_wrong(inside, self.office, chat.channel, kept.scope, kept.profile, view)
        said = f"记下了，编号 {reference}。工作人员会按这个编号查，只看答案，不记您是谁。急的话点“找人问”，报这个编号。"
        return replace(kept.pausing(), reported=reference, notices=(said,))

    def _entered(self, inside: Connection, chat: ChatKey, scope: str) -> CheckState:
        """The chat's state in `scope`, knowing what the chat said meanwhile; nothing is kept yet."""
        state = self._turned(self._load(inside, chat), scope)
        dialogue = dialogues.load(inside, self.office.cipher, chat.channel, chat.id, self.office.now())
        book = self.office.knowledge.rule_book
        heard = {book.declared.asked_as(key): value for key, value in dialogue.facts.items()} if dialogue else {}
        new = tuple(
            answer
            for answer in Profile.heard(heard)
            if answer.key in book.answers and answer.key not in state.profile and is_usable(book.declared, answer)
        )
        return replace(state, profile=Profile((*state.profile, *new)))

    def _turned(self, kept: CheckState | None, scope: str) -> CheckState:
        """`kept` looked at for `scope`; raises `LookupError` for an unknown code."""
        if scope and scope not in self.office.knowledge.entries:
            raise LookupError(scope)
        return kept if kept is not None and kept.scope == scope else (kept or CheckState()).entering(scope)

    def _load(self, inside: Connection, chat: ChatKey) -> CheckState | None:
        kept = open_forms.load(inside, self.office.cipher, chat.channel, chat.id, KIND, self.office.now())
        if kept is None:
            return None
        state = CheckState.from_json(kept, self.office.knowledge.rule_book.declared)
        is_gone = bool(state.scope) and state.scope not in self.office.knowledge.entries
        return state.entering("") if is_gone else state

    def _save(self, inside: Connection, chat: ChatKey, state: CheckState) -> CheckView:
        """Keep the state and show it."""
        open_forms.save(inside, self.office.cipher, chat.channel, chat.id, KIND, state.to_json(), self.office.now())
        return self._view(state)

    def _subject(self, state: CheckState) -> Subject:
        return subject_of(self.office.knowledge, state.scope, self.office.today(), state.owned)

    def _question(self, state: CheckState) -> FactQuestion | None:
        """The question that would be asked now; None when nothing is left to ask."""
        subject = self._subject(state)
        if state.asking is not None:
            return question_about(subject.book, state.asking, state.profile.facts, subject.day)
        if state.limit is not None and state.profile.asked >= state.limit:
            return None
        return next_question(subject.book, state.profile.facts, subject.day)

    def _view(self, state: CheckState) -> CheckView:
        question = None if state.is_paused else self._question(state)
        if question is None:
            return self._result_view(state)
        return question_view(
            self._subject(state),
            state.profile,
            question,
            limit=state.limit,
            trouble=state.trouble,
            readings=state.readings,
            notices=state.notices,
        )

    def _result_view(self, state: CheckState) -> ResultView:
        subject = self._subject(state)
        view = result_view(
            subject,
            state.profile,
            owned=() if state.scope else state.owned,
            chosen=state.chosen,
            can_go_on=next_question(subject.book, state.profile.facts, subject.day) is not None,
            notices=state.notices,
        )
        alert_broken(view)
        return view
