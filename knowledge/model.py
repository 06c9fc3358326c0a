"""The matcher's fitted numbers: ranking weights, confidence coefficients and thresholds, kept in data/matching.yaml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.evidence import FEATURES
from knowledge.text import Fillers, load_fillers
from knowledge.vectors import VectorTable, load_table

CONFIDENCE_FEATURES = tuple(name for name in FEATURES if not name.startswith("is_"))


class ModelError(ValueError):
    """data/matching.yaml does not hold the numbers this matcher needs."""


@dataclass(frozen=True)
class Model:
    """Weights by feature name; a score is their weighted sum, so that a prior of 0.7 doubles an entry's odds."""

    base_weights: Mapping[str, float]  # of several public question sets together: where fitting starts
    rank_weights: Mapping[str, float]
    confidence_weights: Mapping[str, float]
    confidence_bias: float
    answer_at: float
    suggest_at: float
    margin_at: float
    shortlist: int = 20
    fitted_on: Mapping[str, Any] = field(default_factory=dict)
    fillers: Fillers = field(default_factory=Fillers)
    vectors_name: str = ""
    vectors: VectorTable | None = None

    @classmethod
    def load(cls, path: Path, fillers_path: Path | None = None) -> "Model":
        """Read the model beside its filler words (lexicon/fillers.txt in the same folder unless told otherwise)."""
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            thresholds, confidence = raw["thresholds"], raw["confidence"]
            model = cls(
                base_weights=_weights(raw["base"], FEATURES, path),
                rank_weights=_weights(raw["ranking"], FEATURES, path),
                confidence_weights=_weights(confidence["weights"], CONFIDENCE_FEATURES, path),
                confidence_bias=float(confidence["bias"]),
                answer_at=float(thresholds["answer_at"]),
                suggest_at=float(thresholds["suggest_at"]),
                margin_at=float(thresholds["margin_at"]),
                shortlist=int(raw["shortlist"]),
                fitted_on=raw["fitted_on"],
                vectors_name=raw.get("vectors") or "",
            )
        except (KeyError, TypeError) as error:
            raise ModelError(f"{path}: missing or malformed: {error}. Run 'python -m knowledge fit'.") from error
        if any(value < 0 for value in model.confidence_weights.values()):
            raise ModelError(f"{path}: confidence weights must not be negative: more evidence never lowers confidence.")
        return replace(
            model,
            fillers=load_fillers(fillers_path or path.parent / "lexicon" / "fillers.txt"),
            vectors=load_table(path.parent / model.vectors_name) if model.vectors_name else None,
        )

    def without(self, features: Iterable[str]) -> "Model":
        """Return the model with some evidence ignored in ranking."""
        return replace(self, rank_weights={**self.rank_weights, **dict.fromkeys(features, 0.0)})

    def dump(self, path: Path) -> None:
        """Write the numbers in the form `load` reads."""
        raw = {
            "fitted_on": dict(self.fitted_on),
            "thresholds": {
                "answer_at": round(self.answer_at, 4),
                "suggest_at": round(self.suggest_at, 4),
                "margin_at": round(self.margin_at, 4),
            },
            "shortlist": self.shortlist,
            "vectors": self.vectors_name,
            "base": {name: round(float(self.base_weights[name]), 4) for name in FEATURES},
            "ranking": {name: round(float(self.rank_weights[name]), 4) for name in FEATURES},
            "confidence": {
                "bias": round(self.confidence_bias, 4),
                "weights": {name: round(float(self.confidence_weights[name]), 4) for name in CONFIDENCE_FEATURES},
            },
        }
        head = "# 匹配用的数字：排序权重、把握程度、三道门槛。由 python -m knowledge fit 写出，不用手改。\n"
        path.write_text(head + yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def base_vector(self) -> NDArray[np.float64]:
        """The pooled weights in the order of FEATURES."""
        return np.array([self.base_weights[name] for name in FEATURES], np.float64)

    def rank_vector(self) -> NDArray[np.float32]:
        """The ranking weights in the order of FEATURES."""
        return np.array([self.rank_weights[name] for name in FEATURES], np.float32)

    def confidence_vector(self) -> NDArray[np.float32]:
        """The confidence weights in the order of FEATURES, zero where a feature says nothing absolute."""
        return np.array([self.confidence_weights.get(name, 0.0) for name in FEATURES], np.float32)


def _weights(raw: Mapping[str, Any], names: tuple[str, ...], path: Path) -> dict[str, float]:
    unknown, missing = sorted(set(raw) - set(names)), sorted(set(names) - set(raw))
    if unknown or missing:
        raise ModelError(f"{path}: weights do not fit this matcher: unknown {unknown}, missing {missing}.")
    return {name: float(raw[name]) for name in names}
