"""`manystores people` on a real database: what it does, what it prints, and the exit codes that its help promises."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest

from manystores.cli import main
from manystores.core import database
from manystores.core.clock import SystemClock, to_datetime

PASSWORD = "three cups of green tea"
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(fresh_database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("list", stdin="…", as_json=True)`: exit code, what is printed (decoded if JSON), what is complained of."""

    def command(*arguments: str, stdin: str = "", as_json: bool = True) -> tuple[int, Any, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        flags = ["--database-url", fresh_database_url, *(["--json"] if as_json else [])]
        code = main(["people", *arguments, *flags])
        shown = capsys.readouterr()
        return code, msgspec.json.decode(shown.out) if as_json and shown.out else shown.out, shown.err

    return command


def create(run: Run, login: str = "ops", role: str = "brand_operations", *more: str, brand: str = "demo") -> Any:
    """Somebody with a password; their document."""
    arguments = ["--brand", brand, "--login", login, "--name", "陈晨", "--role", role, "--password-stdin", *more]
    code, made, complaint = run("create", *arguments, stdin=PASSWORD + "\n")
    assert code == 0, (made, complaint)
    return made


def of_error(answer: Any) -> tuple[str, list[tuple[str, str]]]:
    """Code of the error, and each field's pointer and code."""
    error = answer["error"]
    return error["code"], [(field["pointer"], field["code"]) for field in error.get("errors", [])]


def test_somebody_is_created_and_listed(run: Run, fresh_database_url: str) -> None:
    """The password is kept as a hash only, and printed nowhere; the audit has the deed."""
    made = create(run, "OPS")
    UUID(made["id"])
    assert made | {"id": "", "created_at": ""} == {
        "id": "",
        "brand": "demo",
        "login": "ops",
        "name": "陈晨",
        "role": "brand_operations",
        "locations": [],
        "enabled": True,
        "has_password": True,
        "created_at": "",
        "signed_in_at": None,
    }
    create(run, "root", "platform_operator", brand="platform")
    assert run("list", "--brand", "demo")[:2] == (0, {"people": [made]})
    assert [one["login"] for one in run("list")[1]["people"]] == ["ops", "root"]
    code, shown, _ = run("list", "--brand", "demo", as_json=False)
    assert (code, shown.split()) == (0, ["demo", "ops", "brand_operations", "陈晨"])
    with database.connect(fresh_database_url) as connection:
        (secret,) = connection.execute("SELECT password_hash FROM people WHERE login = 'ops'").fetchall()[0]
        noted = connection.execute("SELECT details FROM audit WHERE route = 'command_line'").fetchall()
    assert secret.startswith("$argon2id$")
    assert {"person": made["id"], "role": "brand_operations", "what": "created"} in [row[0] for row in noted]


def test_who_signs_in_elsewhere_has_no_password(run: Run) -> None:
    code, made, _ = run(
        "create", "--brand", "demo", "--login", "a@b.example", "--name", "安", "--role", "analyst", "--no-password"
    )
    assert (code, made["has_password"]) == (0, False)


def test_disabled_and_enabled_again(run: Run) -> None:
    create(run)
    create(run, "lin", "planner")
    code, shown, _ = run("disable", "LIN", "--brand", "demo", as_json=False)
    assert (code, shown) == (0, "lin of demo: disabled\n")
    assert "disabled" in run("list", as_json=False)[1]
    assert [one["enabled"] for one in run("list")[1]["people"]] == [False, True]
    code, changed, _ = run("enable", "lin", "--brand", "demo")
    assert (code, changed["enabled"]) == (0, True)


def test_the_last_of_operations_stays(run: Run) -> None:
    """Or nobody could let anybody in."""
    create(run)
    code, answer, _ = run("disable", "ops", "--brand", "demo")
    assert (code, of_error(answer)[1][0][0]) == (1, "/enabled")
    assert run("list")[1]["people"][0]["enabled"] is True


def test_a_new_password_ends_all_sessions(run: Run, fresh_database_url: str) -> None:
    made = create(run)
    now = to_datetime(SystemClock().now_us())
    with database.connect(fresh_database_url) as connection:
        (before, party_no) = connection.execute("SELECT password_hash, party_no FROM people").fetchall()[0]
        connection.execute(
            "INSERT INTO sessions (session_hash, session_id, person_id, party_no, created_at, seen_at, expires_at)"
            " VALUES ('x', %(id)s, %(id)s, %(party)s, %(now)s, %(now)s, %(now)s)",
            {"id": made["id"], "party": party_no, "now": now},
        )
    code, shown, _ = run("set-password", "ops", "--brand", "demo", "--password-stdin", stdin="four cups of black tea\n")
    assert (code, shown["login"]) == (0, "ops")
    with database.connect(fresh_database_url) as connection:
        after, ended = connection.execute("SELECT p.password_hash, s.ended_at FROM people p, sessions s").fetchall()[0]
    assert after != before
    assert ended is not None


@pytest.mark.parametrize("password", ["short", "password123"])
def test_a_weak_password_is_refused_and_the_old_one_stays(run: Run, fresh_database_url: str, password: str) -> None:
    create(run)
    code, answer, _ = run("set-password", "ops", "--brand", "demo", "--password-stdin", stdin=password)
    assert (code, of_error(answer)[1][0][0]) == (1, "/password")
    with database.connect(fresh_database_url) as connection:
        (revision,) = connection.execute("SELECT revision FROM people").fetchall()[0]
    assert revision == 1


def test_a_taken_login_is_1_and_names_the_field(run: Run) -> None:
    create(run)
    arguments = ["--brand", "demo", "--login", "Ops", "--name", "x", "--role", "analyst", "--no-password"]
    code, answer, complaint = run("create", *arguments)
    assert (code, of_error(answer)) == (1, ("login_taken", [("/login", "taken")]))
    code, shown, complaint = run("create", *arguments, as_json=False)
    assert (code, shown) == (1, "")
    assert complaint.startswith("manystores: ")
    assert "ops" in complaint


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"--login": "陈晨"}, ("/login", "bad_login")),
        ({"--role": "store_associate"}, ("/locations", "required")),
        ({"--location": "S1"}, ("/locations", "not_bound")),
        ({"--role": "store_associate", "--location": "NOWHERE"}, ("/locations", "unknown_location")),
    ],
)
def test_a_value_that_breaks_a_rule_is_1_and_adds_nobody(
    run: Run, change: dict[str, str], field: tuple[str, str]
) -> None:
    values = {"--brand": "demo", "--login": "lin", "--name": "林一", "--role": "planner"} | change
    code, answer, _ = run("create", *(part for pair in values.items() for part in pair), "--no-password")
    assert (code, of_error(answer)) == (1, ("invalid", [field]))
    assert run("list")[1] == {"people": []}


