"""The tagger: a cased embedding on a public encoder, and a linear classifier."""

import pathlib

import tokenizers
import torch
import transformers
from torch import nn

from . import vocabulary
from .corpus import LABELS


# Where taggers live, and what they are given.
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


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


class Tagger(nn.Module):
    """Token classifier over the cased vocabulary."""

    def __init__(self, folder: pathlib.Path, dropout: float = 0.1):
        super().__init__()
        # Dropout of attention weights would keep PyTorch from its fused attention.
        settings = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0}
        model = transformers.AutoModel.from_pretrained(folder, **settings)
        self.pieces = vocabulary.cased(vocabulary.uncased(folder))
        words = model.embeddings.word_embeddings
        self.embeddings = CasedEmbeddings(folder, self.pieces, words.weight.detach())
        model.embeddings.word_embeddings = None
        model.pooler = None
        self.encoder = model
        self.dropout = nn.Dropout(dropout)
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
