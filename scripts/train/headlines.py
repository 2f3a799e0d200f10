"""Made-up headlines with annotated names: what the annotated news has too little of.

Above all "IS", the name of a group, beside "is", the verb, which a headline in title case or in capitals hides. The
templates and what fills them are our own.
"""

import random
import re

from . import names, styles
from .corpus import Sentence, Token

WORD = re.compile(r"[\w’'-]+|[^\w\s]")
NAMED = ("ORG", "LOC", "PER", "MISC")
# Names that templates have in them.
IN_TEMPLATES = {"US": "B-LOC", "EU": "B-ORG", "UN": "B-ORG"}
SLOT = re.compile(r"\{(\w+)\}")
# Slots: ORG a group or organisation, LOC a place, PER a person, MISC a nationality, and words of no name.
ABOUT_GROUPS = """
{ORG} claims {ATTACK} in {LOC}
{ORG} claims responsibility for {LOC} {ATTACK}
{ORG} fighters seize {THING} near {LOC}
{ORG} loses {THING} in {LOC}
{ORG} leader {PER} killed in {LOC}, officials say
{ORG} denies role in {LOC} {ATTACK}
{ORG} kills {NUMBER} in {LOC}
{ORG} attacks {THING} in {LOC}, {NUMBER} dead
{ORG} retakes {LOC} from {ORG}
{ORG} and {ORG} agree truce in {LOC}
{ORG} frees {NUMBER} hostages after talks with {ORG}
{LOC} falls to {ORG}
{LOC} retaken from {ORG}: what comes next
{MISC} army pushes {ORG} out of {LOC}
{MISC} jets bomb {ORG} positions near {LOC}
{MISC} forces kill {NUMBER} {ORG} militants
{MISC} court jails {NUMBER} over {ORG} links
{PER} vows to defeat {ORG}
{PER} meets {ORG} in {LOC}
{PER}: {ORG} is behind {LOC} {ATTACK}
{PER}: "{ORG} is not finished"
Why {ORG} is still a threat in {LOC}
How {ORG} lost {LOC}
What is {ORG} and who leads it?
Who is behind {ORG}?
Fight against {ORG} is far from over, {PER} says
Fight against {ORG} enters new phase
{NUMBER} killed as {ORG} storms {THING} in {LOC}
{NUMBER} {ORG} fighters surrender near {LOC}
Thousands flee {LOC} as {ORG} advances
Two years after {ORG}, {LOC} rebuilds
{ORG}-linked cell broken up in {LOC}
Anti-{ORG} coalition meets in {LOC}
Families of {ORG} fighters return to {LOC}
{THING} in {LOC} held by {ORG} for {NUMBER} days
US: {ORG} still has {NUMBER} fighters in {LOC}
EU lists {ORG} as terrorist group
UN says {ORG} used {THING} as shield
"""
WITHOUT_GROUPS = """
{LOC} is running out of {THING}, officials warn
{LOC} is ready for talks, {PER} says
{PER} is named {MISC} minister
{PER} is in {LOC} for talks on {THING}
This is why {LOC} matters
Is {LOC} the next {LOC}?
What is next for {LOC}?
Why is {PER} so popular in {LOC}?
{THING} in {LOC} is a warning, {MISC} minister says
War is not over, says {PER}
There is no way back for {LOC}
{PER}: talks are the only way for {LOC}
{MISC} economy is slowing, and {LOC} feels it
Price of {THING} rises again in {LOC}
{MISC} prime minister {PER} resigns
{PER} and {PER} sign {THING} deal in {LOC}
{PER} visits {LOC} amid {MISC} protests
{PER} wins {LOC} vote
{NUMBER} dead in {LOC} {ATTACK}
{NUMBER} hurt as storm hits {COMPASS} {LOC}
Heavy fighting in {COMPASS} {LOC}
Thousands march in {LOC} against {PER}
{MISC} and {MISC} leaders meet in {LOC}
Two {MISC} soldiers killed near {LOC}
{LOC} opens border with {LOC}
{LOC} and {LOC} restore ties
{LOC} to send {NUMBER} troops to {LOC}
Police arrest {NUMBER} in {LOC} raid
{ORG} says {NUMBER} displaced in {LOC}
{ORG} to reopen office in {LOC}
{ORG} chief {PER} due in {LOC}
"""
WORDS = {
    "ATTACK": "attack|bombing|blast|shooting|raid|suicide bombing|ambush|car bomb".split("|"),
    "THING": "oil field|airport|village|army base|prison|bridge|checkpoint|dam|hospital|border crossing|water|gas|fuel|wheat".split("|"),
    "NUMBER": "two|three|five|seven|12|15|20|30|dozens|45|70|100|hundreds|1,200".split("|"),
    "COMPASS": "north|northern|south|southern|east|eastern|west|western|central".split("|"),
}
# The share that is about a group, and the share of those that is about one called "IS".
GROUPS, IS = 0.6, 0.5


def draw(count: int, chance: random.Random) -> list[Sentence]:
    """Headlines in plain case, title case and, where no group is called "IS", in capitals."""
    kinds = [text.strip().splitlines() for text in (ABOUT_GROUPS, WITHOUT_GROUPS)]
    return [_styled(_filled(chance.choice(kinds[chance.random() >= GROUPS]), chance), chance) for _ in range(count)]


def _filled(template: str, chance: random.Random) -> Sentence:
    parts, group = SLOT.split(template), chance.random() < IS
    text, tokens = "", []
    for index, part in enumerate(parts):
        kind, filler = None, part
        if index % 2:
            filler = _filler(part, group, chance)
            group = group and part != "ORG"
            kind = part
        for at, word in enumerate(WORD.finditer(filler)):
            label = f"{'I' if at else 'B'}-{kind}" if kind in NAMED else IN_TEMPLATES.get(word[0], "O")
            tokens.append(Token(len(text) + word.start(), len(text) + word.end(), label))
        text += filler
    return Sentence(text, tuple(tokens), made=True)


def _filler(slot: str, group: bool, chance: random.Random) -> str:
    if slot in WORDS:
        return chance.choice(WORDS[slot])
    return "IS" if slot == "ORG" and group else names.draw(slot, chance)


def _styled(sentence: Sentence, chance: random.Random) -> Sentence:
    roll = chance.random()
    text = sentence.text[0].upper() + sentence.text[1:]
    if roll < 0.45:
        text = styles.title(text) if roll < 0.35 else styles.title(text, frozenset())
    elif roll < 0.6 and "IS" not in re.findall(r"\w+", text):
        text = styles.upper(text)
    return sentence._replace(text=styles.same_length(sentence.text, text))
