"""People: who may do what where, ways in without passwords, and a successor who takes over everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from knowledge.base import KnowledgeBase
from office import sign_in, team
from office.applicants import Applicants
from office.application_case import Applicant, Wish
from office.applications_desk import Applications
from office.code_text import new_code
from office.ledger import codes, hand_overs, help_requests, people, sign_ins
from office.ledger import follow_ups as kept_follow_ups
from office.ledger.help_requests import HelpCall
from office.ledger.sign_ins import TicketKind
from office.people import Duty, Person, Role, may, prefixes
from office.privacy import FieldCipher, generate_field_key
from office.sign_in import Entered, Refusal
from office.team import TeamError
from tests.office.clocked import ELSEWHERE, HERE, ClockedOffice, clocked_office


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[ClockedOffice]:
    """An office with a clock of its own over a fresh ledger, once on each engine."""
    office = clocked_office(ledger_url, knowledge, tmp_path, ADMIN_CHAT_ID="777")
    yield office
    office.ledger.close()


@dataclass(frozen=True)
class CaseLike:
    """What access looks at."""

    village: str
    guarantor: str | None = None
    bank: str | None = None


def ticket(office: ClockedOffice, person: Person, kind: TicketKind = TicketKind.CODE) -> str:
    """A fresh way in."""
    with office.ledger.begin() as connection:
        return sign_in.invite(office, connection, person, kind, by="test")


def enter(office: ClockedOffice, secret: str, address: str = "here") -> Entered | Refusal:
    """Use it."""
    with office.ledger.begin() as connection:
        return sign_in.enter(office, connection, secret, label="手机", address=address)


def test_the_most_specific_active_officer_has_a_village(office: ClockedOffice) -> None:
    """The village's own officer before the town's, the town's before the county's; nobody elsewhere."""
    county = office.add(Role.OFFICER, "乐清市")
    village = office.add(Role.OFFICER, HERE)
    town = office.add(Role.OFFICER, "乐清市/大荆镇")
    office.add(Role.STAFF, ELSEWHERE)

    def officer(place: str) -> str | None:
        with office.ledger.read() as connection:
            found = people.officer_of(connection, office.cipher, place)
        return found.id if found else None

    assert officer(HERE) == village.id
    assert officer("乐清市/大荆镇/平园村") == town.id
    assert officer("乐清市/虹桥镇/某村") == county.id
    assert officer(ELSEWHERE) is None
    assert officer("") is None
    with office.ledger.begin() as connection:
        people.leave(connection, village.id, office.now())
    assert officer(HERE) == town.id


def test_prefixes_run_from_the_village_to_the_county() -> None:
    """And nothing is a prefix of nothing."""
    assert prefixes(HERE) == (HERE, "乐清市/大荆镇", "乐清市")
    assert prefixes("") == ()


def test_names_and_phones_are_sealed_in_the_ledger(office: ClockedOffice) -> None:
    """Nothing readable in any column of the row; read back it is the same person."""
    person = office.add(Role.OFFICER, HERE, name="林海生")
    with office.ledger.read() as connection:
        row = connection.execute(text("SELECT * FROM people")).one()
        assert people.find(connection, office.cipher, person.id) == person
    assert "林海生" not in str(row)
    assert "13800000001" not in str(row)


@pytest.mark.parametrize("role", list(Role))
def test_access_by_role_and_place(role: Role) -> None:
    """Officers: their villages; guarantors and banks: cases passed to them; staff and administrators: everywhere."""
    person = Person("me", role, "甲", "", (HERE,) if role is Role.OFFICER else (), True, None)
    mine, foreign = CaseLike(HERE, "me", "me"), CaseLike(ELSEWHERE, "other", "other")
    reads = role is not Role.FARMER

    assert may(person, Duty.READ_CASE, mine) is reads
    assert may(person, Duty.READ_CASE, foreign) is (role in (Role.STAFF, Role.ADMIN))
    assert may(person, Duty.FOLLOW_UP, ELSEWHERE) is (role in (Role.STAFF, Role.ADMIN))
    assert may(person, Duty.MANAGE_PEOPLE) is (role is Role.ADMIN)
    gone = Person("me", role, "甲", "", (HERE,), False, None)
    assert not any(may(gone, duty) for duty in Duty)


def test_a_village_is_read_with_or_without_marks_and_nothing_of_it_is_lost(knowledge: KnowledgeBase) -> None:
    """Written in one, as a visit card has it; every town of ours; what is not whole is refused and never widened."""
    for county, towns in knowledge.places.towns.items():
        for town in towns:
            assert team.village_of(f"{county}{town}某某村", knowledge.places) == f"{county}/{town}/某某村"
            assert team.village_of(f"{county}{town}", knowledge.places) == f"{county}/{town}"
    for said in (HERE, "乐清大荆下山头村", "乐清市 大荆镇下山头村", "大荆镇下山头村"):
        assert team.village_of(said, knowledge.places) == HERE
    for said in ("杭州市", "乐清市大荆镇下山头村3组", "乐清的大荆镇下山头村那里", ""):
        with pytest.raises(TeamError):
            team.village_of(said, knowledge.places)


def test_a_village_of_the_same_beginning_is_another_village() -> None:
    """大荆镇 is not 大荆镇乡, and a village's officer does not have the town."""
    person = Person("me", Role.OFFICER, "甲", "", ("乐清市/大荆镇",), True, None)
    assert person.covers("乐清市/大荆镇/平园村")
    assert not person.covers("乐清市/大荆镇乡/平园村")
    assert not person.covers("乐清市")


