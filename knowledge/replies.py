"""Entries → the lines of a reply, in the one order every window keeps: status, payee, answer, who and how, source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from knowledge.answers import Action, Button, Line, LineKind, Verb
from knowledge.applying import apply_label, can_apply
from knowledge.browsing import entry_button
from knowledge.entries import NOT_STATED, Entry, Facet, Kind, Status
from knowledge.focus import figures_in, of_the_programme
from knowledge.leading import NOTHING_MORE, Asked, filled, lead_of
from knowledge.other_crops import NO_OTHER_CROPS, OtherCrops
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
LONG = 110


class Reply:
    """The two layers of an entry's reply: `lines` at once, `more` after 展开.

    `day` is the day whose figures are told, `today` the day whose status stands first; `first` are notes that must be
    read before the figures; `brief` answers the facet and leaves out what the chat has just been told.
    """

    def __init__(
        self,
        entry: Entry,
        day: date,
        facet: Facet | None,
        titles: dict[str, str],
        notes: Sequence[Line] = (),
        *,
        first: Sequence[Line] = (),
        asked: Asked = NOTHING_MORE,
        today: date | None = None,
        brief: bool = False,
    ) -> None:
        self.entry, self.day, self.facet, self.asked = entry, day, facet, asked
        self.today = today or day
        self.lead = lead_of(entry, facet, day, self.today, asked)
        banner, payee = status_lines(entry, self.today, titles), payee_line(entry, day, who_asked=facet is Facet.WHO)
        until = [] if brief or facet is Facet.STATUS else until_line(entry, self.today)
        others = [Line(LineKind.LEAD, _shortened(text)) for each in self._also() if (text := self._other(each))]
        others += [Line(LineKind.LEAD, _shortened(text)) for text in asked.parts]
        total = [Line(LineKind.LEAD, asked.total)] if asked.total is not None else []
        lead = Line(LineKind.LEAD, self.lead.text)
        may = [Line(LineKind.LEAD, asked.may)] if asked.may is not None else []
        head = [*banner, *payee, *first, *may, lead, *others, *total, *until, *notes, self._next()]
        source = Line(LineKind.SOURCE, source_text(entry))
        silent = [] if brief or entry.kind is Kind.GUIDE else self._silent()
        room = max(FIRST_REPLY_LINES - len(head) - len(silent) - 1, 0)
        told = [] if brief else [(each, text) for each in self._wanted() if (text := self._untold(each))][:room]
        details = [Line(LineKind.DETAIL, _shortened(text)) for _, text in told]
        self.lines = (*head, *details, *silent, source)
        left = self._silent() if not silent else []
        self.more = (*self._more({each for each, _ in told}, details), *left)

    def _also(self) -> tuple[Facet, ...]:
        """The other facets of a question that asks several at once."""
        return tuple(each for each in self.asked.also if each not in (self.facet, *self.lead.facets))

    def _other(self, facet: Facet) -> str | None:
        """Another facet asked in the same breath, without what has been said; 文件没写 where the entry is silent."""
        if facet is Facet.STATUS:
            return f"{FACET_WORDS[facet]}：{status_text(self.entry, self.today)}。"
        if not self.entry.facets.get(facet):
            return facet_line(self.entry, facet, self.day)
        return self._rest_of(facet)

    def _untold(self, facet: Facet) -> str | None:
        """A facet as one line without the sentences the lead has said, or None when nothing is left of it."""
        return None if facet in (*self.lead.facets, *self._also()) else self._rest_of(facet)

    def _rest_of(self, facet: Facet) -> str | None:
        first = self._first_of(facet)
        said = [text for text in first if text not in self.lead.told]
        more = "，还有" if len(said) < len(first) else ""
        return f"{FACET_WORDS[facet]}{more}：{''.join(ended(text) for text in said)}" if said else None

    def _first_of(self, facet: Facet) -> tuple[str, ...]:
        """The sentences of a facet without what the whole programme spends, which helps no asker."""
        raw = self.entry.facets.get(facet, ())
        own = [text for text in raw if not of_the_programme(self.entry, text) and text not in self.lead.aside]
        return filled(self.entry, own, self.day)

    def _wanted(self) -> list[Facet]:
        stated = [facet for facet in SHORT_FACETS if self.entry.facets.get(facet)]
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
            spoken = self.asked.focus.best(self.entry)
            return sorted((facet for facet in order if facet in stated), key=lambda facet: facet is not spoken)
        first = [facet for facet in (Facet.WHO, Facet.HOW, Facet.WHERE, Facet.DOCUMENTS) if facet in stated]
        return [*first, *(facet for facet in stated if facet not in first)]

    def _silent(self) -> list[Line]:
        missing = [
            FACET_WORDS[facet]
            for facet in ALL_FACETS
            if not self.entry.facets.get(facet) and facet not in (self.facet, *self._also())
        ]
        return [Line(LineKind.NOTE, f"{NOT_STATED}：{'、'.join(missing)}。")] if missing else []

    def _next(self) -> Line:
        entry = self.entry
        day = entry.validity.reading_day(self.day)
        step = fill_or_say(entry, entry.next_step, day)
        if self.asked.is_done:
            step = re.sub("^.(?:之前|以前)", "", step)
        return Line(LineKind.NEXT, f"下一步：{step}")

    def _is_told(self, facet: Facet, shown: set[Facet], details: Sequence[Line]) -> bool:
        """Whether all that the entry says on a facet stands in the first reply."""
        line = self._untold(facet) if facet in shown else None
        if line is not None and all(line != detail.text for detail in details):
            return False  # it was shortened
        told = {*self.lead.told, *(self._first_of(facet) if line is not None or facet in self._also() else ())}
        return set(facet_sentences(self.entry, facet, self.day)) <= told

    def _more(self, shown: set[Facet], details: Sequence[Line]) -> tuple[Line, ...]:
        entry, day = self.entry, self.day
        rest = [
            Line(LineKind.DETAIL, facet_line(entry, facet, day))
            for facet in ALL_FACETS
            if entry.facets.get(facet) and not self._is_told(facet, shown, details)
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
    entries: Sequence[Entry],
    day: date,
    head: str = "您是不是想问：",
    *,
    knows_who: bool = True,
    told: Sequence[Line] = (),
) -> tuple[Line, ...]:
    """`head`, then each choice with its status word, what is `told` of the first right below it.

    Without `knows_who` the asker's county and crop are asked for."""
    lines = [Line(LineKind.TITLE, head)]
    for number, entry in enumerate(entries, 1):
        status = entry.status_on(day)
        note = "" if status is Status.IN_FORCE else f"【{status_text(entry, day)}】"
        lines.append(Line(LineKind.DETAIL, f"{number}. {entry.title}{note}"))
        lines += told if number == 1 else ()
    lines.append(Line(LineKind.NEXT, "回一个数字就行；都不是，就换个说法，或者点“都不是”。"))
    if not knows_who:
        lines.append(Line(LineKind.NOTE, "说一声在哪个县、种什么养什么，能找得更准。"))
    return tuple(lines)


