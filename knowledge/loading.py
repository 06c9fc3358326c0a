"""data/entries/**/*.yaml → entries; every fault is collected with file:line and said in Chinese."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from knowledge.entries import (
    NOT_STATED,
    Case,
    Condition,
    Contact,
    Entry,
    Facet,
    Kind,
    Paper,
    Payee,
    Source,
    Stage,
    Validity,
)  # fmt: skip
from knowledge.parameters import NO_PARAMETERS, Parameters, load_parameters, read_figures
from knowledge.reading import Fault, Item, day_of, read_yaml, text_of
from knowledge.vocabulary import AUDIENCES, LEVELS, SOURCE_SEEN, SUBJECTS

REQUIRED = (
    "code", "title", "kind", "audience", "level", "subjects", "crops", "regions", "excluded_places", "payee", "payee_note",
    "aliases", "summary", "figures", "facets", "conditions", "exclusions", "papers", "time", "decides", "contacts", "next_step",
    "validity", "sources", "examples", "cases", "checked",
)  # fmt: skip
OPTIONAL = ("related",)
FACETS = tuple(facet.value for facet in Facet if facet is not Facet.STATUS)
FAR_PAST = date(1900, 1, 1)


def load_entry(path: Path, name: str, faults: list[Fault], parameters: Parameters = NO_PARAMETERS) -> Entry | None:
    """The entry in `path`, or None when it cannot be understood; `name` is the path as shown in faults.

    `parameters` are the figures of data/parameters/ by name.
    """
    root = read_yaml(path, name, faults)
    if root is None:
        return None
    before = len(faults)
    items = root.mapping(REQUIRED, OPTIONAL)
    if len(faults) > before:
        return None
    return _entry(items, name, parameters)


def load_entries(folder: Path, faults: list[Fault], root: Path | None = None) -> list[Entry]:
    """All entries below `folder`, in the order of their paths, with the parameters kept beside it."""
    base = root or folder.parent.parent
    parameters = load_parameters(folder.parent / "parameters", faults, base)
    entries: list[Entry] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = str(path.relative_to(base)) if path.is_relative_to(base) else str(path)
        entry = load_entry(path, name, faults, parameters)
        if entry is not None:
            entries.append(entry)
    return entries


def _entry(items: dict[str, Item], name: str, parameters: Parameters) -> Entry:
    return Entry(
        code=items["code"].text(),
        title=items["title"].text(),
        kind=items["kind"].member(Kind) or Kind.GUIDE,
        audience=items["audience"].choice(AUDIENCES),
        level=items["level"].choice(LEVELS),
        subjects=tuple(item.choice(SUBJECTS) for item in items["subjects"].sequence()),
        crops=items["crops"].texts(),
        regions=items["regions"].texts(),
        excluded_places=items["excluded_places"].texts(),
        payee=tuple(payee for item in items["payee"].sequence() if (payee := item.member(Payee)) is not None),
        payee_note=items["payee_note"].optional_text(),
        aliases=items["aliases"].texts(),
        summary=items["summary"].text(),
        figures=tuple(figure for item in items["figures"].sequence() for figure in read_figures(item, parameters)),
        facets=_facets(items["facets"]),
        conditions=tuple(_condition(item) for item in items["conditions"].sequence()),
        exclusions=tuple(_condition(item) for item in items["exclusions"].sequence()),
        papers=_papers(items["papers"]),
        time=items["time"].text(),
        decides=items["decides"].text(),
        contacts=tuple(_contact(item) for item in items["contacts"].sequence()),
        next_step=items["next_step"].text(),
        validity=_validity(items["validity"]),
        sources=tuple(_source(item) for item in items["sources"].sequence()),
        examples=items["examples"].texts(),
        cases=tuple(_case(item) for item in items["cases"].sequence()),
        checked=items["checked"].day() or FAR_PAST,
        related=items["related"].texts() if "related" in items else (),
        path=name,
        lines={key: item.line for key, item in items.items()},
    )


def _facets(item: Item) -> dict[Facet, tuple[str, ...]]:
    facets: dict[Facet, tuple[str, ...]] = {}
    for key, value in item.mapping(FACETS).items():
        if value.is_sequence:
            facets[Facet(key)] = value.texts()
            if not facets[Facet(key)]:
                value.fault(f"{key} 是空的：写句子，或者写 {NOT_STATED}。")
        elif value.is_text and value.text() == NOT_STATED:
            facets[Facet(key)] = ()
        else:
            value.fault(f"{key} 要写成句子的列表，或者写 {NOT_STATED}。")
    return facets


def _condition(item: Item) -> Condition:
    fields = item.mapping(("text",), ("rule", "ask_staff", "clause", "source"))
    if "text" not in fields:
        return Condition(text="")
    ask_staff = "ask_staff" in fields and fields["ask_staff"].boolean()
    rule: Any = fields["rule"].plain() if "rule" in fields and not fields["rule"].is_null else None
    if (rule is None) != ask_staff:
        item.fault("条件要么有 rule，要么写 ask_staff: true，二选一。")
    if rule is not None and not isinstance(rule, dict):
        item.fault("rule 应当是一组“键: 值”，例如 {fact: county, equals: 乐清市}。")
        rule = None
    source = fields["source"].whole() if "source" in fields else 0
    return Condition(fields["text"].text(), rule, ask_staff, text_of(fields, "clause"), source, item.line)


def _papers(item: Item) -> tuple[Paper, ...] | None:
    if item.is_text:
        if item.text() != NOT_STATED:
            item.fault(f"papers 要写成列表，或者写 {NOT_STATED}。")
        return None
    papers = []
    for paper in item.sequence():
        fields = paper.mapping(("name",), ("issuer", "form", "valid"))
        if "name" in fields:
            words = {
                key: fields[key].optional_text() or NOT_STATED for key in ("issuer", "form", "valid") if key in fields
            }
            papers.append(Paper(fields["name"].text(), **words))
    return tuple(papers)


def _contact(item: Item) -> Contact:
    fields = item.mapping(("name", "seen"), ("phone", "address"))
    if not {"name", "seen"} <= fields.keys():
        return Contact("", FAR_PAST)
    return Contact(
        fields["name"].text(), fields["seen"].day() or FAR_PAST, text_of(fields, "phone"), text_of(fields, "address")
    )


def _validity(item: Item) -> Validity:
    fields = item.mapping(
        ("stage", "from", "to", "review_by", "owner"),
        ("confirmed_on", "historic", "repealed_on", "repealed_by_then", "superseded_by", "superseded_on", "note"),
    )
    if not {"stage", "from", "to", "review_by", "owner"} <= fields.keys():
        return Validity(Stage.ISSUED, None, None, FAR_PAST, "")
    start, end = fields["from"].day(), fields["to"].day()
    if start and end and start > end:
        fields["to"].fault("to 比 from 早，改正其中一个。")
    return Validity(
        stage=fields["stage"].member(Stage) or Stage.ISSUED,
        valid_from=start,
        valid_to=end,
        review_by=fields["review_by"].day() or FAR_PAST,
        owner=fields["owner"].text(),
        confirmed_on=day_of(fields, "confirmed_on"),
        historic="historic" in fields and fields["historic"].boolean(),
        repealed_on=day_of(fields, "repealed_on"),
        repealed_by_then="repealed_by_then" in fields and fields["repealed_by_then"].boolean(),
        superseded_by=text_of(fields, "superseded_by"),
        superseded_on=day_of(fields, "superseded_on"),
        note=text_of(fields, "note"),
    )


def _source(item: Item) -> Source:
    fields = item.mapping(("title", "issuer", "seen"), ("document_no", "date", "clause", "url"))
    if not {"title", "issuer", "seen"} <= fields.keys():
        return Source("", "", "")
    return Source(
        title=fields["title"].text(),
        issuer=fields["issuer"].text(),
        seen=fields["seen"].choice(SOURCE_SEEN),
        document_no=text_of(fields, "document_no"),
        date=text_of(fields, "date"),
        clause=text_of(fields, "clause"),
        url=text_of(fields, "url"),
    )


def _case(item: Item) -> Case:
    fields = item.mapping(("name", "facts", "outcome", "on"))
    if len(fields) < 4:
        return Case("", {}, "", FAR_PAST)
    facts = fields["facts"].plain()
    if not isinstance(facts, dict):
        fields["facts"].fault("facts 应当是一组“键: 值”。")
        facts = {}
    outcome = fields["outcome"].choice(("LIKELY", "UNLIKELY", "UNDETERMINED", "CLOSED"))
    return Case(fields["name"].text(), facts, outcome, fields["on"].day() or FAR_PAST)