@pytest.mark.parametrize("kind", list(TicketKind))
def test_a_ticket_lets_in_once_and_not_after_its_time(office: ClockedOffice, kind: TicketKind) -> None:
    """Used twice or late it is refused; the ledger holds no secret."""
    person = office.add(Role.OFFICER, HERE)
    late, used = ticket(office, person, kind), ticket(office, person, kind)
    with office.ledger.read() as connection:
        rows = str(connection.execute(text("SELECT * FROM sign_in_tickets")).all())
    assert late not in rows
    assert used not in rows

    entered = enter(office, used)
    assert isinstance(entered, Entered)
    assert entered.person.id == person.id
    assert enter(office, used) is Refusal.WRONG
    assert enter(office, late) is Refusal.WRONG  # the person's other tickets ended with the one used

    late = ticket(office, person, kind)
    office.wait(seconds=sign_in.LASTS[kind].total_seconds())
    assert enter(office, late) is Refusal.WRONG


def test_a_code_is_read_as_people_type_it(office: ClockedOffice) -> None:
    """Blanks, dashes and full-width digits do not matter."""
    person = office.add(Role.OFFICER, HERE)
    code = ticket(office, person)
    typed = f" {code[:4]}－{code[4:]} ".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert isinstance(enter(office, typed), Entered)


def test_guessing_codes_is_stopped(office: ClockedOffice) -> None:
    """After 20 tries in ten minutes the right code is refused too, from that address alone."""
    person = office.add(Role.OFFICER, HERE)
    code = ticket(office, person)
    tries = [enter(office, f"{number:08d}") for number in range(21) if f"{number:08d}" != code]
    assert tries[:20] == [Refusal.WRONG] * 20
    assert enter(office, code) is Refusal.TOO_MANY
    assert isinstance(enter(office, code, address="elsewhere"), Entered)


def test_a_device_stays_thirty_days_and_can_be_ended(office: ClockedOffice) -> None:
    """The token itself is not in the ledger; ended, run out or of someone who left it opens nothing."""
    person = office.add(Role.OFFICER, HERE)

    def device() -> str:
        entered = enter(office, ticket(office, person))
        assert isinstance(entered, Entered)
        return entered.token

    def is_in(token: str) -> bool:
        with office.ledger.read() as connection:
            return sign_in.signed_in(office, connection, token) is not None

    first, second = device(), device()
    with office.ledger.read() as connection:
        assert first not in str(connection.execute(text("SELECT * FROM devices")).all())
        own = sign_in.signed_in(office, connection, first)
    assert own is not None
    with office.ledger.begin() as connection:
        assert sign_in.sign_out(office, connection, person, own[1].id, by=person.id)
        assert not sign_in.sign_out(office, connection, person, own[1].id, by=person.id)
    assert not is_in(first)
    assert is_in(second)
    office.wait(days=30)
    assert not is_in(second)


