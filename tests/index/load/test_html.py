"""Web pages: the article and its headings, none of the furniture, in the right characters."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from load_samples import PARAGRAPHS, PATIENT, draft, page

from index.errors import DossierError, EmptyDocument


def test_the_article_is_kept_and_the_furniture_is_not() -> None:
    extra = (
        "<figure><img src='a.jpg'><figcaption>Ships wait at dawn. Photo: A. Nobody</figcaption>"
        "</figure>"
        "<h2>What it <em>costs</em></h2><p>It cost <b>42 million</b>&nbsp;euros, says"
        " <a href='/r'>the report</a>.<br>The town paid half.</p>"
        "<ul><li>Concrete took the largest part.</li><li>Gates took the rest.<ul><li>Two of"
        " them.</li></ul></li></ul>"
        "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2024</td><td>3,100</td></tr></table>"
        "<blockquote><p>“We had asked for less,” said one of them.</p></blockquote>"
        "<div class='related'><h3>Related stories</h3><ul><li><a href='/1'>Another lock</a></li>"
        "</ul></div>"
        "<section id='comments'><h2>Comments</h2><div class='comment'><p>First! What a waste of"
        " money, if you ask me.</p></div></section>"
    )

    result = draft("lock.html", page(*PARAGRAPHS, extra=extra).encode())

    blocks = result.text.split("\n\n")
    assert blocks[:3] == list(PARAGRAPHS)
    assert "What it costs" in blocks
    assert "It cost 42 million euros, says the report.\nThe town paid half." in blocks
    assert {"Concrete took the largest part.", "Gates took the rest.", "Two of them."} <= set(
        blocks
    )
    assert {"Year | Ships", "2024 | 3,100"} <= set(blocks)
    assert "“We had asked for less,” said one of them." in blocks
    for gone in ("Front page", "All rights", "Photo", "Another lock", "First!", "Comments"):
        assert gone not in result.text
    assert "What it costs" in [span.cut(result.text) for span in result.headings]
    assert result.media_type == "text/html"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("<meta charset='windows-1251'>", "cp1251"),
        ("<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8_r"),
        ("<meta charset=utf-8>", "utf-8"),
        ("<meta charset='nonsense'>", "utf-8"),
        ("<meta charset=utf-16>", "utf-8"),
        ("<meta charset=rot13>", "utf-8"),
        ("<meta charset=undefined>", "utf-8"),
        ("", "utf-8-sig"),
        ("<meta charset='windows-1251'>", "utf-16"),
    ],
)
def test_the_declared_encoding_is_used(declared: str, encoding: str) -> None:
    words = "Шлюз открыли в понедельник после одиннадцати лет работ, сообщила администрация порта."

    result = draft("a.html", page(words, head=declared).encode(encoding))

    assert words in result.text


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    words = "“The lock is open”, said the mayor – and nobody in the harbour disagreed with him."

    markup = page(words, head="<meta charset=iso-8859-1>").encode("cp1252")

    assert words in draft("a.html", markup).text


def test_the_server_outranks_the_page() -> None:
    words = "Шлюз открыли в понедельник после одиннадцати лет работ, сообщила администрация порта."
    markup = page(words, head="<meta charset=iso-8859-1>").encode("cp1251")

    result = draft("a.html", markup, media_type="text/html; charset=windows-1251")

    assert words in result.text


def test_a_damaged_byte_does_not_spoil_the_page() -> None:
    words = "Der Bürgermeister lobte die neue Schleuse über alle Maßen. " * 40

    markup = page(words).encode().replace("Bürgermeister".encode(), b"B\xfcrgermeister", 1)

    result = draft("a.html", markup)
    assert result.text.count("Bürgermeister") == 39
    assert "B\ufffdrgermeister" in result.text


def test_a_page_in_a_declared_encoding_that_it_is_not_in_is_detected() -> None:
    words = "Новый шлюз открыли в понедельник после одиннадцати лет работ на реке. " * 5

    result = draft("a.html", page(words, head="<meta charset=utf-8>").encode("cp1251"))

    assert "Новый шлюз" in result.text


def test_metadata_stated_in_json_ld_come_first() -> None:
    head = """<title>The lock | Harbour Post</title>
      <meta property="og:site_name" content="Harbour Post"><meta name="author" content="Desk">
      <link rel="canonical" href="https://example.org/lock">
      <script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
        {"@type": "Organization", "name": "Harbour Post"},
        {"@type": ["NewsArticle"], "headline": "Lock &amp; key | Harbour Post",
         "datePublished": "2025-03-03T23:30:00-05:00",
         "author": [{"@type": "Person", "name": "Ines Morel"}, {"name": "Jo Ek"}],
         "publisher": {"@type": "Organization", "name": "Harbour Post"}}]}</script>"""

    known = draft("a.html", page(*PARAGRAPHS, head=head).encode()).metadata

    assert known.title == "Lock & key"
    assert known.outlet == "Harbour Post"
    assert known.author == "Ines Morel, Jo Ek"
    assert known.published_at == date(2025, 3, 3)
    assert known.url == "https://example.org/lock"
    assert known.language == "en"
    assert not known.inferred


def test_metadata_stated_in_meta_elements() -> None:
    head = """<script type="application/ld+json">{"broken": </script>
      <script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": [
        {"@type": "NewsArticle", "headline": "Something else"}]}</script>
      <meta property="og:title" content="The lock"><meta name="citation_author" content="I. Morel">
      <meta name="citation_author" content="J. Ek"><meta property="article:author"
      content="https://social.example/desk"><meta name="date" content="someday">
      <meta property="article:published_time" content="3 March 2025, 10:15 GMT">
      <meta property="og:url" content="/relative">"""

    known = draft("a.html", page(*PARAGRAPHS, head=head).encode()).metadata

    assert (known.title, known.author, known.published_at) == (
        "The lock",
        "I. Morel, J. Ek",
        date(2025, 3, 3),
    )
    assert known.url is None


def test_a_marked_up_date_is_stated_and_a_byline_by_class_name_is_inferred() -> None:
    extra = (
        "<p class='author'>Ines Morel</p>"
        "<time itemprop='datePublished' datetime='2025-03-03'>yesterday</time>"
    )

    known = draft(
        "a.html", page(*PARAGRAPHS, extra=extra, head="<title>Lock</title>").encode()
    ).metadata

    assert known.published_at == date(2025, 3, 3)
    assert known.author == "Ines Morel"
    assert known.inferred == {"author"}


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body></body></html>",
        "<html><head><title>Only a title</title></head><body><nav></nav></body></html>",
        "<script>var a = 'words in a script';</script>",
        "<!-- nothing -->",
    ],
)
def test_a_page_without_text_is_empty(markup: str) -> None:
    with pytest.raises(EmptyDocument, match=r"bare\.html"):
        draft("bare.html", markup.encode())


@pytest.mark.parametrize(
    "markup",
    [
        "<p>The lock opened on Monday.</p>",
        "<div>The lock opened on Monday.</div>",
        "<html><body><nav>The lock opened on Monday.</nav></body></html>",
        "<?xml version='1.0' encoding='utf-8'?><html><p>The lock opened on Monday.</p></html>",
    ],
)
def test_a_page_of_few_words_still_gives_them(markup: str) -> None:
    assert "The lock opened on Monday." in draft("a.html", markup.encode()).text


def test_text_without_any_tag_is_read_as_text() -> None:
    result = draft("a.html", b"The lock opened on Monday.\r\n")

    assert result.text == "The lock opened on Monday.\r\n"
    assert result.media_type == "text/plain"


@settings(PATIENT, max_examples=40)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<h2>",
                "<ul><li>",
                "</li>",
                "<table><tr><td>",
                "<br>",
                "<pre>",
                "<b>",
                "</div>",
                "<blockquote>",
                "<!--",
                "&#x0;",
                "&#xd800;",
                "&amp;",
                "]]>",
                "<svg>",
                "\x01",
                "\u202e",
                "The lock opened on Monday. ",
                "Eleven years passed. ",
            ]
        ),
        min_size=1,
        max_size=40,
    )
)
def test_broken_markup_gives_exact_spans_or_a_clear_error(pieces: list[str]) -> None:
    try:
        result = draft("a.html", ("<p>Start.</p>" + "".join(pieces)).encode())
    except DossierError:
        return
    result.text.encode()
    assert "\x00" not in result.text
    for heading in result.headings:
        assert heading.cut(result.text).strip() == heading.cut(result.text) != ""


def test_a_deeply_nested_page_does_no_harm() -> None:
    markup = "<div>" * 50_000 + "The lock opened." + "</div>" * 50_000
    with contextlib.suppress(DossierError):
        assert draft("a.html", markup.encode()).text
