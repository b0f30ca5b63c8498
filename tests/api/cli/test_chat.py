"""Conversations: from a script line by line, and on a real terminal."""

from __future__ import annotations

import asyncio
import io
import json
import re
import signal
from datetime import date
from pathlib import Path

import pytest
from made_answers import Terminal
from texts import BRIDGE

from api.cli import exits
from api.cli.chat import converse, prompt
from api.cli.conversation import COMMANDS, Conversation, changed
from api.cli.display import Display
from index.errors import InvalidFilter
from qa.question import FilterSet
from qa.service import build
from qa.settings import load_settings

COST = "How much will the repairs of the Varn bridge cost?"
QUOTE = "Repairs will cost 18 million crowns and should be finished by October."


def number_of(quote: str, shown: str) -> str:
    """Return the number under which a quotation is cited."""
    found = re.search(rf"^\[(\d+)\] .*\n    “{re.escape(quote)}”", shown, re.MULTILINE)
    assert found, shown
    return found[1]


def said(dossier, *lines: str, **more):
    return dossier("chat", input="".join(f"{line}\n" for line in lines), **more)


def test_lines_are_questions(dossier) -> None:
    result = said(dossier, COST, "", "How many passengers did the ferry carry?")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.count("[1] ") >= 2
    assert f"“{QUOTE}”" in result.stdout
    assert "310,000" in result.stdout
    assert "\x1b" not in result.output


def test_a_follow_up_is_understood_from_what_went_before(dossier) -> None:
    result = said(dossier, COST, "and when should they be finished?")
    _, _, second = result.stdout.partition("understood as: and when should they be finished?")
    assert "bridge" in second.splitlines()[0]
    assert "October" in second


def test_quit_ends_it(dossier) -> None:
    result = said(dossier, "/quit", COST)
    assert result.exit_code == 0
    assert result.stdout == ""


def test_help_names_every_command(dossier) -> None:
    shown = said(dossier, "/help").stdout
    assert [line.split("  ")[0] for line in shown.splitlines()] == list(COMMANDS)


def test_errors_end_nothing(dossier) -> None:
    result = said(dossier, "/open 1", "/nonsense", "x" * 100_000, COST, "/open 99", "/open x")
    assert result.exit_code == 0
    assert QUOTE in result.stdout
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 5
    assert "no answer yet" in errors[0]
    assert "/nonsense" in errors[1]
    assert "99" in errors[3]


def test_open_shows_the_quotation_in_its_context(dossier) -> None:
    number = number_of(QUOTE, said(dossier, COST).stdout)
    result = said(dossier, COST, f"/open [{number}]")
    context = result.stdout.rpartition("Varn Herald, 2024-06-20, Cracks in the bridge\n\n")[2]
    assert context.strip() == BRIDGE.strip().replace(QUOTE, f">>>{QUOTE}<<<")


def test_sources_lists_what_is_searched_and_marks_what_was_cited(dossier) -> None:
    result = said(dossier, COST, "/filters outlet='Varn Herald'", "/sources")
    rows = [line.split("\t") for line in result.stdout.splitlines() if line.startswith("d-")]
    assert [(row[4], row[5][:3]) for row in sorted(rows, key=lambda row: row[2])] == [
        ("ferry.txt", ""),
        ("Cracks in the bridge", "[1]"),
    ]


def test_filters_are_set_shown_and_lifted(dossier) -> None:
    result = said(
        dossier,
        "/filters",
        "/filters outlet='Varn Herald' since=2024-06-01",
        "/filters",
        "How many passengers did the ferry carry?",
        "/filters since=",
        "/filters clear",
        "/filters outlet=Nowhere",
        "/filters since=soon",
        "/filters",
    )
    shown = result.stdout.splitlines()
    both = 'outlet="Varn Herald" since=2024-06-01'
    assert shown[:3] == ["no filters: all documents are searched", both, both]
    assert [line for line in shown if f" Filters: {both}." in line]
    assert shown[-3:] == ['outlet="Varn Herald"', shown[0], shown[0]]
    assert "Nowhere" in result.stderr
    assert "'soon'" in result.stderr


