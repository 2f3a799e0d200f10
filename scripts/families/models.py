"""Which families there are, and their models with random weights."""

import dataclasses
import pathlib
from collections.abc import Callable

import torch
import transformers

from . import vocabulary

SEED = 20140629
LABELS = "O B-PER I-PER B-ORG I-ORG B-LOC I-LOC"
POSITIONS = 128
# All have one layer, one width, and two heads of size eight.
SHAPE = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64, "initializer_range": 0.3}
# The same under DistilBERT's names.
DISTIL_SHAPE = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 64, "initializer_range": 0.3}
MASK = {"mask_token": "[MASK]"}


@dataclasses.dataclass(frozen=True)
class Family:
    """One folder of the fixtures."""

    name: str
    labels: str
    config: dict
    # Saves a tokenizer, given the folder, the training text and the size of the vocabulary.
    tokenizer: Callable[[pathlib.Path, list[str], int], None]
    size: int = 320
    variants: frozenset[str] = frozenset()


def word_pieces(kind: str, lowercase: bool, **config):
    """A WordPiece tokenizer of this class."""
    return lambda folder, lines, size: vocabulary.word_pieces(
        folder, lines, size, lowercase, kind, model_max_length=POSITIONS, **config
    )


def roberta(**config):
    """A byte-level BPE tokenizer of RoBERTa's."""
    return lambda folder, lines, size: vocabulary.roberta(folder, lines, size, model_max_length=POSITIONS, **config)


def xlm_roberta(folder, lines, size):
    """A Unigram tokenizer with XLM-R's numbering."""
    vocabulary.pieces(folder, "sentencepiece.bpe.model", lines, size, "XLMRobertaTokenizer", {}, model_max_length=POSITIONS)


def deberta(folder, lines, size):
    """A Unigram tokenizer with DeBERTa-v3's special tokens."""
    options = {"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "pad_piece": "[PAD]", "bos_piece": "[CLS]",
               "eos_piece": "[SEP]", "unk_piece": "[UNK]", "user_defined_symbols": ["[MASK]"]}
    vocabulary.pieces(folder, "spm.model", lines, size, "DebertaV2Tokenizer", options, model_max_length=POSITIONS)


ROBERTA = {"model_type": "roberta", "max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1, "pad_token_id": 1,
           "bos_token_id": 0, "eos_token_id": 2}
BERT = {"model_type": "bert", "max_position_embeddings": POSITIONS}

FAMILIES = [
    Family("bert-cased", LABELS, BERT, word_pieces("BertTokenizer", False), variants=frozenset(("fp16", "int8"))),
    Family(
        "bert-uncased",
        "B-LOC I-LOC I-PER O",
        BERT,
        word_pieces("BertTokenizer", True, model_input_names=["input_ids", "attention_mask"]),
    ),
    Family(
        "distilbert",
        "PER O LOC ORG",
        {"model_type": "distilbert", "max_position_embeddings": POSITIONS},
        word_pieces("DistilBertTokenizer", False),
    ),
    Family(
        "electra",
        "O B-PER I-PER L-PER U-PER",
        {"model_type": "electra", "max_position_embeddings": POSITIONS, "embedding_size": 8},
        word_pieces("ElectraTokenizer", True),
    ),
    Family("roberta", "S-PER O B-PER I-PER E-PER", ROBERTA, roberta()),
    Family(
        "roberta-prefix-space", "B_PER I_PER O B_LOC I_LOC", ROBERTA, roberta(add_prefix_space=True, trim_offsets=False)
    ),
    Family(
        "xlm-roberta",
        "O B-DATE I-DATE B-PER I-PER",
        {**ROBERTA, "model_type": "xlm-roberta"},
        xlm_roberta,
    ),
    Family(
        "deberta-v3",
        "I-LOC B-LOC I-PER B-PER O",
        {"model_type": "deberta-v2", "max_position_embeddings": POSITIONS, "relative_attention": True,
         "position_buckets": 16, "norm_rel_ebd": "layer_norm", "share_att_key": True, "pos_att_type": ["p2c", "c2p"],
         "position_biased_input": False, "type_vocab_size": 0, "max_relative_positions": -1, "pad_token_id": 0},
        deberta,
    ),
    Family(
        "modernbert",
        "O B-person I-person B-location I-location",
        {"model_type": "modernbert", "max_position_embeddings": 8192, "num_hidden_layers": 2, "intermediate_size": 32,
         "global_attn_every_n_layers": 2, "local_attention": 8, "deterministic_flash_attn": False},
        lambda folder, lines, size: vocabulary.modernbert(folder, lines, size, model_max_length=8192),
        variants=frozenset(("fp16",)),
    ),
]


def build(family: Family, tokenizer) -> transformers.PreTrainedModel:
    """A model of random weights."""
    torch.manual_seed(SEED)
    names = family.labels.split()
    shape = DISTIL_SHAPE if family.config["model_type"] == "distilbert" else SHAPE
    special = {key: getattr(tokenizer, key) for key in ("pad_token_id", "bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id")}
    # ModernBERT's default ids are outside such a small vocabulary.
    for name, other in (("bos_token_id", "cls_token_id"), ("eos_token_id", "sep_token_id")):
        special[name] = special[name] if special[name] is not None else special[other]
    fields = {**shape, **{key: value for key, value in special.items() if value is not None}, **family.config}
    config = transformers.AutoConfig.for_model(
        **fields,
        vocab_size=len(tokenizer),
        id2label=dict(enumerate(names)),
        label2id={label: index for index, label in enumerate(names)},
    )
    return transformers.AutoModelForTokenClassification.from_config(config).eval()


def bias(model: transformers.PreTrainedModel, rows: list[list[int]], share: float) -> float:
    """Shifts the bias of "O" so that this share of the tokens gets another label; returns the actual share."""
    outside = model.config.label2id["O"]

    def margins() -> torch.Tensor:
        with torch.no_grad():
            logits = torch.cat([model(input_ids=torch.tensor([row])).logits[0, 1:-1] for row in rows])
        others = logits.clone()
        others[:, outside] = -torch.inf
        return others.amax(-1) - logits[:, outside]

    with torch.no_grad():
        model.classifier.weight *= 2 / margins().std()
        model.classifier.bias[outside] += torch.quantile(margins(), 1 - share)
    return float((margins() > 0).float().mean())
