"""The token-classification pipeline of transformers, with every aggregation strategy of a text at once."""

import importlib.metadata, pathlib, warnings

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline
from transformers.utils import logging

KIND = "token-classification"
# Number of texts that are also given to the pipeline in one call, to check that calling it step by step changes nothing.
CHECKED = 25


class Pipeline:
    """Holds a model, and what the pipeline answered for each text: `{strategy: [(start, end, type, score)]}`, or
    None where it failed."""

    def __init__(self, torch_model, model, strategies, window):
        # It warns at every token that words are guessed.
        warnings.simplefilter("ignore")
        logging.disable_progress_bar()
        net = AutoModelForTokenClassification.from_pretrained(torch_model, dtype=torch.float32).eval()
        self.pipe = pipeline(KIND, model=net, tokenizer=AutoTokenizer.from_pretrained(torch_model), device="cpu")
        self.file = Tokenizer.from_file(str(pathlib.Path(model) / "tokenizer.json"))
        self.file.no_padding()
        self.file.no_truncation()
        self.steps = {strategy: self.pipe._sanitize_parameters(aggregation_strategy=strategy) for strategy in strategies}
        # Maximum number of tokens that both take at once, with special tokens.
        self.limit = min(window, self.pipe.tokenizer.model_max_length)
        self.answers, self.long, self.failed, self.empty = [], set(), 0, 0

    def run(self, texts, say):
        for at, text in enumerate(texts):
            if at % 1000 == 0:
                say(f"pipeline: sentence {at} of {len(texts)}")
            if len(self.file.encode(text)) > self.limit:
                self.long.add(at)
            try:
                outputs = self.outputs(text)
            except (IndexError, RuntimeError):
                # Positions that the model does not have, where its tokenizer names no limit.
                self.answers.append(None)
                self.failed += 1
                continue
            self.answers.append({strategy: self.entities(outputs, strategy) for strategy in self.steps})
            if at < CHECKED:
                self.check(text, self.answers[-1])

    def outputs(self, text):
        """The model's outputs for a text: the pipeline up to its last step."""
        (inputs,) = self.pipe.preprocess(text, is_split_into_words=False)
        return self.pipe.forward(inputs)

    def entities(self, outputs, strategy):
        found = self.pipe.postprocess([outputs], **self.steps[strategy][2])
        self.empty += sum(one["start"] >= one["end"] for one in found)
        return tuples(found)

    def check(self, text, answers):
        for strategy, answer in answers.items():
            plain = tuples(self.pipe(text, aggregation_strategy=strategy))
            assert plain == answer, f"the pipeline's steps do not give what the pipeline gives: {plain}, {answer}"

    def margin(self, text, strategy, entities):
        """The difference between the two best labels, the smallest among the words within the entities."""
        start, end = min(one[0] for one in entities), max(one[1] for one in entities)
        outputs = self.outputs(text)
        logits = outputs["logits"][0].double()
        tokens = self.pipe.gather_pre_entities(
            text, outputs["input_ids"][0], torch.softmax(logits, -1).numpy(), outputs["offset_mapping"][0],
            outputs["special_tokens_mask"][0].numpy(), strategy,
        )
        words = []
        for token in tokens:
            if words and token["is_subword"] and strategy in ("first", "average", "max"):
                words[-1].append(token)
            else:
                words.append([token])
        inside = [word for word in words if word[0]["start"] < end and word[-1]["end"] > start]
        return min((margin([token["scores"] for token in word], strategy) for word in inside), default=1.0)

    def other_tokens(self, text):
        """The tokens of both sides, where the pipeline's tokenizer and tokenizer.json differ on a text."""
        encoded = self.file.encode(text)
        (inputs,) = self.pipe.preprocess(text, is_split_into_words=False)
        ids, offsets = inputs["input_ids"][0].tolist(), [tuple(pair) for pair in inputs["offset_mapping"][0].tolist()]
        if (ids, offsets) == (encoded.ids, encoded.offsets) or len(encoded) > self.limit:
            return None
        theirs = list(zip(self.pipe.tokenizer.convert_ids_to_tokens(ids), offsets))
        # From the first difference on.
        pairs = zip(theirs, zip(encoded.tokens, encoded.offsets))
        at = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(theirs), len(encoded)))
        window = slice(max(at - 1, 0), at + 4)
        return {"pipeline": theirs[window], "file": list(zip(encoded.tokens, encoded.offsets))[window]}

    def cut_otherwise(self, texts):
        """How many texts have different tokens, with the shortest of them; None where there is none."""
        found = [(text, tokens) for text in texts if (tokens := self.other_tokens(text))]
        if not found:
            return None
        text, tokens = min(found, key=lambda pair: len(pair[0]))
        return {"sentences": len(found), "text": text, **tokens}

    def versions(self):
        return {package: importlib.metadata.version(package) for package in ("transformers", "tokenizers", "torch")}


def tuples(entities):
    """Entities as (start, end, type, score); one without a character cannot be a mention."""
    kind = lambda one: one["entity"] if "entity" in one else one["entity_group"]
    return [(one["start"], one["end"], kind(one), float(one["score"])) for one in entities if one["start"] < one["end"]]


def margin(tokens, strategy):
    """The margin of a word, from the probabilities of its tokens."""
    gap = lambda scores: float(np.subtract(*np.sort(scores)[:-3:-1]))
    if strategy == "average":
        return gap(np.mean(tokens, axis=0))
    if strategy != "max":
        return gap(tokens[0])
    surest = max(tokens, key=max)
    # Another token with another label and nearly the same score.
    rivals = [surest.max() - other.max() for other in tokens if other.argmax() != surest.argmax()]
    return min([gap(surest), *map(float, rivals)])
