"""The QR of a printed code, and the refusal to print one that phones could not read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

LONGEST_ADDRESS = 40
SMALLEST_MODULE_MM = 0.5
BORDER = 4
LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
STRONG_ENOUGH = ("Q", "H")
AT_HOME = ("127.0.0.1", "localhost", "0.0.0.0", "::1")  # noqa: S104 - compared, not bound


class CannotPrint(Exception):  # noqa: N818 - names say what happened
    """A card that could not be scanned is not printed; the message is one Chinese sentence that says what to change."""


@dataclass(frozen=True, slots=True)
class QrSpec:
    """How a QR is to be drawn: error correction, modules of white border, and its side on paper, border included."""

    side_mm: float
    level: str = "Q"
    border: int = BORDER


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR that passed the check: its modules (border included) row by row, and a module's size on paper."""

    rows: tuple[tuple[bool, ...], ...]
    module_mm: float

    @property
    def svg(self) -> str:
        """The picture as one path, sharp at any size."""
        size = len(self.rows)
        runs = "".join(
            f"M{left} {y}h{width}v1h-{width}z" for y, row in enumerate(self.rows) for left, width in _runs(row)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{runs}"/></svg>'
        )


def check_base(base: str, is_given: bool) -> str:
    """The address cards may carry, without a slash at its end. Raises `CannotPrint`."""
    parts = urlsplit(base)
    if not is_given:
        raise CannotPrint(
            "没有设 PUBLIC_BASE_URL，印出来的码别人打不开；请先设好，例如 PUBLIC_BASE_URL=https://huinong.example。"
        )
    if parts.scheme != "https":
        raise CannotPrint(f"PUBLIC_BASE_URL 是 {base}，不是 https 开头，微信会拦；请换成 https 地址再印。")
    if parts.hostname in AT_HOME:
        raise CannotPrint(f"PUBLIC_BASE_URL 是 {base}，只有这台电脑打得开；请换成公开的地址再印。")
    return base.rstrip("/")


def code_address(base: str, code: str) -> str:
    """The address in the QR. Raises `CannotPrint` when it is too long for a QR that old phones read."""
    address = f"{base}/c/{code}"
    if len(address) > LONGEST_ADDRESS:
        room = LONGEST_ADDRESS - len(f"/c/{code}")
        raise CannotPrint(
            f"印在码里的地址有 {len(address)} 个字，超过 {LONGEST_ADDRESS}；请换短一点的域名，https:// 连域名最多 {room} 个字。"
        )
    return address


def draw(address: str, spec: QrSpec) -> Qr:
    """The QR of an address for one size on paper. Raises `CannotPrint`."""
    if spec.level not in STRONG_ENOUGH:
        raise CannotPrint(f"二维码纠错级别是 {spec.level}，磨花了就扫不出；请用 Q 或 H。")
    if spec.border < BORDER:
        raise CannotPrint(f"二维码白边只有 {spec.border} 格，扫不稳；至少要 {BORDER} 格。")
    code = qrcode.QRCode(error_correction=LEVELS[spec.level], border=spec.border)
    code.add_data(address)
    code.make(fit=True)
    rows = tuple(tuple(bool(module) for module in row) for row in code.get_matrix())
    module_mm = spec.side_mm / len(rows)
    if module_mm < SMALLEST_MODULE_MM:
        needed = SMALLEST_MODULE_MM * len(rows)
        raise CannotPrint(
            f"二维码一格只有 {module_mm:.2f} 毫米，小于 {SMALLEST_MODULE_MM} 毫米扫不出；请放大到每边至少 {needed:.0f} 毫米。"
        )
    return Qr(rows, module_mm)


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark runs of a row begin and how long they are."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
