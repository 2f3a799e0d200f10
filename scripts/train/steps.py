"""The steps of training; each takes the arguments of its command (see __main__.py)."""

import argparse
import pathlib
import random
from collections.abc import Callable

import tokenizers
import torch

from . import augment, corpus, encoders, evaluate, export, fit, narrow, probe, restore, reword, styles, texts, windows
from .network import DEVICE, Tagger
from .recipe import DEVELOPMENT, RECIPES, Recipe


def fetch_encoders(given: argparse.Namespace) -> None:
    """Downloads the encoders, once."""
    for name in encoders.ENCODERS:
        print(encoders.fetch(name, given.work))


def gather_texts(given: argparse.Namespace) -> None:
    """Writes plain texts as articles."""
    print(texts.gather(given.sources, given.out), "articles")


def label_epochs(given: argparse.Namespace) -> None:
    """Stores the rows of a student's epochs with the logits of its teacher."""
    recipe = RECIPES[given.name]
    if recipe.teacher is None:
        raise ValueError(f"{given.name} has no teacher")
    # In 8 bits, a teacher is several times as quick.
    teachers = [evaluate.opened(path) for path in given.by] or [fit.as_model(load(given.work, recipe.teacher))]
    tagger = fresh_tagger(recipe, given.work)
    tokenizer, neighbours = tagger.tokenizer(), reword.Neighbours(tagger.pieces, tagger.embeddings.folded())
    plain = texts.read(given.text) if given.text else []
    annotated = read(recipe, given.data)
    for number in range(recipe.taught_epochs):
        dealt = plain[number :: recipe.taught_epochs] if recipe.dealt else plain
        rows = varied(recipe, annotated + dealt, tokenizer)(number)
        rows = reworded(rows, neighbours, recipe.variation, number)
        labelled = fit.label(teachers, rows)
        torch.save([tuple(example) for example in labelled], labelled_file(given.work, given.name, number))
        print(f"epoch {number}: {len(labelled)} windows")


def fit_tagger(given: argparse.Namespace) -> None:
    """Trains a tagger, and stores its averaged weights."""
    recipe = RECIPES[given.name]
    settings = recipe.settings._replace(steps=given.steps or recipe.settings.steps)
    development = {name: corpus.read(given.data / f"{name}.jsonl.gz") for name in DEVELOPMENT}
    torch.manual_seed(settings.seed)
    tagger = fresh_tagger(recipe, given.work)
    tokenizer = tagger.tokenizer()
    rows = varied(recipe, read(recipe, given.data), tokenizer)
    if recipe.start:
        start(tagger, load(given.work, recipe.start), rows)

    def examples(number: int) -> list[fit.Example]:
        if recipe.teacher is None:
            return [fit.Example(window) for window in rows(number)]
        stored_in = labelled_file(given.work, given.name, number % recipe.taught_epochs)
        if not stored_in.exists():
            raise ValueError(f"there is no {stored_in}: run the step `label {given.name}` first")
        stored = torch.load(stored_in, weights_only=False)
        return [fit.Example(windows.Window(*window), logits) for window, logits in stored]

    def watch(current: Tagger) -> dict[str, float]:
        return fit.scores(current, tokenizer, {name: part[::3] for name, part in development.items()})

    log = given.work / f"{given.name}.log"
    tagger.load_state_dict(fit.fit(tagger, examples, settings, watch, log))
    torch.save(tagger.state_dict(), given.work / f"{given.name}.pt")
    print(fit.scores(tagger, tokenizer, development))


def start(tagger: Tagger, trained: Tagger, rows: Callable[[int], list[windows.Window]], sample: int = 2000) -> None:
    """Gives a tagger the weights of one that is trained, whose inner layers may be wider; `rows` are epochs of news."""
    if tagger.encoder.config.intermediate_size == trained.encoder.config.intermediate_size:
        tagger.load_state_dict(trained.state_dict())
    else:
        ids = [window.ids for window in rows(0)]
        narrow.narrow(trained, tagger, random.Random(0).sample(ids, min(sample, len(ids))))


def restore_tagger(given: argparse.Namespace) -> None:
    """Stores the weights of an exported graph as `fit` would, to train on from them."""
    tagger = fresh_tagger(RECIPES[given.name], given.work).cpu()
    restore.restore(tagger, given.graph)
    torch.save(tagger.state_dict(), given.work / f"{given.name}.pt")


