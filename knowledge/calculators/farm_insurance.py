"""Who pays how much of a farm insurance premium (农业保险保费), as far as the published figures say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from knowledge.calculators.inputs import Fields, Input
from knowledge.calculators.result import HUNDRED, UNDETERMINED, Step, Worked, added, money, rough, to_cent
from knowledge.entries import Payee
from knowledge.rendering import plain

INPUTS = (
    Input("line", "险种或文件", '"苍南2024水稻"'),
    Input("crop", "作物", '"单季稻"'),
    Input("unit", "单位", '"亩"'),
    Input("units", "几亩（头）", '"30"'),
    Input("premium_per_unit_yuan", "每亩（头）保费，元", '"60"'),
    Input("cover_per_unit_yuan", "每亩（头）保额，元", '"1500"'),
    Input("base_cover_per_mu_yuan", "每亩基本保额，元", '"1000"'),
    Input("top_up_cover_yuan", "每亩提标保额，元", '"400"'),
    Input("premium_rate_percent", "保险费率，%", '"6"'),
    Input("total_premium_yuan", "总保费，元", '"1800"'),
    Input("farmer_share_percent", "农户出几成，%", '"7"'),
    Input("central_share_percent", "中央出几成，%", '"35"'),
    Input("county_share_percent", "县里出几成，%", '"70"'),
    Input("province_min_share_percent", "省里至少出几成，%", '"25"'),
    Input("shares_percent", "各方比例，%", '{"central": "40", "province": "25", "farmer": "35"}'),
    Input("farmer_pays_per_unit_yuan", "农户每亩（头）出，元", '"4.2"'),
    Input("farmer_before_per_unit_yuan", "以前农户每亩出，元", '"3.5"'),
    Input("farmer_after_per_unit_yuan", "现在农户每亩出，元", '"1"'),
    Input("county_fund_per_unit_yuan", "县农险基金每亩出，元", '"2.5"'),
)
PARTIES = {
    "central": ("central", "中央"),
    "province": ("province", "省", "省级"),
    "city": ("city", "市", "市级"),
    "county": ("county", "县", "县级"),
    "farmer": ("farmer", "农户", "养殖户", "养殖场"),
}
WORDS = {"central": "中央", "province": "省", "city": "市", "county": "县", "farmer": "农户"}
CANGNAN_TOP_UP = {Decimal(200): Decimal("0.7"), Decimal(400): Decimal("1.4")}  # 300 is offered but not priced
CANGNAN_UNPRICED = Decimal(300)
CANGNAN_BASE_FARMER = Decimal(1)
_GIVEN = "按填的数"
_CANGNAN = "苍南县 2024 政策性农业保险"


@dataclass(slots=True)
class _Sheet:
    """The figures as they become known, with the working that led to them."""

    fields: Fields
    values: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, amount: Decimal, formula: str, numbers: str, clause: str = _GIVEN) -> None:
        """Write one amount down with its step."""
        self.values[name] = money(amount)
        self.steps.append(Step(formula, numbers, clause, f"{money(amount)} 元"))

    def number(self, name: str) -> Decimal | None:
        """A number, None when it is not known."""
        return self.fields.number(name) if self.fields.given(name) else None

    def percent(self, name: str) -> Decimal | None:
        """A percentage, None when it is not known."""
        return self.fields.percent(name) if self.fields.given(name) else None


def insurance_farmer_share(fields: Fields) -> Worked:
    """Premium, cover and shares from any consistent subset; what is not published stays open."""
    sheet = _Sheet(fields)
    units = fields.positive("units") if fields.given("units") else None
    cover = _cover(sheet, units)
    shares = _shares(fields)
    per_unit, total = _premium(sheet, units, cover, shares)
    if per_unit is not None:
        sheet.values["premium_per_unit_yuan"] = money(per_unit)
    if total is not None:
        sheet.values["total_premium_yuan"] = money(total)
    _parties(sheet, total, shares)
    _farmer(sheet, units, total, shares)
    _changes(sheet, units)
    if not sheet.values:
        raise fields.bad("premium_per_unit_yuan", "（或保额加费率、总保费、农户每亩出多少）至少要填够一样")
    sheet.notes.insert(0, "钱给谁：保费交给保险公司；出险以后赔款才给投保的农户。")
    sheet.notes.append("合计只四舍五入一次，不按每亩先四舍五入。")
    return Worked(sheet.values, tuple(sheet.steps), (Payee.INSURER,), tuple(sheet.notes))


def _cover(sheet: _Sheet, units: Decimal | None) -> Decimal | None:
    base, top_up = sheet.number("base_cover_per_mu_yuan"), sheet.number("top_up_cover_yuan")
    cover = sheet.number("cover_per_unit_yuan")
    if base is not None:
        summed = base + (top_up or 0)
        if cover is not None and cover != summed:
            raise sheet.fields.bad("cover_per_unit_yuan", "和基本保额加提标保额不一样，只填一样")
        cover = summed
        sheet.put(
            "cover_per_mu_yuan", cover, "每亩保额 = 基本 + 提标", f"{plain(base)} + {plain(top_up or Decimal(0))}"
        )
    if cover is not None and units is not None:
        sheet.put("total_cover_yuan", cover * units, "总保额 = 单位保额 × 数量", f"{plain(cover)} × {plain(units)}")
    return cover


def _shares(fields: Fields) -> dict[str, Decimal]:
    """Shares by party in percent; more than 100 together is refused."""
    shares: dict[str, Decimal] = {}
    if fields.given("shares_percent"):
        for name, share in fields.all_named("shares_percent").items():
            party = next((party for party, names in PARTIES.items() if name in names), None)
            if party is None or party in shares:
                raise fields.bad("shares_percent", f"里只能有 {'、'.join(PARTIES)}，每个一次")
            shares[party] = share
    for party in ("farmer", "central", "county"):
        name = f"{party}_share_percent"
        if fields.given(name):
            share = fields.percent(name)
            if shares.get(party, share) != share:
                raise fields.bad(name, "和 shares_percent 里的不一样，只填一样")
            shares[party] = share
    if added(shares.values()) > HUNDRED:
        name = "shares_percent" if fields.given("shares_percent") else f"{next(iter(shares))}_share_percent"
        raise fields.bad(name, "各方比例加起来超过 100")
    return shares


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to the premium per unit, with the input it is blamed on when it disagrees with another."""

    name: str
    amount: Decimal
    formula: str
    numbers: str


