"""Training of one tagger, teacher or student."""

import contextlib
import functools
import json
import math
import pathlib
import random
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tokenizers
import torch
from torch import nn
from torch.nn import functional

from . import score, windows
from .corpus import LABELS, UNKNOWN, Document
from .network import DEVICE, Tagger, attention_mask, padded


# The logit of a label that is beyond doubt, beside 0 for the others.
CERTAIN = 12.0
# Labels that begin a name and those that continue one, by type in the same order.
STARTS = [index for index, name in enumerate(LABELS) if name.startswith("B-")]
CONTINUES = [LABELS.index(f"I-{LABELS[index][2:]}") for index in STARTS]


class Rates(NamedTuple):
    """Peak learning rates: encoder, classifier, and the three parts of the embeddings."""

    encoder: float
    classifier: float
    shared: float
    own: float
    casing: float


class Settings(NamedTuple):
    """One training."""

    steps: int
    rates: Rates
    # Padded tokens of a batch.
    budget: int
    seed: int
    warm_up: float = 0.06
    weight_decay: float = 0.01
    largest_gradient: float = 1.0
    # The weights that are kept are a running mean over this many of the last steps, as a share of them all.
    averaged: float = 0.05
    # Weight of the teacher's labels against the annotated ones, where there are both.
    taught: float = 0.5
    temperature: float = 2.0


class Example(NamedTuple):
    """A window, and the teacher's logits for it ([token, label], half precision) when there is a teacher."""

    window: windows.Window
    taught: np.ndarray | None = None


def optimisers(tagger: Tagger, settings: Settings) -> list[torch.optim.Optimizer]:
    """AdamW, with decay for matrices, and SparseAdam for the tables of which a step touches a few rows."""
    rates = settings.rates
    matrices = [p for p in tagger.encoder.parameters() if p.ndim > 1]
    vectors = [p for p in tagger.encoder.parameters() if p.ndim == 1]
    dense = torch.optim.AdamW(
        [
            {"params": matrices, "lr": rates.encoder, "weight_decay": settings.weight_decay},
            {"params": vectors, "lr": rates.encoder},
            {"params": tagger.classifier.parameters(), "lr": rates.classifier},
            {"params": [tagger.embeddings.casing], "lr": rates.casing},
        ],
        betas=(0.9, 0.98),
        eps=1e-6,
        weight_decay=0.0,
        fused=True,
    )
    sparse = torch.optim.SparseAdam(
        [
            {"params": [tagger.embeddings.shared.weight], "lr": rates.shared},
            {"params": [tagger.embeddings.own.weight], "lr": rates.own},
        ],
        betas=(0.9, 0.98),
        eps=1e-6,
    )
    return [dense, sparse]


def rate(done: float, warm_up: float) -> float:
    """The share of the peak rate: up in a line, then down in a line to nothing."""
    return max(done / warm_up if done < warm_up else (1 - done) / (1 - warm_up), 1e-4)


@functools.cache
def _half_is_quicker() -> bool:
    """Whether products in bfloat16 take less time than in single precision: on GPUs and some processors, not on others."""
    if DEVICE.type == "cuda":
        return True
    times = []
    for kind in (torch.float32, torch.bfloat16):
        left, right = torch.ones(2048, 384, dtype=kind), torch.ones(384, 1536, dtype=kind)
        left @ right
        began = time.perf_counter()
        for _ in range(10):
            left @ right
        times.append(time.perf_counter() - began)
    return times[1] < times[0]


def quick_precision() -> contextlib.AbstractContextManager:
    """The precision of products that is the quicker one here."""
    return torch.autocast(DEVICE.type, torch.bfloat16, enabled=_half_is_quicker())


def loss_of(tagger: Tagger, batch: list[Example], settings: Settings) -> torch.Tensor:
    """Mean over the pieces: cross entropy with the annotated label, mixed with that to the teacher's softened ones.

    Pieces without an annotation have the teacher's alone, or none. The special ones, whose labels mean nothing, are
    not looked at.
    """
    rows = [example.window.ids for example in batch]
    ids, mask = padded(rows, 0), attention_mask(rows)
    with quick_precision():
        logits = tagger(ids, mask)
    content = mask.bool()
    ours, labels = logits[content], padded([example.window.labels for example in batch], UNKNOWN)[content]
    annotated = functional.cross_entropy(ours, labels, ignore_index=UNKNOWN, reduction="none")
    known = labels != UNKNOWN
    if batch[0].taught is None:
        return annotated.sum() / known.sum().clamp(min=1)
    taught = torch.cat([torch.from_numpy(example.taught).float() for example in batch]).to(DEVICE)
    heat = settings.temperature
    soft, ours = functional.softmax(taught / heat, dim=-1), functional.log_softmax(ours / heat, dim=-1)
    divergence = functional.kl_div(ours, soft, reduction="none").sum(-1) * heat**2
    share = torch.where(known, settings.taught, 1.0)
    ends = torch.zeros_like(mask)
    for index, row in enumerate(rows):
        ends[index, 0] = ends[index, len(row) - 1] = 1
    inside = ends[content] == 0
    return ((1 - share) * annotated + share * divergence)[inside].mean()


class Mean:
    """A running mean of the weights: less at the mercy of the last batches than the weights themselves."""

    def __init__(self, tagger: Tagger, span: float):
        """Over `span` steps."""
        self.kept = {name: value.detach().clone() for name, value in tagger.state_dict().items()}
        self.decay = 1 - 1 / max(span, 1.0)
        self.updates = 0

    def update(self, tagger: Tagger, every: int) -> None:
        """Takes in the weights of now; called once in `every` steps."""
        self.updates += 1
        # Early on, the mean follows closely: it must not remember the encoder as it came.
        keep = min(self.decay**every, self.updates / (10 + self.updates))
        for name, value in tagger.state_dict().items():
            if value.is_floating_point():
                self.kept[name].lerp_(value.detach(), 1 - keep)


