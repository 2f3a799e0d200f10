"""One epoch of training: sentences and windows of sentences, varied, as token ids with a label for each token."""

import random
from typing import NamedTuple

import tokenizers

from . import augment, headlines, styles
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
    # In other styles than the plain one.
    styled: styles.Shares = styles.Shares(upper=0.025, lower=0.025)
    # Made-up headlines of an epoch.
    headlines: int = 0
    # A row that a teacher labels has words exchanged for others of like meaning; then each with `rewords`.
    reworded: float = 0.0
    rewords: float = 0.15


class Plain(NamedTuple):
    """A row in the case that it was written in, for a teacher to read: it knows that case best."""

    ids: list[int]
    # For each token of the row in another case, the one of this row that has its first letter.
    at: list[int]
    # Whether it begins inside that one.
    inside: list[bool]


class Window(NamedTuple):
    """One row: token ids with the special ones, and the label's index of each, UNKNOWN where the loss must not look."""

    ids: list[int]
    labels: list[int]
    # None where the case is as it was.
    plain: Plain | None = None
    # See corpus.Sentence.
    made: bool = False


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
    for document in [*documents, *([made] for made in headlines.draw(variation.headlines, chance))]:
        for group in _groups(document, variation, chance):
            joined.append(_join([_vary(sentence, gazetteer, variation, chance) for sentence in group], chance))
    encoded = tokenizer.encode_batch([row.shown for row in joined])
    found = [_window(encoding, row) for encoding, row in zip(encoded, joined, strict=True)]
    recased = [index for index, row in enumerate(joined) if row.shown != row.text]
    for index, plain in zip(recased, tokenizer.encode_batch([joined[index].text for index in recased]), strict=True):
        found[index] = found[index]._replace(plain=_plain(encoded[index], plain))
    return found


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


class Row(NamedTuple):
    """The sentences of a window as one text."""

    text: str
    # In another case, of the same length.
    shown: str
    # And whether the corpus of each lacks MISC.
    tokens: list[tuple[Token, bool]]
    made: bool


def _vary(sentence: Sentence, gazetteer: augment.Gazetteer, variation: Variation, chance: random.Random) -> tuple[Sentence, str]:
    """The sentence with other names, or as a headline, and its text in another case."""
    if sentence.made:
        return sentence, sentence.text
    if chance.random() < variation.swapped and not sentence.partial:
        sentence = augment.swap(sentence, gazetteer, variation.share, variation.listed, chance)
    sentence = styles.headline(sentence, variation.styled.headline, chance)
    change = styles.case_of(variation.styled, chance)
    return sentence, change(sentence.text) if change else sentence.text


def _join(group: list[tuple[Sentence, str]], chance: random.Random) -> Row:
    text, shown, tokens = "", "", []
    separator = chance.choice(SEPARATORS)
    for sentence, other in group:
        text, shown = (f"{before}{separator}" if before else "" for before in (text, shown))
        shift = len(text)
        tokens += [(Token(t.start + shift, t.end + shift, t.label), sentence.partial) for t in sentence.tokens]
        text, shown = text + sentence.text, shown + other
    quoted = augment.requote(text, chance)
    shown = "".join(new if new != old else letter for old, new, letter in zip(text, quoted, shown, strict=True))
    return Row(quoted, shown, tokens, any(sentence.made for sentence, _ in group))


def _window(encoding: tokenizers.Encoding, row: Row) -> Window:
    """Every piece of a name is labelled, not only the first of each word: more to learn from per sentence."""
    text, tokens = row.text, row.tokens
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
        return Window(encoding.ids, labels, made=row.made)
    # What is too long is cut, and ends as every row does.
    return Window([*encoding.ids[: LONGEST - 1], encoding.ids[-1]], [*labels[: LONGEST - 1], UNKNOWN])


def _plain(shown: tokenizers.Encoding, plain: tokenizers.Encoding) -> Plain | None:
    """None where either row would be cut."""
    if max(len(shown.ids), len(plain.ids)) > LONGEST:
        return None
    at, inside, here = [], [], 0
    for (start, end), word in zip(shown.offsets, shown.word_ids, strict=True):
        if word is not None and start < end:
            while here + 2 < len(plain.ids) and plain.offsets[here + 1][0] <= start:
                here += 1
        elif at:
            here = len(plain.ids) - 1
        at.append(here)
        inside.append(word is not None and plain.offsets[here][0] < start)
    return Plain(plain.ids, at, inside)


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
