"""knowledge.db: who published what, going back, and damage that never reaches what serves."""

import argparse
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.base import SHIPPED, KnowledgeBase, content_hash
from knowledge.publish_command import run_publish, run_rollback
from knowledge.reading import ContentError
from knowledge.revisions import SEEDER, PublicationDamaged, Revisions
from tests.knowledge.planting import LOAN, few_entries, retitle

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Real content with two entries."""
    return few_entries(tmp_path)


@pytest.fixture
def revisions(tmp_path: Path) -> Revisions:
    """An empty state folder."""
    return Revisions(tmp_path / "state")


def snapshot(tmp_path: Path, version: str) -> Path:
    return tmp_path / "state" / "publications" / f"{version}.db"


def test_a_publication_records_actor_reviewer_and_time(data: Path, revisions: Revisions) -> None:
    """What is published is what was loaded, under its hash, with both names."""
    made = revisions.publish(data, "林甲", NOW, reviewer="陈乙")
    latest = revisions.latest()
    assert latest == made
    assert (made.version, made.actor, made.reviewer) == (content_hash(data), "林甲", "陈乙")
    assert datetime.fromisoformat(made.published_at) == NOW
    assert content_hash(revisions.unpack(made.version)) == made.version
    assert set(KnowledgeBase.load(revisions.unpack(made.version)).entries) == {"dendrobium-loan", "lpr"}


def test_a_broken_content_file_never_takes_down_what_serves(data: Path, revisions: Revisions) -> None:
    """A fault raises with file and line, nothing is recorded, and the last publication still loads."""
    made = revisions.publish(data, "甲", NOW)
    (data / LOAN.relative_to(SHIPPED)).write_text("code: [", encoding="utf-8")
    with pytest.raises(ContentError, match=r"dendrobium-loan\.yaml:\d+: 不是合格的 YAML"):
        revisions.publish(data, "乙", NOW)
    with pytest.raises(ContentError):
        revisions.add(data, "乙", NOW)
    assert revisions.latest() == made
    newest = revisions.newest_revision()
    assert newest is not None
    assert newest.version == made.version
    publication, folder, damaged = revisions.serving()
    assert (publication, damaged) == (made, [])
    assert "dendrobium-loan" in KnowledgeBase.load(folder).entries


def test_one_flipped_bit_is_refused_or_harmless_wherever_it_falls(
    data: Path, revisions: Revisions, tmp_path: Path
) -> None:
    """120 single flips over a real snapshot: each gives the exact content or `PublicationDamaged`, never other words."""
    version = revisions.publish(data, "甲", NOW).version
    sound = snapshot(tmp_path, version).read_bytes()
    places = random.Random(11).sample(range(len(sound)), 120)
    refused = 0
    for place in places:
        flipped = bytearray(sound)
        flipped[place] ^= 1 << (place % 8)
        snapshot(tmp_path, version).write_bytes(flipped)
        shutil.rmtree(tmp_path / "state" / "publications" / version, ignore_errors=True)
        try:
            assert content_hash(revisions.unpack(version)) == version
        except PublicationDamaged:
            refused += 1
            assert not (tmp_path / "state" / "publications" / version).exists()
    assert refused > 80


@pytest.mark.parametrize("harm", ["flip", "cut", "gone", "foreign"])
def test_a_damaged_snapshot_is_refused_and_the_previous_keeps_serving(
    data: Path, revisions: Revisions, tmp_path: Path, harm: str
) -> None:
    """Flipped, cut short, missing or another program's file: the publication before serves and the damage is told."""
    before = revisions.publish(data, "甲", NOW)
    retitle(data, "改过的石斛贷")
    after = revisions.publish(data, "甲", NOW + timedelta(hours=1))
    path = snapshot(tmp_path, after.version)
    body = path.read_bytes()
    at = body.index("改过的石斛贷".encode())
    if harm == "gone":
        path.unlink()
    else:
        flipped = body[:at] + bytes([body[at] ^ 4]) + body[at + 1 :]
        path.write_bytes({"flip": flipped, "cut": body[: len(body) // 2], "foreign": b"PK\x03\x04" * 99}[harm])
    publication, folder, damaged = revisions.serving()
    assert publication == before
    assert content_hash(folder) == before.version
    assert [after.version[:6] in str(error) for error in damaged] == [True]
    revisions.publish(data, "甲", NOW + timedelta(hours=2))
    assert revisions.serving()[0].version == after.version


def test_no_sound_publication_is_said_and_not_guessed(data: Path, revisions: Revisions, tmp_path: Path) -> None:
    """With every snapshot gone there is nothing to serve, and it is said."""
    made = revisions.publish(data, "甲", NOW)
    snapshot(tmp_path, made.version).unlink()
    with pytest.raises(LookupError, match="没有一次发布的快照是完好的"):
        revisions.serving()


def test_a_tampered_unpacked_folder_is_unpacked_again(data: Path, revisions: Revisions) -> None:
    """The snapshot is the truth: a file changed or added beside it does not serve."""
    made = revisions.publish(data, "甲", NOW)
    folder = revisions.unpack(made.version)
    (folder / "glossary.yaml").write_text("反担保: 假的\n", encoding="utf-8")
    (folder / "entries" / "more.yaml").write_text("code: more\n", encoding="utf-8")
    assert content_hash(revisions.unpack(made.version)) == made.version
    assert not (folder / "entries" / "more.yaml").exists()


def test_a_snapshot_never_writes_outside_its_folder(data: Path, revisions: Revisions, tmp_path: Path) -> None:
    """A path that climbs out is refused before anything is written, whatever the hash says."""
    made = revisions.publish(data, "甲", NOW)
    with closing(sqlite3.connect(snapshot(tmp_path, made.version))) as connection, connection:
        connection.execute("INSERT INTO contents VALUES ('../../../outside.yaml', x'00')")
    with pytest.raises(PublicationDamaged):
        revisions.unpack(made.version)
    assert not list(tmp_path.rglob("outside.yaml"))


def test_rollback_goes_back_one_publication_each_time(data: Path, revisions: Revisions) -> None:
    """Three publications: back to the second, back to the first, then there is no more; all of it is on record."""
    versions = [retitle(data, f"第{number}版") for number in "一二三" if revisions.publish(data, "甲", NOW)]
    versions = [one.version for one in reversed(revisions.history())]
    assert revisions.rollback("乙", NOW, "丙").version == versions[1]
    back = revisions.rollback("乙", NOW)
    assert (back.version, back.actor, back.restores) == (versions[0], "乙", 1)
    with pytest.raises(LookupError, match="没有更早的发布"):
        revisions.rollback("乙", NOW)
    assert [one.version for one in reversed(revisions.history())] == [*versions, versions[1], versions[0]]
    assert KnowledgeBase.load(revisions.serving()[1]).entries["dendrobium-loan"].title != "第二版"


def test_rollback_to_a_damaged_snapshot_changes_nothing(data: Path, revisions: Revisions, tmp_path: Path) -> None:
    """Going back to something broken is refused; what serves keeps serving."""
    first = revisions.publish(data, "甲", NOW)
    retitle(data, "第二版")
    second = revisions.publish(data, "甲", NOW)
    snapshot(tmp_path, first.version).write_bytes(b"")
    with pytest.raises(PublicationDamaged):
        revisions.rollback("乙", NOW)
    assert revisions.latest() == second


def test_a_restart_never_undoes_what_staff_did(data: Path, revisions: Revisions) -> None:
    """data/ is published at start only when it changed and staff imported nothing since."""
    first = content_hash(data)
    assert revisions.needs_seeding(first)
    revisions.publish(data, SEEDER, NOW)
    assert not revisions.needs_seeding(first)
    second = retitle(data, "第二版")
    assert revisions.needs_seeding(second)
    revisions.publish(data, SEEDER, NOW)
    revisions.rollback("乙", NOW)
    assert not revisions.needs_seeding(second)
    retitle(data, "工作人员的版")
    revisions.add(data, "丙", NOW)
    assert not revisions.needs_seeding(second)
    assert not revisions.needs_seeding(retitle(data, "又改了 data"))


def test_a_database_of_the_previous_schema_is_carried_over(data: Path, tmp_path: Path) -> None:
    """A knowledge.db from before rollbacks were marked keeps its publications and can roll back."""
    state = tmp_path / "state"
    old = Revisions(state)
    versions = [old.publish(data, "甲", NOW).version]
    retitle(data, "第二版")
    versions.append(old.publish(data, "甲", NOW).version)
    with closing(sqlite3.connect(state / "knowledge.db", isolation_level=None)) as connection:
        connection.execute("ALTER TABLE publications DROP COLUMN restores")
    carried = Revisions(state)
    assert [one.version for one in reversed(carried.history())] == versions
    assert carried.rollback("乙", NOW).version == versions[0]


def test_publish_and_rollback_on_the_command_line(
    data: Path, revisions: Revisions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An imported revision is published with both names and taken back; nobody reviews their own work."""
    first = revisions.publish(data, "甲", NOW)
    retitle(data, "第二版")
    assert revisions.add(data, "甲", NOW)
    words = argparse.Namespace(state=tmp_path / "state", actor="林甲", reviewer="林甲")
    assert (run_publish(words, NOW), run_rollback(words, NOW)) == (2, 2)
    assert revisions.latest() == first
    words.reviewer = "陈乙"
    assert run_publish(words, NOW) == 0
    latest = revisions.latest()
    assert latest is not None
    assert (latest.version, latest.actor, latest.reviewer) == (content_hash(data), "林甲", "陈乙")
    assert "经办 林甲，复核 陈乙" in capsys.readouterr().out
    assert run_rollback(words, NOW) == 0
    assert revisions.serving()[0].version == first.version
    assert run_rollback(words, NOW) == 1
    assert "没有更早的发布" in capsys.readouterr().err
