"""Scores against a gold standard, as the command `namewire eval` computes them."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from namewire.errors import NamewireError


def evaluate(
    gold: str | os.PathLike[str],
    *,
    pred: str | os.PathLike[str] | None = None,
    model: str | os.PathLike[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Scores mentions and links against a gold standard, in a process of its own.

    Args:
        gold: the gold standard: tagged tokens, or mentions; docs/evaluation.md describes the formats.
        pred: predictions, in any of the formats. Without it, `model` predicts.
        model: a model folder or name; default: the bundled model.
        options: further options of the command: `docs="docs.jsonl"`, `compare="old.jsonl"`, `typed_e2e=True`.

    Returns:
        The figures that the command writes with `--json`.

    Raises:
        NamewireError: the evaluation was not possible.
    """
    import subprocess

    given = ["--pred", os.fspath(pred)] if pred is not None else ["--model", os.fspath(model or "bundled")]
    flags = [part for name, value in options.items() for part in _flag(name, value)]
    command = [sys.executable, "-m", "namewire", "eval", "--gold", os.fspath(gold), *given, *flags, "--json", "-"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise NamewireError(done.stderr.strip())
    return json.loads(done.stdout)


def _flag(name: str, value: Any) -> list[str]:
    flag = "--" + name.replace("_", "-")
    if value is True:
        return [flag]
    if value is None or value is False:
        return []
    return [flag, *([str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value)])]
