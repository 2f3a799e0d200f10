"""Articles, documents and their mentions."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

Date = str | int | float | datetime.date
"""A date as text in any form of newsrooms, as `date` or `datetime`, or as a number: `20140109`, or Unix time."""


class Article(NamedTuple):
    """An article to be processed."""

    text: str
    title: str | None = None
    date: Date | None = None
    id: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """How a mention was linked, or why it was not; see docs/output.md for the values."""

    status: Literal["linked", "unknown", "ambiguous", "refused"]
    method: str | None = None
    alias: str | None = None
    score: float | None = None
    evidence: dict[str, Any] | None = None
    candidates: list[tuple[str, float]] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A named entity in an article.

    `start` and `end` are code points of the text, or of the title where `field` says so: `text[start:end]` is the
    mention.
    """

    text: str
    type: str
    start: int
    end: int
    field: Literal["title", "text"]
    score: float | None
    found_by: Literal["model", "table", "both"]
    sentence: int
    entity_id: str | None
    entity_name: str | None
    entity_type: str | None
    local_id: int
    link: Link
    start_byte: int
    end_byte: int

    @classmethod
    def _of(cls, values: dict[str, Any]) -> Mention:
        values["link"] = Link(**values["link"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Document:
    """An article with its mentions, in the order of the title and the text.

    `error` says why an article could not be processed; it has no mentions then.
    """

    text: str
    mentions: tuple[Mention, ...]
    title: str | None = None
    date: Date | None = None
    id: str | None = None
    language: str | None = None
    error: str | None = None

    @classmethod
    def _of(cls, article: Article, result: tuple[str | None, list[dict[str, Any]], str | None]) -> Document:
        language, mentions, error = result
        found = tuple(map(Mention._of, mentions))
        text, title, date, identifier, declared = article
        return cls(text, found, title, date, identifier, language or declared, error)

    def to_dict(self) -> dict[str, Any]:
        """The document and its mentions as plain values."""
        return asdict(self)

    def _repr_html_(self) -> str:
        """What notebooks show: the text with its mentions marked; reasons are under the pointer."""
        from namewire.html import render

        return render(self)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasoning behind the links of an article: `str(explanation)` for people, `data` for programs."""

    text: str
    data: dict[str, Any]

    def __str__(self) -> str:
        """Lines for people."""
        return self.text
