"""Scores against a gold standard, as the command `namewire eval` computes them."""

from __future__ import annotations

import json
import os
from typing import Any

from namewire.command import output


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
    given = ["--pred", pred] if pred is not None else ["--model", model or "bundled"]
    return json.loads(output(["eval", "--gold", gold, *given, "--json", "-"], options))
