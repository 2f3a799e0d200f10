"""Headlines that are in no training data, to count how often "IS" is found as a group and "is" is not.

Our own; none of them follows a template of headlines.py.
"""

from typing import NamedTuple

import tokenizers

from . import score
from .corpus import Sentence, Token, mentions

GROUP = """
IS says it carried out Kabul mosque attack
Suspected IS gunmen ambush bus east of Palmyra
Turkey detains 47 in nationwide IS operation
IS Prisoners Break Out of Hasakah Jail
Baghdad hails end of IS caliphate
Dutch woman who joined IS goes on trial
Egypt's Sinai: Life after IS
Kurdish-led forces repel IS assault on Deir ez-Zor
Drone Strike Kills Senior IS Commander in Idlib
Mosul marks ten years since IS takeover
German minister: IS still plotting attacks in Europe
France brings home children of IS fighters
""".strip().splitlines()
VERB = """
Inflation is falling, but not for everyone
Who is the new mayor of Istanbul?
What Is Next for the Lebanese Pound?
Time Is Running Out for the Climate Talks
HARVEST IS THE WORST IN TEN YEARS
Peace is possible, says envoy
Is it safe to travel to Egypt?
The Party Is Over for Big Banks
""".strip().splitlines()
WORDS = ("IS", "is", "Is")


class Found(NamedTuple):
    """How many of the headlines were read right."""

    groups: int
    # Any name that has the verb in it, of any type.
    verbs: int


def probe(model: score.Model, tokenizer: tokenizers.Tokenizer) -> Found:
    """Counts the groups found as organisations, alone and whole, and the verbs found as a name."""
    groups = sum("ORG" in _types(model, tokenizer, headline, alone=True) for headline in GROUP)
    return Found(groups, sum(bool(_types(model, tokenizer, headline, alone=False)) for headline in VERB))


def _types(model: score.Model, tokenizer: tokenizers.Tokenizer, headline: str, alone: bool) -> set[str]:
    """The types of the names that are one of WORDS, or have one in them."""
    words = headline.split()
    tokens, end = [], 0
    for word in words:
        start = headline.index(word, end)
        end = start + len(word)
        tokens.append(Token(start, end, "O"))
    (labels,) = score.predict(model, tokenizer, [Sentence(headline, tuple(tokens))])
    found = [mention for mention in mentions(labels) if any(word in WORDS for word in words[mention.first : mention.last])]
    return {mention.type for mention in found if not alone or mention.last == mention.first + 1}
