"""Extraction on Ray Data with two actors, one of which is killed in mid-run."""

import os
import signal
import sys

import pytest

ray = pytest.importorskip("ray")
import pyarrow as pa  # noqa: E402

import namewire.ray  # noqa: E402

ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
COLUMNS = namewire.ray.engines.Columns


@pytest.fixture(scope="module", autouse=True)
def cluster():
    environment = {"env_vars": {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}}
    # A job that failed keeps its actors as long as something holds its exception, as pytest does.
    ray.init(num_cpus=8, include_dashboard=False, log_to_driver=False, runtime_env=environment)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


class Killed(namewire.ray.Extractor):
    """An extractor whose process is killed once, in its second batch."""

    def __init__(self, marker, **arguments):
        super().__init__(**arguments)
        self._marker, self._batches = marker, 0

    def __call__(self, articles):
        self._batches += 1
        if self._batches == 2:
            try:
                os.close(os.open(self._marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(articles)


def extracted(articles, columns, kind=namewire.ray.Extractor, **arguments):
    return (
        ray.data.from_arrow(articles)
        .repartition(13)
        .map_batches(
            kind,
            fn_constructor_kwargs={**columns, **arguments},
            batch_format="pyarrow",
            batch_size=40,
            compute=ray.data.ActorPoolStrategy(size=2),
            num_cpus=1,
        )
    )


def rows(dataset):
    return pa.concat_tables([pa.table(part) for part in dataset.iter_batches(batch_format="pyarrow", batch_size=None)])


def test_the_result_is_that_of_one_process(articles, columns, assert_complete):
    assert_complete(rows(extracted(articles, columns)))


def test_nothing_is_lost_or_doubled_where_an_actor_is_killed(articles, columns, assert_complete, tmp_path):
    marker = str(tmp_path / "killed")
    assert_complete(rows(extracted(articles, columns, Killed, marker=marker)))
    assert os.path.exists(marker)


def test_a_job_that_failed_is_started_again(articles, columns, assert_complete, tmp_path):
    out = str(tmp_path / "out")

    def fails(table):
        if "a300" in table["id"].to_pylist():
            raise OSError("the disk is full")
        return table

    with pytest.raises(ray.exceptions.RayTaskError):
        extracted(articles, columns).map_batches(fails, batch_format="pyarrow").write_parquet(out)
    extracted(articles, columns).write_parquet(out, mode=ray.data.SaveMode.OVERWRITE)
    assert_complete(rows(ray.data.read_parquet(out)))


def test_mentions_are_rows_where_asked(articles, columns, expected):
    table = rows(extracted(articles, columns).map_batches(namewire.ray.explode, batch_format="pyarrow"))
    found = sorted((r["doc_id"], r["start_char"], r["text"]) for r in table.to_pylist() if r["error"] is None)
    assert found == sorted((row["id"], m["start"], m["text"]) for row in expected for m in row["mentions"])
    assert table["error"].null_count == len(table) - 22
