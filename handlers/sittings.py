"""A sitting: one interview as a chat shows it, its own or one that is filled in for somebody; pages, taps, typed words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from handlers import check_pages
from handlers.check_pages import ITEM, KNOWN, LEAF, LIST, PAPERS, SUMMARY, TURN, WHOLE, Page
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import keyboard, wrapped
from knowledge.answers import Action, Answer, Outcome, Verb
from knowledge.check_rendering import AGAIN, CHOOSE, DISOWN, GO_ON, LEAVE, OWN, WRONG
from knowledge.check_views import CheckView, QuestionView, ResultView
from knowledge.check_words import CHANGE_WORDS, LEAVE_WORDS
from knowledge.checkup import Group
from knowledge.entries import Entry
from office.check_ups import CheckUps
from office.office import ChatKey

OF_THE_SCOPE = frozenset({GO_ON, AGAIN, LEAVE, WRONG})  # their detail names the entry, or nothing for the check-up
OF_THE_CHECK_UP = frozenset({OWN, DISOWN, CHOOSE})
AFTERWARDS: Mapping[str, Callable[[ResultView, Entry], Page]] = {
    OWN: check_pages.owned_page,
    CHOOSE: check_pages.chosen_page,
}
STARTS_A_SITTING = frozenset({GO_ON, AGAIN})

Dress = Callable[[Page, CheckView], Page]


@dataclass(frozen=True, slots=True)
class Sitting:
    """The interview of `chat` in the chat of the visit; `dress` gives every page its head and its last buttons."""

    visit: Visit
    chat: ChatKey
    dress: Dress

    @property
    def stands(self) -> CheckView | None:
        """Where the interview stands, or None when nothing of the last seven days is kept."""
        return self._check_ups.current(self.chat, connection=self.visit.connection)

    def begun(self, scope: str) -> tuple[Outgoing, ...]:
        """Begun or gone on with; raises `LookupError` for an unknown entry."""
        view = self._check_ups.begin(self.chat, scope, connection=self.visit.connection)
        return self._viewed(view, is_first=True)

    def afresh(self, action: Action) -> tuple[Outgoing, ...]:
        """A tap on an interview that is no longer kept."""
        view = self._check_ups.press(action, self.chat, connection=self.visit.connection)
        return self._viewed(view, is_first=True)

    def pressed(self, action: Action) -> tuple[Outgoing, ...]:
        """A button of a question or a result; raises `LookupError` for an unknown entry."""
        if action.verb is Verb.CHECK_STEP and action.target in LOOKS:
            return LOOKS[action.target](self, action.detail)
        return self._taken(action)

    def typed(self, text: str) -> tuple[Outgoing, ...] | None:
        """The reply to words typed for the question at hand; None when none waits or the words ask something else."""
        connection, plain = self.visit.connection, text.strip().strip("。！!")
        if plain in LEAVE_WORDS | CHANGE_WORDS:
            stands = self.stands
            if not isinstance(stands, QuestionView):
                return None
            if plain in CHANGE_WORDS:
                return self._shown(check_pages.known_page(stands), stands)
            leave = Action(Verb.CHECK_STEP, LEAVE)
            return self._viewed(self._check_ups.press(leave, self.chat, connection=connection))
        view = self._check_ups.reply(self.chat, text, connection=connection)
        return None if view is None else self._viewed(view, is_answered=True)

    @property
    def _check_ups(self) -> CheckUps:
        return CheckUps(self.visit.office)

    def _taken(self, action: Action) -> tuple[Outgoing, ...]:
        """A button that does something, to the interview it hangs under and to no other."""
        connection, name = self.visit.connection, action.target
        is_step = action.verb is Verb.CHECK_STEP
        if is_step and name in OF_THE_SCOPE | OF_THE_CHECK_UP:
            scope = action.detail if name in OF_THE_SCOPE else ""
            self._check_ups.enter(self.chat, scope, connection=connection)
        view = self._check_ups.press(action, self.chat, connection=connection)
        entry = self._entry(action.detail)
        if is_step and name in AFTERWARDS and entry is not None and not isinstance(view, QuestionView):
            return self._shown(AFTERWARDS[name](view, entry), view)
        return self._viewed(view, is_first=is_step and name in STARTS_A_SITTING, is_answered=not is_step)

    def _viewed(self, view: CheckView, *, is_first: bool = False, is_answered: bool = False) -> tuple[Outgoing, ...]:
        if isinstance(view, QuestionView):
            page = check_pages.question_page(view, is_first=is_first, is_answered=is_answered)
        else:
            page = check_pages.result_page(view, self._entry(view.scope))
        return self._shown(page, view)

    def _result(self, scope: str = "") -> ResultView:
        return self._check_ups.result(self.chat, scope, connection=self.visit.connection)

    def _listed(self, detail: str) -> tuple[Outgoing, ...]:
        number, group = _place(detail)
        if group not in list(Group):
            return self._summed("")
        view = self._result()
        return self._shown(check_pages.list_page(view, Group(group), number), view)

    def _one(self, code: str) -> tuple[Outgoing, ...]:
        view = self._result()
        return self._shown(check_pages.item_page(view, self.visit.office.knowledge.entries[code]), view)

    def _whole(self, code: str) -> tuple[Outgoing, ...]:
        view = self._result(code)
        return self._shown(check_pages.whole_page(view, self.visit.office.knowledge.entries[code]), view)

    def _papers(self, detail: str) -> tuple[Outgoing, ...]:
        number, scope = _place(detail)
        view = self._result(scope)
        return self._shown(check_pages.papers_page(view, number), view)

    def _known(self, scope: str) -> tuple[Outgoing, ...]:
        view = self._check_ups.enter(self.chat, scope, connection=self.visit.connection)
        return self._shown(check_pages.known_page(view), view)

    def _summed(self, scope: str) -> tuple[Outgoing, ...]:
        return self._viewed(self._result(scope))

    def _entry(self, code: str) -> Entry | None:
        return self.visit.office.knowledge.entries.get(code)

    def _shown(self, page: Page, view: CheckView) -> tuple[Outgoing, ...]:
        """The page as messages; its buttons hang on the last, block by block."""
        visit, page = self.visit, self.dress(page, view)
        elder = visit.known.elder_mode
        said = Answer(Outcome.SUGGEST, page.lines)
        *before, last = wrapped(said, visit.where.id, elder=elder, reply_to=visit.reply_to)
        rows = tuple(row for block in page.blocks if block for row in keyboard(block, elder=elder))
        return (*before, replace(last, rows=rows))


LOOKS: Mapping[str, Callable[[Sitting, str], tuple[Outgoing, ...]]] = {
    KNOWN: Sitting._known,
    LIST: Sitting._listed,
    TURN: Sitting._listed,
    ITEM: Sitting._one,
    WHOLE: Sitting._whole,
    PAPERS: Sitting._papers,
    LEAF: Sitting._papers,
    SUMMARY: Sitting._summed,
}


def turns_in_place(action: Action) -> bool:
    """Whether the reply is the next page of the very message that was pressed."""
    return action.verb is Verb.CHECK_STEP and action.target in (TURN, LEAF)


def _place(detail: str) -> tuple[int, str]:
    """The page and what it is of: 1.likely."""
    number, _, of = detail.partition(".")
    return (int(number) if number.isdecimal() else 0), of
