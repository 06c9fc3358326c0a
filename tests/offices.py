"""Offices for tests: over a ledger of their own, and with a clock that a test can stop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from knowledge.base import KnowledgeBase
from office.ledger import Ledger
from office.office import Office
from office.settings import Settings


class ClockedOffice(Office):
    """An office whose clock stands at `moment` while a test has put it there."""

    moment: datetime | None = None

    def now(self) -> datetime:
        """The moment chosen, or this instant."""
        return self.moment or super().now()


def own_office(state: Path, knowledge: KnowledgeBase, **given: str) -> ClockedOffice:
    """An office over an empty ledger in `state`; without a `PUBLIC_BASE_URL` it is served without https."""
    settings = Settings.from_environ({"STATE_DIR": str(state), **given})
    return ClockedOffice(settings, Ledger.open(settings.database_url.reveal()), knowledge)
