"""The ten characters: nothing wrong or swapped gets through, and every way of writing or saying them is read."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.code_text import ALPHABET, LENGTH, find, find_wrong, is_code, new_code, parse, printed, spoken, with_check

SEEDED = random.Random(310)
CODES = tuple(with_check("".join(SEEDED.choices(ALPHABET, k=LENGTH - 1))) for _ in range(1000))
CODE = with_check("K7M4PX9R2")


def test_alphabet_leaves_out_what_looks_alike() -> None:
    """31 characters, a prime number of them; no 0, O, 1, I or L."""
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set("0O1IL") & set(ALPHABET)


def test_every_single_wrong_character_is_rejected() -> None:
    """Each of 1,000 codes with each character changed to each other one: 300,000 tries, all refused."""
    tries = 0
    for code in CODES:
        assert is_code(code)
        for place in range(LENGTH):
            for other in ALPHABET:
                if other != code[place]:
                    tries += 1
                    assert not is_code(code[:place] + other + code[place + 1 :])

    assert tries == 300_000


def test_every_swap_of_two_characters_is_rejected() -> None:
    """Each of 1,000 codes with any two different characters swapped, neighbours or not."""
    adjacent = far = 0
    for code in CODES:
        for one, other in combinations(range(LENGTH), 2):
            if code[one] == code[other]:
                continue
            swapped = list(code)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            adjacent, far = adjacent + (other == one + 1), far + (other > one + 1)
            assert not is_code("".join(swapped))

    assert adjacent > 8_000
    assert far > 30_000


def test_fresh_codes_are_right_and_all_different() -> None:
    """A thousand fresh codes: none twice, every one with its check character."""
    made = {new_code() for _ in range(1000)}

    assert len(made) == 1000
    assert all(is_code(code) for code in made)


@given(
    st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1),
    st.sampled_from(("", " ", "-", "—", "－", " - ", "　", "·", "，", "杠")),
    st.sampled_from(("plain", "lower", "full", "spoken", "apart")),
)
def test_every_way_of_writing_a_code_is_read(nine: str, gap: str, manner: str) -> None:
    """Five-plus-five with any gap, small letters, full width, 二三四, every character apart."""
    code = with_check(nine)
    written = code[:5] + gap + code[5:]
    if manner == "lower":
        written = written.lower()
    if manner == "full":
        written = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in written)
    if manner == "spoken":
        written = written.translate(str.maketrans("23456789", "二三四五六七八九"))
    if manner == "apart":
        written = " ".join(written)

    assert parse(written) == code
    assert parse(printed(code)) == code


@pytest.mark.parametrize(
    "text",
    [
        f"https://huinong.example/c/{CODE}",
        f"您好，请打开 HTTPS://HUINONG.EXAMPLE/c/{CODE.lower()}?x=1 看看",
        f"明白卡-{CODE}.pdf",
        f"明白卡_{printed(CODE)}_大荆镇.png",
        f"这个码{printed(CODE)}是你们的吗",
        spoken(f"我的政策码是 {printed(CODE)}"),
        spoken(f"码：{printed(CODE).lower()}"),
        spoken(printed(CODE)),
    ],
)
def test_a_code_is_found_in_whatever_surrounds_it(text: str) -> None:
    """Addresses, file names and sentences."""
    assert find(text) == (CODE,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "石斛贷利息多少",
        "13800138000",
        "2345678923",
        "330302199001011234",
        "statistics",
        "HELLO WORLD",
        "温农发〔2023〕12号",
    ],
)
def test_ordinary_words_and_numbers_are_no_code(text: str) -> None:
    """Neither right codes nor wrong ones: they are questions."""
    assert find(text) == ()
    assert find_wrong(text) == ()


def test_a_wrong_code_is_told_from_no_code() -> None:
    """One wrong character, or a character no card has: it was meant as a code."""
    wrong = ("A" if CODE[0] != "A" else "B") + CODE[1:]

    assert find_wrong(wrong) == (wrong,)
    assert find_wrong(f"码是 {printed(wrong)}") == (wrong,)
    assert find_wrong("0" + CODE[1:]) == ("0" + CODE[1:],)
    assert find_wrong(CODE) == ()
