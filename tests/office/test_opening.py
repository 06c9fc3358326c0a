"""What serves after a start: what data/ brought, what staff published or took back, and never anything damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.reading import ContentError
from knowledge.revisions import Revisions
from office.office import ChatKey, open_knowledge
from tests.knowledge.planting import few_entries, retitle
from tests.offices import own_office

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Real content with two entries."""
    return few_entries(tmp_path)


def test_a_changed_data_is_published_at_the_next_start(data: Path, tmp_path: Path) -> None:
    """What somebody pulled from the repository serves once the program was started again."""
    first = open_knowledge(tmp_path / "state", data)
    retitle(data, "石斛贷款")
    second = open_knowledge(tmp_path / "state", data)
    assert second.version != first.version
    assert second.titles["dendrobium-loan"] == "石斛贷款"


def test_a_broken_file_leaves_the_last_publication_serving(data: Path, tmp_path: Path) -> None:
    """A content file that cannot be read is refused whole; what was published goes on serving."""
    first = open_knowledge(tmp_path / "state", data)
    broken = next((data / "entries").rglob("dendrobium-loan.yaml"))
    broken.write_text(broken.read_text(encoding="utf-8").replace("validity:", "validityy:"), encoding="utf-8")

    assert open_knowledge(tmp_path / "state", data).version == first.version
    with pytest.raises(ContentError, match=r"dendrobium-loan\.yaml"):
        open_knowledge(tmp_path / "empty", data)


def test_a_start_keeps_what_staff_published_and_took_back(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A rollback still serves after a start; so does what staff published, and then a changed data/ is only told."""
    state = tmp_path / "state"
    first = open_knowledge(state, data).version
    retitle(data, "石斛贷款")
    open_knowledge(state, data)
    Revisions(state).rollback("乙", NOW)
    assert open_knowledge(state, data).version == first

    retitle(data, "铁皮石斛贷")
    published = Revisions(state).publish(data, "丙", NOW).version
    retitle(data, "枫斗贷")
    assert open_knowledge(state, data).version == published[:6]
    assert "没有自动启用" in caplog.text


def test_a_damaged_snapshot_gives_way_to_the_publication_before(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A start on a damaged newest snapshot serves the sound one before it, and says so; with none, data/ serves."""
    state = tmp_path / "state"
    first = open_knowledge(state, data).version
    retitle(data, "石斛贷款")
    open_knowledge(state, data)
    newest, before = Revisions(state).history()
    _damage(state, newest.version)
    assert open_knowledge(state, data).version == first
    assert f"改用更早的一次发布 {first}" in caplog.text

    _damage(state, before.version)
    assert open_knowledge(state, data).titles["dendrobium-loan"] == "石斛贷款"
    assert "改用 data/ 直接启动" in caplog.text


def _damage(state: Path, version: str) -> None:
    (state / "publications" / version / "data" / "facts.yaml").unlink(missing_ok=True)
    (state / "publications" / f"{version}.db").write_bytes(b"")


def test_a_running_program_takes_what_was_published_meanwhile(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Another program publishes and takes back: the next round serves it; a damaged one is told of once, not served."""
    state = tmp_path / "state"
    office = own_office(state, open_knowledge(state, data))
    first = office.knowledge.version
    assert not office.take_latest()

    retitle(data, "枫斗贷")
    second = Revisions(state).publish(data, "丙", NOW).version
    assert office.take_latest()
    assert office.ask("枫斗贷还办吗", ChatKey("web", "1")).version == second[:6]
    assert any("枫斗贷" in line.text for line in office.sheet("dendrobium-loan").lines)
    assert not office.take_latest()
    Revisions(state).rollback("乙", NOW)
    assert office.take_latest()
    assert office.knowledge.version == first

    retitle(data, "仙草贷")
    damaged = Revisions(state).publish(data, "丙", NOW).version
    _damage(state, damaged)
    assert not office.take_latest()
    assert not office.take_latest()
    assert office.knowledge.version == first
    assert caplog.text.count("用不了") == 1
    office.ledger.close()
