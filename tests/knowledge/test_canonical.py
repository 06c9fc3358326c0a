"""The canonical form: one text for one content, nothing lost, and import → export gives the same bytes."""

import argparse
import filecmp
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import SHIPPED, content_files
from knowledge.canonical import canonical_files, canonical_text, not_canonical
from knowledge.entries import Entry
from knowledge.exporting import ExportRefused, export, format_folder, import_faults, import_into, run_import
from knowledge.loading import load_entry
from knowledge.parameters import load_parameters
from knowledge.reading import ContentError
from knowledge.revisions import Revisions
from tests.knowledge.planting import LOAN

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TABLE = Path("table.yaml")
NAMES = canonical_files(SHIPPED)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.dates() | TEXTS | st.sampled_from(["no", "010", "12:30", "- a", "a: b", "a #b", "{x}", "~", "1e3", "<<", "=", "2024-01-01"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A canonical copy of data/ without the word vectors."""
    folder = tmp_path / "copy" / "data"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("vectors.npz"))
    format_folder(folder)
    return folder


def canonical(text: str, path: Path = TABLE) -> str:
    return canonical_text(text, path, path.name)


def without_lines(entry: Entry | None) -> Entry:
    assert entry is not None
    conditions = tuple(replace(condition, line=0) for condition in entry.conditions)
    return replace(entry, conditions=conditions, exclusions=tuple(replace(one, line=0) for one in entry.exclusions))


def differing(one: Path, other: Path) -> list[str]:
    """The files of two folders that are not the same bytes, or only in one of them."""
    names = {path.relative_to(folder) for folder in (one, other) for path in folder.rglob("*") if path.is_file()}
    _, unequal, absent = filecmp.cmpfiles(one, other, [str(name) for name in names], shallow=False)
    return sorted([*unequal, *absent])


@pytest.mark.parametrize("path", NAMES, ids=[path.stem for path in NAMES])
def test_the_canonical_form_is_stable_and_says_the_same(tmp_path: Path, path: Path) -> None:
    """Every file of data/: writing it again changes nothing, and an entry or table reads the same."""
    text = path.read_text(encoding="utf-8")
    written = canonical(text, path)
    assert canonical(written, path) == written
    if "entries" not in path.parts:
        assert yaml.safe_load(written) == yaml.safe_load(text)
        return
    copy = tmp_path / path.name
    copy.write_text(written, encoding="utf-8")
    parameters = load_parameters(SHIPPED / "parameters", [], SHIPPED)
    assert without_lines(load_entry(copy, "x", [], parameters)) == without_lines(load_entry(path, "x", [], parameters))


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_any_content_survives_the_writer(value: object) -> None:
    """Whatever YAML can say reads back the same, twice the same text, none of it wrapped or lost."""
    written = canonical(yaml.safe_dump(value))
    assert yaml.safe_load(written) == value
    assert canonical(written) == written


def test_however_an_entry_is_written_one_text_comes_out() -> None:
    """Keys out of order, other quotes, other styles and nulls left in: the same canonical bytes."""
    written = canonical(LOAN.read_text(encoding="utf-8"), LOAN)
    loose = yaml.dump(yaml.safe_load(written), allow_unicode=True, sort_keys=True, width=40)
    flow = yaml.dump(yaml.safe_load(written), allow_unicode=True, default_flow_style=True)
    nulls = written.replace("  stage: issued\n", "  stage: issued\n  historic: false\n  repealed_on: null\n")
    assert loose != flow != nulls
    assert {canonical(text.replace("true:", "on:"), LOAN) for text in (loose, flow, nulls)} == {written}


def test_codes_numbers_and_figures_are_quoted_and_days_are_bare() -> None:
    """The quoting rules of the staff guide."""
    lines = canonical(LOAN.read_text(encoding="utf-8"), LOAN).splitlines()
    assert lines[0] == 'code: "dendrobium-loan"'
    assert '    low: "100000"' in lines
    assert "  from: 2023-11-18" in lines
    assert "checked: 2026-11-23" in lines
    assert canonical('sources: [{title: 甲, document_no: 12, issuer: 乙, seen: copy}]', LOAN).splitlines()[2] == (
        '    document_no: "12"'
    )  # fmt: skip


def test_long_lines_are_not_wrapped() -> None:
    """A diff shows one line for one sentence."""
    sentence = "问乡镇农业农村办公室" * 60
    assert canonical(f"reply: {sentence}\n") == f"reply: {sentence}\n"


def test_comments_stay_with_what_they_stood_at() -> None:
    """A comment at the head, between keys, beside a value or at the end is kept; a # inside words is none."""
    text = "# 头一行\n# 第二行\n\na:   1   # 旁注\n\n# 中间\nb: [x,\n  y]\nc: 甲#乙\nd: '丙 # 丁'\nlist:\n# 项\n- q: 1\n# 末尾\n"
    assert canonical(text) == (
        '# 头一行\n# 第二行\n# 旁注\na: 1\n# 中间\nb: [x, y]\nc: 甲#乙\nd: "丙 # 丁"\nlist:\n  # 项\n  - q: 1\n# 末尾\n'
    )
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("a: [", "不是合格的 YAML"), ("", "文件是空的"), ("a: &x [1]\nb: *x", "不要用 & 和"), ("? [1]\n: 2", "键应当是一个词")],
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused(text: str, sentence: str) -> None:
    """Broken files, anchors and odd keys are named, never rewritten."""
    with pytest.raises(ContentError, match=sentence):
        canonical(text)


def test_check_names_a_file_that_is_not_canonical_and_format_mends_it(data: Path) -> None:
    """The fault is at the first line that differs; format changes that file alone, and a second run none."""
    glossary = data / "glossary.yaml"
    head, *rest = glossary.read_text(encoding="utf-8").splitlines()
    glossary.write_text("\n".join([head, rest[0], "", *rest[1:]]), encoding="utf-8")
    assert [(fault.path, fault.line) for fault in not_canonical(glossary, "data/glossary.yaml")] == [
        ("data/glossary.yaml", 3)
    ]
    assert format_folder(data) == [glossary]
    assert not_canonical(glossary, "data/glossary.yaml") == []
    assert format_folder(data) == []


def test_format_changes_nothing_when_one_file_cannot_be_read(data: Path) -> None:
    """All or nothing, and the broken file is named."""
    glossary, places = data / "glossary.yaml", data / "places.yaml"
    glossary.write_text(glossary.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    places.write_text("counties: [", encoding="utf-8")
    before = glossary.read_bytes()
    with pytest.raises(ContentError, match=r"data/places\.yaml:"):
        format_folder(data)
    assert glossary.read_bytes() == before


def test_export_then_import_then_export_is_byte_identical(data: Path, tmp_path: Path) -> None:
    """The whole of data/, every file: out, in, and out again."""
    first, second, into = tmp_path / "first", tmp_path / "second", tmp_path / "into" / "data"
    export(data, first)
    assert differing(data, first) == []
    assert import_faults(first, []) == []
    into.mkdir(parents=True)
    assert len(import_into(first, into)) == len(content_files(data))
    assert import_into(first, into) == []
    export(into, second)
    assert differing(first, second) == []


def test_import_makes_any_form_of_yaml_canonical_and_removes_what_is_gone(data: Path, tmp_path: Path) -> None:
    """Staff may write as they like; an entry that is not in the folder is not in data/ afterwards."""
    loose = tmp_path / "loose"
    export(data, loose)
    entry = loose / LOAN.relative_to(SHIPPED)
    entry.write_text(
        yaml.dump(yaml.safe_load(entry.read_text("utf-8")), allow_unicode=True).replace("true:", "on:"),
        encoding="utf-8",
    )
    (loose / "entries/credit/lpr.yaml").unlink()
    assert [str(path.relative_to(data)) for path in import_into(loose, data)] == ["entries/credit/lpr.yaml"]


def test_an_import_with_faults_writes_nothing_and_lists_them_all(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two faults in two files: both are printed with file and line, exit 1, no revision."""
    for name, old, new in (
        (LOAN.relative_to(SHIPPED), "stage: issued", "stage: 草稿"),
        (Path("glossary.yaml"), "反担保:", "反担保: 甲\n反担保:"),
    ):
        path = data / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    state = tmp_path / "state"
    assert run_import(argparse.Namespace(path=data, into_data=False, state=state, actor="甲"), NOW) == 1
    said = capsys.readouterr().out
    assert "data/entries/guarantee/dendrobium-loan.yaml:" in said
    assert "data/glossary.yaml:" in said
    assert "什么也没写入" in said
    assert Revisions(state).newest_revision() is None


def test_a_second_import_changes_nothing(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same content is one revision, however often it comes; nothing serves before it is published."""
    arguments = argparse.Namespace(path=data, into_data=False, state=tmp_path / "state", actor="甲")
    assert run_import(arguments, NOW) == 0
    first = Revisions(arguments.state).newest_revision()
    assert run_import(arguments, NOW) == 0
    assert "没有变化" in capsys.readouterr().out
    assert Revisions(arguments.state).newest_revision() == first
    assert Revisions(arguments.state).latest() is None


def test_export_never_writes_over_something_else(data: Path, tmp_path: Path) -> None:
    """A folder with other things in it, data/ itself and a folder in it are refused; an earlier export is replaced."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("家书", encoding="utf-8")
    for place in (home, data, data / "entries" / "out"):
        with pytest.raises(ExportRefused):
            export(data, place)
    assert [path.name for path in home.iterdir()] == ["letter.txt"]
    out = tmp_path / "out"
    assert export(data, out) == export(data, out)
    assert differing(data, out) == []
