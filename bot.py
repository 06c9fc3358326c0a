"""惠农政策一键查: settings → knowledge → office → windows → one asyncio loop; started and stopped here."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import re
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import qrcode
import uvicorn
import uvloop
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from handlers.receiving import Webhook
from handlers.window import WEBHOOK_PATH, TelegramWindow
from knowledge.answering import Memory, answer
from knowledge.reading import ContentError
from office.ledger.errors import LedgerError
from office.masking import mask
from office.office import Office
from office.privacy import PrivacyError
from office.rounds import go_round
from office.settings import LogFormat, Settings, SettingsError
from office.sign_in import first_secret
from web.application import build

log = logging.getLogger("huinong")

HERE = Path(__file__).resolve().parent
WRONG_SETTING = 2
FAILED = 1
TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{20,}")
QUIET = ("aiohttp", "httpx", "httpcore", "telegram", "uvicorn", "jieba", "asyncio")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
DRAIN_SECONDS = 10
ROUND_SECONDS = 60


def main(*, is_limited: bool = True) -> int:
    """Start, serve until SIGINT or SIGTERM, stop; returns the exit status.

    `is_limited=False` lifts Telegram's sending budget; it is for measuring against a local Bot API.
    """
    try:
        settings = Settings.from_environ(os.environ, HERE / ".env")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG_SETTING
    set_up_logging(settings)
    try:
        office = Office.open(settings)
        listening = listen(settings)
    except (ContentError, LedgerError, PrivacyError, OSError) as error:
        print(error, file=sys.stderr)
        return FAILED
    announce(settings, first_secret(office))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(serve(office, listening, is_limited=is_limited))
    finally:
        office.ledger.close()


def listen(settings: Settings) -> socket.socket:
    """The socket of the web window; `OSError` says in one sentence what to do when it is taken."""
    family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
    try:
        return socket.create_server((settings.web_host, settings.port), family=family, backlog=512)
    except OSError as error:
        raise OSError(
            f"{settings.web_host} 的 {settings.port} 端口打不开（{error.strerror}），换一个，例如 PORT=8001"
        ) from error


async def serve(office: Office, listening: socket.socket, *, is_limited: bool = True) -> int:
    """Both windows in this loop until a signal; returns the exit status."""
    stopping, warm = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    registry = CollectorRegistry()
    for collector in (GCCollector, PlatformCollector, ProcessCollector):
        collector(registry=registry)
    telegram = TelegramWindow(office, registry, is_limited=is_limited) if office.settings.telegram_bot_token else None

    def ready() -> bool:
        with office.ledger.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        return warm.is_set() and (telegram is None or telegram.is_ready)

    routes = [webhook_route(telegram.webhook)] if telegram and telegram.webhook else []
    server = web_server(office, registry, routes, ready)
    windows = [asyncio.create_task(server.serve(sockets=[listening]))]
    if telegram is not None:
        windows.append(asyncio.create_task(telegram.run(stopping)))
    await asyncio.to_thread(warm_up, office)
    warm.set()
    rounds = asyncio.create_task(go_rounds(office, stopping))
    waiting = asyncio.create_task(stopping.wait())
    ended, _ = await asyncio.wait([waiting, *windows], return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    server.should_exit = True
    await asyncio.gather(*windows, rounds)
    waiting.cancel()
    return 0 if waiting in ended else FAILED


async def go_rounds(office: Office, stopping: asyncio.Event) -> None:
    """Every minute until `stopping` the latest publication and a round of the office; one that fails is logged."""
    process = f"{socket.gethostname()}:{os.getpid()}"
    while not stopping.is_set():
        try:
            await asyncio.to_thread(office.take_latest)
            await asyncio.to_thread(go_round, office, process)
        except Exception as error:  # a round must not end the program
            # the lines of code, never the error's words: a database quotes the row it is about
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("巡查没做完，一分钟后再来：%s\n%s", type(error).__qualname__, where)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), ROUND_SECONDS)


class WebServer(uvicorn.Server):
    """uvicorn without its signal handlers, which raise SIGTERM again after the stop and spoil the exit status."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the business of `serve`."""
        yield


