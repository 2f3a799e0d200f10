"""What is trained, on what, and how: the settings behind the model card."""

from typing import NamedTuple

from .fit import Rates, Settings
from .windows import Variation


class Corpus(NamedTuple):
    """One file of training data; `partial` as in corpus.Sentence."""

    file: str
    partial: bool = False


class Recipe(NamedTuple):
    """One tagger."""

    encoder: str
    corpora: tuple[Corpus, ...]
    variation: Variation
    settings: Settings
    # Whose labels it learns beside the annotated ones.
    teacher: str | None = None
    # Epochs that the teacher labels; the student goes through them again and again.
    taught_epochs: int = 0
    # Whose weights it starts from, where it does not start from the encoder as it came.
    start: str | None = None


NEWS = (Corpus("ww_train"), Corpus("conll_train"), Corpus("wikigold"))
DEVELOPMENT = ("ww_dev", "conll_dev")

STUDENT = Recipe(
    encoder="minilm",
    corpora=(*NEWS, Corpus("ewt", partial=True)),
    # As it will be used: mostly on single sentences, and on names of other years than the data's.
    variation=Variation(single=0.7, swapped=0.3),
    settings=Settings(
        steps=4600,
        rates=Rates(encoder=3e-4, classifier=1e-3, shared=3e-4, own=3e-4, casing=3e-3),
        budget=2048,
        seed=2,
        taught=0.7,
    ),
    teacher="teacher",
    taught_epochs=2,
)

RECIPES = {
    "teacher": Recipe(
        encoder="mpnet",
        corpora=NEWS,
        variation=Variation(),
        settings=Settings(
            steps=2400,
            rates=Rates(encoder=6e-5, classifier=5e-4, shared=1e-4, own=3e-4, casing=2e-3),
            budget=1024,
            seed=1,
        ),
    ),
    "student": STUDENT,
    # The student once more, at lower rates, with more weight on the annotations. Not shipped: see the model card.
    "polished": STUDENT._replace(
        settings=Settings(
            steps=700,
            rates=Rates(encoder=1.5e-4, classifier=3e-4, shared=1.5e-4, own=3e-4, casing=1e-3),
            budget=2048,
            seed=3,
            averaged=0.1,
        ),
        teacher="student",
        start="student",
    ),
}