def _premium(
    sheet: _Sheet, units: Decimal | None, cover: Decimal | None, shares: Mapping[str, Decimal]
) -> tuple[Decimal | None, Decimal | None]:
    """Premium per unit and in total, by every way the figures allow; ways that disagree are refused."""
    total = sheet.number("total_premium_yuan")
    ways = list(_ways(sheet, units, cover, shares))
    if not ways:
        return None, total
    first = ways[0].amount
    for way in ways[1:]:
        if abs(to_cent(way.amount) - to_cent(first)) > Decimal("0.01"):
            raise sheet.fields.bad(way.name, f"算出的单位保费 {rough(way.amount)} 和 {rough(first)} 对不上，请核对")
    sheet.steps.append(Step(ways[0].formula, ways[0].numbers, _GIVEN, f"{rough(first)} 元"))
    if total is None and units is not None:
        total = first * units
        numbers = f"{rough(first)} × {plain(units)}"
        sheet.steps.append(Step("总保费 = 单位保费 × 数量", numbers, _GIVEN, f"{money(total)} 元"))
    return first, total


def _ways(sheet: _Sheet, units: Decimal | None, cover: Decimal | None, shares: Mapping[str, Decimal]) -> Iterator[_Way]:
    """Every way the figures allow, the one told outright first."""
    told, rate = sheet.number("premium_per_unit_yuan"), sheet.percent("premium_rate_percent")
    if told is not None:
        yield _Way("premium_per_unit_yuan", told, "每亩（头）保费", plain(told))
    if cover is not None and rate is not None:
        numbers = f"{plain(cover)} × {plain(rate)}%"
        yield _Way("premium_rate_percent", cover * rate / HUNDRED, "单位保费 = 保额 × 费率", numbers)
    pays, share = sheet.number("farmer_pays_per_unit_yuan"), shares.get("farmer")
    if pays is not None and share:
        numbers = f"{plain(pays)} ÷ {plain(share)}%"
        yield _Way("farmer_share_percent", pays * HUNDRED / share, "单位保费 = 农户出的 ÷ 农户比例", numbers)
    total = sheet.number("total_premium_yuan")
    if total is not None and units is not None:
        numbers = f"{plain(total)} ÷ {plain(units)}"
        yield _Way("total_premium_yuan", total / units, "单位保费 = 总保费 ÷ 数量", numbers)


def _parties(sheet: _Sheet, total: Decimal | None, shares: Mapping[str, Decimal]) -> None:
    """What each public purse pays, and what is left when the papers stop short."""
    least = sheet.percent("province_min_share_percent")
    if added(shares.values()) + (least or 0) > HUNDRED:
        raise sheet.fields.bad("province_min_share_percent", "和别的比例加起来超过 100")
    if total is None:
        return
    for party, share in shares.items():
        if party != "farmer":
            sheet.put(
                f"{party}_pays_yuan",
                total * share / HUNDRED,
                f"{WORDS[party]}出 = 总保费 × 比例",
                f"{rough(total)} × {plain(share)}%",
            )
    public = added(to_cent(total * share / HUNDRED) for party, share in shares.items() if party != "farmer")
    rest = to_cent(total) - public
    if least is not None:
        at_least = to_cent(total * least / HUNDRED)
        sheet.put(
            "province_pays_at_least_yuan", at_least, "省里至少出 = 总保费 × 下限", f"{rough(total)} × {plain(least)}%"
        )
        sheet.put(
            "farmer_and_local_at_most_yuan",
            rest - at_least,
            "农户和市县合计最多",
            f"{money(total)} − {money(public + at_least)}",
        )
        sheet.notes.append("省里只写了“至少”；农户和市县怎么分文件没写。")
    elif shares and "farmer" not in shares and not sheet.fields.given("farmer_pays_per_unit_yuan"):
        sheet.put("remainder_yuan", rest, "剩下的 = 总保费 − 写明的", f"{money(total)} − {money(public)}")
        sheet.notes.append("剩下的由谁出，文件没写。")


