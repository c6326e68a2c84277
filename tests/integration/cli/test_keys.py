"""`manystores keys`, on an installation's own embedded database and on a given one."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from manystores.cli import main
from manystores.core import auth, database
from manystores.core.clock import SystemClock
from manystores.core.embedded import running


def test_a_new_directory_yields_a_key_with_all_scopes_and_no_process_stays(
    tmp_path: Path, postgres_bin: Path | None
) -> None:
    command = [sys.executable, "-c", "import sys; from manystores.cli import main; sys.exit(main())"]
    command += ["keys", "create", "--brand", "demo", "--data", str(tmp_path)]
    environment = dict(os.environ) | ({"MANYSTORES_POSTGRES_BIN": str(postgres_bin)} if postgres_bin else {})
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    token = done.stdout.strip()
    assert token.startswith("ms_")
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()
    with running(tmp_path, bin_dir=postgres_bin) as url, database.connect(url) as connection:
        (key,) = auth.list_keys(connection, "demo")
        assert token.split("_")[1] == key.key_id.hex
        assert frozenset(key.scopes) == auth.BRAND_SCOPES


@pytest.fixture
def manystores(fresh_database_url: str, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command with --json on a database of its own: (exit code, document)."""

    def run(*arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--database-url", fresh_database_url, "--json"])
        return code, msgspec.json.decode(capsys.readouterr().out)

    return run


def test_keys_are_made_listed_and_revoked(manystores: Any) -> None:
    code, made = manystores(
        "keys", "create", "--brand", "demo", "--scopes", "orders:read, stock:read", "--name", "till"
    )
    assert code == 0
    assert made["scopes"] == ["orders:read", "stock:read"]
    code, listed = manystores("keys", "list", "--brand", "demo")
    assert [key["name"] for key in listed["keys"]] == ["till"]
    assert made["key"] not in str(listed)
    assert manystores("keys", "revoke", made["key"])[0] == 0
    assert manystores("keys", "revoke", made["key_id"]) == (1, {"key_id": made["key_id"], "revoked": False})
    assert manystores("keys", "list")[1]["keys"][0]["revoked_at"] is not None


def test_a_refused_key_is_exit_1_with_the_problem_and_leaves_no_brand(manystores: Any, fresh_database_url: str) -> None:
    code, answer = manystores("keys", "create", "--brand", "demo", "--scopes", "everything")
    assert (code, answer["error"]["errors"][0]["pointer"]) == (1, "/scopes")
    with database.connect(fresh_database_url) as connection:
        assert auth.find_party(connection, "demo") is None


def test_a_key_for_a_store_needs_the_store(manystores: Any, fresh_database_url: str) -> None:
    code, answer = manystores("keys", "create", "--brand", "demo", "--location", "S1")
    assert (code, answer["error"]["code"]) == (1, "not_found")
    with database.connect(fresh_database_url) as connection:
        party = auth.create_party(connection, "demo", clock=SystemClock())
        connection.execute(
            """
            INSERT INTO locations (location_no, party_no, code, name, kind, stock_owner_no, lat, lon, region, address,
                time_zone, opening_hours, holidays, capabilities, cut_offs, lead_time_minutes, handle_order_cost,
                handle_unit_cost, enabled, revision)
            VALUES (7, %(party)s, 'S1', 'S1', 'store', %(party)s, 39.9, 116.4, '110105', '', 'Asia/Shanghai', '24/7',
                '', '{}', '{}', 0, 0, 0, true, 1)""",
            {"party": party.party_no},
        )
    code, made = manystores("keys", "create", "--brand", "demo", "--location", "S1")
    assert (code, made["location_no"]) == (0, 7)
    assert frozenset(made["scopes"]) == auth.STORE_SCOPES
