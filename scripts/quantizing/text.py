"""Sample sentences, as token ids."""

import gzip
import json
import pathlib
import random
import re

import tokenizers

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def documents(path: pathlib.Path, field: str) -> list[str]:
    """The texts of a JSON Lines file, or the lines of a plain one; .gz is unpacked."""
    opened = gzip.open if path.suffix == ".gz" else open
    structured = ".jsonl" in path.suffixes or ".ndjson" in path.suffixes
    texts = []
    with opened(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not structured:
                texts.append(line)
            elif line.strip():
                try:
                    record = json.loads(line)
                    texts.append(record[field])
                except (ValueError, KeyError, TypeError) as error:
                    raise ValueError(f"{path}:{number}: no JSON object with a field {field!r} ({error})") from error
    return texts


def sample(path: pathlib.Path, field: str, tokenizer: pathlib.Path, count: int, seed: int, longest: int) -> list[list[int]]:
    """`count` different sentences drawn with the seed, special tokens included, truncated to `longest` tokens."""
    sentences = {part.strip() for text in documents(path, field) for part in SENTENCE_END.split(text)}
    ordered = sorted(sentence for sentence in sentences if sentence)
    if len(ordered) < count:
        raise ValueError(f"{path} has {len(ordered)} different sentences, {count} are wanted")
    if not tokenizer.exists():
        raise ValueError(f"there is no {tokenizer}")
    encoder = tokenizers.Tokenizer.from_file(str(tokenizer))
    encoder.no_padding()
    encoder.enable_truncation(longest)
    return [encoder.encode(sentence).ids for sentence in random.Random(seed).sample(ordered, count)]
