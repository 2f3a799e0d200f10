"""Styles that news is written in beside plain sentences: capitals, lower case, title case, headlines.

Case changes keep the length of a text, so that offsets stay; a headline also loses its articles and its full stop.
"""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from .corpus import Document, Sentence, Token

# Words that title case leaves in lower case, within a headline; some papers capitalise the longer ones.
SMALL = frozenset("a an and as at but by de for from in into nor of off on onto or per the to up via vs with".split())
WORD = re.compile(r"[^\W\d_][\w’']*")
ARTICLE = re.compile(r"\b(?:the|a|an) (?=\w)", re.IGNORECASE)
HEADLINE_WORDS = 16


class Shares(NamedTuple):
    """How many of the sentences of an epoch are written in each style, from 0 to 1."""

    upper: float = 0.0
    lower: float = 0.0
    title: float = 0.0
    # Of sentences of up to HEADLINE_WORDS words: without articles and full stop, in whatever case.
    headline: float = 0.0


def same_length(text: str, other: str) -> str:
    """The other text, unless a letter changed its length ("ß" does): then the text."""
    return other if len(other) == len(text) else text


def upper(text: str) -> str:
    """All in capitals."""
    return same_length(text, text.upper())


def lower(text: str) -> str:
    """All in lower case."""
    return same_length(text, text.lower())


def title(text: str, small: frozenset[str] = SMALL) -> str:
    """The first letter of each word in upper case, but of the small ones; words with other capitals stay."""
    first = next((match.start() for match in WORD.finditer(text)), 0)

    def shown(match: re.Match) -> str:
        word, start = match[0], match.start()
        stays = word in small and start != first
        # The "s" of "says 's" or "'90s" is no word.
        if not word.islower() or stays or (start > 0 and text[start - 1] in "'’"):
            return word
        return same_length(word, word[0].upper() + word[1:])

    return WORD.sub(shown, text)


# The styles that models are evaluated on, beside the text as it is.
CHANGES = {"upper": upper, "lower": lower, "title": title}


def restyled(documents: list[Document], change: Callable[[str], str]) -> list[Document]:
    """The documents with each sentence in another case."""
    return [[sentence._replace(text=change(sentence.text)) for sentence in document] for document in documents]


def case_of(shares: Shares, chance: random.Random) -> Callable[[str], str] | None:
    """The change of case for one sentence; None for most."""
    roll = chance.random()
    for share, change in ((shares.upper, upper), (shares.lower, lower)):
        if roll < share:
            return change
        roll -= share
    if roll < shares.title:
        return (lambda text: title(text, frozenset())) if chance.random() < 0.3 else title
    return None


def headline(sentence: Sentence, share: float, chance: random.Random) -> Sentence:
    """Without articles outside names and without the last full stop, for a share of the short sentences."""
    if len(sentence.text.split()) > HEADLINE_WORDS or chance.random() >= share:
        return sentence
    named = [(token.start, token.end) for token in sentence.tokens if token.label != "O"]
    gone = [match.span() for match in ARTICLE.finditer(sentence.text)]
    gone = [(start, end) for start, end in gone if all(end <= first or last <= start for first, last in named)]
    end = len(sentence.text.rstrip())
    if sentence.text[:end].endswith(".") and not sentence.text[:end].endswith(".."):
        gone.append((end - 1, len(sentence.text)))
    return _without(sentence, gone)


def _without(sentence: Sentence, gone: list[tuple[int, int]]) -> Sentence:
    """The sentence without some stretches of its text, whose tokens go too."""
    kept, text, shift_at = 0, "", []
    for start, end in gone:
        text += sentence.text[kept:start]
        shift_at.append((start, end))
        kept = end
    text += sentence.text[kept:]
    tokens = []
    for token in sentence.tokens:
        if any(start < token.end and token.start < end for start, end in shift_at):
            continue
        shift = sum(end - start for start, end in shift_at if end <= token.start)
        tokens.append(Token(token.start - shift, token.end - shift, token.label))
    if text[:1].islower() and sentence.text[:1].isupper():
        text = same_length(text, text[0].upper() + text[1:])
    return sentence._replace(text=text, tokens=tuple(tokens))
