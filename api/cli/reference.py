"""The reference of the command line, written from its own help.

``python -m api.cli.reference > docs/cli.md``; a test holds that the file is up to date.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from api.cli import cli

_WIDTH = 96
_INTRODUCTION = """\
# The command line

Made from the help of the commands; after a change: `python -m api.cli.reference > docs/cli.md`.

## In short

```sh
dossier ingest reports/ https://news.example/story       # files, folders, web pages
dossier ask "Who signed the treaty?"                      # an answer with citations
dossier ask --json "Who signed the treaty?" | jq .status  # the same for programs
dossier ask "Who signed it?" --context - < note.txt       # from that text alone
dossier chat                                              # question after question
dossier sources                                           # what is in the record
dossier answers                                           # what was asked before
dossier replay a-0123456789ab                             # the same again: what is different?
dossier affected                                          # answers whose cited words changed
```

**Output.** What was asked for goes to stdout; progress, notes and errors go to stderr. On a
terminal there is colour (unless `NO_COLOR` is set) and text is wrapped at words. In a pipe or file
quotations stand exactly as in the document, except that control characters and bidirectional
overrides are shown as `<U+001B>`, so that no document can drive a terminal; `--json` and
`sources show --text` are exact. Lists in a pipe are separated by tabs, without a header.

**Exit codes.** 0 done; 1 failed, or done only in part (some documents rejected, an incomplete
answer, a metric below its threshold), or not as it was (a replay that is different, answers that
are affected by changes); 2 the command line, a setting, a question or a filter does not fit; 3 the
documents do not say; 130 interrupted. An error is two lines on stderr, `error: …` with what is
wrong and `hint: …` with what to do.

**stdin** is read only where `-` says so, or by `ask` without a question and `chat` without a
terminal: in a script stdin may be a pipe that nobody closes, or the list that a loop reads from.

**Settings** come from the options, else from `DOSSIER_*` variables, else from `.env` in the current
directory; `.env.example` lists them.
"""


def reference() -> str:
    """Return the help of every command as one Markdown page."""
    root = click.Context(cli, info_name="dossier", terminal_width=_WIDTH, **cli.context_settings)
    return _INTRODUCTION + "".join(_sections(root))


def _sections(ctx: click.Context) -> Iterator[str]:
    yield f"\n## `{ctx.command_path}`\n\n```text\n{ctx.get_help()}\n```\n"
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            command = ctx.command.get_command(ctx, name)
            if command is not None:
                yield from _sections(
                    click.Context(command, parent=ctx, info_name=name, terminal_width=_WIDTH)
                )


if __name__ == "__main__":
    click.echo(reference(), nl=False)
