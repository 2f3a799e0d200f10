"""A model with its tables: the mentions of articles, one by one, as a stream, and as a table."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, overload

from namewire import _namewire, _runtime
from namewire.document import Article, Date, Document, Explanation
from namewire.errors import ArticleError, ConfigError
from namewire.progress import Progress
from namewire.run import run
from namewire.spans import spans_of
from namewire.table import Table, arrow_stream

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Errors = Literal["row", "raise"]

# How long the native part works before Python looks for signals, in seconds.
INTERVAL = 0.1


def load(
    model: str | os.PathLike[str] | None = None,
    *,
    entities: Paths | None = "starter",
    device: str = "cpu",
    workers: int | None = None,
    **settings: Any,
) -> Namewire:
    """Opens a model and an entity table.

    Args:
        model: a model folder, or the name of a model of the Hugging Face hub that was fetched; default: the bundled
            model for English news.
        entities: table files; several are one table. `"starter"` is the table that comes with the package, and `None`
            leaves mentions without links.
        device: `"cpu"`, `"cuda"`, `"cuda:N"` or `"auto"`.
        workers: articles that are inferred at the same time; default: one per core on a CPU, two on a GPU. 0 opens no
            session and loads no ONNX Runtime: only `link` works.
        settings: further fields of `EngineOptions`, such as `variant`, `window`, `labels`, `gpu_memory`, `dedup`, or
            `linking={"margin": 2.0}`.

    Raises:
        ConfigError: a setting is impossible.
        NamewireError: ONNX Runtime, the model, a table or the device cannot be used.
    """
    path = None if model is None else os.fspath(model)
    return Namewire(
        {"model": path, "tables": table_setting(entities), "device": device, "workers": workers, **settings}
    )


class Namewire:
    """A model with its tables, opened by `load`. Any number of threads may use it at the same time.

    It can be pickled: the copy opens the same files. In a forked process it opens them again on first use.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        """Opens everything; `settings` are fields of `EngineOptions`."""
        self._settings = settings
        _runtime.silence_telemetry()
        self._engine = _namewire.Engine(_runtime.with_library(settings))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies are made from the settings."""
        return Namewire, (self._settings,)

    def __repr__(self) -> str:
        """The settings that are not defaults."""
        given = ", ".join(f"{name}={value!r}" for name, value in self._settings.items() if value is not None)
        return f"<namewire.Namewire: {given}>"

    @property
    def device(self) -> str:
        """The device in use: `cpu` or `cuda:N`."""
        return self._engine.device

    @property
    def workers(self) -> int:
        """How many articles are inferred at the same time."""
        return self._engine.workers

    @property
    def types(self) -> list[str]:
        """The types of mentions that the model finds."""
        return self._engine.types

    @property
    def made_with(self) -> dict[str, Any]:
        """What results depend on besides the articles: versions, settings, and the hashes of model and tables."""
        return self._engine.made_with

    def __call__(
        self,
        text: str,
        *,
        title: str | None = None,
        date: Date | None = None,
        id: str | None = None,
        language: str | None = None,
    ) -> Document:
        """The mentions of one article. Many articles go faster through `pipe` or `extract`.

        Args:
            text: the text.
            title: the headline, which is searched too.
            date: when it was published: it decides between names that changed hands.
            id: an identifier, which is returned.
            language: an ISO 639-1 code; default: detected.

        Raises:
            ArticleError: the article cannot be processed.
        """
        article = Article(text, title, date, id, language)
        return Document._of(article, self._engine.extract(*article))

    @overload
    def pipe(
        self,
        texts: Iterable[str | Article | Mapping[str, Any]],
        *,
        as_tuples: Literal[False] = False,
        errors: Errors = "row",
        progress: bool = False,
    ) -> Iterator[Document]: ...

    @overload
    def pipe(
        self,
        texts: Iterable[tuple[str | Article | Mapping[str, Any], Any]],
        *,
        as_tuples: Literal[True],
        errors: Errors = "row",
        progress: bool = False,
    ) -> Iterator[tuple[Document, Any]]: ...

    def pipe(
        self, texts: Iterable[Any], *, as_tuples: bool = False, errors: Errors = "row", progress: bool = False
    ) -> Iterator[Any]:
        """The mentions of a stream of articles, in order: batched, on all workers.

        Up to some hundred articles are read before the first document is returned.

        Args:
            texts: texts, `Article`s, or mappings with the keys `text`, `title`, `date`, `id`, `language`.
            as_tuples: takes pairs of a text and anything, and returns pairs of a document and that.
            errors: `"row"` returns a document with `error` for an article that cannot be processed, `"raise"` raises.
            progress: show a progress bar (needs tqdm).

        Raises:
            ArticleError: with `errors="raise"`, an article cannot be processed.
        """
        _check_errors(errors)
        stream = self._engine.stream()
        under_way: deque[tuple[Article, Any]] = deque()

        def take(seconds: float) -> Iterator[Any]:
            for result in stream.take(seconds) or ():
                article, context = under_way.popleft()
                document = Document._of(article, result)
                if document.error is not None and errors == "raise":
                    raise ArticleError(document.error)
                bar.update(1)
                yield (document, context) if as_tuples else document

        with Progress(texts, shown=progress) as bar:
            for item in texts:
                value, context = item if as_tuples else (item, None)
                article = _article(value)
                stream.push(*article)
                under_way.append((article, context))
                yield from take(0)
                while stream.is_full:
                    yield from take(INTERVAL)
            stream.finish()
            while under_way:
                yield from take(INTERVAL)

    def extract(
        self,
        table: Any,
        *,
        text: str = "text",
        id: str | None = None,
        title: str | None = None,
        date: str | None = None,
        language: str | None = None,
        keep: Sequence[str] = (),
        nested: bool = False,
        errors: Errors = "row",
        progress: bool = False,
    ) -> Table:
        """The mentions of the articles of a table.

        Args:
            table: anything with `__arrow_c_stream__`: a table or reader of pyarrow, a data frame of pandas or Polars, a
                relation of DuckDB. A reader is read batch by batch.
            text: the column of texts.
            id: the column of identifiers; default: the number of the row.
            title: the column of headlines, which are searched too.
            date: the column of dates: text, dates, times, or numbers.
            language: the column of ISO 639-1 codes; default: detected.
            keep: columns to copy to the result; in a table of mentions they are called `meta_NAME`.
            nested: returns a row per article with a list of mentions, not a row per mention.
            errors: `"row"` returns a row with `error` for an article that cannot be processed, `"raise"` raises.
            progress: show a progress bar (needs tqdm).

        Returns:
            The columns of docs/output.md, and `error`; with `nested`, `id`, `mentions`, `language` and `error`.

        Raises:
            ArticleError: with `errors="raise"`, an article cannot be processed.
            ConfigError: a column does not exist, or has an unsuitable type.
        """
        extraction = self._extraction(table, (text, title, date, id, language), keep, nested, errors)
        with Progress(table, shown=progress) as bar:
            while (rows := _step(extraction)) is not None:
                bar.update(rows)
        return Table(extraction.take())

    def extract_batches(
        self,
        table: Any,
        *,
        text: str = "text",
        id: str | None = None,
        title: str | None = None,
        date: str | None = None,
        language: str | None = None,
        keep: Sequence[str] = (),
        nested: bool = False,
        errors: Errors = "row",
    ) -> Iterator[Table]:
        """The same as `extract`, in parts as they are done: for tables that are larger than the memory.

        A reader of pyarrow or a relation of DuckDB is read as it is needed, on this thread.
        """
        extraction = self._extraction(table, (text, title, date, id, language), keep, nested, errors)
        while _step(extraction) is not None:
            if len(part := extraction.take()):
                yield Table(part)

    def link(
        self,
        text: Any,
        mentions: Iterable[Any] | None = None,
        *,
        title: str | None = None,
        date: Date | None = None,
        id: str | None = None,
        language: str | None = None,
    ) -> Document:
        """Links the mentions that another recogniser found, and adds names of the table that it missed.

        Args:
            text: the text; or a document of spaCy, with its entities.
            mentions: spans of spaCy, results of a pipeline of transformers or of GLiNER, `Span`s, or dictionaries with
                `start`, `end`, `type` and perhaps `score` and `field`. Offsets are code points.
            title: the headline, for mentions in it.
            date: when the article was published.
            id: an identifier, which is returned.
            language: an ISO 639-1 code.

        Raises:
            ArticleError: a span is not within the text.
        """
        if mentions is None:
            text, mentions = text.text, text.ents
        article = Article(text, title, date, id, language)
        return Document._of(article, self._engine.link(spans_of(mentions), *article))

    def explain(
        self,
        text: str,
        *,
        title: str | None = None,
        date: Date | None = None,
        id: str | None = None,
    ) -> Explanation:
        """Why each mention of an article is linked as it is: rows of the table, candidates, scores, steps.

        Print it, or use `explanation.data`.
        """
        return Explanation(*self._engine.explain(text, title, date, id or ""))

    def run(
        self,
        inputs: Paths,
        out: str | os.PathLike[str],
        *,
        resume: bool = False,
        overwrite: bool = False,
        shard_size: int | None = None,
        text: str | Sequence[str] = (),
        id: str | None = None,
        title: str | None = None,
        date: str | None = None,
        keep: Sequence[str] = (),
        output_format: Literal["jsonl", "parquet"] | None = None,
        articles: str | os.PathLike[str] | None = None,
        progress: bool = False,
        **settings: Any,
    ) -> dict[str, Any]:
        """Processes files into files, as the command `extract` does: rejects, shards, resume, a summary.

        It uses the sessions and tables of this object.

        Args:
            inputs: files, directories and patterns of them.
            out: a file of mentions, or a directory of shards: a name that ends in `/`, or any with `resume`,
                `overwrite` or `shard_size`.
            resume: continue the run in the directory after its last complete shard; start it if there is none.
            overwrite: replace the run in the directory.
            shard_size: records of a shard; default 5000.
            text: the fields of the text, where not under a usual name.
            id: the field of the identifier.
            title: the field of the headline.
            date: the field of the date.
            keep: fields to copy to each mention.
            output_format: how mentions are stored where their name does not say.
            articles: a file with a line for each article; a directory always has them.
            progress: show a progress bar (needs tqdm).
            settings: further fields of `RunOptions`, such as `languages=["en"]` or `limits={"memory": 2 << 30}`.

        Returns:
            The summary, with `status`: `complete`, or `already_complete` where nothing was left to do.

        Raises:
            ConfigError: a setting is impossible, or an input does not exist.
            NamewireError: the run failed. What is complete can be resumed.
            KeyboardInterrupt: Ctrl-C has stopped it, after the shard in flight.
        """
        fields = {"text": [text] if isinstance(text, str) else list(text), "id": id, "title": title, "date": date}
        return run(
            self._engine,
            [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs,
            out,
            resume=resume,
            overwrite=overwrite,
            shard_size=shard_size,
            fields=fields,
            keep=keep,
            output_format=output_format,
            articles=articles,
            progress=progress,
            settings=settings,
        )

    def _extraction(
        self, table: Any, columns: tuple[Any, ...], keep: Sequence[str], nested: bool, errors: Errors
    ) -> _namewire.Extraction:
        _check_errors(errors)
        names = dict(zip(("text", "title", "date", "id", "language"), columns, strict=True), keep=list(keep))
        return self._engine.extract_table(arrow_stream(table), names, nested, errors == "raise")


def _step(extraction: _namewire.Extraction) -> int | None:
    try:
        return extraction.step(INTERVAL)
    except OSError as error:
        # Readers made of Python code turn Ctrl-C into an error like others.
        if "KeyboardInterrupt" in str(error):
            raise KeyboardInterrupt from error
        raise


def _check_errors(errors: str) -> None:
    if errors not in ("row", "raise"):
        raise ConfigError(f'errors must be "row" or "raise", not {errors!r}')


def _article(value: Any) -> Article:
    if isinstance(value, Article):
        return value
    if isinstance(value, Mapping):
        return Article(value.get("text"), *map(value.get, Article._fields[1:]))  # type: ignore[arg-type]
    return Article(value)


def table_setting(entities: Paths | None) -> Any:
    """Table files as the setting `tables`."""
    if entities is None:
        return "none"
    if entities == "starter":
        return "starter"
    files = [entities] if isinstance(entities, (str, os.PathLike)) else entities
    return {"files": [os.fspath(file) for file in files]}
