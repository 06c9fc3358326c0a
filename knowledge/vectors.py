"""Sentence vectors as sums of n-gram vectors from a small table (data/vectors.npz), read once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PREFIXES = ("w", "p", "c")  # words, pairs, characters: the channels' n-grams share one table


@dataclass(frozen=True)
class VectorTable:
    """Eight-bit rows with one scale each; unknown n-grams add nothing."""

    row_of: dict[str, int]
    rows: NDArray[np.int8]
    scales: Floats

    @property
    def dimensions(self) -> int:
        """Numbers in one vector."""
        return int(self.rows.shape[1])

    def embed(self, channels: Sequence[Iterable[str]]) -> Floats:
        """Return the unit vector of a text given as its channels' tokens, or zeros when none is known."""
        row_of = self.row_of
        found = {
            row_of.get(prefix + token, -1)
            for prefix, tokens in zip(PREFIXES, channels, strict=True)
            for token in tokens
        }
        found.discard(-1)
        if not found:
            return np.zeros(self.dimensions, np.float32)
        picked = np.fromiter(sorted(found), np.int64, len(found))
        return unit(self.scales[picked] @ self.rows[picked].astype(np.float32))


def unit(vector: Floats) -> Floats:
    """Scale a vector to length 1; zeros stay zeros."""
    length = float(np.sqrt(vector @ vector))
    return (vector / np.float32(length)).astype(np.float32) if length > 0 else vector


def load_table(path: Path) -> VectorTable:
    """Read a table written by `save_table`."""
    with np.load(path, allow_pickle=False) as stored:
        names = bytes(stored["names"]).decode("utf-8").split("\n")
        return VectorTable({name: row for row, name in enumerate(names)}, stored["rows"], stored["scales"])


def save_table(path: Path, names: Sequence[str], table: Floats) -> None:
    """Write n-gram names and their vectors, each row scaled to eight-bit numbers."""
    scales = np.maximum(np.abs(table).max(axis=1), 1e-9) / 127.0
    rows = np.rint(table / scales[:, None]).astype(np.int8)
    packed = np.frombuffer("\n".join(names).encode("utf-8"), np.uint8)
    np.savez_compressed(path, names=packed, rows=rows, scales=scales.astype(np.float32))
