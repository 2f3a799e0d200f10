"""Tests of what training rests on: `python3 -m unittest train.tests`, in scripts. Those that need packages are skipped without."""

import json
import pathlib
import random
import string
import tempfile
import unittest
import unittest.mock

from . import augment, headlines, names, styles, texts
from .corpus import LABELS, Mention, Sentence, Token, mentions

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent

try:
    import numpy as np

    from . import score
    from .score import best_legal
except ImportError:
    np = None
try:
    from . import vocabulary, windows
except ImportError:
    vocabulary = None
try:
    import onnx
    import torch
    import transformers

    from . import export, fit, narrow, restore, reword
    from .network import Shape, Tagger
except ImportError:
    restore = None


def sentence(text: str, labels: str, partial: bool = False) -> Sentence:
    """Words between spaces, a label for each."""
    tokens, end = [], 0
    for word, label in zip(text.split(" "), labels.split(), strict=True):
        start = text.index(word, end)
        end = start + len(word)
        tokens.append(Token(start, end, label))
    return Sentence(text, tuple(tokens), partial)


MET = sentence("Anna Berg met IS in Port Hale .", "B-PER I-PER O B-ORG O B-LOC I-LOC O")


class Mentions(unittest.TestCase):
    def test_labels_make_names(self):
        for labels, wanted in (
            ("O O", []),
            ("B-PER I-PER O", [(0, 2, "PER")]),
            ("B-PER B-PER", [(0, 1, "PER"), (1, 2, "PER")]),
            ("I-LOC I-LOC", [(0, 2, "LOC")]),
            ("B-LOC I-ORG O I-ORG", [(0, 1, "LOC"), (1, 2, "ORG"), (3, 4, "ORG")]),
        ):
            self.assertEqual(mentions(labels.split()), [Mention(*mention) for mention in wanted], labels)


class Swap(unittest.TestCase):
    def test_names_change_and_everything_else_stays(self):
        gazetteer = augment.Gazetteer([[MET]])
        self.assertEqual(gazetteer.seen, {"PER": ["Anna Berg"], "ORG": ["IS"], "LOC": ["Port Hale"]})
        for seed in range(200):
            other = augment.swap(MET, gazetteer, 0.7, 0.8, random.Random(seed))
            labels = [token.label for token in other.tokens]
            self.assertEqual([mention.type for mention in mentions(labels)], ["PER", "ORG", "LOC"])
            texts = [other.text[token.start : token.end] for token in other.tokens]
            outside = [text for text, label in zip(texts, labels, strict=True) if label == "O"]
            self.assertEqual(outside, ["met", "in", "."])
            # Nothing but spaces lies between the tokens.
            self.assertEqual("".join(texts), other.text.replace(" ", ""))

    def test_nothing_is_swapped_with_no_share(self):
        gazetteer = augment.Gazetteer([[MET]])
        self.assertEqual(augment.swap(MET, gazetteer, 0.0, 1.0, random.Random(0)), MET)

    def test_lists_have_names(self):
        chance = random.Random(0)
        for kind in ("PER", "ORG", "LOC"):
            drawn = [names.draw(kind, chance) for _ in range(3000)]
            self.assertTrue(all(name == name.strip() and name for name in drawn))
            self.assertGreater(len(set(drawn)), 100)


class Marks(unittest.TestCase):
    def test_length_never_changes(self):
        text = "\"It's 'late',\" she said (\"now\") of the '90s."
        seen = {augment.requote(text, random.Random(seed)) for seed in range(40)}
        self.assertEqual({len(other) for other in seen}, {len(text)})
        self.assertIn("“It’s ‘late’,” she said (“now”) of the ’90s.", seen)


