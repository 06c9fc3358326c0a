"""An office whose clock the test sets: days pass when the test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from knowledge.base import KnowledgeBase
from office.ledger import people
from office.ledger.ledger import Ledger
from office.office import Office
from office.people import Person, Role
from office.privacy import generate_field_key
from office.settings import Settings

MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning in Wenzhou
HERE = "乐清市/大荆镇/下山头村"
ELSEWHERE = "永嘉县/岩头镇/苍坡村"


class ClockedOffice(Office):
    """The real office at a moment of the test's choosing."""

    moment = MONDAY_TEN

    def now(self) -> datetime:
        """The test's moment."""
        return self.moment

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**time)

    def add(self, role: Role, *villages: str, name: str = "", chat: str | None = None) -> Person:
        """A new active person, linked to `chat` if given."""
        with self.ledger.begin() as connection:
            person = people.add(
                connection,
                self.cipher,
                role,
                name or f"{role.value}甲",
                "13800000001",
                villages,
                by="test",
                now=self.now(),
            )
            if chat is not None:
                people.link_chat(connection, person.id, chat)
        return person


def clocked_office(ledger_url: str, knowledge: KnowledgeBase, state: Path, **given: str) -> ClockedOffice:
    """A clocked office over the ledger at `ledger_url`."""
    settings = Settings.from_environ(
        {
            "STATE_DIR": str(state),
            "DATABASE_URL": ledger_url,
            "SECRET_KEY": "s" * 48,
            "FIELD_KEY": generate_field_key(),
            **given,
        }
    )
    return ClockedOffice(settings, Ledger.open(ledger_url), knowledge)