def test_the_first_administrator_is_offered_a_way_in_until_one_came(office: ClockedOffice) -> None:
    """At each start another link for one and the same person; after the first visit none."""
    first, second = sign_in.first_secret(office), sign_in.first_secret(office)
    assert first
    assert second
    with office.ledger.read() as connection:
        assert len(people.everyone(connection, office.cipher, Role.ADMIN)) == 1
    entered = enter(office, first)
    assert isinstance(entered, Entered)
    assert entered.person.role is Role.ADMIN
    assert sign_in.first_secret(office) is None
    assert enter(office, second) is Refusal.WRONG


def test_the_chat_of_the_setting_is_the_administrators(office: ClockedOffice) -> None:
    """ADMIN_CHAT_ID makes one administrator, once; another chat none."""
    with office.ledger.begin() as connection:
        assert sign_in.admin_of_chat(office, connection, "778") is None
        admin = sign_in.admin_of_chat(office, connection, "777")
        again = sign_in.admin_of_chat(office, connection, "777")
    assert admin is not None
    assert admin.role is Role.ADMIN
    assert again is not None
    assert again.id == admin.id


def test_a_code_links_a_chat_to_its_person(office: ClockedOffice) -> None:
    """The chat is theirs alone: whoever had it before loses it."""
    before, person = office.add(Role.OFFICER, HERE, chat="5"), office.add(Role.OFFICER, ELSEWHERE)
    code = ticket(office, person)
    with office.ledger.begin() as connection:
        linked = sign_in.link_chat(office, connection, code, "5")
        assert isinstance(linked, Person)
        assert linked.id == person.id
        assert people.chat_of(connection, before.id) is None
        assert sign_in.link_chat(office, connection, code, "6") is Refusal.WRONG


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "名字"),
        ({"phone": "12"}, "11 位"),
        ({"villages": []}, "管哪些村"),
        ({"villages": ["杭州市/西湖区"]}, "不是温州"),
        ({"villages": ["乐清市/岩头镇"]}, "没有“岩头镇”"),
        ({"role": Role.FARMER}, "身份"),
    ],
)
def test_an_invitation_that_cannot_be_says_why(office: ClockedOffice, given: dict[str, object], said: str) -> None:
    """One Chinese sentence; nobody is added."""
    admin = office.add(Role.ADMIN)
    whole = {"role": Role.OFFICER, "name": "王五", "phone": "", "villages": [HERE], "kind": TicketKind.CODE, **given}
    with office.ledger.begin() as connection, pytest.raises(TeamError, match=said):
        team.invite_person(office, connection, admin, **whole)  # type: ignore[arg-type]
    with office.ledger.read() as connection:
        assert [one.id for one in people.everyone(connection, office.cipher)] == [admin.id]


def test_a_successor_takes_over_everything_in_one_action(office: ClockedOffice) -> None:
    """Case, code, batch, follow-up, call and villages move; nothing points to the old one; farmers see the new name."""
    admin = office.add(Role.ADMIN)
    old, new = office.add(Role.OFFICER, HERE, name="老陈"), office.add(Role.OFFICER, ELSEWHERE, name="小林")
    token = enter(office, ticket(office, old))
    assert isinstance(token, Entered)
    applicants = Applicants(office)
    applicant = Applicant("张三丰", "13900001234", HERE, 200_000, "")
    case = applicants.register(Wish(applicant, applicants.pin("dendrobium-loan"), frozenset()), "form").case
    batch = codes.Batch("b1", old.id, "", old.id, office.now())
    code = codes.Code(new_code(), codes.CodeKind.POLICY, "dendrobium-loan", old.id, HERE, "b1", office.now(), None,
                      office.now())  # fmt: skip
    later = office.now() + timedelta(days=6)
    with office.ledger.begin() as connection:
        codes.add(connection, batch, [code])
        kept_follow_ups.begin(
            connection, office.cipher, receipt=None, entry="dendrobium-loan", village=HERE, officer=old.id, name="甲",
            phone="1", chat=None, began_on=office.now(), first_due_at=later, second_due_at=later,
        )  # fmt: skip
        help_requests.ask(
            connection, office.cipher, HelpCall("f", HERE, old.id, "1", "问"), ("web", None),
            now=office.now(), due_at=later,
        )  # fmt: skip
        assert sum(hand_overs.left_behind(connection, old.id).values()) == 5
    with office.ledger.begin() as connection, pytest.raises(TeamError, match="单子 1"):
        team.replace_person(office, connection, admin, old, None)

    with office.ledger.begin() as connection:
        moved = team.replace_person(office, connection, admin, old, new)

    assert sum(moved.values()) == 5
    with office.ledger.read() as connection:
        assert sum(hand_overs.left_behind(connection, old.id).values()) == 0
        assert sum(hand_overs.left_behind(connection, new.id).values()) == 5
        left, successor = (people.find(connection, office.cipher, one.id) for one in (old, new))
        assert sign_in.signed_in(office, connection, token.token) is None
        assert sign_ins.devices_of(connection, old.id, office.now()) == []
        heir = people.officer_of(connection, office.cipher, HERE)
    assert left is not None
    assert (left.is_active, left.successor, left.villages) == (False, new.id, ())
    assert successor is not None
    assert set(successor.villages) == {HERE, ELSEWHERE}
    assert heir == successor
    helper = applicants.helper(applicants.file(case.receipt).case)
    assert helper is not None
    assert helper.name == "小林"
    assert [one.receipt for one in Applications(office).listed(successor)] == [case.receipt]


