"""Turn an entry into the strings a question may resemble."""

import re

from knowledge.entries import Entry
from knowledge.matching import Document

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def document_of(entry: Entry) -> Document:
    """Return the entry's title, aliases and examples and, as its body, the summary without its figures.

    The longer facets stay out: measured on the golden questions they add nothing and let foreign questions in.
    """
    return Document(
        entry.code,
        (
            ("title", entry.title),
            *(("alias", alias) for alias in entry.aliases),
            *(("example", example) for example in entry.examples),
            ("body", _PLACEHOLDER.sub("", entry.summary)),
        ),
    )
