"""namewire and the token-classification pipeline of transformers on the same sentences; scripts/parity starts it."""

import argparse, itertools, json, pathlib, subprocess, sys, tempfile

from . import build

STRATEGIES = ("none", "simple", "first", "average", "max")
SCORE_TOLERANCE = 1e-3
NEAR_TIE = 1e-4
NOTES = f"""The sentences are namewire's, each a separate text for both sides; duplicates are taken once.
Single precision on both sides differs by some 1e-5, so that a near tie may go either way: a difference where the
two best labels are within {NEAR_TIE:g} of each other is counted as a near tie and explained. Scores of equal spans
may differ by {SCORE_TOLERANCE:g}. Sentences longer than what either takes at once are counted separately: there the
pipeline truncates, and namewire uses overlapping windows.

Exit status: 0 no unexplained difference, 1 some, 2 no comparison was possible.
"""


def arguments():
    parser = argparse.ArgumentParser(
        prog="parity", description="Every difference between namewire's --aggregation hf-… and transformers' pipeline.",
        epilog=NOTES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", type=pathlib.Path, help="namewire's model folder")
    add("texts", type=pathlib.Path, help="articles: .jsonl, .jsonl.gz, .txt, or a folder, as for extract")
    add("--torch-model", type=pathlib.Path, help="the same weights as a transformers folder [default: the model folder]")
    add("--variant", default="model", help="the ONNX file to compare, in single precision [default: model]")
    add("--sentences", type=int, default=10_000, help="different sentences to take; 0: all [default: 10000]")
    add("--strategy", action="append", choices=STRATEGIES, help="this aggregation alone; may be repeated")
    add("--show", type=int, default=10, help="differences to print for each aggregation [default: 10]")
    add("--json", type=pathlib.Path, help="write figures and all differences to this file")
    add("--namewire", type=pathlib.Path, help="use this binary [default: build target/release/namewire]")
    options = parser.parse_args()
    options.torch_model = options.torch_model or options.model
    options.namewire = build.program(options.namewire)
    options.strategy = list(dict.fromkeys(options.strategy or STRATEGIES))
    for path in (options.model, options.texts, options.torch_model, options.namewire):
        if not path.exists():
            parser.error(f"{path} does not exist")
    return options


def say(message):
    print(f"parity: {message}", file=sys.stderr, flush=True)


def fail(message):
    say(message)
    sys.exit(2)


def cut(options, source):
    """The texts of namewire's sentences."""
    process = subprocess.Popen([options.namewire, "sentences", source], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    for line in process.stdout:
        yield json.loads(line)["text"]
    if process.wait() not in (0, 1):
        fail("namewire could not read the texts: see its message above")


def write_texts(texts, file):
    lines = (json.dumps({"id": str(at), "text": text}, ensure_ascii=False) + "\n" for at, text in enumerate(texts))
    file.write_text("".join(lines), encoding="utf-8")


def sentences(options, folder):
    """Distinct sentences, none of which namewire would split further on its own."""
    texts = list(itertools.islice(dict.fromkeys(cut(options, options.texts)), options.sentences or None))
    file = folder / "sentences.jsonl"
    for _ in range(5):
        write_texts(texts, file)
        again = list(cut(options, file))
        if again == texts:
            return texts, file
        texts = list(dict.fromkeys(again))
    fail("sentence splitting does not converge")


class Namewire:
    """The spans of `namewire extract`, by sentence."""

    def __init__(self, options, file, folder):
        self.spans, self.summary = folder / "spans.jsonl", folder / "summary.json"
        self.command = [
            options.namewire, "extract", file, "--model", options.model, "--variant", options.variant, "--entities",
            "none", "--quiet", "--out", "/dev/null", "--spans", self.spans, "--summary", self.summary,
        ]

    def run(self, strategy, count):
        status = subprocess.run([*self.command, "--aggregation", f"hf-{strategy}"]).returncode
        if status != 0:
            fail(f"namewire ended with status {status}")
        found = [[] for _ in range(count)]
        for line in self.spans.read_text(encoding="utf-8").splitlines():
            span = json.loads(line)
            found[int(span["doc_id"])].append((span["start"], span["end"], span["type"], span["score"]))
        return found

    def about(self):
        return json.loads(self.summary.read_text())


def difference(own, theirs):
    """Entities of one side only, and the largest score difference of the shared ones."""
    mine, other = {one[:3]: one[3] for one in own}, {one[:3]: one[3] for one in theirs}
    only = [[*one, score] for one, score in mine.items() if one not in other]
    missing = [[*one, score] for one, score in other.items() if one not in mine]
    apart = max((abs(score - other[one]) for one, score in mine.items() if one in other), default=0.0)
    # The same entity twice, as with two tokens of one character.
    if not only and not missing and len(own) != len(theirs):
        only, missing = [list(one) for one in own], [list(one) for one in theirs]
    return only, missing, apart


def compare(strategy, texts, found, pipeline):
    """The figures of one aggregation."""
    counts = {"sentences": 0, "entities": 0, "equal": 0, "largest": 0.0, "ties": 0, "differences": []}
    for at, text in enumerate(texts):
        theirs = pipeline.answers[at]
        if at in pipeline.long or theirs is None:
            continue
        theirs = theirs[strategy]
        only, missing, apart = difference(found[at], theirs)
        counts["sentences"] += 1
        counts["entities"] += len(theirs)
        counts["equal"] += len(theirs) - len(missing)
        counts["largest"] = max(counts["largest"], apart)
        if not only and not missing and apart <= SCORE_TOLERANCE:
            continue
        margin = pipeline.margin(text, strategy, only + missing or theirs)
        counts["ties"] += margin < NEAR_TIE
        counts["differences"].append({
            "text": text, "namewire": only, "pipeline": missing, "scores_apart": apart, "margin": margin,
            "explained": bool(margin < NEAR_TIE), "tokens": pipeline.other_tokens(text),
        })
    counts["unexplained"] = len(counts["differences"]) - counts["ties"]
    return counts


def of_long(strategy, texts, found, pipeline):
    """Of the sentences that either side does not take as a whole: how many have equal spans nevertheless."""
    known = [at for at in pipeline.long if pipeline.answers[at] is not None]
    alike = [at for at in known if difference(found[at], pipeline.answers[at][strategy])[:2] == ([], [])]
    return len(alike), len(known)


def described(one, text):
    def side(entities):
        return ", ".join(f"{kind} {start}..{end} {text[start:end]!r} {score:.5f}" for start, end, kind, score in entities)

    lines = [f"  {text!r}", f"    namewire: {side(one['namewire']) or '–'}", f"    pipeline: {side(one['pipeline']) or '–'}"]
    why = " (a near tie)" if one["explained"] else ""
    lines.append(f"    margin {one['margin']:.2e}{why}, shared scores up to {one['scores_apart']:.2e} apart")
    if one["tokens"]:
        lines.append("    THE PIPELINE HAS OTHER TOKENS: {pipeline}, and tokenizer.json {file}".format(**one["tokens"]))
    return "\n".join(lines)


def table(results):
    heads = ("aggregation", "sentences", "entities", "spans equal", "scores within", "near ties", "unexplained")
    rows = [heads]
    for strategy, one in results.items():
        share = one["equal"] / one["entities"] if one["entities"] else 1.0
        rows.append((
            f"hf-{strategy}", f"{one['sentences']:,}", f"{one['entities']:,}", f"{share:.4%}", f"{one['largest']:.1e}",
            str(one["ties"]), str(one["unexplained"]),
        ))
    widths = [max(len(row[at]) for row in rows) for at in range(len(heads))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows)


def closing(report, options):
    lines = []
    for strategy, one in report["results"].items():
        # Unexplained differences first.
        ordered = sorted(one["differences"], key=lambda difference: difference["explained"])
        if ordered:
            lines.append(f"hf-{strategy}: {len(ordered)} sentences differ")
            lines += [described(difference, difference["text"]) for difference in ordered[: options.show]]
    lines += [table(report["results"]), ""]
    model = report["model"]
    lines.append(f"{model['variant']} of {model['name']} against the pipeline over {report['torch_model']}; "
                 + ", ".join(f"{name} {version}" for name, version in report["versions"].items()))
    if long := report["long"]:
        alike = ", ".join(f"hf-{strategy} {same} of {known}" for strategy, (same, known) in long["alike"].items())
        lines.append(f"{long['sentences']} more are longer than {long['limit']} tokens, where the pipeline truncates or "
                     f"namewire uses windows; equal nevertheless: {alike}")
    if report["failed"]:
        lines.append(f"{report['failed']} more made the pipeline fail")
    if report["empty"]:
        lines.append(f"{report['empty']} entities of the pipeline cover no character and are left out")
    if other := report["other_tokens"]:
        lines.append(f"THE PIPELINE HAS OTHER TOKENS than tokenizer.json in {other['sentences']} sentences, such as "
                     "{text!r}: {pipeline} and tokenizer.json {file}".format(**other))
    return "\n".join(lines)


def measure(options, folder):
    say("splitting into sentences")
    texts, file = sentences(options, folder)
    if not texts:
        fail(f"{options.texts} holds no sentence")
    namewire = Namewire(options, file, folder)
    found = {}
    for strategy in options.strategy:
        say(f"namewire: {len(texts)} sentences, hf-{strategy}")
        found[strategy] = namewire.run(strategy, len(texts))
    about = namewire.about()
    # Loading takes seconds: errors of namewire should show before.
    from .reference import Pipeline

    pipeline = Pipeline(options.torch_model, options.model, options.strategy, about["model"]["window"])
    pipeline.run(texts, say)
    results = {strategy: compare(strategy, texts, found[strategy], pipeline) for strategy in options.strategy}
    long = {
        "sentences": len(pipeline.long), "limit": pipeline.limit,
        "alike": {strategy: of_long(strategy, texts, found[strategy], pipeline) for strategy in options.strategy},
    }
    return {
        "model": about["model"], "torch_model": options.torch_model.resolve().name, "texts": options.texts.name,
        "versions": {**about["versions"], **pipeline.versions()}, "results": results,
        "long": long if pipeline.long else None, "failed": pipeline.failed, "empty": pipeline.empty,
        "other_tokens": pipeline.cut_otherwise(texts),
    }


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="parity.") as folder:
        report = measure(options, pathlib.Path(folder))
    print(closing(report, options))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(int(any(one["unexplained"] for one in report["results"].values())))


main()
