"""Named topics that are not ours (社保、户口、天气 …), each with the office that does answer them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.cues import CUE_KEYS, Cues, read_cues, read_groups
from knowledge.reading import ContentError, Fault, Item, read_yaml

NAME = "data/topics.yaml"
KNOWN_NUMBERS = ("110", "120", "12123", "12315", "12328", "12333", "12345", "12348", "12366", "12393", "96110")
_KEY = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True)
class Topic:
    """One subject we do not answer: who does, and the sentence that says so.

    One that holds `always` gives way to no entry, however well it fits; the others do to one that is named or sure.
    """

    key: str
    title: str
    office: str
    phone: str | None
    reply: str
    always: bool
    cues: Cues = field(repr=False)


@dataclass(frozen=True)
class Topics:
    """All named topics in the order they are tried."""

    topics: tuple[Topic, ...]

    @classmethod
    def load(cls, path: Path) -> Topics:
        """Read data/topics.yaml; raises `ContentError` with every fault found."""
        faults: list[Fault] = []
        root = read_yaml(path, NAME, faults)
        fields = root.mapping(("groups", "topics")) if root is not None else {}
        groups = read_groups(fields.get("groups"))
        items = fields["topics"].sequence() if "topics" in fields else []
        topics = [_topic(item, groups) for item in items]
        for number, item in enumerate(items):
            if topics[number].key in {topic.key for topic in topics[:number]}:
                item.fault(f"话题 {topics[number].key} 写了两次，只留一个。")
        if faults:
            raise ContentError(faults)
        return cls(tuple(topics))

    def find(self, text: str) -> Topic | None:
        """The first topic a normalised text gives evidence for, or None when it may well be ours."""
        return next((topic for topic in self.topics if topic.cues.hold(text)), None)


def _topic(item: Item, groups: Mapping[str, str]) -> Topic:
    fields = item.mapping(("key", "title", "office", "phone", "reply"), (*CUE_KEYS, "always"))
    texts = {name: fields[name].text() if name in fields else "" for name in ("key", "title", "office", "reply")}
    if texts["key"] and not _KEY.fullmatch(texts["key"]):
        fields["key"].fault("话题的键只用小写英文和短横，例如 social-insurance。")
    phone = fields["phone"].optional_text() if "phone" in fields else None
    if phone is not None and phone not in KNOWN_NUMBERS:
        fields["phone"].fault(f"{phone} 不是全国统一的号码。可用的：{'、'.join(KNOWN_NUMBERS)}；没有就写 null。")
    if not {"words", "with", "near"} & fields.keys():
        item.fault("至少写 words、with、near 里的一样，不然这个话题永远认不出来。")
    always = fields["always"].boolean() if "always" in fields else False
    return Topic(**texts, phone=phone, always=always, cues=read_cues(fields, groups))