@pytest.mark.parametrize(
    "arguments",
    [["disable", "nobody"], ["enable", "nobody"], ["set-password", "nobody", "--password-stdin"]],
)
def test_nobody_of_that_login_or_brand_is_1(run: Run, arguments: list[str]) -> None:
    """Also when another brand has the login."""
    create(run)
    create(run, "nobody", "analyst", brand="rival")
    for brand in ("demo", "no-such-brand"):
        code, answer, _ = run(*arguments, "--brand", brand, stdin=PASSWORD)
        assert (code, of_error(answer)) == (1, ("not_found", []))
    assert run("list", "--brand", "no-such-brand")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create", "--brand", "demo", "--login", "a", "--name", "a", "--role", "boss"], "boss"),
        (["create", "--login", "a", "--name", "a", "--role", "planner"], "--brand"),
        (["create", "--brand", "d", "--login", "a", "--name", "a", "--role", "planner"], "--password-stdin"),
        (["set-password", "a", "--brand", "demo", "--password-stdin"], "no password"),
        (["disable", "a"], "--brand"),
    ],
)
def test_a_wrong_use_is_2_and_says_which(run: Run, arguments: list[str], told: str) -> None:
    """A role that there is none of, a flag that is missing, no password where one is needed."""
    code, answer, _ = run(*arguments)
    assert (code, answer["error"]["code"]) == (2, "usage")
    assert told in answer["error"]["detail"]
