"""The checks that a quantized model must pass before it is put in place."""

import collections
import pathlib
import random
import statistics
import time

import numpy
from onnxruntime import GraphOptimizationLevel as Level

from .runtime import Rows, Runner

PADDED_LIMIT = 1e-3
REWRITTEN_LIMIT = 1e-4
BATCH_ROWS = 16


def fidelity(single: Runner, quantized: Runner, rows: Rows) -> dict:
    """The differences from single precision, over the tokens of the rows."""
    pairs = [(single.logits([row])[0], quantized.logits([row])[0]) for row in rows]
    differences = numpy.concatenate([numpy.abs(left - right).ravel() for left, right in pairs])
    same = numpy.concatenate([left.argmax(-1) == right.argmax(-1) for left, right in pairs])
    return {
        "tokens": int(same.size),
        "same_label": round(float(same.mean()), 5),
        "mean_difference": round(float(differences.mean()), 4),
        "max_difference": round(float(differences.max()), 4),
    }


def equal(before: Runner, after: Runner, rows: Rows) -> None:
    """Fails unless a rewritten graph gives the same logits for a padded batch, up to rounding."""
    pairs = zip(before.logits(rows), after.logits(rows))
    difference = max(float(numpy.abs(left - right).max()) for left, right in pairs)
    if difference > REWRITTEN_LIMIT:
        raise ValueError(f"the graph with tokens first gives other logits, by {difference:.3g}: its form is unknown")


def independence(quantized: Runner, rows: Rows, pad: int) -> dict:
    """How a row's logits depend on its batch: among rows of its own length, and padded among longer ones."""
    alone = [quantized.logits([row])[0] for row in rows]
    by_length = collections.defaultdict(list)
    for index, row in enumerate(rows):
        by_length[len(row)].append(index)
    shuffled = random.Random(0).sample(range(len(rows)), len(rows))
    mixed = [shuffled[start : start + BATCH_ROWS] for start in range(0, len(rows), BATCH_ROWS)]

    def differences(batches):
        for batch in batches:
            together = quantized.logits([rows[index] for index in batch], pad=pad)
            for index, logits in zip(batch, together):
                yield float(numpy.abs(logits - alone[index]).max())

    equal = list(differences(batch for batch in by_length.values() if len(batch) > 1))
    padded = list(differences(mixed))
    return {
        "rows_of_equal_length": len(equal),
        "max_difference_equal_length": max(equal, default=0.0),
        "rows_padded": len(padded),
        "rows_padded_bit_equal": sum(each == 0 for each in padded),
        "max_difference_padded": max(padded),
    }


def levels(path: pathlib.Path, rows: Rows) -> float:
    """The greatest difference between ONNX Runtime's levels of optimisation, all of which have to load the model."""
    each = (Level.ORT_DISABLE_ALL, Level.ORT_ENABLE_BASIC, Level.ORT_ENABLE_EXTENDED, Level.ORT_ENABLE_ALL)
    outputs = [[runner.logits([row])[0] for row in rows] for runner in (Runner(path, level) for level in each)]
    return max(float(numpy.abs(a - b).max()) for other in outputs[:-1] for a, b in zip(other, outputs[-1]))


def speed(single: Runner, quantized: Runner, rows: Rows, pad: int, rounds: int = 5) -> dict:
    """Tokens per second of one thread's CPU time, in batches of similar length, alternately for both models."""
    ordered = sorted(rows, key=len)
    batches = [ordered[start : start + BATCH_ROWS] for start in range(0, len(ordered), BATCH_ROWS)]
    tokens = sum(map(len, rows))
    rates = {"single": [], "quantized": []}
    for _ in range(rounds):
        for name, runner in (("single", single), ("quantized", quantized)):
            feeds = [runner.feed(batch, pad=pad) for batch in batches]
            start = time.thread_time()
            for feed in feeds:
                runner.session.run(None, feed)
            rates[name].append(tokens / (time.thread_time() - start))
    ratios = [quantized / single for single, quantized in zip(rates["single"], rates["quantized"])]
    return {
        "single_tokens_per_second": round(statistics.median(rates["single"])),
        "quantized_tokens_per_second": round(statistics.median(rates["quantized"])),
        "ratio": round(statistics.median(ratios), 2),
    }


def failed(report: dict, min_same_label: float) -> list[str]:
    """The checks that the model does not pass."""
    fidelity, independence = report["fidelity"], report["independence"]
    checks = {
        f"only {fidelity['same_label']:.4f} of the tokens keep their label": fidelity["same_label"] >= min_same_label,
        "rows of equal length change each other": independence["max_difference_equal_length"] == 0,
        f"padding changes logits by {independence['max_difference_padded']:.3g}": independence["max_difference_padded"]
        <= PADDED_LIMIT,
    }
    return [message for message, passed in checks.items() if not passed]
