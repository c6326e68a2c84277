"""The command line: manystores --help.

Exit codes: 0 done; 1 done, and the answer is no (a check found something, rows were refused, a rule was broken);
2 the command or a setting is wrong; 3 the database or a port can't be had, try again; 130 interrupted.
`--json` prints one JSON document (or its last line is one) on standard output; everything else goes to standard error.
"""

import sys
from dataclasses import replace
from importlib import import_module
from typing import Any

import click
import msgspec

from manystores.cli.common import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_UNAVAILABLE, EXIT_USAGE

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module:command, what it does); loaded only when it is called, so that --help is instant
    "demo": ("manystores.cli.demo:demo", "Serve online orders from the shelves of 7,209 real stores."),
    "foresight": (
        "manystores.cli.foresight:foresight",
        "Learn how long things take and who rejects what.",
    ),
    "import": ("manystores.cli.import_:import_", "Import locations, offers, stock and past orders from files."),
    "keys": ("manystores.cli.keys:keys", "Make, list and revoke API keys."),
    "members": ("manystores.cli.members:members", "Find records of the same person, in two files or in one."),
    "orders": ("manystores.cli.orders:orders", "Look orders up, and why they are served from where."),
    "people": ("manystores.cli.people:people", "Add, list and disable people who sign in; set passwords."),
    "serve": ("manystores.cli.serve:serve", "Run API, owner and worker on one database."),
    "settings": ("manystores.cli.settings:settings", "Show the settings in force."),
    "sourcing": (
        "manystores.cli.simulate:sourcing",
        "What would another policy cost? Sourcing problems as files, judged and bounded.",
    ),
    "worker": ("manystores.cli.worker:worker", "Project the journal, deliver webhooks, fill the lake."),
    "stock": ("manystores.cli.stock:stock", "Check the stock's books."),
}


class Commands(click.Group):
    """Subcommands by the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="manystores")
def cli() -> None:
    """One stock, one order book, one service network for every channel and every store.

    Exit codes: 0 done, 1 the answer is no, 2 wrong command or setting, 3 unavailable, 130 interrupted.
    """


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; errors of use, of settings and of the database are told in one line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code = cli.main(arguments, prog_name="manystores", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        return _failed(arguments, EXIT_INTERRUPTED, "interrupted", {})
    except KeyboardInterrupt:
        return _failed(arguments, EXIT_INTERRUPTED, "interrupted", {})
    except click.UsageError as error:
        message = error.format_message()
        if error.ctx and "--json" not in arguments and "Usage: " not in message:
            message += f"\n{error.ctx.get_usage()}"
        return _failed(arguments, EXIT_USAGE, message, {"code": "usage"})
    except click.ClickException as error:
        return _failed(arguments, error.exit_code, error.format_message(), {})
    except Exception as error:
        code, document = _explained(error)
        if not code:
            raise
        return _failed(arguments, code, str(error) if "--json" in arguments else _told(error), document)


def _told(error: Exception) -> str:
    """The error in one line; where several fields are wrong, each has its own."""
    from manystores.core.errors import Problem

    if not isinstance(error, Problem) or len(error.fields) < 2:
        return str(error)
    head = str(replace(error, fields=()))
    return "\n  ".join([head, *(f"{field.pointer}: {field.en}" for field in error.fields)])


def _explained(error: Exception) -> tuple[int, dict[str, Any]]:
    """Exit code and document of an error that people can mend; 0 for a bug of ours."""
    from manystores.core.database import SchemaError, is_away
    from manystores.core.embedded import EmbeddedPostgresError
    from manystores.core.errors import Problem
    from manystores.core.settings import SettingError

    if isinstance(error, SettingError):
        return EXIT_USAGE, {"code": "setting"}
    if isinstance(error, Problem):
        return (EXIT_UNAVAILABLE if error.rule.status == 503 else EXIT_FAILED), error.document()
    if isinstance(error, EmbeddedPostgresError | SchemaError) or is_away(error):
        return EXIT_UNAVAILABLE, {"code": "unavailable"}
    return 0, {}


def _failed(arguments: list[str], code: int, message: str, document: dict[str, Any]) -> int:
    if "--json" in arguments:
        click.echo(msgspec.json.encode({"error": {"detail": message} | document}).decode())
    else:
        click.echo(message if message.startswith("Usage: ") else f"manystores: {message}", err=True)
    return code
