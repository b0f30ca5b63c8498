"""Listing, showing and removing documents; searching them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from texts import BRIDGE

HOSTILE = (
    "The \x1b[31mred\x1b[0m report says \u202eabc\u202c that 40 boats sank.\r\nNobody was hurt.\n"
)


@pytest.fixture(scope="module")
def by_title(library: Path) -> dict[str, str]:
    from click.testing import CliRunner

    from api.cli import cli

    rows = CliRunner().invoke(cli, ["sources", "--data", str(library)]).stdout.splitlines()
    return {row.split("\t")[4]: row.split("\t")[0] for row in rows}


def test_the_list_has_one_line_a_document(dossier) -> None:
    rows = [line.split("\t") for line in dossier("sources").stdout.splitlines()]
    assert sorted(row[1:] for row in rows if row[3]) == [
        ["1", "2024-04-14", "Lindholm Post", "Cranes back at work", ""],
        ["1", "2024-05-02", "Varn Herald", "ferry.txt", ""],
        ["1", "2024-06-20", "Varn Herald", "Cracks in the bridge", ""],
    ]
    assert len(rows) == 4


def test_the_list_as_json_goes_page_by_page(dossier, monkeypatch) -> None:
    monkeypatch.setattr("api.cli.sources._PAGE", 2)
    documents = json.loads(dossier("sources", "--json").stdout)
    assert len({document["id"] for document in documents}) == 4
    assert all("text" not in document for document in documents)
    assert {document["outlet"] for document in documents} >= {"Lindholm Post", "Varn Herald"}


def test_the_list_may_be_filtered(dossier) -> None:
    result = dossier("sources", "--outlet", "varn herald", "--since", "2024-06-01")
    assert "Cracks in the bridge" in result.stdout
    assert len(result.stdout.splitlines()) == 1
    none = dossier("sources", "--until", "1999-01-01")
    assert (none.exit_code, none.stdout) == (0, "")
    assert "filters" in none.stderr
    assert json.loads(dossier("sources", "--json", "--until", "1999-01-01").stdout) == []


def test_an_empty_record_says_what_to_do(dossier, tmp_path: Path) -> None:
    result = dossier("sources", data=tmp_path / "new")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "dossier ingest" in result.stderr


def test_show_tells_what_is_known(dossier, by_title) -> None:
    shown = dossier("sources", "show", by_title["Cracks in the bridge"]).stdout
    for line in (
        "Cracks in the bridge",
        "version:      1 of 1",
        "outlet:       Varn Herald",
        "published at: 2024-06-20",
        "passages:     1",
    ):
        assert line in shown.splitlines()
    assert "(inferred)" not in shown


def test_show_marks_what_was_inferred(dossier, tmp_path: Path) -> None:
    page = (
        "<html><head><title>Night ferry</title></head><body><article><h1>Night ferry</h1>"
        "<p>The night ferry sails at ten from the north quay of Lindholm.</p>"
        "</article></body></html>"
    )
    data = tmp_path / "data"
    dossier("ingest", "-", "--name", "n.html", "--outlet", "Post", input=page, data=data)
    (document,) = json.loads(dossier("sources", "--json", data=data).stdout)
    shown = dossier("sources", "show", document["id"], data=data).stdout.splitlines()
    assert "outlet:       Post" in shown
    for field in document["inferred"]:
        (line,) = [one for one in shown if one.startswith(f"{field.replace('_', ' ')}:")]
        assert line.endswith(" (inferred)")


def test_show_as_json_lists_the_versions(dossier, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for text in ("One ship.", "Two ships."):
        dossier("ingest", "-", "--name", "n.txt", input=text, data=data)
    (document,) = json.loads(dossier("sources", "--json", data=data).stdout)
    shown = json.loads(dossier("sources", "show", "--json", document["id"], data=data).stdout)
    assert (shown["version"], shown["latest"], shown["passages"]) == (2, 2, 1)
    assert [one["version"] for one in shown["versions"]] == [1, 2]
    old = dossier("sources", "show", "--text", "--version", 1, document["id"], data=data)
    assert old.stdout == "One ship."


def test_the_text_is_exact_in_a_pipe_and_the_rest_harmless(dossier, tmp_path: Path) -> None:
    data = tmp_path / "data"
    named = ["--name", "h.txt", "--title", "\x1b]0;x\x07"]
    dossier("ingest", "-", *named, input=HOSTILE.encode(), data=data)
    (document,) = json.loads(dossier("sources", "--json", data=data).stdout)
    text = dossier("sources", "show", "--text", document["id"], data=data)
    assert text.stdout_bytes == HOSTILE.encode()
    for command in (
        ["sources"],
        ["sources", "show", document["id"]],
        ["search", "boats sank", "--explain"],
        ["ask", "How many boats sank?"],
    ):
        shown = dossier(*command, data=data)
        assert shown.exit_code == 0, shown.output
        assert not set("\x1b\x07\u202e\u202c") & set(shown.output)
    assert "<U+001B>[31mred" in dossier("search", "boats", data=data).stdout


@pytest.mark.parametrize(
    "arguments", [["d-000000000000"], ["nonsense"], ["--version", "9", "BRIDGE"]]
)
def test_what_is_not_there_is_told(dossier, by_title, arguments: list[str]) -> None:
    known = by_title["Cracks in the bridge"]
    result = dossier("sources", "show", *(known if a == "BRIDGE" else a for a in arguments))
    assert result.exit_code == 1
    assert "dossier sources" in result.stderr


def test_text_and_json_exclude_each_other(dossier) -> None:
    assert dossier("sources", "show", "--text", "--json", "d-1").exit_code == 2


def test_remove_takes_documents_out_and_reports_unknown_ids(dossier, own: Path, by_title) -> None:
    bridge = by_title["Cracks in the bridge"]
    result = dossier("sources", "remove", "--yes", bridge, "d-000000000000", data=own)
    assert result.exit_code == 1
    assert result.stdout == f"removed {bridge}  Cracks in the bridge\n"
    assert "d-000000000000" in result.stderr
    assert bridge not in dossier("sources", data=own).stdout
    asked = dossier("ask", "How much will the repairs of the Varn bridge cost?", data=own)
    assert "18 million" not in asked.stdout


def test_remove_asks_on_a_terminal(dossier, own: Path, by_title, monkeypatch) -> None:
    bridge = by_title["Cracks in the bridge"]
    silent = dossier("sources", "remove", bridge, data=own)
    assert silent.exit_code == 2
    assert "--yes" in silent.stderr

    monkeypatch.setattr("api.cli.sources.on_terminal", lambda: True)
    refused = dossier("sources", "remove", bridge, data=own, input="n\n")
    assert refused.exit_code == 130
    assert "Cracks in the bridge" in refused.stderr
    assert bridge in dossier("sources", data=own).stdout
    agreed = dossier("sources", "remove", bridge, data=own, input="y\n")
    assert agreed.exit_code == 0
    assert bridge not in dossier("sources", data=own).stdout


class TestSearch:
    """Passages with their scores."""

    def test_the_best_passage_comes_first(self, dossier) -> None:
        result = dossier("search", "cost", "of", "repairs", "--limit", 2)
        assert result.exit_code == 0
        first = result.stdout.split("\n\n")[0]
        head, text = first.split("\n", 1)
        assert head.startswith("1. Varn Herald, 2024-06-20, Cracks in the bridge  ")
        assert text.strip() == BRIDGE.strip()
        assert "2. " in result.stdout
        assert "3. " not in result.stdout
        assert "Searched 4 documents" in result.stdout

    def test_explain_shows_each_stage(self, dossier) -> None:
        shown = dossier("search", "--explain", "cost of repairs").stdout
        assert " dense " in shown
        assert "keyword " in shown

    def test_json_has_the_words_and_their_place(self, dossier, by_title) -> None:
        reply = json.loads(dossier("search", "--json", "cost of repairs").stdout)
        best = reply["hits"][0]
        assert best["document_id"] == by_title["Cracks in the bridge"]
        assert best["text"] == BRIDGE[best["start"] : best["end"]]
        assert reply["coverage"]["documents"] == 4

    def test_nothing_to_search_for_is_code_2(self, dossier) -> None:
        assert dossier("search", " ").exit_code == 2

    def test_an_empty_record_is_no_error(self, dossier, tmp_path: Path) -> None:
        result = dossier("search", "anything", data=tmp_path / "new")
        assert result.exit_code == 0
        assert "dossier ingest" in result.stdout
