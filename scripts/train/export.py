"""A trained tagger as a model folder: a plain model of transformers, and its ONNX graph."""

import json
import pathlib

import numpy as np
import onnx
import torch
import transformers
from quantizing.runtime import Runner

from . import graph
from .corpus import IDS, LABELS
from .network import Tagger

TOKENIZER = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": False,
    "strip_accents": False,
    "tokenize_chinese_chars": True,
    "model_max_length": 512,
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
    "clean_up_tokenization_spaces": False,
}


def write(tagger: Tagger, folder: pathlib.Path) -> None:
    """Writes configuration, weights and tokenizer; ValueError if the encoder is not a BERT."""
    config = tagger.encoder.config
    if config.model_type != "bert":
        raise ValueError(f"a {config.model_type} is a teacher; only a BERT is exported")
    config.vocab_size = len(tagger.pieces)
    config.id2label, config.label2id = dict(enumerate(LABELS)), dict(IDS)
    model = transformers.BertForTokenClassification(config)
    weights = {f"bert.{name}": value for name, value in tagger.encoder.state_dict().items()}
    weights["bert.embeddings.word_embeddings.weight"] = tagger.embeddings.folded()
    weights |= {f"classifier.{name}": value for name, value in tagger.classifier.state_dict().items()}
    model.load_state_dict(weights)
    _compare(model.eval(), tagger.eval())
    model.save_pretrained(folder)
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    (folder / "onnx").mkdir(exist_ok=True)
    target = folder / "onnx" / "model.onnx"
    onnx.save(graph.build(state, config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps), target)
    _compare_graph(model, target)
    tagger.tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=1) + "\n", encoding="utf-8")


def _compare(model: transformers.BertForTokenClassification, tagger: Tagger) -> None:
    """The two must agree: a weight of the one that the other does not have would otherwise pass unseen."""
    ids = torch.randint(len(tagger.pieces), (2, 24), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    with torch.no_grad():
        apart = (model(input_ids=ids, attention_mask=mask).logits - tagger(ids, mask)).abs().max().item()
    if apart > 1e-4:
        raise ValueError(f"the exported model's logits differ by {apart}")


def _compare_graph(model: transformers.BertForTokenClassification, graph_file: pathlib.Path) -> None:
    """On rows of random ids, the second of which ends in padding."""
    ids = torch.randint(model.config.vocab_size, (2, 40), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[1, 23:] = 0
    lengths = mask.sum(1).tolist()
    found = Runner(graph_file).logits([row[:length].tolist() for row, length in zip(ids, lengths, strict=True)])
    with torch.no_grad():
        wanted = model(input_ids=ids, attention_mask=mask).logits
    apart = (torch.from_numpy(np.concatenate(found)) - wanted[mask.bool()]).abs().max().item()
    if apart > 1e-3:
        raise ValueError(f"the graph's logits differ from PyTorch's by {apart}")
