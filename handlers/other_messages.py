"""Everything that is not text: stickers, voice, files, places. The bot says kindly what it can read."""

from __future__ import annotations

from handlers import words
from handlers.outgoing import Outgoing
from handlers.visits import Visit
from handlers.wrapping import HOME, notice


def on_other(visit: Visit) -> tuple[Outgoing, ...]:
    """One sentence on what to do instead; no file is fetched."""
    return (notice(words.READS_TEXT, visit.where.id, reply_to=visit.reply_to, buttons=(HOME,)),)
