"""A minute's reading aloud (念给他听): an entry's own sentences for an officer at the door, and one question to check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.base import KnowledgeBase
from knowledge.entries import NOT_STATED, Entry, Facet, Status
from knowledge.rendering import NO_RULE_THAT_DAY, facet_sentences, payee_line, status_lines, status_text, summary_text

MOST_CHARACTERS = 240  # about four a second, so a minute
LAST = "官方不收费，不要验证码。"
IN_ORDER = (
    (Facet.AMOUNT, "额度"),
    (Facet.SUBSIDY, "补贴"),
    (Facet.RATE, "利息"),
    (Facet.FEE, "费用"),
    (Facet.WHO, "谁能办"),
    (Facet.WHERE, "去哪办"),
    (Facet.HOW, "怎么办"),
    (Facet.DEADLINE, "截止"),
    (Facet.TERM, "期限"),
    (Facet.DOCUMENTS, "带什么"),
)
QUESTIONS = {
    Facet.WHERE: "请他说说看：要办的话，先去哪里问？",
    Facet.HOW: "请他说说看：要办的话，第一步做什么？",
    Facet.AMOUNT: "请他说说看：最多是多少？",
    Facet.SUBSIDY: "请他说说看：补的是哪一样？",
    Facet.RATE: "请他说说看：利息是怎么算的？",
    Facet.WHO: "请他说说看：什么样的人能办？",
}
ARROW = re.compile(r" ?(?:→|->) ?")
IF_CLOSED = "请他说说看：这一条现在能不能办？"
IF_CHEATED = "请他说说看：有人让他先交钱，该怎么办？"


@dataclass(frozen=True, slots=True)
class Script:
    """What is read aloud, status first, and the question after it."""

    code: str
    title: str
    text: str
    question: str


def script(base: KnowledgeBase, code: str, day: date) -> Script:
    """The script of an entry as of a day; `LookupError` for an unknown code."""
    entry = base.entries[code]
    banner = status_lines(entry, day, base.titles)
    first = banner[0].text if banner else f"这一条{status_text(entry, day)}。"
    said = [_ended(first), _ended(f"说的是：{entry.title}")]
    said += [_ended(line.text) for line in payee_line(entry, day)]
    if sum(map(len, said)) + len(LAST) > MOST_CHARACTERS:
        said = said[:2]
    facets = []
    for facet, sentence in _sentences(entry, day):
        if sum(map(len, said)) + len(sentence) + len(LAST) <= MOST_CHARACTERS:
            said.append(sentence)
            if facet is not None:
                facets.append(facet)
    return Script(code, entry.title, "".join([*said, LAST]), _question(entry, day, facets))


def _sentences(entry: Entry, day: date) -> list[tuple[Facet | None, str]]:
    """The first sentence of each side, then the summary when no side had one, in order of what people ask first."""
    found: list[tuple[Facet | None, str]] = []
    for facet, word in IN_ORDER:
        written = facet_sentences(entry, facet, day)[0]
        if written not in (NOT_STATED, NO_RULE_THAT_DAY):
            found.append((facet, _ended(f"{word}：{written}")))
    return found or [(None, _ended(summary_text(entry, day)))]


def _question(entry: Entry, day: date, facets: list[Facet]) -> str:
    if "fraud" in entry.subjects:
        return IF_CHEATED
    if entry.status_on(day) is not Status.IN_FORCE:
        return IF_CLOSED
    return next((QUESTIONS[facet] for facet in QUESTIONS if facet in facets), IF_CHEATED)


def _ended(text: str) -> str:
    """One sentence as it is spoken: an end, and no arrows."""
    spoken = ARROW.sub("，再", text)
    return spoken if spoken.endswith(("。", "？", "！", "；", "】")) else f"{spoken}。"
