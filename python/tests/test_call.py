"""Single articles."""

import datetime
import threading

import pytest

import namewire

TEXT = "Davutoğlu met the YPG in Geneva."


def names(doc):
    return [(m.text, m.type, m.entity_id) for m in doc.mentions]


def test_mentions_are_linked(nw):
    doc = nw(TEXT, date="2014-01-09", id="a1")
    assert names(doc) == [
        ("Davutoğlu", "PER", "per/ahmet-davutoglu"),
        ("YPG", "ORG", "org/ypg"),
        ("Geneva", "LOC", "loc/geneva"),
    ]
    assert (doc.id, doc.text, doc.error) == ("a1", TEXT, None)
    assert doc.mentions[1].link.method == "alias"
    assert doc.to_dict()["mentions"][2]["link"]["status"] == "linked"


@pytest.mark.parametrize(
    "text",
    [
        "😀😀 Erdogan met Assad 👩‍👩‍👧 in Ankara.",
        "Re\u0301union: the Turks and Mu\u0308ller left Ankara.",
        "قال إن Erdogan زار Ankara אתמול ב-Geneva.",
        "\ufeffErdogan\u00a0met\r\nAssad.",
    ],
)
def test_offsets_are_those_of_slices(nw, text):
    mentions = nw(text).mentions
    assert mentions
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert text.encode()[mention.start_byte : mention.end_byte].decode() == mention.text


def test_titles_are_searched(nw):
    doc = nw("He met the Turks.", title="Assad in Geneva")
    assert [(m.field, m.text) for m in doc.mentions][:2] == [("title", "Assad"), ("title", "Geneva")]
    assert doc.title[doc.mentions[1].start : doc.mentions[1].end] == "Geneva"


@pytest.mark.parametrize(
    "date", ["2014-01-09", "9 January 2014", 20140109, datetime.date(2014, 1, 9), datetime.datetime(2014, 1, 9, 23)]
)
def test_dates_of_all_kinds(nw, date):
    assert nw("The Islamic State of Iraq and the Levant left.", date=date).mentions


def test_empty_texts_have_no_mentions(nw):
    assert nw("").mentions == nw(" \n").mentions == ()


@pytest.mark.parametrize(("text", "message"), [(None, "no text"), (7, "must be a string"), ("a\ud800", "surrogate")])
def test_what_is_no_text_raises(nw, text, message):
    with pytest.raises(namewire.ArticleError, match=message):
        nw(text)


def test_impossible_settings_are_named():
    with pytest.raises(namewire.ConfigError, match="device"):
        namewire.load(device="gpu")
    with pytest.raises(namewire.ConfigError, match="no setting `worker`; there are"):
        namewire.load(worker=2)
    with pytest.raises(namewire.ConfigError, match="link_margin") as caught:
        namewire.load(linking={"margin": 0.5})
    assert caught.value.setting == "link_margin"
    with pytest.raises(namewire.NamewireError, match="missing") as caught:
        namewire.load(entities="missing.jsonl")
    assert caught.value.path == "missing.jsonl"


def test_own_tables_and_none(tmp_path):
    table = tmp_path / "table.jsonl"
    table.write_text('{"id":"x/1","name":"Zorblatt","type":"ORG","aliases":["Zorblatt"]}\n', encoding="utf-8")
    assert namewire.load(entities=table, workers=1)("Zorblatt grew.").mentions[0].entity_id == "x/1"
    assert namewire.load(entities=[table], workers=1)("Zorblatt grew.").mentions[0].entity_id == "x/1"
    mentions = namewire.load(entities=None, workers=1)("Assad left.").mentions
    assert [(m.entity_id, m.link.reason) for m in mentions] == [(None, "no_table")]


def test_threads_share_a_model(nw):
    results = []
    threads = [threading.Thread(target=lambda: results.append(names(nw(TEXT)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [names(nw(TEXT))] * 8
