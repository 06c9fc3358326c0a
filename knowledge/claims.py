"""What people say they have, lack, are or are not: 没抵押, 有逾期, 不是公司. A question claims nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NO_BEFORE = "".join(
    f"(?<!{word})"
    for word in "没 没有 从没 无 未 不 冇 弗 呒 不是 不再 没有再 没有被 没被 未被".split()  # noqa: SIM905 - one line reads better
)
_HAVE = r"(?<![没冇呒未无])有(?!没|冇|弗|无)"
_LACK = r"(?<!有)(?:没有|没得|没|无|冇|呒有|呒|缺)"
_NOT_ASKED = r"(?!吗|么|嘛|没有?(?:[?？]|$)|否|不(?:[?？]|$))"


@dataclass(frozen=True, slots=True)
class Claim:
    """One yes/no fact with the ways people affirm and deny it."""

    key: str
    yes: re.Pattern[str]
    no: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim found in a sentence; `value` is None when the sentence says both."""

    key: str
    value: bool | None
    text: str


def find_claims(folded: str) -> Iterator[Claimed]:
    """Every yes/no fact the sentence states."""
    if not _HINT.search(folded):
        return
    for claim in _CLAIMS:
        yes, no = claim.yes.search(folded), claim.no.search(folded)
        said = yes or no
        if said:
            value = None if yes and no else yes is not None
            yield Claimed(claim.key, value, said.group())


def _claim(key: str, yes: str, no: str) -> Claim:
    return Claim(key, re.compile(yes), re.compile(no))


def _possession(key: str, nouns: str) -> Claim:
    """有 X / 没有 X, where 无 X 贷款 names a product and 有没有 X, 有 X 吗 ask."""
    return _claim(
        key,
        rf"{_HAVE}[^,，。;；?？没不无冇]{{0,4}}?(?:{nouns}){_NOT_ASKED}",
        rf"{_LACK}(?:什么|任何|啥|可以?|合适的|东西|值钱的){{0,2}}(?:{nouns})(?!的?贷|类|信用贷)",
    )