def average(given: argparse.Namespace) -> None:
    """Stores the mean of two taggers' weights, of which one went on from the other."""
    first, second = (torch.load(given.work / f"{name}.pt", weights_only=True) for name in given.of)
    if {name: value.shape for name, value in first.items()} != {name: value.shape for name, value in second.items()}:
        raise ValueError(f"{' and '.join(given.of)} are not of one architecture")
    mean = {name: value.lerp(second[name], given.share) if value.is_floating_point() else value for name, value in first.items()}
    torch.save(mean, given.work / f"{given.name}.pt")


def export_tagger(given: argparse.Namespace) -> None:
    """Writes a tagger as a folder of transformers."""
    given.folder.mkdir(parents=True, exist_ok=True)
    export.write(load(given.work, given.name).cpu(), given.folder)


def evaluate_models(given: argparse.Namespace) -> None:
    """Prints a table of scores."""
    sets = {name: corpus.read(given.data / f"{name}.jsonl.gz") for name in DEVELOPMENT}
    if given.news:
        regions = evaluate.region_of(sets["ww_dev"], given.news)
        for region in dict.fromkeys(regions):
            sets[f"ww_dev, {region}"] = [d for d, other in zip(sets["ww_dev"], regions, strict=True) if other == region]
    for style, change in styles.CHANGES.items():
        sets[f"ww_dev, {style}"] = styles.restyled(sets["ww_dev"], change)
    models = {str(path): path for path in given.models}
    tokenizer = tokenizers.Tokenizer.from_file(str(given.tokenizer))
    for line in evaluate.table(models, tokenizer, sets):
        print(line, flush=True)
    for title, path in models.items():
        found = probe.probe(evaluate.opened(path), tokenizer)
        print(f'{title}: "IS" found in {found.groups} of {len(probe.GROUP)} headlines, "is" in {found.verbs} of {len(probe.VERB)}')


def restyle_set(given: argparse.Namespace) -> None:
    """Writes an annotated set in another case."""
    documents = corpus.read(given.set)
    change = styles.CHANGES[given.style]
    corpus.write([(f"{at:05}", document) for at, document in enumerate(styles.restyled(documents, change))], given.out)


def load(work: pathlib.Path, name: str) -> Tagger:
    """A tagger as `fit` left it."""
    tagger = fresh_tagger(RECIPES[name], work)
    tagger.load_state_dict(torch.load(work / f"{name}.pt", weights_only=True, map_location=DEVICE))
    return tagger.eval()


def fresh_tagger(recipe: Recipe, work: pathlib.Path) -> Tagger:
    """A tagger on its encoder as that came."""
    return Tagger(encoders.fetch(recipe.encoder, work), recipe.shape).to(DEVICE)


def labelled_file(work: pathlib.Path, name: str, number: int) -> pathlib.Path:
    """Where the teacher's labels of one epoch lie."""
    return work / f"{name}-taught-{number}.pt"


def varied(
    recipe: Recipe, documents: list[corpus.Document], tokenizer: tokenizers.Tokenizer
) -> Callable[[int], list[windows.Window]]:
    """The epochs of a recipe, by number."""
    gazetteer = augment.Gazetteer(documents)

    def epoch(number: int) -> list[windows.Window]:
        seed = recipe.settings.seed * 1000 + number
        return windows.epoch(documents, gazetteer, tokenizer, recipe.variation, seed)

    return epoch


def reworded(
    rows: list[windows.Window], neighbours: reword.Neighbours, variation: windows.Variation, seed: int
) -> list[windows.Window]:
    """Some of the rows with other words: not those in another case, which the teacher reads in their own."""
    chance = random.Random(seed)
    chosen = [chance.random() < variation.reworded for _ in rows]
    pairs = zip(rows, chosen, strict=True)
    return [
        neighbours.reword(row, variation.rewords, chance) if other and not (row.plain or row.made) else row
        for row, other in pairs
    ]


def read(recipe: Recipe, data: pathlib.Path) -> list[corpus.Document]:
    """The documents of a recipe, in its order."""
    return [document for part in recipe.corpora for document in corpus.read(data / f"{part.file}.jsonl.gz", part.partial)]
