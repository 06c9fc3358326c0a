"""How single settings are written; each reader raises ValueError with a Chinese phrase that says what is wrong.

A phrase never repeats a secret.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from office.setting_names import EXAMPLES, SettingsError

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


class Secret:
    """A text that shows only when asked by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def bot_token(text: str) -> Secret:
    """The token of @BotFather."""
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", text):
        raise ValueError("应是 数字:字母数字 的一串")
    return Secret(text)


def webhook_secret(text: str) -> Secret:
    """What Telegram sends in its secret header."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,256}", text):
        raise ValueError("应是 8 到 256 个字母、数字、下划线或短横")
    return Secret(text)


def web_address(text: str) -> str:
    """The address of a server, without a closing slash."""
    try:
        parts = urlsplit(text)
        is_plain = parts.port != 0 and not (parts.query or parts.fragment or parts.username or parts.password)
    except ValueError as error:
        raise ValueError(f"“{text}”不是网址") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain or re.search(r"\s", text):
        raise ValueError("应是 http:// 或 https:// 开头的网址，不带问号和井号")
    return text.rstrip("/")


def database_url(text: str) -> Secret:
    """The ledger's address, in the spelling the ledger opens."""
    if re.fullmatch(r"sqlite:///[^\s?#]+", text) and not text.endswith(("/", ":memory:")):
        return Secret(text)
    rest = re.fullmatch(r"(?:postgres|postgresql|postgresql\+psycopg)://(\S*/\S+)", text)
    if rest is None:
        raise ValueError("应以 sqlite:///文件 或 postgresql+psycopg:// 开头，并写明库名")
    return Secret(f"postgresql+psycopg://{rest[1]}")


def folder(text: str) -> Path:
    """The state folder, made if need be, for the owner alone."""
    path = Path(text).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        example = EXAMPLES["STATE_DIR"]
        raise SettingsError(f"设置 STATE_DIR 不对：{path} 不是能写的文件夹，例如 STATE_DIR={example}") from error
    return path


def secret_key(text: str) -> Secret:
    """A key that signs sessions."""
    if len(text) < 32:
        raise ValueError("每把密钥至少 32 个字符")
    return Secret(text)


def field_key(text: str) -> Secret:
    """A key that encrypts fields."""
    try:
        is_key = len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key:
        raise ValueError("每把密钥是 44 个字符的 Fernet 密钥，多把用逗号分开，新的在前")
    return Secret(text)


def chat_id(text: str) -> int:
    """A Telegram chat; groups are negative."""
    if not re.fullmatch(r"-?[1-9][0-9]{0,18}", text):
        raise ValueError(f"“{text}”不是会话编号，应是整数")
    return int(text)


def host(text: str) -> str:
    """Where the web window listens: an IP address or a host name."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", text):
            return text
    raise ValueError(f"“{text}”不是主机名或 IP 地址")


def port(text: str) -> int:
    """Where the web window listens."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise ValueError(f"“{text}”不是 1 到 65535 之间的整数")
    return int(text)


def log_level(text: str) -> str:
    """How much is logged."""
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"“{text}”不在 {'、'.join(LOG_LEVELS)} 里")
    return text.upper()


def log_format(text: str) -> LogFormat:
    """How log lines are written."""
    try:
        return LogFormat(text.lower())
    except ValueError as error:
        raise ValueError(f"“{text}”应是 text 或 json") from error
