"""Settings: one declaration, four sources, and errors that say what to change."""

from pathlib import Path

import pytest

from manystores.core import settings
from manystores.core.settings import SettingError, load, tiles_origin


def test_defaults_need_no_source() -> None:
    found = load(environment={})
    assert found.port == 8420
    assert found.data_dir == Path("~/.local/share/manystores").expanduser()
    assert found.postgres_bin is None
    assert found.hold_ttl_s_max == 86_400


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    file = tmp_path / "manystores.toml"
    file.write_text('port = 1\nhost = "file"\nlog_level = "error"\n')
    environment = {"MANYSTORES_CONFIG": str(file), "MANYSTORES_PORT": "2", "MANYSTORES_HOST": "environment"}
    found = load({"port": 3, "host": None}, environment=environment)
    assert (found.port, found.host, found.log_level, found.log_format) == (3, "environment", "error", "json")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"MANYSTORES_PORT": "70000"},
            r"port \(environment MANYSTORES_PORT\): '70000' is not between 0 and 65535",
        ),
        ({"MANYSTORES_PORT": "http"}, "'http' is not a whole number"),
        ({"MANYSTORES_LOG_LEVEL": "loud"}, "log_level .* 'loud' is not one of debug, info, warning, error"),
        ({"MANYSTORES_WEBHOOK_ALLOW_PRIVATE_ADDRESSES": "maybe"}, "'maybe' is not true or false"),
        ({"MANYSTORES_DATA_DIR": ""}, r"data_dir \(environment MANYSTORES_DATA_DIR\): '' is not a path"),
        ({"MANYSTORES_HOLD_TTL_S_DEFAULT": "90000"}, "hold_ttl_s_default: 90000 is more than hold_ttl_s_max, 86400"),
        ({"MANYSTORES_CONFIG": "/nonexistent.toml"}, "config: can't read /nonexistent.toml: No such file"),
    ],
)
def test_a_bad_value_names_setting_value_and_rule(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        load(environment=environment)


def test_an_unknown_name_in_the_file_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    file = tmp_path / "manystores.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(SettingError, match=r"prot .*no such setting; did you mean port\?"):
        load(environment={}, config=file)


def test_a_file_that_is_not_toml_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "manystores.toml"
    file.write_text("port: 1\n")
    with pytest.raises(SettingError, match="is not TOML"):
        load(environment={}, config=file)


def test_a_value_of_the_wrong_type_in_the_file_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "manystores.toml"
    file.write_text("host = 1\n")
    with pytest.raises(SettingError, match=r"host .*: 1 is not text"):
        load(environment={}, config=file)


def test_secrets_are_not_shown() -> None:
    found = load(
        environment={"MANYSTORES_ENCRYPTION_KEY": "hush", "MANYSTORES_DATABASE_URL": "postgresql://u:hush@h/d"}
    )
    assert "hush" not in str(settings.shown(found))


def test_the_reference_page_is_up_to_date() -> None:
    written = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == settings.page(), "run: python -m manystores.core.settings > docs/settings.md"


@pytest.mark.parametrize(
    "template",
    [
        "tiles.example.com/{z}/{x}/{y}.png",
        "ftp://tiles.example.com/{z}/{x}/{y}.png",
        "https://tiles.example.com/{z}/{x}.png",
        "https://{s}.tiles.example.com/{z}/{x}/{y}.png",
        "https://tiles.example.com/{s}/{z}/{x}/{y}.png",
        "https://tiles.example.com; script-src */{z}/{x}/{y}",
        "https://key@tiles.example.com/{z}/{x}/{y}",
        "https://tiles.example.com:port/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
    ],
)
def test_a_template_of_tiles_that_is_none_is_named_with_an_example(template: str) -> None:
    with pytest.raises(SettingError, match=r"map_tiles: .*such as https://tiles\.example\.com"):
        load(environment={"MANYSTORES_MAP_TILES": template})


def test_the_origin_of_tiles_is_all_that_the_content_policy_learns() -> None:
    given = load(environment={"MANYSTORES_MAP_TILES": "https://Tiles.example.com:8443/a/{z}/{x}/{y}.png?key=1"})
    assert tiles_origin(given.map_tiles) == "https://tiles.example.com:8443"
