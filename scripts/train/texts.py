"""News without annotations, for a teacher to label and for scripts/quantize to take scales from."""

import gzip
import json
import pathlib
import re

from . import corpus
from .corpus import Document, Sentence

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"”’'])\s+|\n+")
# Of wire stories, what no sentence has: the code of a share, the signature, and the indent that begins a paragraph.
SHARE_CODE = re.compile(r"\s*<[A-Z]+(?:\.[A-Z]+)?>")
SIGNATURE = re.compile(r"\s*reuter\s*\x03?\s*$", re.IGNORECASE)
PARAGRAPH = re.compile(r"\n\s{2,}")
# Letters of a story; the shorter ones are tables and one-line reports.
SHORTEST_STORY = 500
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


def _story(record: dict) -> str | None:
    """The text of a story of Reuters-21578; None for the many on results of companies and on the United States alone."""
    body = record.get("body") or ""
    abroad = set(record.get("places") or ()) - {"usa"}
    if len(body) < SHORTEST_STORY or not abroad or "earn" in (record.get("topics") or ()):
        return None
    paragraphs = PARAGRAPH.split(SIGNATURE.sub("", SHARE_CODE.sub("", body)))
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def gather(sources: list[pathlib.Path], target: pathlib.Path) -> int:
    """Writes plain texts as articles, and returns how many.

    A .txt file is one article, a .jsonl.gz file has annotated documents, a .json file has wire stories, any other file
    has an article on each line.
    """
    texts = []
    for source in sources:
        if source.name.endswith(".jsonl.gz"):
            texts += ["\n".join(sentence.text for sentence in document) for document in corpus.read(source)]
            continue
        if source.suffix == ".json":
            texts += filter(None, map(_story, json.loads(source.read_text(encoding="utf-8"))))
            continue
        content = source.read_text(encoding="utf-8")
        texts += [content] if source.suffix == ".txt" else content.splitlines()
    with gzip.open(target, "wt", encoding="utf-8") as lines:
        for text in texts:
            lines.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return len(texts)
