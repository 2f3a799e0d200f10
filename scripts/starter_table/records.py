"""Entities of the generated table: names, ids and aliases, none of them twice."""
import json
import re
import unicodedata

SPECIAL = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th",
                         "ə": "e", "’": "'", "ʻ": "", "ʼ": "'", "–": "-"})


def plain(text):
    """Lower case without diacritics, as aliases are compared."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(SPECIAL))
    return "".join(c for c in letters if not unicodedata.combining(c)).translate(SPECIAL)


def key(text):
    return " ".join(re.findall(r"[\w']+", plain(text)))


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", plain(text).replace("'", "")).strip("-")


def bare(name):
    """A name without its qualifier in brackets."""
    return re.sub(r" \([^()]*\)$", "", name)


class Table:
    """The generated records, with an eye on the hand-written table."""

    def __init__(self, seeds):
        self.person_words, self.first_names = set(), set()
        self.records, self.left_out, self.ids, self.keys, self.seed = [], [], set(), {}, {}
        with open(seeds, encoding="utf8") as lines:
            for record in map(json.loads, lines):
                self.seed[record["id"]] = record
                self.ids.add(record["id"])
                self.note_person(record["type"], record["name"])
                texts = [a if isinstance(a, str) else a["text"] for a in record["aliases"]]
                for text in [bare(record["name"]), *texts]:
                    self.keys.setdefault(key(text), set()).add((record["type"], record["id"]))

    def note_person(self, kind, name):
        """Keeps the words of people's names: places that share them are weak."""
        if kind == "PER":
            words = key(bare(name)).split()
            self.person_words.update(words)
            if len(words) > 1:
                self.first_names.add(words[0])

    def has(self, name, kind):
        """True where an entity of this type has the name already."""
        return any(other == kind for other, _ in self.keys.get(key(name), ()))

    def known(self, name):
        """True where anything has the name already."""
        return key(name) in self.keys

    def words_of(self, place):
        """The names of a country that an article about it is likely to use: itself and its demonyms."""
        record = self.seed[place]
        demonyms = [a["text"] for a in record["aliases"] if isinstance(a, dict) and a.get("type") == "MISC"]
        return [bare(record["name"]), *demonyms[:4]]

    def state(self, name):
        """The US state of this name."""
        ids = [f"loc/{slug(name)}{ending}" for ending in ("", "-state", "-us-state")]
        return next((entity for entity in ids if self.seed.get(entity, {}).get("description") == "State of the USA"), None)

    def add(self, prefix, kind, name, description, source, aliases=(), relations=(), valid_from=None, wikidata=None,
            rules=None):
        """Adds an entity. `aliases` are strings or objects; `rules` are those of the name itself, which
        an alias that repeats it can give too."""
        entity = f"{prefix}/{slug(name)}"
        if entity in self.ids or self.has(bare(name), kind):
            self.left_out.append(f"{name}: in the table already")
            return
        kept, seen = [], set()
        own = next((a for a in aliases if isinstance(a, dict) and a["text"] == bare(name)), None)
        if own and not rules:
            rules = {rule: value for rule, value in own.items() if rule != "text"}
        if rules:
            kept.append({"text": bare(name), **rules})
        seen.add(key(bare(name)))
        for alias in aliases:
            text = alias if isinstance(alias, str) else alias["text"]
            taken = self.has(text, kind) and not (isinstance(alias, dict) and "prior" in alias)
            if key(text) in seen or taken:
                if taken:
                    self.left_out.append(f"{name}: alias {text} belongs to another entity")
                continue
            seen.add(key(text))
            kept.append(alias)
        record = {"id": entity, "name": name, "type": kind, "aliases": kept,
                  "relations": [{"type": t, "target": target} for t, target in relations]}
        if valid_from:
            record["valid_from"] = valid_from
        record["description"] = description
        if wikidata:
            record["wikidata"] = wikidata
        record["source"] = source
        self.ids.add(entity)
        self.note_person(kind, name)
        for text in seen:
            self.keys.setdefault(text, set()).add((kind, entity))
        self.records.append(record)

    def text(self):
        """JSON Lines in the order of the ids, ending in a line break."""
        ordered = sorted(self.records, key=lambda record: record["id"])
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in ordered)
