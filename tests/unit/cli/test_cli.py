"""The command line answers at once, in one line, with the exit code that its help promises."""

import subprocess
import sys

import msgspec
import pytest

from manystores.cli import COMMANDS, cli, main


def test_every_command_of_the_table_exists_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert "Usage: manystores" in capsys.readouterr().out


def test_help_lists_all_commands_without_loading_any() -> None:
    code = (
        "import sys; from manystores.cli import main; main(['--help']); "
        "print([m for m in ('numpy', 'psycopg', 'sqlalchemy', 'numba', 'fastapi') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in COMMANDS)
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("arguments", [["no-such-command"], ["keys", "revoke", "not-a-key"], ["settings", "--nope"]])
def test_a_wrong_command_is_2_and_shows_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("manystores: ")
    assert "Usage: manystores" in shown.err
    assert shown.out == ""


def test_a_wrong_setting_is_2_and_names_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANYSTORES_PORT", "http")
    assert main(["settings"]) == 2
    assert capsys.readouterr().err == ("manystores: port (environment MANYSTORES_PORT): 'http' is not a whole number\n")


def test_an_unreachable_database_is_3_also_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    url = "postgresql://nobody@/nothing?host=/nonexistent"
    assert main(["keys", "list", "--database-url", url, "--json"]) == 3
    answer = msgspec.json.decode(capsys.readouterr().out)
    assert answer["error"]["code"] == "unavailable"
    assert "/nonexistent" in answer["error"]["detail"]


def test_settings_in_force_are_shown_with_the_source_that_wins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANYSTORES_PORT", "99")
    assert main(["settings", "--data", "/srv/m", "--json"]) == 0
    shown = msgspec.json.decode(capsys.readouterr().out)
    assert (shown["port"], shown["data_dir"], shown["host"]) == (99, "/srv/m", "127.0.0.1")


def test_a_bug_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "main", broken)
    with pytest.raises(ZeroDivisionError):
        main(["settings"])
