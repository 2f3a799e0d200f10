"""Other words of like meaning in the place of some: more text for a teacher to label than there is.

The embeddings of an encoder say which words are alike: "soldiers" and "troops", "Toyota" and "Nissan", and now and then
what makes no sense. Annotations say nothing of the new words, so that this is for rows that a teacher labels.
"""

import random
import re

import torch
from torch.nn import functional

from . import vocabulary
from .corpus import UNKNOWN
from .windows import Window

WORD = re.compile("[a-z]{3,}")
ALIKE = 8
# The uncased list is ordered by frequency; these are mostly the words of grammar, which stay.
GRAMMAR = 300


class Neighbours:
    """For each piece that is a word, up to ALIKE others in the same case."""

    def __init__(self, pieces: list[vocabulary.Piece], embeddings: torch.Tensor, grammar: int = GRAMMAR):
        """By the embeddings of an encoder as it came, one row per piece; the first `grammar` words have none."""
        ids = {piece.text: index for index, piece in enumerate(pieces)}
        self.inside = {index for text, index in ids.items() if text.startswith("##")}
        words = [piece.text for piece in pieces if piece.text == piece.source and WORD.fullmatch(piece.text)][grammar:]
        alike = _alike(words, embeddings[[ids[word] for word in words]])
        self.of: dict[int, list[int]] = {}
        for index, piece in enumerate(pieces):
            forms = [_in_case(other, piece.casing) for other in alike.get(piece.source, ())]
            if not piece.text.startswith("##") and (known := [ids[form] for form in forms if form in ids]):
                self.of[index] = known

    def reword(self, window: Window, share: float, chance: random.Random) -> Window:
        """The window with about `share` of its words exchanged, which no longer have a label."""
        ids, labels = list(window.ids), list(window.labels)
        for at, (index, after) in enumerate(zip(window.ids, [*window.ids[1:], 0], strict=True)):
            # A word of several pieces is mostly a name, and its first piece is no word.
            if index in self.of and after not in self.inside and chance.random() < share:
                ids[at], labels[at] = chance.choice(self.of[index]), UNKNOWN
        return Window(ids, labels)


def _alike(words: list[str], rows: torch.Tensor) -> dict[str, list[str]]:
    """The ALIKE words whose embeddings point most nearly the way that the word's own does."""
    directions = functional.normalize(rows - rows.mean(0), dim=-1)
    found = {}
    for start in range(0, len(words), 2048):
        near = directions[start : start + 2048] @ directions.T
        nearest = near.topk(min(ALIKE + 1, len(words))).indices.tolist()
        for word, others in zip(words[start : start + 2048], nearest, strict=True):
            found[word] = [words[other] for other in others if words[other] != word]
    return found


def _in_case(word: str, casing: int) -> str:
    if casing == vocabulary.TITLE:
        return word.capitalize()
    return word.upper() if casing == vocabulary.UPPER else word