def offered_lines(
    entries: Sequence[Entry], facets: Sequence[Facet], day: date, others: Sequence[OtherCrops] = ()
) -> tuple[Line, ...]:
    """What each of the choices just offered says on the facets asked, its status word first; 文件没写 where silent.

    `others` has for each choice what it says of crops that are not the asker's: that is not told as if it were his."""
    words = "、".join(FACET_WORDS[facet] for facet in facets)
    if not any(entry.facets.get(facet) for entry in entries for facet in facets):
        lines = [Line(LineKind.LEAD, f"上面这 {len(entries)} 样，{words}：{NOT_STATED}，要当面问清。")]
    else:
        lines = [Line(LineKind.TITLE, f"接着上面 {len(entries)} 样说，{words}：")]
    for number, entry in enumerate(entries, 1):
        status = entry.status_on(day)
        note = "" if status is Status.IN_FORCE else f"【{status_text(entry, day)}】"
        foreign = others[number - 1] if others else NO_OTHER_CROPS
        said = "".join(_offered_facet(entry, each, day, foreign, lone=len(facets) == 1) for each in facets)
        said = said or ("" if lines[0].kind is LineKind.LEAD else f"{NOT_STATED}。")
        lines.append(Line(LineKind.DETAIL, _shortened(f"{number}. {entry.title}{note}{'：' if said else ''}{said}")))
    lines.append(Line(LineKind.NEXT, "回一个数字看那一样的全部；都不是，就换个说法。"))
    return tuple(lines)


def _offered_facet(entry: Entry, facet: Facet, day: date, others: OtherCrops, *, lone: bool) -> str:
    """One facet of a choice; `lone` leaves out its name, which the title has said."""
    raw = entry.facets.get(facet, ())
    foreign = [text for text in raw if text in others.sentences]
    if foreign and not any(figures_in(entry, text) for text in raw if text not in foreign):
        return others.note(foreign)
    if foreign:
        return "".join(ended(text) for text in filled(entry, [text for text in raw if text not in foreign], day))
    return facet_line(entry, facet, day)[len(FACET_WORDS[facet]) + 1 if lone else 0 :] if raw else ""


def suggestion_buttons(entries: Sequence[Entry], day: date) -> tuple[Button, ...]:
    return (*(entry_button(entry, day) for entry in entries), Button("都不是", Action(Verb.NONE_OF_THESE)))


def _shortened(text: str) -> str:
    if len(text) <= LONG:
        return text
    cut = max(text.rfind(mark, 0, LONG) for mark in "。；，")
    return f"{text[: cut if cut > LONG // 2 else LONG]}……"
