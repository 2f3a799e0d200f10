"""Runs the contestants alternately and reports; scripts/bench_peers starts it."""

import argparse, datetime, json, os, pathlib, shlex, statistics, subprocess, sys, tempfile, time

import python_environment

from . import articles, build, gline, machine, reporting

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("transformers", "optimum", "spacy", "gline", "loop", "ceiling")
# Contestants whose environment is not that of the others.
ENVIRONMENTS = {"optimum": "optimum", "spacy": "spacy"}
NAMES = """contestants, and the names for --skip:
  namewire      `namewire extract`: from the file of articles to linked mentions as JSON Lines. The others are
                compared with it, so it cannot be left out. Its time includes the start of the process
  transformers  the token-classification pipeline over torch in single precision, at the batch size (1, 4, 8 or
                16) that is fastest on a sample
  optimum       the same pipeline over optimum's ONNX Runtime model, on namewire's own ONNX file
  spacy         spaCy's small English model, named-entity recognition only, over whole articles: one process, and
                one for each CPU, at the batch size that is fastest on a sample. It is another model, so this does
                not compare programs on the same weights
  gline         gline-rs with the GLiNER model of --gliner and the types person, organization, location and other:
                onnx/model.onnx, and onnx/model_quantized.onnx if it is there, with one session or one for each CPU
                and the batch size that is fastest on a sample. It is another model too
  loop          onnxruntime and tokenizers in a Python loop, up to the likeliest label of each token: one
                sentence a run; batches in the order of the text; batches of sentences sorted by length
  ceiling       session runs alone, over batches made before the clock starts: the two fastest on a sample of
                all combinations of sessions, threads, batch sizes and one graph optimisation

The other contestants get sentences (spaCy: articles) in memory; splitting into sentences is not part of their time,
and scripts/peers/articles.py says how it is done. A rate counts content tokens, without padding and special tokens,
and each contestant's own; spaCy and gline-rs, whose tokens are others, are counted by namewire's, so that their ratio
is almost that of articles. "namewire" in the table is the median over the rounds of namewire's rate over the
contestant's rate in the same round, so that a slow minute of the machine affects both. CPU seconds are user and system
time. "MB" is the peak of the contestant's process; the loops share one, the ceilings too, and gline-rs has all that it
tried in one. "Others" is the share of the machine's CPU time that other processes took meanwhile: results are valid
only where it is near 0.
"""


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench_peers", description="namewire and other ways to run its model, on the same articles, in one run.",
        epilog=NAMES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--articles", type=pathlib.Path, help=".jsonl or .jsonl.gz, or a folder of .txt [default: seeds/articles]")
    add("--limit", type=int, help="articles to take [default: all; the seeds are repeated to 340]")
    add("--model", type=pathlib.Path, default=REPOSITORY / "models/minilm-l6-news-ner", help="namewire's model folder")
    add("--torch-model", type=pathlib.Path, help="the same weights in single precision, as a transformers folder")
    add("--gliner", type=pathlib.Path, help="a GLiNER model, such as scripts/make_gliner writes")
    add("--rounds", type=int, default=3, help="rounds that count [default: 3]")
    add("--plain-batch", default="8,16", help="batch sizes of the plain loop [default: 8,16]")
    add("--skip", action="append", default=[], choices=KINDS, help="leave a contestant out; may be repeated")
    add("--json", type=pathlib.Path, help="write all figures, the hardware and the versions to this file")
    add("--namewire", type=pathlib.Path, help="use this binary [default: build target/release/namewire]")
    options = parser.parse_args()
    options.plain_batch = [int(size) for size in options.plain_batch.split(",")]
    if options.rounds < 1 or (options.limit is not None and options.limit < 1) or min(options.plain_batch) < 1:
        parser.error("--rounds, --limit and --plain-batch must be at least 1")
    options.namewire = build.program(options.namewire)
    for path in (options.articles, options.model, options.torch_model, options.gliner, options.namewire):
        if path is not None and not path.exists():
            parser.error(f"{path} does not exist")
    return options


def say(message):
    print(f"bench_peers: {message}", file=sys.stderr, flush=True)


class Namewire:
    """A process for each run: its start and the loading of the model count."""

    def __init__(self, options, source, folder):
        self.folder = folder
        self.command = [
            options.namewire, "extract", source, "--model", options.model, "--out", os.devnull, "--quiet",
            "--rejects", folder / "rejects.jsonl", "--summary", folder / "summary.json",
        ]
        self.summary = None

    def run(self, _=None):
        start = time.perf_counter()
        process = subprocess.Popen(self.command)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            sys.exit(f"bench_peers: namewire failed with status {process.returncode}")
        self.summary = json.loads((self.folder / "summary.json").read_text())
        run = self.summary["run"]
        if run["tokens_encoded"] != run["tokens_inferred"]:
            say(f"namewire inferred {run['tokens_inferred']} of {run['tokens_encoded']} tokens: repeated "
                "sentences were inferred once. The rate counts inferred tokens")
        scale = 1024 * 1024 if sys.platform == "darwin" else 1024
        return {
            "tokens": run["tokens_inferred"], "seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_rss_mb": round(usage.ru_maxrss / scale), "tokens_encoded": run["tokens_encoded"],
            "articles": run["articles"], "own_tokens_per_second": self.summary["tokens_per_second"],
        }


