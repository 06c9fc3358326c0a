"""查真假: a code, a link, a file name or a whole message in; out whose it is and whether it holds, or 不是我们发的.

不是我们发的 is said of what poses as ours or can be traced to others. A real document is said to exist, with the entry
about it; words with nothing in them to look up are said to be just that.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from knowledge.answering import fold
from knowledge.answers import Answer, Line, LineKind, Outcome
from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from knowledge.fraud import FraudHit
from knowledge.rendering import summary_text
from office import code_text, known_papers
from office.code_answers import (
    ASK_POLICE,
    KIND_WORDS,
    NOT_OURS,
    TYPE_AGAIN,
    current,
    day_of,
    next_officer,
    trouble,
    validity,
    who,
)
from office.codes import Found, Opened, open_code
from office.ledger import codes as rows
from office.ledger import people
from office.privacy import FieldCipher

LONGEST = 2000
MOST_ITEMS = 5
NOTHING_TO_CHECK = "看不出是谁发的：里面没有我们的码、网址，也没有文号。"
WHAT_TO_PASTE = "要查短信，请把整条连网址一起贴；要查文件，请贴文件名或文号；要查明白卡，请贴卡上的十个字。"
ASK_ISSUER = "请打 12345，或者到发文单位的网站上查。"
RETOLD = "有人发短信说，让我"  # the patterns know what people retell; a pasted message is retold by these words
GOVERNMENT = ".gov.cn"
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。；、！？）】》“”\"'<>]+|(?<![\w.@])(?:[\w\-]+\.)+[a-z]{2,12}(?:/[^\s，。；、！？）】》“”\"'<>]*)?(?![\w@])",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|png|jpe?g|zip|rar|apk|exe|wps|ofd|txt|mp4|csv)$", re.IGNORECASE)
_PROGRAM = re.compile(r"\.(?:apk|exe|zip|rar|dmg|scr|bat)$", re.IGNORECASE)
_OURS_NAMED = re.compile(r"惠农政策一键查|明白卡|政策码|农贷码")


@dataclass(frozen=True, slots=True)
class Desk:
    """What verifying looks things up in."""

    connection: Connection
    cipher: FieldCipher
    knowledge: KnowledgeBase
    address: str
    now: datetime
    today: date


@dataclass(slots=True)
class _Result:
    """Lines gathered; `ours` and `not_ours` say what kinds of things were found."""

    lines: list[Line] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    ours: bool = False
    alien: bool = False
    wrong: bool = False
    numbered: bool = False

    def add(self, kind: LineKind, text: str) -> None:
        self.lines.append(Line(kind, text))


def verify(desk: Desk, text: str) -> Answer:
    """The verdict on what was pasted, as lines any window can show. Nothing of the text is kept."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    result = _Result()
    fraud = None if _is_bare_code(text) else _fraud(desk.knowledge, text)
    _codes(desk, text, result)
    _links(desk, text, result)
    _documents(desk, text, result)
    _program(text, result)
    return _answer(desk, result, fraud, text)


def _answer(desk: Desk, result: _Result, fraud: FraudHit | None, text: str) -> Answer:
    warnings = () if _is_bare_code(text) else known_papers.warnings_for(desk.knowledge, fraud, text)
    lines = [*_warning_lines(desk, result, fraud, warnings), *_verdict(result, fraud, text), *result.lines]
    lines.append(Line(LineKind.NEXT, ASK_POLICE))
    outcome = Outcome.ANSWER if result.ours or result.numbered else Outcome.NO_MATCH
    if lines[0].kind is LineKind.WARNING and (fraud or warnings or result.ours):
        outcome = Outcome.WARN
    entries = tuple(dict.fromkeys([*warnings, *result.entries]))
    return Answer(
        outcome, tuple(lines), entries=entries[:3], topic="verify", version=desk.knowledge.version, on=desk.today
    )


