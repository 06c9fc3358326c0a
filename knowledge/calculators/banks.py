"""The two policies that name banks: reward of the executive team, and compensation of key products with insurers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from knowledge.calculators import draft
from knowledge.calculators.inputs import Fields, Input, is_unknown, to_decimal
from knowledge.calculators.result import HUNDRED, UNDETERMINED, Step, Worked, added, money, rough
from knowledge.entries import Payee
from knowledge.rendering import plain

REWARDS = {1: Decimal(300_000), 2: Decimal(200_000), 3: Decimal(100_000)}
ITEMS = {
    "山区5县普惠信贷": ("山区", "mountain"),
    "“灵活贷+连续贷”机制贷款": ("灵活贷", "连续贷", "flexible", "continuous"),
    "银担批量合作贷款": ("银担", "batch", "guarantee"),
}
LOSS_PERCENT = Decimal(30)
CAP_PERCENT = Decimal("0.5")
PREMIUM_PERCENT = Decimal(20)
PRODUCT_CAP = Decimal(1_000_000)
SIDES = {"bank": "银行贷款产品", "insurer": "保险产品"}

EXECUTIVE_INPUTS = (
    Input("rank_by_item", "各单项考核名次", '{"山区5县普惠信贷": 1, "银担批量合作贷款": 3}', required=True),
    Input("team_members", "班子人数（奖给整个班子，不影响金额）", "5"),
)
_LOSSES = Input("principal_losses_by_bank_yuan", "各银行贷款本金实际损失，元", '{"甲银行": "1000000"}', required=True)
_BALANCE = Input("citywide_product_balance_yuan", "全市该产品当年贷款余额，元", '"2000000000"', required=True)
PRODUCT_INPUTS = (
    Input("side", "哪一边：bank 银行，insurer 保险", '"bank"', required=True),
    _LOSSES,
    _BALANCE,
    Input("interest_loss_yuan", "利息损失，元（不补）", '"50000"'),
    Input(
        "products",
        "几个产品各算各的",
        '[{"name": "科创指数贷", "principal_losses_by_bank_yuan": {"甲银行": "1000000"}, '
        '"citywide_product_balance_yuan": "2000000000"}]',
    ),
    Input("premium_income_yuan", "该产品保费收入，元", '"3000000"'),
    Input("payout_ratio_percent", "赔付比，%", '"120"'),
    Input("stop_sale_standard_percent", "停售标准，%（文件没写）", '"100"'),
    Input("in_innovation_library", "在不在保险创新产品库", "true"),
)
_PRODUCT = (Input("name", "产品名称", '"科创指数贷"', required=True), _LOSSES, _BALANCE)


def bank_executive_reward(fields: Fields) -> Worked:
    """A reward per single item, added up, to the whole team (第二条)."""
    ranks = _ranks(fields)
    if fields.given("team_members"):
        fields.count("team_members", 1)
    clause = draft.clause("第二条")
    steps, total, unknown = [], Decimal(0), False
    for item, rank in ranks.items():
        if rank is None:
            unknown = True
            steps.append(Step(f"{item}：名次不知道", "名次没有填", clause, UNDETERMINED))
            continue
        reward = REWARDS.get(rank, Decimal(0))
        total += reward
        steps.append(Step(f"{item}：第一 30万、第二 20万、第三 10万", f"第 {rank} 名", clause, f"{money(reward)} 元"))
    amount = UNDETERMINED if unknown else money(total)
    steps.append(Step("各单项相加（文件没写总数封顶）", f"已知部分 {money(total)} 元", clause, amount))
    rule = "单项考核前三名的银行班子，分别奖 30万元、20万元、10万元。"
    notes = (*draft.words("第二条", rule, (Payee.BANK,)), "奖给银行班子一份，不是每人一份；没填的单项没有算。")
    return Worked({"reward_yuan": amount}, tuple(steps), (Payee.BANK,), notes)


def _ranks(fields: Fields) -> dict[str, int | None]:
    """Ranks by the article's own names; anything that is not one clear place is refused."""
    raw = fields.raw("rank_by_item")
    if not isinstance(raw, dict) or not raw:
        raise fields.bad("rank_by_item", "要写成“单项: 名次”的 JSON 对象，至少一项")
    ranks: dict[str, int | None] = {}
    for name, value in raw.items():
        item = next((item for item, cues in ITEMS.items() if any(cue in str(name).lower() for cue in cues)), None)
        if item is None or item in ranks:
            raise fields.bad("rank_by_item", f"里只能有这三个单项，每个一次：{'、'.join(ITEMS)}")
        ranks[item] = _rank(fields, item, value)
    return ranks


def _rank(fields: Fields, item: str, value: Any) -> int | None:
    if is_unknown(value):
        return None
    rank = to_decimal(value)
    if rank is None or rank < 1 or rank != rank.to_integral_value() or rank > 10_000:
        raise fields.bad("rank_by_item", f"里“{item}”的名次要填 1、2、3 这样的整数，并列怎么奖文件没写、不能算")
    return int(rank)


def product_risk_compensation(fields: Fields) -> Worked:
    """Losses of named bank products, or of an insurance product of the innovation library (第三条)."""
    return _insurer(fields) if fields.choice("side", SIDES) == "insurer" else _bank(fields)


