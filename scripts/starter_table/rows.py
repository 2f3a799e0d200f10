"""The groups of the generated table, each read from its file and given its rules."""
import csv
import re
from collections import Counter
from pathlib import Path

from records import bare, key

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONGRESS = ["Congress", "congressman", "congresswoman", "Rep", "Representative", "Sen", "Senator", "Senate", "Republican",
            "Republicans", "Democrat", "Democratic", "Democrats", "GOP"]
# Names that a linker takes for others: of "El Salvador", of a district of Seoul.
MISREAD = {"Salvador", "Yangsan", "Tamale", "Venustiano Carranza"}
# Countries whose cities are often named after saints and people.
NAMESAKES = {"mexico", "colombia", "peru", "ecuador", "venezuela", "argentina", "chile", "bolivia", "honduras", "guatemala",
             "spain", "philippines", "brazil", "nicaragua", "cuba"}
# Countries whose regions are called provinces.
PROVINCES = {"argentina", "canada", "china", "south-africa"}
FOOTBALL = ["football", "footballer", "soccer", "striker", "midfielder", "goalkeeper", "defender", "Premier League",
            "Champions League", "La Liga", "Bundesliga", "Serie A", "Ligue 1", "FIFA", "UEFA", "World Cup", "Libertadores"]


def extract(name):
    with open(HERE / "extracts" / name, encoding="utf8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def needs(words):
    return {"requires": list(dict.fromkeys(words))}


def alias(text, context):
    """An alias as data/*.txt writes it: =X exact case, ~X only with the context, X{a,b} only with a or b."""
    rules = {}
    while text[:1] in "=~":
        if text[0] == "=":
            rules["case"] = "exact"
        else:
            rules.update(needs(context))
        text = text[1:]
    if match := re.fullmatch(r"(.*)\{(.*)\}", text):
        text = match[1]
        rules.update(needs(match[2].split(",")))
    return {"text": text, **rules} if rules else text


def written(table):
    """data/*.txt: sections `[group]` with settings, then `name | country | description | alias ; alias`."""
    for path in sorted((HERE / "data").glob("*.txt")):
        settings = {}
        for line in path.read_text(encoding="utf8").splitlines():
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                settings = {"requires": ""}
            elif " | " not in line:
                name, _, value = line.partition(" ")
                settings[name] = value
            else:
                written_row(table, settings, [field.strip() for field in line.split("|")])


def written_row(table, settings, fields):
    name, country, description, *rest = fields
    kind = settings["type"]
    places = [f"loc/{place}" for place in country.split()]
    context = [word for place in places for word in table.words_of(place)]
    context += [word for word in settings["requires"].split(",") if word]
    aliases = [alias(text.strip(), context) for text in (rest[0].split(";") if rest else []) if text.strip()]
    head = alias(name, context)
    name, rules = (head, None) if isinstance(head, str) else (head.pop("text"), head)
    prefix = {"PER": "per", "ORG": "org", "LOC": "loc", "MISC": "misc"}[kind]
    relation = "located_in" if kind == "LOC" else "country"
    table.add(prefix, kind, name, description, settings["source"], aliases,
              [(relation, place) for place in places] + governed(table, description), rules=rules)


def governed(table, description):
    """The US state of a governor."""
    match = re.match(r"Governor of (.+?)(?= since| \d{4}|,|$)", description)
    state = match and table.state(match[1])
    return [("governor_of", state)] if state else []


def legislators(table):
    """Members of the US Congress. Many share their names with others: all need a word of politics."""
    for row in extract("legislators.tsv"):
        spellings = row["names"].split(";")
        table.add("per", "PER", spellings[0], row["office"], "congress-legislators (CC0)",
                  [{"text": text, **needs(CONGRESS)} for text in spellings[1:]],
                  [("country", "loc/united-states"), ("member_of", row["chamber"]), *represented(table, row["office"])],
                  valid_from=row["born"][:4], wikidata=row["wikidata"], rules=needs(CONGRESS))


def represented(table, office):
    """The state of "US senator from Georgia"."""
    state = table.state(office.rpartition(" from ")[2])
    return [("represents", state)] if state else []


def regions(table):
    """Provinces and states of large countries."""
    for row in extract("regions.tsv"):
        if table.known(row["name"]):
            table.left_out.append(f"{row['name']}: the name is taken")
            continue
        country = f"loc/{row['country']}"
        weak = is_weak(table, row["name"]) or row["country"] == "brazil"
        head = "Province" if row["country"] in PROVINCES else "Region"
        table.add("loc", "LOC", row["name"], f"{head} of {table.seed[country]['name']}", "rigour (MIT)", [],
                  [("located_in", country)], wikidata=row["wikidata"],
                  rules=needs(table.words_of(country)) if weak else None)


def cities(table):
    """Large cities. A name that other places or people bear needs its country or state in the article."""
    for row in extract("cities.tsv"):
        name, state = row["name"], row["state"]
        if table.known(name) or name in MISREAD:
            table.left_out.append(f"{name}: the name is taken")
            continue
        if row["country"] in NAMESAKES and reads_as_person(table, name):
            table.left_out.append(f"{name}: reads as a person")
            continue
        country = f"loc/{row['country']}"
        rules = None
        if row["shared"] or row["country"] in NAMESAKES or is_weak(table, name):
            rules = needs([state] if state else table.words_of(country))
        if row["shared"]:
            name = f"{name} ({state or bare(table.seed[country]['name'])})"
        table.add("loc", "LOC", name, f"City in {state or table.seed[country]['name']}", "GeoNames (CC BY 4.0)", [],
                  located(table, country, state), rules=rules)


def located(table, country, state):
    """Where a city lies: its US state, if the table has it, and its country."""
    state = country == "loc/united-states" and table.state(state)
    return [("located_in", state), ("country", country)] if state else [("located_in", country)]


def reads_as_person(table, name):
    """True for "Benito Juárez", not for "Santiago de Cuba"."""
    return " " in name and " de " not in name and key(name.split()[0]) in table.first_names


def is_weak(table, name):
    """True for a place's name of one word that is short, or a part of a person's name."""
    return len(name.split()) == 1 and (len(name) < 6 or key(name) in table.person_words)


def clubs(table):
    """Football clubs: names of one word, and those of towns, need a word of football."""
    rows = list(extract("clubs.tsv"))
    words = Counter(word for row in rows for word in set(key(f"{row['name']} {row['aliases']}").split()))
    for row in rows:
        country = f"loc/{row['country']}"
        texts = [row["name"], *filter(None, row["aliases"].split(";"))]
        usable = [text for text in texts
                  if clear(text) or not (table.known(text) or " " not in text and is_common(row, text, words))]
        made = [text if clear(text) else {"text": text, **needs(FOOTBALL)} for text in usable]
        if not made:
            continue
        head = made[0]
        name, rules = (head, None) if isinstance(head, str) else (f"{head['text']} (football club)",
                                                                   {"requires": head["requires"]})
        table.add("org", "ORG", name, f"Football club in {row['town']}" if row["town"] else "Football club",
                  "openfootball/clubs (CC0)", made[1:], [("country", country)], rules=rules)


def is_common(row, word, words):
    """True for a short name that other clubs share, or of a league where few articles would mean the club by it."""
    return words[key(word)] > 1 or row["country"] not in {"england", "scotland", "spain", "italy", "germany", "france"}


def clear(name):
    """True for a club's name that names nothing else: several words, one of them a word of clubs or a number."""
    marks = r"\b(FC|CF|SC|AFC|United|City|Rovers|Wanderers|Athletic|Albion|Hotspur|Real|Borussia|Bayer|Eintracht|Olympique|" \
            r"Sporting|Dynamo|Dinamo|Lokomotiv|Spartak|Atlético|Atletico|Deportivo|Inter|Racing|Rangers|Galaxy|1860|04|05|96|98)\b"
    return len(name.split()) > 1 and re.search(marks, name) is not None and name not in {"Mexico City", "New York City"}


def universities(table):
    for row in extract("universities.tsv"):
        country = f"loc/{row['country']}"
        table.add("org", "ORG", row["name"], f"University in {table.seed[country]['name']}",
                  "university-domains-list (MIT)", [], [("country", country)])
