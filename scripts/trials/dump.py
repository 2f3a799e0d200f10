"""Generated articles: made-up people and places, in sentences of made-up news."""

import json
import pathlib
import random

NAMES = ["Émile Tessier", "Anna Berg", "Ibrahim Qasim", "Lin Wei", "Marta Kovács", "the Harbour Board", "Dorvale",
         "Lower Quay", "the Ferry Union", "Port Meridian", "Nadia Haddad", "the Northern Council"]
DEEDS = ["met {} in the afternoon", "said that {} had been told", "asked {} for a new timetable", "left by the last ferry",
         "wrote to {} about the bridge", "would not say whether {} had agreed"]
ASIDES = [", who had waited since the morning", ", in a letter that was read aloud twice,", " after much talk of the weather"]


def sentence(chance: random.Random, longest: int = 0) -> str:
    """One sentence, with up to `longest` asides in it."""
    who, whom = chance.sample(NAMES, 2)
    deed = chance.choice(DEEDS).format(whom)
    aside = "".join(chance.choice(ASIDES) for _ in range(chance.randint(0, longest))) if longest else ""
    return f"{who[0].upper()}{who[1:]}{aside} {deed} on day {chance.randint(1, 365)}."


def record(identity: str, text: str) -> str:
    """One line of a dump."""
    return json.dumps({"id": identity, "text": text, "date": "2014-06-29"}, ensure_ascii=False) + "\n"


def write_broken(path: pathlib.Path, articles: int, seed: int) -> None:
    """Articles of about fifty words, with copies and repeated ids; every fiftieth record is broken."""
    chance = random.Random(seed)
    texts: list[str] = []
    with open(path, "w", encoding="utf-8") as dump:
        for number in range(articles):
            if number % 50 == 17:
                dump.write('{"id": "x", "text": "cut in ha\n' if number % 100 == 17 else '{"id": "x", "text": 7}\n')
                continue
            fresh = " ".join(sentence(chance) for _ in range(chance.randint(3, 7)))
            text = chance.choice(texts) if texts and chance.random() < 0.05 else fresh
            texts = (texts + [text])[-200:]
            dump.write(record(f"a-{number if chance.random() > 0.01 else number // 2}", text))
