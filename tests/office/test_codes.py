"""Codes in the ledger, on both engines: opened, re-pointed, withdrawn, handed on; and who counts as a scan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from knowledge.base import KnowledgeBase
from office import codes, scans
from office.code_text import new_code, printed
from office.codes import Code, CodeKind, CodeRefused, Found
from office.ledger import Ledger, audit, people
from office.ledger import codes as rows
from office.ledger import scans as counted
from office.people import Person, Role
from office.privacy import FieldCipher, Pseudonyms
from office.scans import LeftOut, Visitor, Way

VILLAGE, NEXT_VILLAGE = "乐清市/大荆镇/下山头村", "乐清市/大荆镇/水涨村"
ENTRY, OTHER = "dendrobium-loan", "farm-machinery-subsidy"
PHONE = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36"
PEOPLE = (
    f"{PHONE} XWEB/1160083 MMWEBSDK/20240501 MicroMessenger/8.0.50.2701(0x28003252) WeChat/arm64 NetType/4G Language/zh_CN",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49 NetType/WIFI",
    f"{PHONE} NebulaSDK/1.8.100112 Nebula AlipayDefined(nt:4G,ws:392) AliApp(AP/10.5.96.8000) AlipayClient/10.5.96.8000 Language/zh-Hans",
    f"{PHONE} DingTalk/7.5.20",
    f"{PHONE} QQ/9.0.50.16545 V1_AND_SQ_9.0.50 MQQBrowser/6.2",
    f"{PHONE} Weibo (vivo-V2309A__weibo__14.5.0__android__android14)",
    "Mozilla/5.0 (Linux; U; Android 12; zh-cn; M2012K11AC) AppleWebKit/537.36 Version/4.0 Chrome/89 MQQBrowser/13.6 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00) AppleWebKit/537.36 HuaweiBrowser/14.0 Mobile Safari/537.36",
    f"{PHONE} baiduboxapp/13.60.0.10 (Baidu; P1 14)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/125 Safari/537.36 Edg/125",
)
MACHINES = (
    ("TelegramBot (like TwitterBot)", LeftOut.PREVIEW),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", LeftOut.PREVIEW),
    ("WhatsApp/2.23.20.0", LeftOut.PREVIEW),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", LeftOut.PREVIEW),
    ("Twitterbot/1.0", LeftOut.PREVIEW),
    ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", LeftOut.PREVIEW),
    ("LinkedInBot/1.0 (compatible; Mozilla/5.0)", LeftOut.PREVIEW),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", LeftOut.PREVIEW),
    ("Mozilla/5.0 (compatible; WeiboBot/1.0; http://weibo.com/)", LeftOut.PREVIEW),
    ("Mozilla/5.0 (compatible; QQ-URLManager/1.0)", LeftOut.PREVIEW),
    ("Mozilla/5.0 WeChat-Preview/1.0", LeftOut.PREVIEW),
    ("Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)", LeftOut.PREVIEW),
    ("Mozilla/5.0 (compatible; DingTalkBot-LinkService/1.0)", LeftOut.PREVIEW),
    ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", LeftOut.CRAWLER),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", LeftOut.CRAWLER),
    ("Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b", LeftOut.CRAWLER),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", LeftOut.CRAWLER),
    ("Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", LeftOut.CRAWLER),
    ("Mozilla/5.0 (compatible; 360Spider)", LeftOut.CRAWLER),
    ("Mozilla/5.0 (compatible; YisouSpider/5.0)", LeftOut.CRAWLER),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/125 Safari/537.36", LeftOut.CRAWLER),
    ("curl/8.5.0", LeftOut.CRAWLER),
    ("python-requests/2.32", LeftOut.CRAWLER),
    ("Go-http-client/2.0", LeftOut.CRAWLER),
    ("UptimeRobot/2.0; http://www.uptimerobot.com/", LeftOut.CRAWLER),
    ("", LeftOut.CRAWLER),
)


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    """Stand-ins under one key."""
    return Pseudonyms("k" * 32)


class Village:
    """A ledger with one officer and what the tests do with codes there."""

    def __init__(self, ledger: Ledger, cipher: FieldCipher, knowledge: KnowledgeBase, now: datetime) -> None:
        self.ledger, self.cipher, self.knowledge, self.now = ledger, cipher, knowledge, now
        self.officer = self.add("章小满", "0577-62201111", ["乐清市/大荆镇"])

    def add(self, name: str, phone: str, villages: list[str]) -> Person:
        """Another officer."""
        with self.ledger.begin() as connection:
            return people.add(connection, self.cipher, Role.OFFICER, name, phone, villages, by="test", now=self.now)

    def issue(self, villages: list[str], entries: list[str], **changes: object) -> tuple[Code, ...]:
        """A batch of codes of the officer."""
        given = {"by": "test", "now": self.now, **changes}
        with self.ledger.begin() as connection:
            return codes.issue(connection, self.knowledge, self.officer, villages, entries, **given)[1]  # type: ignore[arg-type]  # the options' own names

    def open(self, text: str, now: datetime | None = None) -> codes.Opened:
        """What a text leads to."""
        with self.ledger.read() as connection:
            return codes.open_code(connection, self.cipher, self.knowledge, text, now or self.now)


@pytest.fixture
def village(ledger: Ledger, cipher: FieldCipher, knowledge: KnowledgeBase, now: datetime) -> Village:
    """An officer of 大荆镇 and nothing else."""
    return Village(ledger, cipher, knowledge, now)


def test_a_batch_holds_one_code_for_each_village_and_entry(village: Village) -> None:
    """Two villages and two entries: four different codes of one batch, with officer, village and entry in the row."""
    made = village.issue([VILLAGE, NEXT_VILLAGE], [ENTRY, OTHER])

    assert len({code.code for code in made}) == 4
    assert {(code.village, code.entry) for code in made} == {
        (place, entry) for place in (VILLAGE, NEXT_VILLAGE) for entry in (ENTRY, OTHER)
    }
    assert {(code.officer, code.batch) for code in made} == {(village.officer.id, made[0].batch)}


def test_a_code_opens_its_entry_however_it_is_typed(village: Village) -> None:
    """Scanned, in small letters, five plus five; a swapped pair is mistyped, a fresh one unknown."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    swapped = code.code[1] + code.code[0] + code.code[2:]

    for typed in (code.code, code.code.lower(), printed(code.code)):
        opened = village.open(typed)
        assert (opened.found, opened.entry and opened.entry.code) == (Found.LIVE, ENTRY)
    assert swapped == code.code or village.open(swapped).found is Found.MISTYPED
    assert village.open(new_code()).found is Found.UNKNOWN