def _warning_lines(desk: Desk, result: _Result, fraud: FraudHit | None, warnings: tuple[str, ...]) -> list[Line]:
    """A swindle's pattern, a name swindlers are known to use, or our own things mixed with others'."""
    if fraud is not None:
        advice = [Line(LineKind.DETAIL, text) for text in fraud.advice]
        return [Line(LineKind.WARNING, f"像骗局：{fraud.name}。{fraud.why}"), *advice]
    if warnings:
        entry = desk.knowledge.entries[warnings[0]]
        return [Line(LineKind.WARNING, f"要当心，有过这样的骗局：{entry.title}。{summary_text(entry, desk.today)}")]
    if result.alien and result.ours:
        return [Line(LineKind.WARNING, "里面有我们的东西，也有不是我们的，别只看一半就信。")]
    return []


def _verdict(result: _Result, fraud: FraudHit | None, text: str) -> list[Line]:
    """The sentence on whose it is, where no code, link or number has said it."""
    if result.ours or result.wrong or (result.numbered and not result.alien):
        return []
    if result.alien or fraud:
        return [Line(LineKind.WARNING, f"{NOT_OURS}。")]
    if _FILE.search(text):
        return [Line(LineKind.LEAD, f"{NOT_OURS}。我们的文件，名字里都带十个字的码；这个文件名里没有码，也没有文号。")]
    if _OURS_NAMED.search(text):
        return [Line(LineKind.WARNING, f"{NOT_OURS}。话里提到我们，可没有我们的码，也没有我们的网址。")]
    return [Line(LineKind.LEAD, NOTHING_TO_CHECK), Line(LineKind.DETAIL, WHAT_TO_PASTE)]


def _is_bare_code(text: str) -> bool:
    plain = code_text.plain(text)
    return len(plain) == code_text.LENGTH and plain.isascii() and plain.isalnum()


def _fraud(knowledge: KnowledgeBase, text: str) -> FraudHit | None:
    if known_papers.NUMBER.search(text) and _FILE.search(text):
        return None
    return knowledge.fraud.find(fold(knowledge, text)) or knowledge.fraud.find(fold(knowledge, RETOLD + text))


def _codes(desk: Desk, text: str, result: _Result) -> None:
    for code in code_text.find(text)[:MOST_ITEMS]:
        opened = open_code(desk.connection, desk.cipher, desk.knowledge, code, desk.now)
        if opened.code is not None:
            _issued(desk, opened, result)
        elif not _batch(desk, code, result):
            result.add(LineKind.DETAIL, f"码 {code_text.printed(code)}：{NOT_OURS}，我们没有发过。")
            result.alien = True
    wrong = code_text.find_wrong(text)
    if not wrong and not result.lines and _is_bare_code(text) and not code_text.plain(text).isdigit():
        wrong = (code_text.plain(text),)
    for code in wrong[:MOST_ITEMS]:
        opened = Opened(Found.MISTYPED, code)
        result.add(LineKind.LEAD, f"码 {code_text.printed(code)} 对不上：{trouble(opened)}")
        result.add(LineKind.NEXT, f"{TYPE_AGAIN}再看还是这样，就{NOT_OURS}。")
        result.wrong = True


def _issued(desk: Desk, opened: Opened, result: _Result) -> None:
    code = opened.code
    if code is None:
        raise ValueError("an unknown code was not issued")
    result.ours = True
    state = validity(code) if opened.found is Found.LIVE else f"现在不能用：{trouble(opened)}"
    result.add(LineKind.LEAD, f"是我们发的{KIND_WORDS[code.kind]}：{code_text.printed(opened.text)}。{state}")
    by = who(opened.issuer) if opened.issuer else "我们"
    result.add(LineKind.DETAIL, f"谁发的：{by}，{day_of(code.made_at)} 发在 {code.village.replace('/', '')}。")
    if opened.entry is not None:
        result.add(LineKind.DETAIL, f"说的是：{current(opened.entry, desk.today)}")
        result.entries.append(opened.entry.code)
    if opened.found is not Found.LIVE or (opened.officer and opened.issuer and opened.officer.id != opened.issuer.id):
        result.add(LineKind.NEXT, next_officer(opened))


def _batch(desk: Desk, text: str, result: _Result) -> bool:
    """Whether these ten characters name a batch of printed cards, as the file names of printed sheets do."""
    batch = rows.find_batch(desk.connection, text)
    if batch is None:
        return False
    officer = people.find(desk.connection, desk.cipher, batch.officer)
    by = who(officer) if officer else "我们"
    result.ours = True
    result.add(LineKind.LEAD, f"是我们印的一批明白卡：{code_text.printed(text)}。")
    result.add(LineKind.DETAIL, f"谁发的：{by}，{day_of(batch.made_at)}。每张卡上还有自己的码，可以再查那个码。")
    return True