def fit(
    tagger: Tagger,
    epochs: Callable[[int], list[Example]],
    settings: Settings,
    watch: Callable[[Tagger], dict[str, float]],
    log: pathlib.Path,
) -> dict[str, torch.Tensor]:
    """Trains for `settings.steps`; gives the averaged weights.

    `epochs(number)` gives the examples of one pass; `watch(tagger)` gives scores of the weights as they are, after
    every pass.
    """
    chance = random.Random(settings.seed)
    log.unlink(missing_ok=True)
    stepping = optimisers(tagger, settings)
    peaks = [[group["lr"] for group in optimiser.param_groups] for optimiser in stepping]
    dense = [p for group in stepping[0].param_groups for p in group["params"]]
    mean, every = Mean(tagger, settings.steps * settings.averaged), 10
    step, number, running, tokens, began = 0, 0, math.nan, 0, time.time()
    tagger.train()
    while step < settings.steps:
        examples = epochs(number)
        for batch in windows.batches([example.window for example in examples], settings.budget, chance):
            scale = rate(step / settings.steps, settings.warm_up)
            for optimiser, rates in zip(stepping, peaks, strict=True):
                for group, peak in zip(optimiser.param_groups, rates, strict=True):
                    group["lr"] = peak * scale
            chosen = [examples[index] for index in batch]
            loss = loss_of(tagger, chosen, settings)
            for optimiser in stepping:
                optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(dense, settings.largest_gradient)
            for optimiser in stepping:
                optimiser.step()
            step += 1
            tokens += sum(len(example.window.ids) for example in chosen)
            running = loss.item() if math.isnan(running) else 0.98 * running + 0.02 * loss.item()
            if step % every == 0 or step == settings.steps:
                mean.update(tagger, every)
            if step % 100 == 0:
                speed = tokens / (time.time() - began)
                _say(log, step=step, of=settings.steps, loss=round(running, 4), tokens=tokens, per_second=round(speed))
            if step == settings.steps:
                break
        number += 1
        _say(log, epoch=number, step=step, scores=watch(tagger), seconds=round(time.time() - began))
        tagger.train()
    return mean.kept


def label(teachers: list[score.Model], rows: list[windows.Window], budget: int = 2048) -> list[Example]:
    """The windows with the teacher's logits, or the logarithm of the mean probability that several teachers give."""
    taught = [_certain(row.labels) if row.made else None for row in rows]
    unsure = [index for index, row in enumerate(rows) if not row.made]
    for batch in windows.batches([rows[index] for index in unsure], budget, random.Random(0)):
        batch = [unsure[place] for place in batch]
        ids = [rows[index].plain.ids if rows[index].plain else rows[index].ids for index in batch]
        for index, *opinions in zip(batch, *(teacher(ids) for teacher in teachers), strict=True):
            taught[index] = _recased(rows[index], _mean(opinions))
    pairs = zip(rows, taught, strict=True)
    return [Example(windows.Window(row.ids, row.labels), logits.astype(np.float16)) for row, logits in pairs]


def _certain(labels: list[int]) -> np.ndarray:
    """Logits that have no doubt about the annotated labels."""
    logits = np.zeros((len(labels), len(LABELS)))
    known = [(at, label) for at, label in enumerate(labels) if label != UNKNOWN]
    logits[tuple(np.array(known).T)] = CERTAIN
    return logits


def _recased(row: windows.Window, logits: np.ndarray) -> np.ndarray:
    """The logits of a row's tokens from those of the row in its own case, of which a word may have fewer tokens."""
    if row.plain is None:
        return logits
    logits, inside = logits[row.plain.at], np.array(row.plain.inside)
    starts, continues = logits[inside][:, STARTS], logits[inside][:, CONTINUES]
    # A token inside another continues the name that the other begins or continues.
    logits[np.ix_(inside, CONTINUES)] = np.logaddexp(starts, continues)
    logits[np.ix_(inside, STARTS)] = logits[inside].min(axis=1, keepdims=True)
    return logits


def _mean(opinions: list[np.ndarray]) -> np.ndarray:
    if len(opinions) == 1:
        return opinions[0]
    logarithms = [logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True) for logits in opinions]
    return np.logaddexp.reduce(logarithms, axis=0) - math.log(len(opinions))


def _say(log: pathlib.Path, **values: object) -> None:
    line = json.dumps(values)
    print(line, file=sys.stderr, flush=True)
    with log.open("a", encoding="utf-8") as kept:
        kept.write(line + "\n")


def as_model(tagger: Tagger) -> score.Model:
    """The tagger as a function of rows of ids."""

    def logits(rows: list[list[int]]) -> list[np.ndarray]:
        tagger.eval()
        with torch.no_grad(), quick_precision():
            found = tagger(padded(rows, 0), attention_mask(rows)).cpu().numpy()
        return [found[index, : len(row)] for index, row in enumerate(rows)]

    return logits


def scores(tagger: Tagger, tokenizer: tokenizers.Tokenizer, sets: dict[str, list[Document]]) -> dict[str, float]:
    """F1 over all types on each development set."""
    return {name: round(score.evaluate(as_model(tagger), tokenizer, documents)["all"], 2) for name, documents in sets.items()}
