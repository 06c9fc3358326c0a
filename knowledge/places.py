"""Hear the county, town and village in a sentence; places beyond Wenzhou are recognised as outside, never dropped."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.numerals import fold
from knowledge.phrases import Hit, Phrases
from knowledge.reading import ContentError, Fault, Item, read_yaml

_SUFFIX = re.compile(r"(?:街道|畲族镇|畲族乡|镇|乡)$")
_LINK = re.compile(r"[县市区]?的?[ ,，]?")
_VILLAGE = re.compile(r" ?(?P<village>[\u4e00-\u9fff]{2,5}?(?:村|社区))(?![民委里口集股镇级])")
_WE = re.compile(r"[我他你的在是和跟种养有]|哪个|这个|整|全|每|农")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One place as said. `counties` holds every county it may mean: one when sure, five for 山区5县, none outside."""

    county: str | None
    town: str | None
    village: str | None
    text: str
    span: tuple[int, int]
    outside: bool = False
    ambiguous: bool = False
    counties: tuple[str, ...] = ()
    name: str = ""  # the full name of an outside place or of a group: 浙江省义乌市, 山区5县


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One thing a surface may stand for."""

    county: str | None = None
    town: str | None = None
    village: str | None = None
    counties: tuple[str, ...] = ()
    name: str = ""
    outside: bool = False
    needs_county: bool = False  # an ordinary word or a name known elsewhere: counts only right after its county


@dataclass(frozen=True)
class Places:
    """The gazetteer, loaded once."""

    counties: tuple[str, ...]
    towns: dict[str, tuple[str, ...]]
    _meanings: dict[str, tuple[_Meaning, ...]] = field(repr=False)
    _phrases: Phrases = field(repr=False)
    _misspelt: Mapping[str, str] = field(repr=False, default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "Places":
        """Read data/places.yaml; every fault is named with its line."""
        faults: list[Fault] = []
        root = read_yaml(path, path.name, faults)
        meanings: dict[str, list[_Meaning]] = {}
        towns: dict[str, tuple[str, ...]] = {}
        if root is not None:
            keys = ("counties", "needs_county", "groups", "not_places", "outside_words", "outside")
            items = root.mapping(keys, ("sounds",))
            if not faults:
                towns = _read(items, meanings)
        if faults:
            raise ContentError(faults)
        sounds = items["sounds"].mapping((), ()) if root is not None and "sounds" in items else {}
        alike = {right: written.text() for right, written in sounds.items()}
        frozen = {word: tuple(group) for word, group in meanings.items()}
        misspelt = {word: name for name in towns for word in _misspelt(name, alike) if word not in frozen}
        return cls(tuple(towns), towns, frozen, Phrases.of(frozen), misspelt)

    def corrected(self, text: str) -> str:
        """`text` with a county's full name that was written by its sound put right: 苍难县 is 苍南县."""
        for word, name in self._misspelt.items():
            text = text.replace(word, name)
        return text

    def find(self, text: str) -> list[PlaceMention]:
        """Every place of `text`, left to right; a county and its town said together are one mention."""
        said = fold(text)
        mentions: list[PlaceMention] = []
        for hit in self._phrases.find(said):
            last = mentions[-1] if mentions else None
            mention = self._mention(hit, last, said)
            if mention is None:
                continue
            if last is not None and _continues(last, mention, said):
                mentions[-1] = _merge(last, mention)
            else:
                mentions.append(mention)
        grown = [_village(mention, said) for mention in mentions]
        return [replace(mention, text=text[slice(*mention.span)]) for mention in grown]

    def _mention(self, hit: Hit, last: PlaceMention | None, said: str) -> PlaceMention | None:
        near = last is not None and _LINK.fullmatch(said[last.span[1] : hit.start]) is not None
        meanings = self._meanings[hit.word]
        if last is not None and near and last.outside:
            return PlaceMention(None, None, None, hit.word, (hit.start, hit.end), outside=True, name=last.name)
        if last is not None and last.counties:
            meanings = tuple(one for one in meanings if one.county in last.counties) or meanings
        usable = [
            one
            for one in meanings
            if not one.needs_county or (near and last is not None and one.county in last.counties)
        ]
        if not usable:
            return None
        counties = tuple(dict.fromkeys(name for one in usable for name in (one.counties or (one.county,)) if name))
        first, single = usable[0], len(usable) == 1
        return PlaceMention(
            counties[0] if len(counties) == 1 else None,
            first.town if single else None,
            first.village if single or all(one.village == first.village for one in usable) else None,
            hit.word,
            (hit.start, hit.end),
            outside=first.outside,
            ambiguous=not single,
            counties=counties,
            name=first.name,
        )


