"""`python -m knowledge ask`: one answer, JSON lines, or a chat in which also 政策体检 and 我能办吗 are held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from knowledge.answering import CHECK_UP, Memory, answer, fold
from knowledge.answers import Action, Answer, Verb
from knowledge.base import KnowledgeBase
from knowledge.check_store import CheckStore
from knowledge.check_text import number_in
from knowledge.check_words import CHECK_UP_WORDS, THIS_ONE_WORDS
from knowledge.interviewing import Interviewing
from knowledge.terminal_check import HELP_WORDS, TerminalCheck

GREETING = "您问，我答；空行结束。想知道能办哪些，打“政策体检”；说到哪一条，想知道自己能不能办，打“我能办吗”。"
HOW_HERE = "在这里做：打“政策体检”就开始，一问一答。"
HOW_IN_A_CHAT = "在这里做：运行 python -m knowledge ask，然后输入“政策体检”。"
ROW = '{"id": "1", "text": "石斛贷利息多少", "chat": "a", "on": "2026-11-23"}'
DROPPED = "好的，前面说的、答的都删了。想再做，打“体检”就行。"
STOPPED = "停在这里了，答过的都存着。7 天内再来，打“继续”就接着。"
FORGET_WORDS = frozenset({"取消", "忘掉", "清空", "删除我的信息", "删掉我的信息"})


def add_parser(commands: Any, state: Path) -> None:
    """The words of `ask`; `state` is the state folder unless --state names another."""
    asker = commands.add_parser("ask", help="问一句；不写问题就一句接一句地聊，也能做政策体检")
    asker.add_argument("question", nargs="?", help="要问的一句，例如 石斛贷利息多少")
    asker.add_argument("--jsonl", action="store_true", help=f"从标准输入一行一个 JSON：{ROW}；同一个 chat 的接着聊")
    asker.add_argument("--on", type=date.fromisoformat, default=None, help="按哪一天，例如 2026-11-23")
    asker.add_argument("--state", type=Path, default=state, help=f"状态文件夹，默认 {state}")


class TerminalChat:
    """One sitting at the terminal: what was said is remembered, what was answered in an interview is kept in `store`."""

    def __init__(self, base: KnowledgeBase, day: date, store: CheckStore) -> None:
        self._base, self._day = base, day
        self._memory = Memory()
        self._check = TerminalCheck(Interviewing(base, day), store)
        self._chose_from_chat = False  # a number now means one of the chat's suggestions

    @property
    def greeting(self) -> str:
        return "\n".join(filter(None, (GREETING, self._check.left_over())))

    @property
    def prompt(self) -> str:
        return "问：" if self._check.waiting is None else "答："

    @property
    def farewell(self) -> str:
        return STOPPED if self._check.waiting is not None else ""

    def reply(self, line: str) -> str:
        """The reply to a line: of the interview that is open, or as to any question."""
        if self._is_check_up(line):
            return self._of_check(self._check.begin("", self._memory.facts))
        if _plain(line) in THIS_ONE_WORDS:
            entry = self._memory.entry or ""
            scope = entry if entry in self._base.entries else ""
            return self._of_check(self._check.begin(scope, self._memory.facts))
        if _plain(line) in FORGET_WORDS and self._check.forget():
            self._memory = Memory()
            return DROPPED
        is_of_chat = self._chose_from_chat and number_in(line) is not None
        of_check = None if is_of_chat else self._check.typed(line)
        if of_check is not None:
            return self._of_check(of_check)
        return GREETING if _plain(line).lower() in HELP_WORDS else self._asked(line)

    def _of_check(self, text: str) -> str:
        self._chose_from_chat = False
        return text

    def _asked(self, line: str) -> str:
        said, self._memory = answer(self._base, line, self._memory, self._day)
        self._chose_from_chat = bool(self._memory.offered)
        leads = HOW_HERE if leads_to_check_up(said) else ""
        return "\n".join(
            filter(None, (said.short_text, leads, self._check.reminder(are_numbers_taken=self._chose_from_chat)))
        )

    def _is_check_up(self, line: str) -> bool:
        plain = fold(self._base, line)
        return _plain(line) in CHECK_UP_WORDS or ("体检" in plain and bool(CHECK_UP.fullmatch(plain)))


def _plain(line: str) -> str:
    return line.strip(" 。？?！!")


def leads_to_check_up(said: Answer) -> bool:
    """Whether the reply is the one that tells of 政策体检."""
    return Action(Verb.CHECK) in {button.action for button in said.buttons}


def once(base: KnowledgeBase, question: str, day: date) -> str:
    """The whole answer to one question."""
    said, _ = answer(base, question, Memory(), day)
    return f"{said.text}\n{HOW_IN_A_CHAT}" if leads_to_check_up(said) else said.text


def chat(base: KnowledgeBase, state: Path, day: date, now: Callable[[], datetime]) -> int:
    """Lines typed and answered until an empty one, the end of the input, or Ctrl-C."""
    talk = TerminalChat(base, day, CheckStore(state, now))
    print(talk.greeting)
    while line := _typed(talk.prompt):
        print(talk.reply(line), end="\n\n")
    if talk.farewell:
        print(talk.farewell)
    return 0


def _typed(prompt: str) -> str:
    """A typed line; nothing at the end of the input."""
    try:
        return input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        print()
        return ""
