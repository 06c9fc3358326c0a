"""Entries → the lines of a reply, in the one order every window keeps: status, payee, answer, who and how, source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from knowledge.answers import Action, Button, Line, LineKind, Table, Verb
from knowledge.applying import apply_label, can_apply
from knowledge.browsing import entry_button
from knowledge.entries import NOT_STATED, Entry, Facet, Kind, Status
from knowledge.rendering import (
    ended,
    facet_line,
    facet_sentences,
    fill_or_say,
    papers_text,
    payee_line,
    source_text,
    status_lines,
    status_text,
    summary_text,
    until_line,
)  # fmt: skip
from knowledge.vocabulary import FACET_WORDS

FIRST_REPLY_LINES = 12
SHORT_FACETS = (
    Facet.AMOUNT,
    Facet.SUBSIDY,
    Facet.RATE,
    Facet.FEE,
    Facet.WHO,
    Facet.HOW,
    Facet.WHERE,
    Facet.DOCUMENTS,
    Facet.DEADLINE,
)
ALL_FACETS = tuple(facet for facet in Facet if facet is not Facet.STATUS)
COMPARED = (Facet.AMOUNT, Facet.RATE, Facet.FEE, Facet.SUBSIDY, Facet.TERM, Facet.WHO)
LONG = 110
MONEY = (Facet.AMOUNT, Facet.SUBSIDY)


class Reply:
    """The two layers of an entry's reply: `lines` at once, `more` after 展开.

    `day` is the day whose figures are told, `today` the day whose status stands first; `brief` answers the facet and
    leaves out what the chat has just been told.
    """

    def __init__(
        self,
        entry: Entry,
        day: date,
        facet: Facet | None,
        titles: dict[str, str],
        notes: Sequence[Line] = (),
        *,
        today: date | None = None,
        brief: bool = False,
    ) -> None:
        self.entry, self.day, self.facet = entry, day, facet
        self.today = today or day
        banner, payee = status_lines(entry, self.today, titles), payee_line(entry, day, who_asked=facet is Facet.WHO)
        until = [] if brief or facet is Facet.STATUS else until_line(entry, self.today)
        head = [*banner, *payee, self._lead(), *until, *notes, self._next()]
        source = Line(LineKind.SOURCE, source_text(entry))
        wanted = [] if brief else self._wanted()
        silent = [] if brief or entry.kind is Kind.GUIDE else self._silent()
        shown = wanted[: max(FIRST_REPLY_LINES - len(head) - len(silent) - 1, 0)]
        details = [Line(LineKind.DETAIL, _shortened(facet_line(entry, each, day))) for each in shown]
        self.lines = (*head, *details, *silent, source)
        left = self._silent() if not silent else []
        self.more = (*self._more(set(shown), details), *left)

    def _lead(self) -> Line:
        entry, facet = self.entry, self.facet
        if facet is None:
            return Line(LineKind.LEAD, f"{entry.title}：{summary_text(entry, self.day)}")
        if facet is Facet.STATUS:
            note = f"。{entry.validity.note}" if entry.validity.note else ""
            return Line(LineKind.LEAD, f"{entry.title}：{status_text(entry, self.today)}{note}")
        said = "".join(ended(text) for text in self._said(facet))
        return Line(LineKind.LEAD, f"{FACET_WORDS[facet]}：{said}——{entry.title}")

    def _said(self, facet: Facet) -> tuple[str, ...]:
        """A policy's 补贴 and 额度 are one money: whichever is asked, both are told, the money first."""
        entry = self.entry
        if facet not in MONEY or entry.kind is not Kind.POLICY:
            return facet_sentences(entry, facet, self.day)
        stated = [each for each in MONEY if entry.facets.get(each)]
        told = [text for each in stated for text in facet_sentences(entry, each, self.day)]
        return tuple(dict.fromkeys(told)) or facet_sentences(entry, facet, self.day)

    def _wanted(self) -> list[Facet]:
        stated = [facet for facet in SHORT_FACETS if self.entry.facets.get(facet) and facet is not self.facet]
        if self.facet is None:
            order = (
                Facet.WHO,
                Facet.HOW,
                Facet.WHERE,
                Facet.DOCUMENTS,
                Facet.AMOUNT,
                Facet.RATE,
                Facet.FEE,
                Facet.SUBSIDY,
                Facet.DEADLINE,
            )
            return [facet for facet in order if facet in stated]
        first = [facet for facet in (Facet.WHO, Facet.HOW, Facet.WHERE, Facet.DOCUMENTS) if facet in stated]
        return [*first, *(facet for facet in stated if facet not in first)]

    def _silent(self) -> list[Line]:
        missing = [
            FACET_WORDS[facet] for facet in ALL_FACETS if not self.entry.facets.get(facet) and facet is not self.facet
        ]
        return [Line(LineKind.NOTE, f"{NOT_STATED}：{'、'.join(missing)}。")] if missing else []

    def _next(self) -> Line:
        entry = self.entry
        day = entry.validity.reading_day(self.day)
        return Line(LineKind.NEXT, f"下一步：{fill_or_say(entry, entry.next_step, day)}")

    def _more(self, shown: set[Facet], details: Sequence[Line]) -> tuple[Line, ...]:
        entry, day = self.entry, self.day
        rest = [
            Line(LineKind.DETAIL, facet_line(entry, facet, day))
            for facet in ALL_FACETS
            if entry.facets.get(facet)
            and facet is not self.facet
            and (facet not in shown or _is_cut(facet_line(entry, facet, day), details))
        ]
        conditions = [
            f"{number}. {fill_or_say(entry, condition.text, entry.validity.reading_day(day))}"
            for number, condition in enumerate(entry.conditions, 1)
        ]
        if conditions:
            rest.append(Line(LineKind.DETAIL, "条件：" + "；".join(conditions) + "。"))
        if entry.exclusions:
            rest.append(
                Line(
                    LineKind.DETAIL,
                    "不能办的："
                    + "；".join(
                        fill_or_say(entry, each.text, entry.validity.reading_day(day)) for each in entry.exclusions
                    )
                    + "。",
                )
            )
        rest.append(Line(LineKind.DETAIL, f"材料清单：{papers_text(entry)}"))
        rest.append(Line(LineKind.DETAIL, f"办多久：{fill_or_say(entry, entry.time, entry.validity.reading_day(day))}"))
        rest.append(Line(LineKind.DETAIL, f"由谁最终认定：{entry.decides}"))
        for contact in entry.contacts:
            where = "，".join(part for part in (contact.phone, contact.address) if part)
            rest.append(Line(LineKind.DETAIL, f"联系：{contact.name} {where}（{contact.seen} 看到）"))
        if entry.validity.note and self.facet is not Facet.STATUS:
            rest.append(Line(LineKind.NOTE, f"有效期：{status_text(entry, day)}。{entry.validity.note}"))
        return tuple(rest)


