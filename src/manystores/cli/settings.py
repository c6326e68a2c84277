"""`manystores settings`: what is in force, after flags, environment, file and defaults."""

import click

from manystores.cli.common import emit, json_flag, setting_flags
from manystores.core.settings import Settings, help_of, shown


@click.command()
@setting_flags("data_dir", "database_url")
@json_flag
def settings(settings: Settings, as_json: bool) -> None:
    """Show the settings in force; secrets only say whether they are set."""
    values = shown(settings)
    width = max(len(name) for name in values)
    lines = []
    for name, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else str(value or "")
        lines.append(f"{name:{width}}  {text:30}  {help_of(name)}")
    emit(as_json, values, "\n".join(lines))
