"""`ask --jsonl`: one JSON question in, one JSON answer out; lines of one chat share its memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from knowledge.answering import Memory, answer
from knowledge.base import KnowledgeBase


def answer_lines(base: KnowledgeBase, day: date) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function from a row {"text", "chat"?, "on"?} to the answer's row; raises `ValueError` for a bad row."""
    memories: dict[str, Memory] = {}

    def reply(row: dict[str, Any]) -> dict[str, Any]:
        text, chat = row.get("text"), row.get("chat")
        if not isinstance(text, str):
            raise ValueError("缺少文字 text。")
        on = date.fromisoformat(row["on"]) if row.get("on") else day
        said, memory = answer(base, text, memories.get(str(chat), Memory()) if chat is not None else Memory(), on)
        if chat is not None:
            memories[str(chat)] = memory
        return {
            "outcome": said.outcome.value,
            "entries": list(said.entries[:3]),
            "status": said.status.value if said.status else None,
            "facet": said.facet.value if said.facet else None,
            "topic": said.topic,
            "facts": said.facts,
            "text": said.short_text,
        }

    return reply
