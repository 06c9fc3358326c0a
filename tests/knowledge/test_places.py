"""Places from county to village: one where the words are sure, several where not, outside marked as outside."""

from pathlib import Path

import pytest
import yaml

from knowledge.places import PlaceMention, Places
from knowledge.reading import ContentError
from knowledge.vocabulary import COUNTIES, HILL_COUNTIES, URBAN

ROOT = Path(__file__).parents[2]
PLACES = Places.load(ROOT / "data" / "places.yaml")
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "places.yaml").read_text(encoding="utf-8"))
NUMBER_OF_TOWNS = {
    "鹿城区": 14, "龙湾区": 10, "瓯海区": 13, "洞头区": 8, "乐清市": 25, "瑞安市": 23, "龙港市": 0, "永嘉县": 24,
    "平阳县": 16, "苍南县": 18, "文成县": 17, "泰顺县": 20,
}  # fmt: skip


def described(mention: PlaceMention) -> str:
    """One mention in the words of the case file."""
    if mention.outside:
        return f"外 {mention.name}"
    county = mention.county or "、".join(mention.counties) + ("?" if mention.ambiguous else "")
    return "/".join((county, mention.town or "", mention.village or "")).rstrip("/")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["say"])
def test_a_spoken_place_is_recognised(case: dict[str, object]) -> None:
    """County, town and village are those of the table, and an outside place is named in full."""
    assert [described(mention) for mention in PLACES.find(str(case["say"]))] == case["is"]


def test_the_counties_are_those_entries_use() -> None:
    """The gazetteer and the entries speak of the same twelve counties."""
    assert PLACES.counties == COUNTIES


def test_every_county_has_all_its_towns() -> None:
    """The number of towns and streets of each county is the official one, nurseries and forest farms counted in."""
    assert {county: len(towns) for county, towns in PLACES.towns.items()} == NUMBER_OF_TOWNS


@pytest.mark.parametrize("county", COUNTIES)
def test_every_town_said_in_full_leads_to_its_county(county: str) -> None:
    """A town's full name alone, and its short name after the county's, both give county and town."""
    for town in PLACES.towns[county]:
        for say in (f"我在{town}种地", f"{county}{town}", f"{county[:-1]}{town}"):
            (mention,) = PLACES.find(say)
            assert (mention.county, mention.town, mention.ambiguous) == (county, town, False), say


@pytest.mark.parametrize(("say", "counties"), [("山区5县", HILL_COUNTIES), ("市区", URBAN), ("全市", COUNTIES)])
def test_a_group_expands_to_its_counties(say: str, counties: tuple[str, ...]) -> None:
    """A group of counties names them all and is no single county."""
    (mention,) = PLACES.find(f"{say}有什么政策")

    assert mention.county is None
    assert set(mention.counties) == set(counties)


def test_a_span_points_at_its_words() -> None:
    """The span of a mention cuts its own text out of the sentence, in traditional script too."""
    say = "我喺蒼南礬山種茶"
    (mention,) = PLACES.find(say)

    assert say[slice(*mention.span)] == mention.text == "蒼南礬山"


def test_a_broken_gazetteer_names_the_line(tmp_path: Path) -> None:
    """An unknown key stops the loading with file and line."""
    path = tmp_path / "places.yaml"
    path.write_text("counties: []\ncountries: []\n", encoding="utf-8")

    with pytest.raises(ContentError, match=r"places\.yaml:2: 不认识的键 countries"):
        Places.load(path)
