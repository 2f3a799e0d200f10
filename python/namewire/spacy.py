"""A component for spaCy: `nlp.add_pipe("namewire_linker")` links the entities of a document.

    nlp = spacy.load("en_core_web_sm")
    nlp.add_pipe("namewire_linker", config={"entities": "my.jsonl"})
    [(ent.text, ent.kb_id_) for ent in nlp("Davutoğlu met the YPG in Geneva.").ents]

`ent.kb_id_` is the id of the entity, and `ent._.namewire` the mention with the reasons of its link, as a dictionary.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from namewire.model import Namewire, load

if TYPE_CHECKING:
    from namewire.mention import Mention


@Language.factory(
    "namewire_linker",
    default_config={"entities": "starter", "model": None, "date_from": None, "add_missed": True},
    assigns=["doc.ents", "token.ent_kb_id", "span._.namewire"],
    requires=["doc.ents"],
)
def create_linker(
    nlp: Language,
    name: str,
    entities: str | list[str],
    model: str | None,
    date_from: str | None,
    add_missed: bool,
) -> Linker:
    """The component.

    Args:
        nlp: the pipeline.
        name: the name of the component in it.
        entities: the table files, or `"starter"`.
        model: the model whose types mentions get.
        date_from: the name of an extension of the document, `doc._.NAME`, that holds its date.
        add_missed: whether names of the table that the recogniser missed become entities, too.
    """
    linking = {"add_missed": add_missed}
    return Linker(load(model, entities=entities, workers=0, linking=linking), date_from)


class Linker:
    """Links the entities of documents."""

    def __init__(self, namewire: Namewire, date_from: str | None) -> None:
        """Links to the table of `namewire`."""
        self._namewire = namewire
        self._date_from = date_from
        if not Span.has_extension("namewire"):
            Span.set_extension("namewire", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Sets the entities of a document to the linked mentions."""
        date = getattr(doc._, self._date_from) if self._date_from else None
        mentions = self._namewire.link(doc.text, doc.ents, date=date).mentions
        found = [(_span(doc, mention), mention) for mention in mentions]
        doc.set_ents(filter_spans([span for span, _ in found]))
        for span, mention in found:
            span._.namewire = asdict(mention)
        return doc


def _span(doc: Doc, mention: Mention) -> Span:
    # Tokens of spaCy may be longer than the name: "Ankara-based".
    return doc.char_span(
        mention.start,
        mention.end,
        label=mention.type,
        kb_id=mention.entity_id or "",
        alignment_mode="expand",
    )
