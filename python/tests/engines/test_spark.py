"""Extraction on Spark, on threads and on executors; workers and executors are killed in mid-run."""

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

pyspark = pytest.importorskip("pyspark")
from pyspark import cloudpickle  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

from namewire import engines, spark  # noqa: E402

# Workers cannot import this module.
cloudpickle.register_pickle_by_value(sys.modules[__name__])
THREADS, EXECUTORS = "local[2,3]", "local-cluster[2,1,1024]"


@contextmanager
def session(master):
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "32",
        "spark.sql.shuffle.partitions": "4",
        "spark.executorEnv.PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "spark.executor.memory": "1g",
    }
    builder = SparkSession.builder.master(master).appName("namewire")
    for name, value in settings.items():
        builder = builder.config(name, value)
    running = builder.getOrCreate()
    running.sparkContext.setLogLevel("OFF")
    try:
        yield running
    finally:
        running.stop()


def is_first(marker):
    """True once, for the process that makes the file."""
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def worker():
    return os.getpid()


def executor():
    """The Java process that started the daemon of the Python workers."""
    return int(Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1])


def killing(mapper, target, marker):
    """The mapper, which kills a process once, after some rows were returned."""

    def work(batches):
        for number, batch in enumerate(mapper(batches)):
            yield batch
            if number == 1 and is_first(marker):
                os.kill(target(), signal.SIGKILL)

    return work


def failing(mapper):
    """The mapper, which fails after some rows were returned."""

    def work(batches):
        for number, batch in enumerate(mapper(batches)):
            yield batch
            if number == 1:
                raise OSError("the disk is full")

    return work


def extracted(df, columns, wrap=lambda mapper: mapper):
    """What `spark.extract` does, around another mapper."""
    names = engines.Columns(**columns)
    return df.select(*names.read).mapInArrow(wrap(spark.mapper(names, {})), spark.schema(df, names))


@pytest.fixture
def df(articles):
    return lambda running: running.createDataFrame(articles).repartition(4)


@pytest.mark.parametrize("master", [THREADS, EXECUTORS], ids=["threads", "executors"])
def test_the_result_is_that_of_one_process(master, df, columns, assert_complete):
    with session(master) as running:
        result = spark.extract(df(running), **columns)
        assert_complete(result.toArrow())


def test_mentions_are_rows_where_asked(df, columns, expected):
    with session(THREADS) as running:
        rows = spark.explode(spark.extract(df(running), **columns))
        assert {"doc_id", "start_char", "entity_id", "error", "meta_n"} <= set(rows.columns)
        table = rows.toArrow()
    found = sorted((r["doc_id"], r["start_char"], r["text"]) for r in table.to_pylist() if r["error"] is None)
    assert found == sorted((row["id"], m["start"], m["text"]) for row in expected for m in row["mentions"])
    assert table["error"].null_count == len(table) - 22


@pytest.mark.parametrize(
    ("master", "target"),
    [(THREADS, worker), (EXECUTORS, worker), (EXECUTORS, executor)],
    ids=["worker-threads", "worker-executors", "executor-executors"],
)
def test_nothing_is_lost_or_doubled_where_a_process_is_killed(master, target, df, columns, assert_complete, tmp_path):
    marker = str(tmp_path / "killed")
    with session(master) as running:
        result = extracted(df(running), columns, lambda mapper: killing(mapper, target, marker))
        assert_complete(result.toArrow())
    assert os.path.exists(marker)


def test_a_job_that_failed_is_started_again(df, columns, assert_complete, tmp_path):
    out = str(tmp_path / "out")
    with session(THREADS) as running:
        with pytest.raises(Exception, match="disk is full"):
            extracted(df(running), columns, failing).write.mode("overwrite").parquet(out)
        assert not os.path.exists(os.path.join(out, "_SUCCESS"))
        spark.extract(df(running), **columns).write.mode("overwrite").parquet(out)
        assert_complete(running.read.parquet(out).toArrow())


def test_tables_are_distributed_as_files(df, columns, tmp_path):
    table = tmp_path / "own.jsonl"
    table.write_text('{"id":"x/1","name":"Geneva","type":"LOC","aliases":["Geneva"]}\n', encoding="utf-8")
    with session(EXECUTORS) as running:
        running.sparkContext.addFile(str(table))
        rows = spark.explode(spark.extract(df(running), **columns, entities="own.jsonl"))
        found = {row.entity_id for row in rows.where("entity_id IS NOT NULL").select("entity_id").distinct().collect()}
    assert found == {"x/1"}
