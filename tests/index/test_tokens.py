"""Counting tokens offline."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DossierError, TokenizerUnusable
from index.text import tokens

RANKS = "_static/tiktoken_cache"


def shipped_ranks() -> Path:
    """Return the folder of ranks in llama-index-core."""
    found = [Path(entry) / "llama_index/core" / RANKS for entry in sys.path]
    return next(folder for folder in found if folder.is_dir())


@pytest.fixture
def forgotten():
    """Let the encoder be loaded anew, in the test and after it."""
    tokens._encoder.cache_clear()
    yield
    tokens._encoder.cache_clear()


def test_counts_as_the_published_encoding_does(monkeypatch: pytest.MonkeyPatch):
    import tiktoken

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(shipped_ranks()))
    reference = tiktoken.get_encoding("cl100k_base")
    for text in (
        "The harbour was closed for 12 days, the ministry said on 3 May 2024.",
        "Öl, Übermut und Straße: 1.234,5 €\r\n\r\n  eingerückt",
        "Порт был закрыт. 港口已关闭。 الميناء مغلق 😀👩‍👩‍👧",
        "It's they'll WE'VE  a\tb\n\n\nc   ",
    ):
        assert tokens.count(text) == len(reference.encode_ordinary(text))


def test_special_tokens_in_a_document_are_text():
    assert tokens.count("<|endoftext|>") > 1
    assert tokens.count("a <|im_start|> b <|fim_prefix|>") > 6


@pytest.mark.parametrize("run", ["a", " ", ".", "字", "\u0301", "😀", "\n", "ab,", "<|endoftext|>"])
def test_long_runs_are_counted_in_proportion(run: str):
    piece = tokens.count(run * 1_000)
    whole = tokens.count(run * 100_000)
    assert 90 * piece <= whole <= 110 * piece


def test_a_long_run_among_words_changes_the_rest_little():
    words = "a plain sentence of nine words is counted here. " * 200
    alone = tokens.count(words)
    run = tokens.count("x" * 3_000)
    assert abs(tokens.count(words + "x" * 3_000 + " " + words) - 2 * alone - run) < 20


def test_lone_surrogates_are_counted():
    assert tokens.count("a \ud800 b") >= 3


@given(st.text(max_size=300), st.integers(0, 40))
def test_prefix_fits_and_is_a_start(text: str, limit: int):
    start = tokens.prefix(text, limit)
    assert text.startswith(start)
    assert tokens.count(start) <= limit


def test_prefix_keeps_whole_words_and_as_many_as_fit():
    text = "harbour closed after storm damages the eastern quay"
    start = tokens.prefix(text, 5)
    assert text[len(start)] == " "
    following = text[len(start) :].split(maxsplit=1)[0]
    assert tokens.count(f"{start} {following}") > 5
    assert tokens.prefix(text, 100) == text


def test_prefix_cuts_a_word_that_is_too_long_alone():
    start = tokens.prefix("electroencephalographically speaking", 3)
    assert 0 < len(start) < len("electroencephalographically")


def test_prefix_of_white_space_only():
    assert tokens.prefix("\n" * 40 + "\t" * 9 + " \n" * 9, 1).strip() == ""


def test_missing_ranks_are_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, forgotten: None
):
    spec = ModuleSpec("llama_index", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(tokens, "find_spec", lambda _: spec)
    with pytest.raises(TokenizerUnusable, match="missing") as caught:
        tokens.count("word")
    assert isinstance(caught.value, DossierError)
    assert "make install" in caught.value.hint
    monkeypatch.setattr(tokens, "find_spec", lambda _: None)
    with pytest.raises(TokenizerUnusable, match="missing"):
        tokens.count("word")


def test_altered_ranks_are_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, forgotten: None
):
    folder = tmp_path / "core" / RANKS
    folder.mkdir(parents=True)
    for file in shipped_ranks().iterdir():
        (folder / file.name).write_bytes(b"IQ== 0\n")
    spec = ModuleSpec("llama_index", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(tokens, "find_spec", lambda _: spec)
    with pytest.raises(TokenizerUnusable, match="not the token ranks"):
        tokens.count("word")


def test_needs_no_network_no_cache_and_no_heavy_import(tmp_path: Path):
    script = """
import socket, sys
def refused(*_, **__):
    raise AssertionError("network")
socket.socket.connect = refused
socket.getaddrinfo = refused
from index.text import tokens
assert "tiktoken" not in sys.modules
assert tokens.count("three small words") == 3
assert "llama_index.core" not in sys.modules
"""
    env = {"TIKTOKEN_CACHE_DIR": str(tmp_path / "empty"), "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "empty").exists()
