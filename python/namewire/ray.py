"""Extraction on Ray Data: an actor that holds a model, for `map_batches`.

    ds.repartition(target_num_rows_per_block=256).map_batches(
        namewire.ray.Extractor,
        fn_constructor_kwargs={"text": "body", "id": "url"},
        batch_format="pyarrow",
        batch_size=256,
        compute=ray.data.ActorPoolStrategy(size=2),
        num_cpus=1,
    )

An actor uses one core. The actors together must need fewer CPUs than the cluster has: reading needs one, too, and
without it they wait indefinitely. A block is processed by one actor, and readers put small files into one block:
`repartition` makes blocks of about ten seconds of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from namewire import engines

if TYPE_CHECKING:
    import pyarrow as pa


class Extractor:
    """Turns tables of articles into tables with a row per article and its mentions.

    No article makes a batch fail: Ray would abort the job. One that cannot be processed has an error and no mentions.
    """

    def __init__(
        self,
        *,
        text: str = "text",
        id: str = "id",
        title: str | None = None,
        date: str | None = None,
        language: str | None = None,
        keep: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Opens the model.

        Args:
            text: the column of texts.
            id: the column of identifiers.
            title: the column of headlines, which are searched too.
            date: the column of dates.
            language: the column of ISO 639-1 codes.
            keep: columns to copy to the result.
            settings: the arguments of `namewire.load`; `workers` is 1.
        """
        self._columns = engines.Columns(text, id, title, date, language, tuple(keep))
        self._settings = settings
        engines.model(settings)

    def __call__(self, articles: pa.Table) -> pa.Table:
        """The columns `id`, `mentions` (a list of structs), `language`, `error`, `made_with`, and the kept ones."""
        return engines.extract_table(articles, self._columns, self._settings)


def explode(articles: pa.Table) -> pa.Table:
    """A row per mention, for `map_batches`; articles with an error keep a row."""
    return engines.explode(articles)
