"""Read one number written in figures, in Chinese numerals or in both; ranges and round words keep both ends."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from knowledge.numeral_value import DIGITS, FIGURES, MULTIPLIERS, POSITIONAL, evaluate, plain, to_decimal
from knowledge.text import simplified_table

VAGUE = "几数"
ROUND_SHARE = Decimal("0.3")  # "十来" reaches at most three tenths of the next step: 10–13

_CAPITALS = dict(
    zip("壹贰叁肆伍陆柒捌玖拾佰仟弌弍弎幺", "一二三四五六七八九十百千一二三一", strict=True),
)
_WIDE_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")  # １，０００ is one number, 1，2，3 is a list
_DASHES = dict.fromkeys("—–－―−", "-") | {"～": "~", "〜": "~", "∼": "~"}
_KEEP = (
    "，。；：！？（）【】〔〕、"  # full-width marks part clauses; in ASCII they would look like thousands or decimals
)

_NUMERAL = re.compile(
    rf"(?:{FIGURES}(?: ?(?:[十百千]?[万亿]|[十百千]|[wk](?![a-z])))?(?:(?<=[百千万亿])(?:\d+(?![.%\d])[百千]?万?)*)?"
    r"|数[十百千万亿]+|[零〇一二两三四五六七八九十百千万亿廿卅卌几]+)"
)
_POINT = re.compile(
    r"((?:[零〇一二两三四五六七八九]|[二三四五六七八九]?十[一二三四五六七八九]?)|\d{1,3})点"
    r"([零〇一二三四五六七八九]+|\d{1,4})(?![十百千点分刻\d])([百千]?[万亿]?)"
)
_PAIR = re.compile(
    r"(?<![零〇一二两三四五六七八九])([一二两三四五六七八])([二两三四五六七八九])(?![零〇一二两三四五六七八九])"
)
_ROW = re.compile(r"([一二三四五六七八九]{3})([十百千]?[万亿]|[十百千])")
_TORN = re.compile(r"(\d+[万亿])([1-9]\d{1,2})")
_MORE = re.compile(r"([多余](?!少)|来(?![自回到])|把(?=[块元亩斤个头只户人年岁万千钱]))")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as spoken: `vague` when the speaker left the leading figure open (几万)."""

    low: Decimal
    high: Decimal
    end: int
    step: Decimal  # size of its last spoken place: 10 for 三十, 10,000 for 三万
    scale: Decimal = Decimal(1)  # the 万 or 亿 it closes with, which a range shares with its lower end
    vague: bool = False
    approximate: bool = False
    is_plain: bool = False  # figures or a lone digit without 百 千 万: needs a unit or a context to mean anything
    either: bool = False  # one of the two ends is meant, nothing between them
    is_single: bool = False  # one Chinese digit: never a number without a unit


@lru_cache(maxsize=1)
def _fold_table() -> dict[int, str]:
    table = {code: new for code, new in simplified_table().items() if len(new) == 1}
    for code in (*range(0x2010, 0x2200), *range(0x2460, 0x2500), *range(0x3000, 0x3400), *range(0xFF00, 0xFFF0)):
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and chr(code) not in _KEEP:
            table[code] = plain
    table |= {ord(old): new for old, new in (_CAPITALS | _DASHES).items()}
    return table


@lru_cache(maxsize=2048)  # one question is read for money, areas, days and crops
def fold(text: str) -> str:
    """Lower-case, half-width, simplified spelling with the numerals of contracts made plain; length never changes."""
    lowered = "".join(character.lower() if len(character.lower()) == 1 else character for character in text)
    return _WIDE_COMMA.sub(",", lowered.translate(_fold_table()))


def read_numeral(text: str, start: int) -> Numeral | None:
    """The longest number that begins at `start` of a folded text, with 多 来 余 把 read into its ends."""
    point = _POINT.match(text, start)
    if point:
        return _with_point(point)
    match = _NUMERAL.match(text, start)
    if not match:
        return None
    run = _cut(text, start, match.end())
    while run:
        base = _read_run(run, start)
        if base:
            return _widen(text, base)
        run = _shorten(run)
    return None


def _shorten(run: str) -> str:
    """A shorter head of a run that is no number; 十万八万 falls back to 十万 and never to 十万八."""
    dropped, run = run[-1], run[:-1]
    while run and dropped in MULTIPLIERS and (run[-1] in DIGITS or run[-1].isdigit()):
        run = run[:-1]
    return run


def _with_point(match: re.Match[str]) -> Numeral:
    whole = to_decimal(match[1]) or Decimal(0)
    fraction = "".join(str(DIGITS.get(character, character)) for character in match[2])
    scale = Decimal(1)
    for character in match[3]:
        scale *= MULTIPLIERS[character]
    value = plain((whole + Decimal(f"0.{fraction}")) * scale)
    step = scale / 10 ** len(fraction)
    return Numeral(value, value, match.end(), step, scale, is_plain=scale == 1)


