"""The names of all settings, an example of each, and the refusal of names that are mistyped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

EXAMPLES: Mapping[str, str] = {
    "TELEGRAM_BOT_TOKEN": "123456:找 @BotFather 拿到的那一串",
    "TELEGRAM_API_BASE_URL": "https://api.telegram.org",
    "TELEGRAM_WEBHOOK_SECRET": "只含字母数字和_-的一串",
    "PUBLIC_BASE_URL": "https://hn.example.cn",
    "DATABASE_URL": "postgresql+psycopg://用户:密码@主机/库名",
    "STATE_DIR": "./var",
    "SECRET_KEY": "至少32个字符的随机串",
    "FIELD_KEY": "44个字符的Fernet密钥",
    "ADMIN_CHAT_ID": "123456789",
    "WEB_HOST": "127.0.0.1",
    "PORT": "8000",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "json",
}

_OUR_PREFIX = "TELEGRAM_"


class SettingsError(Exception):
    """A setting is unknown, missing or malformed; the message is one Chinese sentence that names it."""


def refuse_unknown(environ: Mapping[str, str], from_file: Iterable[str]) -> None:
    """Refuse every unknown name of the file, and names of the environment that look like ours but are not."""
    for name in from_file:
        if name not in EXAMPLES:
            raise _unknown(name, "（写在 .env 里）")
    for name in environ:
        if name not in EXAMPLES and _looks_like_ours(name):
            raise _unknown(name, "")


def _looks_like_ours(name: str) -> bool:
    plain = _plain(name)
    return plain.startswith(_OUR_PREFIX) or any(_differs_by_one_slip(plain, known) for known in EXAMPLES)


def _unknown(name: str, where: str) -> SettingsError:
    likely = min(EXAMPLES, key=lambda known: (_distance(_plain(name), known), known))
    return SettingsError(f"没有 {name} 这个设置{where}，是不是想写 {likely}，例如 {likely}={EXAMPLES[likely]}")


def _plain(name: str) -> str:
    return name.upper().replace("-", "_")


def _differs_by_one_slip(name: str, known: str) -> bool:
    """At most one letter too many, missing, wrong, or two swapped."""
    return abs(len(name) - len(known)) <= 1 and _distance(name, known) <= 1


def _distance(one: str, other: str) -> int:
    """Edits between two names, a swap of neighbours counting as one (optimal string alignment)."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, opposite in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
