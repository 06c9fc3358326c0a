"""我能办吗 and 政策体检 (interviews) of the office: loaded from the ledger, taken a step, saved; one per chat.

Every window does the same three things. It calls `press` for a button (verbs CHECK, CHECK_ANSWER, CHECK_STEP), `reply`
for typed words (None means: no interview is waiting for them, treat them as an ordinary question), and `current` to
show where a chat stands. Each gives a `CheckView`: print its `lines`, offer `choices` or `buttons`. All calls block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from knowledge.answers import Action, Verb
from knowledge.check_rendering import WRONG
from knowledge.check_views import CheckView, ResultView
from knowledge.interview_state import CheckState
from knowledge.interviewing import Interviewing
from office.check_reports import alert_broken, report_wrong
from office.ledger import dialogues, open_forms
from office.office import ChatKey, Office

KIND = "interview"


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
            kept, heard = self._load(inside, chat), self._heard(inside, chat)
            return self._save(inside, chat, self._steps.begun(kept, scope, heard))

    def look(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> CheckView:
        """What `begin` would show, but nothing is kept and a pause stays: for a page that is only opened."""
        with self.office.ledger.within(connection, durable=False) as inside:
            kept, heard = self._load(inside, chat), self._heard(inside, chat)
            return self._shown(self._steps.entered(kept, scope, heard))

    def current(self, chat: ChatKey, *, connection: Connection | None = None) -> CheckView | None:
        """Where the chat stands, or None when it has no interview of the last seven days."""
        with self.office.ledger.within(connection, durable=False) as inside:
            kept = self._load(inside, chat)
            return None if kept is None else self._shown(kept)

    def result(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> ResultView:
        """The result of the answers so far, whatever is still to be asked; nothing is kept."""
        with self.office.ledger.within(connection, durable=False) as inside:
            return self._result(self._steps.turned(self._load(inside, chat), scope).settled())

    def enter(self, chat: ChatKey, scope: str = "", *, connection: Connection | None = None) -> CheckView:
        """Turn to `scope` as it stands there: unlike `begin` a pause stays, and nothing said meanwhile is taken over."""
        with self.office.ledger.within(connection, durable=False) as inside:
            return self._save(inside, chat, self._steps.turned(self._load(inside, chat), scope))

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
                kept = self._steps.entered(None, "", self._heard(inside, chat))
            said = None if kept is None else self._steps.typed(kept, text, key)
            return None if said is None else self._save(inside, chat, said)

    def press(self, action: Action, chat: ChatKey, *, connection: Connection | None = None) -> CheckView:
        """A button of a question or a result, also one from long ago. Raises `LookupError` for an unknown entry."""
        if action.verb is Verb.CHECK:
            return self.begin(chat, action.target, connection=connection)
        with self.office.ledger.within(connection, durable=False) as inside:
            kept = self._load(inside, chat)
            if kept is None:
                return self._save(inside, chat, self._steps.afresh(self._heard(inside, chat)))
            if action.verb is Verb.CHECK_STEP and action.target == WRONG:
                return self._save(inside, chat, self._reported(inside, chat, kept))
            return self._save(inside, chat, self._steps.pressed(kept, action))

    def forget(self, chat: ChatKey, *, connection: Connection | None = None) -> None:
        """Drop the chat's interview and its answers."""
        with self.office.ledger.within(connection, durable=False) as inside:
            open_forms.drop(inside, chat.channel, chat.id, KIND)

    @property
    def _steps(self) -> Interviewing:
        """Over today's publication."""
        return Interviewing(self.office.knowledge, self.office.today())

    def _reported(self, inside: Connection, chat: ChatKey, kept: CheckState) -> CheckState:
        """The same answers are reported once; pressing again says the same reference."""
        view = self._result(kept)
        reference = kept.reported or report_wrong(inside, self.office, chat.channel, kept.scope, kept.profile, view)
        said = f"记下了，编号 {reference}。工作人员会按这个编号查，只看答案，不记您是谁。急的话点“找人问”，报这个编号。"
        return replace(kept.pausing(), reported=reference, notices=(said,))

    def _heard(self, inside: Connection, chat: ChatKey) -> Mapping[str, Any]:
        """What the chat said of itself outside the interview."""
        dialogue = dialogues.load(inside, self.office.cipher, chat.channel, chat.id, self.office.now())
        return dialogue.facts if dialogue is not None else {}

    def _load(self, inside: Connection, chat: ChatKey) -> CheckState | None:
        kept = open_forms.load(inside, self.office.cipher, chat.channel, chat.id, KIND, self.office.now())
        return None if kept is None else self._steps.restored(kept)

    def _save(self, inside: Connection, chat: ChatKey, state: CheckState) -> CheckView:
        """Keep the state and show it."""
        open_forms.save(inside, self.office.cipher, chat.channel, chat.id, KIND, state.to_json(), self.office.now())
        return self._shown(state)

    def _shown(self, state: CheckState) -> CheckView:
        view = self._steps.view(state)
        if isinstance(view, ResultView):
            alert_broken(view)
        return view

    def _result(self, state: CheckState) -> ResultView:
        view = self._steps.result(state)
        alert_broken(view)
        return view
