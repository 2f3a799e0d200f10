"""What the tests on engines share: articles, some of them broken, and what one process makes of them."""

import json
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

import namewire

ROOT = Path(__file__).resolve().parents[3]
ARTICLES, BROKEN = 520, 22
SCHEMA = pa.schema({"id": pa.string(), "title": pa.string(), "body": pa.string(), "date": pa.string(), "n": pa.int64()})


@pytest.fixture(scope="session")
def articles():
    """A table of short articles from the sample articles; two in fifty have no text."""
    samples = [
        json.loads(line) for line in subprocess.check_output([ROOT / "scripts" / "sample_articles"]).splitlines()
    ]
    rows = []
    for number in range(ARTICLES):
        sample = samples[number % len(samples)]
        start = 60 * (number // len(samples))
        row = {"id": f"a{number}", "date": sample.get("date"), "n": number}
        if number % 50 in (7, 9):
            rows.append({**row, "body": None if number % 50 == 7 else " \n"})
        else:
            text = f"{sample['text'][start : start + 300]} Report {number} ends."
            rows.append({**row, "body": text, "title": sample.get("title")})
    return pa.Table.from_pylist(rows, SCHEMA)


@pytest.fixture(scope="session")
def columns():
    """The columns of the articles."""
    return {"text": "body", "id": "id", "title": "title", "date": "date", "keep": ["n"]}


@pytest.fixture(scope="session")
def expected(articles, columns):
    """The rows that one process makes."""
    rows = by_id(namewire.load(workers=1).extract(articles, **columns, nested=True).to_arrow())
    assert sum(row["error"] is not None for row in rows) == BROKEN
    assert sum(len(row["mentions"]) for row in rows) > 2000
    return rows


def by_id(table):
    """The rows in the order of their ids, without what engines add."""
    return sorted(table.drop_columns(set(table.column_names) & {"made_with"}).to_pylist(), key=lambda row: row["id"])


@pytest.fixture
def assert_complete(expected):
    """Fails unless a result has each article once, with the mentions that one process finds."""

    def check(table):
        assert len(table) == ARTICLES
        assert by_id(table) == expected
        assert len(set(table["made_with"].to_pylist())) == 1

    return check
