"""News without annotations, for a teacher to label and for scripts/quantize to take scales from."""

import gzip
import json
import pathlib
import re

from . import corpus
from .corpus import Document, Sentence

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"”’'])\s+|\n+")
# A full stop after these, or after a single capital, seldom ends a sentence.
ABBREVIATION = re.compile(r"(?:^|[\s(\"“.])(?:[A-Z]|Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sen|Rep|Gov|Rev|St|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.$")


def read(path: pathlib.Path) -> list[Document]:
    """The articles of a .jsonl.gz file with `text`; ValueError names the line that is none."""
    documents = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                documents.append(_document(json.loads(line)["text"]))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}:{number}: no JSON object with a text ({error})") from error
    return [document for document in documents if document]


def _document(text: str) -> Document:
    parts: list[str] = []
    for part in filter(None, (part.strip() for part in SENTENCE_END.split(text))):
        if parts and ABBREVIATION.search(parts[-1]):
            parts[-1] += f" {part}"
        else:
            parts.append(part)
    # Nothing is known of any of their words.
    return [Sentence(part, (), partial=True) for part in parts]


def gather(sources: list[pathlib.Path], target: pathlib.Path) -> int:
    """Writes plain texts as articles, and returns how many.

    A .txt file is one article, a .jsonl.gz file has annotated documents, any other file has an article on each line.
    """
    texts = []
    for source in sources:
        if source.name.endswith(".jsonl.gz"):
            texts += ["\n".join(sentence.text for sentence in document) for document in corpus.read(source)]
            continue
        content = source.read_text(encoding="utf-8")
        texts += [content] if source.suffix == ".txt" else content.splitlines()
    with gzip.open(target, "wt", encoding="utf-8") as lines:
        for text in texts:
            lines.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return len(texts)
