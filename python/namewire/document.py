"""Articles, and documents with their mentions."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from namewire.mention import Mention

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

        return render(self.title, self.text, self.mentions, self.error)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasoning behind the links of an article: `str(explanation)` for people, `data` for programs."""

    text: str
    data: dict[str, Any]

    def __str__(self) -> str:
        """Lines for people."""
        return self.text