def test_the_day_to_look_from_holds_for_the_conversation(dossier) -> None:
    result = said(
        dossier,
        "/filters as_of=2024-06-25 date='the election=2024-06-01' date=Easter=2024-03-31",
        "How much will the repairs of the bridge cost this month?",
        "How many passengers did the ferry carry before the election?",
        "/filters date= as_of=2024-05-03",
        "How many passengers did the ferry carry this week?",
        "/filters date=Easter",
    )
    shown = result.stdout.splitlines()
    assert shown[:2] == [
        "as_of=2024-06-25",
        'date="the election=2024-06-01" date="Easter=2024-03-31"',
    ]
    june, election, may = (line for line in shown if line.startswith("‘"))
    assert june == (
        "‘this month’ was read as 2024-06-01 to 2024-06-25 (as_of 2024-06-25): "
        "publications since 2024-06-01 count."
    )
    assert "publications until 2024-05-31 count" in election
    assert "‘this week’ was read as 2024-04-29 to 2024-05-03" in may
    assert "18 million" in result.stdout
    assert result.stdout.count("310,000 passengers last year [2023, computed]. [1]") == 2
    assert "as_of=2024-05-03" in shown
    assert "'Easter' is not the day of an event" in result.stderr


def test_filters_may_be_given_at_the_start(dossier) -> None:
    result = dossier("chat", "--until", "1999-01-01", input="/filters\n")
    assert result.stdout.splitlines() == [
        "until=1999-01-01",
        "no document passes these filters",
    ]


def test_an_empty_record_is_told_at_once(dossier, tmp_path: Path) -> None:
    result = said(dossier, "/quit", data=tmp_path / "new")
    assert "dossier ingest" in result.stderr


def test_save_writes_the_conversation_and_overwrites_only_its_own(dossier, tmp_path: Path) -> None:
    kept = tmp_path / "kept.md"
    kept.write_text("mine")
    result = said(
        dossier,
        COST,
        "/save",
        "/save kept.md",
        "/save talk.md",
        "Which opera did Verdi write in Cairo?",
        "/save talk.md",
        "/save nowhere/talk.md",
    )
    assert kept.read_text() == "mine"
    assert "kept.md exists" in result.stderr
    assert "no file was named" in result.stderr
    assert "nowhere/talk.md: No such file" in result.stderr
    saved = (tmp_path / "talk.md").read_text(encoding="utf-8")
    assert saved.startswith(f"## {COST}\n")
    assert f"```text\n{QUOTE}\n```" in saved
    assert "\\[1\\] Varn Herald, 2024-06-20, Cracks in the bridge" in saved
    assert "## Which opera did Verdi write in Cairo?" in saved
    assert "do not say" in saved


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("clear", FilterSet()),
        ("outlet=A outlet='B C'", FilterSet(outlets=("A", "B C"), documents=("d",))),
        ("outlet=", FilterSet(documents=("d",))),
        ("document=", FilterSet(outlets=("Z",))),
        (
            "collection=A collection=B language=en as_of=2025-01-22 date='The pact=2025-01-17'",
            FilterSet(
                outlets=("Z",),
                documents=("d",),
                collections=("A", "B"),
                languages=("en",),
                as_of=date(2025, 1, 22),
                dates={"The pact": date(2025, 1, 17)},
            ),
        ),
        (
            "since=2024-01-31 until=2024-02-29",
            FilterSet(
                outlets=("Z",),
                documents=("d",),
                since=date(2024, 1, 31),
                until=date(2024, 2, 29),
            ),
        ),
    ],
)
def test_filters_change_as_the_words_say(words: str, expected: FilterSet) -> None:
    assert changed(FilterSet(outlets=("Z",), documents=("d",)), words) == expected


@pytest.mark.parametrize(
    "words",
    [
        "outlet",
        "paper=A",
        "since=1/2/2024",
        "outlet='A",
        "until=2024",
        "as_of=now",
        "date=x",
        "dates=x=2024-01-01",
    ],
)
def test_filters_that_cannot_be_read_are_refused(words: str) -> None:
    with pytest.raises(InvalidFilter):
        changed(FilterSet(), words)


def test_on_a_terminal_it_has_colour_and_marks_by_style(library: Path, monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "300")
    terminal = Terminal()
    service = build(load_settings(data=library), write=False)
    try:
        conversation = Conversation(service, Display(terminal), FilterSet(), None)
        with asyncio.Runner() as runner:
            for line in (COST, "/sources"):
                assert runner.run(conversation.take(line))
            answered = terminal.getvalue()
            cited = conversation.answers[0].citations
            (number,) = [citation.number for citation in cited if citation.quote == QUOTE]
            runner.run(conversation.take(f"/open {number}"))
    finally:
        service.close()
    assert f"\x1b[36m [{number}]\x1b[0m" in answered
    assert "reading " in answered  # the passing line while it works
    assert "published" in answered  # the head of the table
    opened = terminal.getvalue()[len(answered) :]
    assert f"\x1b[7m{QUOTE}\x1b[0m" in opened
    assert ">>>" not in opened


