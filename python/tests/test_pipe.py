"""Streams of articles."""

import threading

import pytest

import namewire

BAD = [None, " ", "half \ud800", 7, float("nan")]


def test_documents_come_in_order_with_their_context(nw, articles):
    pairs = [({"text": a["text"], "title": a.get("title"), "date": a.get("date")}, a["id"]) for a in articles]
    for (doc, context), article in zip(nw.pipe(pairs, as_tuples=True), articles, strict=True):
        assert context == article["id"]
        assert doc.text == article["text"]
        assert doc.mentions == nw(doc.text, title=doc.title, date=doc.date).mentions


def test_bad_articles_are_documents_with_an_error(nw):
    docs = list(nw.pipe(["Assad left.", *BAD, "ISIS left."]))
    assert [doc.error is None for doc in docs] == [True, False, False, False, False, False, True]
    assert [len(doc.mentions) for doc in docs] == [1, 0, 0, 0, 0, 0, 1]


def test_bad_articles_raise_where_asked(nw):
    with pytest.raises(namewire.ArticleError, match="no text"):
        list(nw.pipe(["Assad left.", None], errors="raise"))
    with pytest.raises(namewire.ConfigError, match="errors"):
        list(nw.pipe([], errors="ignore"))


def test_articles_are_read_as_they_are_needed_on_the_thread_of_the_caller(nw):
    read, threads = [], set()

    def texts():
        for number in range(3000):
            read.append(number)
            threads.add(threading.current_thread())
            yield f"Assad left number {number}."

    stream = nw.pipe(texts())
    assert next(stream).mentions[0].text == "Assad"
    stream.close()
    assert len(read) < 1000
    assert threads == {threading.current_thread()}


def test_an_error_of_the_input_reaches_the_caller(nw):
    def texts():
        yield "Assad left."
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        list(nw.pipe(texts()))
    assert nw("ISIS left.").mentions


def test_an_empty_stream_is_empty(nw):
    assert list(nw.pipe([])) == []


def test_one_huge_article_among_small_ones_does_not_block(nw):
    huge = "Assad left Ankara. " * 40_000
    texts = ["ISIS left."] * 10 + [huge] + ["ISIS left."] * 10
    assert [len(doc.mentions) > 0 for doc in nw.pipe(texts)] == [True] * 21


def test_progress_is_shown_where_asked(nw, capsys):
    list(nw.pipe(["ISIS left."] * 3, progress=True))
    assert "3/3" in capsys.readouterr().err
