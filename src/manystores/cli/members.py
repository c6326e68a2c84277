"""manystores members: who is the same person, in files of records."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from manystores.cli.common import EXIT_OK, emit, json_flag, progress_bar

if TYPE_CHECKING:
    from manystores.members.linkage import Schema

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_schema_option = click.option(
    "--schema",
    "schema_file",
    required=True,
    type=_FILE,
    metavar="FILE",
    help="YAML: `id: column` and `columns: {column: type}`; types are name, given_name, surname, birth_date, phone, "
    "email, address, postcode, region, gender and other.",
)
_out_option = click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Parquet."
)


@click.group()
def members() -> None:
    """Find records of the same person, in two files or in one."""


@members.command()
@click.option("--left", required=True, type=_FILE, metavar="FILE", help="CSV or Parquet.")
@click.option("--right", required=True, type=_FILE, metavar="FILE", help="CSV or Parquet, with the same columns.")
@_schema_option
@_out_option
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Least probability.")
@json_flag
def link(left: Path, right: Path, schema_file: Path, out: Path, threshold: float, as_json: bool) -> int:
    """Link the records of two files: writes left_id, right_id, probability, the most probable first.

    It learns from the records themselves what agreement is worth, and tells what precision and recall it expects. The
    same files give the same links.

    \b
    manystores members link --left A.csv --right B.csv --schema schema.yaml --out links.parquet --json
    """
    from manystores.members import linkage

    schema = _read_schema(schema_file)
    sides = [linkage.read_records(path, schema) for path in (left, right)]
    with progress_bar() as told:
        found = linkage.link(sides[0], sides[1], schema, threshold, told)
    found.links.write_parquet(out)
    emit(as_json, found.report, _words(found.report, "links"))
    return EXIT_OK


@members.command()
@click.option("--input", "records", required=True, type=_FILE, metavar="FILE", help="CSV or Parquet.")
@_schema_option
@_out_option
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Of a pair, to begin a cluster."
)
@json_flag
def dedupe(records: Path, schema_file: Path, out: Path, threshold: float, as_json: bool) -> int:
    """Find the records of a file that are the same person's: writes id, cluster, a row for each record.

    A cluster is called as its first record. Likely pairs are not simply chained: two clusters become one if all their
    pairs together speak for it.

    \b
    manystores members dedupe --input A.csv --schema schema.yaml --out clusters.parquet --json
    """
    from manystores.members import linkage

    schema = _read_schema(schema_file)
    rows = linkage.read_records(records, schema)
    with progress_bar() as told:
        found = linkage.dedupe(rows, schema, threshold, told)
    found.clusters.write_parquet(out)
    emit(as_json, found.report, _words(found.report, "pairs"))
    return EXIT_OK


def _read_schema(path: Path) -> "Schema":
    import msgspec

    from manystores.members.linkage import schema_of

    try:
        document = msgspec.yaml.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} is neither YAML nor JSON: {error}", param_hint="--schema") from error
    return schema_of(document, at=path.name)


def _words(report: Any, what: str) -> str:
    lines = [
        f"{report.records:,} records; {report.looked_at:,} pairs looked at, by {report.rules} rules",
        f"{report.told:,} {what}; expected precision {report.precision:.2%}, recall {report.recall:.2%}",
    ]
    if report.clusters is not None:
        lines.append(f"{report.clusters:,} persons")
    return "\n".join(lines)
