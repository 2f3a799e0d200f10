"""A cased vocabulary made from an uncased one.

The encoders at hand know lower-case pieces without accents. A name is told by its capital and spelt with its accents, so
the vocabulary gets capitalised and accented forms of the pieces that are there. Each form says which rows of the old
embeddings it starts from and which kind of casing it has; see network.CasedEmbeddings.
"""

import pathlib
import re
import string
import unicodedata
from typing import NamedTuple

import tokenizers
from tokenizers import models, normalizers, pre_tokenizers, processors

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# Lower case (and the special pieces), capitalised, all capitals, mixed or with digits, no letters at all.
LOWER, TITLE, UPPER, MIXED, SYMBOL = range(5)
CASINGS = 5
# Words written in capitals are mostly frequent or short; the uncased list is ordered by frequency.
FREQUENT = 10_000


class Piece(NamedTuple):
    """One piece of the cased vocabulary."""

    text: str
    # The piece of the uncased vocabulary whose embedding it starts from.
    source: str
    casing: int


def cased(uncased: list[str]) -> list[Piece]:
    """The uncased pieces in their order, then the added forms."""
    known = set(uncased)
    texts = list(dict.fromkeys([*uncased, *_added(uncased)]))
    return [Piece(text, _source(text, known), casing(text)) for text in texts]


def _added(uncased: list[str]) -> list[str]:
    # The last ones have no accent that Unicode takes off; the uncased list knows them as they are.
    accented = [*_accented_letters(), *"øØłŁđĐıßæÆœŒþÞð"]
    forms = [form for letter in [*string.ascii_uppercase, *accented] for form in (letter, f"##{letter}")]
    words = [(rank, word) for rank, word in enumerate(uncased) if re.fullmatch("[a-z]{2,}", word)]
    forms += [word[0].upper() + word[1:] for _, word in words]
    for rank, piece in enumerate(uncased):
        if re.fullmatch("[a-z]{2,}", piece) and (rank < FREQUENT or len(piece) <= 4):
            forms.append(piece.upper())
        if re.fullmatch("mc[a-z]{3,}", piece):
            forms.append("Mc" + piece[2:].capitalize())
        if re.fullmatch("##[a-z]{2,4}", piece):
            forms.append(piece.upper())
    return forms


def _accented_letters() -> list[str]:
    """The Latin letters with accents, of European, Turkish and Vietnamese spelling."""
    letters = [chr(code) for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]]
    plain = {letter: _without_accents(letter) for letter in letters if unicodedata.category(letter) in ("Ll", "Lu")}
    return [letter for letter, base in plain.items() if len(base) == 1 and base.isascii()]


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def _source(piece: str, known: set[str]) -> str:
    """The uncased piece that a piece starts from: itself in lower case, without accents."""
    if piece in known:
        return piece
    prefix = "##" if piece.startswith("##") and len(piece) > 2 else ""
    return prefix + _without_accents(piece.removeprefix(prefix).lower())


def casing(piece: str) -> int:
    """The kind of casing of one piece."""
    text = piece.removeprefix("##")
    if piece in SPECIAL or piece.startswith("[unused"):
        return LOWER
    if not any(char.isalnum() for char in text):
        return SYMBOL
    if any(char.isdigit() for char in text):
        return MIXED
    if not any(char.isupper() for char in text):
        return LOWER
    if text.isupper() and len(text) > 1:
        return UPPER
    if text[0].isupper() and not any(char.isupper() for char in text[1:]):
        return TITLE
    return MIXED


def tokenizer(pieces: list[str]) -> tokenizers.Tokenizer:
    """BERT's tokenizer over the pieces; case and accents are kept."""
    ids = {text: index for index, text in enumerate(pieces)}
    made = tokenizers.Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(strip_accents=False, lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = tokenizers.decoders.WordPiece(prefix="##")
    ends = [(text, ids[text]) for text in ("[CLS]", "[SEP]")]
    made.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ends
    )
    made.add_special_tokens([tokenizers.AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    return made


def uncased(encoder: pathlib.Path) -> list[str]:
    """The pieces of an encoder's vocab.txt, in the order of BERT's uncased list.

    MPNet has the same list behind special pieces of its own, which go by BERT's names here.
    """
    pieces = (encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    if pieces[0] != "<s>":
        return pieces
    return [piece for piece in pieces if piece not in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]


def rows(encoder: pathlib.Path) -> dict[str, int]:
    """The row of each uncased piece in an encoder's own embeddings."""
    pieces = (encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    found = {piece: row for row, piece in enumerate(pieces)}
    own = {"[CLS]": "<s>", "[PAD]": "<pad>", "[SEP]": "</s>", "[MASK]": "<mask>"}
    return found | {name: found[piece] for name, piece in own.items() if piece in found}
