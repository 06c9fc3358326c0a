"""What Telegram shows of the bot: its command menus by language and role, compared before they are set."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from telegram import Bot, BotCommandScopeChat
from telegram.error import TelegramError

from handlers.outgoing import ChatMenu

log = logging.getLogger(__name__)

CHINESE: Mapping[str, str] = {
    "start": "开始",
    "browse": "浏览政策和贷款",
    "check": "政策体检：看看能办哪些",
    "calc": "算一算",
    "status": "查办理进度",
    "person": "找人问",
    "verify": "查真假",
    "forget": "忘掉前面说的",
    "forget_me": "删除我的信息",
    "elder": "字大一点",
    "help": "怎么用",
}
ENGLISH: Mapping[str, str] = {
    "start": "Start",
    "browse": "Browse policies and loans",
    "check": "What may I qualify for?",
    "calc": "Work out a loan or a subsidy",
    "status": "How my application stands",
    "person": "Whom to ask",
    "verify": "Is this really from us?",
    "forget": "Forget what I said",
    "forget_me": "Delete my data",
    "elder": "Large print",
    "help": "How to use",
}
OFFICE: Mapping[str, str] = {
    "desk": "办事台",
    "card": "明白卡：发图片、要 PDF",
    "checkfor": "替他体检",
    "script": "念给他听",
}
MENUS: Sequence[tuple[str | None, Mapping[str, str]]] = ((None, CHINESE), ("zh", CHINESE), ("en", ENGLISH))


async def set_menus(bot: Bot) -> None:
    """Set the menus that differ; a refusal is logged and does not stop the start."""
    for language, wanted in MENUS:
        try:
            there = {one.command: one.description for one in await bot.get_my_commands(language_code=language)}
            if there != wanted:
                await bot.set_my_commands(list(wanted.items()), language_code=language)
        except TelegramError as error:
            log.warning("命令菜单（%s）没有设成：%s", language or "默认", error)


async def set_chat_menu(bot: Bot, menu: ChatMenu) -> None:
    """The menu of one chat: everybody's with the office's commands before them; without any, as everybody else's."""
    scope = BotCommandScopeChat(menu.chat)
    wanted = {**{name: OFFICE[name] for name in menu.commands}, **CHINESE} if menu.commands else {}
    try:
        there = {one.command: one.description for one in await bot.get_my_commands(scope)}
        if there == wanted:
            return
        if wanted:
            await bot.set_my_commands(list(wanted.items()), scope)
        else:
            await bot.delete_my_commands(scope)
    except TelegramError as error:
        log.warning("一个聊天的命令菜单没有设成：%s", error)
