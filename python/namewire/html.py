"""Documents as HTML: the text with its mentions marked, and the reasons of their links."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from namewire.mention import Mention

COLOURS = {"PER": "#cfe3ff", "ORG": "#ffdfb8", "LOC": "#cdf0cd", "MISC": "#eadcf7"}
OTHER = "#e6e6e6"
MARK = "background:{colour};color:#111;padding:0 .25em;border-radius:.25em;border-bottom:2px {line} #555"
LABEL = "font-size:.7em;opacity:.75;margin-left:.35em"


def render(title: str | None, text: str, mentions: Sequence[Mention], error: str | None) -> str:
    """A document as a fragment of HTML."""
    if error is not None:
        return f"<div>not processed: {escape(error)}</div>"
    heading = f"<h4>{_marked(mentions, 'title', title)}</h4>" if title else ""
    body = _marked(mentions, "text", text)
    return f'<div>{heading}<div style="white-space:pre-wrap;line-height:1.9">{body}</div></div>'


def _marked(mentions: Sequence[Mention], field: str, text: str) -> str:
    parts, end = [], 0
    for mention in mentions:
        if mention.field == field:
            parts += [escape(text[end : mention.start]), _mark(mention)]
            end = mention.end
    return "".join([*parts, escape(text[end:])])


def _mark(mention: Mention) -> str:
    style = MARK.format(
        colour=COLOURS.get(mention.type, OTHER), line="solid" if mention.entity_id is not None else "dotted"
    )
    label = mention.entity_id or mention.type
    return (
        f'<mark style="{style}" title="{escape(_reasons(mention))}">{escape(mention.text)}'
        f'<span style="{LABEL}">{escape(label)}</span></mark>'
    )


def _reasons(mention: Mention) -> str:
    """The lines that are shown where the pointer is on a mention."""
    link = mention.link
    found = f"{mention.type}, found by {mention.found_by}"
    lines = [found if mention.score is None else f"{found}, {mention.score:.2f}"]
    if mention.entity_id is None:
        lines.append(f"{link.status}: {link.reason}")
    else:
        score = "" if link.score is None else f", {link.score:.2f}"
        lines += [f"{mention.entity_name} ({mention.entity_id})", f"by {link.method}{score}"]
        if link.reason:
            lines.append(link.reason)
    if link.evidence:
        lines.append(", ".join(f"{key} {value}" for key, value in link.evidence.items()))
    others = [f"{entity} {score:.2f}" for entity, score in link.candidates or () if entity != mention.entity_id]
    if others:
        lines.append("also " + ", ".join(others))
    return "\n".join(lines)
