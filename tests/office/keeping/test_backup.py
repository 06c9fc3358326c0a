"""A backup brings back what was there, on either engine and from an older schema; a damaged one brings back nothing."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from knowledge.base import SHIPPED, KnowledgeBase
from office import erasure
from office.applicants import Applicants
from office.application_case import Applicant, GuaranteeApplication, Wish
from office.backup import BackupError, check, write_backup
from office.case_papers import CasePapers
from office.commands import main
from office.ledger import (
    application_papers,
    audit,
    chats,
    copying,
    dialogues,
    inbox,
    leases,
    outbox,
    publications,
    questions,
    rate_limits,
)
from office.ledger.audit import Deed
from office.ledger.errors import LedgerBusy
from office.ledger.ledger import Ledger
from office.ledger.migrations import MIGRATIONS
from office.masking import mask
from office.office import ChatKey, open_knowledge
from office.privacy import generate_field_key
from office.restoring import restore
from office.settings import Secret, Settings
from tests.office.clocked import MONDAY_TEN, ClockedOffice, clocked_office
from tests.office.keeping.erasing import NAME, OPEN_ENTRY, PHONE, leave_everything

PREVIOUS = 9  # migrations of the version before people, codes and cases came


def elsewhere(office: ClockedOffice, url: str, folder: Path, **changed: object) -> Settings:
    """The settings of another machine with the same keys and nothing on it yet."""
    folder.mkdir()
    moved = replace(office.settings, state_dir=folder, database_url=Secret(url))
    return replace(moved, **changed)  # type: ignore[arg-type]  # fields of Settings


def fresh_url(request: pytest.FixtureRequest, engine: str, folder: Path) -> str:
    """An empty ledger of an engine."""
    if engine == "sqlite":
        return f"sqlite:///{folder / 'fresh.db'}"
    url: str = request.getfixturevalue("postgres").create_database()
    return url


def opened(settings: Settings, knowledge: KnowledgeBase) -> ClockedOffice:
    """The office over what was restored."""
    return ClockedOffice(settings, Ledger.open(settings.database_url.reveal()), knowledge)


def fill_previous(url: str, office: ClockedOffice) -> None:
    """Rows in every table of the schema before the last versions."""
    ledger, now, cipher = Ledger.open(url, migrations=MIGRATIONS[:PREVIOUS]), MONDAY_TEN, office.cipher
    with ledger.begin() as connection:
        for number in (1, 2, 3):
            body = cipher.encrypt(f"说过的 {number}")
            inbox.store_updates(connection, [inbox.IncomingUpdate(number, str(number), body, now)])
            message = outbox.OutgoingMessage(f"k{number}", str(number), outbox.Kind.REPLY, body, now)
            outbox.enqueue(connection, [message], now)
            dialogues.save(connection, cipher, dialogues.Dialogue("telegram", str(number), "dendrobium-loan"), now)
            questions.record(connection, questions.AskedQuestion(mask("石斛贷"), "answer", "web", "h", now))
            chats.start(connection, "telegram", str(number), now)
            rate_limits.allow(connection, f"r{number}", 5, 60, now)
            leases.acquire(connection, f"l{number}", "me", now, 60)
            publications.record(connection, publications.StoredPublication(f"v{number}", b"\x00\xff", "x", now))
            audit.record(connection, Deed("x", "did", str(number), "why", now))
    ledger.close()


def test_state_of_the_previous_schema_migrates_backs_up_and_comes_back(
    request: pytest.FixtureRequest, knowledge: KnowledgeBase, tmp_path: Path, blank_url: str
) -> None:
    """The same rows in every old table after each step, and sealed words that open."""
    engine = "sqlite" if copying.is_sqlite(blank_url) else "postgresql"
    (tmp_path / "before").mkdir()
    blank = clocked_office(f"sqlite:///{tmp_path / 'blank.db'}", knowledge, tmp_path / "before")
    fill_previous(blank_url, blank)
    before = copying.counts(blank_url)
    before.pop("migrations")
    assert set(before.values()) == {3}
    old = opened(replace(blank.settings, database_url=Secret(blank_url)), knowledge)
    path, manifest = write_backup(old, tmp_path / "b.tar")
    assert {name: manifest.counts[name] for name in before} == before

    settings = elsewhere(old, fresh_url(request, engine, tmp_path), tmp_path / "other")
    restored = restore(settings, path)
    assert {name: restored.counts[name] for name in before} == before
    assert restored.counts["migrations"] == len(MIGRATIONS)
    back = opened(settings, knowledge)
    with back.ledger.begin() as connection:
        talk = dialogues.load(connection, back.cipher, "telegram", "2", MONDAY_TEN)
        assert talk is not None
        assert talk.entry == "dendrobium-loan"
        assert publications.latest(connection) == publications.StoredPublication("v3", b"\x00\xff", "x", MONDAY_TEN)
        assert audit.recent(connection)[0] == Deed("x", "did", "3", "why", MONDAY_TEN)
        claim = inbox.claim_next(connection, "w", MONDAY_TEN, 30)
        assert claim is not None
        assert back.cipher.decrypt(claim.body) == "说过的 1"
    for one in (blank, old, back):
        one.ledger.close()


def test_backup_made_by_an_older_version_is_migrated(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    """The file inside is of the older schema; what comes out is of this one."""
    office = clocked_office(f"sqlite:///{tmp_path / 'new.db'}", knowledge, tmp_path)
    url = f"sqlite:///{tmp_path / 'old.db'}"
    fill_previous(url, office)
    settings = replace(office.settings, database_url=Secret(url))
    old = ClockedOffice(settings, Ledger.open(url, migrations=MIGRATIONS[:PREVIOUS]), knowledge)
    path, manifest = write_backup(old, tmp_path / "b.tar")
    assert "people" not in manifest.counts
    restored = restore(elsewhere(office, f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "other"), path)
    assert restored.counts["people"] == 0
    assert restored.counts["audit"] == 3
    old.ledger.close()
    office.ledger.close()


@pytest.mark.postgres
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_everything_comes_back_on_either_engine(
    request: pytest.FixtureRequest, office: ClockedOffice, knowledge: KnowledgeBase, tmp_path: Path, target: str
) -> None:
    """Same counts, the case opens for its owner, the paper opens for the desk, and new rows take new numbers."""
    left = leave_everything(office)
    path, manifest = write_backup(office, tmp_path)
    assert path.name == "huinong-20261123-020000.tar"
    assert path.stat().st_mode & 0o077 == 0
    settings = elsewhere(office, fresh_url(request, target, tmp_path), tmp_path / "other")
    restored = restore(settings, path)
    assert dict(restored.counts) == dict(manifest.counts)
    assert restored.papers == 1
    assert (settings.state_dir / "knowledge.db").exists()

    back = opened(settings, knowledge)
    found = Applicants(back).look_up(left.receipt, PHONE[-4:], "x")
    assert isinstance(found, GuaranteeApplication)
    assert Applicants(back).file(left.receipt) == Applicants(office).file(left.receipt)
    with back.ledger.read() as connection:
        (paper,) = application_papers.of_case(connection, found.id)
    assert CasePapers(back).look_at(left.receipt, paper.id, left.staff)[1].startswith(b"\xff\xd8")
    wish = Wish(Applicant("新来的", "13900000000", "乐清市"), Applicants(back).pin(OPEN_ENTRY), frozenset())
    assert Applicants(back).register(wish, "new").case.id == found.id + 1
    back.ledger.close()


def damaged(path: Path, how: str) -> None:
    """Spoil a backup in one way."""
    content = path.read_bytes()
    if how == "cut short":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "no backup":
        path.write_bytes("这不是备份".encode() * 500)
    elif how == "a file more":
        with tarfile.open(path, "a") as archive:
            info = tarfile.TarInfo("papers/00/more.sealed")
            archive.addfile(info, io.BytesIO())
    elif how == "outside":
        with tarfile.open(path, "a") as archive:
            archive.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    else:
        at = content.index({"ledger": b"SQLite format 3", "manifest": b'"sha'.replace(b"sha", b"counts")}[how]) + 5
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


@pytest.mark.parametrize("how", ["cut short", "empty", "no backup", "a file more", "outside", "ledger", "manifest"])
def test_damaged_backup_is_refused_in_one_sentence(knowledge: KnowledgeBase, tmp_path: Path, how: str) -> None:
    """And nothing of it reaches the state."""
    office = clocked_office(f"sqlite:///{tmp_path / 'l.db'}", knowledge, tmp_path / "state")
    path, _ = write_backup(office, tmp_path / "b.tar")
    office.ledger.close()
    damaged(path, how)
    settings = elsewhere(office, f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path / "other")
    with pytest.raises(BackupError) as refused:
        restore(settings, path)
    assert str(refused.value) == f"备份 {path} 损坏了或者不完整，没有恢复：请用另一份备份"
    assert list(settings.state_dir.iterdir()) == []
    assert not (tmp_path / "fresh.db").exists()
    assert not (tmp_path / "outside").exists()


def test_state_that_is_there_is_replaced_only_when_asked_and_not_in_use(
    office: ClockedOffice, knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    """Refused first, refused while the program is open, then replaced as a whole."""
    left = leave_everything(office)
    path, _ = write_backup(office, tmp_path / "b.tar")
    with pytest.raises(BackupError, match="换个文件名"):
        write_backup(office, path)
    office.ask("石斛贷利息多少", ChatKey("web", "later"))
    with pytest.raises(BackupError, match="--replace"):
        restore(office.settings, path)
    with office.ledger.read() as connection:
        connection.execute(select(questions.questions)).all()
        with pytest.raises(LedgerBusy, match="先停下程序"):
            restore(office.settings, path, replace=True)
    assert Applicants(office).file(left.receipt).case.applicant.name == NAME

    office.ledger.close()
    restored = restore(office.settings, path, replace=True)
    assert restored.counts["questions"] == 1
    assert not [one for one in office.settings.state_dir.iterdir() if one.name.startswith(".")]


def test_keys_stay_outside_unless_asked_for(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    """Without its keys a backup is refused on another machine; with them inside it brings them along."""
    office = clocked_office(f"sqlite:///{tmp_path / 'l.db'}", knowledge, tmp_path / "state")
    left = leave_everything(office)
    plain, _ = write_backup(office, tmp_path / "plain.tar")
    full, _ = write_backup(office, tmp_path / "full.tar", with_keys=True)
    key = office.settings.field_keys[0].reveal().encode()
    assert key not in plain.read_bytes()
    assert key in full.read_bytes()
    office.ledger.close()

    environ = {"STATE_DIR": str(tmp_path / "new")}
    keyless = Settings.from_environ(environ, make_keys=False)
    with pytest.raises(BackupError, match="没有 FIELD_KEY，这份备份里也没有"):
        restore(keyless, plain)
    assert main(["restore", str(plain)], environ) == 1
    assert list(keyless.state_dir.iterdir()) == []
    bare = Settings.from_environ({"STATE_DIR": str(tmp_path / "bare")}, make_keys=False)
    assert restore(bare, full).has_new_keys
    assert (bare.state_dir / "secret_key.txt").read_text().strip() == office.settings.secret_keys[0].reveal()

    new = Settings.from_environ(environ)  # keys of its own, just made
    with pytest.raises(BackupError, match="FIELD_KEY 打不开这份备份"):
        restore(new, plain)
    foreign = replace(new, field_keys=(Secret(generate_field_key()),))
    with pytest.raises(BackupError, match=r"\.env"):
        restore(foreign, full)
    assert restore(new, full).has_new_keys
    again = Settings.from_environ({"STATE_DIR": str(tmp_path / "new")})
    assert (again.field_keys, again.secret_keys) == (office.settings.field_keys, office.settings.secret_keys)
    back = opened(again, knowledge)
    assert Applicants(back).file(left.receipt).case.applicant.name == NAME
    back.ledger.close()


def test_commands_say_what_was_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """backup, an erasure, restore --replace: whoever was erased after the backup is erased once more."""
    environ = {"STATE_DIR": str(tmp_path / "state")}
    settings = Settings.from_environ(environ)
    office = ClockedOffice(
        settings, Ledger.open(settings.database_url.reveal()), open_knowledge(settings.state_dir, SHIPPED)
    )
    left = leave_everything(office)
    assert main(["backup", str(tmp_path / "b.tar")], environ) == 0
    assert "单子 1，材料 1" in capsys.readouterr().out
    daily = tmp_path / "备份" / "每天"  # not there yet
    assert main(["backup", str(daily)], environ) == 0
    assert [one.name[:8] + one.suffix for one in daily.iterdir()] == ["huinong-.tar"]
    (tmp_path / "file").touch()
    capsys.readouterr()
    assert main(["backup", str(tmp_path / "file")], environ) == 1
    assert "不是文件夹" in capsys.readouterr().err
    office.moment = check(tmp_path / "b.tar") and ClockedOffice.now(office).replace(year=2099)
    erasure.erase_case(office, left.receipt)
    office.ledger.close()

    assert main(["restore", str(tmp_path / "b.tar")], environ) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["restore", str(tmp_path / "b.tar"), "--replace"], environ) == 0
    said = capsys.readouterr().out
    assert "恢复好了" in said
    assert "1 个人要求删除过" in said
    back = ClockedOffice(settings, Ledger.open(settings.database_url.reveal()), office.knowledge)
    assert Applicants(back).file(left.receipt).case.applicant.name == ""
    assert not list((settings.state_dir / "papers").rglob("*.sealed"))
    back.ledger.close()
