"""Promises of the segmenter and its domain words."""

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.lexicon import Lexicon

DOMAIN_WORDS = (
    "石斛贷",
    "杨梅贷",
    "农担",
    "农业信贷担保",
    "担保费补贴",
    "贴息",
    "惠农政策",
    "政策性农业保险",
    "小额贷款保证保险",
    "农机购置与应用补贴",
    "耕地地力保护补贴",
    "家庭农场",
    "农民专业合作社",
    "种粮大户",
    "创业担保贷款",
    "土地经营权抵押",
    "活体抵押",
    "风险补偿",
    "保费补贴",
    "明白卡",
    "政策码",
    "永嘉县",
    "文成县",
    "泰顺县",
    "瓯柑",
    "铁皮石斛",
    "整村授信",
    "首贷户",
    "续贷",
    "随借随还",
    "免抵押",
    "共同富裕",
    "山区26县",
    "一事一议",
    "粮食直补",
    "高标准农田",
    "育秧中心",
)


@pytest.fixture(scope="module")
def plain() -> Lexicon:
    return Lexicon()


@pytest.fixture(scope="module")
def ours() -> Lexicon:
    return Lexicon(DOMAIN_WORDS)


@pytest.mark.parametrize("word", DOMAIN_WORDS)
def test_every_domain_word_is_one_token(ours: Lexicon, word: str) -> None:
    """A word of ours is never split when it stands alone."""
    assert ours.is_one_token(word)


def test_domain_words_would_be_split_without_the_lexicon(plain: Lexicon) -> None:
    """The general dictionary alone splits many of them: the words are needed."""
    assert sum(not plain.is_one_token(word) for word in DOMAIN_WORDS) >= 15


def test_ordinary_sentences_segment_as_before(plain: Lexicon, ours: Lexicon) -> None:
    """Domain words leave at least two hundred everyday sentences alone."""
    sentences = Path("tests/cases/ordinary_sentences.txt").read_text(encoding="utf-8").split()

    assert len(set(sentences)) >= 200
    assert [ours.segment(sentence) for sentence in sentences] == [plain.segment(sentence) for sentence in sentences]


def test_cutting_also_gives_the_words_inside_long_ones(ours: Lexicon) -> None:
    """A long word is found by the short words in it."""
    assert {"农业", "担保", "农业信贷担保"} <= set(ours.cut("农业信贷担保怎么申请"))


def test_two_lexicons_do_not_share_words(plain: Lexicon, ours: Lexicon) -> None:
    """Words given to one lexicon are unknown to another and to jieba's global tokenizer."""
    assert ours.is_one_token("石斛贷")
    assert not plain.is_one_token("石斛贷")


def test_importing_the_segmenter_warns_about_nothing() -> None:
    """Even with warnings as errors, and with no compiled files, the import and the first cut succeed in silence."""
    code = "from knowledge.lexicon import Lexicon; print(Lexicon(['石斛贷']).cut('石斛贷利息')[-1])"
    run = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-X", "pycache_prefix=/nonexistent", "-c", code],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "利息", "")
