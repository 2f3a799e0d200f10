"""The steps of training, one command each: see README.md."""

import argparse
import pathlib
import subprocess
import sys

from .styles import CHANGES

STUDENTS = ("student", "continued", "mixed", "compact", "compact-continued", "compact-mixed", "compact-wire", "styled", "styled-mixed")
TAGGERS = ("teacher", "second-teacher", "third-teacher", *STUDENTS)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/train/run", description=__doc__)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("out/train"), help="folder for what is made")
    parser.add_argument("--threads", type=int, help="threads; all cores if not given")
    steps = parser.add_subparsers(required=True, metavar="STEP", dest="step")

    def step(name: str, what: str, with_data: bool = False) -> argparse.ArgumentParser:
        added = steps.add_parser(name, help=what, description=what)
        if with_data:
            added.add_argument("--data", type=pathlib.Path, required=True, help="folder with the annotated data")
        return added

    step("fetch", "download the public encoders")
    training = step("fit", "train a tagger", with_data=True)
    training.add_argument("name", choices=TAGGERS)
    training.add_argument("--steps", type=int, help="other than the recipe's, to try something out")
    gathering = step("text", "write plain texts as articles for label's --text")
    gathering.add_argument("out", type=pathlib.Path, metavar="OUT.jsonl.gz")
    gathering.add_argument("sources", type=pathlib.Path, nargs="+", help="an article: a .txt file, a document of a .jsonl.gz of DATA, a line of any other")
    labelling = step("label", "store the teacher's predictions for a student's epochs", with_data=True)
    labelling.add_argument("name", choices=TAGGERS)
    labelling.add_argument(
        "--text", type=pathlib.Path, help="articles without annotations, .jsonl.gz, none of them of a development or test set"
    )
    labelling.add_argument(
        "--by",
        type=pathlib.Path,
        nargs="+",
        default=[],
        metavar="MODEL.onnx",
        help="exported graphs of its vocabulary and labels as teachers, in place of the recipe's; of several, the mean counts",
    )
    restoring = step("restore", "take a tagger's weights from its exported graph, in single precision or 8 bits")
    restoring.add_argument("name", choices=STUDENTS)
    restoring.add_argument("graph", type=pathlib.Path, metavar="MODEL.onnx")
    averaging = step("mean", "mix the weights of two taggers, of which one went on from the other")
    averaging.add_argument("name", choices=STUDENTS, help="what the mean is called, to export it")
    averaging.add_argument("of", nargs=2, choices=TAGGERS, metavar="TAGGER")
    averaging.add_argument("--share", type=float, default=0.5, help="of the second (default: %(default)s)")
    exporting = step("export", "write a tagger as a model of transformers and as an ONNX graph")
    exporting.add_argument("name", choices=TAGGERS)
    exporting.add_argument("folder", type=pathlib.Path)
    judging = step("evaluate", "score ONNX models on the development sets, by type and by region", with_data=True)
    judging.add_argument("models", type=pathlib.Path, nargs="+", metavar="MODEL.onnx")
    judging.add_argument("--tokenizer", type=pathlib.Path, required=True, help="their tokenizer.json")
    judging.add_argument("--news", type=pathlib.Path, help="articles.jsonl.gz of worldwide newswire, which has the regions")
    restyling = step("restyle", "write an annotated set with each sentence in another case, for `namewire eval --gold`")
    restyling.add_argument("set", type=pathlib.Path, metavar="SET.jsonl.gz")
    restyling.add_argument("style", choices=tuple(CHANGES))
    restyling.add_argument("out", type=pathlib.Path, metavar="OUT.jsonl.gz")
    return parser.parse_args()


def main() -> None:
    """Runs one step; exit status 1 with a message where it cannot be done."""
    given = arguments()
    # Help needs no packages.
    import torch

    from . import steps

    given.work.mkdir(parents=True, exist_ok=True)
    if given.threads:
        torch.set_num_threads(given.threads)
    run = {
        "fetch": steps.fetch_encoders,
        "fit": steps.fit_tagger,
        "text": steps.gather_texts,
        "label": steps.label_epochs,
        "restore": steps.restore_tagger,
        "mean": steps.average,
        "export": steps.export_tagger,
        "evaluate": steps.evaluate_models,
        "restyle": steps.restyle_set,
    }
    try:
        run[given.step](given)
    except (OSError, ValueError) as error:
        sys.exit(f"train: {error}")
    except subprocess.CalledProcessError:
        sys.exit("train: pip could not download an encoder: see its message above")


if __name__ == "__main__":
    main()
