"""The entries for a question, with the asker's place and crop and the state of each entry as priors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.local import local_first
from knowledge.matching import Ranking
from knowledge.priors import Asker

DOUBT = re.compile(
    "骗|假|冒充|中介|正规|靠谱|可信|相信|上当|电话|短信|链接|验证码|通知书|委托|第三方|背债|ab贷|文件|真的"
)
HARDLY_SURE, CLEAR_AHEAD = 0.2, 1.8
NEARLY_SURE, FAR_AHEAD = 0.4, 1.5  # answering outright here would give entries to questions that are not ours


def rank(base: KnowledgeBase, plain: str, facts: Mapping[str, Any], day: date, k: int = 10) -> Ranking:
    """The best `k` entries for a folded question asked on `day`."""
    county, kinds = facts.get("county"), crop_kinds(base, facts.get("crop"))
    asker = Asker(county if isinstance(county, str) else None, kinds, bool(facts.get("location")))
    found = base.index.rank(plain, k, adjust=base.priors.of(asker, day, doubts=DOUBT.search(plain) is not None))
    if asker.county is None:
        return found
    return local_first(base.entries, found, asker.county, kinds, day, base.model.margin_at)


def is_far_ahead(ranking: Ranking) -> bool:
    """Whether the best entry, though not quite sure, leaves all others so far behind that it is most likely meant."""
    return ranking.confidence >= NEARLY_SURE and ranking.margin >= FAR_AHEAD


def is_plainly_first(ranking: Ranking) -> bool:
    """Whether the best of several choices stands so clear of them that it is read out, little as speaks for it."""
    clear = ranking.confidence >= HARDLY_SURE and ranking.margin >= CLEAR_AHEAD
    return clear or is_far_ahead(ranking)


def crop_kinds(base: KnowledgeBase, crop: Any) -> frozenset[str]:
    """The crop with the wider words documents use for it: 杨梅 is also 水果."""
    if not isinstance(crop, str):
        return frozenset()
    return frozenset({crop, *(known.category for known in base.crops.by_word.values() if known.name == crop)})
