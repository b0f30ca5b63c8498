"""Which cases hang together: those that are about one article, directly or through others."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def grouped(articles: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the group of each case, called like the first of the articles that make it.

    Two cases belong together if they share an article, and so do all that such pairs connect: what
    is said of one is not independent of the others.

    Args:
        articles: by the identifier of each case the articles that it is about; a case about none
            gets no group.
    """
    above: dict[str, str] = {}

    def root(article: str) -> str:
        above.setdefault(article, article)
        while above[article] != article:
            above[article] = article = above[above[article]]
        return article

    for about in articles.values():
        roots = sorted({root(article) for article in about})
        for other in roots[1:]:
            above[other] = roots[0]
    return {case: root(min(about)) for case, about in articles.items() if about}
