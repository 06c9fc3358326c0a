"""Cover what looks like a number and is none: document and telephone numbers, dates, times, ordinals and idioms."""

import re
from datetime import date

from knowledge.dates import find_dates
from knowledge.phrases import Phrases

COVER = "□"

# sayings and fixed terms: the figure in them counts nothing
_IDIOMS = Phrases.of((
    "一下", "一起", "一直", "一些", "一样", "一定", "一切", "一边", "一旦", "一律", "一致", "一般", "一点", "统一",
    "第一", "万一", "唯一", "一共", "一块儿", "一带", "一方面", "一系列", "一把手", "一次性", "一刀切", "一条龙",
    "一站式", "一窝蜂", "一号文件", "一码通", "一键查", "一件事", "一网通办", "一卡通", "一本通", "一事一议",
    "一户一策", "一村一品", "一亩三分地", "一家人", "一家三口", "一口价", "一口气", "一头雾水", "一清二楚",
    "一来二去", "一天到晚", "一年到头", "一年四季", "一年半载", "一日三餐", "一时半会", "一心一意", "一五一十",
    "一分钱", "一元复始", "一季稻", "一二三产", "一带一路", "合二为一", "说一不二", "二十条", "二十大", "二十四节气",
    "二维码", "二手", "二期", "二胎", "二话", "二级", "三农", "三产", "三权分置", "三下乡", "三位一体", "三三两两",
    "三天两头", "三番五次", "三心二意", "三资企业", "三更半夜", "三言两语", "三元里", "三个代表", "三人行", "三年级",
    "三项整治", "三支一扶", "两山", "两会", "两免一补", "两口子", "两袖清风", "两手空空", "四川", "四面八方",
    "四个自信", "四季", "四平八稳", "四好农村路", "五一", "五五开", "五险一金", "五保户", "五保", "五个鲜", "五个一",
    "五星级", "五花八门", "五湖四海", "五年规划", "五马", "五水共治", "六畜兴旺", "六神无主", "七七八八", "七嘴八舌",
    "七上八下", "乱七八糟", "八字", "八仙", "九山半水半分田", "九牛一毛", "九年义务教育", "十四五", "十五五",
    "十三五", "十二五", "十一五", "十分满意", "十分感谢", "十分方便", "十分困难", "十分重要", "十年九旱", "十有八九",
    "十全十美", "十条政策", "十里八乡", "双十一", "双强", "百分百", "百姓", "百货", "百年一遇", "百年老店",
    "百里挑一", "百丈", "千万别", "千万不", "千万要", "千万得", "千万记", "千家万户", "千年", "千方百计", "千辛万苦",
    "千斤顶", "千万工程", "千村示范", "万村整治", "千村", "万村", "万全", "万分感谢", "万能", "万无一失", "万元户",
    "万事", "万万", "万物", "半天", "半夜", "半路", "半山", "多半", "大半", "一半", "两半", "半数", "半边天",
    "三五成群", "九五折", "八五折", "五折", "六折", "七折", "八折", "九折", "对半", "七都", "三垟", "三江", "三魁",
    "双屿", "一会儿", "一会", "一遍", "一趟", "一来", "一步", "一手", "一面", "一路", "一代", "一线", "三年行动",
    "五年行动", "双百", "双十", "十几条", "百强", "千亿斤", "一类", "二类", "三类", "一级", "三级", "四级", "一档",
    "二档", "三档", "一期", "三期", "三轮",
))  # fmt: skip
_PUBLIC_NUMBERS = (
    r"110|119|120|122|12306|12315|12316|12329|12333|12345|12348|12363|12366|12378|12381|12386|12388|12389|955\d\d"
    r"|400-?\d{3}-?\d{4}"
)
_NUMBERED = "电话|手机|热线|拨打|致电|微信|qq|账号|账户|卡号|尾号|编号|单号|证号|号码|回执|验证码|密码|邮编|代码|车牌"
_CN_RUN = "[零〇一二两三四五六七八九十百]+"
_COVERED = re.compile(
    "|".join(
        (
            r"[〔\[(（【〕]\s?(?:19|20)\d{2}\s?[〕\])）】]\s?(?:第\s?)?\d+\s?号?",  # 财金〔2026〕4号
            rf"第\s?(?:\d+|{_CN_RUN})",  # ordinals
            rf"(?:\d+|{_CN_RUN})\s?号(?:文件|文|令|公告|码|楼|线)?",  # documents, houses, days of the month
            r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)",  # mobile
            r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)",  # landline
            rf"(?<![\d.])(?:{_PUBLIC_NUMBERS})(?![\d.,]|\s?[元块万亩个户人年斤头只])",  # hotlines
            r"(?<!\d)\d{4}(?: \d{4}){2,4}(?: \d{1,3})?(?!\d)",  # bank card in groups
            r"(?<![\d.])\d{15,}x?",  # identity card, bank card
            r"(?<![\d.])\d{9,}(?![\d.]|\s?[元块])",  # account, credit code
            r"[零〇一二三四五六七八九幺]{7,}",  # a telephone number said figure by figure
            rf"(?:{_NUMBERED})(?:号码?)?(?:是|为)?"
            r"[:：]?\s?[a-z]{0,4}\d[\d\- ]{2,}",
            r"(?<![a-z0-9])(?!lpr)[a-z][a-z\-]*\d[\da-z\-]*",  # ND001, a4, covid19
            r"\d+(?!(?:w|k|kg|m2|bps?|rmb)(?![a-z]))[a-z][\da-z\-]*",
            r"https?://\S+|www\.\S+",
            r"(?<!\d)\d{1,2}:\d{2}(?!\d)",
            rf"(?:上午|下午|早上|晚上|中午|凌晨|夜里)\s?(?:\d{{1,2}}|{_CN_RUN})点"
            r"(?:半|[零〇一二三四五六七八九十]{1,3}分?|\d{1,2}分?|钟)?",
            rf"(?:\d{{1,2}}|{_CN_RUN})"
            r"(?:点半|点钟|点整|点[二三四五]?十[零一二三四五六七八九]?分|点\d{1,2}分|点[一三]刻)",
            r"[一二三四五六七八九十]+分之[一二三四五六七八九十]+(?<!百分之)",
            r"(?<!\d)[6789]0后|(?<!\d)[09]0后",
        )
    )
)
_FRACTION_KEEP = re.compile(r"[百千万]分之")
_ANY_DAY = date(2000, 1, 1)


def cover(text: str) -> str:
    """The folded text with everything that must not be read as a quantity replaced by □, length unchanged."""
    characters = list(text)
    for match in _COVERED.finditer(text):
        if match.group() and not _FRACTION_KEEP.search(match.group()):
            characters[match.start() : match.end()] = COVER * len(match.group())
    for hit in _IDIOMS.find(text):
        if not _is_numeral_tail(text, hit.start, hit.word):
            characters[hit.start : hit.end] = COVER * len(hit.word)
    covered = "".join(characters)
    for span in find_dates(covered, _ANY_DAY):
        covered = covered[: span.span[0]] + COVER * (span.span[1] - span.span[0]) + covered[span.span[1] :]
    return covered


def _is_numeral_tail(text: str, start: int, word: str) -> bool:
    """Whether the idiom's first figure continues a number: 三十一起, 五千万别, 二十一般."""
    if word[0] not in "一二三四五六七八九十百千万半五":
        return False
    before = text[start - 1 : start]
    return bool(before) and before in "0123456789.零〇一二两三四五六七八九十百千万亿几"