_CLAIMS: tuple[Claim, ...] = (
    _possession("has_collateral", "抵押物|抵押品|抵押|(?:东西|房子|房产|财产|林权)(?:可以?|能|做|来)?抵押"),
    _possession("has_guarantor", "担保人|人(?:给我|帮我|愿意|能|肯|做|来)?担保|保人|人作保"),
    _possession("has_house_property", "房产证|房产|房子|商品房|自建房|住房"),
    _possession("has_disaster_certificate", "受灾证明|灾害证明|受灾的证明"),
    _claim(
        "has_bad_record",
        rf"{_HAVE}[^,，。没不无]{{0,4}}(?:不良信用|不良)记录{_NOT_ASKED}|征信[^,，。没不无]{{0,4}}(?:{_HAVE}|出过|留下)"
        rf"[^,，。没不无]{{0,3}}(?:逾期|问题|不良|污点){_NOT_ASKED}|征信(?:已经|都)?(?:黑|坏)了",
        rf"{_LACK}(?:过|任何|什么)?(?:不良信用|不良)记录|征信[^,，。]{{0,4}}{_LACK}(?:过|任何|什么|啥)?(?:逾期|问题|不良|污点)",
    ),
    _claim(
        "overdue_or_bad",
        rf"{_NO_BEFORE}逾期(?:了|过(?!没)|着|\d|[一两二三四五六七八九十半几]|还没|没还|未还)|(?<!征信){_HAVE}(?:过|一笔|[^,，。没不无]{{0,4}}贷款)?逾期{_NOT_ASKED}",
        r"(?<!有)(?:没有|从来没有?|从没|没|无|未|冇|不曾)(?:发生过|出现过|过|任何|贷款)?逾期(?!怎么)",
    ),
    _claim(
        "still_unpaid",
        r"(?:逾期|欠款|欠的|贷款)[^。]{0,8}(?:还没还|还没有还|没还清|没有还清|未还清|没还上|还不上|尚未归还)",
        r"(?:逾期|欠款|欠的|贷款)[^。]{0,8}(?:已经?|都|早就?|全部?)(?:全部)?(?:还清|还掉|还完|还上)",
    ),
    _claim(
        "good_credit",
        rf"(?:征信|信用)(?:记录)?(?:一直|都|很|挺|蛮|还|是)*(?:好|良好|正常|干净|清白)(?:的)?(?!不好|贷|社|卡|村|户){_NOT_ASKED}",
        r"(?:征信|信用)(?:记录)?(?:一直|都|有点)*(?:不|弗)(?:是?很|太)?(?:好|良|干净|行)(?!记录)",
    ),
    _claim(
        "grows_rice",
        rf"{_NO_BEFORE}种(?:了|着|的是)?[^,，。;；没不弗]{{0,7}}?(?:水稻|稻子|稻谷|早稻|晚稻|单季稻)(?!保险|补贴|的?吗)",
        r"(?:没有?|不再?|不是|弗|未)种[^,，。;；]{0,4}?(?:水稻|稻)",
    ),
    _claim(
        "social_insurance_paid",
        rf"{_NO_BEFORE}(?:交|缴|缴纳|买)(?:了|过|着|的有)[^,，。]{{0,3}}社保{_NOT_ASKED}|社保(?:一直|都|有|已经)+(?:在)?(?:交|缴)",
        r"(?:没有?|未|冇|不)(?:交|缴|缴纳|买)(?:过)?[^,，。]{0,2}社保|社保(?:一直|都)?(?:没有?|未|断了)(?:在)?(?:交|缴)?",
    ),
    _claim(
        "is_company",
        rf"(?:^|[,，。我们咱家])(?:家里|这边)?(?<!不)(?:是|开了?|办了?|注册了?)(?:一?[家个])?[^,，。不没银险担]{{0,4}}公司{_NOT_ASKED}",
        r"(?:不是|弗是|没有?(?:开|办|注册)?|不算)(?:一?[家个])?[^,，。担险]{0,3}公司",
    ),
    _claim(
        "in_facility_shed",
        rf"{_NO_BEFORE}(?:种在|搭了|用|是|建了|盖了|有)(?:[^,，。没不]{{0,4}})大棚{_NOT_ASKED}|大棚里?(?:种|栽|养)|{_NO_BEFORE}大棚(?:草莓|西瓜|番茄|葡萄|蔬菜|枇杷|甜瓜)(?!保险|贷)",
        r"(?<!有)(?:不是|没有?|没搭|没用|没建|无|冇|不用)(?:种在|搭|用|建)?大棚|露地|露天种",
    ),
    _claim(
        "bearing_trees",
        rf"{_NO_BEFORE}(?:已经?|开始|都)*{_NO_BEFORE}(?:挂果|投产|结果子)了|树[^,，。没不未]{{0,6}}(?:已经?|开始|都)(?:结果|挂果|投产)",
        r"(?:没有?|还没有?|未|不会?|弗)(?:开始)?(?:挂果|投产|结果子)|树[^,，。]{0,6}(?:没有?|未|不会?)(?:开始)?结果",
    ),
    _claim(
        "on_abnormal_or_dishonest_list",
        rf"{_NO_BEFORE}(?:是|被列入?|被列为|上了|进了|列入了?)[^,，。没不]{{0,3}}(?:失信|老赖|经营异常){_NOT_ASKED}(?!.?吗)",
        r"(?:不是|弗是|没有?|未|不在)(?:被)?(?:列入?|列为|上过?|进)?[^,，。]{0,2}(?:失信|老赖|经营异常)",
    ),
    _claim(
        "trained_this_year",
        r"今年(?!没|冇|还没|未|不)[^,，。没不未]{0,4}(?:培训过|参加过[^,，。]{0,6}培训|参加了[^,，。]{0,6}培训|上过[^,，。]{0,4}培训)(?!吗|没)",
        r"今年[^,，。]{0,3}(?:没有?|未|冇|不曾)(?:参加|上)?过?[^,，。]{0,6}培训",
    ),
    _claim(
        "wage_or_social_insurance_arrears",
        rf"{_NO_BEFORE}(?<!拖)(?:拖欠|欠)(?:了|着|过)[^,，。没不]{{0,3}}(?:工资|薪|社保){_NOT_ASKED}",
        r"(?<!有)(?:没有?|不|未|冇|从来没有?)(?:拖欠|欠)(?:过)?[^,，。]{0,3}(?:工资|薪|社保)",
    ),
    _claim(
        "through_cooperative",
        rf"{_NO_BEFORE}(?:通过|跟着?|随着?|由)[^,，。没不]{{0,3}}合作社[^,，。]{{0,4}}(?:投保|参保|买|一起|统一|申请|报){_NOT_ASKED}",
        r"(?<!有)(?:没有?|不|未|弗)(?:通过|跟|跟着|随|参加|加入)[^,，。]{0,3}合作社",
    ),
    _claim(
        "on_county_list",
        rf"{_NO_BEFORE}(?:在|进了|列入了?|上了)[^,，。没不]{{0,6}}名录(?:里|上|内)?{_NOT_ASKED}",
        r"(?:不在|没在|没有?进|没有?列入|未列入|没有?上)[^,，。]{0,6}名录",
    ),
    _claim(
        "family_in_hardship",
        rf"(?:家里|家庭|我家)(?:很|比较|挺|蛮|条件|经济|有点|生活)*困难{_NOT_ASKED}|(?<!不)是困难(?:户|家庭)",
        r"(?:家里|家庭|我家)(?:条件|经济)?(?:不|没有?|弗)(?:算|是)?(?:很|太)?困难|不是困难(?:户|家庭)",
    ),
    _claim(
        "owns_the_house",
        rf"(?:房子|房屋|店面|民宿)(?<!不)(?:就|都)?是(?:我)?(?:自己|自家|自有)的?{_NOT_ASKED}",
        r"(?:房子|房屋|店面|民宿)(?:就|都)?(?:不是(?:我)?(?:自己|自家|自有)|是租)",
    ),
)  # fmt: skip
_HINT = re.compile(
    "抵押|担保|保人|作保|房|证明|记录|征信|信用|逾期|还|稻|社保|公司|棚|露|挂果|投产|结果|失信|老赖|异常|培训|欠|合作社|名录|困难|店面|民宿"
)