def web_server(
    office: Office, registry: CollectorRegistry, routes: Sequence[BaseRoute], ready: Callable[[], bool]
) -> WebServer:
    """The web window, not yet serving."""
    config = uvicorn.Config(
        build(office, registry=registry, extra_routes=routes, ready=ready),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=True,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    return WebServer(config)


def webhook_route(webhook: Webhook) -> Route:
    """The address Telegram posts to: the secret is checked before the body is read."""

    async def telegram(request: Request) -> Response:
        if not webhook.is_telegram(request.headers.get(SECRET_HEADER, "")):
            return Response(status_code=403)
        return Response(status_code=await webhook.accept(await request.body()))

    return Route(WEBHOOK_PATH, telegram, methods=["POST"])


def warm_up(office: Office) -> None:
    """The matcher, and one question through it, so that the first visitor does not wait for their loading."""
    office.knowledge.warm_up()
    answer(office.knowledge, "石斛贷利息多少", Memory(), office.today())
    gc.collect()
    gc.freeze()  # the knowledge stays; looking through it again and again for garbage costs more than answering


def announce(settings: Settings, secret: str | None) -> None:
    """Say where the windows are and how to open more of them; `secret` lets the first administrator in, once."""
    for warning in settings.warnings:
        print(f"注意：{warning}")
    here, nearby = addresses(settings)
    print(f"网页窗口：{here}")
    if nearby is not None:
        print(f"同一个局域网里的手机、电脑打开：{nearby}")
    if settings.public_base_url_given:
        print(f"公开地址：{settings.public_base_url}")
        code = qrcode.QRCode(border=2)
        code.add_data(settings.public_base_url)
        code.print_ascii(invert=True)
    if settings.web_host == "127.0.0.1":
        print("同一个局域网里的手机也要看：用 WEB_HOST=0.0.0.0 重新启动。")
    if settings.telegram_bot_token is None:
        print("要加 Telegram 窗口：到 @BotFather 建一个机器人，把令牌写进 .env：TELEGRAM_BOT_TOKEN=……，再重新启动。")
    if secret is not None:
        own = settings.public_base_url if settings.public_base_url_given else nearby or here
        print(f"还没有管理员。第一位管理员从这里进工作台（只能用一次，24 小时内有效）：{own}/desk/enter/{secret}")
    print("按 Ctrl-C 停止。", flush=True)


def addresses(settings: Settings) -> tuple[str, str | None]:
    """Where this machine opens the web window; and, when it listens everywhere, where others of its network do."""
    host = settings.web_host
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return _address(host, settings.port), None
    nearby = _network_address(":" in host)
    here = _address("::1" if host == "::" else "127.0.0.1", settings.port)
    return here, _address(nearby, settings.port) if nearby else None


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _network_address(v6: bool) -> str | None:
    """This machine's address on the way out; connecting a datagram socket chooses it and sends nothing."""
    family, far = (socket.AF_INET6, "2001:db8::1") if v6 else (socket.AF_INET, "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
    except OSError:  # no way out: this machine is on no network
        return None


def set_up_logging(settings: Settings) -> None:
    """One handler on standard error; libraries that would write addresses with the token in them are quiet."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if settings.log_format is LogFormat.JSON else TextLines())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)  # a 429 is the outbox's daily business


class TextLines(logging.Formatter):
    """A log line for people, without tokens and personal numbers."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, traceback included."""
        return clean(super().format(record))


class JsonLines(logging.Formatter):
    """A log line for machines, without tokens and personal numbers."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def clean(text: str) -> str:
    """`text` without bot tokens and personal numbers."""
    return mask(TOKEN.sub("〔令牌〕", text))


if __name__ == "__main__":
    sys.exit(main())
