"""Where an entry holds: the counties its regions name, alone or as a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.entries import Entry
from knowledge.vocabulary import COUNTIES, HILL_COUNTIES, URBAN

WIDE = ("全国", "浙江省", "温州市")  # each covers all our counties
GROUPS: Mapping[str, tuple[str, ...]] = {"市区": URBAN, "山区5县": HILL_COUNTIES}


def counties_of(entry: Entry) -> frozenset[str]:
    """The counties that the regions of an entry name one by one or as a group; none for a wider or a foreign area."""
    return frozenset(name for region in entry.regions for name in GROUPS.get(region, (region,)) if name in COUNTIES)


def covers(entry: Entry, county: str) -> bool:
    """Whether an entry holds in one of the twelve counties."""
    if county in entry.excluded_places:
        return False
    return not set(WIDE).isdisjoint(entry.regions) or county in counties_of(entry)


def may_hold(entry: Entry, county: Any) -> bool:
    """Whether an entry holds in the asker's county, or everywhere with us where the county is not known."""
    return covers(entry, county) if isinstance(county, str) else not set(WIDE).isdisjoint(entry.regions)
