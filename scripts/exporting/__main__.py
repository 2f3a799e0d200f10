"""The command: parse, export, check, put in place."""

import argparse
import pathlib
import shutil
import sys

PROGRAM = "export_onnx"
REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
EPILOG = """\
Any model of transformers' AutoModelForTokenClassification: BERT, DistilBERT, RoBERTa, XLM-R, DeBERTa, ELECTRA,
ModernBERT and others. A tokenizer that has only a SentencePiece model or a word list is converted.

Every variant runs on sample sentences and is compared with PyTorch. Single precision must agree within 0.001, alone
and in padded batches, and half precision and 8 bits must keep the label of enough tokens; where one does not, it is
left out, the rest is written, and the exit status is 1. It is 2 where the model could not be used.

8 bits: weights per column, activations with constant scales from sample sentences, so that scores do not depend on
the batch. --text should be like what the model will read, above all in its language.

examples:
  scripts/export_onnx dslim/bert-base-NER
  scripts/export_onnx ~/my-model --out models/my-model --text articles.jsonl.gz
  scripts/export_onnx ~/labelled-0-to-8 --labels O,B-PER,I-PER,B-ORG,I-ORG,B-LOC,I-LOC,B-MISC,I-MISC
"""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Exports a token-classification model as a folder for namewire's --model.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", metavar="NAME_OR_DIR", help="a folder, or a name on the hub")
    add("--out", type=pathlib.Path, metavar="DIR", help="default: models/ and the last part of the name")
    add("--replace", action="store_true", help="replace the folder if there is one")
    add("--revision", metavar="REVISION", help="branch, tag or commit on the hub")
    add("--trust-remote-code", action="store_true", help="run Python code that comes with the model")
    add("--labels", metavar="LIST", help="label names in the order of the logits, with commas; replace the model's own")
    add(
        "--variants",
        default="fp16,int8",
        metavar="LIST",
        help="beside single precision: fp16, int8, both (default) or none",
    )
    add("--text", type=pathlib.Path, action="append", metavar="FILE", help=".txt or .jsonl, also .gz [default: seeds/articles]")
    add("--field", default="text", help="field of the text in a JSON line (default: %(default)s)")
    add("--opset", type=int, default=18, metavar="N", help="version of ONNX's operators (default: %(default)s)")
    add("--percentile", type=float, default=99.99, metavar="P", help="of activations within an 8-bit scale (default: %(default)s)")
    add("--fp16-same-label", type=float, default=0.995, metavar="SHARE", help="least share of tokens (default: %(default)s)")
    add("--int8-same-label", type=float, default=0.97, metavar="SHARE", help="least share of tokens (default: %(default)s)")
    return parser.parse_args()


def main() -> int:
    """Exports the model; gives the exit status."""
    options = arguments()
    variants = {name for name in options.variants.split(",") if name and name != "none"}
    if unknown := variants - {"fp16", "int8"}:
        return fail(f"--variants: {', '.join(sorted(unknown))} is not known; give fp16, int8 or none")
    out = options.out or REPOSITORY / "models" / pathlib.PurePath(options.model.rstrip("/")).name
    if out.exists() and not options.replace:
        return fail(f"{out} exists: name another folder with --out, or give --replace")
    texts = options.text or sorted((REPOSITORY / "seeds" / "articles").glob("*.txt"))
    building = out.with_name(f"{out.name}.unchecked")
    if conflict := replaced_input(options.model, texts, [out, building]):
        return fail(f"{conflict} is read and would be replaced: name another folder with --out")
    from . import folder, source

    shutil.rmtree(building, ignore_errors=True)
    try:
        loaded = source.load(options.model, options.revision, options.trust_remote_code, options.labels)
        sentences = source.sentences(texts, options.field)
        source.note_other_tokens(loaded, options.model, options.revision, sentences)
        rows = source.rows(loaded.tokenizer, sentences)
        failures = folder.write(loaded, building, rows, folder.Settings.of(options, variants))
    except (OSError, ValueError) as error:
        shutil.rmtree(building, ignore_errors=True)
        return fail(str(error))
    if out.exists():
        shutil.rmtree(out)
    building.rename(out)
    print(out)
    return fail("; ".join(failures), status=1) if failures else 0


def replaced_input(model: str, texts: list[pathlib.Path], folders: list[pathlib.Path]) -> pathlib.Path | None:
    """The model's folder or a text that is, or is in, or holds one of the folders to be replaced."""
    for read in [pathlib.Path(model), *texts]:
        for replaced in (folder for folder in folders if folder.exists() and read.exists()):
            read_real, real = read.resolve(), replaced.resolve()
            if read_real == real or real in read_real.parents or read_real in real.parents:
                return read
    return None


def fail(message: str, status: int = 2) -> int:
    """Prints an error; returns the exit status."""
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
