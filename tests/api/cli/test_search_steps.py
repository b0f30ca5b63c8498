"""What the command line tells of the searches made for one question."""

import json

ASKED = "Which costs more, the Varn bridge or the Lindholm ferry?"


def test_explain_tells_every_search(dossier) -> None:  # type: ignore[no-untyped-def]
    shown = dossier("search", "--explain", ASKED).stdout
    told = shown[shown.index("Searches\n") :].splitlines()
    assert told[1].startswith(f"1. {ASKED}  (the question) ")
    assert told[2].startswith("2. Varn bridge costs  (one side: Varn bridge) ")
    assert told[3].startswith("3. Lindholm ferry costs  (one side: Lindholm ferry) ")
    assert "Searches\n" not in dossier("search", ASKED).stdout


def test_json_has_the_steps_of_search_and_answer(dossier) -> None:  # type: ignore[no-untyped-def]
    steps = json.loads(dossier("search", "--json", ASKED).stdout)["steps"]
    assert [step["why"] for step in steps[:2]] == ["the question", "one side: Varn bridge"]
    trace = json.loads(dossier("ask", "--json", ASKED).stdout)["trace"]
    assert trace == steps


def test_the_stream_tells_the_searches_before_the_answer(dossier) -> None:  # type: ignore[no-untyped-def]
    lines = dossier("ask", "--jsonl", ASKED).stdout.splitlines()
    retrieved = next(e for e in map(json.loads, lines) if e["type"] == "retrieved")
    assert retrieved["trace"][0]["query"] == ASKED
    assert len(retrieved["trace"]) >= 3
