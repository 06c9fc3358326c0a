"""The file of a message that carries a card: drawn anew from its code when the message is sent, never kept."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta

from telegram import InputFile

from handlers.desk import Desk
from handlers.outgoing import Outgoing
from office.card_desk import CardDesk, CardFile, CardForm
from office.codes import CodeRefused
from office.ledger import outbox
from office.print_check import CannotPrint

SEND_SECONDS = 25.0
LEASE_SECONDS = 40.0  # drawing and sending together: a file takes longer than words on a slow line


def prepared(desk: Desk, seq: int, message: Outgoing) -> tuple[Outgoing, CardFile | None]:
    """The message with its file; what cannot be drawn any more is sent as words that say why. Blocks."""
    text, layout, ink = message.card.split(".")
    form = CardForm.read(layout, ink)
    now = desk.now()
    with desk.ledger.begin(durable=False) as connection:
        outbox.hold(connection, seq, now + timedelta(seconds=LEASE_SECONDS))
    try:
        if form is None:
            raise CodeRefused("这种卡现在不印了，请重新选。")
        return message, CardDesk(desk.office).draw(text, form)
    except (CannotPrint, CodeRefused) as cannot:
        words = f"{message.text}\n\n<b>卡没出来：{html.escape(str(cannot), quote=False)}</b>"
        return replace(message, card="", text=words), None


def upload(file: CardFile) -> InputFile:
    """The file as Telegram takes it."""
    return InputFile(file.content, filename=file.name)
