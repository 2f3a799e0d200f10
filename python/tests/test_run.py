"""Durable runs, tables and scores."""

import json
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import namewire

ROOT = Path(__file__).resolve().parents[2]


def test_a_run_writes_what_the_command_writes(nw, news, command, tmp_path):
    summary = nw.run(news, tmp_path / "ours.jsonl", keep=["outlet"], articles=tmp_path / "articles.jsonl")
    assert command("extract", news, "--keep", "outlet", "--out", tmp_path / "theirs.jsonl", "-q").returncode == 0
    assert (tmp_path / "ours.jsonl").read_bytes() == (tmp_path / "theirs.jsonl").read_bytes()
    assert summary["status"] == "complete"
    assert summary["written"]["mentions"] == len((tmp_path / "ours.jsonl").read_bytes().splitlines())
    assert summary["written"]["articles"] == len((tmp_path / "articles.jsonl").read_bytes().splitlines())


def test_runs_of_shards_are_resumed(nw, news, tmp_path):
    pattern, out = str(news.parent / "*.jsonl"), tmp_path / "run"
    assert nw.run(pattern, out, resume=True, shard_size=4, output_format="parquet")["status"] == "complete"
    assert list(out.glob("mentions-*.parquet"))
    assert nw.run(pattern, out, resume=True, shard_size=4, output_format="parquet")["status"] == "already_complete"
    with pytest.raises(namewire.NamewireError):
        nw.run(pattern, out)


def test_a_run_opens_nothing_again(news, tmp_path):
    model = shutil.copytree(ROOT / "tests/fixtures/tiny", tmp_path / "model")
    nw = namewire.load(model, entities=None, workers=1)
    shutil.rmtree(model)
    assert nw.run(news, tmp_path / "out.jsonl")["status"] == "complete"
    assert nw.run(news, tmp_path / "again.jsonl")["status"] == "complete"
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "again.jsonl").read_bytes() != b""


def test_impossible_runs_are_refused(nw, news, tmp_path):
    with pytest.raises(namewire.ConfigError, match="no file matches"):
        nw.run(str(tmp_path / "*.none"), tmp_path / "out.jsonl")
    with pytest.raises(namewire.NamewireError, match="missing"):
        nw.run("missing.jsonl", tmp_path / "out.jsonl")
    with pytest.raises(namewire.ConfigError, match="no setting `language`; there are"):
        nw.run(news, tmp_path / "out.jsonl", language=["en"])


def test_ctrl_c_stops_a_run_that_can_be_resumed(nw, news, tmp_path):
    big, out = tmp_path / "big.jsonl", tmp_path / "run"
    big.write_bytes(news.read_bytes() * 200)
    code = """
        import sys, namewire
        try:
            namewire.load(workers=1).run(sys.argv[1], sys.argv[2], shard_size=64)
        except KeyboardInterrupt:
            print("stopped")
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), big, out], stdout=subprocess.PIPE, text=True)
    while not list(out.glob("mentions-*.jsonl")) and child.poll() is None:
        pass
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=120)[0] == "stopped\n"
    shards = len(list(out.glob("mentions-*.jsonl")))
    summary = namewire.load().run(big, out, resume=True, shard_size=64)
    assert summary["resumed"]
    assert summary["written"]["records"] == len(big.read_bytes().splitlines())
    assert len(list(out.glob("mentions-*.jsonl"))) > shards


def test_tables_are_checked(tmp_path):
    table = tmp_path / "table.jsonl"
    table.write_text('{"id":"x/1","name":"Zorblatt"}\n{"id":"x/1","name":"Other","type":"ORG"}\n', encoding="utf-8")
    report = namewire.entities.check(table)
    assert [finding["severity"] for finding in report["findings"]].count("error") >= 1
    assert all(finding["what"] and finding["help"] for finding in report["findings"])


def test_tables_are_compiled(tmp_path):
    table, compiled = tmp_path / "table.jsonl", tmp_path / "table.nwt"
    table.write_text('{"id":"x/1","name":"Zorblatt","type":"ORG","aliases":["Zorblatt"]}\n', encoding="utf-8")
    namewire.entities.build([table], compiled, min_popularity=0)
    assert namewire.load(entities=compiled, workers=1)("Zorblatt grew.").mentions[0].entity_id == "x/1"
    with pytest.raises(namewire.NamewireError, match="missing"):
        namewire.entities.build("missing.jsonl", compiled)


def test_unlinked_names_are_suggested(nw, tmp_path):
    articles = tmp_path / "articles.jsonl"
    line = {"text": "Zorblatt Smithers met Assad. Zorblatt Smithers left."}
    articles.write_text(json.dumps(line) + "\n", encoding="utf-8")
    nw.run(articles, tmp_path / "mentions.jsonl")
    (group,) = namewire.entities.suggest(tmp_path / "mentions.jsonl")
    assert (group["name"], group["mentions"]) == ("Zorblatt Smithers", 2)
    assert group["row"]["name"] == "Zorblatt Smithers"


def test_scores_are_those_of_the_command(tmp_path):
    gold = tmp_path / "gold.conll"
    gold.write_text("Assad B-PER\nleft O\n\nISIS B-ORG\nleft O\n", encoding="utf-8")
    assert namewire.evaluate(gold, pred=gold, resamples=0)["ner"]["micro"]["f1"] == 1.0
    assert namewire.evaluate(gold, resamples=0)["ner"]["micro"]["gold"] == 2
    with pytest.raises(namewire.NamewireError, match="missing"):
        namewire.evaluate("missing.conll", pred=gold)
