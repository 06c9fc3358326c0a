"""Forgetting the people of cases (删除我的信息、到期清理): what was decided when stays, whose case it was does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from office.application_case import GuaranteeApplication
from office.applications import FARMER, Move, State
from office.case_book import CaseBook
from office.case_papers import CasePapers
from office.ledger import (
    application_events,
    application_upkeep,
    applications,
    follow_ups,
    outbox_upkeep,
    person_keys,
)
from office.office import ChatKey, Office

KEPT_DAYS = 365  # a finished case is asked about for a year, then its person is forgotten


class CaseErasure:
    """Erases by case or by age; sealed files are deleted after the rows are gone. All block."""

    def __init__(self, office: Office) -> None:
        self._book = CaseBook(office)
        self._papers = CasePapers(office)

    def of_long_ago(self, days: int = KEPT_DAYS) -> int:
        """Forget the people of cases that ended more than `days` ago. Returns how many."""
        with self._book.within(None) as inside:
            ids = application_upkeep.closed_before(inside, self._book.office.now() - timedelta(days=days))
            files = self._forget(inside, ids)
        self._papers.drop(files)
        return len(ids)

    def cases_of(self, inside: Connection, chat: ChatKey) -> list[GuaranteeApplication]:
        """The cases of a chat, whichever SECRET_KEY its pseudonym was made with."""
        hashes = [one.of(chat.channel, chat.id) for one in self._book.pseudonyms]
        return applications.of_chat(inside, self._book.cipher, hashes)

    def case(self, inside: Connection, receipt: str) -> GuaranteeApplication:
        """The case of a receipt number, or `UnknownCase`."""
        return self._book.found(inside, receipt)

    def take_back(self, inside: Connection, cases: Sequence[GuaranteeApplication]) -> list[str]:
        """Withdraw the open ones of these cases and forget their people; the keys of files to drop after the commit."""
        for case in cases:
            if case.state.is_open:
                applications.unlink_chat(inside, self._book.cipher, case)  # no notice of it to the chat
                self._book.move(inside, case.receipt, Move(State.WITHDRAWN), FARMER, None)
            self._book.note(inside, FARMER, "erase_case", case.receipt, "删除我的信息")
            outbox_upkeep.forget_keys(inside, f"case:{case.receipt}:")
        return self._forget(inside, [case.id for case in cases])

    def _forget(self, inside: Connection, ids: Iterable[int]) -> list[str]:
        files: list[str] = []
        for case_id in ids:
            receipt = application_upkeep.erase(inside, case_id)
            if receipt is not None:
                follow_ups.forget_receipt(inside, receipt)
            application_events.erase(inside, case_id)
            application_events.forget_consents(inside, case_id)
            files += self._papers.forget(case_id, inside)
        person_keys.destroy_unused(inside)
        return files
