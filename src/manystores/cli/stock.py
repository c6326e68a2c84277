"""manystores stock: prove the books."""

import click
import msgspec

from manystores.cli.common import EXIT_FAILED, EXIT_OK, emit, json_flag, open_database, setting_flags
from manystores.core.settings import Settings


@click.group()
def stock() -> None:
    """Check the stock's books."""


@stock.command()
@setting_flags("data_dir", "database_url", "postgres_bin")
@json_flag
def verify(settings: Settings, as_json: bool) -> int:
    """Prove that every counter equals the sum of its journal and nothing was sold twice; exit code 1 if not.

    \b
    manystores stock verify --json --data ~/manystores
    """
    from manystores.core.database import connect
    from manystores.promise.verify import partitions, verify_partition

    with open_database(settings) as url, connect(url, autocommit=True) as connection:
        verdicts = [verify_partition(connection, partition_id) for partition_id in partitions(connection)]
    names = [field.name for field in msgspec.structs.fields(type(verdicts[0]))] if verdicts else []
    names = [name for name in names if name not in ("partition", "seq")]
    total: dict[str, object] = {name: sum(getattr(verdict, name) for verdict in verdicts) for name in names}
    total |= {"buckets": total.get("buckets", 0), "mismatches": total.get("mismatches", 0)}
    total |= {"oversold": total.get("oversold", 0), "sound": all(verdict.sound for verdict in verdicts)}
    lines = "\n".join(f"{name.replace('_', ' '):>22}  {value}" for name, value in total.items())
    emit(as_json, total, lines)
    return EXIT_OK if total["sound"] else EXIT_FAILED
