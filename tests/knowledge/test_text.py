"""Promises of text folding and filler stripping."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.text import Fillers, FillersError, load_fillers, normalise, strip_fillers

FILLERS = load_fillers(Path("data/lexicon/fillers.txt"))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("農業擔保貸款怎麼辦", "农业担保贷款怎么办"),
        ("貸２０萬，３．５％利息", "贷20万3.5%利息"),
        ("  ＬＰＲ 是 多少？？ ", "lpr是多少"),
        ("贷\u200b款\ufeff", "贷款"),
        ("补贴😀🌾多少", "补贴多少"),
        ("iPhone  15 Pro", "iphone 15 pro"),
        ("利率 3 % 吗", "利率3%吗"),
        ("第1.条", "第1条"),
        ("...", ""),
        ("财金〔2023〕75号", "财金2023 75号"),
    ],
)
def test_writings_of_one_question_fold_together(written: str, folded: str) -> None:
    """Script, width, case, punctuation and pictures do not matter; digits, points and percent signs stay."""
    assert normalise(written) == folded


@given(st.text(max_size=60))
@example("薴ﾞ5.%％.3")
@example("İstanbul ǅ ﷺ")
def test_folding_twice_changes_nothing(text: str) -> None:
    """Normalising is idempotent for any text at all."""
    once = normalise(text)

    assert normalise(once) == once


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("你好我想问一下石斛贷利息多少呢", "石斛贷利息多少"),
        ("同志你好麻烦问一下农机补贴找谁啊谢谢了", "农机补贴找谁"),
        ("嗯那个补贴嗯怎么领", "补贴怎么领"),
        ("那利息呢", "利息"),
        ("额度怎么算", "额度怎么算"),
        ("咨询电话是多少", "咨询电话是多少"),
        ("hi补贴", "补贴"),
        ("high补贴", "high补贴"),
        ("谢谢", "谢谢"),
    ],
)
def test_fillers_go_and_the_question_stays(asked: str, kept: str) -> None:
    """Greetings and hesitations are dropped, words that look like them are not."""
    assert strip_fillers(asked, FILLERS) == kept


@given(
    st.lists(st.sampled_from([*FILLERS.leading, *FILLERS.trailing, *FILLERS.inside, "补贴", "贷", "多少"]), max_size=8)
)
def test_stripping_leaves_two_characters_and_is_stable(parts: list[str]) -> None:
    """A text made of nothing but fillers keeps at least two characters, and a second pass finds nothing more."""
    text = normalise("".join(parts))
    stripped = strip_fillers(text, FILLERS)

    assert len(stripped) >= min(2, len(text))
    assert strip_fillers(stripped, FILLERS) == stripped


def test_no_fillers_strip_nothing() -> None:
    """Without a list the text comes back as it was."""
    assert strip_fillers("你好补贴", Fillers()) == "你好补贴"


def test_filler_outside_a_section_is_named(tmp_path: Path) -> None:
    """A word before the first section is reported with file and line."""
    path = tmp_path / "fillers.txt"
    path.write_text("# 说明\n你好\n", encoding="utf-8")

    with pytest.raises(FillersError, match=r"fillers\.txt:2: '你好'"):
        load_fillers(path)