class Styles(unittest.TestCase):
    def test_case_only_where_the_length_stays(self):
        self.assertEqual(styles.upper("die Straße"), "die Straße")
        self.assertEqual((styles.upper("in Baie"), styles.lower("In Baie")), ("IN BAIE", "in baie"))

    def test_title_case(self):
        for plain, wanted in (
            ("the army of the north says it's ready", "The Army of the North Says It's Ready"),
            ("ISIS is back in al-Bab, says McCain", "ISIS Is Back in Al-Bab, Says McCain"),
            ("“what now?” asks iPad maker", "“What Now?” Asks iPad Maker"),
        ):
            self.assertEqual(styles.title(plain), wanted)
        self.assertEqual(styles.title("one of us", frozenset()), "One Of Us")

    def test_headlines_keep_their_names_and_offsets(self):
        given = sentence("The mayor of The Hague met a minister of the Arab League .", "O O O B-LOC I-LOC O O O O O B-ORG I-ORG O")
        short = styles.headline(given, 1.0, random.Random(0))
        self.assertEqual(short.text, "Mayor of The Hague met minister of Arab League ")
        words = [(short.text[token.start : token.end], token.label) for token in short.tokens]
        self.assertEqual([word for word, label in words if label != "O"], ["The", "Hague", "Arab", "League"])
        self.assertEqual([word for word, _ in words], short.text.split())
        self.assertEqual(styles.headline(given, 0.0, random.Random(0)), given)

    def test_made_headlines_are_annotated(self):
        drawn = headlines.draw(600, random.Random(0))
        self.assertTrue(all(made.made and "{" not in made.text for made in drawn))
        words = [(made.text[token.start : token.end], token.label) for made in drawn for token in made.tokens]
        self.assertGreater(words.count(("IS", "B-ORG")), 60)
        self.assertIn(("is", "O"), words)
        self.assertIn(("Is", "O"), words)
        for text in (made.text for made in drawn if made.text.isupper()):
            self.assertNotRegex(text, "CLAIMS.*IS CLAIMS")
        for word, label in words:
            self.assertEqual(word, word.strip())
            self.assertIn(label, LABELS)


class Texts(unittest.TestCase):
    def test_wire_stories_lose_their_lines_codes_and_signature(self):
        body = " Alder Steel Corp <ALD.L> said\nit sold a mill.\n    Nobody in Port Hale\nwas told.\n" + "    More of it.\n" * 40 + " Reuter\n\x03"
        stories = [
            {"body": body, "places": ["uk", "usa"], "topics": ["acq"]},
            {"body": body, "places": ["usa"]},
            {"body": body, "places": ["uk"], "topics": ["earn"]},
            {"body": "A table.", "places": ["uk"]},
            {"places": ["uk"]},
        ]
        with tempfile.TemporaryDirectory() as folder:
            source, target = pathlib.Path(folder, "stories.json"), pathlib.Path(folder, "out.jsonl.gz")
            source.write_text(json.dumps(stories), encoding="utf-8")
            self.assertEqual(texts.gather([source], target), 1)
            [document] = texts.read(target)
        found = [sentence.text for sentence in document]
        self.assertEqual(found[:2], ["Alder Steel Corp said it sold a mill.", "Nobody in Port Hale was told."])
        self.assertEqual(set(found[2:]), {"More of it."})


@unittest.skipUnless(np, "needs numpy and tokenizers")
class Score(unittest.TestCase):
    def test_the_path_is_the_best_of_all_legal_ones(self):
        import itertools

        chance = np.random.default_rng(0)
        count = len(score.LABELS)
        legal = [
            path
            for path in itertools.product(range(count), repeat=3)
            if not any(score.ILLEGAL[a, b] for a, b in zip((0, *path), path))
        ]
        for _ in range(50):
            scores = chance.normal(size=(3, count))
            best = max(legal, key=lambda path: sum(scores[at, label] for at, label in enumerate(path)))
            self.assertEqual(best_legal(scores), list(best))

    def test_f1(self):
        gold = [["B-PER", "I-PER", "O", "B-LOC"]]
        self.assertEqual(score.f1(gold, gold)["all"], 100)
        half = score.f1(gold, [["B-PER", "O", "O", "B-LOC"]])
        self.assertEqual((half["PER"], half["LOC"], half["all"]), (0, 100, 50))


