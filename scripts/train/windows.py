"""One epoch of training: sentences and windows of sentences, varied, as token ids with a label for each token."""

import random
from typing import NamedTuple

import tokenizers

from . import augment
from .corpus import IDS, UNKNOWN, Document, Sentence, Token

LONGEST = 192
SEPARATORS = ("\n", " ", " ", " ")


class Variation(NamedTuple):
    """How an epoch varies the data; all are probabilities but `shortest` and `longest`, words of a window."""

    # A document is taken sentence by sentence, and not in windows.
    single: float = 0.4
    shortest: int = 40
    longest: int = 120
    # A sentence has names swapped; then each of them with `share`, `listed` of them for names of names.py.
    swapped: float = 0.15
    share: float = 0.4
    listed: float = 0.5
    recased: float = 0.05
    # A row that a teacher labels has words exchanged for others of like meaning; then each with `rewords`.
    reworded: float = 0.0
    rewords: float = 0.15


class Window(NamedTuple):
    """One row: token ids with the special ones, and the label's index of each, UNKNOWN where the loss must not look."""

    ids: list[int]
    labels: list[int]


def epoch(
    documents: list[Document],
    gazetteer: augment.Gazetteer,
    tokenizer: tokenizers.Tokenizer,
    variation: Variation,
    seed: int,
) -> list[Window]:
    """The rows of one epoch; the same ones for the same seed."""
    chance = random.Random(seed)
    joined = []
    for document in documents:
        for group in _groups(document, variation, chance):
            joined.append(_join([_vary(sentence, gazetteer, variation, chance) for sentence in group], chance))
    encoded = tokenizer.encode_batch([text for text, _ in joined])
    return [_window(encoding, text, tokens) for encoding, (text, tokens) in zip(encoded, joined, strict=True)]


def _groups(document: Document, variation: Variation, chance: random.Random) -> list[list[Sentence]]:
    if len(document) == 1 or chance.random() < variation.single:
        return [[sentence] for sentence in document]
    most = chance.randint(variation.shortest, variation.longest)
    groups, size = [[]], 0
    for sentence in document:
        # Words are split into pieces, a quarter more of them in news.
        words = int((len(sentence.tokens) or len(sentence.text.split())) * 1.25) + 2
        if groups[-1] and size + words > most:
            groups.append([])
            size = 0
        groups[-1].append(sentence)
        size += words
    return groups


def _vary(sentence: Sentence, gazetteer: augment.Gazetteer, variation: Variation, chance: random.Random) -> Sentence:
    if chance.random() < variation.swapped and not sentence.partial:
        sentence = augment.swap(sentence, gazetteer, variation.share, variation.listed, chance)
    # Which of its words may be names of the types that it lacks shows only in their case.
    return sentence if sentence.partial else augment.recase(sentence, variation.recased, chance)


# A token of a window, and whether its corpus lacks MISC.
Placed = tuple[Token, bool]


def _join(group: list[Sentence], chance: random.Random) -> tuple[str, list[Placed]]:
    text, tokens = "", []
    separator = chance.choice(SEPARATORS)
    for sentence in group:
        text += separator if text else ""
        shift = len(text)
        tokens += [(Token(t.start + shift, t.end + shift, t.label), sentence.partial) for t in sentence.tokens]
        text += sentence.text
    return augment.requote(text, chance), tokens


def _window(encoding: tokenizers.Encoding, text: str, tokens: list[Placed]) -> Window:
    """Every piece of a name is labelled, not only the first of each word: more to learn from per sentence."""
    labels, at = [], 0
    for (start, end), word in zip(encoding.offsets, encoding.word_ids, strict=True):
        label = UNKNOWN
        if word is not None and start < end:
            while at < len(tokens) and tokens[at][0].end <= start:
                at += 1
            if at < len(tokens) and tokens[at][0].start <= start:
                label = _label(*tokens[at], start, text)
            elif at < len(tokens) and not tokens[at][1]:
                label = IDS["O"]
        labels.append(label)
    if len(labels) <= LONGEST:
        return Window(encoding.ids, labels)
    # What is too long is cut, and ends as every row does.
    return Window([*encoding.ids[: LONGEST - 1], encoding.ids[-1]], [*labels[: LONGEST - 1], UNKNOWN])


def _label(token: Token, partial: bool, start: int, text: str) -> int:
    if token.label == "O":
        return UNKNOWN if partial and text[token.start].isupper() else IDS["O"]
    return IDS[token.label if start == token.start else f"I-{token.label[2:]}"]


def batches(windows: list[Window], budget: int, chance: random.Random) -> list[list[int]]:
    """Indices of the windows in batches of up to `budget` padded tokens, in random order, like lengths together."""
    order = list(range(len(windows)))
    chance.shuffle(order)
    found = []
    # Sorted in stretches, so that the batches of every epoch are others.
    for start in range(0, len(order), 2000):
        batch: list[int] = []
        for index in sorted(order[start : start + 2000], key=lambda index: len(windows[index].ids)):
            if batch and (len(batch) + 1) * len(windows[index].ids) > budget:
                found.append(batch)
                batch = []
            batch.append(index)
        found.append(batch)
    chance.shuffle(found)
    return found
