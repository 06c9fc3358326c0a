"""The draft plan behind eight calculators: 温州市财政支持普惠金融发展示范区建设实施方案（征求意见稿）, ten policies.

The text was never seen in force. It lapsed on the day it names; its stage is said with every figure.
"""

from __future__ import annotations

from datetime import date

from knowledge.calculators.result import PAYEE_WORDS
from knowledge.entries import Payee, Stage, Status

STAGE = Stage.CONSULTATION
LAST_DAY = date(2024, 12, 31)


def status_on(day: date) -> Status:
    """A draft up to its last day, expired afterwards; never in force."""
    return Status.EXPIRED if day > LAST_DAY else Status.DRAFT


def clause(article: str) -> str:
    """Where a rule of the ten policies stands."""
    return f"征求意见稿附件十条政策{article}"


def words(article: str, rule: str, payee: tuple[Payee, ...]) -> tuple[str, str]:
    """Who gets the money and what kind of text this is, to be said before any figure."""
    who = "、".join(PAYEE_WORDS[part] for part in payee)
    return (
        f"钱给谁：给{who}，不是给农户。",
        f"征求意见稿曾写（{article}）：{rule} 这份征求意见稿原定到 {LAST_DAY.isoformat()}，"
        "没看到正式文件；算出来的只是“照草稿会是多少”，不能当作领得到的钱。",
    )