def test_validity_counts_to_its_last_moment(village: Village, now: datetime) -> None:
    """Before the beginning not yet, at the end still live, right after it expired."""
    end = now + timedelta(days=30)
    (code,) = village.issue([VILLAGE], [ENTRY], valid_to=end)

    assert village.open(code.code, now - timedelta(seconds=1)).found is Found.NOT_YET
    assert village.open(code.code, end).found is Found.LIVE
    assert village.open(code.code, end + timedelta(microseconds=1)).found is Found.EXPIRED


def test_a_withdrawn_code_names_the_successor(village: Village, now: datetime) -> None:
    """The officer has left for a successor: the dead code keeps its entry and leads to the new officer."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    new = village.add("林阿妹", "0577-62202222", [])
    with village.ledger.begin() as connection:
        codes.withdraw(connection, printed(code.code), by="admin", reason="卡丢了", now=now)
        people.leave(connection, village.officer.id, now, new.id)
        with pytest.raises(CodeRefused, match="早就停用"):
            codes.withdraw(connection, code.code, by="admin", reason="再停一次", now=now)
    opened = village.open(code.code)

    assert opened.found is Found.WITHDRAWN
    assert (opened.issuer and opened.issuer.name, opened.officer and opened.officer.name) == ("章小满", "林阿妹")
    assert opened.entry is not None
    assert opened.code is not None
    assert opened.code.withdrawn_why == "卡丢了"


def test_a_reason_with_somebodys_number_is_kept_without_it(village: Village, now: datetime) -> None:
    """The reason is shown to whoever scans, and the audit is for good: a telephone number in it is masked in both."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    with village.ledger.begin() as connection:
        codes.withdraw(connection, code.code, by="admin", reason="卡给了 13812345678", now=now)
        (deed,) = [one for one in audit.recent(connection, target=code.code) if one.verb == "withdraw_code"]
    opened = village.open(code.code)

    assert opened.code is not None
    assert "13812345678" not in f"{deed.purpose}{opened.code.withdrawn_why}"
    assert deed.purpose == opened.code.withdrawn_why


