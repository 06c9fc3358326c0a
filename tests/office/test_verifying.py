"""查真假 and typed codes: what is ours is named with its issuer, what poses as ours is 不是我们发的."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.answers import Answer, LineKind, Outcome
from knowledge.base import KnowledgeBase
from office import codes
from office.code_text import new_code, printed, with_check
from office.codes import Batch, Code, CodeKind
from office.ledger import Ledger, people, scans
from office.office import ChatKey, Office
from office.people import Role
from office.privacy import generate_field_key
from office.settings import Settings

HOST = "nong.wenzhou.cn"
VILLAGE, ENTRY = "乐清市/大荆镇/下山头村", "dendrobium-loan"
CHAT = ChatKey("web", "somebody")


@pytest.fixture
def office(ledger_url: str, knowledge: KnowledgeBase, tmp_path: Path) -> Iterator[Office]:
    """An office with a public address, once on each engine."""
    given = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": ledger_url,
        "SECRET_KEY": "s" * 48,
        "FIELD_KEY": generate_field_key(),
        "PUBLIC_BASE_URL": f"https://{HOST}",
    }
    office = Office(Settings.from_environ(given), Ledger.open(ledger_url), knowledge)
    yield office
    office.ledger.close()


@pytest.fixture
def issued(office: Office) -> tuple[Batch, Code]:
    """A batch of one policy code of one officer."""
    return issue(office)


def issue(office: Office, kind: CodeKind = CodeKind.POLICY) -> tuple[Batch, Code]:
    """A batch of one code."""
    now = office.now()
    with office.ledger.begin() as connection:
        officer = people.add(
            connection, office.cipher, Role.OFFICER, "章小满", "0577-62201111", [VILLAGE], by="test", now=now
        )
        batch, made = codes.issue(
            connection, office.knowledge, officer, [VILLAGE], [ENTRY], kind=kind, by="test", now=now
        )
    return batch, made[0]


def verify(office: Office, text: str) -> Answer:
    """The verdict on a text."""
    with office.ledger.read() as connection:
        return office.code_desk(connection).verify(text)


@pytest.mark.parametrize("written", ["{code}", "{printed}", "https://nong.wenzhou.cn/c/{code}", "明白卡-{code}.png"])
def test_a_known_code_names_who_when_where_and_validity(
    office: Office, issued: tuple[Batch, Code], written: str
) -> None:
    """However it comes: by hand, as an address, as the name of a picture."""
    code = issued[1]
    said = verify(office, written.format(code=code.code, printed=printed(code.code)))

    assert said.outcome is Outcome.ANSWER
    assert said.lines[0].text.startswith("是我们发的政策码")
    for part in ("章小满", "0577-62201111", "下山头村", str(office.today()), "石斛贷", "长期有效"):
        assert part in said.text


def test_a_withdrawn_code_is_ours_and_not_valid(office: Office, issued: tuple[Batch, Code]) -> None:
    """Neither called false nor valid: withdrawn, why, and whom to ask."""
    with office.ledger.begin() as connection:
        codes.withdraw(connection, issued[1].code, by="test", reason="卡丢了", now=office.now())
    said = verify(office, issued[1].code)

    assert "是我们发的" in said.text
    assert "现在不能用" in said.text
    assert "卡丢了" in said.text


def test_wrong_and_swapped_characters_are_always_caught(office: Office, issued: tuple[Batch, Code]) -> None:
    """Each neighbouring swap and one wrong character at each place: never ours, and said to be misread."""
    code = issued[1].code
    swaps = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(9) if code[at] != code[at + 1]]
    wrong = [code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :] for at in range(10)]

    for text in swaps + wrong:
        said = verify(office, text)
        assert "对不上" in said.text, text
        assert "是我们发的政策码" not in said.text, text


@pytest.mark.parametrize(
    "text",
    [
        with_check("ABCDEFGHJ"),
        "惠农政策一键查提醒您：补贴到了",
        "关于发放种粮补贴的通知.docx",
        "http://nong.wenzhou.cn.butie.xyz/c/1",
        "https://nong.wenzhou.cn@evil.example/c/1",
        "https://nоng.wenzhou.cn/e/dendrobium-loan",  # a Cyrillic о
        "种粮补贴.apk",
        "https://gov-cn.example.com/login",
        "https://www.zj.gov.cn/",
    ],
)
def test_what_poses_as_ours_is_not_ours_and_names_the_police(office: Office, text: str) -> None:
    """不是我们发的, 96110 and 12345, whatever it was."""
    said = verify(office, text)

    assert "不是我们发的" in said.text
    assert "96110" in said.text
    assert "12345" in said.text
    assert said.outcome is not Outcome.ANSWER


@pytest.mark.parametrize(
    "message",
    [
        "【农业农村局】您的种粮补贴3200元已到账，请点击 http://bt-gov.cn.xyz/a 填写银行卡号和验证码领取",
        "尊敬的客户，您的惠农贷款20万额度已批，请先缴纳保证金2000元激活放款",
        "恭喜您获得国家扶贫款，添加微信领取",
        "农机补贴要共享屏幕验证身份",
    ],
)
def test_swindlers_messages_are_warned_of(office: Office, message: str) -> None:
    """A message pasted as it came, not retold: the pattern is named, with what to do."""
    said = verify(office, message)

    assert said.outcome is Outcome.WARN
    assert any(line.kind is LineKind.WARNING and "像骗局" in line.text for line in said.lines)


def test_a_real_code_inside_a_swindle_does_not_whitewash_it(office: Office, issued: tuple[Batch, Code]) -> None:
    """Our own code copied into a message that wants money: still a warning."""
    said = verify(office, f"凭码 {printed(issued[1].code)} 领补贴，请先缴纳保证金500元，点击 http://pay.example/x")

    assert said.outcome is Outcome.WARN
    assert "像骗局" in said.text


def test_a_batch_is_known_by_the_name_of_its_file(office: Office, issued: tuple[Batch, Code]) -> None:
    """The name of a printed PDF holds the batch."""
    said = verify(office, f"明白卡-{issued[0].id}-01.pdf")

    assert said.outcome is Outcome.ANSWER
    assert "章小满" in said.text


def test_our_pages_and_our_sources_are_known(office: Office) -> None:
    """An entry's own address, and the official page an entry cites; neither is an endorsement of a file."""
    entry = next(one for one in office.knowledge.entries.values() if any(source.url for source in one.sources))
    url = next(source.url for source in entry.sources if source.url)

    assert "是我们的网页" in verify(office, f"https://{HOST}/e/{ENTRY}").text
    assert "出处" in verify(office, str(url)).text


