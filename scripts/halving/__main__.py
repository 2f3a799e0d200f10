"""Writes model_fp16.onnx, the half-precision graph for GPUs, of a model folder.

The source is model.onnx in single precision. Where there is none, the 8-bit file that scripts/quantize made (as in
models/minilm-l6-news-ner) is converted back to floating point first: activations are no longer quantized, and weights
keep their 8-bit values. Inputs stay int64 and logits single precision.

The file is put in place once it agrees with its source on the CPU: the same label for at least --min-same-label of
the tokens of sample sentences (0.97 from an 8-bit source, since the activations differ). With --out FOLDER a model
folder is written there, with tokenizer and configuration; otherwise the file goes beside its source.

    scripts/make_fp16 models/minilm-l6-news-ner --out /tmp/news-ner-fp16
"""

import argparse
import os
import pathlib
import re
import shutil
import sys

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "seeds" / "articles"


def fail(message: str, status: int = 2):
    print(f"make_fp16: {message}", file=sys.stderr)
    sys.exit(status)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make_fp16", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, metavar="FOLDER", help="model folder")
    parser.add_argument("--out", type=pathlib.Path, metavar="FOLDER", help="make a model folder here")
    parser.add_argument("--float", action="store_true", dest="single", help="also keep the single-precision graph, as model.onnx in --out")
    parser.add_argument("--text", type=pathlib.Path, nargs="+", metavar="FILE", help="sample text [default: seeds/articles]")
    parser.add_argument("--min-same-label", type=float, metavar="SHARE", help="[default: 0.999 of single precision, 0.97 of 8 bits]")
    options = parser.parse_args()

    import onnx
    import tokenizers

    from .check import logits, same_label
    from .graph import dequantised, halved

    find = lambda name: next((p for p in (options.model / "onnx" / name, options.model / name) if p.exists()), None)
    source = find("model.onnx") or find("model_quantized.onnx")
    if source is None:
        fail(f"{options.model} has neither model.onnx nor model_quantized.onnx")
    target = (options.out or source.parent) / "model_fp16.onnx"
    if target.exists():
        fail(f"{target} exists")
    texts = options.text or sorted(SAMPLES.glob("*.txt"))
    tokenizer = tokenizers.Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(190)
    sentences = [part for path in texts for part in re.split(r"(?<=[.!?])\s+|\n+", path.read_text()) if part.strip()]
    rows = [tokenizer.encode(sentence).ids for sentence in sentences]

    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "namewire.json"):
            if (options.model / name).exists():
                shutil.copy(options.model / name, options.out / name)
    unchecked = target.with_name(target.name + ".unchecked")
    single = target.with_name("model.onnx" if options.single and options.out else "model_single.unchecked")
    try:
        model = onnx.load(source)
        integers = any(node.op_type == "MatMulIntegerToFloat" for node in model.graph.node)
        onnx.save(dequantised(model) if integers else model, single)
        onnx.save(halved(onnx.load(single)), unchecked)
        given, float32, float16 = logits(source, rows), logits(single, rows), logits(unchecked, rows)
    except (ValueError, KeyError) as error:
        fail(str(error))
    shares = same_label(given, float32), same_label(float32, float16)
    if not options.single or not options.out:
        single.unlink()
    print(f"{len(rows)} sentences, {sum(map(len, rows))} tokens: {shares[0]:.5f} keep their label from "
          f"{source.name} to single precision, {shares[1]:.5f} from there to half precision")
    limit = options.min_same_label
    if shares[0] < (limit or 0.97) or shares[1] < (limit or 0.999):
        fail(f"too few; the file is left at {unchecked}", status=1)
    os.replace(unchecked, target)
    print(target)


if __name__ == "__main__":
    main()