def test_without_successor_whoever_has_the_village_answers(village: Village, now: datetime) -> None:
    """The officer is gone and named nobody: the village's present officer counts; with none there is nobody."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    with village.ledger.begin() as connection:
        people.leave(connection, village.officer.id, now)

    assert village.open(code.code).officer is None
    village.add("林阿妹", "0577-62202222", [VILLAGE])
    assert (officer := village.open(code.code).officer) is not None
    assert officer.name == "林阿妹"


def test_repointing_keeps_actor_reason_time_and_old_target(village: Village, now: datetime) -> None:
    """Twice re-pointed: two lines of history, oldest first, and two in the audit; the code opens the last one."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    later = now + timedelta(hours=1)
    with village.ledger.begin() as connection:
        codes.repoint(connection, village.knowledge, code.code, OTHER, by="p1", reason="换政策", now=now)
        codes.repoint(connection, village.knowledge, code.code, ENTRY, by="p2", reason="换回来", now=later)
        history = rows.history(connection, code.code)
        deeds = audit.recent(connection, target=code.code)

    assert [(one.before, one.after, one.actor, one.reason, one.at) for one in history] == [
        (ENTRY, OTHER, "p1", "换政策", now),
        (OTHER, ENTRY, "p2", "换回来", later),
    ]
    assert [deed.verb for deed in deeds] == ["repoint_code", "repoint_code"]
    assert (entry := village.open(code.code).entry) is not None
    assert entry.code == ENTRY


def test_an_entry_that_is_gone_is_said_to_be(village: Village) -> None:
    """A publication without the entry: the code is known, and dead."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    less = replace(village.knowledge, entries={OTHER: village.knowledge.entries[OTHER]})
    with village.ledger.read() as connection:
        opened = codes.open_code(connection, village.cipher, less, code.code, village.now)

    assert (opened.found, opened.entry) == (Found.GONE, None)


@pytest.mark.parametrize(
    ("villages", "entries", "changes", "sentence"),
    [
        ([VILLAGE], ["nothing"], {}, "没有 nothing 这一条"),
        (["永嘉县/岩头镇/某村"], [ENTRY], {}, "不归 章小满 管"),
        (["大荆镇"], [ENTRY], {}, "村要写全"),
        ([], [ENTRY], {}, "至少要有一个村"),
        ([VILLAGE], [OTHER], {"kind": CodeKind.LOAN}, "不能做农贷码"),
        ([VILLAGE], [ENTRY], {"valid_to": datetime.fromisoformat("2020-01-01T00:00:00+08:00")}, "截止日期已经过了"),
    ],
)
def test_codes_that_make_no_sense_are_refused(
    village: Village, villages: list[str], entries: list[str], changes: dict[str, object], sentence: str
) -> None:
    """One Chinese sentence, and nothing written."""
    with pytest.raises(CodeRefused, match=sentence):
        village.issue(villages, entries, **changes)
    with village.ledger.read() as connection:
        assert rows.of_officer(connection, village.officer.id) == []


@pytest.mark.parametrize("agent", PEOPLE)
def test_browsers_of_people_are_people(agent: str) -> None:
    """WeChat's, Alipay's, QQ's and Weibo's own browsers among them."""
    assert scans.machine_of(agent) is None


@pytest.mark.parametrize(("agent", "why"), MACHINES)
def test_previews_and_crawlers_are_not_people(agent: str, why: LeftOut) -> None:
    """Each is left out under its reason."""
    assert scans.machine_of(agent) is why


def test_only_people_are_counted(village: Village, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Machines, HEAD, staff, a larger type and repeats within ten seconds are left out with their reason."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    phone = Visitor("10.0.0.1", PEOPLE[0])
    visits = [
        (phone, 0, None),
        (phone, 9.9, LeftOut.REPEAT),
        (phone, 10, None),
        (replace(phone, agent=PEOPLE[1]), 10, None),
        (replace(phone, address="10.0.0.2"), 10, None),
        (replace(phone, is_head=True), 60, LeftOut.HEAD),
        (replace(phone, is_staff=True), 60, LeftOut.STAFF),
        (replace(phone, is_again=True), 60, LeftOut.REPEAT),
        (replace(phone, agent=MACHINES[0][0]), 60, LeftOut.PREVIEW),
        (replace(phone, agent=MACHINES[13][0]), 60, LeftOut.CRAWLER),
        (Visitor("telegram:7", "", Way.TYPED), 60, None),
    ]
    opened = village.open(code.code)
    with village.ledger.begin() as connection:
        for visitor, seconds, expected in visits:
            moment = now + timedelta(seconds=seconds)
            assert scans.count(connection, pseudonyms, opened, visitor, moment, now.date()) is expected
        total, out = counted.visits_of(connection, code.code), counted.left_out_of(connection, code.code)

    assert total == 5
    assert out == {"repeat": 2, "head": 1, "staff": 1, "preview": 1, "crawler": 1}


def test_one_address_cannot_count_up_a_card(village: Village, pseudonyms: Pseudonyms, now: datetime) -> None:
    """A program that changes its name with every hit is stopped at the hour's limit."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    opened = village.open(code.code)
    with village.ledger.begin() as connection:
        for number in range(scans.MOST_AN_HOUR + 5):
            scans.count(connection, pseudonyms, opened, Visitor("6.6.6.6", f"{PHONE} {number}"), now, now.date())

        assert counted.visits_of(connection, code.code) == scans.MOST_AN_HOUR
        assert counted.left_out_of(connection, code.code) == {"flood": 5}


