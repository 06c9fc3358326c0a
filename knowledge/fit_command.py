"""Refit data/matching.yaml on the project's golden questions: `python -m knowledge fit`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from knowledge.evaluation import GoldenQuestion, labelled, select
from knowledge.fitting import LabelledQuestion, fit
from knowledge.lexicon import Lexicon
from knowledge.matching import Document, MatchIndex, Model


def refit(
    data: Path, documents: Sequence[Document], golden: Iterable[GoldenQuestion], lexicon: Lexicon, on: str
) -> Model:
    """Fit on the tune split and small talk, write data/matching.yaml and return the model; `on` is the day it is done.

    Questions about entries that are not among the documents are left out, held-back questions always.
    """
    known = {document.id for document in documents}
    tune = [q for q in select(golden, "tune") if (known.intersection(q.codes) if q.in_scope else q.outcome != "warn")]
    talk = read_small_talk(data / "lexicon" / "small_talk.txt")
    fitted = fit(
        documents,
        labelled(tune) + talk,
        Model.load(data / "matching.yaml"),
        lambda kept, weights: MatchIndex.build(kept, lexicon, weights),
        {
            "on": on,
            "set": f"黄金问句的调参部分 {len(tune)} 句、闲话 {len(talk)} 句、{len(documents)} 个条目自己的问法",
        },
    )
    fitted.dump(data / "matching.yaml")
    return fitted


def read_small_talk(path: Path) -> list[LabelledQuestion]:
    """Return the lines of a small-talk file as questions nothing may answer."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [LabelledQuestion(line, frozenset()) for line in lines if line and not line.startswith("#")]
