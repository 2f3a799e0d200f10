"""Extraction on Spark: `namewire.spark.extract(df, text="body", id="url")`.

Each Python worker of Spark opens the model once and keeps it over tasks. It uses one core, so that a worker per core is
right, as Spark has them. Tables and models are paths that every node has, or names of files added by
`spark.addFile` or `--files`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pyspark import SparkFiles
from pyspark.sql import functions
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from namewire import engines

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


def extract(
    df: DataFrame,
    *,
    text: str = "text",
    id: str = "id",
    title: str | None = None,
    date: str | None = None,
    language: str | None = None,
    keep: Sequence[str] = (),
    **settings: Any,
) -> DataFrame:
    """A row per article with its mentions.

    Args:
        df: the articles.
        text: the column of texts.
        id: the column of identifiers.
        title: the column of headlines, which are searched too.
        date: the column of dates.
        language: the column of ISO 639-1 codes.
        keep: columns to copy to the result.
        settings: the arguments of `namewire.load`; `workers` is 1.

    Returns:
        The columns `id`, `mentions` (a list of structs), `language`, `error`, `made_with` (versions and hashes) and
        the kept ones. An article that cannot be processed has an error and no mentions.
    """
    columns = engines.Columns(text, id, title, date, language, tuple(keep))
    return df.select(*columns.read).mapInArrow(mapper(columns, settings), schema(df, columns))


def mapper(
    columns: engines.Columns, settings: dict[str, Any]
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that `extract` passes to `mapInArrow`."""
    return partial(_map, columns=columns, settings=settings)


def schema(df: DataFrame, columns: engines.Columns) -> StructType:
    """The columns of the result of `extract`."""
    kept = [df.schema[name] for name in columns.keep]
    return StructType([*from_arrow_schema(engines.schema()).fields, *kept])


def explode(articles: DataFrame) -> DataFrame:
    """A row per mention of the result of `extract`; articles with an error keep a row.

    The columns are those of docs/output.md but for dates; kept columns are called `meta_NAME`.
    """
    own = engines.schema().names
    fields = [field.name for field in articles.schema["mentions"].dataType.elementType]
    rows = articles.withColumn("mention", functions.explode_outer("mentions"))
    rows = rows.where("mention IS NOT NULL OR error IS NOT NULL")
    kept = [name for name in articles.columns if name not in own]
    return rows.select(
        rows["id"].alias("doc_id"),
        *(rows["mention"][field].alias(engines.FLAT_NAMES.get(field, field)) for field in fields),
        *(rows[name] for name in own if name not in ("id", "mentions")),
        *(rows[name].alias(f"meta_{name}") for name in kept),
    )


def _map(
    batches: Iterable[pa.RecordBatch], columns: engines.Columns, settings: dict[str, Any]
) -> Iterator[pa.RecordBatch]:
    return engines.extract_stream(batches, columns, {name: _local(value) for name, value in settings.items()})


def _local(setting: Any) -> Any:
    """A path as this node has it: itself, or that of a file that Spark has distributed."""
    if isinstance(setting, (list, tuple)):
        return [_local(each) for each in setting]
    if isinstance(setting, str) and not os.path.exists(setting):
        distributed = SparkFiles.get(os.path.basename(setting)) if setting else ""
        return distributed if os.path.exists(distributed) else setting
    return setting
