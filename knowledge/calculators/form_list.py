"""Every form with its boxes, in the order people meet them: the farmer's own money first, then the ten draft policies."""

from __future__ import annotations

from knowledge.calculators.fields import Box, Sort
from knowledge.calculators.forms import Form
from knowledge.calculators.loan_boxes import LOAN_BOXES, PLACES, loan_input

_YES_NO = ((True, "是"), (False, "不是"), ("不知道", "不知道"))
_OTHER_LINE = ("line", frozenset({"", "别的"}))
_CANGNAN = ("line", frozenset({"苍南2024水稻"}))


def _insurance(key: str, label: str, sort: Sort, example: str, unit: str) -> Box:
    return Box(
        key,
        label,
        sort,
        example=example,
        unit=unit,
        section="文件上还写了什么，知道的填",
        only_if=_OTHER_LINE,
        is_extra=True,
    )


LOAN = Form(
    "loan_cost",
    "贷款一年真实花多少",
    "利息、担保费、补贴一起算，还款计划一期期列出来。",
    LOAN_BOXES,
    {"principal_yuan": "10万", "annual_rate_percent": "4.35%", "months": "12个月", "method": "equal_instalment"},
    assemble=loan_input,
    places=PLACES,
)
INSURANCE = Form(
    "insurance_farmer_share",
    "农业保险自己要出多少",
    "知道一亩（一头）保费多少、自己出几成，就能算。",
    (
        Box(
            "line", "哪一种保险", Sort.CHOICE, example="别的", leave_out="别的",
            choices=(("别的", "一般的农业保险"), ("苍南2024水稻", "苍南 2024 年水稻（提标）")),
        ),
        Box("units", "几亩（几头）", Sort.SIZE, example="30亩", unit="亩（头）"),
        Box("premium_per_unit_yuan", "一亩（一头）保费多少", Sort.PRICE, example="60", unit="元", leave_out="不知道", only_if=_OTHER_LINE),
        Box("farmer_share_percent", "自己出几成", Sort.SHARE, example="7%", unit="%", leave_out="不知道", only_if=_OTHER_LINE),
        Box(
            "crop", "种哪一季", Sort.CHOICE, example="单季稻", only_if=_CANGNAN,
            choices=(("单季稻", "单季稻"), ("早稻", "早稻"), ("晚稻", "晚稻")),
        ),
        Box("base_cover_per_mu_yuan", "一亩基本保额", Sort.PRICE, example="1000", unit="元", only_if=_CANGNAN),
        Box(
            "top_up_cover_yuan", "提标选哪一档", Sort.CHOICE, example="400 元", only_if=_CANGNAN,
            choices=(("200", "200 元"), ("300", "300 元"), ("400", "400 元")),
        ),
        _insurance("cover_per_unit_yuan", "一亩（一头）保额", Sort.PRICE, "1500", "元"),
        _insurance("premium_rate_percent", "保险费率", Sort.SHARE, "6%", "%"),
        _insurance("total_premium_yuan", "总保费", Sort.PRICE, "1800", "元"),
        _insurance("farmer_pays_per_unit_yuan", "自己一亩（一头）出多少", Sort.PRICE, "4.2", "元"),
        _insurance("farmer_before_per_unit_yuan", "以前一亩出多少", Sort.PRICE, "3.5", "元"),
        _insurance("farmer_after_per_unit_yuan", "现在一亩出多少", Sort.PRICE, "1", "元"),
        _insurance("county_fund_per_unit_yuan", "县农险基金一亩出多少", Sort.PRICE, "2.5", "元"),
        _insurance("central_share_percent", "中央出几成", Sort.SHARE, "35%", "%"),
        _insurance("county_share_percent", "县里出几成", Sort.SHARE, "70%", "%"),
        _insurance("province_min_share_percent", "省里至少出几成", Sort.SHARE, "25%", "%"),
    ),
    {"units": "30亩", "premium_per_unit_yuan": "60", "farmer_share_percent": "7%"},
)  # fmt: skip
HOUSEHOLD = Form(
    "household_net_worth",
    "家底算一算",
    "家里东西值多少，减去欠的钱。有的银行放贷要看这个。填的数不留下来。",
    (
        Box(
            "assets_yuan", "家里的东西各值多少", Sort.ITEMS, required=True,
            example="农房 20万\n承包地 不知道", hint="一行写一样，没估过价的写“不知道”",
        ),
        Box(
            "liabilities_yuan", "各欠多少钱", Sort.ITEMS, required=True,
            example="信用社贷款 5万", hint="一行写一笔，没欠写“没有”",
        ),
    ),
    {"assets_yuan": "农房 20万", "liabilities_yuan": "信用社贷款 5万"},
    is_private=True,
)  # fmt: skip
FEE_SUBSIDY = Form(
    "guarantee_fee_subsidy",
    "担保机构收费低，能补多少",
    "钱给担保机构，不是给农户。",
    (
        Box("average_fee_rate_percent", "当年平均担保费率", Sort.SHARE, example="0.5%", unit="%", leave_out="不知道，一批批算"),
        Box(
            "business_issued_in_year", "当年一批批发放的业务", Sort.ROWS, example="100万 0.5%\n200万 1.1%",
            hint="不知道平均费率才填：一行一批，先写发放额，空一格写费率", instead_of="average_fee_rate_percent", leave_out="不填",
            columns=(Box("issued_yuan", "发放额", Sort.MONEY, "100万"), Box("fee_rate_percent", "费率", Sort.SHARE, "0.5%")),
        ),
        Box("year_end_new_outstanding_yuan", "年末新增在保余额", Sort.MONEY, example="1亿", unit="元", required=True),
    ),
    {"average_fee_rate_percent": "0.5%", "year_end_new_outstanding_yuan": "1亿"},
)  # fmt: skip
RISK = Form(
    "risk_compensation",
    "担保机构替人还了钱，能补多少",
    "钱给担保机构，不是给农户。",
    (
        Box(
            "base_yuan", "代偿率的底数", Sort.MONEY, example="1亿", unit="元", required=True,
            hint="文件没写用哪个数，要自己指明：当年解除担保额，或者在保余额",
        ),
        Box("payments_yuan", "当年代偿支出", Sort.MONEY, example="400万", unit="元", required=True, hint="不减追回来的"),
        Box("leverage_coefficient", "放大倍数奖励系数", Sort.SIZE, example="1", hint="文件没印，不填按 1 算", leave_out="不填"),
    ),
    {"base_yuan": "1亿", "payments_yuan": "400万"},
)  # fmt: skip
CAPITAL = Form(
    "capital_incentive",
    "担保机构做大了，最多奖多少",
    "钱给担保机构，不是给农户。",
    (
        Box("monthly_average_balance_yuan", "月均在保余额", Sort.MONEY, example="9亿", unit="元", leave_out="不知道，填 12 个月"),
        Box(
            "monthly_balances_yuan", "12 个月的月末在保余额", Sort.AMOUNTS, example="8亿 9亿 …共 12 个",
            hint="不知道月均才填，用空格隔开", instead_of="monthly_average_balance_yuan", leave_out="不填",
        ),
        Box("registered_capital_yuan", "注册资本", Sort.MONEY, example="1亿", unit="元", required=True),
    ),
    {"monthly_average_balance_yuan": "9亿", "registered_capital_yuan": "1亿"},
)  # fmt: skip
_POLICY = (
    Box("annualised_premium_rate_percent", "年化费率", Sort.SHARE, "1.2%"),
    Box("insured_amount_yuan", "保险金额", Sort.MONEY, "100万"),
)
SMALL_LOAN = Form(
    "small_loan_insurance_subsidy",
    "小额贷款保证保险，补保险公司多少",
    "钱给保险公司，不是给农户。",
    (
        Box("insured_amount_yuan", "保险金额", Sort.MONEY, example="100万", unit="元", leave_out="有好几份保单"),
        Box("annualised_premium_rate_percent", "向客户收的年化费率", Sort.SHARE, example="1.2%", unit="%", leave_out="不知道"),
        Box("period_premium_rate_percent", "保险期内的费率", Sort.SHARE, example="0.6%", unit="%", instead_of="annualised_premium_rate_percent", leave_out="不填", hint="不知道年化费率才填，要和“保险期几个月”一起填"),
        Box("policy_months", "保险期几个月", Sort.MONTHS, example="6个月", unit="个月", instead_of="annualised_premium_rate_percent", leave_out="不填"),
        Box("premium_yuan", "收了多少保费", Sort.PRICE, example="6000", unit="元", instead_of="annualised_premium_rate_percent", leave_out="不填"),
        Box("policies", "一份份保单", Sort.ROWS, example="1.2% 100万\n0.8% 30万", instead_of="insured_amount_yuan", leave_out="不填", hint="有好几份才填：一行一份，先写年化费率，空一格写保险金额", columns=_POLICY),
    ),
    {"annualised_premium_rate_percent": "1.2%", "insured_amount_yuan": "100万"},
)  # fmt: skip
_YEAR = (
    Box("year", "年份", Sort.YEAR, "2022"),
    Box("firms_financed", "几家", Sort.COUNT, "5家"),
    Box("deals", "几笔", Sort.COUNT, "10笔"),
    Box("confirmed_financing_yuan", "融资额", Sort.MONEY, "1亿"),
)
SUPPLY_CHAIN = Form(
    "supply_chain_reward",
    "带上下游借到钱的企业，奖多少",
    "钱给供应链核心企业，不是给农户。",
    (
        Box("firms_financed", "帮几家借到了钱", Sort.COUNT, example="5家", unit="家", leave_out="分年填"),
        Box("deals", "一共几笔", Sort.COUNT, example="10笔", unit="笔", leave_out="分年填"),
        Box("confirmed_financing_yuan", "中征平台上确认的融资额", Sort.MONEY, example="1亿", unit="元", leave_out="分年填"),
        Box("by_year", "分年算", Sort.ROWS, example="2022 5家 10笔 1亿", instead_of="confirmed_financing_yuan", leave_out="不填", hint="几年一起算才填：一行一年，写年份、家数、笔数、融资额", columns=_YEAR),
    ),
    {"firms_financed": "5家", "deals": "10笔", "confirmed_financing_yuan": "1亿"},
)  # fmt: skip
SECURITISATION = Form(
    "securitisation",
    "技术产权证券化，补多少",
    "钱给企业、发行机构或担保机构，不是给农户。",
    (
        Box(
            "part", "算哪一块", Sort.CHOICE, example="企业融资利息", required=True,
            choices=(("interest", "企业融资利息"), ("issuer_fees", "发行机构中介费"), ("guarantee_loss", "担保机构损失")),
        ),
        Box("interest_paid_yuan", "一家企业一年付的融资利息", Sort.MONEY, example="100万", unit="元", only_if=("part", frozenset({"interest"})), leave_out="分年填"),
        Box("interest_by_year_yuan", "分年付的融资利息", Sort.ITEMS, example="2022年 100万\n2023年 200万", only_if=("part", frozenset({"interest"})), instead_of="interest_paid_yuan", leave_out="不填", hint="几年一起算才填，一行一年"),
        Box("fees_yuan", "增信、评估等中介费用", Sort.MONEY, example="35万", unit="元", only_if=("part", frozenset({"issuer_fees"}))),
        Box("principal_loss_by_firm_yuan", "各企业本金实际损失", Sort.ITEMS, example="甲公司 500万", only_if=("part", frozenset({"guarantee_loss"})), hint="一行一家，利息和罚息不算"),
    ),
    {"part": "interest", "interest_paid_yuan": "100万"},
)  # fmt: skip
_BANK, _INSURER = ("side", frozenset({"bank"})), ("side", frozenset({"insurer"}))
PRODUCT = Form(
    "product_risk_compensation",
    "银行、保险的重点产品亏了，补多少",
    "钱给银行或保险公司，不是给农户。",
    (
        Box("side", "哪一边", Sort.CHOICE, example="银行贷款产品", required=True, choices=(("bank", "银行贷款产品"), ("insurer", "保险产品"))),
        Box("principal_losses_by_bank_yuan", "各银行本金实际损失", Sort.ITEMS, example="甲银行 100万", only_if=_BANK, hint="一行一家；几个产品请一个一个算"),
        Box("citywide_product_balance_yuan", "全市这个产品当年贷款余额", Sort.MONEY, example="20亿", unit="元", only_if=_BANK, leave_out="不知道"),
        Box("premium_income_yuan", "这个产品的保费收入", Sort.MONEY, example="300万", unit="元", only_if=_INSURER),
        Box("payout_ratio_percent", "赔付比", Sort.RATE, example="120%", unit="%", only_if=_INSURER, leave_out="不知道"),
        Box("stop_sale_standard_percent", "停售标准", Sort.RATE, example="100%", unit="%", only_if=_INSURER, leave_out="不知道", hint="文件没写"),
        Box("in_innovation_library", "在不在保险创新产品库", Sort.CHOICE, example="是", only_if=_INSURER, choices=_YES_NO),
    ),
    {"side": "bank", "principal_losses_by_bank_yuan": "甲银行 100万", "citywide_product_balance_yuan": "20亿"},
)  # fmt: skip


def _rank(key: str, item: str) -> Box:
    return Box(
        key, f"{item}排第几", Sort.COUNT, example="1", unit="名", path=("rank_by_item", item), leave_out="不算这一项"
    )


EXECUTIVE = Form(
    "bank_executive_reward",
    "银行班子考核前三名，奖多少",
    "钱给银行班子，不是给农户。",
    (
        _rank("rank_hills", "山区5县普惠信贷"),
        _rank("rank_flexible", "“灵活贷+连续贷”机制贷款"),
        _rank("rank_batch", "银担批量合作贷款"),
    ),
    {"rank_hills": "1"},
    places={"rank_by_item": "rank_hills"},
)
FORMS = {
    form.name: form
    for form in (
        LOAN, INSURANCE, HOUSEHOLD, FEE_SUBSIDY, RISK, CAPITAL, SMALL_LOAN, SUPPLY_CHAIN, SECURITISATION, PRODUCT, EXECUTIVE,
    )
}  # fmt: skip
