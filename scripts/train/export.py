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


# What transformers calls the parts of an MPNet layer, and what those of a BERT layer.
OF_MPNET = {
    "attention.attn.q.": "attention.self.query.",
    "attention.attn.k.": "attention.self.key.",
    "attention.attn.v.": "attention.self.value.",
    "attention.attn.o.": "attention.output.dense.",
    "attention.LayerNorm.": "attention.output.LayerNorm.",
}
# MPNet counts positions from here.
FIRST_PLACE = 2


def write(tagger: Tagger, folder: pathlib.Path) -> None:
    """Writes configuration, tokenizer and ONNX graph, and of a BERT the weights for transformers too."""
    config = tagger.encoder.config
    config.vocab_size, config.pad_token_id = len(tagger.pieces), 0
    config.id2label, config.label2id = dict(enumerate(LABELS)), dict(IDS)
    state, near = state_of(tagger), nearness(tagger)
    if near is None:
        model = transformers.BertForTokenClassification(config)
        model.load_state_dict(state)
        _compare(model.eval(), tagger)
        model.save_pretrained(folder)
    else:
        config.max_position_embeddings = TOKENIZER["model_max_length"]
        config.save_pretrained(folder)
    (folder / "onnx").mkdir(exist_ok=True)
    target = folder / "onnx" / "model.onnx"
    weights = {name: value.numpy() for name, value in state.items()}
    sizes = config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps
    onnx.save(graph.build(weights, *sizes, config.hidden_act, near), target)
    _compare_graph(tagger, target)
    tagger.tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=1) + "\n", encoding="utf-8")


def state_of(tagger: Tagger) -> dict[str, torch.Tensor]:
    """The weights under the names of transformers' BertForTokenClassification, with one embedding per piece."""
    found = {f"bert.{name}": value for name, value in tagger.encoder.state_dict().items()}
    found["bert.embeddings.word_embeddings.weight"] = tagger.embeddings.folded()
    found |= {f"classifier.{name}": value for name, value in tagger.classifier.state_dict().items()}
    if tagger.encoder.config.model_type == "mpnet":
        places = found["bert.embeddings.position_embeddings.weight"]
        found["bert.embeddings.position_embeddings.weight"] = places[FIRST_PLACE:]
        found["bert.embeddings.token_type_embeddings.weight"] = torch.zeros(1, places.shape[1])
        del found["bert.encoder.relative_attention_bias.weight"]
        for theirs, name in OF_MPNET.items():
            found = {known.replace(theirs, name): value for known, value in found.items()}
    return found


def nearness(tagger: Tagger) -> np.ndarray | None:
    """What MPNet adds to the scores of two tokens by their distance, float32 [1, head, token, token]; None for a BERT."""
    if tagger.encoder.config.model_type == "bert":
        return None
    with torch.no_grad():
        return tagger.encoder.encoder.compute_position_bias(torch.zeros(1, TOKENIZER["model_max_length"], 1)).numpy()


def _compare(model: transformers.BertForTokenClassification, tagger: Tagger) -> None:
    """The two must agree: a weight of the one that the other does not have would otherwise pass unseen."""
    ids = torch.randint(len(tagger.pieces), (2, 24), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    with torch.no_grad():
        apart = (model(input_ids=ids, attention_mask=mask).logits - tagger(ids, mask)).abs().max().item()
    if apart > 1e-4:
        raise ValueError(f"the exported model's logits differ by {apart}")


def _compare_graph(tagger: Tagger, graph_file: pathlib.Path) -> None:
    """On rows of random ids, the second of which ends in padding."""
    ids = torch.randint(len(tagger.pieces), (2, 40), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[1, 23:] = 0
    lengths = mask.sum(1).tolist()
    found = Runner(graph_file).logits([row[:length].tolist() for row, length in zip(ids, lengths, strict=True)])
    with torch.no_grad():
        wanted = tagger(ids, mask)
    apart = (torch.from_numpy(np.concatenate(found)) - wanted[mask.bool()]).abs().max().item()
    if apart > 1e-3:
        raise ValueError(f"the graph's logits differ from PyTorch's by {apart}")
