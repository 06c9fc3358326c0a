"""The entries for a question, with the asker's place and crop and the state of each entry as priors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.entries import Entry, Payee, Status
from knowledge.matching import Ranking
from knowledge.vocabulary import COUNTIES

DOUBT = re.compile(
    "骗|假|冒充|中介|正规|靠谱|可信|相信|上当|电话|短信|链接|验证码|通知书|委托|第三方|背债|ab贷|文件|真的"
)
NEARLY_SURE, FAR_AHEAD = 0.4, 1.5  # answering outright here would give entries to questions that are not ours
CALM = 1.2  # log-odds a warning loses when nobody speaks of a doubt


CLOSED = (Status.DRAFT, Status.EXPIRED, Status.SUPERSEDED)
ASKERS = frozenset({Payee.FARMER, Payee.FIRM})


def rank(base: KnowledgeBase, plain: str, facts: Mapping[str, Any], day: date, k: int = 10) -> Ranking:
    """The best `k` entries for a folded question asked on `day`."""
    county, location, kinds = facts.get("county"), facts.get("location"), crop_kinds(base, facts.get("crop"))
    doubts = DOUBT.search(plain) is not None
    priors = {
        code: prior(entry, county, kinds, location, day) - (0.0 if doubts or "fraud" not in entry.subjects else CALM)
        for code, entry in base.entries.items()
    }
    return base.index.rank(plain, k, adjust=priors)


def is_far_ahead(ranking: Ranking) -> bool:
    """Whether the best entry, though not quite sure, leaves all others so far behind that it is most likely meant."""
    return ranking.confidence >= NEARLY_SURE and ranking.margin >= FAR_AHEAD


def crop_kinds(base: KnowledgeBase, crop: Any) -> frozenset[str]:
    """The crop with the wider words documents use for it: 杨梅 is also 水果."""
    if not isinstance(crop, str):
        return frozenset()
    return frozenset({crop, *(known.category for known in base.crops.by_word.values() if known.name == crop)})


def prior(entry: Entry, county: Any, kinds: frozenset[str], location: Any, day: date) -> float:
    """Log-odds: an entry of the asker's own county or crop gains, one bound to another loses, none is dropped;
    what is closed, or pays neither farmer nor firm, comes after what is open to the asker."""
    score = 0.0
    bound = [region for region in entry.regions if region in COUNTIES]
    if isinstance(county, str) and bound:
        score += 0.7 if county in bound else -1.5
    if location and bound:
        score -= 0.3
    if kinds and entry.crops:
        score += 0.5 if kinds & set(entry.crops) else -1.2
    if entry.validity.historic or entry.status_on(day) in CLOSED:
        score -= 0.3
    if not ASKERS & set(entry.payee):
        score -= 0.3
    return score
