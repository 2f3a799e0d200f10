"""Tables in and out, with the libraries that have them."""

import datetime
import json

import pytest

import namewire

duckdb = pytest.importorskip("duckdb")
pa = pytest.importorskip("pyarrow")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pq = pytest.importorskip("pyarrow.parquet")

COLUMNS = {"text": "body", "id": "url", "title": "title", "date": "date"}
ROWS = {
    "url": ["a", "b", "c", "d"],
    "title": ["Assad", None, "", "Geneva"],
    "body": ["ISIS left Kobani 😀 and Ankara.", None, "Assad met Erdogan.", "No names here."],
    "date": ["2014-06-29", "2014-06", None, "not a date"],
    "n": [1, 2, 3, 4],
}


def found(table):
    rows = table.to_arrow().to_pylist()
    return [
        (row["doc_id"], row["field"], row["start_char"], row["text"], row["entity_id"], row["meta_n"]) for row in rows
    ]


@pytest.fixture(scope="module")
def expected(nw):
    rows = found(nw.extract(pa.table(ROWS), **COLUMNS, keep=["n"]))
    assert len(rows) == 8
    assert ("a", "text", 23, "Ankara", "loc/ankara", 1) in rows
    return rows


@pytest.mark.parametrize(
    "make",
    [
        pa.table,
        lambda rows: pa.record_batch(rows),
        lambda rows: pa.RecordBatchReader.from_batches(
            pa.table(rows).schema, pa.table(rows).to_batches(max_chunksize=1)
        ),
        lambda rows: pa.table(rows).set_column(2, "body", pa.array(rows["body"], pa.large_string())),
        lambda rows: pa.table(rows).set_column(2, "body", pa.array(rows["body"], pa.string_view())),
        lambda rows: pa.table(rows).set_column(2, "body", pa.array(rows["body"]).dictionary_encode()),
        pl.DataFrame,
        pd.DataFrame,
        lambda rows: pd.DataFrame(rows).astype({"title": "category"}),
        lambda rows: duckdb.from_arrow(pa.table(rows)),
        lambda rows: duckdb.connect().from_arrow(pa.table(rows)).filter("true"),
    ],
)
def test_tables_of_all_libraries_give_the_same(nw, expected, make):
    assert found(nw.extract(make(ROWS), **COLUMNS, keep=["n"])) == expected


def test_libraries_take_the_result(nw, expected):
    mentions = nw.extract(pa.table(ROWS), **COLUMNS, keep=["n"])
    assert len(mentions) == len(expected)
    assert pa.schema(mentions).names == mentions.columns
    assert pl.DataFrame(mentions).shape == mentions.to_polars().shape == (8, len(mentions.columns))
    assert len(mentions.to_pandas()) == 8
    assert not hasattr(pd.DataFrame, "from_arrow") or len(pd.DataFrame.from_arrow(mentions)) == 8  # pandas 3
    assert duckdb.sql("SELECT count(*) FROM mentions WHERE error IS NULL").fetchall() == [(7,)]


def test_bad_articles_are_rows_with_an_error(nw):
    (bad,) = [row for row in nw.extract(pa.table(ROWS), **COLUMNS).to_arrow().to_pylist() if row["error"]]
    assert (bad["doc_id"], bad["text"], bad["candidates"]) == ("b", None, None)
    with pytest.raises(namewire.ArticleError, match='"b"'):
        nw.extract(pa.table(ROWS), **COLUMNS, errors="raise")


def test_nested_results_have_a_row_for_each_article(nw, expected):
    table = nw.extract(pa.table(ROWS), **COLUMNS, keep=["n"], nested=True).to_arrow()
    assert table.column_names == ["id", "mentions", "language", "error", "n"]
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == ROWS["url"]
    assert [row["error"] is None for row in rows] == [True, False, True, True]
    flat = [
        (row["id"], m["field"], m["start"], m["text"], m["entity_id"], row["n"])
        for row in rows
        for m in row["mentions"]
    ]
    assert flat == [row for row in expected if row[1]]


def test_dates_of_all_types_are_days(nw):
    day = datetime.datetime(2014, 6, 29, 12)
    for kind, value in [
        (pa.date32(), day.date()),
        (pa.timestamp("us"), day),
        (pa.timestamp("ns", "UTC"), day),
        (pa.int64(), 20140629),
    ]:
        table = pa.table({"text": ["Assad left."], "date": pa.array([value], kind)})
        assert nw.extract(table, date="date").to_arrow()["date_first"].to_pylist() == [day.date()]


def test_columns_that_do_not_exist_or_cannot_be_meant_are_named(nw):
    with pytest.raises(namewire.ConfigError, match="no column `text`; there are url, title"):
        nw.extract(pa.table(ROWS))
    with pytest.raises(namewire.ConfigError, match="column `text`"):
        nw.extract(pa.table({"text": [[1]]}))
    with pytest.raises(namewire.ConfigError, match="`id`"):
        nw.extract(pa.table({"text": ["a"], "id": [1]}), keep=["id"], nested=True)
    with pytest.raises(TypeError, match="no table"):
        nw.extract([1, 2])


def test_tables_of_no_rows_have_columns(nw):
    table = nw.extract(pa.table({"text": pa.array([], pa.string())}))
    assert len(table) == 0
    assert "entity_id" in table.columns


def test_an_error_of_the_reader_reaches_the_caller(nw):
    def batches():
        yield pa.record_batch({"text": ["Assad left."]})
        raise KeyError("broken")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string()}), batches())
    with pytest.raises(OSError, match="broken"):
        nw.extract(reader)


def test_the_command_gives_the_same_columns(nw, command, news, articles, tmp_path):
    out = tmp_path / "mentions.parquet"
    assert command("extract", news, "--keep", "outlet", "--workers", 2, "--out", out, "--quiet").returncode == 0
    rows = [{key: article.get(key) for key in ("id", "title", "text", "date", "outlet")} for article in articles]
    ours = nw.extract(pa.Table.from_pylist(rows), id="id", title="title", date="date", keep=["outlet"]).to_arrow()
    theirs = pq.read_table(out)
    assert ours.num_rows == theirs.num_rows > 100
    own = {"error", "language"}  # the command also takes the declared language of the record
    same = [name for name in ours.column_names if name not in own]
    assert set(theirs.column_names) - set(ours.column_names) == {
        "raw_start_byte",
        "raw_end_byte",
        "input",
        "warc_offset",
    }
    assert ours.select(same).to_pylist() == theirs.select(same).to_pylist()


def test_the_calls_give_the_same_mentions_as_lines_of_the_command(nw, command, news, articles, tmp_path):
    out = tmp_path / "mentions.jsonl"
    assert command("extract", news, "--workers", 2, "--out", out, "--quiet").returncode == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    documents = nw.pipe(namewire.Article(a["text"], a.get("title"), a.get("date"), a["id"]) for a in articles)
    ours = [(doc.id, m) for doc in documents for m in doc.mentions]
    assert len(ours) == len(lines)
    for (article, mention), line in zip(ours, lines, strict=True):
        assert (article, mention.start, mention.end) == (line["doc_id"], line["start"], line["end"])
        assert (mention.type, mention.score, mention.entity_id) == (line["type"], line["score"], line["entity_id"])
        assert mention.link.evidence == line["link"]["evidence"]