def _cut(text: str, start: int, end: int) -> str:
    """Drop a tail that belongs to the next words: 二十万|三年, 三千|一亩, 20万|5%."""
    run = text[start:end]
    after = text[end : end + 3]
    if len(run) > 1 and run[-2] in "百千万亿" and (run[-1] in DIGITS or run[-1].isdigit()):
        if re.match(r"年|个[半多]?月|天|期|%|厘|分[利息]|个点|成|点[\d零一二三四五六七八九]", after):
            return run[:-1]
        if run[-1] == "一" and re.match(r"[亩头年户个人斤株棵月天只羽箱间台次笔]", after):
            return run[:-1]
    if len(run) > 2 and run[-1] == "一" and run[-2] in DIGITS and re.match(r"[亩头年户个人斤株棵月天只羽]", after):
        return run[:-1]
    if run[-1] in "几" and len(run) > 1 and run[-2] not in "十廿卅":
        return run[:-1]
    return run


def _read_run(run: str, start: int) -> Numeral | None:
    end = start + len(run)
    vague = run[0] in VAGUE
    if vague and len(run) == 1 and run == "数":
        return None
    if run in ("百", "千", "万", "亿") or re.fullmatch(r"[百千万亿]{2,}", run):
        value = to_decimal("一" + run)
        return Numeral(value, value, end, value, is_single=True) if value else None
    if run[0] in "百千" and len(run) > 1:  # 百八十亩: somewhere around a hundred
        rest, whole = to_decimal(run[1:]), to_decimal("一" + run)
        return (
            Numeral(rest, whole, end, whole, vague=True, approximate=True) if rest and whole and rest < whole else None
        )
    torn = _TORN.fullmatch(run)
    if torn:  # 13万25 may be 130,025 or 132,500
        head = to_decimal(torn[1]) or Decimal(0)
        tail, unit = Decimal(torn[2]), Decimal(MULTIPLIERS[torn[1][-1]])
        most = plain(head + tail * unit / 10 ** len(torn[2]))
        return Numeral(head + tail, most, end, Decimal(1), vague=True, either=True)
    low_run, high_run = _ends(run)
    low, high = evaluate(low_run), evaluate(high_run)
    if low is None or high is None:
        return None
    scale = Decimal(100_000_000) if run[-1] == "亿" else Decimal(10_000) if run[-1] in "万w" else Decimal(1)
    if run[-1] in "千k" and not any(character in run for character in "万亿"):
        scale = Decimal(1000)
    if run[-1] == "百":
        scale = Decimal(100)
    return Numeral(
        low[0], high[0], end, low[1], scale, vague=vague, approximate=low != high,
        is_plain=not any(character in "百千万亿wk" for character in run), is_single=len(run) == 1 and not run.isdigit(),
    )  # fmt: skip


def _ends(run: str) -> tuple[str, str]:
    if any(character in run for character in VAGUE):
        first = "一" if (run[-1] in VAGUE and len(run) > 1) or re.search(r"[十廿卅][几数]", run) else "二"
        return re.sub(f"[{VAGUE}]", first, run), re.sub(f"[{VAGUE}]", "九", run)
    row = _ROW.fullmatch(run)
    if row and row[1] in "一二三四五六七八九":  # 三四五万: three to five
        return row[1][0] + row[2], row[1][-1] + row[2]
    pair = None if POSITIONAL.fullmatch(run) else _PAIR.search(run)
    if pair:
        one, two = DIGITS[pair[1]], DIGITS[pair[2]]
        if two == one + 1 or (one, two) == (3, 5):
            return run[: pair.start()] + pair[1] + run[pair.end() :], run[: pair.start()] + pair[2] + run[pair.end() :]
    return run, run


def _widen(text: str, base: Numeral) -> Numeral:
    """Read 多 余 来 把 and the 万 that may follow them: 十来万, 三十多万, 三万多."""
    space = (
        base.end + 1
        if text[base.end : base.end + 1] == " " and text[base.end + 1 : base.end + 2] in "多余来"
        else base.end
    )
    match = _MORE.match(text, space)
    if not match or base.vague or base.low != base.high:
        return base
    step = base.step
    step = min(step, base.low)
    reach = {"来": plain(ROUND_SHARE * step), "把": Decimal(0)}.get(match[1], step)
    end, scale = match.end(), base.scale
    if base.scale == 1:
        tail = re.compile(r"[百千]?[万亿]").match(text, end)
        if tail:
            end = tail.end()
            for character in tail.group():
                scale *= MULTIPLIERS[character]
            return Numeral(base.low * scale, (base.low + reach) * scale, end, step * scale, scale, approximate=True)
    return Numeral(
        base.low, base.low + reach, end, step, scale, approximate=True, is_plain=base.is_plain, is_single=False
    )
