"""我能办吗 and 政策体检 in the terminal: every step is a typed line, what was answered is kept in a file."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from knowledge.answers import Action, Verb
from knowledge.check_rendering import AGAIN, CHANGE, CHOOSE, DISOWN, GO_ON, LEAVE, OWN
from knowledge.check_store import CheckStore
from knowledge.check_text import (
    choice_meant,
    folded,
    help_text,
    item_text,
    known_text_of,
    next_steps,
    number_in,
    papers_text,
    question_text,
    reminder_text,
    result_text,
)
from knowledge.check_views import Item, QuestionView, ResultView
from knowledge.check_words import CHANGE_WORDS, GO_ON_WORDS, LEAVE_WORDS
from knowledge.facts import Fact
from knowledge.interview_state import CheckState
from knowledge.interviewing import Interviewing
from knowledge.profile import plain_json

AGAIN_WORDS = frozenset({"从头再答", "从头来", "重新答", "重来", "重新开始"})
HELP_WORDS = frozenset({"帮助", "求助", "help", "/help"})
BACK_WORDS = frozenset({"上一题", "上一问", "上一个", "上一步", "退回", "回上一题"})
LET_IT_BE_WORDS = frozenset({"不改了", "不改"})
RESULT_WORDS = frozenset({"结果", "看结果", "回到结果"})
WHOLE_WORDS = frozenset({"看全部", "全部", "展开", "展开全部"})
PAPERS_WORDS = frozenset({"材料单", "看材料单"})
WRONG_WORDS = frozenset({"结果不对", "不对"})
NOT_REPORTED = frozenset({"town", "village"})
UNSAVED = "（存不下来：{path}，{reason}。关掉这个窗口，答过的就没了。）"
UNREADABLE = "上次存的体检读不出来了（{path}），只好从头来。"
NOTHING_BEFORE = "前面没有答过的了。接着答这一问，或者打“改”看答过哪些。"
NO_SUCH_NUMBER = "结果里没有第 {number} 条，一共 {count} 条。"
WRONG = "这里不连办公室，没法替您报上去。请把下面这一行抄给工作人员，他照着算得出一样的结果，里面没有您的名字："
_CHANGE = re.compile(r"改(?:一下)?(.+)")
_OF_ITEM = re.compile(r"(看|问清|列进|去掉|已有|我已有)(.+)")
_PUT_BACK = re.compile(r"放回(.*)")


class TerminalCheck:
    """The interview of whoever sits at this terminal; words are for it only once it was begun or gone on with here."""

    def __init__(self, steps: Interviewing, store: CheckStore) -> None:
        self._steps, self._store = steps, store
        self._state: CheckState | None = None
        self._is_unsaved = False
        self._trouble = ""
        self.is_open = False

    @property
    def waiting(self) -> QuestionView | None:
        """The question that waits for the next line, if one was asked here."""
        state = self._kept() if self.is_open else None
        view = None if state is None else self._steps.view(state)
        return view if isinstance(view, QuestionView) else None

    def begin(self, scope: str, heard: Mapping[str, Any]) -> str:
        """Started on one entry or on all, or gone on with where it was left in the last seven days."""
        return self._show(self._steps.begun(self._kept(), scope, heard), is_first=True)

    def left_over(self) -> str:
        """What is said of an interview of an earlier sitting; empty when there is none."""
        state = self._kept()
        if state is None:
            return self._said_trouble()
        view = self._steps.view(state)
        where = "还没问完" if isinstance(view, QuestionView) or state.is_paused else "做完了"
        return f"您上次的“{self._steps.subject(state).title}”{where}，答过 {state.profile.asked} 问。打“继续”就接着。"

    def typed(self, text: str) -> str | None:
        """The reply to a line; None when it is not for the interview but asks something else."""
        state, plain = self._kept(), folded(text)
        if state is None:
            return None
        if not self.is_open:
            return self.begin(state.scope, {}) if plain in GO_ON_WORDS else None
        view = self._steps.view(state)
        if plain in GO_ON_WORDS or (state.asking and plain in LET_IT_BE_WORDS):
            return self._show(self._stepped(state, GO_ON), is_first=True)
        if plain in AGAIN_WORDS:
            return self._show(self._stepped(state, AGAIN), is_first=True)
        if plain.lower() in HELP_WORDS:
            return help_text(view, self._fact(view)) if isinstance(view, QuestionView) else next_steps(view)
        changed = self._back(state, view) if plain in BACK_WORDS else self._changing(state, view, plain)
        if changed is not None:
            return changed
        if isinstance(view, QuestionView):
            return self._answered(state, view, text, plain)
        return self._at_result(state, view, plain)

    def reminder(self, *, are_numbers_taken: bool) -> str:
        """After something else was answered: the question that still waits; empty when none does."""
        view = self.waiting
        return "" if view is None else reminder_text(view, self._fact(view), are_numbers_taken=are_numbers_taken)

    def forget(self) -> bool:
        """Whether there were answers, which are deleted now."""
        was_kept = self._kept() is not None
        self._store.drop()
        self._state, self._is_unsaved, self.is_open = None, False, False
        return was_kept

    def _answered(self, state: CheckState, view: QuestionView, text: str, plain: str) -> str | None:
        if plain in LEAVE_WORDS:
            return self._show(self._stepped(state, LEAVE))
        choice = choice_meant(view, self._fact(view), text)
        said = self._steps.pressed(state, choice.button.action) if choice else self._steps.typed(state, text)
        return None if said is None else self._show(said, is_answered=True)

    def _back(self, state: CheckState, view: QuestionView | ResultView) -> str:
        """The question answered last asked again; from there, the one answered before it."""
        answered = [fact.key for fact in view.known if not fact.is_heard]
        here = view.key if isinstance(view, QuestionView) else ""
        earlier = answered[: answered.index(here)] if here in answered else answered
        return self._show(self._stepped(state, CHANGE, earlier[-1])) if earlier else NOTHING_BEFORE

    def _changing(self, state: CheckState, view: QuestionView | ResultView, plain: str) -> str | None:
        """改 lists the answers, 改 2 or 改县 asks that one again; other words with 改 are no answer to change."""
        if plain in CHANGE_WORDS:
            return known_text_of(view)
        found = _CHANGE.fullmatch(plain)
        number = number_in(found[1]) if found else None
        if found is None:
            return None
        if number is not None:
            fact = view.known[number - 1] if 1 <= number <= len(view.known) else None
            return known_text_of(view) if fact is None else self._show(self._stepped(state, CHANGE, fact.key))
        named = [fact for fact in view.known if found[1] in fact.label]
        return self._show(self._stepped(state, CHANGE, named[0].key)) if len(named) == 1 else None

    def _at_result(self, state: CheckState, view: ResultView, plain: str) -> str | None:
        if plain in RESULT_WORDS | WHOLE_WORDS:
            return result_text(view, is_whole=plain in WHOLE_WORDS)
        if plain in PAPERS_WORDS:
            return papers_text(view.papers)
        if plain in WRONG_WORDS:
            return f"{WRONG}\n{self._to_repeat(state)}"
        back = _PUT_BACK.fullmatch(plain)
        if back is not None and state.owned:
            return self._put_back(state, number_in(back[1]))
        found = _OF_ITEM.fullmatch(plain)
        word, number = (found[1], number_in(found[2])) if found else ("看", number_in(plain))
        if number is None or (view.scope and found is None):
            return None
        if not 1 <= number <= len(view.items):
            return NO_SUCH_NUMBER.format(number=number, count=len(view.items))
        return self._of_item(state, view, view.items[number - 1], word)

    def _of_item(self, state: CheckState, view: ResultView, item: Item, word: str) -> str:
        if word == "看":
            return item_text(view, item)
        if word == "问清":
            return self.begin(item.code, {})
        if word in ("已有", "我已有"):
            return self._show(self._stepped(state, OWN, item.code))
        is_on, wants = item.code in view.papers.chosen, word == "列进"
        after = self._stepped(state, CHOOSE, item.code) if is_on is not wants else state
        trouble = self._save(after)
        said = f"“{item.title}”{'列进材料单了' if wants else '从材料单去掉了'}。"
        return "\n".join(filter(None, (said, papers_text(self._steps.result(after).papers), trouble)))

    def _put_back(self, state: CheckState, number: int | None) -> str:
        titles = self._steps.knowledge.titles
        if len(state.owned) > 1 and not 1 <= (number or 0) <= len(state.owned):
            listed = (f"{place}. {titles.get(code, code)}" for place, code in enumerate(state.owned, 1))
            return "\n".join(["放回哪一条？要第 1 条，就打“放回 1”。", *listed])
        return self._show(self._stepped(state, DISOWN, state.owned[(number or 1) - 1]))

    def _to_repeat(self, state: CheckState) -> str:
        """The command that works out this very result again."""
        facts = {key: plain_json(value) for key, value in state.profile.facts.items() if key not in NOT_REPORTED}
        scope = f"{state.scope} " if state.scope else ""
        quoted = shlex.quote(json.dumps(facts, ensure_ascii=False))
        return f"python -m knowledge check-eligibility {scope}--on {self._steps.day} --facts {quoted}"

    def _stepped(self, state: CheckState, name: str, detail: str = "") -> CheckState:
        return self._steps.pressed(state, Action(Verb.CHECK_STEP, name, detail))

    def _fact(self, view: QuestionView) -> Fact:
        return self._steps.knowledge.rule_book.declared[view.key]

    def _show(self, state: CheckState, *, is_first: bool = False, is_answered: bool = False) -> str:
        """Keep the state and print it."""
        before, after = self._said_trouble(), self._save(state)
        view = self._steps.view(state)
        if isinstance(view, QuestionView):
            text = question_text(view, self._fact(view), is_first=is_first, is_answered=is_answered)
        else:
            text = result_text(view)
        self.is_open = True
        return "\n".join(filter(None, (before, text, after)))

    def _kept(self) -> CheckState | None:
        """What the file holds, also by another window; what could not be written is in memory alone."""
        if self._is_unsaved:
            return self._state
        try:
            kept = self._store.load()
            self._state = None if kept is None else self._steps.restored(kept)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._trouble = UNREADABLE.format(path=self._store.path)
            self._store.drop()
            self._state = None
        except OSError as error:
            self._trouble = UNSAVED.format(path=self._store.path, reason=error.strerror)
        return self._state

    def _save(self, state: CheckState) -> str:
        """Empty, or once why the answers live in this window alone."""
        self._state = replace(state, notices=())  # said once
        try:
            self._store.save(self._state.to_json())
        except OSError as error:
            was_told, self._is_unsaved = self._is_unsaved, True
            return "" if was_told else UNSAVED.format(path=self._store.path, reason=error.strerror)
        self._is_unsaved = False
        return ""

    def _said_trouble(self) -> str:
        said, self._trouble = self._trouble, ""
        return said
