"""The command: parse, quantize, check, put in place."""

import argparse
import json
import os
import pathlib
import re
import sys

PROGRAM = "quantize"
EPILOG = """\
The model is BERT-like: inputs input_ids, attention_mask and perhaps token_type_ids, one output of
logits per token. The text should be like what the model will read; its labels are not needed.

The file is only put in place once it has passed its checks: enough tokens with the label of single precision, the
same bits alone and among rows of equal length, at most 0.001 difference from padding, and every optimisation level
of ONNX Runtime loads it. The exit status is 1 where a check failed and 2 where the input could not be used.

example:
  scripts/quantize models/my-model --replace --text articles.jsonl.gz --report quantized.json
"""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Makes an 8-bit model for the CPU whose scores do not depend on the batch.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", type=pathlib.Path, metavar="FOLDER", help="model folder: config.json, tokenizer.json, onnx/model.onnx")
    add("--text", type=pathlib.Path, required=True, metavar="FILE", help="sample text: .jsonl or .txt, also with .gz")
    add("--field", default="text", help="field of the text in a JSON line (default: %(default)s)")
    add("--out", type=pathlib.Path, metavar="FILE", help="default: model_quantized.onnx beside the model")
    add("--replace", action="store_true", help="replace the file if there is one")
    add("--report", type=pathlib.Path, metavar="FILE", help="write the settings and the checks' results as JSON")
    add("--sentences", type=int, default=300, metavar="N", help="sentences for the scales (default: %(default)s)")
    add("--held-out", type=int, default=200, metavar="N", help="other sentences for the checks (default: %(default)s)")
    add("--seed", type=int, default=0, help="of the choice of sentences (default: %(default)s)")
    add("--max-tokens", type=int, default=192, metavar="N", help="maximum length of a sentence (default: %(default)s)")
    add(
        "--percentile",
        type=float,
        default=99.99,
        metavar="P",
        help="of the greatest values per token that a scale covers, what is beyond is clipped (default: %(default)s)",
    )
    add(
        "--full-range",
        action="store_true",
        help="weights of the products from -127 to 127, not -64 to 64: right only on CPUs with VNNI or Arm's dot product",
    )
    add(
        "--keep",
        type=re.compile,
        metavar="REGEX",
        help="products whose output's name matches stay in single precision: for activations with outliers",
    )
    add("--min-same-label", type=float, default=0.98, metavar="SHARE", help="of the tokens (default: %(default)s)")
    return parser.parse_args()


def main() -> int:
    """Makes the model; gives the exit status."""
    options = arguments()
    places = (options.model / "onnx/model.onnx", options.model / "model.onnx")
    source = next((path for path in places if path.exists()), None)
    if source is None:
        return fail(f"{options.model} has neither onnx/model.onnx nor model.onnx")
    target = options.out or source.with_name("model_quantized.onnx")
    if target.exists() and not options.replace:
        return fail(f"{target} exists: name another file with --out, or give --replace")
    if not target.parent.is_dir():
        return fail(f"there is no folder {target.parent}")

    import onnx

    from . import check, text
    from .runtime import Runner
    from .steps import quantized

    try:
        config = json.loads((options.model / "config.json").read_text(encoding="utf-8"))
        rows = text.sample(
            options.text,
            options.field,
            options.model / "tokenizer.json",
            options.sentences + options.held_out,
            options.seed,
            options.max_tokens,
        )
        samples, held_out = rows[: options.sentences], rows[options.sentences :]
        single = Runner(source)
        graph, steps = quantized(source, samples, options)
    except (OSError, ValueError, KeyError) as error:
        return fail(str(error))

    unchecked = target.with_name(target.name + ".unchecked")
    onnx.save(graph.build(), unchecked)
    pad = config.get("pad_token_id") or 0
    report = {
        "settings": {
            "sentences": options.sentences,
            "seed": options.seed,
            "max_tokens": options.max_tokens,
            "percentile": options.percentile,
            "full_range": options.full_range,
            "keep": options.keep and options.keep.pattern,
        },
        "steps": steps,
        "bytes": unchecked.stat().st_size,
        "bytes_single": source.stat().st_size,
    }
    runner = Runner(unchecked)
    report["fidelity"] = check.fidelity(single, runner, held_out)
    report["independence"] = check.independence(runner, held_out, pad)
    report["max_difference_of_levels"] = check.levels(unchecked, held_out[:8])
    report["speed"] = check.speed(single, runner, held_out, pad)
    print(json.dumps(report, indent=2))
    if options.report:
        options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")

    failures = check.failed(report, options.min_same_label)
    if failures:
        return fail(f"{'; '.join(failures)}; the file is left at {unchecked}", status=1)
    os.replace(unchecked, target)
    return 0


def fail(message: str, status: int = 2) -> int:
    """Prints an error; returns the exit status."""
    print(f"{PROGRAM}: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
