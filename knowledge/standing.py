"""Replies that do not depend on an entry: greetings, whom to ask, nothing found, an old button."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.answers import Action, Answer, Button, Line, LineKind, Outcome, Verb
from knowledge.topics import Topic
from knowledge.vocabulary import SUBJECTS

FIRST_SUBJECTS = ("loan", "guarantee", "subsidy", "insurance")


def first_subjects() -> tuple[Button, ...]:
    """Where to go when nothing fits: the four subjects people want most."""
    return tuple(Button(SUBJECTS[name], Action(Verb.BROWSE, f"s:{name}")) for name in FIRST_SUBJECTS)


def greeting() -> Answer:
    """To 你好, 谢谢 and empty messages."""
    text = "您好，我帮您查惠农政策、补贴、贷款、担保和农业保险。直接说就行，比如“石斛贷利息多少”。"
    return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, text),), buttons=first_subjects())


def calculators() -> Answer:
    """To 算一算: what can be worked out, and the way there."""
    text = "可以算：贷款一年真实花多少、还款计划、几种借法哪个划算、农业保险自己出多少。"
    lines = (Line(LineKind.LEAD, text), Line(LineKind.NEXT, "下一步：点“算一算”，填几个数就行。"))
    return Answer(Outcome.NO_MATCH, lines, buttons=(Button("算一算", Action(Verb.CALCULATE)),))


def check_up() -> Answer:
    """To 政策体检: what it does, and the way there."""
    text = "政策体检：答几个问题，看看您可能办得了哪些、还差什么。不用名字和证件。"
    lines = (Line(LineKind.LEAD, text), Line(LineKind.NEXT, "下一步：点“政策体检”，一问一答，随时可以停。"))
    return Answer(Outcome.NO_MATCH, lines, buttons=(Button("政策体检", Action(Verb.CHECK)),))


def not_found(crop: str | None = None) -> Answer:
    """Nothing fits: said plainly, with the next thing to do."""
    first = f"没查到专门说{crop}的政策，不敢乱答。" if crop else "没找到对得上的政策，不敢乱答。"
    lines = (
        Line(LineKind.NOTE, first),
        Line(LineKind.NEXT, "请换个说法再问一次：在哪个县、做什么、想要贷款、补贴还是保险。"),
        Line(LineKind.NEXT, "也可以按类别找，或者点“找人问”；不知道归谁管，先问村里、乡镇，或者打 12345。"),
    )
    return Answer(Outcome.NO_MATCH, lines, buttons=first_subjects())


def in_need() -> Answer:
    """To 没钱, 手头紧: a question back with three doors, and what to beware of."""
    lines = (
        Line(LineKind.LEAD, "别急，慢慢说。您想走哪一条路？"),
        Line(LineKind.DETAIL, "1. 想借钱：跟我说在哪个县、做什么、要多少，比如“乐清种石斛，想贷十万”。"),
        Line(LineKind.DETAIL, "2. 想看有没有补贴：跟我说种什么养什么、几亩几头。"),
        Line(LineKind.DETAIL, "3. 有贷款还不上、遭了灾：跟我说“贷款到期还不上”或者“大棚被台风吹倒”。"),
        Line(LineKind.WARNING, "不管哪一条，叫您先交钱的都别理。"),
    )
    return Answer(Outcome.NO_MATCH, lines, buttons=first_subjects())


def said_plainly() -> Answer:
    """To 听不懂: what is needed in the fewest words, and a person."""
    lines = (
        Line(LineKind.LEAD, "对不起，讲复杂了。您只要说三样：在哪个县，种什么养什么，想借钱、领补贴还是买保险。"),
        Line(LineKind.DETAIL, "比如：“永嘉，杨梅，借五万”。"),
        Line(LineKind.NEXT, "下一步：照样子说一句；不想打字，问村里或乡镇农业农村办，或者打 12345。"),
    )
    return Answer(Outcome.NO_MATCH, lines, buttons=first_subjects())


def none_of_these() -> Answer:
    """都不是: ask for what is missing and name a person."""
    text = "都不是的话，请换个说法：在哪个县、做什么、想要贷款、补贴还是保险？"
    lines = (Line(LineKind.NOTE, text), *person_to_ask().lines)
    return Answer(Outcome.NO_MATCH, lines, buttons=first_subjects())


def person_to_ask() -> Answer:
    """找人问: whom to ask, and when."""
    lines = (
        Line(LineKind.LEAD, "找人问：村里有共富金融专员的，先问他；没有的，问乡镇农业农村办。"),
        Line(LineKind.DETAIL, "贷款和担保：问当地农商银行、农业银行，或县里的农担办事处。"),
        Line(LineKind.DETAIL, "不知道归谁管：打 12345，工作日白天问得最全。"),
        Line(LineKind.WARNING, "官方不收费，不要验证码；让您先交钱的，先打 96110。"),
    )
    return Answer(Outcome.REFER, lines, topic="person", buttons=first_subjects())


def referred(topic: Topic, confidence: float) -> Answer:
    """A subject that is not ours, with the office that answers it."""
    number = f"，电话 {topic.phone}" if topic.phone else ""
    lines = (
        Line(LineKind.LEAD, topic.reply),
        Line(LineKind.NEXT, f"请问：{topic.office}{number}。"),
        Line(LineKind.NOTE, "我们这里只查惠农政策、农贷和担保。"),
    )
    return Answer(Outcome.REFER, lines, topic=topic.key, buttons=first_subjects(), confidence=confidence)


def forgotten() -> Answer:
    """重来, 忘掉."""
    text = "好的，前面说的都忘掉了。您想问哪个政策或贷款？"
    return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, text),), buttons=first_subjects())


def stale_button() -> Answer:
    """A button of long ago whose entry is gone."""
    text = "这个按钮是旧的，对应的内容已经换了。请直接打字问，或者重新找。"
    return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, text),), buttons=first_subjects())


def choose_again(offered: int) -> Answer:
    """A number that is none of those offered."""
    return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, f"请回 1 到 {offered} 里的一个数字，或者直接打字问。"),))


def nothing_to_choose() -> Answer:
    """A number where nothing is on offer."""
    text = "刚才就这一样，没有别的可选。还想知道什么，直接打字问，比如“要带什么”“去哪里办”。"
    return Answer(Outcome.NO_MATCH, (Line(LineKind.NOTE, text),))


def word_explained(glossary: Mapping[str, str], word: str, entries: tuple[str, ...] = ()) -> Answer:
    """What a word means."""
    return Answer(Outcome.ANSWER, (Line(LineKind.LEAD, f"{word}：{glossary[word]}"),), entries=entries)
