"""What the commands share: exit codes, flags made from settings, `--json`, the database of the installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

if TYPE_CHECKING:
    from manystores.core.settings import Settings

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_UNAVAILABLE = 3
EXIT_INTERRUPTED = 130

Command = TypeVar("Command", bound=Callable[..., Any])

json_flag = click.option("--json", "as_json", is_flag=True, help="Print one JSON document, for programs.")


def setting_flags(*names: str) -> Callable[[Command], Command]:
    """Give a command flags for these settings, and `--config`; it is called with `settings` instead of them."""
    from manystores.core.settings import Settings, flag, help_of, load

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_settings(*args: Any, config: Path | None, **kwargs: Any) -> Any:
            flags = {name: kwargs.pop(name) for name in names}
            return command(*args, settings=load(flags, config=config), **kwargs)

        wrapped: Any = with_settings
        for name in reversed(names):
            is_flag = Settings.__dataclass_fields__[name].type is bool
            switch = f"{flag(name)}/--no-{flag(name)[2:]}" if is_flag else flag(name)
            wrapped = click.option(switch, name, default=None, help=help_of(name))(wrapped)
        path = click.Path(path_type=Path, dir_okay=False)
        given: Command = click.option("--config", type=path, help="A TOML file of settings (docs/settings.md).")(
            wrapped
        )
        return given

    return decorate


def emit(as_json: bool, document: object, text: str) -> None:
    """Print the result: the document for programs, the text for people."""
    click.echo(msgspec.json.encode(document).decode() if as_json else text)


@contextmanager
def open_database(settings: "Settings") -> Iterator[str]:
    """URL of the installation's database, its schema up to date.

    The embedded one is started if it is down, and stopped again afterwards unless another process uses it.
    """
    from manystores.core.database import migrate
    from manystores.core.embedded import running

    if settings.database_url:
        migrate(settings.database_url)
        yield settings.database_url
        return
    with running(settings.data_dir, bin_dir=settings.postgres_bin) as url:
        migrate(url)
        yield url


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error; call what this yields with what is done now, and the share of it that is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)
