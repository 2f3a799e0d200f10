"""What the library reports, as records of `logging`."""

import json
import logging
import signal

import pytest

import namewire


def messages(caplog, level):
    return [record.getMessage() for record in caplog.records if record.name == "namewire" and record.levelno == level]


def test_warnings_on_opening_are_logged(caplog):
    namewire.load(device="stub", workers=1)
    (message,) = messages(caplog, logging.WARNING)
    assert "device stub" in message


def test_shards_and_what_is_resumed_are_logged_as_information(nw, news, tmp_path, caplog):
    caplog.set_level(logging.INFO, "namewire")
    nw.run(news, tmp_path / "run", shard_size=4, resume=True)
    told = messages(caplog, logging.INFO)
    assert "there is nothing to resume" in told[0]
    assert sum("is complete" in message for message in told) == len(list((tmp_path / "run").glob("mentions-*")))


def test_warnings_about_records_are_logged(nw, tmp_path, caplog):
    articles = tmp_path / "articles.jsonl"
    lines = [{"text": "Assad left.", "date": "soon"}, {"text": "Assad left.", "date": "later"}, {"text": None}]
    articles.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    nw.run(articles, tmp_path / "out.jsonl", date="date", keep=["outlet"])
    told = messages(caplog, logging.WARNING)
    assert 'records with date_unreadable: 2, such as "soon"' in told
    assert "records rejected, empty_article: 1" in told
    assert "no record has the field outlet" in told


def test_programs_choose_what_they_see(caplog):
    caplog.set_level(logging.ERROR, "namewire")
    namewire.load(device="stub", workers=1)
    assert not caplog.records


def test_an_interrupt_while_a_record_is_passed_on_is_not_lost():
    class Interrupted(logging.Handler):
        def emit(self, record):
            raise KeyboardInterrupt

    logger, handler = logging.getLogger("namewire"), Interrupted()
    # Shells start background jobs with interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    logger.addHandler(handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            namewire.load(device="stub", workers=1)
    finally:
        logger.removeHandler(handler)
        signal.signal(signal.SIGINT, before)