def _farmer(sheet: _Sheet, units: Decimal | None, total: Decimal | None, shares: Mapping[str, Decimal]) -> None:
    """What the household pays; a range where a step of the scale is not published."""
    line = sheet.fields.text("line")
    if ("苍南" in line or "cangnan" in line.lower()) and sheet.fields.given("top_up_cover_yuan"):
        _cangnan(sheet, units)
        return
    per_unit, share = _farmer_per_unit(sheet), shares.get("farmer")
    if per_unit is None and share is None:
        return
    if per_unit is not None and units is not None:
        paid = per_unit * units
        sheet.put("farmer_pays_yuan", paid, "农户出 = 每亩（头）出 × 数量", f"{plain(per_unit)} × {plain(units)}")
    elif share is not None and total is not None:
        paid = total * share / HUNDRED
        sheet.put("farmer_pays_yuan", paid, "农户出 = 总保费 × 农户比例", f"{rough(total)} × {plain(share)}%")
    else:
        sheet.values["farmer_pays_yuan"] = UNDETERMINED
        sheet.notes.append("农户一共出多少算不出：units（数量）或总保费没有填。")
        return
    if total is not None:
        rest = to_cent(total) - to_cent(paid)
        if rest < 0:
            raise sheet.fields.bad("farmer_pays_per_unit_yuan", "农户出的比总保费还多，请核对")
        sheet.put("government_pays_yuan", rest, "政府出 = 总保费 − 农户出", f"{money(total)} − {money(paid)}")


def _farmer_per_unit(sheet: _Sheet) -> Decimal | None:
    pays = sheet.number("farmer_pays_per_unit_yuan")
    return pays if pays is not None else sheet.number("farmer_after_per_unit_yuan")


def _cangnan(sheet: _Sheet, units: Decimal | None) -> None:
    """The 200 and 400 steps have a printed price; between them lies the 300 step, so a range."""
    step, crop = sheet.fields.number("top_up_cover_yuan"), sheet.fields.text("crop")
    if step not in (*CANGNAN_TOP_UP, CANGNAN_UNPRICED) or (crop == "早稻" and step != 200):
        raise sheet.fields.bad("top_up_cover_yuan", "早稻只有 200 一档，单季稻、晚稻只有 200、300、400 三档")
    base = _farmer_per_unit(sheet)
    if base is None:
        base = CANGNAN_BASE_FARMER if sheet.fields.given("base_cover_per_mu_yuan") else Decimal(0)
    low = base + CANGNAN_TOP_UP.get(step, CANGNAN_TOP_UP[Decimal(200)])
    high = base + CANGNAN_TOP_UP.get(step, CANGNAN_TOP_UP[Decimal(400)])
    if units is None:
        sheet.values["farmer_pays_yuan"] = UNDETERMINED
        sheet.notes.append("农户一共出多少算不出：units（几亩）没有填。")
    elif low == high:
        sheet.put(
            "farmer_pays_yuan", low * units, "农户出 =（基本 + 提标）× 亩数", f"{plain(low)} × {plain(units)}", _CANGNAN
        )
    else:
        ends = [money(low * units), money(high * units)]
        sheet.values.update(farmer_pays_yuan=UNDETERMINED, range_yuan=ends)
        numbers = f"{plain(low)} 到 {plain(high)}，× {plain(units)}"
        sheet.steps.append(
            Step("300 元这一档没印农户出多少，只能给范围", numbers, _CANGNAN, f"{ends[0]} 到 {ends[1]} 元")
        )
    if low != high:
        sheet.notes.append("文件只写提标农户出 0.7 到 1.4 元一亩：0.7 对 200 档，1.4 对 400 档，300 档没印。")
    sheet.notes.append("这是苍南 2024 年的数，别的年份和县要另查。")


def _changes(sheet: _Sheet, units: Decimal | None) -> None:
    """Before, after and saving, and the county fund's part."""
    before, after = sheet.number("farmer_before_per_unit_yuan"), sheet.number("farmer_after_per_unit_yuan")
    if after is None:
        after = sheet.number("farmer_pays_per_unit_yuan") if before is not None else None
    fund = sheet.number("county_fund_per_unit_yuan")
    if units is None:
        return
    for name, amount, word in (
        ("farmer_before_yuan", before, "以前农户出"),
        ("farmer_after_yuan", after, "现在农户出"),
        ("county_fund_pays_yuan", fund, "县农险基金出"),
    ):
        if amount is not None:
            sheet.put(name, amount * units, f"{word} = 每亩 × 亩数", f"{plain(amount)} × {plain(units)}")
    if before is not None and after is not None:
        sheet.put(
            "saving_yuan",
            (before - after) * units,
            "少出 =（以前 − 现在）× 亩数",
            f"({plain(before)} − {plain(after)}) × {plain(units)}",
        )
