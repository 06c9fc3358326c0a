"""Add up a spoken or written number place by place: 十三万二 and 13万2 are 132,000."""

import re
from decimal import Decimal

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"廿": 20, "卅": 30, "卌": 40}
MULTIPLIERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "w": 10_000, "k": 1000}

FIGURES = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_PIECE = re.compile(rf"({FIGURES})|([零〇一二两三四五六七八九])|([廿卅卌])|([十百千万亿]|[wk](?![a-z]))|([几数])")
POSITIONAL = re.compile(r"[零〇一二三四五六七八九]{3,}")


def to_decimal(run: str) -> Decimal | None:
    """The exact value of a run such as 十三万二, 13万2 or 3,200; None when it is not one number."""
    value = evaluate(run)
    return value[0] if value else None


def evaluate(run: str) -> tuple[Decimal, Decimal] | None:
    """Value and size of the last spoken place; None when the run is not one number."""
    if POSITIONAL.fullmatch(run):
        return Decimal("".join(str(DIGITS[character]) for character in run)), Decimal(1)
    spoken = run.replace(" ", "")
    added, position = _Sum(), 0
    while position < len(spoken):
        match = _PIECE.match(spoken, position)
        if not match or not _add(added, match, is_alone=match.group() == spoken):
            return None
        position = match.end()
    return added.result()


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def last_place(figures: str) -> Decimal:
    """The size of the last figure that is not a nought: 100 for 2500, 0.1 for 2.5."""
    digits = figures.replace(",", "")
    if "." in digits:
        return Decimal(1).scaleb(-len(digits.split(".")[1]))
    stripped = digits.rstrip("0")
    return Decimal(10 ** (len(digits) - len(stripped))) if stripped else Decimal(1)


class _Sum:
    """A number being added up place by place; every step answers whether the place can follow what was read."""

    def __init__(self) -> None:
        self.total = self.section = Decimal(0)
        self.digit: Decimal | None = None
        self.last = Decimal(1)  # the multiplier spoken last
        self.has_gap = False  # 零 was spoken since
        self.figures = ""

    def add_digit(self, word: str, value: Decimal) -> bool:
        if self.digit is not None:
            return False
        self.digit, self.figures = value, word
        return True

    def add_tens(self, value: int) -> bool:
        if self.digit is not None or self.section % 100 or 1 < self.last <= 10:
            return False
        self.section, self.last = self.section + value, Decimal(10)
        return True

    def add_unit(self, unit: Decimal) -> bool:
        if not (self._close_section(unit) if unit >= 10_000 else self._add_to_section(unit)):
            return False
        self.last = unit * last_place(self.figures) if "." in self.figures else unit
        self.digit, self.has_gap, self.figures = None, False, ""
        return True

    def _add_to_section(self, unit: Decimal) -> bool:
        if (self.digit is None and (unit != 10 or self.section % 100)) or (self.section and self.section % (unit * 10)):
            return False
        self.section += (Decimal(1) if self.digit is None else self.digit) * unit
        return True

    def _close_section(self, unit: Decimal) -> bool:
        value = self.section + (self.digit or 0)
        if unit == 10_000 and self.total % 100_000_000:
            return False
        if self.digit is None and value == 0 and (self.total == 0 or unit == 10_000):
            return False
        self.total = (self.total + value) * unit if unit > 10_000 else self.total + value * unit
        self.section = Decimal(0)
        return True

    def result(self) -> tuple[Decimal, Decimal] | None:
        """Place the closing digit: 一万五 is 15,000, 一百零五 is 105, 13万2500 is 132,500."""
        before = self.total + self.section
        if self.digit is None:
            return plain(before), self.last
        if self.last == 1:
            return before + self.digit, last_place(self.figures)
        if not self.figures[0].isdigit() or len(self.figures) == 1:
            place = Decimal(1) if self.has_gap else max(self.last / 10, Decimal(1))
            return before + self.digit * place, place
        if len(self.figures) == len(str(int(self.last))) - 1 and "." not in self.figures:
            return before + self.digit, last_place(self.figures)
        return None


def _add(added: _Sum, piece: re.Match[str], is_alone: bool) -> bool:
    figures, chinese, tens, unit = piece[1], piece[2], piece[3], piece[4]
    if figures:
        return added.add_digit(figures, Decimal(figures.replace(",", "")))
    if tens:
        return added.add_tens(TENS[tens])
    if unit:
        return added.add_unit(Decimal(MULTIPLIERS[unit]))
    if chinese in ("零", "〇") and not is_alone:
        added.has_gap = True
        return added.digit is None
    return chinese is not None and added.add_digit(chinese, Decimal(DIGITS[chinese]))