def _bank(fields: Fields) -> Worked:
    """30 % of principal losses, capped city-wide, per product and year."""
    if fields.given("interest_loss_yuan"):
        fields.number("interest_loss_yuan")
    several = fields.given("products")
    rows = fields.rows("products", _PRODUCT) if several else [fields]
    worked = [_product(row) for row in rows]
    names = [row.text("name") if several else "" for row in rows]
    if several and (len(set(names)) < len(names) or "" in names):
        raise fields.bad("products", "每个产品要有自己的 name")
    totals = [total for total, _, _, _ in worked if total is not None]
    total = money(added(totals)) if len(totals) == len(worked) else UNDETERMINED
    caps = [money(cap) if cap is not None else UNDETERMINED for _, cap, _, _ in worked]
    shares = [share for _, _, share, _ in worked]
    values = {
        "allocation_between_banks": dict(zip(names, shares, strict=True)) if several else shares[0],
        "cap_yuan": dict(zip(names, caps, strict=True)) if several else caps[0],
        "total_compensation_yuan": total,
    }
    rule = "补银行贷款本金实际损失的 30%，每年总规模以全市该产品当年贷款余额的 0.5% 为限。"
    notes = [*draft.words("第三条", rule, (Payee.BANK,)), "只补本金，利息和罚息不补；封顶按全市一个产品一年算。"]
    if any(share == UNDETERMINED for share in shares):
        notes.append("各银行分多少算不出：碰到封顶怎么分，文件没写；余额不知道时，也不知道封不封顶。")
    return Worked(values, tuple(step for part in worked for step in part[3]), (Payee.BANK,), tuple(notes))


def _product(row: Fields) -> tuple[Decimal | None, Decimal | None, dict[str, str] | str, list[Step]]:
    """Total, cap, split and steps of one product; None and UNDETERMINED where the balance is not known."""
    losses = row.all_named("principal_losses_by_bank_yuan")
    clause = draft.clause("第三条")
    loss = added(losses.values())
    wanted = loss * LOSS_PERCENT / HUNDRED
    steps = [Step("本金损失合计 × 30%", f"{plain(loss)} × 30%", clause, f"{rough(wanted)} 元")]
    if not row.given("citywide_product_balance_yuan"):
        steps.append(Step("封顶 = 全市该产品余额 × 0.5%", "余额没有填，封顶不知道", clause, UNDETERMINED))
        return None, None, UNDETERMINED, steps
    balance = row.number("citywide_product_balance_yuan")
    cap = balance * CAP_PERCENT / HUNDRED
    total = min(wanted, cap)
    steps.append(Step("封顶 = 全市该产品余额 × 0.5%", f"{plain(balance)} × 0.5%", clause, f"{rough(cap)} 元"))
    steps.append(Step("补偿 = 两者取小", f"{rough(wanted)} 和 {rough(cap)}", clause, f"{money(total)} 元"))
    if wanted > cap and len(losses) > 1:
        return total, cap, UNDETERMINED, steps
    each = {bank: amount * LOSS_PERCENT / HUNDRED for bank, amount in losses.items()}
    if wanted > cap:
        each = dict.fromkeys(losses, cap)
    return total, cap, {bank: money(amount) for bank, amount in each.items()}, steps


def _insurer(fields: Fields) -> Worked:
    """A ceiling of min(20 % of premiums, 1 000 000) where payouts exceed the stop-sale standard."""
    clause = draft.clause("第三条")
    premium = fields.number("premium_income_yuan")
    ceiling = min(premium * PREMIUM_PERCENT / HUNDRED, PRODUCT_CAP)
    over = _over_standard(fields)
    listed = fields.flag("in_innovation_library")
    qualifies = False if False in (over, listed) else (True if over and listed else None)
    shown = UNDETERMINED if qualifies is None else money(ceiling if qualifies else Decimal(0))
    said = {True: "是", False: "不是", None: "不知道"}
    steps = (
        Step("赔付比要超过停售标准（等于不算）", _ratio_words(fields), clause, said[over]),
        Step("产品要在保险创新产品库里", said[listed], clause, said[listed]),
        Step(
            "上限 = 保费收入 × 20% 和 100万元取小",
            f"{plain(premium)} × 20% = {rough(premium * PREMIUM_PERCENT / HUNDRED)}",
            clause,
            shown if qualifies is None else f"{shown} 元",
        ),
    )
    rule = "赔付比超过停售标准的创新保险产品，补偿不超过保费收入的 20%，单个产品最高不超过 100万元。"
    notes = [*draft.words("第三条", rule, (Payee.INSURER,)), "20% 和 100万元都是上限（“不超过”），不是一定给这么多。"]
    if qualifies is None:
        notes.append(f"条件还没弄清，算不出；要是两条都够，最多 {money(ceiling)} 元。停售标准是多少文件没写。")
    values = {
        "qualifies": UNDETERMINED if qualifies is None else qualifies,
        "ceiling_yuan": shown,
        "is_ceiling_not_entitlement": True,
    }
    return Worked(values, steps, (Payee.INSURER,), tuple(notes))


def _over_standard(fields: Fields) -> bool | None:
    ratio, standard = "payout_ratio_percent", "stop_sale_standard_percent"
    known = {name: fields.percent(name, 100_000) for name in (ratio, standard) if fields.given(name)}
    return known[ratio] > known[standard] if len(known) == 2 else None


def _ratio_words(fields: Fields) -> str:
    names = {"payout_ratio_percent": "赔付比", "stop_sale_standard_percent": "停售标准"}
    return "，".join(
        f"{label} {plain(fields.number(name))}%" if fields.given(name) else f"{label}不知道"
        for name, label in names.items()
    )