@pytest.mark.parametrize("written", ["{number}", "根据{number}文件，请到村里登记", "{number}.pdf"])
def test_a_known_document_number_leads_to_the_real_document(office: Office, written: str) -> None:
    """Every number that entries cite: 有这份文件, first the entry called by it; never 不是我们发的."""
    cited = {
        source.document_no: entry
        for entry in office.knowledge.entries.values()
        for source in entry.sources
        if source.document_no and re.fullmatch(r"[一-龥]{2,12}〔20\d\d〕\d+号", source.document_no)
    }
    assert len(cited) > 20
    for number in cited:
        said = verify(office, written.format(number=number))
        first = office.knowledge.entries[said.entries[0]]
        called = [entry.code for entry in office.knowledge.entries.values() if number in entry.aliases]

        assert f"有这份文件：{number}" in said.text
        assert "不是我们发的" not in said.text
        assert "看不出" in said.text  # a copy with that number may be forged
        assert number in {source.document_no for source in first.sources}
        assert not called or first.code in called


def test_a_document_we_do_not_have_is_not_called_false(office: Office) -> None:
    """Neither real nor forged: where to ask."""
    said = verify(office, "浙农计发〔2031〕99号")

    assert "真假看不出" in said.text
    assert "不是我们发的" not in said.text


@pytest.mark.parametrize("text", ["明天开会", "明天在村委会开会，大家准时到", "老王，种子到了，来拿"])
def test_words_with_nothing_to_look_up_are_said_to_be_just_that(office: Office, text: str) -> None:
    """看不出是谁发的, what to paste instead, and still the numbers to dial."""
    said = verify(office, text)

    assert said.lines[0].text.startswith("看不出是谁发的")
    assert "不是我们发的" not in said.text
    assert said.outcome is Outcome.NO_MATCH
    assert "96110" in said.text


