"""Texts and captions as Telegram takes them: parsed, trimmed, counted."""

import re
import unicodedata
from typing import Any

from .errors import bad
from .markup import Entity, parse_html, utf16

TEXT_LIMIT, CAPTION_LIMIT, RAW_BYTES = 4096, 1024, 32 * 1024
ENTITY_TYPES = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
    "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
    "custom_emoji", "date_time",
}  # fmt: skip
FOUND_BY_TELEGRAM = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?!\w))|(?P<url>https?://[^\s<>\"，。；）]+)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
)


def checked_text(params: dict[str, Any]) -> tuple[str, list[Entity]]:
    """The text and entities of a message; refused if empty or over 4096 characters."""
    text, entities = formatted(params, "text", "entities")
    if is_blank(text):
        raise bad("message text is empty")
    if len(text) > TEXT_LIMIT or len(params["text"].encode()) > RAW_BYTES:
        raise bad("message is too long")
    return text, entities


def checked_caption(params: dict[str, Any]) -> tuple[str, list[Entity]]:
    """The caption and entities of a file; refused over 1024 characters, may be empty."""
    text, entities = formatted(params, "caption", "caption_entities")
    if len(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return ("", []) if is_blank(text) else (text, entities)


def formatted(params: dict[str, Any], text_field: str, entities_field: str) -> tuple[str, list[Entity]]:
    """Text after parse_mode or explicit entities, with the white space of both ends cut."""
    source, mode = params.get(text_field, ""), params.get("parse_mode", "")
    if mode and mode.lower() != "html":
        known = mode.lower() in {"markdown", "markdownv2"}
        raise bad("Markdown is not emulated here, use HTML" if known else "unsupported parse_mode")
    if mode:
        text, entities = parse_html(source)
    else:
        text, entities = source, params.get(entities_field, [])
        _check_entities(text, entities)
    return _trimmed(text, entities)


def is_blank(text: str) -> bool:
    """Nothing a person could see: white space, also full-width, and zero-width characters."""
    return all(c.isspace() or unicodedata.category(c) in {"Cf", "Cc"} for c in text)


def found_entities(text: str) -> list[Entity]:
    """The entities Telegram finds by itself in what a person types."""
    return [
        {"type": str(m.lastgroup), "offset": utf16(text[: m.start()]), "length": utf16(m.group())}
        for m in FOUND_BY_TELEGRAM.finditer(text)
    ]


def _check_entities(text: str, entities: list[Entity]) -> None:
    total = utf16(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in ENTITY_TYPES:
            raise bad(f'can\'t parse MessageEntity: unsupported type "{entity["type"]}"')
        if start < 0 or end > total or entity["length"] <= 0:
            words = f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
            raise bad(words)


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    kept = text.strip(" \t\r\n")
    shift, total = utf16(text[: len(text) - len(text.lstrip(" \t\r\n"))]), utf16(kept)
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(total, entity["offset"] + entity["length"] - shift)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return kept, moved
