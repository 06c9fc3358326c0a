"""A visit: one update in the hands of a handler, with the office and the transaction its effects belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection
from telegram import Chat, Message, Update
from telegram.constants import ChatType

from office.ledger import chats
from office.office import ChatKey, Office

CHANNEL = "telegram"
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True)
class Visit:
    """Everything a handler may use; what it writes through `connection` is one commit with the update's end."""

    office: Office
    connection: Connection
    update: Update
    bot_name: str
    now: datetime

    @property
    def message(self) -> Message:
        """The message the update is about, for handlers of messages."""
        if self.update.effective_message is None:
            raise ValueError(f"update {self.update.update_id} holds no message")
        return self.update.effective_message

    @property
    def where(self) -> Chat:
        """The chat the reply goes to."""
        if self.update.effective_chat is None:
            raise ValueError(f"update {self.update.update_id} belongs to no chat")
        return self.update.effective_chat

    @property
    def site(self) -> str:
        """Where the pages are, without a slash at the end."""
        return self.office.settings.public_base_url.rstrip("/")

    @property
    def is_group(self) -> bool:
        """Several people may read along."""
        return self.where.type in GROUPS

    @property
    def key(self) -> ChatKey:
        """Whose memory this is: in a group everyone has their own."""
        user = self.update.effective_user
        is_shared = self.is_group and user is not None
        return ChatKey(CHANNEL, f"{self.where.id}:{user.id}" if is_shared and user else str(self.where.id))

    @cached_property
    def known(self) -> chats.Chat:
        """The chat as the ledger knows it; someone who speaks to the bot is known from now on, and not blocked."""
        found = chats.get(self.connection, CHANNEL, str(self.where.id))
        if found is None or found.blocked_at is not None:
            return chats.start(self.connection, CHANNEL, str(self.where.id), self.now)
        return found

    @property
    def reply_to(self) -> int | None:
        """In a group a reply hangs on the message it answers."""
        return self.message.message_id if self.is_group else None
