"""Groups: the bot speaks when spoken to (a mention, a reply to it, a command) and is silent otherwise."""

from __future__ import annotations

import re

from telegram import Message
from telegram.constants import MessageEntityType


def is_addressed(message: Message, bot_id: int, bot_name: str) -> bool:
    """Whether a group's message is meant for the bot."""
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == bot_id:
        return True
    text = message.text or message.caption or ""
    if text.startswith("/"):
        named = re.match(r"/\w+@(\w+)", text)
        return named is None or named[1].lower() == bot_name.lower()
    if message.text:
        mentioned = message.parse_entities([MessageEntityType.MENTION]).values()
    else:
        mentioned = message.parse_caption_entities([MessageEntityType.MENTION]).values()
    return any(name.lstrip("@").lower() == bot_name.lower() for name in mentioned)


def without_mention(text: str, bot_name: str) -> str:
    """The question itself."""
    return re.sub(rf"@{re.escape(bot_name)}\b", " ", text, flags=re.IGNORECASE).strip() if bot_name else text.strip()
