"""Links (带对话的链接) from a chat to the form in the browser, so that the case's notices find their way back to it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from office.office import ChatKey, Office
from office.privacy import PrivacyError, Sealed

LASTS = timedelta(hours=2)  # a forwarded link would bring a stranger's notices to this chat: it must die soon


def link_of(office: Office, chat: ChatKey) -> str:
    """A sealed mark for the address of the form; it names the chat to nobody but the office."""
    until = (office.now() + LASTS).isoformat()
    return office.cipher.encrypt(json.dumps(["apply", chat.channel, chat.id, until]))


def linked_chat(office: Office, mark: str) -> ChatKey | None:
    """The chat of a mark, or None when it is foreign, damaged or too old."""
    if not mark:
        return None
    try:
        what, channel, chat, until = json.loads(office.cipher.decrypt(Sealed(mark)))
    except (PrivacyError, ValueError, TypeError):
        return None  # someone's own invention: the form works all the same, without a chat
    if what != "apply" or datetime.fromisoformat(until) < office.now():
        return None
    return ChatKey(channel, chat)
