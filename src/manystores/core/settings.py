"""Every setting, declared once: name, type, default, rule, help. `python -m manystores.core.settings` prints the page.

Sources, the first that has it wins: flag, environment (MANYSTORES_PORT), TOML file (--config or MANYSTORES_CONFIG),
default. A value that breaks its rule is an error that names the setting, the source, the value and the rule.
"""

import difflib
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "MANYSTORES_"
CONFIG_VARIABLE = "MANYSTORES_CONFIG"
_HOST = re.compile(r"[a-z0-9.-]+")


class SettingError(ValueError):
    """A setting has a value that it can't have; the message names it, where it came from, and what is allowed."""


def setting(
    default: Any,
    help: str,
    *,
    minimum: int | None = None,
    maximum: int | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
) -> Any:
    """Declare a setting; `secret` values are never shown in errors, pages or logs."""
    rules = {"help": help, "minimum": minimum, "maximum": maximum, "choices": choices, "secret": secret}
    return field(default=default, metadata=rules)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one installation. Units stand at the end of the names."""

    data_dir: Path = setting(
        Path("~/.local/share/manystores"), "Where the embedded database, the lake, keys and logs live."
    )
    database_url: str = setting(
        "", "A PostgreSQL (15 or later) of your own. Empty: the embedded one in the data directory.", secret=True
    )
    postgres_bin: Path | None = setting(
        None, "Folder with `initdb` and `postgres` for the embedded database. Empty: those that came with manystores."
    )
    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for all.")
    port: int = setting(8420, "Port of the API.", minimum=0, maximum=65_535)
    log_level: str = setting("info", "How much to log.", choices=("debug", "info", "warning", "error"))
    log_format: str = setting("json", "One JSON object a line, or text for people.", choices=("json", "text"))
    otel_endpoint: str = setting(
        "", "OTLP endpoint (http) for traces; needs the extra `telemetry`. Empty: no traces are made."
    )
    encryption_key: str = setting(
        "",
        "Base64 of 32 bytes that seal addresses and secrets. Empty: `secret.key` in the data directory, made once. "
        "After a comma may follow older keys, which can still open what they sealed.",
        secret=True,
    )
    public_url: str = setting(
        "",
        "Address under which people reach the server, such as https://stores.example.com. Empty: as each request says. "
        "With https, cookies are for https only.",
    )
    oidc_issuer: str = setting(
        "",
        "OpenID Connect issuer that signs people in. Empty: the built-in one at /idp, with passwords of its own.",
    )
    oidc_client_id: str = setting("", "What the issuer knows this installation by.")
    oidc_client_secret: str = setting("", "The secret that the issuer gave for it.", secret=True)
    idp_clients: str = setting(
        "",
        "Other applications whose people may sign in by the built-in issuer: `id secret redirect-uri`, with commas "
        "between them.",
        secret=True,
    )
    max_body_bytes: int = setting(16 * 1024 * 1024, "Largest request body.", minimum=1024)
    queue_max: int = setting(
        20_000, "Commands that may wait for the owner before the API answers 503 with Retry-After.", minimum=1
    )
    idempotency_hours: int = setting(
        24, "How long an idempotency key is remembered for certain.", minimum=1, maximum=720
    )
    hold_ttl_s_default: int = setting(900, "Time to live of a hold that names none.", minimum=1, maximum=31 * 86_400)
    hold_ttl_s_max: int = setting(
        86_400, "Longest time to live that a hold may ask for.", minimum=1, maximum=31 * 86_400
    )
    late_accept_minutes: int = setting(
        60,
        "Work that no location accepted for so many minutes of its opening hours waits too long.",
        minimum=1,
        maximum=525_600,
    )
    late_pick_minutes: int = setting(
        120,
        "Accepted work of which nothing was picked for so many opening minutes waits too long.",
        minimum=1,
        maximum=525_600,
    )
    late_pack_minutes: int = setting(
        60,
        "Picked work that was not packed or set out for so many opening minutes waits too long.",
        minimum=1,
        maximum=525_600,
    )
    late_ship_minutes: int = setting(
        720,
        "Packed work that no parcel left with for so many opening minutes waits too long.",
        minimum=1,
        maximum=525_600,
    )
    late_collect_minutes: int = setting(
        4_320, "What nobody collected for so many minutes by the clock waits too long.", minimum=1, maximum=525_600
    )
    late_hold_minutes: int = setting(
        1_440, "Work that was on hold for so many minutes by the clock waits too long.", minimum=1, maximum=525_600
    )
    at_risk_minutes: int = setting(
        60,
        "A promise that is not kept yet is at risk from so many minutes before its time.",
        minimum=1,
        maximum=10_080,
    )
    exception_due_hours: int = setting(
        24, "Stock that was promised and is not there is looked after within so many hours.", minimum=1, maximum=8_760
    )
    learn_at_hour: int = setting(
        4,
        "Hour of the day, in `time_zone`, at which the worker learns from the facts of the days before; -1: never.",
        minimum=-1,
        maximum=23,
    )
    look_ahead_refresh_s: int = setting(
        5, "So often the prices of stock and room are brought up to date, in seconds.", minimum=1, maximum=3_600
    )
    time_zone: str = setting("Asia/Shanghai", "Where a day begins for figures of today, as an IANA name.")
    map_tiles: str = setting(
        "",
        "Raster tiles under the console's maps, as https://tiles.example.com/{z}/{x}/{y}.png. Browsers load them from "
        "there; the content policy allows that origin and no other. Empty: nothing is loaded from elsewhere.",
    )
    map_attribution: str = setting("", "Whose the tiles are, shown on each map that has them.")
    webhook_timeout_s: int = setting(15, "How long a webhook's receiver may take to answer.", minimum=1, maximum=120)
    webhook_allow_private_addresses: bool = setting(
        False, "Let webhooks go to private and loopback addresses. Only for tests and closed networks."
    )

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            rule = "an IANA time zone, such as Asia/Shanghai"
            raise SettingError(f"time_zone: {self.time_zone!r} is not {rule}") from None
        if self.hold_ttl_s_default > self.hold_ttl_s_max:
            raise SettingError(
                f"hold_ttl_s_default: {self.hold_ttl_s_default} is more than hold_ttl_s_max, {self.hold_ttl_s_max}"
            )
        if self.map_tiles:
            tiles_origin(self.map_tiles)
        if self.oidc_issuer and not self.oidc_client_id:
            raise SettingError("oidc_client_id: with an oidc_issuer, it must say what the issuer knows us by")
        for name in ("public_url", "oidc_issuer"):
            value = getattr(self, name)
            if value and not value.startswith(("https://", "http://")):
                raise SettingError(f"{name}: {value!r} is not an address that begins with https:// (or http://)")
        if any(len(client.split()) != 3 for client in self.idp_clients.split(",") if client.strip()):
            raise SettingError("idp_clients: the value (hidden) is not `id secret redirect-uri`, with commas between")


def tiles_origin(template: str) -> str:
    """The origin of a template of tiles, such as https://tiles.example.com:8443; SettingError for what is none."""
    example = "such as https://tiles.example.com/{z}/{x}/{y}.png"
    try:
        parts = urlsplit(template)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        raise SettingError(f"map_tiles: {template!r} is not an address, {example}") from None
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host) or "@" in parts.netloc:
        raise SettingError(f"map_tiles: {template!r} does not begin with https:// (or http://) and a host, {example}")
    missing = [name for name in ("{z}", "{x}", "{y}") if template.count(name) != 1]
    if missing or set(re.findall(r"\{[^}]*\}", template)) != {"{z}", "{x}", "{y}"}:
        raise SettingError(
            f"map_tiles: {template!r} must have {{z}}, {{x}} and {{y}} once each, and no other, {example}"
        )
    return f"{parts.scheme}://{host}{port}"


