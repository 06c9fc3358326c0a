"""What the window itself says, and the Chinese words and keys that stand for commands."""

from __future__ import annotations

import unicodedata

from telegram import ReplyKeyboardMarkup

from knowledge.check_words import CHECK_UP_WORDS, THIS_ONE_WORDS

KEYS = (("政策体检", "浏览"), ("找人问", "字大", "帮助"))
COMMAND_OF_WORD = {
    "开始": "start",
    "帮助": "help",
    "怎么用": "help",
    "取消": "forget",
    "忘掉": "forget",
    "删除我的信息": "forget_me",
    "删掉我的信息": "forget_me",
    "找人": "person",
    "找人问": "person",
    "人工": "person",
    "浏览": "browse",
    "目录": "browse",
    "申请": "apply",
    "登记": "apply",
    "进度": "status",
    "查进度": "status",
    "查办理进度": "status",
    "算一算": "calc",
    "计算": "calc",
    **dict.fromkeys(CHECK_UP_WORDS, "check"),
    **dict.fromkeys(THIS_ONE_WORDS, "check_this"),
    "替他体检": "checkfor",
    "代填体检": "checkfor",
    "明白卡": "card",
    "发明白卡": "card",
    "字大": "elder",
    "字小": "elder",
    "大字": "elder",
}

WELCOME = (
    "您好，这里查惠农政策、补贴、农业贷款、农业担保和农业保险。\n"
    "直接打字问就行，比如：石斛贷利息多少。\n"
    "不想打字，点下面的“浏览”；想找真人，点“找人问”。\n"
    "不收费，不要验证码。答的是文件上写的，办不办得成由经办的单位定。"
)
HELP = (
    "怎么用：\n"
    "一、直接打字问，比如：乐清种石斛能贷多少。问完可以接着问：那利息呢。\n"
    "二、点“浏览”，按类别、县、作物找。\n"
    "三、点“找人问”，告诉您该问哪个单位。\n"
    "四、点“字大”，行距放宽，按钮放大；再点一次还原。\n"
    "五、说“取消”，前面说的都忘掉。\n"
    "六、说“算一算”，算贷款真实花多少、还款计划、保险自己出多少。\n"
    "七、看到贷款、担保，点下面的“申请”就能登记；说“进度”，看登记过的单子走到哪一步。\n"
    "八、说“体检”，答几个问题，看看您可能办得了哪些；说“我能办吗”，只看正在说的这一条。\n"
    "不会打字：用手机输入法上的话筒说话，它会替您打成字。\n"
    "您的问题会去掉号码后留下，用来改进回答，半年后删掉。想现在就删，说“删除我的信息”。"
)
READS_TEXT = (
    "我只看得懂文字，看不了图片、语音和文件，办事也不用给我发照片。\n"
    "请打字问；不方便打字，用手机输入法上的话筒说话，它会替您打成字。比如：杨梅保险保什么。"
)
TOO_FAST = "您问得有点快，我先歇一歇。请过一分钟再问；急事可以点“找人问”。"
ELDER_ON = "好的，行距放宽了，一行一个按钮。再说一次“字大”就还原。"
ELDER_OFF = "好的，还原成平常的样子了。"
CALCULATION_DROPPED = "好的，这笔账不算了，填的数都删了。您想问什么？直接打字就行。"
FORGOTTEN = "好的，前面说的都忘掉了。您想问什么？直接打字就行。"
NO_COMMAND = "没有这个命令。直接打字问就行，或者点“浏览”。"
IN_GROUP = "大家好。在群里要问我，请 @{name} 再写问题，或者回复我的消息；别的话我不插嘴，也不存。"
SORRY = "对不起，这一句我没处理好，已经记下来了，编号 {number}。请换个说法再问，或者点“找人问”。"
EDITED = "（{moment} 按您改过的话重新答）"


def command_of(text: str) -> str | None:
    """The command a whole message stands for when it is one of the words, else None."""
    plain = unicodedata.normalize("NFKC", text).strip(" \n\t\u200b/。!?,.、~")
    return COMMAND_OF_WORD.get(plain)


def keys() -> ReplyKeyboardMarkup:
    """The keys below the input field."""
    return ReplyKeyboardMarkup(
        KEYS, resize_keyboard=True, is_persistent=True, input_field_placeholder="想问什么，直接打字"
    )