def _continues(last: PlaceMention, mention: PlaceMention, said: str) -> bool:
    """Whether the two are one place said from large to small: 苍南 + 矾山, 温州 + 永嘉, 山东 + 金乡."""
    if not _LINK.fullmatch(said[last.span[1] : mention.span[0]]):
        return False
    if last.outside or mention.outside:
        return last.outside and mention.outside
    deeper = (
        bool(mention.town and not last.town) or bool(mention.village and not last.village) or len(last.counties) > 1
    )
    return deeper and bool(set(mention.counties) & set(last.counties))


def _merge(last: PlaceMention, mention: PlaceMention) -> PlaceMention:
    name = (
        mention.name
        if mention.outside and mention.name.startswith(last.name[:2])
        else last.name
        if last.outside
        else mention.name
    )
    return replace(
        mention,
        span=(last.span[0], mention.span[1]),
        town=mention.town or last.town,
        name=name,
        ambiguous=mention.ambiguous and len(mention.counties) > 1,
    )


def _village(mention: PlaceMention, said: str) -> PlaceMention:
    """Take in the village said right after its county or town: 罗阳镇上洪村."""
    match = _VILLAGE.match(said, mention.span[1])
    if mention.village or mention.outside or not mention.county or not match or _WE.search(match["village"]):
        return mention
    return replace(mention, village=match["village"], span=(mention.span[0], match.end()))


def _read(items: dict[str, Item], meanings: dict[str, list[_Meaning]]) -> dict[str, tuple[str, ...]]:
    def add(word: str, meaning: _Meaning) -> None:
        known = meanings.setdefault(fold(word), [])
        if meaning not in known:
            known.append(meaning)

    needs_county = frozenset(items["needs_county"].texts())
    towns: dict[str, tuple[str, ...]] = {}
    for county in items["counties"].sequence():
        found: list[tuple[str, _Meaning]] = []
        name, group = _county(county, needs_county, found)
        towns[name] = group
        for word, meaning in found:
            add(word, meaning)
    for item in items["groups"].sequence():
        parts = item.mapping(("name", "spoken", "counties"))
        group_meaning = _Meaning(counties=parts["counties"].texts(), name=parts["name"].text())
        for word in parts["spoken"].texts():
            add(word, group_meaning)
    for word, meaning in _outside(items):
        add(word, meaning)
    for word in items["not_places"].texts():
        meanings[fold(word)] = []
    return towns


def _misspelt(name: str, alike: Mapping[str, str]) -> Iterator[str]:
    """A county's full name with one character written as another of the same sound: 苍难县."""
    for place, character in enumerate(name[:-1]):
        for other in alike.get(character, ""):
            yield f"{name[:place]}{other}{name[place + 1 :]}"


def _county(item: Item, needs_county: frozenset[str], found: list[tuple[str, _Meaning]]) -> tuple[str, tuple[str, ...]]:
    parts = item.mapping(("name", "spoken", "towns"), ("also", "villages"))
    name, towns = parts["name"].text(), parts["towns"].texts()
    found += [(word, _Meaning(name)) for word in (name, *parts["spoken"].texts())]
    for town in towns:
        short = _SUFFIX.sub("", town)
        found.append((town, _Meaning(name, town)))
        if short != town and len(short) > 1:
            found.append((short, _Meaning(name, town, needs_county=short in needs_county)))
            for plain in {f"{short}镇", f"{short}乡"} & {town.replace("畲族", "")} - {town}:
                found.append((plain, _Meaning(name, town)))
    also = parts["also"].mapping((), ()) if "also" in parts else {}
    found += [(word, _Meaning(name, place.text())) for word, place in also.items()]
    villages = parts["villages"].mapping((), ()) if "villages" in parts else {}
    found += [(village, _Meaning(name, place.text(), village)) for village, place in villages.items()]
    return name, towns


def _outside(items: dict[str, Item]) -> Iterator[tuple[str, _Meaning]]:
    for word in items["outside_words"].texts():
        yield word, _Meaning(outside=True, name=word)
    for name, spoken in items["outside"].mapping((), ()).items():
        for word in (name, *spoken.texts()):
            yield word, _Meaning(outside=True, name=name)
