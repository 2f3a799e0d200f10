"""What is trained, on what data, with which settings: those of the model card."""

from typing import NamedTuple

from .fit import Rates, Settings
from .network import Shape
from .styles import Shares
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
    shape: Shape = Shape()
    # Whose labels it learns beside the annotated ones.
    teacher: str | None = None
    # Epochs that the teacher labels; the student goes through them again and again.
    taught_epochs: int = 0
    # Each text without annotations is in one of these epochs, not in all.
    dealt: bool = False
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

TEACHER = Recipe(
    encoder="mpnet",
    corpora=NEWS,
    variation=Variation(),
    settings=Settings(
        steps=2400,
        rates=Rates(encoder=6e-5, classifier=5e-4, shared=1e-4, own=3e-4, casing=2e-3),
        budget=1024,
        seed=1,
    ),
)

# A teacher that has seen the data in another order, and half as often.
SHORT_TEACHER = TEACHER._replace(
    settings=TEACHER.settings._replace(steps=1300, rates=TEACHER.settings.rates._replace(encoder=7e-5), seed=4)
)

# The student with ReLU and a narrower inner layer, trained on from where it ended by its own labels of the same text in
# plain case, on headlines and other styles too.
COMPACT = STUDENT._replace(
    variation=STUDENT.variation._replace(
        swapped=0.25,
        styled=Shares(upper=0.07, lower=0.07, title=0.07, headline=0.12),
        headlines=1500,
        reworded=0.3,
    ),
    settings=STUDENT.settings._replace(
        steps=3600,
        rates=Rates(encoder=2.5e-4, classifier=5e-4, shared=2e-4, own=3e-4, casing=1e-3),
        seed=7,
        taught=0.7,
    ),
    shape=Shape(activation="relu", inner=1152),
    teacher="student",
    taught_epochs=3,
    start="student",
)

RECIPES = {
    "teacher": TEACHER,
    "student": STUDENT,
    "second-teacher": SHORT_TEACHER,
    # The student once more, from where it ended, with labels of the second teacher (and its own) on other words.
    "continued": STUDENT._replace(
        variation=STUDENT.variation._replace(reworded=0.5),
        settings=STUDENT.settings._replace(
            steps=1900,
            rates=Rates(encoder=2e-4, classifier=5e-4, shared=2e-4, own=3e-4, casing=1e-3),
            seed=5,
            taught=0.8,
        ),
        teacher="second-teacher",
        taught_epochs=1,
        start="student",
    ),
    "compact": COMPACT,
    # A teacher that has seen some of the other styles, and headlines.
    "third-teacher": SHORT_TEACHER._replace(
        variation=Variation(styled=Shares(upper=0.03, lower=0.03, title=0.04, headline=0.06), headlines=200),
        settings=SHORT_TEACHER.settings._replace(seed=8),
    ),
    # The narrower student once more, from where it ended, by labels of the third teacher.
    "compact-continued": COMPACT._replace(
        settings=COMPACT.settings._replace(
            steps=1900,
            rates=COMPACT.settings.rates._replace(encoder=2e-4),
            seed=9,
            taught=0.8,
        ),
        teacher="third-teacher",
        taught_epochs=1,
        start="compact",
    ),
    # And once more and longer, on thousands of wire stories, by labels of the third teacher and the bundled model.
    "compact-wire": COMPACT._replace(
        settings=COMPACT.settings._replace(steps=7000, seed=11, taught=0.8),
        teacher="third-teacher",
        taught_epochs=2,
        dealt=True,
        start="compact-mixed",
    ),
    # The student once more, from where it ended, by its own labels, on headlines and other styles too.
    "styled": COMPACT._replace(
        settings=COMPACT.settings._replace(steps=1500, rates=COMPACT.settings.rates._replace(encoder=2e-4)),
        shape=STUDENT.shape,
    ),
    # What `mean` makes of the two students: of their architecture, and not trained itself.
    "mixed": STUDENT,
    "compact-mixed": COMPACT,
    "styled-mixed": STUDENT,
}
