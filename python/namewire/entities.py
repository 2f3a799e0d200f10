"""Tools for entity tables: check them, extend them by what a run did not link, compile large ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from namewire import _namewire
from namewire.command import output
from namewire.model import Paths, table_setting

__all__ = ["build", "check", "suggest"]


def check(files: Paths) -> dict[str, Any]:
    """What is wrong or doubtful in the files of a table.

    Returns:
        `entities` and `aliases`: how many there are; `findings`: a list of dictionaries with `severity` (`error` or
        `warning`), `code`, `file`, `line`, `entity_id`, `alias`, `what` and `help`.
    """
    return _namewire.check_entities(_list(files))


def suggest(
    mentions: Paths, *, entities: Paths | None = "starter", min_count: int = 2, top: int = 100
) -> list[dict[str, Any]]:
    """The names that a run did not link, most frequent first, each as a row for a table.

    Args:
        mentions: mentions as JSON Lines, as `run` or the command writes them.
        entities: the tables of that run, to find the entities that names may belong to.
        min_count: names with at least so many mentions.
        top: at most so many names.

    Returns:
        Dictionaries with `name`, `type`, `mentions`, `articles`, `spellings`, `reasons`, `examples`, `probable`
        (entities that may be meant), and `row`, the row of a new entity.
    """
    return _namewire.suggest_entities(_list(mentions), table_setting(entities), min_count, top)


def build(sources: Paths, out: str | os.PathLike[str], **options: Any) -> None:
    """Compiles tables of any size to one file that opens at once, in a process of its own.

    Args:
        sources: tables as JSON Lines, or what `from_` imports.
        out: the compiled table.
        options: the options of the command `namewire entities build`, such as `from_="geonames"`, `min_popularity=0.1`.
    """
    output(["entities", "build", *_list(sources), "--out", out], options)


def _list(files: Paths) -> Sequence[str]:
    return [os.fspath(file) for file in ([files] if isinstance(files, (str, os.PathLike)) else files)]
