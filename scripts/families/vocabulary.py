"""Tokenizers of each family, trained on the sample articles and saved in the form their family comes in."""

import collections
import io
import json
import pathlib

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

# Number of letters in the vocabulary; words with other letters are unknown.
LETTERS = 70
BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Compatibility forms whose normal form is longer, shorter or as long; the whole of NFKC would be 240 KB.
NORMAL_FORMS = {"ﬁ": "fi", "ﬂ": "fl", "½": "1⁄2", "№": "No", "Ｕ": "U", "Ｎ": "N", "①": "1", "Ⅳ": "IV", "™": "TM",
                "℃": "°C", "…": "...", "\u00a0": " ", "\t": " ", "\u200d": "", "E\u0301": "É", "g\u0306": "ğ", "I\u0307": "İ"}


def word_pieces(folder: pathlib.Path, lines: list[str], size: int, lowercase: bool, kind: str, **config) -> None:
    """BERT's: vocab.txt. The library's WordPiece trainer is not deterministic; the BPE trainer is."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    counted = collections.Counter(char for line in lines for char in tokenizer.normalizer.normalize_str(line))
    letters = sorted(frequent(counted, LETTERS))
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=letters, limit_alphabet=len(letters), show_progress=False
    )
    tokenizer.train_from_iterator(lines, trainer)
    counted.clear()
    for line in lines:
        encoding, last = tokenizer.encode(line), None
        for piece, word in zip(encoding.tokens, encoding.word_ids):
            counted[piece if word != last else f"##{piece}"] += len(piece.removeprefix("##")) > 1
            last = word
    parts = [*BERT, *letters, *(f"##{letter}" for letter in letters)]
    parts += frequent(counted, size - len(parts))
    (folder / "vocab.txt").write_text("\n".join(parts) + "\n", encoding="utf-8")
    describe(folder, kind, do_lower_case=lowercase, **config)


def frequent(counted: collections.Counter, most: int) -> list[str]:
    """The most frequent items, ties in alphabetical order, without white space and items that do not occur."""
    ordered = sorted(counted, key=lambda item: (-counted[item], item))
    return [item for item in ordered if counted[item] and item.strip()][:most]


def byte_pairs(lines: list[str], size: int, special: list[str]) -> Tokenizer:
    """A byte-level BPE without special tokens around the text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer


def roberta(folder: pathlib.Path, lines: list[str], size: int, **config) -> None:
    """RoBERTa's: vocab.json and merges.txt, padding at 1."""
    tokenizer = byte_pairs(lines, size, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.model.save(str(folder))
    describe(folder, "RobertaTokenizer", **config)


def modernbert(folder: pathlib.Path, lines: list[str], size: int, **config) -> None:
    """ModernBERT's: tokenizer.json, runs of spaces and special tokens at the end of the vocabulary."""
    tokenizer = byte_pairs([*lines], size - len(BERT) - 3, [])
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([" " * count for count in (4, 3, 2)])
    tokenizer.add_special_tokens(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"])
    frame = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=frame)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {f"{token.strip('[]').lower()}_token": token for token in BERT}
    describe(folder, "PreTrainedTokenizerFast", model_input_names=["input_ids", "attention_mask"], **names, **config)


def pieces(folder: pathlib.Path, name: str, lines: list[str], size: int, kind: str, options: dict, **config) -> None:
    """XLM-R's and DeBERTa-v3's: a SentencePiece model with Unigram pieces and a normaliser."""
    rules = folder / "rules.tsv"
    codes = lambda text: " ".join(f"{ord(char):X}" for char in text)
    rules.write_text("".join(f"{codes(form)}\t{codes(normal)}\n" for form, normal in NORMAL_FORMS.items()))
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=made, vocab_size=size, model_type="unigram", num_threads=1,
        normalization_rule_tsv=str(rules), character_coverage=0.999, minloglevel=2, **options,
    )
    rules.unlink()
    (folder / name).write_bytes(made.getvalue())
    describe(folder, kind, **config)


def describe(folder: pathlib.Path, kind: str, **config) -> None:
    """Writes tokenizer_config.json."""
    config = {"tokenizer_class": kind, **config}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
