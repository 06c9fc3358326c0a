"""After `rekey` the old keys open nothing and are not needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.base import KnowledgeBase
from office.applicants import Applicants
from office.application_case import Applicant, GuaranteeApplication, Wish
from office.applications import ConsentKind
from office.case_papers import CasePapers
from office.ledger import application_papers, code_prints, codes, dialogues, erasures, person_keys, wrong_results
from office.ledger.wrong_results import WrongResult
from office.office import Office
from office.papers_store import PapersStore
from office.privacy import FieldCipher, PrivacyError, generate_field_key
from office.rekeying import count_closed, rekey, sealed_columns
from office.settings import Secret
from tests.office.clocked import HERE, ClockedOffice
from tests.office.keeping.erasing import CHAT, NAME, OPEN_ENTRY, PHONE, PURPOSE, leave_everything, sealed_values


def with_keys(office: Office, knowledge: KnowledgeBase, fields: list[str], secrets: list[str]) -> ClockedOffice:
    """The same office started with other keys."""
    settings = replace(office.settings, field_keys=tuple(map(Secret, fields)), secret_keys=tuple(map(Secret, secrets)))
    return ClockedOffice(settings, office.ledger, knowledge)


def fill(office: ClockedOffice) -> GuaranteeApplication:
    """Something in every sealed column, and a paper in the drawer."""
    left = leave_everything(office)
    with office.ledger.begin() as connection:
        erasures.begin(connection, office.cipher, ("telegram", "1"), (), office.now())
        today = datetime(2026, 11, 23, tzinfo=UTC)
        report = WrongResult("AAAAAA", "", "v", today.date(), {"county": "乐清市"}, {}, "web", office.now())
        wrong_results.record(connection, office.cipher, report)
        codes.add(connection, codes.Batch("B", "p1", "", "x", office.now()), [_code(office.now())])
        bearer = office.cipher.encrypt('["章小满", "0577-62201111"]')
        code_prints.record(
            connection, [code_prints.Print("C", "a6", 1, OPEN_ENTRY, "h", "v", "x", office.now(), bearer)]
        )
    return Applicants(office).file(left.receipt).case


def _code(now: datetime) -> codes.Code:
    """A code, for a card to be printed with."""
    return codes.Code("C", codes.CodeKind.POLICY, OPEN_ENTRY, "p1", HERE, "B", now, None, now)


def test_old_keys_are_neither_needed_nor_of_use(office: ClockedOffice, knowledge: KnowledgeBase) -> None:
    """Every sealed value in any table, the papers, the look-up and the chat's list work with the new keys alone."""
    case = fill(office)
    old, new = office.settings.field_keys[0].reveal(), generate_field_key()
    both = with_keys(office, knowledge, [new, old], ["t" * 48, "s" * 48])
    fields, files = rekey(both)
    assert files == 1
    assert fields >= len(sealed_columns())
    assert rekey(both) == (fields, files)

    alone = with_keys(office, knowledge, [new], ["t" * 48])
    with office.ledger.read() as connection:
        assert count_closed(connection, alone.cipher) == 0
        for value in sealed_values(office):
            assert person_keys.open_one(connection, alone.cipher, value)
            with pytest.raises(PrivacyError):
                person_keys.open_one(connection, FieldCipher([old]), value)
        (paper,) = application_papers.of_case(connection, case.id)
        talk = dialogues.load(connection, alone.cipher, CHAT.channel, CHAT.id, alone.now())
    assert talk is not None
    assert PapersStore(alone.settings.state_dir, alone.cipher).get(paper.file).startswith(b"\xff\xd8")
    found = Applicants(alone).look_up(case.receipt, PHONE[-4:], "x")
    assert isinstance(found, GuaranteeApplication)
    assert found == case
    assert [file.case for file in Applicants(alone).of_chat(CHAT)] == [case]


def test_form_handed_in_before_and_after_a_change_of_keys_makes_one_case(
    office: ClockedOffice, knowledge: KnowledgeBase
) -> None:
    """Whoever registers the same wish again after the change gets the case that is there."""
    case = fill(office)
    old, new = office.settings.field_keys[0].reveal(), generate_field_key()
    rekey(with_keys(office, knowledge, [new, old], ["t" * 48, "s" * 48]))
    alone = with_keys(office, knowledge, [new], ["t" * 48])
    wish = Wish(
        Applicant(NAME, PHONE, HERE, 200_000, PURPOSE), Applicants(alone).pin(OPEN_ENTRY), frozenset(ConsentKind)
    )
    again = Applicants(alone).register(wish, "another form", chat=CHAT)
    assert (again.is_new, again.case) == (False, case)


def test_lost_key_changes_nothing(office: ClockedOffice, knowledge: KnowledgeBase) -> None:
    """Without the key that sealed the fields nothing is sealed again, and the old key still opens all."""
    case = fill(office)
    before = sealed_values(office)
    with pytest.raises(PrivacyError, match="FIELD_KEY"):
        rekey(with_keys(office, knowledge, [generate_field_key()], ["s" * 48]))
    assert sealed_values(office) == before
    assert Applicants(office).file(case.receipt).case == case
    assert CasePapers(office).sweep() == 0
