"""Mentions of other recognisers, and why links are as they are."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

import namewire

TEXT = "😀 Davutoğlu met the YPG in Geneva."
EXPECTED = [("Davutoğlu", "per/ahmet-davutoglu"), ("YPG", "org/ypg"), ("Geneva", "loc/geneva")]


def found(doc):
    return [(m.text, m.entity_id) for m in doc.mentions]


@pytest.mark.parametrize(
    "mention",
    [
        (2, 11, "PER"),
        namewire.Span(2, 11, "PER", 0.9),
        {"start": 2, "end": 11, "type": "PER"},
        {"start": 2, "end": 11, "label": "PER", "text": "Davutoğlu", "score": 0.9},
        {"start": 2, "end": 11, "entity_group": "PER", "word": "Davutoğlu", "score": 0.9},
        SimpleNamespace(start_char=2, end_char=11, label_="PER"),
    ],
)
def test_spans_of_all_kinds_are_linked(nw, mention):
    assert found(nw.link(TEXT, [mention], date="2014-01-09")) == EXPECTED


def test_own_mentions_link_as_before(nw):
    doc = nw(TEXT, title="Geneva talks")
    assert found(nw.link(TEXT, doc.mentions, title="Geneva talks")) == found(doc)


def test_only_what_was_given_where_asked():
    nw = namewire.load(workers=1, linking={"add_missed": False})
    doc = nw.link(TEXT, [(2, 11, "PER", 0.75)])
    assert found(doc) == EXPECTED[:1]
    assert (doc.mentions[0].score, doc.mentions[0].start) == (0.75, 2)


def test_links_need_no_session():
    nw = namewire.load(workers=0, ort_library="missing.so")
    assert found(nw.link(TEXT, [(2, 11, "PER")], date="2014-01-09")) == EXPECTED
    assert nw.workers == 0
    for call in (
        nw,
        nw.explain,
        lambda text: list(nw.pipe([text])),
        lambda text: nw.extract(pa.table({"text": [text]})),
    ):
        with pytest.raises(namewire.ConfigError, match="workers=0"):
            call(TEXT)
    with pytest.raises(namewire.ConfigError, match="workers=0"):
        nw.run("news.jsonl", "out.jsonl")


def test_spans_outside_the_text_raise(nw):
    for span in [(0, 99, "PER"), (5, 5, "PER"), (9, 3, "PER")]:
        with pytest.raises(namewire.ArticleError, match="not within the text"):
            nw.link(TEXT, [span])
    with pytest.raises(ValueError, match="aggregation_strategy"):
        nw.link(TEXT, [{"entity": "B-PER", "start": 2, "end": 11, "word": "D"}])
    with pytest.raises(ValueError, match="start, end and type"):
        nw.link(TEXT, [{"start": 2, "end": 11}])


def test_explanations_are_text_and_data(nw):
    explanation = nw.explain(TEXT, date="2014-01-09", id="a1")
    assert "per/ahmet-davutoglu" in str(explanation)
    assert [m["entity_id"] for m in explanation.data["mentions"]] == [entity for _, entity in EXPECTED]
    assert explanation.data["mentions"][0]["rows"][0]["alias"] == "Davutoglu"
    with pytest.raises(namewire.ConfigError, match="without a table"):
        namewire.load(entities=None, workers=1).explain(TEXT)


def test_notebooks_show_marked_text(nw):
    html = nw("<b>Assad</b> met the YPG & Xyzzy Smith.", title="Geneva")._repr_html_()
    assert "&lt;b&gt;" in html
    assert "YPG" in html
    assert "org/ypg" in html
    assert "loc/geneva" in html
    assert html.count("<mark") == html.count("</mark>") >= 3
    (bad,) = nw.pipe([None])
    assert "no text" in bad._repr_html_()


def test_spacy_links_the_entities_of_documents(monkeypatch):
    spacy = pytest.importorskip("spacy")
    monkeypatch.setattr("namewire._runtime.library", lambda: "missing.so")
    import namewire.spacy  # noqa: F401  # an installed package registers itself

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Davutoğlu"}, {"label": "GPE", "pattern": "Xyzzy"}])
    nlp.add_pipe("namewire_linker")
    (doc,) = nlp.pipe(["Davutoğlu met the YPG in Geneva and left Xyzzy."])
    linked = {ent.text: ent.kb_id_ for ent in doc.ents}
    assert linked == {"Davutoğlu": "per/ahmet-davutoglu", "YPG": "org/ypg", "Geneva": "loc/geneva", "Xyzzy": ""}
    assert doc.ents[1]._.namewire["link"]["method"] == "alias"
    assert spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes()).ents[1].kb_id_ == "org/ypg"
