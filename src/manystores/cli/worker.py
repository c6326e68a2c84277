"""manystores worker: project the journal, deliver webhooks, fill the lake."""

import subprocess
import sys

import click

from manystores.cli.common import setting_flags
from manystores.core.settings import Settings


@click.command()
@setting_flags("data_dir", "database_url")
def worker(settings: Settings) -> int:
    """Run a worker of its own, for an installation whose API runs elsewhere (`serve` starts one by itself).

    \b
    manystores worker --database-url postgresql://db/manystores --data ~/manystores
    """
    command = [sys.executable, "-m", "manystores.worker", "--data", str(settings.data_dir)]
    if settings.database_url:
        command += ["--database-url", settings.database_url]
    return subprocess.run(command, check=False).returncode
