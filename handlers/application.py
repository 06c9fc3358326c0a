"""Builds python-telegram-bot's Application: no updater of its own, the sending budget, timeouts that end."""

from __future__ import annotations

import os
from typing import Any

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, Application, Defaults

from handlers.requests import AiohttpRequest
from office.settings import Settings

SENDS_A_SECOND = 25  # Telegram allows about 30; a leaky bucket that lets one out at a time never bursts over it
READ_SECONDS = 20.0
MOST_CONNECTIONS = 32

TelegramApplication = Application[Any, Any, Any, Any, Any, Any]


def build(settings: Settings, *, is_limited: bool = True) -> TelegramApplication:
    """The application of the token in `settings`; `is_limited=False` lifts the sending budget (for measuring)."""
    if settings.telegram_bot_token is None:
        raise ValueError("没有 TELEGRAM_BOT_TOKEN")
    os.environ["PTB_TIMEDELTA"] = "1"  # retry_after as timedelta, as the library's next major version has it
    base = settings.telegram_api_base_url
    builder: Any = (
        Application.builder()
        .token(settings.telegram_bot_token.reveal())
        .base_url(f"{base}/bot")
        .base_file_url(f"{base}/file/bot")
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .request(AiohttpRequest(connections=MOST_CONNECTIONS, read_timeout=READ_SECONDS))
        .updater(None)
    )
    if is_limited:
        # no retries inside the limiter: it would hold up every chat; the outbox waits, for the one chat alone
        builder = builder.rate_limiter(
            AIORateLimiter(overall_max_rate=1, overall_time_period=1 / SENDS_A_SECOND, max_retries=0)
        )
    application: TelegramApplication = builder.build()
    return application
