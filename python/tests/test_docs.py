"""The examples of docs/python.md, in order."""

import doctest
import os
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def test_the_tour_is_true(tmp_path, monkeypatch):
    pytest.importorskip("polars")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```pycon\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    examples = "\n\n".join(blocks)
    assert examples.count(">>>") > 20
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/python.md", None, 0)
    report = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert "".join(report) == ""
    assert os.path.exists("run/manifest.json")
