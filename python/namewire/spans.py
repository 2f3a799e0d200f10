"""Mentions of other recognisers, as spans to be linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A mention that another recogniser found, in code points of the title or the text."""

    start: int
    end: int
    type: str
    score: float = 1.0
    field: str = "text"


def spans_of(mentions: Iterable[Any]) -> list[dict[str, Any]]:
    """The spans of spaCy, of pipelines of transformers, of GLiNER, of namewire, and of plain values."""
    return [_span(mention)._asdict() for mention in mentions]


def _span(mention: Any) -> Span:
    if isinstance(mention, Mapping):
        return _of_mapping(mention)
    if isinstance(mention, tuple):
        return Span(*mention)
    if hasattr(mention, "start_char"):  # spaCy
        return Span(mention.start_char, mention.end_char, mention.label_)
    return Span(mention.start, mention.end, mention.type, _score(mention.score), mention.field)


def _of_mapping(mention: Mapping[str, Any]) -> Span:
    kind = next((mention[key] for key in ("type", "label", "entity_group") if mention.get(key)), None)
    if kind is None and "entity" in mention:
        raise ValueError("these are tokens, not mentions: give the pipeline an aggregation_strategy, such as 'simple'")
    if kind is None:
        raise ValueError(f"a mention needs start, end and type: {dict(mention)!r}")
    field = mention.get("field", "text")
    return Span(int(mention["start"]), int(mention["end"]), kind, _score(mention.get("score")), field)


def _score(score: Any) -> float:
    return 1.0 if score is None else float(score)
