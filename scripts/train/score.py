"""Entity F1 of a tagger on annotated sentences, decoded as namewire decodes: the best legal row of labels."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import tokenizers

from .corpus import LABELS, Document, Sentence, mentions

KINDS = ("PER", "ORG", "LOC", "MISC", "all")
# What may not follow: an inside label anything but its own type's labels.
ILLEGAL = np.array([[later[0] == "I" and label[2:] != later[2:] for later in LABELS] for label in LABELS])
# Rows of token ids to logits, [token, label] for each.
Model = Callable[[list[list[int]]], list[np.ndarray]]


def best_legal(scores: np.ndarray) -> list[int]:
    """The labels with the highest sum of scores among the legal rows; `scores` is [word, label]."""
    penalty = np.where(ILLEGAL, -1e9, 0.0)
    total = scores[0] + penalty[LABELS.index("O")]
    back = []
    for row in scores[1:]:
        through = total[:, None] + penalty
        back.append(through.argmax(0))
        total = through.max(0) + row
    path = [int(total.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]


def predict(model: Model, tokenizer: tokenizers.Tokenizer, sentences: list[Sentence], batch: int = 32) -> list[list[str]]:
    """A label for every annotated token: that of the word it begins in."""
    encodings = tokenizer.encode_batch([sentence.text for sentence in sentences])
    order = sorted(range(len(sentences)), key=lambda index: len(encodings[index].ids))
    found: list[list[str]] = [[] for _ in sentences]
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        for index, logits in zip(chosen, model([encodings[index].ids for index in chosen]), strict=True):
            found[index] = _labels(logits, encodings[index], sentences[index])
    return found


def _labels(logits: np.ndarray, encoding: tokenizers.Encoding, sentence: Sentence) -> list[str]:
    words = encoding.word_ids
    first = [at for at, word in enumerate(words) if word is not None and word != words[at - 1]]
    if not first:
        return ["O"] * len(sentence.tokens)
    path = best_legal(logits[first] - np.logaddexp.reduce(logits[first], axis=1, keepdims=True))
    starts = [encoding.offsets[at][0] for at in first]
    labels, at = [], 0
    for token in sentence.tokens:
        while at < len(starts) and starts[at] < token.start:
            at += 1
        if at < len(starts) and starts[at] < token.end:
            labels.append(LABELS[path[at]])
        else:
            # It begins inside a word, and continues the word's label.
            of = LABELS[path[at - 1]] if at else "O"
            labels.append(of.replace("B-", "I-"))
    return labels


def f1(gold: list[list[str]], predicted: list[list[str]]) -> dict[str, float]:
    """Exact F1 in percent, by type and over all ("all")."""
    right, given, wanted = Counter(), Counter(), Counter()
    for these, those in zip(gold, predicted, strict=True):
        a, b = set(mentions(these)), set(mentions(those))
        for counter, members in ((right, a & b), (wanted, a), (given, b)):
            for kind in [mention.type for mention in members]:
                counter[kind] += 1
                counter["all"] += 1
    return {kind: 200 * right[kind] / max(1, given[kind] + wanted[kind]) for kind in KINDS}


def evaluate(model: Model, tokenizer: tokenizers.Tokenizer, documents: list[Document]) -> dict[str, float]:
    """F1 of a model on single sentences."""
    sentences = [sentence for document in documents for sentence in document]
    gold = [[token.label for token in sentence.tokens] for sentence in sentences]
    return f1(gold, predict(model, tokenizer, sentences))
