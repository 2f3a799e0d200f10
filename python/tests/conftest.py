"""What the tests share."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import namewire

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def nw():
    """The bundled model with the starter table."""
    return namewire.load(workers=2)


@pytest.fixture(scope="session")
def news(tmp_path_factory):
    """The sample articles, as a file of JSON Lines."""
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    path.write_bytes(subprocess.check_output([ROOT / "scripts" / "sample_articles"]))
    return path


@pytest.fixture(scope="session")
def articles(news):
    """The sample articles, as dictionaries."""
    return [json.loads(line) for line in news.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def command():
    """Runs the command of the package."""

    def run(*args, **options):
        return subprocess.run([sys.executable, "-m", "namewire", *map(str, args)], check=False, text=True, **options)

    return run