@pytest.mark.parametrize("wrong", ["role", "self", "gone"])
def test_a_hand_over_to_the_wrong_person_is_refused(office: ClockedOffice, wrong: str) -> None:
    """Not to another role, not of oneself, not of someone who has left."""
    admin, old = office.add(Role.ADMIN), office.add(Role.OFFICER, HERE)
    leaving, successor = {"role": (old, admin), "self": (admin, office.add(Role.ADMIN)), "gone": (old, None)}[wrong]
    with office.ledger.begin() as connection:
        if wrong == "gone":
            people.leave(connection, old.id, office.now())
            leaving = people.find(connection, office.cipher, old.id) or old
        with pytest.raises(TeamError):
            team.replace_person(office, connection, admin, leaving, successor)


def test_changing_villages_moves_what_lies_in_them(office: ClockedOffice) -> None:
    """A village given away takes its cases along; one without an officer gives them to the first who has it."""
    admin = office.add(Role.ADMIN)
    applicants = Applicants(office)
    applicant = Applicant("张三丰", "13900001234", HERE, 200_000, "")
    receipt = applicants.register(Wish(applicant, applicants.pin("dendrobium-loan"), frozenset()), "form").case.receipt

    def in_charge() -> str | None:
        return applicants.file(receipt).case.officer

    assert in_charge() is None
    with office.ledger.begin() as connection:
        first, _ = team.invite_person(
            office, connection, admin, role=Role.OFFICER, name="老陈", phone="", villages=[HERE], kind=TicketKind.CODE
        )
    assert in_charge() == first.id
    second = office.add(Role.OFFICER, "乐清市/大荆镇")
    with office.ledger.begin() as connection:
        team.give_villages(office, connection, admin, first, [ELSEWHERE])
    assert in_charge() == second.id
    with office.ledger.begin() as connection:
        team.give_villages(office, connection, admin, second, [ELSEWHERE])
    assert in_charge() is None


def test_sealed_fields_take_a_new_key(office: ClockedOffice) -> None:
    """After the rotation the old key opens nothing and is not needed."""
    person = office.add(Role.OFFICER, HERE, name="林海生")
    old, new = office.settings.field_keys[0].reveal(), generate_field_key()
    with office.ledger.begin() as connection:
        kept_follow_ups.begin(
            connection, office.cipher, receipt=None, entry="x", village=HERE, officer=None, name="甲", phone="1",
            chat=None, began_on=office.now(), first_due_at=office.now(), second_due_at=office.now(),
        )  # fmt: skip
        number, _ = help_requests.ask(
            connection, office.cipher, HelpCall("f", HERE, None, "1", "问"), ("web", None),
            now=office.now(), due_at=office.now(),
        )  # fmt: skip
        both = FieldCipher([new, old])
        assert [one.rotate(connection, both) for one in (people, kept_follow_ups, help_requests)] == [1, 1, 1]
        only_new = FieldCipher([new])
        assert people.find(connection, only_new, person.id) == person
        assert help_requests.find(connection, only_new, number) is not None
        assert len(kept_follow_ups.due(connection, only_new, office.now())) == 1
