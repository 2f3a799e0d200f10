"""The tagger: a cased embedding on a public encoder, and a linear classifier."""

import pathlib
from typing import NamedTuple

import tokenizers
import torch
import transformers
from torch import nn

from . import vocabulary
from .corpus import LABELS


# Where taggers live, and what they are given.
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Shape(NamedTuple):
    """How a tagger differs from the encoder that it starts from."""

    # Of the inner layers, as transformers calls it.
    activation: str = "gelu"
    # Their width; None for the encoder's own.
    inner: int | None = None


class CasedEmbeddings(nn.Module):
    """The embedding of a piece: that of its lower-case form, that of its kind of casing, and its own.

    The forms of a word share what the encoder learnt of it, so that a rare capitalised form is known from the start.
    The sum is one row per piece, and is stored as such in the end (`folded`).
    """

    def __init__(self, encoder: pathlib.Path, pieces: list[vocabulary.Piece], rows: torch.Tensor):
        super().__init__()
        known = vocabulary.rows(encoder)
        width = rows.shape[1]
        self.shared = nn.Embedding.from_pretrained(rows.clone(), freeze=False, sparse=True)
        self.own = nn.Embedding.from_pretrained(torch.zeros(len(pieces), width), freeze=False, sparse=True)
        self.casing = nn.Parameter(torch.zeros(vocabulary.CASINGS, width))
        self.register_buffer("source_of", torch.tensor([known[piece.source] for piece in pieces]))
        self.register_buffer("casing_of", torch.tensor([piece.casing for piece in pieces]))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """[batch, token] ids to [batch, token, width] embeddings."""
        return self.shared(self.source_of[ids]) + self.casing[self.casing_of[ids]] + self.own(ids)

    def folded(self) -> torch.Tensor:
        """One row per piece, [vocabulary, width]."""
        with torch.no_grad():
            return self.shared.weight[self.source_of] + self.casing[self.casing_of] + self.own.weight


class Dropout(nn.Module):
    """Dropout whose masks are stretches of one row of random numbers, from a random place on.

    Sampling each mask separately takes a tenth of a step on a CPU.
    """

    DRAWN = 1 << 22

    def __init__(self, share: float):
        """Drops `share` of the values."""
        super().__init__()
        kept = (torch.rand(self.DRAWN) >= share).float() / (1 - share)
        self.register_buffer("kept", kept, persistent=False)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The values, some of them 0 in training; same shape."""
        if not self.training:
            return values
        size = values.numel()
        start = int(torch.randint(self.DRAWN - size, ()))
        return values * self.kept[start : start + size].view_as(values).to(values.dtype)


def _resize_inner(encoder: nn.Module, width: int) -> None:
    """Inner layers of another width, with new weights."""
    for layer in encoder.encoder.layer:
        hidden = layer.intermediate.dense.in_features
        layer.intermediate.dense, layer.output.dense = nn.Linear(hidden, width), nn.Linear(width, hidden)
    encoder.config.intermediate_size = width


def _replace_dropout(encoder: nn.Module, dropout: Dropout) -> None:
    for module in list(encoder.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Dropout) and child.p > 0:
                setattr(module, name, dropout)


class Tagger(nn.Module):
    """Token classifier over the cased vocabulary."""

    def __init__(self, folder: pathlib.Path, shape: Shape = Shape(), dropout: float = 0.1):
        super().__init__()
        # Dropout of attention weights would keep PyTorch from its fused attention.
        settings = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0, "hidden_act": shape.activation}
        model = transformers.AutoModel.from_pretrained(folder, **settings)
        if shape.inner:
            _resize_inner(model, shape.inner)
        self.pieces = vocabulary.cased(vocabulary.uncased(folder))
        words = model.embeddings.word_embeddings
        self.embeddings = CasedEmbeddings(folder, self.pieces, words.weight.detach())
        model.embeddings.word_embeddings = None
        model.pooler = None
        self.encoder = model
        self.dropout = Dropout(dropout)
        _replace_dropout(model, self.dropout)
        self.classifier = nn.Linear(model.config.hidden_size, len(LABELS))
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)

    def tokenizer(self) -> tokenizers.Tokenizer:
        """The tokenizer of its vocabulary."""
        return vocabulary.tokenizer([piece.text for piece in self.pieces])

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits in single precision, [batch, token, label]."""
        hidden = self.encoder(inputs_embeds=self.embeddings(ids), attention_mask=mask).last_hidden_state
        return self.classifier(self.dropout(hidden)).float()


def padded(rows: list[list[int]], fill: int) -> torch.Tensor:
    """The rows as one tensor on the device, as long as the longest, rounded up to 8."""
    width = -(-max(map(len, rows)) // 8) * 8
    filled = torch.full((len(rows), width), fill)
    for index, row in enumerate(rows):
        filled[index, : len(row)] = torch.tensor(row)
    return filled.to(DEVICE)


def attention_mask(rows: list[list[int]]) -> torch.Tensor:
    """1 where a token stands, 0 in the padding."""
    return padded([[1] * len(row) for row in rows], 0)
