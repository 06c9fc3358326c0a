"""A small bot on python-telegram-bot, unpatched: shows that the local server is Telegram enough for the library.

Polls; with WEBHOOK_PORT and TELEGRAM_WEBHOOK_SECRET it receives by webhook instead.
"""

import asyncio
import hmac
import os
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    """Greets with a keyboard; names the payload of a deep link."""
    assert update.message
    keys = ReplyKeyboardMarkup([["查政策", KeyboardButton("发手机号", request_contact=True)]], resize_keyboard=True)
    await update.message.reply_text(f"欢迎 {' '.join(context.args or [])}".strip(), reply_markup=keys)


async def echo(update: Update, _: Context) -> None:
    """Repeats a text, new or edited, with a button below."""
    assert update.effective_message
    words = "改为" if update.edited_message else "收到"
    rows = [
        [InlineKeyboardButton("看详情", callback_data="v1:more"), InlineKeyboardButton("关闭", callback_data="v1:x")]
    ]
    text = f"{words} <b>{update.effective_message.text_html}</b>"
    await update.effective_message.reply_text(text, ParseMode.HTML, reply_markup=InlineKeyboardMarkup(rows))


async def tapped(update: Update, _: Context) -> None:
    """Answers the tap, then edits the message and takes its keyboard away."""
    assert update.callback_query
    await update.callback_query.answer("好的")
    await update.callback_query.edit_message_text(f"您点了 {update.callback_query.data}")


async def inline(update: Update, _: Context) -> None:
    """Offers one result."""
    assert update.inline_query
    content = InputTextMessageContent(f"政策 <i>{update.inline_query.query}</i>", ParseMode.HTML)
    await update.inline_query.answer([InlineQueryResultArticle("1", "石斛贷", content)], is_personal=True, cache_time=5)


async def picture(update: Update, context: Context) -> None:
    """Downloads a picture and sends it back as a new upload."""
    assert update.message
    file = await update.message.photo[-1].get_file()
    content = bytes(await file.download_as_bytearray())
    await update.message.reply_photo(content, caption=f"{len(content)} 字节")


async def contact(update: Update, _: Context) -> None:
    """Takes a phone number only from its owner."""
    assert update.message
    assert update.message.contact
    assert update.effective_user
    own = update.message.contact.user_id == update.effective_user.id
    await update.message.reply_text("号码已收到" if own else "请发您本人的号码")


def build() -> Any:
    """The application with its handlers."""
    base = os.environ["TELEGRAM_API_BASE_URL"]
    builder: Any = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = (
        builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot").rate_limiter(AIORateLimiter(max_retries=3))
    )
    if "WEBHOOK_PORT" in os.environ:
        builder = builder.updater(None)
    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.add_handler(MessageHandler(filters.PHOTO, picture))
    application.add_handler(MessageHandler(filters.CONTACT, contact))
    application.add_handler(CallbackQueryHandler(tapped))
    application.add_handler(InlineQueryHandler(inline))
    return application


async def serve_webhook() -> None:
    """Receives by webhook until SIGTERM."""
    application, secret, port = build(), os.environ["TELEGRAM_WEBHOOK_SECRET"], int(os.environ["WEBHOOK_PORT"])

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), secret):
            return Response(status_code=403)
        await application.process_update(Update.de_json(await request.json(), application.bot))
        return Response()

    app = Starlette(routes=[Route("/telegram", receive, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    async with application:
        serving = asyncio.create_task(server.serve())
        await application.bot.set_webhook(f"http://127.0.0.1:{port}/telegram", secret_token=secret)
        await serving


if __name__ == "__main__":
    if "WEBHOOK_PORT" in os.environ:
        asyncio.run(serve_webhook())
    else:
        build().run_polling(allowed_updates=Update.ALL_TYPES)
