"""Variants of annotated sentences: other names in the same place, other quotation marks."""

import random
import re

from . import names
from .corpus import Document, Sentence, Token, mentions

WORD = re.compile(r"\S+")
# Of other names without a type of their own there are no lists.
NATIONALITIES = frozenset(names.NATIONALITIES)


class Gazetteer:
    """Names of the training data by type, beside those of names.py."""

    def __init__(self, documents: list[Document]):
        self.seen: dict[str, list[str]] = {"PER": [], "ORG": [], "LOC": []}
        for sentence in (sentence for document in documents for sentence in document if not sentence.partial):
            for mention in mentions([token.label for token in sentence.tokens]):
                text = sentence.text[sentence.tokens[mention.first].start : sentence.tokens[mention.last - 1].end]
                # Long names in capitals are headlines, and would bring their case along.
                if mention.type in self.seen and len(text) > 1 and not (text.isupper() and len(text) > 6):
                    self.seen[mention.type].append(text)

    def draw(self, kind: str, listed: float, chance: random.Random) -> str:
        """A name of the type: with probability `listed` of names.py, else of the data, as often as it stands there."""
        if chance.random() < listed:
            return names.draw(kind, chance)
        return chance.choice(self.seen[kind])


def swap(sentence: Sentence, gazetteer: Gazetteer, share: float, listed: float, chance: random.Random) -> Sentence:
    """Replaces each name of a person, organisation or place, and each nationality, with another, with probability `share`."""
    labels = [token.label for token in sentence.tokens]
    text, tokens, copied = "", [], 0

    def copy(until: int, first: int, last: int) -> None:
        nonlocal text, copied
        shift = len(text) - copied
        text += sentence.text[copied:until]
        tokens.extend(Token(t.start + shift, t.end + shift, t.label) for t in sentence.tokens[first:last])
        copied = until

    done = 0
    for mention in mentions(labels):
        start, end = sentence.tokens[mention.first].start, sentence.tokens[mention.last - 1].end
        name = sentence.text[start:end]
        known = mention.type in gazetteer.seen or name in NATIONALITIES
        if not known or chance.random() >= share or (name.isupper() and len(name) > 6):
            continue
        copy(start, done, mention.first)
        other = names.draw("MISC", chance) if name in NATIONALITIES else gazetteer.draw(mention.type, listed, chance)
        for index, word in enumerate(WORD.finditer(other)):
            label = ("B-" if index == 0 else "I-") + mention.type
            tokens.append(Token(len(text) + word.start(), len(text) + word.end(), label))
        text += other
        copied, done = end, mention.last
    copy(len(sentence.text), done, len(sentence.tokens))
    return Sentence(text, tuple(tokens), sentence.partial)


def requote(text: str, chance: random.Random) -> str:
    """Curly quotation marks for a third of the texts, straight ones for a seventh; same length."""
    roll = chance.random()
    if roll < 0.35:
        return "".join(_curly(text, index) for index in range(len(text)))
    if roll > 0.85:
        return text.translate(str.maketrans("“”‘’", "\"\"''"))
    return text


def _curly(text: str, index: int) -> str:
    mark = text[index]
    if mark not in "\"'":
        return mark
    opens = index == 0 or text[index - 1] in " ([{\n“‘—"
    if mark == '"':
        return "“" if opens else "”"
    # 'the '90s' has an apostrophe, not a quotation mark.
    return "‘" if opens and not text[index + 1 : index + 2].isdigit() else "’"
