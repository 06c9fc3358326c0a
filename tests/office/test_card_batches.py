"""Batches of cards on both engines: printed into files, remembered, found again when wrong; and the commands for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from knowledge.base import KnowledgeBase
from office import card_batches, codes, team
from office.card_batches import Order, Stale
from office.card_desk import CardDesk, CardForm
from office.card_facts import facts_of
from office.cards import Ink, Layout
from office.codes import Batch, Code
from office.commands import main
from office.ledger import Ledger, code_prints, people
from office.ledger.migrations import MIGRATIONS
from office.ledger.migrations.card_bearers import CARD_BEARERS
from office.office import Office
from office.people import Person, Role
from office.print_check import CannotPrint
from office.privacy import generate_field_key
from office.settings import Settings
from tests.office.clocked import MONDAY_TEN
from tests.office.spoiling import pages, read_codes

VILLAGE, NEXT_VILLAGE = "乐清市/大荆镇/下山头村", "乐清市/大荆镇/水涨村"
ENTRY, OTHER = "dendrobium-loan", "farm-machinery-subsidy"
BASE = "https://nong.wenzhou.cn"


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office with a public address, once on each engine."""
    given = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": ledger_url,
        "SECRET_KEY": "s" * 48,
        "FIELD_KEY": generate_field_key(),
        "PUBLIC_BASE_URL": BASE,
    }
    office = Office(Settings.from_environ(given), Ledger.open(ledger_url), knowledge)
    yield office
    office.ledger.close()


@pytest.fixture
def officer(office: Office) -> Person:
    """The officer of 大荆镇."""
    with office.ledger.begin() as connection:
        return people.add(
            connection, office.cipher, Role.OFFICER, "章小满", "0577-62201111", ["乐清市/大荆镇"], by="test", now=office.now()
        )  # fmt: skip


def print_all(office: Office, officer: Person, folder: Path, copies: int = 1) -> tuple[Batch, tuple[Code, ...]]:
    """Two villages and two entries, printed and remembered."""
    now, heard = office.now(), []
    order = Order(Layout.A6X4, Ink.BLACK, copies, folder, "test")
    with office.ledger.begin() as connection:
        batch, made = codes.issue(
            connection, office.knowledge, officer, [VILLAGE, NEXT_VILLAGE], [ENTRY, OTHER], by="test", now=now
        )
        cards = card_batches.cards_of(connection, office.cipher, office.knowledge, made, now, office.today())
        files = card_batches.print_batch(cards, batch.id, BASE, order, heard.append)
        printed = zip(cards, made, strict=True)
        card_batches.record_prints(connection, office.cipher, printed, order.layout, copies, by="test", now=now)
    assert sum(heard) == 4 * copies
    assert [path.name for path in files] == [f"明白卡-{batch.id}-01-A4拼四张-黑白.pdf"]
    return batch, made


def stale(office: Office, knowledge: KnowledgeBase | None = None) -> list[Stale]:
    """What has become wrong."""
    with office.ledger.read() as connection:
        return card_batches.stale_batches(
            connection, office.cipher, knowledge or office.knowledge, office.now(), office.today()
        )


def stale_in(office: Office, connection: Connection) -> list[Stale]:
    """The same within a transaction."""
    return card_batches.stale_batches(connection, office.cipher, office.knowledge, office.now(), office.today())


def corrected(knowledge: KnowledgeBase, **changes: object) -> KnowledgeBase:
    """A publication in which one entry was changed."""
    entry = replace(knowledge.entries[OTHER], **changes)  # type: ignore[arg-type]  # the fields' own names
    return replace(knowledge, entries={**knowledge.entries, OTHER: entry})


def test_every_printed_code_can_be_scanned(office: Office, officer: Person, tmp_path: Path) -> None:
    """The files hold each code of the batch as often as copies were asked for; no half file is left behind."""
    _, made = print_all(office, officer, tmp_path / "cards", copies=3)
    (file,) = (tmp_path / "cards").iterdir()
    sheets = pages(file.read_bytes())

    assert len(sheets) == 3
    assert set().union(*(read_codes(sheet) for sheet in sheets)) == {f"{BASE}/c/{code.code}" for code in made}


