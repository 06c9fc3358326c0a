"""Papers of cases: handed in by applicants or the desk, looked at by those who may see the case."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from office.applications import FARMER, LONGEST_PAPER, Actor, Incomplete, NotAllowed
from office.case_book import CaseBook
from office.ledger import application_papers
from office.ledger.application_papers import KeptPaper
from office.masking import mask
from office.office import Office
from office.paper_pictures import redrawn
from office.papers_store import PapersStore
from office.people import Duty, Person, may

MOST_PAPERS = 30


class CasePapers:
    """Verbs on papers; all block, and drawing a picture anew takes a while."""

    def __init__(self, office: Office) -> None:
        self._book = CaseBook(office)
        self._office = office
        self._store = PapersStore(office.settings.state_dir, office.cipher)

    def hand_in(self, receipt: str, name: str, content: bytes, by: Actor = FARMER) -> bool:
        """Keep one paper of an open case; False when the very same is kept already. Raises `PaperRefused`.

        The file is written before the row: a crash between the two leaves a sealed file no case knows, which
        `sweep` deletes.
        """
        digest, paper = hashlib.sha256(content).hexdigest(), redrawn(content)
        with self._book.within(None) as inside:
            case = self._book.found(inside, receipt, to_change=True)
            if not case.state.is_open:
                raise Incomplete("这张单子已经办完，不用再传材料。")
            if application_papers.count(inside, case.id) >= MOST_PAPERS:
                raise Incomplete(f"这张单子已经有 {MOST_PAPERS} 样材料，传不下了。请打电话问共富金融专员。")
            key = self._store.put(paper.content)
            called = mask(" ".join(name.split()))[:LONGEST_PAPER] or "材料"
            kept = KeptPaper(
                called, key, paper.kind.value, len(paper.content), digest, by.id, by.role.value, self._office.now()
            )
            is_new = application_papers.add(inside, case.id, kept)
            if is_new:
                self._book.note(inside, by, "hand_in_paper", receipt, paper.kind.value)  # its name may name a person
        if not is_new:
            self._store.drop(key)
        return is_new

    def listed(self, receipt: str, person: Person, *, connection: Connection | None = None) -> list[KeptPaper]:
        """What has been handed in, for somebody at the desk."""
        with self._book.within(connection) as inside:
            case = self._book.found(inside, receipt)
            if not may(person, Duty.READ_CASE, case):
                raise NotAllowed("这张单子不归您办。")
            return application_papers.of_case(inside, case.id)

    def look_at(self, receipt: str, paper_id: int, person: Person) -> tuple[KeptPaper, bytes]:
        """One paper for somebody at the desk, with a line in the audit. `LookupError` when the case has no such paper."""
        with self._book.within(None) as inside:
            paper = next((one for one in self.listed(receipt, person, connection=inside) if one.id == paper_id), None)
            if paper is None:
                raise LookupError(paper_id)
            self._book.note(inside, Actor(person.id, person.role), "read_paper", receipt, f"paper {paper.id}")
        return paper, self._store.get(paper.file)

    def forget(self, case_id: int, connection: Connection) -> list[str]:
        """Part of 删除我的信息: delete the rows; the keys returned are dropped with `drop` after the commit."""
        return application_papers.forget(connection, case_id)

    def drop(self, keys: list[str]) -> None:
        """Delete files by key."""
        for key in keys:
            self._store.drop(key)

    def sweep(self, older_than: float | None = None) -> int:
        """Delete sealed files no case knows, written before the moment `older_than` if given. Returns how many.

        A file that is being handed in has no row yet: while people hand in papers, give a moment well past.
        """
        found = self._store.kept(older_than)  # first the files, then the rows: what comes between is known by then
        with self._office.ledger.read() as connection:
            stray = sorted(set(found) - application_papers.files(connection))
        self.drop(stray)
        return len(stray)