def _links(desk: Desk, text: str, result: _Result) -> None:
    for link in dict.fromkeys(match.group() for match in _LINK.finditer(text)):
        if len(result.lines) > 2 * MOST_ITEMS:
            return
        if _FILE.search(link) and "/" not in link:
            continue
        host = _host(link)
        if host:
            _one_link(desk, link, host, result)


def _one_link(desk: Desk, link: str, host: str, result: _Result) -> None:
    ours = _host(desk.address)
    if host == ours and _is_plain(link):
        _our_page(desk, link, result)
    elif entry := _entry_of_source(desk.knowledge, link):
        result.ours = True
        result.add(LineKind.DETAIL, f"网址 {host}：是“{entry.title}”的出处，我们核对过（{entry.checked}）。")
        result.entries.append(entry.code)
    elif ours in link.lower() or ours.split(".")[0] in host:
        result.alien = True
        result.add(LineKind.WARNING, f"网址 {host}：长得像我们，{NOT_OURS}。我们的网址只有 {ours}。别点。")
    elif host.endswith(GOVERNMENT):
        result.alien = True
        result.add(LineKind.DETAIL, f"网址 {host}：{NOT_OURS}。{GOVERNMENT[1:]} 结尾的是政府网站，请自己打字打开核对。")
    elif not host.isascii() or "xn--" in host or "gov" in host:
        result.alien = True
        result.add(LineKind.WARNING, f"网址 {host}：{NOT_OURS}，也不是政府网站，是仿冒的样子。别点。")
    else:
        result.alien = True
        result.add(LineKind.DETAIL, f"网址 {host}：{NOT_OURS}。别在上面填卡号、验证码。")


def _our_page(desk: Desk, link: str, result: _Result) -> None:
    path = urlsplit(link if "//" in link else f"//{link}").path
    result.ours = True
    if path.startswith("/c/"):
        return  # the code in it has been looked up
    entry = desk.knowledge.entries.get(path.removeprefix("/e/")) if path.startswith("/e/") else None
    if entry is None:
        result.add(LineKind.LEAD, f"是我们的网址：{_host(desk.address)}。")
        return
    result.add(LineKind.LEAD, f"是我们的网页：{current(entry, desk.today)}")
    result.entries.append(entry.code)


def _documents(desk: Desk, text: str, result: _Result) -> None:
    """Document numbers: where the real document is; a copy with that number may still be forged."""
    for document in known_papers.documents_in(desk.knowledge, text):
        result.numbered = True
        if document.source is None:
            result.add(LineKind.LEAD, f"文号 {document.number}：我们没收这份文件，真假看不出。{ASK_ISSUER}")
            continue
        result.add(
            LineKind.LEAD, f"有这份文件：{document.number}《{document.source.title}》，{document.source.issuer}发的。"
        )
        result.add(LineKind.DETAIL, f"它说的是：{current(document.entries[0], desk.today)}")
        result.add(LineKind.DETAIL, "您手上那份改没改过，我们看不出，请对着那一条里的出处看。文件不会叫您先交钱。")
        result.entries += [entry.code for entry in document.entries]


def _program(text: str, result: _Result) -> None:
    if _PROGRAM.search(text):
        result.alien = True
        result.add(LineKind.WARNING, "这是要装的软件或压缩包。我们从不发软件，别下载、别安装。")


def _entry_of_source(knowledge: KnowledgeBase, link: str) -> Entry | None:
    plain = _without_scheme(link)
    for entry in knowledge.entries.values():
        if any(source.url and _without_scheme(source.url) == plain for source in entry.sources):
            return entry
    return None


def _without_scheme(link: str) -> str:
    return re.sub(r"^https?://", "", link.strip(), flags=re.IGNORECASE).rstrip("/#").lower()


def _host(link: str) -> str:
    try:
        return (urlsplit(link if "//" in link else f"//{link}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_plain(link: str) -> bool:
    """Neither a name before an @ nor another port, which both can dress up a strange address."""
    parts = urlsplit(link if "//" in link else f"//{link}")
    return "@" not in parts.netloc
