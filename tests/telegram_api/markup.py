"""Telegram's HTML: parsed strictly into text and entities, refused in Telegram's words."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from .errors import ApiError, bad

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "tg-emoji": "custom_emoji", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
END_NAME = re.compile(r"[^\s>]*")
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE = re.compile(r"\s*([^\s=>/\"']*)\s*(=?)\s*")
TOKEN = re.compile(r"[A-Za-z0-9.\-]+")

Entity = dict[str, Any]


def utf16(text: str) -> int:
    """Length in the units that entities count in: characters beyond the basic plane count twice."""
    return len(text) + sum(c > "\uffff" for c in text)


@dataclass
class _Open:
    name: str
    offset: int
    extra: dict[str, str]


@dataclass
class _Parser:
    source: str
    out: list[str] = field(default_factory=list)
    offset: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def refuse(self, words: str) -> ApiError:
        return bad(f"can't parse entities: {words}")

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def put(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16(text)

    def run(self) -> tuple[str, list[Entity]]:
        at = 0
        while at < len(self.source):
            if self.source[at] == "&":
                at = self.reference(at)
            elif self.source.startswith("</", at):
                at = self.end_tag(at)
            elif self.source[at] == "<":
                at = self.start_tag(at)
            else:
                stop = next((i for i in range(at, len(self.source)) if self.source[i] in "&<"), len(self.source))
                self.put(self.source[at:stop])
                at = stop
        if self.open:
            raise self.refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return "".join(self.out), sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def reference(self, at: int) -> int:
        found = REFERENCE.match(self.source, at)
        if found is None:
            raise self.refuse(f'Character "&" must be escaped at byte offset {self.byte(at)}')
        self.put(unescape(found.group()))
        return found.end()

    def start_tag(self, at: int) -> int:
        named = TAG_NAME.match(self.source, at + 1)
        assert named is not None
        name, position = named.group().lower(), named.end()
        if position >= len(self.source):
            raise self.refuse(f"Unclosed start tag at byte offset {self.byte(at)}")
        if name not in TAGS:
            raise self.refuse(f'Unsupported start tag "{name}" at byte offset {self.byte(at)}')
        attributes: dict[str, str] = {}
        while True:
            while position < len(self.source) and self.source[position].isspace():
                position += 1
            if position >= len(self.source):
                raise self.refuse(f'Unclosed start tag "{name}" at byte offset {self.byte(at)}')
            if self.source[position] == ">":
                break
            position = self.attribute(name, at, position, attributes)
        self.open.append(_Open(name, self.offset, self.meaning(name, at, attributes)))
        return position + 1

    def attribute(self, tag: str, at: int, position: int, into: dict[str, str]) -> int:
        found = ATTRIBUTE.match(self.source, position)
        assert found is not None
        name, position = found.group(1).lower(), found.end()
        if not name:
            raise self.refuse(f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(at)}')
        if not found.group(2):
            if tag == "blockquote" and name == "expandable":
                into[name] = ""
                return position
            words = "Expected equal sign in declaration of an attribute of the tag"
            raise self.refuse(f'{words} "{tag}" at byte offset {self.byte(at)}')
        quote = self.source[position : position + 1]
        if quote in {'"', "'"}:
            stop = self.source.find(quote, position + 1)
            if stop < 0:
                raise self.refuse(f'Unclosed start tag "{tag}" at byte offset {self.byte(at)}')
            into[name] = unescape(self.source[position + 1 : stop])
            return stop + 1
        token = TOKEN.match(self.source, position)
        stop = token.end() if token else position
        if self.source[stop : stop + 1] not in {">", " ", "\n", "\t"}:
            raise self.refuse(f"Unexpected end of name token at byte offset {self.byte(position)}")
        into[name] = self.source[position:stop]
        return stop

    def meaning(self, tag: str, at: int, attributes: dict[str, str]) -> dict[str, str]:
        """What the attributes add to the entity."""
        if tag == "a":
            return {"url": attributes.get("href", "")}
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(at)}')
        if tag == "tg-emoji":
            return {"custom_emoji_id": attributes.get("emoji-id", "")}
        if tag == "code" and attributes.get("class", "").startswith("language-"):
            return {"language": attributes["class"].removeprefix("language-")}
        return {"type": "expandable_blockquote"} if "expandable" in attributes else {}

    def end_tag(self, at: int) -> int:
        if not self.open:
            raise self.refuse(f"Unexpected end tag at byte offset {self.byte(at)}")
        named = END_NAME.match(self.source, at + 2)
        assert named is not None
        position = named.end()
        while position < len(self.source) and self.source[position].isspace():
            position += 1
        if self.source[position : position + 1] != ">":
            raise self.refuse(f"Unclosed end tag at byte offset {self.byte(at)}")
        opened, name = self.open[-1], named.group().lower()
        if name and name != opened.name:
            words = f'Unmatched end tag at byte offset {self.byte(at)}, expected "</{opened.name}>", found "</{name}>"'
            raise self.refuse(words)
        self.open.pop()
        self.close(opened)
        return position + 1

    def close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        extra = dict(opened.extra)
        if opened.name == "a" and not extra["url"]:
            extra["url"] = "".join(self.out)[-length:] if length else ""
        if length and not (opened.name == "a" and not is_link(extra["url"])):
            entity = {"type": TAGS[opened.name], "offset": opened.offset, "length": length, **extra}
            self.entities.append(entity)


def is_link(url: str) -> bool:
    """Whether Telegram would keep a link to it."""
    return bool(re.match(r"(?i)(https?://[^/\s?#]*\.[^\s]+|tg://\S+|mailto:\S+|tel:\S+|[\w\-]+(\.[\w\-]+)+\S*)$", url))


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text a person sees and its entities; ApiError where Telegram refuses to parse."""
    return _Parser(source).run()
