"""The reference page of the command line, docs/cli.md: `python -m manystores.cli.reference` prints it."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from manystores.cli import cli

WIDTH = 100
_HEAD = """# Command line

<!-- written by `python -m manystores.cli.reference`; edit the commands in src/manystores/cli instead -->

What `--help` says of every command. `--json` prints one JSON document on standard output, or one as the last line;
everything else goes to standard error. Exit codes: 0 done; 1 done, and the answer is no; 2 the command or a setting is
wrong; 3 the database or a port can't be had, try again; 130 interrupted. Most options are also
[settings](settings.md), by environment or file.
"""


def commands(
    command: click.Command = cli, name: str = "manystores", parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """(full name, help text) of a command and all below it, in the order of their help."""
    look: dict[str, Any] = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **look, **command.context_settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                yield from commands(found, below, context)


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for path, text in commands():
        parts.append(f"## {path}\n\n```text\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
