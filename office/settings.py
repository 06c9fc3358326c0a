"""Settings (设置): read once at the start from the environment and an `.env` file, checked, and then fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self, TypeVar

from office import setting_values as values
from office.setting_files import read_env_file, read_or_make_key
from office.setting_names import EXAMPLES, SettingsError, refuse_unknown
from office.setting_values import LogFormat, Secret

Value = TypeVar("Value")

TELEGRAM_API = "https://api.telegram.org"

__all__ = ["TELEGRAM_API", "LogFormat", "Secret", "Settings", "SettingsError"]


@dataclass(frozen=True)
class Settings:
    """Every setting of the program; secrets do not show in its repr."""

    telegram_bot_token: Secret | None
    telegram_api_base_url: str
    telegram_webhook_secret: Secret | None
    public_base_url: str
    public_base_url_given: bool
    database_url: Secret
    state_dir: Path
    secret_keys: tuple[Secret, ...]
    field_keys: tuple[Secret, ...]
    admin_chat_id: int | None
    web_host: str
    port: int
    log_level: str
    log_format: LogFormat

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], env_file: Path | None = None, *, make_keys: bool = True) -> Self:
        """Read and check everything; the environment wins over the file. Raises `SettingsError`.

        Makes the state folder, and the keys in it while the ledger is a local SQLite file; with `make_keys=False`
        keys that are not there yet stay empty, so that a restored backup can bring its own.
        """
        from_file = read_env_file(env_file) if env_file is not None else {}
        refuse_unknown(environ, from_file)
        given = {**from_file, **{name: environ[name] for name in EXAMPLES if name in environ}}
        reader = _Reader(given, make_keys=make_keys)
        state_dir = values.folder(reader.text("STATE_DIR") or "./var")
        database_url = reader.read("DATABASE_URL", values.database_url)
        is_local = database_url is None or database_url.reveal().startswith("sqlite:")
        port = reader.read("PORT", values.port) or 8000
        public_base_url = reader.read("PUBLIC_BASE_URL", values.web_address)
        settings = cls(
            telegram_bot_token=reader.read("TELEGRAM_BOT_TOKEN", values.bot_token),
            telegram_api_base_url=reader.read("TELEGRAM_API_BASE_URL", values.web_address) or TELEGRAM_API,
            telegram_webhook_secret=reader.read("TELEGRAM_WEBHOOK_SECRET", values.webhook_secret),
            public_base_url=public_base_url or f"http://127.0.0.1:{port}",
            public_base_url_given=public_base_url is not None,
            database_url=database_url or Secret(f"sqlite:///{state_dir / 'ledger.db'}"),
            state_dir=state_dir,
            secret_keys=reader.keys("SECRET_KEY", values.secret_key, state_dir, is_local),
            field_keys=reader.keys("FIELD_KEY", values.field_key, state_dir, is_local),
            admin_chat_id=reader.read("ADMIN_CHAT_ID", values.chat_id),
            web_host=reader.read("WEB_HOST", values.host) or "127.0.0.1",
            port=port,
            log_level=reader.read("LOG_LEVEL", values.log_level) or "INFO",
            log_format=reader.read("LOG_FORMAT", values.log_format) or LogFormat.TEXT,
        )
        _check_webhook(settings)
        return settings

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the start must say aloud, one Chinese sentence each."""
        said = []
        if self.telegram_bot_token is None:
            said.append("没有设 TELEGRAM_BOT_TOKEN：只开网页窗口，不开 Telegram 窗口。")
        if not self.public_base_url_given:
            said.append(
                "没有设 PUBLIC_BASE_URL：做不了明白卡，登录纸条上的地址也只有这台机器打得开，"
                f"例如 PUBLIC_BASE_URL={EXAMPLES['PUBLIC_BASE_URL']}"
            )
        elif not self.public_base_url.startswith("https://"):
            said.append(
                f"PUBLIC_BASE_URL 是 {self.public_base_url}，不是 https：网页能开，明白卡做不了（微信会拦），"
                f"请换成 https 地址，例如 PUBLIC_BASE_URL={EXAMPLES['PUBLIC_BASE_URL']}"
            )
        return tuple(said)

    def __repr__(self) -> str:
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return f"Settings({', '.join(shown)})"


class _Reader:
    """Takes single settings out of the merged texts; an empty text counts as not set."""

    def __init__(self, texts: Mapping[str, str], *, make_keys: bool) -> None:
        self._texts, self._make_keys = texts, make_keys

    def text(self, name: str) -> str:
        return self._texts.get(name, "").strip()

    def read(self, name: str, parse: Callable[[str], Value]) -> Value | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            raise SettingsError(f"设置 {name} 不对：{error}，例如 {name}={EXAMPLES[name]}") from error

    def keys(self, name: str, parse: Callable[[str], Secret], state_dir: Path, is_local: bool) -> tuple[Secret, ...]:
        """A comma list, newest first; one made in the state folder when nothing is set and the ledger is local."""
        given = self.read(name, lambda text: tuple(parse(part.strip()) for part in text.split(",")))
        if given is not None:
            return given
        if not is_local:
            raise SettingsError(f"设置 {name} 缺了：账本不在本机时必须给出，例如 {name}={EXAMPLES[name]}")
        kept = read_or_make_key(name, state_dir, is_made=self._make_keys)
        return tuple(parse(part.strip()) for part in kept.split(",")) if kept else ()


def _check_webhook(settings: Settings) -> None:
    if settings.telegram_webhook_secret is None:
        return
    if settings.telegram_bot_token is None:
        raise SettingsError(
            "设置 TELEGRAM_WEBHOOK_SECRET 要和 TELEGRAM_BOT_TOKEN 一起给，"
            f"例如 TELEGRAM_BOT_TOKEN={EXAMPLES['TELEGRAM_BOT_TOKEN']}"
        )
    if settings.telegram_api_base_url == TELEGRAM_API and not settings.public_base_url.startswith("https://"):
        raise SettingsError(
            "设置 PUBLIC_BASE_URL 不对：用了 TELEGRAM_WEBHOOK_SECRET 就必须是 https 地址，"
            f"例如 PUBLIC_BASE_URL={EXAMPLES['PUBLIC_BASE_URL']}"
        )