def load(
    flags: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """Settings from flags (None means not given), environment, file and defaults, each value checked."""
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    path = config or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    file = _read(path) if path else {}
    _refuse_unknown(given, "flags")
    _refuse_unknown(file, str(path))
    values: dict[str, Any] = {}
    types = get_type_hints(Settings)
    for each in fields(Settings):
        variable = PREFIX + each.name.upper()
        if each.name in given:
            raw, source = given[each.name], "flag " + flag(each.name)
        elif variable in environment:
            raw, source = environment[variable], f"environment {variable}"
        elif each.name in file:
            raw, source = file[each.name], f"file {path}"
        else:
            raw, source = each.default, "default"
        values[each.name] = _checked(each, types[each.name], raw, source)
    return Settings(**values)


def flag(name: str) -> str:
    """The command line's name of a setting: `--data` for data_dir, else the name with dashes."""
    return "--data" if name == "data_dir" else "--" + name.replace("_", "-")


def help_of(name: str) -> str:
    """The sentence that explains a setting."""
    return str(Settings.__dataclass_fields__[name].metadata["help"])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"config: can't read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"config: {path} is not TOML: {error}") from error


def _refuse_unknown(values: Mapping[str, object], source: str) -> None:
    known = [each.name for each in fields(Settings)]
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(known)}"
            raise SettingError(f"{name} ({source}): there is no such setting; {hint}")


