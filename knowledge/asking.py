"""What a question asks of an entry (the facet), and whether it is a comparison or a follow-up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.entries import Facet
from knowledge.reading import ContentError, Fault, Item, read_yaml
from knowledge.vocabulary import SUBJECTS

Pattern = re.Pattern[str]
_PART = re.compile(r"[，,。；;？?！!、\s]+")
MOST_PARTS, SHORT_PART = 4, 10
_CLAUSE = re.compile(r"[，,。；;？?！!\n]|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")  # who dictates leaves a gap
NEVER = re.compile("(?!)")


@dataclass(frozen=True)
class Weighing:
    """When a rate somebody names is to be weighed (六厘高不高), the figures it is laid beside, and what is said with it."""

    pattern: Pattern
    needs: Pattern
    unless: Pattern
    figures: tuple[tuple[str, str], ...]  # entry and figure
    also: tuple[str, ...]
    yearly: bool  # interest runs by the year; a fee may be taken once
    note: str
    step: str


@dataclass(frozen=True)
class Asking:
    """The patterns of data/asking.yaml, loaded once."""

    facets: tuple[tuple[Facet, Pattern], ...]
    wishes: tuple[tuple[str, Pattern], ...]
    compare: Pattern
    compare_split: Pattern
    pronouns: Pattern
    choose: Pattern
    forget: Pattern
    thanks: Pattern
    person: Pattern
    none_of_these: Pattern
    identities: tuple[tuple[tuple[str, ...], Pattern], ...] = ()
    need: Pattern = NEVER
    lost: Pattern = NEVER
    weighings: tuple[Weighing, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Asking:
        """Read data/asking.yaml; a pattern that does not compile is a fault."""
        faults: list[Fault] = []
        root = read_yaml(path, "data/asking.yaml", faults)
        names = (
            "facets",
            "compare",
            "compare_split",
            "pronouns",
            "choose",
            "forget",
            "thanks",
            "person",
            "none_of_these",
        )
        items = (
            root.mapping((*names, "wishes"), ("identities", "need", "lost", "weighings")) if root is not None else {}
        )
        wishes = []
        for item in items["wishes"].sequence() if "wishes" in items else []:
            fields = item.mapping(("subject", "pattern"))
            if {"subject", "pattern"} <= fields.keys() and fields["subject"].choice(list(SUBJECTS)) in SUBJECTS:
                wishes.append((fields["subject"].text(), _pattern(fields["pattern"])))
        facets = []
        for item in items["facets"].sequence() if "facets" in items else []:
            fields = item.mapping(("facet", "pattern"))
            facet = fields["facet"].member(Facet) if {"facet", "pattern"} <= fields.keys() else None
            if facet is not None:
                facets.append((facet, _pattern(fields["pattern"])))
        rest = {name: _pattern(items[name]) for name in names[1:] if name in items}
        spare = {name: _pattern(items[name]) if name in items else NEVER for name in ("need", "lost")}
        identities = _identities(items.get("identities"))
        weighings = tuple(_weighing(item) for item in items["weighings"].sequence()) if "weighings" in items else ()
        if faults:
            raise ContentError(faults)
        return cls(tuple(facets), tuple(wishes), **rest, identities=identities, **spare, weighings=weighings)

    def kinds_of_person(self, text: str) -> tuple[str, ...]:
        """What documents call the kinds of person somebody says he is (退役军人, 高校毕业生)."""
        return tuple(name for names, pattern in self.identities if pattern.search(text) for name in names)

    def wish(self, text: str) -> str | None:
        """The subject a person wants something from (loan, insurance, …), or None."""
        return next((subject for subject, pattern in self.wishes if pattern.search(text)), None)

    def facet(self, text: str) -> Facet | None:
        """The facet a question asks, or None when it asks of the whole entry; the last clause decides in a story."""
        clauses = [clause for clause in _CLAUSE.split(text.strip("？?。！! ")) if clause.strip()]
        for part in (*clauses[-1:], "".join(clauses)):
            found = next((facet for facet, pattern in self.facets if pattern.search(part)), None)
            if found is not None:
                return found
        return None

    def facets_of(self, text: str) -> tuple[Facet, ...]:
        """All facets of a question with a string of short ones (利息多少 几年还 要带什么), told after it or not; none for a story."""
        found: list[Facet] = []
        for clause in reversed([clause for clause in _PART.split(text) if clause]):
            is_short = len(clause) <= SHORT_PART
            facet = self.bare_facet(clause.lower()) if is_short else self.facet(clause.lower())
            if facet is None and found:
                break
            if facet is None:
                continue  # what is told after what is asked
            found.append(facet)
            if not is_short or len(found) == MOST_PARTS:
                break
        return tuple(dict.fromkeys(reversed(found))) if len(found) > 1 else ()

    def bare_facet(self, folded: str) -> Facet | None:
        """The facet named by a bare word such as 利息 or 材料, for follow-ups like 那利息呢."""
        return self.facet(folded) or next((facet for word, facet in BARE if word in folded), None)

    def without_facets(self, folded: str) -> str:
        """The text with a gap for every bare word that only asks (什么时候, 多少)."""
        for word, _ in BARE:
            folded = folded.replace(word, " ")
        return folded

    def sides(self, folded: str) -> tuple[str, ...]:
        """The two halves of a comparison, or nothing."""
        if not self.compare.search(folded):
            return ()
        parts = [part for part in self.compare_split.split(self.compare.sub("", folded)) if len(part) >= 2]
        return tuple(parts[:2]) if len(parts) >= 2 else ()


BARE: tuple[tuple[str, Facet], ...] = (
    ("担保费", Facet.FEE), ("保费", Facet.FEE), ("费用", Facet.FEE), ("手续费", Facet.FEE), ("补贴", Facet.SUBSIDY), ("补助", Facet.SUBSIDY),
    ("贴息", Facet.SUBSIDY), ("额度", Facet.AMOUNT), ("多少钱", Facet.AMOUNT), ("多少", Facet.AMOUNT), ("期限", Facet.TERM), ("几年", Facet.TERM),
    ("多久", Facet.TERM), ("材料", Facet.DOCUMENTS), ("条件", Facet.WHO), ("谁", Facet.WHO), ("哪里", Facet.WHERE), ("怎么办", Facet.HOW), ("地方", Facet.WHERE),
    ("截止", Facet.DEADLINE), ("什么时候", Facet.DEADLINE), ("电话", Facet.CONTACT), ("有效", Facet.STATUS), ("要交", Facet.FEE), ("要钱", Facet.FEE),
)  # fmt: skip


def last_clause(text: str) -> str:
    """What is asked at the end of a story that may name other things before."""
    clauses = [clause for clause in _CLAUSE.split(text.strip("？?。！! ")) if clause.strip()]
    return clauses[-1] if clauses else ""


def _identities(item: Item | None) -> tuple[tuple[tuple[str, ...], Pattern], ...]:
    found = []
    for each in item.sequence() if item is not None else ():
        fields = each.mapping(("names", "pattern"))
        if {"names", "pattern"} <= fields.keys():
            found.append((fields["names"].texts(), _pattern(fields["pattern"])))
    return tuple(found)


def _weighing(item: Item) -> Weighing:
    fields = item.mapping(("pattern", "figures", "note", "step"), ("needs", "unless", "also", "yearly"))
    pairs = [tuple(pair.texts()) for pair in fields["figures"].sequence()] if "figures" in fields else []
    return Weighing(
        _pattern(fields["pattern"]) if "pattern" in fields else NEVER,
        _pattern(fields["needs"]) if "needs" in fields else re.compile(""),
        _pattern(fields["unless"]) if "unless" in fields else NEVER,
        tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2),
        fields["also"].texts() if "also" in fields else (),
        fields["yearly"].boolean() if "yearly" in fields else True,
        fields["note"].text() if "note" in fields else "",
        fields["step"].text() if "step" in fields else "",
    )


def _pattern(item: Item) -> Pattern:
    try:
        return re.compile(item.text())
    except re.error as error:
        item.fault(f"正则写错了：{error}。")
        return re.compile("(?!)")