@unittest.skipUnless(vocabulary, "needs tokenizers")
class Vocabulary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        bundled = REPOSITORY / "models/minilm-l6-news-ner/tokenizer.json"
        cls.bundled = json.loads(bundled.read_text(encoding="utf-8"))
        ids = cls.bundled["model"]["vocab"]
        # The uncased list comes first in the bundled one.
        cls.pieces = vocabulary.cased(sorted(ids, key=ids.get)[:30_522])

    def test_it_is_that_of_the_bundled_model(self):
        made = vocabulary.tokenizer([piece.text for piece in self.pieces])
        self.assertEqual(json.loads(made.to_str()), self.bundled)

    def test_forms_start_from_their_lower_case(self):
        sources = {piece.text: (piece.source, piece.casing) for piece in self.pieces}
        for text, wanted in (
            ("Turkey", ("turkey", vocabulary.TITLE)),
            ("NATO", ("nato", vocabulary.UPPER)),
            ("##İ", ("##i", vocabulary.TITLE)),
            ("ş", ("s", vocabulary.LOWER)),
            ("Ł", ("ł", vocabulary.TITLE)),
            ("[CLS]", ("[CLS]", vocabulary.LOWER)),
            ("1990", ("1990", vocabulary.MIXED)),
            (".", (".", vocabulary.SYMBOL)),
        ):
            self.assertEqual(sources[text], wanted, text)

    def test_pieces_have_the_labels_of_their_tokens(self):
        tokenizer = vocabulary.tokenizer([piece.text for piece in self.pieces])
        plain = windows.Variation(single=1.0, swapped=0.0, styled=styles.Shares())
        lacking = sentence("Anna Berg ate Marmite .", "B-PER I-PER O O O", partial=True)
        for given, wanted in (
            (MET, "Anna/B-PER Berg/I-PER met/O IS/B-ORG in/O Port/B-LOC Hale/I-LOC ./O"),
            # What may be a name of a type that the corpus lacks is not looked at.
            (lacking, "Anna/B-PER Berg/I-PER ate/O Mar/? ##mite/? ./O"),
        ):
            (window,) = windows.epoch([[given]], augment.Gazetteer([[MET]]), tokenizer, plain, 0)
            named = [LABELS[label] if label != windows.UNKNOWN else "?" for label in window.labels]
            self.assertEqual((named[0], named[-1]), ("?", "?"))
            pieces = [tokenizer.id_to_token(index) for index in window.ids[1:-1]]
            self.assertEqual(" ".join(f"{p}/{label}" for p, label in zip(pieces, named[1:-1], strict=True)), wanted)

    def test_a_row_in_capitals_knows_its_tokens_in_plain_case(self):
        tokenizer = vocabulary.tokenizer([piece.text for piece in self.pieces])
        capitals = windows.Variation(single=1.0, swapped=0.0, styled=styles.Shares(upper=1.0))
        (row,) = windows.epoch([[sentence("Seychelles met Anna", "B-LOC O B-PER")]], augment.Gazetteer([[MET]]), tokenizer, capitals, 0)
        shown, plain = ([tokenizer.id_to_token(index) for index in ids] for ids in (row.ids, row.plain.ids))
        self.assertEqual(plain, ["[CLS]", "Seychelles", "met", "Anna", "[SEP]"])
        self.assertEqual("".join(shown[1:-1]).replace("##", ""), "SEYCHELLESMETANNA")
        first_letters = [plain[at] for at in row.plain.at]
        self.assertEqual(list(dict.fromkeys(first_letters)), plain)
        self.assertEqual([at for at, inside in zip(shown, row.plain.inside) if inside], [p for p in shown if p.startswith("##")])

    def test_batches_hold_every_window_once_within_the_budget(self):
        chance = random.Random(0)
        made = [windows.Window([0] * chance.randint(3, 190), []) for _ in range(5000)]
        found = windows.batches(made, 1024, chance)
        self.assertEqual(sorted(index for batch in found for index in batch), list(range(5000)))
        self.assertTrue(all(len(batch) * max(len(made[index].ids) for index in batch) <= 1024 for batch in found))


