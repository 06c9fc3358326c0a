"""Finding without typing, and the words explained."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.window import off_loop, window_of


async def browse_page(request: Request) -> Response:
    """A menu: of ways to find, of subjects, counties or crops, or of entries."""
    window = window_of(request)
    key = request.query_params.get("k", "")
    menu = await off_loop(window.office.browse, key)
    return window.pages.render(request, "browse.html", menu=menu, is_top=not key)


async def words_page(request: Request) -> Response:
    """All words explained, on one page."""
    window = window_of(request)
    return window.pages.render(request, "words.html", words=window.office.knowledge.glossary, only=None)


async def word_page(request: Request) -> Response:
    """One word explained."""
    window = window_of(request)
    words, word = window.office.knowledge.glossary, request.path_params["word"]
    if word not in words:
        raise HTTPException(404, "这个词还没有解释。点“名词解释”看看别的词，或者直接问。")
    return window.pages.render(request, "words.html", words={word: words[word]}, only=word)
