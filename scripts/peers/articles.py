"""The articles that all contestants get, and the sentences that the Python ones get.

namewire reads the articles and splits them itself. The others are given sentences in memory, split before their time
is taken and by a simpler rule, so that reading and splitting cost them nothing:

- the headline, if there is one, is a sentence, and so is each line of the text that is not blank;
- a line is split after a full stop, "!", "?" or "…", perhaps with closing quotes, that white space and then a capital
  or a digit follow, perhaps with an opening quote; not after a title, an abbreviation or an initial;
- a sentence longer than the model's window is split after the last word that fits.

The rule differs a little from namewire's, so every contestant's rate is by the tokens it computed itself.
"""

import gzip, itertools, json, pathlib, re

TEXT_FIELDS = ("text", "body", "content", "article", "maintext")
TITLE_FIELDS = ("title", "headline")
END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*[A-Z0-9À-ÖØ-Þ])")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'“‘-])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Capt|Sgt|Brig|Adm|Sen|Rep|Gov|Pres|St|Rev|Hon|No|vs|Jr|Sr|[A-Z](?:\.[A-Z])*)\.$"
)


def records(source):
    """The lines of a .jsonl or .jsonl.gz file, or the .txt files of a folder as JSON lines."""
    source = pathlib.Path(source)
    if source.is_dir():
        for file in sorted(source.glob("*.txt")):
            yield json.dumps({"id": file.name, "text": file.read_bytes().decode("utf-8", "replace")})
        return
    with (gzip.open if source.suffix == ".gz" else open)(source, "rt", encoding="utf-8") as lines:
        yield from (line.strip() for line in lines if line.strip())


def repeated(source, count):
    """The records repeatedly under new ids, `count` in all."""
    once = [json.loads(line) for line in records(source)]
    for number, record in enumerate(itertools.islice(itertools.cycle(once), count)):
        yield json.dumps({**record, "id": f"{record['id']}#{number // len(once)}"})


def parts(record):
    """The headline and the text."""
    first = lambda fields: next((record[field] for field in fields if isinstance(record.get(field), str)), "")
    return first(TITLE_FIELDS), first(TEXT_FIELDS)


def texts(source):
    """Each article as one text, the headline above it."""
    return ["\n".join(part for part in parts(json.loads(line)) if part) for line in records(source)]


def sentences(record):
    title, text = parts(record)
    for line in [title, *text.splitlines()]:
        start = 0
        for end in END.finditer(line):
            if not ABBREVIATION.search(line[start : end.end()].rstrip()):
                yield line[start : end.end()].strip()
                start = end.end()
        if rest := line[start:].strip():
            yield rest


def fitting(sentence, tokenizer, longest):
    """The sentence, or its parts of at most `longest` tokens; nothing if it has no token."""
    while sentence:
        encoded = tokenizer.encode(sentence, add_special_tokens=False)
        if len(encoded) <= longest:
            if len(encoded):
                yield sentence
            return
        words = encoded.word_ids
        cut = next((at for at in range(longest, 0, -1) if words[at] != words[at - 1]), longest)
        at = encoded.offsets[cut][0] or encoded.offsets[cut][1]
        # Splitting inside a word may change its pieces: the first part is checked again.
        yield from fitting(sentence[:at].rstrip(), tokenizer, longest)
        sentence = sentence[at:].lstrip()
