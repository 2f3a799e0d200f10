"""The steps of training, one command each: see README.md."""

import argparse
import pathlib
import sys
from collections.abc import Callable

import tokenizers
import torch

from . import augment, corpus, encoders, evaluate, export, fit, texts, windows
from .network import Tagger
from .recipe import DEVELOPMENT, RECIPES, Recipe


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/train/run", description=__doc__)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("out/train"), help="folder for what is made")
    parser.add_argument("--threads", type=int, help="threads of PyTorch; all cores if not given")
    steps = parser.add_subparsers(required=True, metavar="STEP")
    fetch = steps.add_parser("fetch", help="download the public encoders")
    fetch.set_defaults(run=fetch_encoders)
    training = steps.add_parser("fit", help="train a tagger")
    training.add_argument("name", choices=RECIPES)
    training.add_argument("--data", type=pathlib.Path, required=True, help="folder with the annotated data")
    training.add_argument("--steps", type=int, help="other than the recipe's, to try something out")
    training.set_defaults(run=fit_tagger)
    labelling = steps.add_parser("label", help="store what a student's teacher makes of its epochs")
    labelling.add_argument("name", choices=[name for name, recipe in RECIPES.items() if recipe.teacher])
    labelling.add_argument("--data", type=pathlib.Path, required=True, help="folder with the annotated data")
    labelling.add_argument("--text", type=pathlib.Path, help="articles without annotations, .jsonl.gz, to label as well")
    labelling.set_defaults(run=label_epochs)
    gathering = steps.add_parser("text", help="write plain texts as articles for label's --text")
    gathering.add_argument("out", type=pathlib.Path, metavar="OUT.jsonl.gz")
    gathering.add_argument("sources", type=pathlib.Path, nargs="+", help="one article a .txt file, or a line of any other")
    gathering.set_defaults(run=lambda given: print(texts.gather(given.sources, given.out), "articles"))
    exporting = steps.add_parser("export", help="write a tagger as a model of transformers, for scripts/export_onnx")
    exporting.add_argument("name", choices=RECIPES)
    exporting.add_argument("folder", type=pathlib.Path)
    exporting.set_defaults(run=export_tagger)
    judging = steps.add_parser("evaluate", help="score ONNX models on the development sets, by type and by region")
    judging.add_argument("models", type=pathlib.Path, nargs="+", metavar="MODEL.onnx")
    judging.add_argument("--tokenizer", type=pathlib.Path, required=True, help="their tokenizer.json")
    judging.add_argument("--data", type=pathlib.Path, required=True, help="folder with the annotated data")
    judging.add_argument("--news", type=pathlib.Path, help="articles.jsonl.gz of worldwide newswire, which has the regions")
    judging.set_defaults(run=evaluate_models)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.threads:
        torch.set_num_threads(given.threads)
    try:
        given.run(given)
    except (OSError, ValueError) as error:
        sys.exit(f"train: {error}")


def fetch_encoders(given: argparse.Namespace) -> None:
    for name in encoders.ENCODERS:
        print(encoders.fetch(name, given.work))


def label_epochs(given: argparse.Namespace) -> None:
    recipe = RECIPES[given.name]
    teacher = load(given.work, recipe.teacher)
    plain = texts.read(given.text) if given.text else []
    annotated = read(recipe, given.data)
    for number in range(recipe.taught_epochs):
        rows = varied(recipe, annotated + plain, teacher)(number)
        labelled = fit.label(teacher, rows)
        torch.save([tuple(example) for example in labelled], labelled_file(given.work, given.name, number))
        print(f"epoch {number}: {len(labelled)} windows")


def fit_tagger(given: argparse.Namespace) -> None:
    recipe = RECIPES[given.name]
    settings = recipe.settings._replace(steps=given.steps or recipe.settings.steps)
    development = {name: corpus.read(given.data / f"{name}.jsonl.gz") for name in DEVELOPMENT}
    torch.manual_seed(settings.seed)
    tagger = Tagger(encoders.fetch(recipe.encoder, given.work))
    tokenizer = tagger.tokenizer()
    fresh = varied(recipe, read(recipe, given.data), tagger)

    def examples(number: int) -> list[fit.Example]:
        if recipe.teacher is None:
            return [fit.Example(window) for window in fresh(number)]
        stored = torch.load(labelled_file(given.work, given.name, number % recipe.taught_epochs), weights_only=False)
        return [fit.Example(windows.Window(*window), logits) for window, logits in stored]

    def watch(current: Tagger) -> dict[str, float]:
        return fit.scores(current, tokenizer, {name: part[::3] for name, part in development.items()})

    log = given.work / f"{given.name}.log"
    tagger.load_state_dict(fit.fit(tagger, examples, settings, watch, log))
    torch.save(tagger.state_dict(), given.work / f"{given.name}.pt")
    print(fit.scores(tagger, tokenizer, development))


def export_tagger(given: argparse.Namespace) -> None:
    given.folder.mkdir(parents=True, exist_ok=True)
    export.write(load(given.work, given.name), given.folder)


def evaluate_models(given: argparse.Namespace) -> None:
    sets = {name: corpus.read(given.data / f"{name}.jsonl.gz") for name in DEVELOPMENT}
    if given.news:
        regions = evaluate.region_of(sets["ww_dev"], given.news)
        for region in dict.fromkeys(regions):
            sets[f"ww_dev, {region}"] = [d for d, other in zip(sets["ww_dev"], regions, strict=True) if other == region]
    models = {str(path): path for path in given.models}
    tokenizer = tokenizers.Tokenizer.from_file(str(given.tokenizer))
    for line in evaluate.table(models, tokenizer, sets, given.threads or 0):
        print(line, flush=True)


def load(work: pathlib.Path, name: str) -> Tagger:
    """A tagger as `fit` left it."""
    tagger = Tagger(encoders.fetch(RECIPES[name].encoder, work))
    tagger.load_state_dict(torch.load(work / f"{name}.pt", weights_only=True))
    return tagger.eval()


def labelled_file(work: pathlib.Path, name: str, number: int) -> pathlib.Path:
    """Where the teacher's labels of one epoch lie."""
    return work / f"{name}-taught-{number}.pt"


def varied(recipe: Recipe, documents: list[corpus.Document], tagger: Tagger) -> Callable[[int], list[windows.Window]]:
    """The epochs of a recipe, by number."""
    gazetteer, tokenizer = augment.Gazetteer(documents), tagger.tokenizer()

    def epoch(number: int) -> list[windows.Window]:
        seed = recipe.settings.seed * 1000 + number
        return windows.epoch(documents, gazetteer, tokenizer, recipe.variation, seed)

    return epoch


def read(recipe: Recipe, data: pathlib.Path) -> list[corpus.Document]:
    """The documents of a recipe, in its order."""
    return [document for part in recipe.corpora for document in corpus.read(data / f"{part.file}.jsonl.gz", part.partial)]


if __name__ == "__main__":
    main()
