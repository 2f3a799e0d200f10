"""Named entities of news, found with an ONNX model and linked to your own table.

>>> import namewire
>>> nw = namewire.load()
>>> doc = nw("Davutoğlu met the YPG in Geneva.", date="2014-01-09")
>>> [(m.text, m.type, m.entity_id) for m in doc.mentions]  # doctest: +NORMALIZE_WHITESPACE
[('Davutoğlu', 'PER', 'per/ahmet-davutoglu'), ('YPG', 'ORG', 'org/ypg'), ('Geneva', 'LOC', 'loc/geneva')]
"""

from namewire import entities
from namewire._namewire import __version__
from namewire.document import Article, Document, Explanation
from namewire.errors import ArticleError, ConfigError, NamewireError
from namewire.evaluation import evaluate
from namewire.mention import Link, Mention
from namewire.model import Namewire, load
from namewire.spans import Span
from namewire.table import Table

__all__ = [
    "Article",
    "ArticleError",
    "ConfigError",
    "Document",
    "Explanation",
    "Link",
    "Mention",
    "Namewire",
    "NamewireError",
    "Span",
    "Table",
    "__version__",
    "entities",
    "evaluate",
    "load",
]
