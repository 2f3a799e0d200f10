"""Scores of an ONNX model by type, by data set and by region, as tables for the model card."""

import gzip
import json
import pathlib
import re
from collections.abc import Iterable

import tokenizers
import torch
from quantizing.runtime import Runner

from . import score
from .corpus import LABELS, Document

# The countries that the ids of worldwide newswire begin with.
REGIONS = {
    "Middle East": "iran israel jr kw oman qt saud uae eg alg",
    "Africa": "af afs panaf et ghana kenya mauritius nm sa",
    "Asia and the Pacific": "asia aus bangladesh cn in jp kr mong my nz pk th tw",
    "Latin America": "arg bol chile col cosric cosrica cuba ecuador elsalv guyana hond mex nic pan paraguay peru uruguay ven",
    "North America": "canada",
}
REGION_OF = {country: region for region, countries in REGIONS.items() for country in countries.split()}


def opened(path: pathlib.Path) -> score.Model:
    """An exported graph as a function of rows of ids, on as many threads as PyTorch; ValueError if its labels are others."""
    runner = Runner(path, threads=torch.get_num_threads())
    labels = runner.session.get_outputs()[0].shape[-1]
    if labels != len(LABELS):
        raise ValueError(f"{path} has {labels} labels, not {len(LABELS)}")
    return runner.logits


def region_of(documents: list[Document], articles: pathlib.Path) -> list[str]:
    """The region of each document of worldwide newswire, by the article that has its longest sentence."""
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    texts = [(REGION_OF.get(record["id"].split("_")[0], "unknown"), _joined(record["text"])) for record in records]
    found = []
    for document in documents:
        longest = _joined(max((sentence.text for sentence in document), key=len))
        found.append(next((region for region, text in texts if longest in text), "unknown"))
    return found


def _joined(text: str) -> str:
    return re.sub(r"\s+", "", text)


def table(
    models: dict[str, pathlib.Path],
    tokenizer: tokenizers.Tokenizer,
    sets: dict[str, list[Document]],
) -> Iterable[str]:
    """A line of a Markdown table for each set and model."""
    yield f"| set | model | {' | '.join(score.KINDS)} |"
    yield "|---" * (len(score.KINDS) + 2) + "|"
    for name, documents in sets.items():
        for title, path in models.items():
            found = score.evaluate(opened(path), tokenizer, documents)
            yield f"| {name} | {title} | {' | '.join(f'{found[kind]:.1f}' for kind in score.KINDS)} |"
