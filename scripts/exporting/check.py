"""Compares a variant with PyTorch."""

import dataclasses
import pathlib

import numpy
import torch
from quantizing.runtime import Runner

from .graph import batch
from .source import Rows, Source

SINGLE_LIMIT = 1e-3
BATCH_ROWS = 8


@dataclasses.dataclass(frozen=True)
class Found:
    """The differences between a variant and PyTorch, over the tokens of the rows."""

    difference: float
    same_label: float
    # Between a row alone and the same row among longer ones.
    padded: float
    megabytes: float


def expected(source: Source, rows: Rows) -> list[numpy.ndarray]:
    """`[token, label]` per row, by PyTorch."""
    with torch.no_grad():
        return [source.model(**batch(source, [row])).logits[0].numpy() for row in rows]


def compare(file: pathlib.Path, source: Source, rows: Rows, logits: list[numpy.ndarray]) -> Found:
    """Runs a variant on the rows, alone and padded."""
    runner = Runner(file)
    alone = [runner.logits([row])[0].astype(numpy.float32) for row in rows]
    together = []
    for start in range(0, len(rows), BATCH_ROWS):
        together += runner.logits(rows[start : start + BATCH_ROWS], pad=source.pad)
    furthest = lambda left, right: max(float(numpy.abs(a - b).max()) for a, b in zip(left, right))
    same = numpy.concatenate([a.argmax(-1) == b.argmax(-1) for a, b in zip(alone, logits)])
    beside = file.with_name(f"{file.name}_data")
    size = file.stat().st_size + (beside.stat().st_size if beside.exists() else 0)
    return Found(furthest(alone, logits), float(same.mean()), furthest(alone, together), size / 1e6)


def say(file: pathlib.Path, found: Found, sentences: int) -> None:
    """Prints the result."""
    print(
        f"{file.name}: {found.megabytes:.1f} MB; on {sentences} sentences {found.same_label:.4f} of the tokens keep "
        f"PyTorch's label, logits differ by {found.difference:.2g} at most, padding changes them by {found.padded:.2g}"
    )
