"""What the adapters for engines share: one model in a process, and a row per article."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from namewire import _namewire
from namewire.errors import ConfigError, NamewireError
from namewire.model import Namewire, load

MADE_WITH = pa.field("made_with", pa.string())
# Names that a table of mentions has for fields of a mention: `end` is a reserved word of SQL.
FLAT_NAMES = {"start": "start_char", "end": "end_char"}


@dataclass(frozen=True)
class Columns:
    """The columns of a table of articles."""

    text: str = "text"
    id: str = "id"
    title: str | None = None
    date: str | None = None
    language: str | None = None
    keep: Sequence[str] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """The same, for `Namewire.extract`."""
        return {**vars(self), "nested": True}

    @property
    def read(self) -> list[str]:
        """The columns that are read, each once."""
        named = [self.text, self.id, self.title, self.date, self.language, *self.keep]
        return list(dict.fromkeys(name for name in named if name is not None))


def schema() -> pa.Schema:
    """The columns of a result, before those that are kept."""
    return pa.schema([*pa.schema(_namewire.Table.empty(True)), MADE_WITH])


_models: dict[str, tuple[Namewire, str]] = {}


def model(settings: dict[str, Any]) -> tuple[Namewire, str]:
    """The model of this process with these settings, opened once, and what it is made with."""
    key = repr(sorted(settings.items()))
    if key not in _models:
        nw = load(**{"workers": 1, **settings})
        _models[key] = nw, describe(nw)
    return _models[key]


def describe(nw: Namewire) -> str:
    """The version, and the hashes of model, tables and settings: two results with the same text can be compared."""
    made_with = nw.made_with
    hashes = (f"{part} {_hash(made_with[part])}" for part in ("model", "tables", "settings"))
    return ", ".join([f"namewire {made_with['versions']['namewire']}", *hashes])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def extract_stream(
    batches: Iterable[pa.RecordBatch], columns: Columns, settings: dict[str, Any]
) -> Iterator[pa.RecordBatch]:
    """A row per article of a stream of batches, which are read as they are needed."""
    batches = iter(batches)
    first = next(batches, None)
    if first is None:
        return
    nw, made_with = model(settings)

    def rest() -> Iterator[pa.RecordBatch]:
        yield first
        yield from batches

    reader = pa.RecordBatchReader.from_batches(first.schema, rest())
    for part in nw.extract_batches(reader, **columns.arguments):
        yield from _with_hashes(part.to_arrow(), made_with).to_batches()


def extract_table(table: pa.Table, columns: Columns, settings: dict[str, Any]) -> pa.Table:
    """A row per article of a table. Articles that make the pipeline fail become rows with an error, like bad ones."""
    nw, made_with = model(settings)
    try:
        rows = nw.extract(table, **columns.arguments).to_arrow()
    except ConfigError:
        raise
    except NamewireError as error:
        rows = _failed(table, columns, error) if len(table) == 1 else None
    if rows is None:
        return pa.concat_tables(extract_table(table.slice(row, 1), columns, settings) for row in range(len(table)))
    return _with_hashes(rows, made_with)


def _failed(table: pa.Table, columns: Columns, error: NamewireError) -> pa.Table:
    """The row of an article that makes the pipeline fail."""
    row = {"id": str(table[columns.id][0].as_py()), "mentions": [], "language": None, "error": str(error)}
    result = pa.Table.from_pylist([row], schema=pa.schema(_namewire.Table.empty(True)))
    for name in columns.keep:
        result = result.append_column(table.schema.field(name), table[name])
    return result


def _with_hashes(rows: pa.Table, made_with: str) -> pa.Table:
    kept = len(schema()) - 1
    return rows.add_column(kept, MADE_WITH, pa.repeat(pa.scalar(made_with), len(rows)))


def explode(articles: pa.Table) -> pa.Table:
    """A row per mention of a table with a row per article; articles with an error keep a row.

    The columns are those of docs/output.md but for dates; kept columns are called `meta_NAME`.
    """
    import pyarrow.compute as pc

    lists = articles["mentions"].combine_chunks()
    rows, mentions = pc.list_parent_indices(lists), pc.list_flatten(lists)
    fields = {FLAT_NAMES.get(field.name, field.name): mentions.field(at) for at, field in enumerate(mentions.type)}
    others = {_flat_name(name): name for name in articles.column_names if name != "mentions"}
    failed = articles.filter(pc.is_valid(articles["error"]))
    found = pa.table({flat: articles[name].take(rows) for flat, name in others.items()} | fields)
    missing = pa.table({flat: failed[name] for flat, name in others.items()})
    result = pa.concat_tables([found, missing], promote_options="default")
    return result.select(["doc_id", *fields, *(name for name in others if name != "doc_id")])


def _flat_name(name: str) -> str:
    if name == "id":
        return "doc_id"
    return name if name in schema().names else f"meta_{name}"