@pytest.mark.parametrize(
    ("message", "warning"),
    [
        ("【农业农村部】您已入选2023家庭农场专项补贴，请添加微信领取", "forged-family-farm-notice"),
        ("家庭农场专项补贴资金开始申报", "forged-family-farm-notice"),
        ("家庭农场的补贴下来了，让我先交保证金500元", "forged-family-farm-notice"),
        ("恭喜您获得国家扶贫款，添加微信领取", "fake-poverty-fund-notice"),
        ("农机补贴要共享屏幕验证身份", "fake-machinery-subsidy"),
        ("您的贷款已批，请先缴纳保证金2000元激活放款", "illegal-broker-warning"),
    ],
)
def test_the_warning_shown_is_about_the_thing_in_the_message(office: Office, message: str, warning: str) -> None:
    """One entry, the one about that very swindle."""
    said = verify(office, message)

    assert said.outcome is Outcome.WARN
    assert said.entries == (warning,)


def test_nothing_verified_is_kept(office: Office) -> None:
    """查真假 writes nothing: a message may hold anything."""
    with office.ledger.begin() as connection:
        office.code_desk(connection).verify(f"我叫王小明 {new_code()}")
        assert scans.list_orphans(connection) == []


@pytest.mark.parametrize(
    "written", ["{code}", "我的政策码是 {printed}", "码：{printed}", "https://nong.wenzhou.cn/c/{code}"]
)
def test_a_code_typed_in_a_chat_opens_its_entry(office: Office, issued: tuple[Batch, Code], written: str) -> None:
    """The same entry as by scanning, with its officer; the chat goes on about it, and the visit is counted."""
    code = issued[1].code
    said = office.ask(written.format(code=code, printed=printed(code)), CHAT)

    assert said.entries[0] == ENTRY
    assert "章小满" in said.short_text
    assert office.ask("那利息呢", CHAT).entries[0] == ENTRY
    with office.ledger.read() as connection:
        assert scans.visits_of(connection, code) == 1


def test_a_status_banner_stays_above_the_code(office: Office, issued: tuple[Batch, Code]) -> None:
    """An expired entry opened by a code still says so first."""
    assert office.ask(issued[1].code, CHAT).lines[0].kind is LineKind.STATUS


def test_a_loan_code_leads_to_the_application(office: Office) -> None:
    """The reply to a 农贷码 says where to apply."""
    code = issue(office, CodeKind.LOAN)[1]

    assert f"https://{HOST}/c/{code.code}" in office.ask(code.code, CHAT).short_text


def test_a_mistyped_code_in_a_chat_is_not_taken_for_a_question(office: Office, issued: tuple[Batch, Code]) -> None:
    """It is said to be misread, with how to look again; an unknown one with the police's number."""
    code = issued[1].code
    wrong = code[:4] + ("2" if code[4] != "2" else "3") + code[5:]

    assert "有字不对" in office.ask(printed(wrong), CHAT).short_text or wrong.isalpha()
    assert "没有发过" in office.ask(new_code(), CHAT).short_text


@pytest.mark.parametrize("text", ["查真假 {code}", "查真假：{printed}", "{printed} 这个码是真的吗"])
def test_doubts_about_a_code_are_answered_by_the_check(office: Office, issued: tuple[Batch, Code], text: str) -> None:
    """Words of doubt lead to 查真假, in the chat too."""
    code = issued[1].code

    assert "是我们发的政策码" in office.ask(text.format(code=code, printed=printed(code)), CHAT).short_text
    assert "前面写上" in office.ask("查真假", CHAT).short_text


def test_ordinary_questions_do_not_become_codes(office: Office) -> None:
    """Questions go on to the knowledge."""
    assert office.ask("石斛贷利息多少", CHAT).entries[0] == ENTRY
    assert office.ask("13800138000", CHAT).outcome is not Outcome.REFER
