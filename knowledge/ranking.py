"""The entries for a question, with the asker's place and crop and the state of each entry as priors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.entries import Entry
from knowledge.matching import Ranking
from knowledge.vocabulary import COUNTIES

DOUBT = re.compile(
    "骗|假|冒充|中介|正规|靠谱|可信|相信|上当|电话|短信|链接|验证码|通知书|委托|第三方|背债|ab贷|文件|真的"
)
CALM = 1.2  # log-odds a warning loses when nobody speaks of a doubt


def rank(base: KnowledgeBase, plain: str, facts: Mapping[str, Any], k: int = 10) -> Ranking:
    """The best `k` entries for a folded question."""
    county, crop, location = facts.get("county"), facts.get("crop"), facts.get("location")
    doubts = DOUBT.search(plain) is not None
    priors = {
        code: prior(entry, county, crop, location) - (0.0 if doubts or "fraud" not in entry.subjects else CALM)
        for code, entry in base.entries.items()
    }
    return base.index.rank(plain, k, adjust=priors)


def prior(entry: Entry, county: Any, crop: Any, location: Any) -> float:
    """Log-odds: an entry of the asker's own county or crop gains, one bound to another loses, none is dropped."""
    score = 0.0
    bound = [region for region in entry.regions if region in COUNTIES]
    if isinstance(county, str) and bound:
        score += 0.7 if county in bound else -0.9
    if location and bound:
        score -= 0.3
    if isinstance(crop, str) and entry.crops:
        score += 0.5 if crop in entry.crops else -0.5
    if entry.validity.superseded_by is not None or entry.validity.historic:
        score -= 0.3
    return score
