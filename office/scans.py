"""Scans (扫码): which visits through a code are people, and counting those; previews, crawlers and staff are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from office.codes import Found, Opened
from office.ledger import rate_limits
from office.ledger import scans as rows
from office.privacy import Pseudonyms

REPEAT_SECONDS = 10
MOST_AN_HOUR = 600  # from one network address: a whole village behind one router, not a program that counts up a card
MOST_UNKNOWN_A_MINUTE = 20

# link previews of messengers, feed readers and office tools: they fetch once somebody pastes a link
_PREVIEWS = re.compile(
    r"telegrambot|slackbot|slack-imgproxy|whatsapp/|facebookexternalhit|facebookcatalog|meta-externalagent|twitterbot"
    r"|discordbot|linkedinbot|skypeuripreview|viber/|line-poker|linespider|vkshare|pinterest(?:bot)?/0|redditbot"
    r"|wechat-?(?:bot|preview|spider|link)|mpcrawler|qqbrowser-?preview|qq-?(?:url|link)(?:manager|preview)|weibo-?(?:bot|spider|crawler)"
    r"|dingtalkbot|larkurl|feishu-?(?:bot|preview)|bytespider|toutiaospider|iframely|embedly|outbrain|mattermost"
    r"|google-pagerenderer|google-safety|googleimageproxy|applebot|bitlybot|flipboard|preview(?:bot|er)"
)
# search engines, monitors and programs
_CRAWLERS = re.compile(
    r"bot\b|bot[/;)]|spider|crawl|slurp|baiduspider|yisou|sogou (?:web|pic|news)|360spider|haosouspider|bingpreview|bingbot|googlebot"
    r"|adsbot|mediapartners|duckduck|yandex|petalbot|semrush|ahrefs|mj12|dotbot|gptbot|claudebot|ccbot|ia_archiver|archive\.org"
    r"|uptime|pingdom|statuscake|headlesschrome|phantomjs|lighthouse|python-|python/|aiohttp|httpx|curl/|wget/|go-http-client"
    r"|okhttp/|java/|libwww|scrapy|node-fetch|axios|postman|ruby|php/|zgrab|masscan|nmap|censys|expanse|scaninfo|monitor"
)


class Way(StrEnum):
    """How a person came through a code."""

    SCANNED = "scanned"
    TYPED = "typed"


class LeftOut(StrEnum):
    """Why a hit is no scan."""

    PREVIEW = "preview"
    CRAWLER = "crawler"
    HEAD = "head"
    REPEAT = "repeat"
    STAFF = "staff"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came, as far as counting needs it: address and agent are only ever kept as a pseudonym of the day."""

    address: str
    agent: str
    way: Way = Way.SCANNED
    is_head: bool = False
    is_staff: bool = False
    is_again: bool = False

    def left_out(self) -> LeftOut | None:
        """Why this visit is no scan by what it says of itself; None for a person."""
        if self.is_head:
            return LeftOut.HEAD
        if self.is_staff:
            return LeftOut.STAFF
        if self.way is Way.SCANNED and (machine := machine_of(self.agent)) is not None:
            return machine
        return LeftOut.REPEAT if self.is_again else None


def machine_of(agent: str) -> LeftOut | None:
    """Whether a browser's name is that of a preview or a crawler; WeChat's and Alipay's own browsers are people."""
    name = agent.lower()
    if _PREVIEWS.search(name):
        return LeftOut.PREVIEW
    if _CRAWLERS.search(name) or not name.strip():
        return LeftOut.CRAWLER
    return None


def count(
    connection: Connection, pseudonyms: Pseudonyms, opened: Opened, visitor: Visitor, now: datetime, today: date
) -> LeftOut | None:
    """Count one visit through a code, or note why it is none. Codes never issued are kept as orphans."""
    if opened.found is Found.MISTYPED:
        return None
    if opened.code is None:
        if visitor.left_out() is None and not _too_many(connection, pseudonyms, "orphan", visitor, now, today):
            rows.note_orphan(connection, opened.text, now)
        return None
    reason = visitor.left_out() or _counted_already(connection, pseudonyms, opened.text, visitor, now, today)
    if reason is not None:
        rows.leave_out(connection, opened.text, reason.value, today)
        return reason
    rows.record(connection, opened.text, visitor.way.value, _who(pseudonyms, visitor, today), now)
    return None


def _counted_already(
    connection: Connection, pseudonyms: Pseudonyms, code: str, visitor: Visitor, now: datetime, today: date
) -> LeftOut | None:
    key = f"scan:{code}:{_who(pseudonyms, visitor, today)}"
    if not rate_limits.allow(connection, key, 1, REPEAT_SECONDS, now):
        return LeftOut.REPEAT
    return LeftOut.FLOOD if _too_many(connection, pseudonyms, "scans", visitor, now, today) else None


def _too_many(
    connection: Connection, pseudonyms: Pseudonyms, what: str, visitor: Visitor, now: datetime, today: date
) -> bool:
    most, seconds = (MOST_UNKNOWN_A_MINUTE, 60) if what == "orphan" else (MOST_AN_HOUR, 3600)
    key = f"{what}:{pseudonyms.of(f'scan {today}', visitor.address)}"
    return not rate_limits.allow(connection, key, most, seconds, now)


def _who(pseudonyms: Pseudonyms, visitor: Visitor, today: date) -> str:
    """The visitor's stand-in for one day: tomorrow the same phone has another."""
    return pseudonyms.of(f"scan {today}", f"{visitor.address}\0{visitor.agent}")