def test_a_changed_fact_lists_its_cards_by_village(
    office: Office, officer: Person, knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    """Nothing is stale at first; after a correction that entry's cards are, in both villages; a new check is none."""
    batch, _ = print_all(office, officer, tmp_path, copies=3)

    assert stale(office) == []
    assert stale(office, corrected(knowledge, checked=office.today())) == []
    found = stale(office, corrected(knowledge, summary="改了。"))
    assert [(one.village, one.batch, one.entry, one.codes, one.copies) for one in found] == [
        (VILLAGE, batch.id, OTHER, 1, 3),
        (NEXT_VILLAGE, batch.id, OTHER, 1, 3),
    ]
    assert all("内容变了" in one.why for one in found)


def test_cards_ticked_off_are_stale_no_more(
    office: Office, officer: Person, knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    """已回收 in one village leaves the other; ticking twice changes nothing."""
    print_all(office, officer, tmp_path)
    less = corrected(knowledge, summary="改了。")
    first, second = stale(office, less)
    with office.ledger.begin() as connection:
        assert card_batches.settle(connection, [first], "collected", officer.id, office.now()) == 1

    assert stale(office, less) == [second]


def test_other_ways_to_become_wrong(office: Office, officer: Person, knowledge: KnowledgeBase, tmp_path: Path) -> None:
    """A withdrawn code, a re-pointed one, an entry that is gone, an officer who left: each says why."""
    _, made = print_all(office, officer, tmp_path)
    now = office.now()
    with office.ledger.begin() as connection:
        codes.withdraw(connection, made[0].code, by="test", reason="丢了", now=now)
        codes.repoint(connection, knowledge, made[1].code, ENTRY, by="test", reason="换", now=now)
    gone = replace(knowledge, entries={code: one for code, one in knowledge.entries.items() if code != OTHER})

    assert {one.why for one in stale(office)} == {"码停用了", f"码改指 {knowledge.entries[ENTRY].title}"}
    assert "条目撤下了" in {one.why for one in stale(office, gone)}
    with office.ledger.begin() as connection:
        people.leave(connection, officer.id, now)
    assert "卡上的共富金融专员换人了" in {one.why for one in stale(office)}


def test_cards_bear_the_officer_of_their_day(office: Office, officer: Person, tmp_path: Path) -> None:
    """A new phone and a handed-over village make printed cards wrong; new ones are right, and the old ones wait for
    the tick that leaves the new ones out there. Nobody reads name or phone in the ledger."""
    _, made = print_all(office, officer, tmp_path, copies=2)
    desk, form = CardDesk(office), CardForm(Layout.A6X4, Ink.BLACK)

    def seen() -> list[tuple[str, int, bool]]:
        return sorted({(one.why, sum(x.copies for x in stale(office) if x.why == one.why), one.is_reprinted)
                       for one in stale(office)})  # fmt: skip

    with office.ledger.begin() as connection:
        admin = people.add(connection, office.cipher, Role.ADMIN, "甲", "1", by="test", now=office.now())
        heir = people.add(
            connection, office.cipher, Role.OFFICER, "林阿强", "0577-62202222", [NEXT_VILLAGE], by="test", now=office.now()
        )  # fmt: skip
        team.give_phone(office, connection, admin, officer, "0577-62203333")
    assert seen() == [("卡上的电话换了", 8, False)]
    for _ in range(2):  # the same file again is no other card
        with office.ledger.begin() as connection:
            desk.note_print(connection, made, form, officer.id)
    assert seen() == [("卡上的电话换了", 8, True)]
    with office.ledger.begin() as connection:
        card_batches.settle(connection, stale_in(office, connection), "replaced", officer.id, office.now())
        assert {(one.copies, one.code.code) for one in code_prints.still_out(connection)} == {
            (1, code.code) for code in made
        }
    assert seen() == []
    with office.ledger.begin() as connection:
        team.replace_person(office, connection, admin, officer, heir)
        rows = repr(connection.execute(code_prints.prints.select()).all())
    assert seen() == [("卡上的共富金融专员换人了", 4, False)]
    assert not any(word in rows for word in ("章小满", "6220"))


def test_cards_of_the_schema_before_are_judged_by_the_audit(
    blank_url: str, knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    """Printed before it was kept who stands on them: right after the migration, wrong after a handover or a new phone."""
    given = {"STATE_DIR": str(tmp_path), "DATABASE_URL": blank_url, "SECRET_KEY": "s" * 48}
    settings = Settings.from_environ({**given, "FIELD_KEY": generate_field_key(), "PUBLIC_BASE_URL": BASE})
    before = MIGRATIONS[: MIGRATIONS.index(CARD_BEARERS)]
    office, made, now = Office(settings, Ledger.open(blank_url, migrations=before), knowledge), {}, MONDAY_TEN
    with office.ledger.begin() as connection:
        admin = people.add(connection, office.cipher, Role.ADMIN, "甲", "1", by="test", now=now)
        one, two, three = [
            people.add(connection, office.cipher, Role.OFFICER, name, "0577-62201111", [VILLAGE], by="test", now=now)
            for name in ("章小满", "陈金花", "林阿强")
        ]
        for person in (one, two, three):
            _, (made[person.id],) = codes.issue(
                connection, knowledge, person, [VILLAGE], [ENTRY], by="test", now=now
            )  # fmt: skip
            facts = facts_of(knowledge.entries[ENTRY], office.today()).hash
            row = {"layout": "a6", "copies": 1, "entry": ENTRY, "facts": facts, "publication": "v", "printed_by": "x"}
            connection.execute(code_prints.prints.insert(), {**row, "code": made[person.id].code, "printed_at": now})
    office.ledger.close()

    office = Office(settings, Ledger.open(blank_url), knowledge)
    assert stale(office) == []
    with office.ledger.begin() as connection:
        team.give_phone(office, connection, admin, one, "0577-62203333")
        team.replace_person(office, connection, admin, two, three)
    assert {(one.batch, one.why) for one in stale(office)} == {
        (made[one.id].batch, "卡上的电话换了"),
        (made[two.id].batch, "卡上的共富金融专员换人了"),
    }
    office.ledger.close()


def test_dead_codes_and_villages_without_officer_are_not_printed(
    office: Office, officer: Person, tmp_path: Path
) -> None:
    """A card that leads nowhere, or names nobody to call, is refused."""
    _, made = print_all(office, officer, tmp_path)
    now, day = office.now(), office.today()
    with office.ledger.begin() as connection:
        codes.withdraw(connection, made[0].code, by="test", reason="丢了", now=now)
        code = codes.rows.find(connection, made[0].code)
        assert code is not None
        with pytest.raises(CannotPrint, match="已经停用"):
            card_batches.cards_of(connection, office.cipher, office.knowledge, [code], now, day)
        people.leave(connection, officer.id, now)
        with pytest.raises(CannotPrint, match="没有共富金融专员"):
            card_batches.cards_of(connection, office.cipher, office.knowledge, [made[1]], now, day)


def test_the_commands_make_print_list_and_withdraw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A village's batch from the command line: files with a progress bar, then list, picture, history, funnel."""
    environ = {"STATE_DIR": str(tmp_path / "state"), "PUBLIC_BASE_URL": BASE}
    monkeypatch.setattr("office.commands.ROOT", tmp_path)  # no .env of this machine
    office = Office.open(Settings.from_environ(environ))
    with office.ledger.begin() as connection:
        officer = people.add(
            connection, office.cipher, Role.OFFICER, "章小满", "0577-62201111", [VILLAGE], by="test", now=office.now()
        )
    office.ledger.close()

    def run(*words: str, expected: int = 0) -> str:
        assert main(["cards", *words], environ) == expected
        heard = capsys.readouterr()
        return heard.out + heard.err

    assert officer.id in run("officers")
    made = run(
        "print",
        "--officer",
        officer.id,
        "--village",
        VILLAGE,
        "--entry",
        ENTRY,
        "--entry",
        OTHER,
        "--to",
        str(tmp_path),
    )
    batch = made.split("批次 ")[1][:10]
    assert "100%" in made
    assert (tmp_path / f"明白卡-{batch}-01-A4拼四张.pdf").stat().st_size > 10_000
    code = run("list", batch).split()[0]
    assert f"明白卡-{code.replace('-', '')}.png" in run("picture", code, "--to", str(tmp_path))
    assert "停用了" in run("withdraw", code, "--reason", "卡丢了")
    assert "早就停用" in run("withdraw", code, "--reason", "再来", expected=1)
    assert "卡丢了" in run("history", code)
    assert "1 张卡要换，1 个村" in run("stale")
    assert "1 张卡记为已回收" in run("settle", batch, "--as", "collected")
    assert "0 张卡要换" in run("stale")
    assert VILLAGE in run("funnel", "--by", "village")
    assert "0 个没发过的码" in run("orphans")


@pytest.mark.parametrize(
    ("base", "sentence"),
    [("", "没有设 PUBLIC_BASE_URL"), ("http://a.cn", "不是 https"), ("https://huinong.nongye.wenzhou.cn", "超过 40")],
)
def test_the_print_command_refuses_before_it_makes_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, base: str, sentence: str
) -> None:
    """One sentence, exit 1, and no batch in the ledger."""
    monkeypatch.setattr("office.commands.ROOT", tmp_path)
    environ = {"STATE_DIR": str(tmp_path / "state"), "PUBLIC_BASE_URL": base}

    assert main(["cards", "print", "--officer", "p1", "--village", VILLAGE, "--entry", ENTRY], environ) == 1
    assert sentence in capsys.readouterr().err
    assert main(["cards", "funnel"], environ) == 0
    assert capsys.readouterr().out.count("\n") == 1
