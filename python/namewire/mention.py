"""Mentions and their links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


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
