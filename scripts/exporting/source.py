"""The model and its tokenizer as transformers has them, and sample sentences."""

import dataclasses
import inspect
import pathlib
import sys

import tokenizers
import torch
import transformers
from quantizing.text import SENTENCE_END, documents
from transformers.utils import cached_file

# What namewire feeds; see src/infer/onnx.rs.
FED = ("input_ids", "attention_mask", "token_type_ids")
LONGEST = 192

Rows = list[list[int]]

transformers.utils.logging.disable_progress_bar()

@dataclasses.dataclass(frozen=True)
class Source:
    """A model that classifies tokens."""

    model: transformers.PreTrainedModel
    tokenizer: transformers.PreTrainedTokenizerBase
    inputs: tuple[str, ...]

    @property
    def pad(self) -> int:
        """The id that fills the rest of a row."""
        own = self.model.config.pad_token_id
        return own if own is not None else self.tokenizer.pad_token_id or 0


def load(name: str, revision: str | None = None, remote_code: bool = False, labels: str | None = None) -> Source:
    """Loads a model by its folder or its name. A model without a trained classifier is refused."""
    options = {"revision": revision or "main", "trust_remote_code": remote_code}
    if name.startswith(("/", ".", "~")) and not pathlib.Path(name).is_dir():
        raise ValueError(f"there is no folder {name}")
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, **options)
        model, loading = transformers.AutoModelForTokenClassification.from_pretrained(
            name, **options, dtype=torch.float32, output_loading_info=True
        )
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise ValueError(f"transformers cannot load {name}: {error}") from error
    if missing := [key for key in loading["missing_keys"] if not key.endswith("position_ids")]:
        raise ValueError(f"{name} lacks weights that token classification needs: {', '.join(sorted(missing)[:4])}")
    if labels:
        rename(model.config, labels.split(","))
    if any(label.startswith("LABEL_") for label in model.config.id2label.values()):
        print("export_onnx: the labels have no names; give them here or to namewire with --labels", file=sys.stderr)
    return Source(model.eval(), fast(tokenizer), inputs(model, tokenizer))


def rename(config: transformers.PreTrainedConfig, names: list[str]) -> None:
    """Gives the labels names, in the order of the logits."""
    if len(names) != config.num_labels:
        raise ValueError(f"--labels has {len(names)} names, the model {config.num_labels} labels")
    config.id2label = dict(enumerate(names))
    config.label2id = {label: index for index, label in enumerate(names)}


def fast(tokenizer: transformers.PreTrainedTokenizerBase) -> transformers.PreTrainedTokenizerBase:
    """The tokenizer in the form that writes tokenizer.json."""
    if tokenizer.is_fast:
        return tokenizer
    from transformers.convert_slow_tokenizer import convert_slow_tokenizer

    try:
        converted = convert_slow_tokenizer(tokenizer)
    except (ValueError, AttributeError, ImportError) as error:
        raise ValueError(f"{type(tokenizer).__name__} cannot be written as tokenizer.json: {error}") from error
    return transformers.PreTrainedTokenizerFast(tokenizer_object=converted, **tokenizer.init_kwargs)


def inputs(model: transformers.PreTrainedModel, tokenizer: transformers.PreTrainedTokenizerBase) -> tuple[str, ...]:
    """The inputs that the graph gets: those of the tokenizer that the model takes and uses."""
    taken = inspect.signature(model.forward).parameters
    wanted = [name for name in FED[:2] if name in taken]
    if FED[2] in taken and FED[2] in tokenizer.model_input_names and getattr(model.config, "type_vocab_size", 0) > 1:
        wanted.append(FED[2])
    if "input_ids" not in wanted:
        raise ValueError(f"{type(model).__name__} takes no input_ids")
    return tuple(wanted)


def sentences(paths: list[pathlib.Path], field: str = "text") -> list[str]:
    """The different sentences of the files, in their order."""
    parts = (part.strip() for path in paths for text in documents(path, field) for part in SENTENCE_END.split(text))
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) < 20:
        raise ValueError(f"{', '.join(map(str, paths))}: {len(found)} different sentences are too few")
    return found


def rows(tokenizer: transformers.PreTrainedTokenizerBase, texts: list[str]) -> Rows:
    """Token ids of the sentences, special ones included, cut to `LONGEST` before the last."""
    longest = min(LONGEST, tokenizer.model_max_length)
    # Not cut by the tokenizer: it would keep the length in tokenizer.json.
    found = tokenizer(texts, verbose=False)["input_ids"]
    return [row if len(row) <= longest else [*row[: longest - 1], row[-1]] for row in found]


def note_other_tokens(source: Source, name: str, revision: str | None, texts: list[str]) -> None:
    """Says so where the tokenizer.json that came with the model gives other tokens than transformers does."""
    options = {"revision": revision or "main", "_raise_exceptions_for_missing_entries": False}
    if (path := cached_file(name, "tokenizer.json", **options)) is None:
        return
    given = tokenizers.Tokenizer.from_file(path)
    given.no_padding()
    given.no_truncation()
    other = sum(given.encode(text).ids != source.tokenizer(text, verbose=False)["input_ids"] for text in texts)
    if other:
        print(
            f"export_onnx: {other} of {len(texts)} sentences have other tokens by the model's own tokenizer.json than by "
            "transformers; those of transformers are taken",
            file=sys.stderr,
        )
