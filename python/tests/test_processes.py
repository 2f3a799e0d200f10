"""Forks, pickles, signals and memory."""

import concurrent.futures
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap

import pytest

import namewire

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")
TEXT = "ISIS left Kobani."


def names(doc):
    return [(m.text, m.entity_id) for m in doc.mentions]


def in_child(work):
    """The exit status of a forked process that does `work`; fails where it hangs."""
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(60)
            work()
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_its_own_sessions(nw):
    expected = names(nw(TEXT))

    def work():
        assert names(nw(TEXT)) == expected
        assert [names(doc) for doc in nw.pipe([TEXT] * 200)] == [expected] * 200

    assert in_child(work) == 0
    assert names(nw(TEXT)) == expected


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_stream_of_another_process_raises(nw):
    stream = nw.pipe(TEXT for _ in range(5000))
    next(stream)

    def work():
        with pytest.raises(namewire.NamewireError, match="forked"):
            list(stream)

    assert in_child(work) == 0
    stream.close()


def test_copies_are_pickled_and_work_in_spawned_processes(nw):
    copy = pickle.loads(pickle.dumps(nw))
    doc = nw(TEXT)
    assert copy(TEXT) == doc == pickle.loads(pickle.dumps(doc))
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(nw, TEXT).result(timeout=120) == doc


def run(code, **options):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], text=True, **options)


@pytest.mark.parametrize("call", ["list(nw.pipe(forever()))", "nw.extract(reader())"])
def test_ctrl_c_stops_work(call):
    code = f"""
        import itertools, os, signal, sys, threading, namewire, pyarrow as pa

        def forever():
            for number in itertools.count():
                yield f"Assad left Ankara number {{number}}."

        def reader():
            batches = (pa.record_batch({{"text": [text]}}) for text in forever())
            return pa.RecordBatchReader.from_batches(pa.schema({{"text": pa.string()}}), batches)

        nw = namewire.load(workers=1)
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            {call}
        except KeyboardInterrupt:
            print("stopped")
    """
    out, _ = run(code, stdout=subprocess.PIPE).communicate(timeout=60)
    assert out == "stopped\n"


def test_the_command_stops_at_ctrl_c(news, tmp_path):
    out = tmp_path / "run"
    big = tmp_path / "big.jsonl"
    big.write_bytes(news.read_bytes() * 300)
    command = [sys.executable, "-m", "namewire", "extract", big, "--shard-size", "64", "--out", out, "--workers", "1"]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(out.glob("mentions-*.jsonl")) and child.poll() is None:
        pass
    child.send_signal(signal.SIGINT)
    _, log = child.communicate(timeout=120)
    assert child.returncode == 130, log
    assert "namewire extract" in log
    assert "--resume" in log


def test_onnxruntime_of_python_lives_in_the_same_process(nw):
    onnxruntime = pytest.importorskip("onnxruntime")
    assert onnxruntime.get_available_providers()
    assert names(nw(TEXT)) == names(nw(TEXT))


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, namewire; print(sorted({'numpy', 'onnxruntime', 'pyarrow', 'pandas', 'tqdm'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_calls_do_not_leak(nw):
    resource = pytest.importorskip("resource")

    def peak_after(calls):
        for _ in range(calls):
            nw("Assad left.")
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    first = peak_after(300)
    assert peak_after(300) - first < 8 << 10