def test_no_address_is_kept_and_pseudonyms_change_by_the_day(
    village: Village, pseudonyms: Pseudonyms, now: datetime
) -> None:
    """Neither address nor browser stands in any table; the next day the same phone is someone else, then nobody."""
    (code,) = village.issue([VILLAGE], [ENTRY])
    opened, visitor = village.open(code.code), Visitor("203.0.113.77", PEOPLE[0])
    days = (date(2026, 11, 23), date(2026, 11, 24))
    with village.ledger.begin() as connection:
        for number, day in enumerate(days):
            scans.count(connection, pseudonyms, opened, visitor, now + timedelta(days=number), day)
        kept = connection.execute(text("SELECT * FROM scans ORDER BY id")).all()
        limits = connection.execute(text("SELECT key FROM rate_limits")).all()
        one, two = (row.visitor for row in kept)

        assert one != two
        assert "203.0.113.77" not in str(kept) + str(limits)
        assert "MicroMessenger" not in str(kept) + str(limits)
        counted.cleanup(connection, now + timedelta(days=4))
        assert connection.execute(text("SELECT visitor FROM scans")).scalars().all() == [None, None]
        assert counted.visits_of(connection, code.code) == 2


def test_codes_never_issued_are_kept_as_orphans(village: Village, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Right in form and unknown: kept with their count. A mistyped one and a crawler's leave no trace."""
    unknown, later = new_code(), now + timedelta(hours=1)
    visitor = Visitor("10.0.0.1", PEOPLE[0])
    with village.ledger.begin() as connection:
        for moment in (now, later):
            scans.count(connection, pseudonyms, village.open(unknown), visitor, moment, now.date())
        scans.count(connection, pseudonyms, village.open("K7M4P"), visitor, now, now.date())
        crawler = replace(visitor, agent="curl/8")
        scans.count(connection, pseudonyms, village.open(new_code()), crawler, now, now.date())
        kept = counted.list_orphans(connection)

    assert kept == [counted.Orphan(unknown, 2, now, later)]


def test_the_funnel_splits_by_each_of_the_four(village: Village, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Two batches in two villages: each split adds up to the same three visits."""
    first = village.issue([VILLAGE, NEXT_VILLAGE], [ENTRY])
    second = village.issue([VILLAGE], [ENTRY, OTHER])
    with village.ledger.begin() as connection:
        for number, code in enumerate((first[0], first[0], second[1])):
            visitor = Visitor(f"10.0.0.{number}", PEOPLE[0])
            scans.count(connection, pseudonyms, village.open(code.code), visitor, now, now.date())

        by = {name: counted.funnel(connection, [name]) for name in counted.SPLITS}
        assert {name: sum(row.visits for row in found) for name, found in by.items()} == dict.fromkeys(
            counted.SPLITS, 3
        )
        assert [(row.keys, row.codes, row.used, row.visits) for row in by["village"]] == sorted(
            [((VILLAGE,), 3, 2, 3), ((NEXT_VILLAGE,), 1, 0, 0)]
        )
        assert len(counted.funnel(connection)) == 4
        assert counted.funnel(connection, ["entry"], since=now + timedelta(seconds=1))[0].visits == 0
        assert counted.funnel(connection, ["entry"], officer="nobody") == []
