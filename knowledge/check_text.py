"""Questions and results as a window of mere text prints them: choices and entries are numbered, words do the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from knowledge.answers import Action, Verb
from knowledge.check_rendering import GO_ON
from knowledge.check_views import Choice, Item, PapersView, QuestionView, ResultView
from knowledge.checkup import Group
from knowledge.facts import NUMBERS, Fact

SHOWN_AT_ONCE = (Group.LIKELY, Group.ASK, Group.NEARLY)
WITHIN_REACH = (Group.LIKELY, Group.ASK, Group.OPEN, Group.NEARLY)
HOW_TO_STEER = "不想答了，打“先不答了”或“停”；上一问答错了，打“上一题”；更前面的，打“改”；想问别的，直接问。"
HELP = (
    "打字答就行；选项前面有数字的，打数字也行；不知道就打“不清楚”。",
    "上一题：回到上一问，改它的答案。改：列出前面答的，再挑一个改。不改了：不改，接着答。",
    "停：先不答了，看结果；答过的存 7 天，打“继续”接着。从头再答：全清掉，重来。取消：答过的都删掉。",
    "想问别的，直接问；答完再接着这一问。",
)
CORRECT = "不对就打“改”。"
NO_PAPERS = "材料单里还没有条目。打“列进 1”，就把第 1 条要的材料列进来。"
_DIGITS = "零一二三四五六七八九十"
_NUMBER = re.compile(rf"第?(\d{{1,3}})[个条项号]?[.、)]?|第([{_DIGITS}])[个条项号]?|([{_DIGITS}])")


def question_text(view: QuestionView, fact: Fact, *, is_first: bool = False, is_answered: bool = False) -> str:
    """The question, then what can be answered."""
    lines = [line.text for line in view.lines(is_first=is_first, is_answered=is_answered, correct=CORRECT)]
    lines += choice_lines(view, fact)
    return "\n".join([*lines, f"{HOW_TO_STEER}忘了打什么，打“帮助”。"] if is_first or view.trouble else lines)


def reminder_text(view: QuestionView, fact: Fact, *, are_numbers_taken: bool) -> str:
    """After something else was answered: the question that still waits; taken numbers choose from that answer."""
    lines = [f"——{view.title}还停在这一问，答了就接着：{view.text}"]
    if not are_numbers_taken:
        return "\n".join([*lines, *choice_lines(view, fact)])
    words = "、".join(choice.word for choice in view.choices)
    return "\n".join([*lines, f"（打数字是选上面的；答这一问请打字：{words}）"])


def choice_lines(view: QuestionView, fact: Fact) -> list[str]:
    """The choices, numbered unless a number is itself an answer to the question."""
    if not is_numbered(fact):
        words = [choice.word for choice in view.choices]
        return [f"也可以答：{'、'.join(words)}。"]
    numbered = [(f"{number}. {choice.word}", choice) for number, choice in enumerate(view.choices, 1)]
    answers = "  ".join(text for text, choice in numbered if not choice.is_skip)
    return [answers, "  ".join(text for text, choice in numbered if choice.is_skip)]


def is_numbered(fact: Fact) -> bool:
    """Whether a number typed means a choice and not a figure or a day."""
    return fact.type not in NUMBERS and fact.type != "date"


def choice_meant(view: QuestionView, fact: Fact, text: str) -> Choice | None:
    """The choice whose word or number was typed."""
    plain = folded(text)
    exact = next((choice for choice in view.choices if folded(choice.word) == plain), None)
    number = number_in(text) if is_numbered(fact) else None
    if exact is not None or number is None:
        return exact
    return view.choices[number - 1] if 1 <= number <= len(view.choices) else None


def folded(text: str) -> str:
    """Typed words without what makes no difference."""
    return unicodedata.normalize("NFKC", text).strip(" \t。.!！?？~").replace(" ", "")


def number_in(text: str) -> int | None:
    """3, 第3条, 三, 第三个; words that merely begin with a number (三十亩, 一个人) are none."""
    found = _NUMBER.fullmatch(folded(text))
    if found is None:
        return None
    digits = found[1] or found[2] or found[3]
    return int(digits) if digits.isdecimal() else _DIGITS.index(digits)


def help_text(view: QuestionView, fact: Fact) -> str:
    """Everything that can be typed at a question, and the question again."""
    return "\n".join([*HELP, "", view.text, *choice_lines(view, fact)])


def known_text_of(view: QuestionView | ResultView) -> str:
    """All answers so far, numbered, to choose the one to change."""
    if not view.known:
        return "前面还没有答过什么。"
    lines = [f"{number}. {fact.text}" for number, fact in enumerate(view.known, 1)]
    return "\n".join(["前面答的都在这里。要改第 1 个，就打“改 1”。", *lines])


def result_text(view: ResultView, *, is_whole: bool = False) -> str:
    """What may be had and what is near, one line an entry; the rest is counted, unless the whole is wanted."""
    return "\n".join(_result_lines(view, is_whole=is_whole))


def item_text(view: ResultView, item: Item) -> str:
    """One entry's conditions, and what can be done with it."""
    number = view.items.index(item) + 1
    lines = [line.text for line in item.lines]
    if item.group is Group.OPEN:
        lines.append(f"把这一条问清楚：打“问清 {number}”。")
    if item.group in WITHIN_REACH:
        is_on = item.code in view.papers.chosen
        word = f"从材料单去掉：打“去掉 {number}”" if is_on else f"列进材料单：打“列进 {number}”"
        lines.append(f"{word}。已经办过：打“已有 {number}”。")
    return "\n".join(lines)


def papers_text(papers: PapersView) -> str:
    """The merged list of papers."""
    return "\n".join(line.text for line in papers.lines) or NO_PAPERS


def _result_lines(view: ResultView, *, is_whole: bool) -> Iterator[str]:
    yield from (line.text for line in view.head)
    if view.scope:
        yield from (line.text for line in view.body)
    else:
        yield from _sections(view, is_whole=is_whole)
        yield ""
    yield from (line.text for line in view.tail(CORRECT))
    yield next_steps(view)


def _sections(view: ResultView, *, is_whole: bool) -> Iterator[str]:
    number, folded_away = 1, []
    for section in view.sections:
        is_shown = is_whole or section.group in SHOWN_AT_ONCE
        if is_shown:
            yield from ("", section.heading)
            yield from (f"{place}. {item.outcome}" for place, item in enumerate(section.items, number))
        else:
            folded_away.append(section.heading)
        number += len(section.items)
    if folded_away:
        yield ""
        yield f"另外：{'、'.join(folded_away)}。打“看全部”，一条一条列出来。"


def next_steps(view: ResultView) -> str:
    """Typed words in place of the buttons."""
    steps = ["继续问"] if Action(Verb.CHECK_STEP, GO_ON) in {button.action for button in view.buttons} else []
    if not view.scope and view.items:
        steps += ["看 1（第 1 条的条件，只打 1 也行）", "列进 1（要它的材料）", "已有 1（办过了，不再列）"]
    steps += ["材料单"] if not view.scope else ["政策体检（看别的）"]
    steps += ["放回（没办过，再列出来）"] if view.owned else []
    steps += ["改"] if view.known else []
    return f"接下来可以打：{'、'.join([*steps, '从头再答', '结果不对'])}。问别的，直接问。"