def _checked(each: "Field[Any]", wanted: Any, raw: object, source: str) -> object:
    """The value in its type, or a SettingError that says which rule it breaks."""
    rules = each.metadata

    def refuse(rule: str) -> SettingError:
        shown = "the value (hidden)" if rules["secret"] else repr(raw)
        return SettingError(f"{each.name} ({source}): {shown} is not {rule}")

    value = _converted(wanted, raw, refuse)
    if isinstance(value, int) and not isinstance(value, bool):
        low, high = rules["minimum"], rules["maximum"]
        if (low is not None and value < low) or (high is not None and value > high):
            raise refuse(_range(low, high))
    if rules["choices"] and value not in rules["choices"]:
        raise refuse("one of " + ", ".join(rules["choices"]))
    return value


def _converted(wanted: Any, raw: object, refuse: Any) -> object:
    if wanted is bool:
        return _boolean(raw, refuse)
    if wanted is int:
        if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        try:
            return int(str(raw).replace("_", ""))
        except ValueError:
            raise refuse("a whole number") from None
    if not isinstance(raw, str | Path | None):
        raise refuse("text")
    if wanted is Path or Path in get_args(wanted):
        if raw is None or str(raw) == "":
            if wanted is Path:
                raise refuse("a path")
            return None
        return Path(raw).expanduser()
    return str(raw)


def _boolean(raw: object, refuse: Any) -> bool:
    text = str(raw).strip().lower()
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off", ""):
        return False
    raise refuse("true or false")


def _range(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"between {low} and {high}"
    return f"at least {low}" if low is not None else f"at most {high}"


def page() -> str:
    """The reference page docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "<!-- written by `python -m manystores.core.settings`; edit src/manystores/core/settings.py instead -->",
        "",
        "The first source that names a setting wins: a flag of the command, an environment variable, the TOML file of",
        "`--config` or `MANYSTORES_CONFIG` (its keys are the names below), the default. A value that breaks its rule",
        "stops the start with exit code 2 and a message that names the setting, the value and the rule.",
        "`manystores settings` shows what is in force.",
        "",
        "| setting | environment | default | rule | what it does |",
        "|---|---|---|---|---|",
    ]
    types = get_type_hints(Settings)
    for each in fields(Settings):
        rules = each.metadata
        shown = each.default
        default = "" if shown in (None, "") else f"`{str(shown).lower() if isinstance(shown, bool) else shown}`"
        cells = [f"`{each.name}`", f"`{PREFIX}{each.name.upper()}`", default, _rule(types[each.name], rules)]
        lines.append("| " + " | ".join([*cells, rules["help"]]) + " |")
    return "\n".join(lines) + "\n"


def _rule(wanted: Any, rules: Mapping[str, Any]) -> str:
    if rules["choices"]:
        return "one of " + ", ".join(f"`{choice}`" for choice in rules["choices"])
    if wanted is int:
        return _range(rules["minimum"], rules["maximum"])
    if wanted is bool:
        return "`true` or `false`"
    return "a path" if "Path" in str(wanted) else "text"


def shown(settings: Settings) -> dict[str, object]:
    """The settings as plain values for people and `--json`; secrets only say whether they are set."""
    plain: dict[str, object] = {}
    for each in fields(Settings):
        value = getattr(settings, each.name)
        if each.metadata["secret"]:
            value = "(set)" if value else ""
        plain[each.name] = str(value) if isinstance(value, Path) else value
    return plain


if __name__ == "__main__":
    sys.stdout.write(page())
