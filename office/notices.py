"""Notices (通知) to a chat of the bot, put into the outbox in the form in which the Telegram window keeps its messages."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

from sqlalchemy import Connection

from knowledge.answers import Action, Button, Verb
from office.ledger import outbox
from office.ledger.outbox import Kind, OutgoingMessage
from office.office import Office

PERSON = Button("找人问", Action(Verb.PERSON))


def notify(
    office: Office,
    connection: Connection,
    *,
    key: str,
    chat: str,
    text: str,
    heading: str = "",
    buttons: Sequence[Button] = (),
) -> bool:
    """Queue `text` for a chat under a bold `heading` if there is one, buttons one below the other, 找人问 last.

    False when `key` was queued before.
    """
    rows = [[[button.label, button.action.data]] for button in (*buttons, PERSON)]
    bold = f"<b>{html.escape(heading, quote=False)}</b>\n" if heading else ""
    body = {  # the fields of handlers.outgoing.Outgoing, which unseals it
        "chat": int(chat),
        "text": bold + html.escape(text, quote=False),
        "rows": rows,
        "shows_keys": False,
        "reply_to": None,
        "edit": None,
    }
    now = office.now()
    sealed = office.cipher.encrypt(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
    return bool(outbox.enqueue(connection, [OutgoingMessage(key, chat, Kind.NOTICE, sealed, now)], now))
