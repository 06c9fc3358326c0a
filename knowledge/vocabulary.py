"""The closed lists an entry may choose from, with the Chinese words farmers and staff read."""

from __future__ import annotations

from knowledge.entries import Facet, Payee, Status

SUBJECTS: dict[str, str] = {
    "guarantee": "担保",
    "loan": "贷款",
    "discount": "贴息",
    "subsidy": "补贴奖励",
    "grain": "种粮",
    "machinery": "农机",
    "insurance": "农业保险",
    "startup": "创业就业",
    "education": "上学资助",
    "training": "培训评选",
    "tax": "税费",
    "credit": "征信和利率",
    "fraud": "防骗",
    "city-plan": "温州十条（征求意见稿）",
    "livelihood": "养老和移民",
    "fishery": "渔业",
    "forestry": "林业",
    "land": "土地和农田",
    "tourism": "民宿农家乐",
}

# what any farm may have; every other subject of an entry (民宿, 助学, 林权 …) narrows whom it is for
COMMON_SUBJECTS = frozenset({"loan", "guarantee", "discount", "insurance", "subsidy", "credit", "grain", "land"})
AUDIENCES: dict[str, str] = {
    "farmer": "农户",
    "firm": "企业",
    "guarantor": "担保机构",
    "bank": "银行",
    "staff": "工作人员",
}

LEVELS: dict[str, str] = {
    "national": "全国",
    "province": "浙江省",
    "city": "温州市",
    "county": "县（市、区）",
    "bank": "银行",
}

COUNTIES: tuple[str, ...] = (
    "鹿城区", "龙湾区", "瓯海区", "洞头区", "乐清市", "瑞安市", "龙港市", "永嘉县", "平阳县", "苍南县", "文成县", "泰顺县",
)  # fmt: skip
URBAN: tuple[str, ...] = COUNTIES[:4]
HILL_COUNTIES: tuple[str, ...] = ("永嘉县", "平阳县", "苍南县", "文成县", "泰顺县")

PAYEES: dict[Payee, str] = {
    Payee.FARMER: "农户",
    Payee.FIRM: "企业",
    Payee.GUARANTOR: "担保机构",
    Payee.BANK: "银行",
    Payee.INSURER: "保险公司",
    Payee.OTHER: "其他单位",
}

STATUS_WORDS: dict[Status, str] = {
    Status.DRAFT: "征求意见稿，未见正式文件",
    Status.NOT_YET: "未生效",
    Status.IN_FORCE: "现行有效",
    Status.EXPIRED: "已过期",
    Status.SUPERSEDED: "被替代",
    Status.UNKNOWN: "有效期未核到，请先问",
}

FACET_WORDS: dict[Facet, str] = {
    Facet.AMOUNT: "额度",
    Facet.RATE: "利率",
    Facet.FEE: "费用",
    Facet.SUBSIDY: "补贴",
    Facet.TERM: "期限",
    Facet.WHO: "谁能办",
    Facet.DOCUMENTS: "材料",
    Facet.HOW: "怎么办",
    Facet.WHERE: "在哪办",
    Facet.DEADLINE: "截止时间",
    Facet.CONTACT: "联系方式",
    Facet.STATUS: "还有效吗",
}

SOURCE_SEEN: dict[str, str] = {
    "original": "见过原文",
    "copy": "见到的是转载件，未见原文",
    "press": "见到的是新闻报道，未见原文",
    "page": "见到的是官方网页",
}

# unit → (Chinese word after the number, whether 万/亿 are used)
UNITS: dict[str, tuple[str, bool]] = {
    "yuan": ("元", True), "percent": ("%", False), "percent_per_year": ("%", False), "percent_per_month": ("%", False),
    "basis_points": ("个基点", False), "percentage_points": ("个百分点", False), "month": ("个月", False), "year": ("年", False),
    "day": ("天", False), "working_day": ("个工作日", False), "hour": ("小时", False), "mu": ("亩", True),
    "square_metre": ("平方米", True), "cubic_metre": ("立方米", True), "person": ("人", True), "household": ("户", True), "firm": ("家", True),
    "deal": ("笔", False), "jin": ("斤", True), "kg": ("公斤", True), "ton": ("吨", True), "tree": ("棵", True), "head": ("头", True),
    "times": ("倍", False), "occurrence": ("次", False), "years_of_age": ("周岁", False), "count": ("个", True), "cm": ("厘米", False), "metre": ("米", False),
    "celsius": ("℃", False), "class": ("个班", False), "village": ("个村", True), "town": ("个乡镇", False), "county": ("个县", False),
    "province": ("个省", False), "point": ("分", False), "plant": ("株", True), "nest": ("窝", False), "cage": ("口网箱", False), "horsepower": ("马力", False),
    "kilowatt": ("千瓦", False), "set": ("台（套）", False), "item": ("项", False), "share": ("份", False), "bag": ("包", False), "credit": ("学时", False),
}  # fmt: skip

PERS: dict[str, str] = {
    "person": "每人", "household": "每户", "firm": "每家", "mu": "每亩", "year": "每年", "month": "每月", "day": "每天", "head": "每头",
    "tree": "每棵", "jin": "每斤", "kg": "每公斤", "50kg": "每 50 公斤", "100jin": "每百斤", "ton": "每吨", "loan": "每笔", "deal": "每笔", "branch": "每个点", "policy": "每单",
    "product": "每个产品", "project": "每个项目", "machine": "每台", "square_metre": "每平方米", "cubic_metre": "每立方米", "student": "每人", "job": "每个岗位",
    "person_year": "每人每年", "person_month": "每人每月", "household_year": "每户每年", "mu_year": "每亩每年", "firm_year": "每家每年", "student_year": "每人每学年",
    "season": "每季", "nest": "每窝", "village": "每村", "cooperative": "每社", "borrower": "每个借款人", "town": "每个乡镇", "county": "每个县", "class": "每期", "cage": "每口网箱", "item": "每项",
    "boat": "每条船", "base": "每个基地", "team": "每个班子", "plant": "每株", "10000yuan": "每万元", "school_year": "每学年", "semester": "每学期",
    "certificate": "每证", "hour": "每小时", "kilowatt": "每千瓦", "person_once": "每人一次性", "household_once": "每户一次性", "firm_once": "每家一次性",
}  # fmt: skip

BOUNDS: dict[str, str] = {"at_most": "最高 ", "at_least": "至少 ", "about": "约 ", "below": "低于 ", "above": "超过 "}