def small_encoder(folder: pathlib.Path, kind: str) -> pathlib.Path:
    """An encoder of random weights that knows letters and four words, as transformers stores it."""
    letters = [*string.ascii_lowercase, *"øłđıßæœþð"]
    known = [*vocabulary.SPECIAL, *letters, *(f"##{letter}" for letter in letters), "anna", "berg", "port", "hale", "."]
    if kind == "mpnet":
        known = ["<s>", "<pad>", "</s>", *known, "<mask>"]
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
    config = transformers.AutoConfig.for_model(kind, vocab_size=len(known), **sizes)
    encoder = folder / "encoder"
    transformers.AutoModel.from_config(config).save_pretrained(encoder)
    (encoder / "vocab.txt").write_text("\n".join(known) + "\n", encoding="utf-8")
    return encoder


def random_tagger(encoder: pathlib.Path) -> "Tagger":
    """A tagger whose weights are different for each, so that none can pass for another."""
    tagger = Tagger(encoder).eval()
    with torch.no_grad():
        for seed, weights in enumerate(tagger.parameters()):
            weights += torch.randn(weights.shape, generator=torch.Generator().manual_seed(seed)) / 4
    return tagger


@unittest.skipUnless(restore, "needs PyTorch, transformers and onnx")
class Restored(unittest.TestCase):
    def test_constants_come_back_from_single_precision_and_from_8_bits(self):
        weights = np.array([[0.5, -2.0], [0.25, 4.0]], np.float32)
        scale = np.array([0.5, 4.0], np.float32) / 127
        tensors = {"a": weights, "b_int8": np.rint(weights / scale).astype(np.int8), "b_scale": scale}
        made = onnx.helper.make_graph([], "g", [], [], [onnx.numpy_helper.from_array(v, k) for k, v in tensors.items()])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.onnx"
            onnx.save(onnx.helper.make_model(made), path)
            found = restore.Weights(path)
            self.assertTrue(np.array_equal(found["a"].numpy(), weights))
            self.assertLess(np.abs(found["b"].numpy() - weights).max(), scale.max() / 2 + 1e-6)
            with self.assertRaisesRegex(ValueError, "has no c"):
                found["c"]

    def test_a_tagger_comes_back_from_its_graph(self):
        with tempfile.TemporaryDirectory() as folder:
            encoder, made = small_encoder(pathlib.Path(folder), "bert"), pathlib.Path(folder) / "made"
            tagger = random_tagger(encoder)
            export.write(tagger, made)
            other = Tagger(encoder).eval()
            restore.restore(other, made / "onnx/model.onnx")
            ids = torch.arange(len(tagger.pieces))[:400].view(4, 100)
            with torch.no_grad():
                wanted, found = (model(ids, torch.ones_like(ids)) for model in (tagger, other))
        self.assertLess((wanted - found).abs().max().item(), 1e-4)
        self.assertGreater(wanted.std().item(), 0.1)

    def test_a_teacher_is_exported_and_a_difference_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            tagger = random_tagger(small_encoder(pathlib.Path(folder), "mpnet"))
            export.write(tagger, pathlib.Path(folder) / "made")
            with torch.no_grad():
                tagger.encoder.encoder.relative_attention_bias.weight += torch.randn(32, 2)
            with self.assertRaisesRegex(ValueError, "logits differ"):
                export._compare_graph(tagger, pathlib.Path(folder) / "made/onnx/model.onnx")

    def test_words_are_exchanged_for_others_of_their_kind_and_case(self):
        words = ["the", "soldiers", "troops", "paris", "london", "Soldiers", "Troops", "Paris", "London", "PARIS", "##is"]
        pieces = [
            vocabulary.Piece(word, word.lower(), vocabulary.casing(word)) for word in words
        ]
        kind = {"the": (1, 1), "soldiers": (1, 0), "troops": (0.9, 0.1), "paris": (-1, 0.1), "london": (-0.9, 0)}
        rows = torch.tensor([kind.get(piece.source, (0, 0)) for piece in pieces], dtype=torch.float)
        with unittest.mock.patch.object(reword, "ALIKE", 1):
            neighbours = reword.Neighbours(pieces, rows, grammar=1)
        found = {words[index]: [words[other] for other in others] for index, others in neighbours.of.items()}
        wanted = {"soldiers": ["troops"], "troops": ["soldiers"], "paris": ["london"], "london": ["paris"]}
        wanted |= {word.capitalize(): [other.capitalize()] for word, (other,) in wanted.items()}
        # "LONDON" is no piece.
        self.assertEqual(found, wanted)
        row = windows.Window([words.index(word) for word in ("the", "Paris", "##is", "troops")], [0, 7, 8, 0])
        self.assertEqual(neighbours.reword(row, 0.0, random.Random(0)), row)
        other = neighbours.reword(row, 1.0, random.Random(0))
        # The first piece of a longer word stays.
        self.assertEqual([words[index] for index in other.ids], ["the", "Paris", "##is", "soldiers"])
        self.assertEqual(other.labels, [0, 7, 8, windows.UNKNOWN])

    def test_a_token_inside_another_continues_its_name(self):
        logits = np.zeros((3, len(LABELS)))
        logits[1, LABELS.index("B-LOC")] = 5.0
        row = windows.Window([1, 2, 3, 4], [0] * 4, windows.Plain([1, 2, 4], [0, 1, 1, 2], [False, False, True, False]))
        (found,) = fit.label([lambda ids: [logits]], [row])
        self.assertEqual([LABELS[best] for best in found.taught.argmax(1)], ["O", "B-LOC", "I-LOC", "O"])
        self.assertIsNone(found.window.plain)
        (certain,) = fit.label([lambda ids: [logits]], [windows.Window([1, 2, 3], [windows.UNKNOWN, 3, 0], made=True)])
        self.assertEqual(certain.taught.argmax(1)[1:].tolist(), [3, 0])

    def test_units_that_matter_stay(self):
        with tempfile.TemporaryDirectory() as folder:
            encoder = small_encoder(pathlib.Path(folder), "bert")
            wide = random_tagger(encoder)
            with torch.no_grad():
                for layer in wide.encoder.encoder.layer:
                    # Half of the units say the same whatever they are given.
                    layer.intermediate.dense.weight[::2] = 0
            less = Tagger(encoder, Shape(inner=12)).eval()
            rows = torch.randint(len(wide.pieces), (8, 20), generator=torch.Generator().manual_seed(0))
            narrow.narrow(wide, less, rows.tolist())
            with torch.no_grad():
                wanted, found = (model(rows, torch.ones_like(rows)) for model in (wide, less))
            self.assertLess((wanted - found).abs().max().item(), 1e-4)
            self.assertEqual(less.encoder.encoder.layer[0].intermediate.dense.out_features, 12)
            relu = Tagger(encoder, Shape(activation="relu", inner=12)).eval()
            relu.load_state_dict(less.state_dict())
            # It compares the graph with the tagger.
            export.write(relu, pathlib.Path(folder) / "made")

    def test_several_teachers_give_the_mean_of_their_probabilities(self):
        one, other = np.log([[0.9, 0.1]]) + 3, np.log([[0.5, 0.5]])
        rows = [windows.Window([1], [0])]
        (found,) = fit.label([lambda ids: [one], lambda ids: [other]], rows)
        self.assertTrue(np.allclose(np.exp(found.taught.astype(float)), [[0.7, 0.3]], atol=2e-3))
        (alone,) = fit.label([lambda ids: [one]], rows)
        self.assertTrue(np.allclose(alone.taught, one, atol=2e-3))


if __name__ == "__main__":
    unittest.main()