class TestPrompt:
    """The line editor of a terminal."""

    @pytest.fixture
    def typed(self):
        from prompt_toolkit.application import create_app_session
        from prompt_toolkit.input import create_pipe_input
        from prompt_toolkit.output import DummyOutput

        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            yield pipe.send_text

    def test_lines_are_kept_for_the_next_time(self, typed, tmp_path: Path) -> None:
        from prompt_toolkit.history import FileHistory

        history = tmp_path / "chat-history"
        read = prompt(history)
        typed("first\r")
        assert read() == "first"
        assert history.stat().st_mode & 0o077 == 0
        assert list(FileHistory(str(history)).load_history_strings()) == ["first"]

    def test_ctrl_d_and_ctrl_c(self, typed, tmp_path: Path) -> None:
        read = prompt(tmp_path / "chat-history")
        typed("\x04")
        with pytest.raises(EOFError):
            read()
        typed("half a quest\x03")
        with pytest.raises(KeyboardInterrupt):
            read()

    def test_a_history_that_cannot_be_written_is_done_without(self, typed, tmp_path: Path) -> None:
        read = prompt(tmp_path / "missing" / "chat-history")
        for line in ("first", "second"):
            typed(f"{line}\r")
            assert read() == line


class TestInterrupts:
    """Ctrl-C stops the answer, twice leaves."""

    @pytest.fixture
    def conversation(self, library: Path):
        service = build(load_settings(data=library), write=False)
        yield Conversation(service, Display(io.StringIO()), FilterSet(), None)
        service.close()

    def run(self, conversation: Conversation, *lines: object, patient: bool = True) -> int:
        """Converse; a line that is an exception class is raised where a line is read."""
        script = iter(lines)

        def read() -> str:
            line = next(script, EOFError)
            if isinstance(line, str):
                return line
            raise line

        return converse(conversation, read, patient=patient)

    def test_once_goes_on(self, conversation, capsys) -> None:
        code = self.run(conversation, KeyboardInterrupt, "/help", KeyboardInterrupt, COST)
        assert code == exits.OK
        assert len(conversation.answers) == 1
        assert capsys.readouterr().err.count("Ctrl-C again") == 2

    def test_twice_leaves(self, conversation) -> None:
        assert self.run(conversation, KeyboardInterrupt, KeyboardInterrupt, COST) == 130
        assert not conversation.answers

    def test_a_script_is_left_at_once(self, conversation) -> None:
        assert self.run(conversation, KeyboardInterrupt, COST, patient=False) == 130

    def test_an_answer_that_is_stopped_does_not_count(self, conversation) -> None:
        search = conversation.service.corpus.search

        def interrupted(*arguments, **named):
            signal.raise_signal(signal.SIGINT)
            return search(*arguments, **named)

        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(conversation.service.corpus, "search", interrupted)
            assert self.run(conversation, KeyboardInterrupt, COST, "/help") == exits.OK
            assert self.run(conversation, COST, KeyboardInterrupt, COST) == exits.INTERRUPTED
        assert not conversation.answers
        assert self.run(conversation, COST) == exits.OK
        assert len(conversation.answers) == 1


def test_an_answer_keeps_the_version_that_it_cites(dossier, own: Path) -> None:
    stream = io.StringIO()
    service = build(load_settings(data=own), write=False)
    try:
        conversation = Conversation(service, Display(stream), FilterSet(), None)
        with asyncio.Runner() as runner:
            runner.run(conversation.take(COST))
            cited = conversation.answers[0].citations[0].document_id
            file = Path(service.corpus.document(cited).source.removeprefix("file://"))
            before = file.read_bytes()
            try:
                file.write_text("The bridge was closed.", encoding="utf-8")
                assert dossier("ingest", file, data=own).stdout.startswith("0 added, 1 changed")
            finally:
                file.write_bytes(before)
            number = number_of(QUOTE, stream.getvalue())
            runner.run(conversation.take(f"/open {number}"))
    finally:
        service.close()
    assert f">>>{QUOTE}<<<" in stream.getvalue()


def test_answers_given_in_a_conversation_are_recorded(dossier, own: Path) -> None:
    said(dossier, COST, "/save talk.md", data=own)
    (number,) = re.findall(r"a-[0-9a-f]{12}", Path("talk.md").read_text(encoding="utf-8"))
    service = build(load_settings(data=own), write=False)
    try:
        assert service.recorded(number).question == COST
        assert json.loads(service.recorded(number).model_dump_json())["id"] == number
    finally:
        service.close()