class Worker:
    """A process that holds a contestant; it is idle while others run."""

    def __init__(self, command, variables, setting):
        threads = str(setting["threads"])
        quiet = {
            "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error",
            "CUDA_VISIBLE_DEVICES": "", "TOKENIZERS_PARALLELISM": "true", "OMP_NUM_THREADS": threads,
        }
        # An environment that someone has activated, or a folder of packages, must not mix with ours.
        mixing = ("PYTHONPATH", "PYTHONHOME", python_environment.ACTIVE)
        kept = {name: value for name, value in os.environ.items() if name not in mixing}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**kept, **quiet, **variables},
        )
        self.ready = self.ask(setting)

    def ask(self, value):
        try:
            self.process.stdin.write(json.dumps(value) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": "the process ended without an answer"}

    def run(self, name):
        result = self.ask(name)
        if "failed" in result:
            sys.exit(f"bench_peers: {name} failed: {result['failed']}")
        return result

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def watched(run, name):
    before = machine.busy_seconds()
    result = run(name)
    if before is not None:
        others = machine.busy_seconds() - before - result["cpu_seconds"]
        result["others_share"] = max(0.0, others / (result["seconds"] * os.cpu_count()))
    result["tokens_per_second"] = result["tokens"] / result["seconds"]
    result["tokens_per_cpu_second"] = result["tokens"] / max(result["cpu_seconds"], 1e-9)
    return result


def prepared(window, source, tokenizer_file):
    """The sentences for the Python contestants, and the number of their tokens."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    longest = window - len(tokenizer.encode("").ids)
    split = (sentence for line in articles.records(source) for sentence in articles.sentences(json.loads(line)))
    sentences = [part for sentence in split for part in articles.fitting(sentence, tokenizer, longest)]
    return sentences, sum(map(len, tokenizer.encode_batch(sentences, add_special_tokens=False)))


def write_articles(options, file):
    """Writes one uncompressed file for all contestants; returns its number of articles."""
    if options.articles is None:
        lines = articles.repeated(REPOSITORY / "seeds/articles", options.limit or 340)
    else:
        lines = articles.records(options.articles)
    count = 0
    with open(file, "w", encoding="utf-8") as out:
        for count, line in enumerate(lines, 1):
            out.write(line + "\n")
            if count == options.limit:
                break
    if not count:
        sys.exit("bench_peers: there are no articles")
    return count


def agreement(labels, reference):
    """The share of tokens that get the same label; None if the tokens themselves differ."""
    if [len(row) for row in labels] != [len(row) for row in reference]:
        return None
    pairs = [pair for rows in zip(labels, reference) for pair in zip(*rows)]
    return sum(one == other for one, other in pairs) / len(pairs)


def command_line():
    """The command line; files outside the repository by their name only."""
    parts = ["scripts/bench_peers"]
    for argument in sys.argv[1:]:
        option, equals, value = argument.partition("=") if argument.startswith("-") else ("", "", argument)
        path = pathlib.Path(value)
        if path.is_absolute():
            path = path.resolve()
            value = str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else path.name
        parts.append(shlex.quote(option + equals + value))
    return " ".join(parts)


def commit():
    git = lambda *what: subprocess.run(["git", "-C", REPOSITORY, *what], capture_output=True, text=True).stdout.strip()
    changed = bool(git("status", "--porcelain", "--untracked-files=no"))
    return git("rev-parse", "HEAD") + ("+changes" if changed else "")


def program(kind):
    """The command that runs a contestant, and its environment variables."""
    if kind == "gline":
        return [gline.program()], {"ORT_DYLIB_PATH": str(gline.runtime())}
    python = python_environment.python(ENVIRONMENTS[kind]) if kind in ENVIRONMENTS else sys.executable
    return [python, pathlib.Path(__file__).with_name("worker.py")], {}


def start(kind, options, setting, left_out):
    if kind in options.skip:
        left_out[kind] = "left out by --skip"
        return None
    if kind == "transformers" and options.torch_model is None:
        left_out[kind] = "give the weights in single precision with --torch-model"
        return None
    if kind == "gline" and options.gliner is None:
        left_out[kind] = "give a GLiNER model with --gliner"
        return None
    try:
        command, variables = program(kind)
    except (SystemExit, subprocess.CalledProcessError):
        left_out[kind] = "it could not be installed: see the message above"
        return None
    say(f"{kind}: loading, and choosing its setting")
    worker = Worker(command, variables, {**setting, "kind": kind})
    if "failed" in worker.ready:
        left_out[kind] = worker.ready["failed"]
        worker.close()
        return None
    return worker


def measure(options, folder):
    started = datetime.datetime.now(datetime.timezone.utc)
    source = folder / "articles.jsonl"
    count = write_articles(options, source)
    namewire = Namewire(options, source, folder)
    say(f"namewire: a first run over {count} articles")
    namewire.run()
    model, versions = namewire.summary["model"], namewire.summary["versions"]
    sentences, tokens = prepared(model["window"], source, options.model / "tokenizer.json")
    setting = {
        "sentences": sentences, "tokens": tokens, "articles": articles.texts(source),
        "threads": machine.cpus(), "model": str(options.model.resolve()), "graph": model["variant"],
        "torch_model": options.torch_model and str(options.torch_model.resolve()), "plain_batches": options.plain_batch,
        "gliner": options.gliner and str(options.gliner.resolve()),
    }
    runs = {"namewire": namewire.run}
    report = {
        "command": command_line(), "started": started.isoformat(timespec="seconds"), "commit": commit(),
        "binary_sha256": machine.sha256(options.namewire),
        "hardware": machine.hardware(),
        "versions": {"namewire": versions["namewire"], "namewire's onnxruntime": versions["onnxruntime"]},
        "model": model, "namewire_configuration": namewire.summary["configuration"],
        "data": {
            "source": options.articles.name if options.articles else "seeds/articles, repeated", "articles": count,
            "sentences": len(sentences), "sha256": machine.sha256(source),
        },
        "rounds": options.rounds, "contestants": {"namewire": {"setting": "files to linked mentions", "rounds": []}},
        "settings_tried": {}, "labels_as_loop": {}, "left_out": {},
    }
    if options.gliner is not None:
        report["gliner"] = gline.described(options.gliner.resolve())
    labels, workers = {}, []
    try:
        for kind in KINDS:
            worker = start(kind, options, setting, report["left_out"])
            if worker is None:
                continue
            workers.append(worker)
            for name, described in worker.ready["contestants"].items():
                runs[name] = worker.run
                report["contestants"][name] = {"setting": described, "rounds": []}
            for package, version in worker.ready["versions"].items():
                known = report["versions"].setdefault(package, version)
                if known != version:
                    report["versions"][f"{kind}'s {package}"] = version
            if worker.ready["tried"]:
                report["settings_tried"][kind] = worker.ready["tried"]
            labels[kind] = worker.ready["labels"]
        for kind in ("transformers", "optimum"):
            if kind in labels and "loop" in labels:
                share = agreement(labels[kind], labels["loop"])
                if share is None:
                    say(f"{kind.upper()} HAS OTHER TOKENS than tokenizer.json: not the same model?")
                else:
                    report["labels_as_loop"][kind] = share
                    if share < 0.97:
                        say(f"{kind.upper()} AGREES ON ONLY {share:.1%} OF LABELS: not the same weights?")
        for number in range(1, options.rounds + 1):
            for name, run in runs.items():
                result = watched(run, name)
                report["contestants"][name]["rounds"].append(result)
                own = report["contestants"]["namewire"]["rounds"][-1]
                for ratio, rate in (("namewire_ratio", "tokens_per_second"), ("namewire_cpu_ratio", "tokens_per_cpu_second")):
                    result[ratio] = own[rate] / result[rate]
                say(f"round {number} of {options.rounds}, {name}: {result['tokens_per_second']:,.0f} tokens/s")
    finally:
        for worker in workers:
            worker.close()
    for contestant in report["contestants"].values():
        reporting.add_medians(contestant)
    add_ceiling(report)
    return report


def add_ceiling(report):
    """Adds the ratio of namewire to the best ceiling of the same round."""
    found = report["contestants"]
    ceilings = [one for name, one in found.items() if name.startswith("ceiling")]
    if not ceilings:
        return
    best = max(ceilings, key=lambda one: one["tokens_per_second"]["median"])
    pairs = list(zip(found["namewire"]["rounds"], best["rounds"]))
    ratio = lambda own, other: statistics.median(mine[own] / theirs[other] for mine, theirs in pairs)
    report["ceiling_ratio"] = {
        "setting": best["setting"], "tokens_per_second": best["tokens_per_second"]["median"],
        "wall": ratio("tokens_per_second", "tokens_per_second"),
        "own_clock": ratio("own_tokens_per_second", "tokens_per_second"),
        "cpu": ratio("tokens_per_cpu_second", "tokens_per_cpu_second"),
    }


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench_peers.") as folder:
        report = measure(options, pathlib.Path(folder))
    print(reporting.text(report))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


main()
