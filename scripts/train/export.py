"""A trained tagger as a plain model of transformers, for scripts/export_onnx."""

import json
import pathlib

import torch
import transformers

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
