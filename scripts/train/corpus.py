"""Annotated sentences, as the data's README describes them: one JSON object per document and line."""

import gzip
import json
import pathlib
from typing import NamedTuple

LABELS = ("O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
IDS = {label: index for index, label in enumerate(LABELS)}
# Not looked at by the loss.
UNKNOWN = -100


class Token(NamedTuple):
    """One annotated token: offsets in code points of the sentence's text, `end` exclusive, and its label in BIO."""

    start: int
    end: int
    label: str


class Sentence(NamedTuple):
    """One sentence."""

    text: str
    tokens: tuple[Token, ...]
    # The corpus has no MISC, so that a capitalised word outside its names may still be one.
    partial: bool = False
    # Written by headlines.py: its labels are right, whatever a teacher says.
    made: bool = False


Document = list[Sentence]


def read(path: pathlib.Path, partial: bool = False) -> list[Document]:
    """The documents of a .jsonl.gz file; ValueError names the line that is no document."""
    documents = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                documents.append([_sentence(sentence, partial) for sentence in json.loads(line)["sentences"]])
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}:{number}: no annotated document ({error})") from error
    return documents


def write(documents: list[tuple[str, Document]], path: pathlib.Path) -> None:
    """Documents with their names, as `read` reads them."""
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for name, document in documents:
            sentences = [
                {
                    "text": sentence.text,
                    "tokens": [[token.start, token.end] for token in sentence.tokens],
                    "labels": [token.label for token in sentence.tokens],
                }
                for sentence in document
            ]
            lines.write(json.dumps({"doc": name, "sentences": sentences}, ensure_ascii=False) + "\n")


def _sentence(record: dict, partial: bool) -> Sentence:
    pairs = zip(record["tokens"], record["labels"], strict=True)
    tokens = tuple(Token(start, end, label) for (start, end), label in pairs)
    unknown = {token.label for token in tokens} - set(LABELS)
    if unknown:
        raise ValueError(f"unknown labels: {', '.join(sorted(unknown))}")
    return Sentence(record["text"], tokens, partial)


class Mention(NamedTuple):
    """One annotated name: its tokens `first..last`, `last` exclusive, and its type."""

    first: int
    last: int
    type: str


def mentions(labels: list[str]) -> list[Mention]:
    """The names in a row of labels; an I- label opens a name where none of its type is open."""
    found, first = [], None
    for index, label in enumerate([*labels, "O"]):
        goes_on = first is not None and label == f"I-{labels[first][2:]}"
        if first is not None and not goes_on:
            found.append(Mention(first, index, labels[first][2:]))
            first = None
        if first is None and label != "O":
            first = index
    return found
