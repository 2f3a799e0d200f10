"""The command: every family, or those that are named."""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = REPOSITORY / "tests" / "fixtures" / "families"
SHARE = 0.10
EPILOG = """\
Each folder is a model folder for --model and for transformers alike: config.json, tokenizer.json, model.safetensors
and onnx/model.onnx, some with variants. expected.json holds, a sentence a line, the token ids of the sentence in its
frame, the offsets of its tokens in code points, and the logits of PyTorch.
"""


def main() -> int:
    """Makes the models; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="make_family_models",
        description="Writes small models with random weights, one for each family of encoders, for the tests.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY", help="default: all")
    parser.add_argument("--out", type=pathlib.Path, default=TARGET, metavar="DIR", help="default: tests/fixtures/families")
    options = parser.parse_args()

    from .models import FAMILIES

    known = {family.name: family for family in FAMILIES}
    if unknown := [name for name in options.families if name not in known]:
        print(f"make_family_models: {unknown} are not among {', '.join(known)}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.families or known:
        make(known[name], options.out / name)
    return 0


def make(family, target: pathlib.Path) -> None:
    """Writes one folder from scratch."""
    import transformers
    from exporting import folder, source

    from . import models, odd
    from .sentences import SENTENCES

    lines = source.sentences(sorted((REPOSITORY / "seeds" / "articles").glob("*.txt")))
    with tempfile.TemporaryDirectory() as scratch:
        origin, made = pathlib.Path(scratch) / "origin", pathlib.Path(scratch) / "made"
        origin.mkdir()
        family.tokenizer(origin, lines, family.size)
        (origin / "config.json").write_text(json.dumps({"model_type": family.config["model_type"]}))
        tokenizer = transformers.AutoTokenizer.from_pretrained(origin)
        model = models.build(family, tokenizer)
        share = models.bias(model, source.rows(tokenizer, lines), SHARE)
        model.save_pretrained(origin)

        # From here on as for any model that somebody has trained.
        loaded = source.load(str(origin))
        settings = folder.Settings(variants=family.variants, same_label={"fp16": 0.98, "int8": 0.9})
        if failures := folder.write(loaded, made, source.rows(loaded.tokenizer, lines), settings):
            raise SystemExit(f"make_family_models: {family.name}: {'; '.join(failures)}")
        shutil.copy(origin / "model.safetensors", made)
        (made / "expected.json").write_text(expected(loaded, SENTENCES), encoding="utf-8")
        if family.name == odd.FAMILY:
            odd.write(made / "onnx")
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(made, target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{family.name}: {len(tokenizer)} tokens, {share:.0%} of them mentions, {size // 1000} KB")


def expected(loaded, sentences: list[str]) -> str:
    """What transformers and PyTorch make of the sentences, one a line."""
    from exporting import check

    lines = []
    for text in sentences:
        encoding = loaded.tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
        ids = encoding["input_ids"]
        content = [index for index, special in enumerate(encoding["special_tokens_mask"]) if not special]
        logits = check.expected(loaded, [ids])[0]
        line = {
            "text": text,
            "ids": ids,
            "offsets": [encoding["offset_mapping"][index] for index in content],
            "logits": [[round(float(value), 3) for value in token] for token in logits],
        }
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    sys.exit(main())
