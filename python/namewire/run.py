"""Durable runs, from files to files, as the command `namewire extract` makes them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from namewire import _namewire
from namewire.errors import ConfigError, NamewireError
from namewire.progress import Progress

INTERVAL = 0.1
SHARD_SIZE = 5000


def run(
    engine: _namewire.Engine,
    inputs: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    resume: bool,
    overwrite: bool,
    shard_size: int | None,
    fields: dict[str, Any],
    keep: Sequence[str],
    output_format: str | None,
    articles: str | os.PathLike[str] | None,
    progress: bool,
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Runs, and returns the summary. Ctrl-C stops it in good order."""
    read = {"fields": {name: field for name, field in fields.items() if field is not None}, "keep": list(keep)}
    options = {
        "inputs": {"paths": [path for pattern in inputs for path in _paths(os.fspath(pattern))]},
        "read": read | settings.pop("read", {}),
        "output": {"target": _target(os.fspath(out), resume, overwrite, shard_size, articles)},
    }
    if output_format is not None:
        options["output"]["format"] = output_format
    options["output"] |= settings.pop("output", {})
    task = _namewire.Run(engine, options | settings)
    try:
        summary = _wait(task, progress)
    except KeyboardInterrupt:
        task.stop()
        while task.wait(INTERVAL) is None:
            pass
        raise
    if summary["status"] == "stopped":
        raise NamewireError("the run was stopped")
    _log(summary)
    return summary


def _wait(task: _namewire.Run, progress: bool) -> dict[str, Any]:
    with Progress(None, shown=progress) as bar:
        done = 0
        while (summary := task.wait(INTERVAL)) is None:
            _, _, articles = task.progress() or (0, None, 0)
            bar.update(articles - done)
            done = articles
    return summary


def _log(summary: dict[str, Any]) -> None:
    """Logs what the command reports about records at its end."""
    import logging

    report = summary.get("run", {})
    warn = logging.getLogger("namewire").warning
    for kind, count in report.get("warnings", {}).items():
        example = report["warning_examples"].get(kind)
        warn("records with %s: %d%s", kind, count, f", such as {example}" if example else "")
    for reason, count in report.get("rejected_by_reason", {}).items():
        warn("records rejected, %s: %d", reason, count)
    for field in report.get("unmatched_fields", ()):
        warn("no record has the field %s", field)


def _paths(pattern: str) -> list[str]:
    """The files of a pattern, in the order of their names."""
    import glob

    if os.path.exists(pattern) or not glob.has_magic(pattern):
        return [pattern]
    if found := sorted(glob.glob(pattern, recursive=True)):
        return found
    raise ConfigError(f"no file matches {pattern}", "inputs")


def _target(
    out: str, resume: bool, overwrite: bool, shard_size: int | None, articles: str | os.PathLike[str] | None
) -> dict[str, Any]:
    if not (out.endswith(os.sep) or os.path.isdir(out) or resume or overwrite or shard_size):
        files = {"mentions": out, "articles": articles and os.fspath(articles), "spans": None, "rejects": None}
        return {"files": files}
    if articles is not None:
        raise ConfigError("a directory always holds its articles: leave `articles` out")
    if resume and overwrite:
        raise ConfigError("either `resume` or `overwrite`, not both")
    existing = "resume" if resume else "overwrite" if overwrite else "refuse"
    return {"directory": {"path": out, "shard_size": shard_size or SHARD_SIZE, "spans": False, "existing": existing}}
