"""Spoil questions the way typing, dictation and chat do; the same question is always spoilt the same way."""

import hashlib
import random
from collections.abc import Callable
from functools import lru_cache

import opencc

# Characters that sound alike and are common in what farmers write about money, land and papers.
SOUND_ALIKE = """
贷代带待袋戴 款宽 利力立历例丽 息西系希惜习细 补捕布步部 贴帖铁 保宝报包抱 险显县现线 担单但蛋 费废飞非肥
农浓弄 户护互胡湖 村存寸 镇阵真针证正政整 乡相想香向项 县现限先 市是事试式室 区取去曲 山三闪善 田甜天填
种中重钟终众 植值直职指只 养样阳杨羊 猪主住助朱 牛流刘留 鸡机基积急及级 鱼于雨余育 茶查差 梅没美媒妹 石十时识实食
斛胡湖壶 申身深什 请清情轻 办般半班版 理里礼李 材才财采 料聊了 银因音引印 行形型星 合和河何核 作坐做左
社设射涉 公工功供共 司思四私 家加价佳假 庭停挺听 场厂长常 期其起企气 限线现 额恶饿 度读独都 年念粘 月越约阅
多朵夺 少烧绍 钱前欠签 万完晚碗 元员原远园院 亩母目木 租足组族 地第低底弟 土图途 流刘六 转专赚 让然
怎增 么没 能嫩 可课刻科 以已一意义易 要药腰 需须许 条调跳 件见建间减 资子自字 格各个隔 到道倒导 哪那拿 找早照
人认任仁 名明命 号好浩 电店点典 话化花画 查茶差 询寻训 手守收受 续序叙 据句具距 信新心欣 用永勇 卡咖 还环换
冷愣 库苦裤 机鸡几 械谢写 购够构 置制治致 标表彪 准尊 金今紧近进 奖将讲江 励力历 创床闯 业叶夜 就旧救 失师施
"""
OPENERS = (
    "你好，我想问一下",
    "同志您好，",
    "麻烦问下哈，",
    "那个，我想打听打听",
    "师傅，请教个事，",
    "我就是想知道",
    "",
)
CLOSERS = ("，谢谢啊", "呢，我不太懂", "啊，急", "，麻烦您说说", "呀", "，谢谢您嘞", "")
INSIDE = ("嗯", "那个", "就是说", "呃")


def homophone(text: str, chance: random.Random, times: int = 1) -> str:
    """Replace characters by ones that sound alike."""
    table = _sound_alike()
    places = [place for place, character in enumerate(text) if character in table]
    characters = list(text)
    for place in chance.sample(places, min(times, len(places))):
        characters[place] = chance.choice(table[characters[place]])
    return "".join(characters)


def two_homophones(text: str, chance: random.Random) -> str:
    """Replace two characters by ones that sound alike."""
    return homophone(text, chance, 2)


def slip(text: str, chance: random.Random) -> str:
    """Lose one character or type it twice."""
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :] if chance.random() < 0.5 else text[: place + 1] + text[place:]


def traditional(text: str, chance: random.Random) -> str:  # noqa: ARG001 - one shape for all ways
    """Write it in traditional characters."""
    return str(_to_traditional().convert(text))


def fillers(text: str, chance: random.Random) -> str:
    """Wrap it in greetings and thanks, with a hesitation inside."""
    middle = chance.randrange(1, len(text)) if len(text) > 4 else 0
    inside = chance.choice(INSIDE) if middle else ""
    return chance.choice(OPENERS) + text[:middle] + inside + text[middle:] + chance.choice(CLOSERS)


def everything(text: str, chance: random.Random) -> str:
    """A homophone, a slip and fillers at once."""
    return fillers(slip(homophone(text, chance), chance), chance)


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "hom1": homophone,
    "hom2": two_homophones,
    "drop": slip,
    "trad": traditional,
    "wrap": fillers,
    "all": everything,
}


def corrupt(text: str, way: str) -> str:
    """Spoil a question in one of WAYS; two characters or fewer stay as they are."""
    if len(text) <= 2:
        return text
    seed = int.from_bytes(hashlib.sha256(f"{way}:{text}".encode()).digest()[:8], "big")
    return WAYS[way](text, random.Random(seed))


@lru_cache(maxsize=1)
def _sound_alike() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in SOUND_ALIKE.split():
        for character in group:
            table[character] = table.get(character, "") + group.replace(character, "")
    return table


@lru_cache(maxsize=1)
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