def entry_buttons(entry: Entry, facet: Facet | None, today: date) -> tuple[Button, ...]:
    """At most four: 展开, 我能办吗 where there are conditions, 申请 where one can, and facets people ask next."""
    following = [
        other
        for other in (Facet.WHO, Facet.DOCUMENTS, Facet.HOW, Facet.RATE, Facet.AMOUNT, Facet.SUBSIDY, Facet.DEADLINE)
        if other is not facet and entry.facets.get(other)
    ]
    check = [Button("我能办吗", Action(Verb.CHECK, entry.code))] if entry.conditions or entry.exclusions else []
    apply = [Button(apply_label(entry, today), Action(Verb.APPLY, entry.code))] if can_apply(entry) else []
    wanted = following[: 3 - len(check) - len(apply)]
    facets = [Button(FACET_WORDS[other], Action(Verb.FACET, entry.code, other.value)) for other in wanted]
    return (Button("展开全部", Action(Verb.MORE, entry.code)), *check, *apply, *facets)


def suggestion_lines(
    entries: Sequence[Entry], day: date, head: str = "您是不是想问：", *, knows_who: bool = True
) -> tuple[Line, ...]:
    """`head`, then each choice with its status word; without `knows_who` the asker's county and crop are asked for."""
    lines = [Line(LineKind.TITLE, head)]
    for number, entry in enumerate(entries, 1):
        status = entry.status_on(day)
        note = "" if status is Status.IN_FORCE else f"【{status_text(entry, day)}】"
        lines.append(Line(LineKind.DETAIL, f"{number}. {entry.title}{note}"))
    lines.append(Line(LineKind.NEXT, "回一个数字就行；都不是，就换个说法，或者点“都不是”。"))
    if not knows_who:
        lines.append(Line(LineKind.NOTE, "说一声在哪个县、种什么养什么，能找得更准。"))
    return tuple(lines)


def suggestion_buttons(entries: Sequence[Entry], day: date) -> tuple[Button, ...]:
    return (*(entry_button(entry, day) for entry in entries), Button("都不是", Action(Verb.NONE_OF_THESE)))


def comparison(entries: Sequence[Entry], day: date, titles: dict[str, str]) -> tuple[tuple[Line, ...], Table]:
    """Two entries side by side, at most six rows; a silent field reads 文件没写."""
    heads = tuple(entry.title for entry in entries)
    rows = [("还有效吗", *(status_text(entry, day) for entry in entries))]
    rows += [
        (FACET_WORDS[facet], *("".join(facet_sentences(entry, facet, day)) for entry in entries))
        for facet in COMPARED
        if any(entry.facets.get(facet) for entry in entries)
    ]
    table = Table(("", *heads), tuple(rows[:6]))
    lines = [line for entry in entries for line in _named_status(entry, day, titles)]
    lines.append(Line(LineKind.TITLE, f"{heads[0]}，和 {heads[1]}，对着看："))
    lines += [Line(LineKind.DETAIL, f"{row[0]}：" + "｜".join(row[1:])) for row in table.rows]
    lines.append(Line(LineKind.NOTE, "哪个更合适，要看您在哪个县、做什么、贷多少；能不能同时办：文件没写。"))
    lines += [Line(LineKind.SOURCE, source_text(entry)) for entry in entries]
    return tuple(lines), table


def _named_status(entry: Entry, day: date, titles: dict[str, str]) -> list[Line]:
    return [Line(line.kind, f"{entry.title}：{line.text}") for line in status_lines(entry, day, titles)]


def _shortened(text: str) -> str:
    if len(text) <= LONG:
        return text
    cut = max(text.rfind(mark, 0, LONG) for mark in "。；，")
    return f"{text[: cut if cut > LONG // 2 else LONG]}……"


def _is_cut(text: str, details: Sequence[Line]) -> bool:
    return all(line.text != text for line in details)
