"""What the documentation says exists: links, commands, make targets, routes, tables, settings, reference pages."""

import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest

from manystores.api import Application
from manystores.api import hot as hot_routes
from manystores.cli import cli, reference
from manystores.core import settings

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GENERATED = {"docs/cli.md": reference.page, "docs/settings.md": settings.page}
TABLES_SECTION = "## Who writes what"

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def shell_lines(text: str) -> list[str]:
    """The commands in a page's shell blocks; a console's are those after `$ `."""
    return [
        line.removeprefix("$ ")
        for language, block in re.findall(r"^```(sh|console)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
        if language == "sh" or line.startswith("$ ")
    ]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


@every_page
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text("utf-8"))):
        if link.startswith("http"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link}: there is no {target}"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


@every_page
def test_commands_and_their_options_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    inline = [found for found in re.findall(r"`([^`\n]+)`", prose(text)) if "manystores " in found or "make " in found]
    for line in shell_lines(text) + inline:
        for command in re.findall(r"(?:^|\$\()(?:[A-Z_]+=\S+ )*((?:\.venv/bin/)?manystores [^)#]*|make [^)#]*)", line):
            check_command(command.strip())


def check_command(text: str) -> None:
    """A make target exists; a manystores command exists with each option that is given."""
    program, *words = shlex.split(text)
    if program == "make":
        for word in words:
            assert word in targets() or "=" in word, f"make has no target {word}"
        return
    command: click.Command = cli
    context = click.Context(cli, info_name="manystores")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if "…" in words[0] or "|" in words:
            return
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"{text}: there is no command {name}"
        command = found
    known = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}
    for word in words:
        assert not word.startswith("-") or word.partition("=")[0] in known, f"{text}: no option {word}"


@cache
def documented_routes() -> frozenset[tuple[str, str]]:
    """(method, path with {} for names) of the OpenAPI document and of the hot routes."""
    document = Application(settings.Settings(), "postgresql://nobody@/nothing").api.openapi()
    routes = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path)) for path, item in document["paths"].items() for method in item
    }
    return frozenset(routes)


def test_every_hot_route_is_in_the_openapi_document() -> None:
    missing = set(hot_routes.ROUTES) - documented_routes()
    assert not missing, f"the application answers these, and /docs does not tell: {missing}"


@every_page
def test_routes_are_in_the_openapi_document(page: Path) -> None:
    text = page.read_text("utf-8")
    named = re.findall(r"\b(GET|POST|PUT|PATCH|DELETE)(?:/(?:GET|POST|PATCH|DELETE))* (/[\w/{}.-]*)", text)
    for method, path in named:
        path = re.sub(r"\{\w+\}", "{}", path.rstrip("."))
        if path not in ("/", "/docs", "/openapi.json"):
            assert (method, path) in documented_routes(), f"there is no {method} {path}"


@every_page
def test_calls_with_curl_hit_routes_that_exist(page: Path) -> None:
    for call in re.findall(r"^api \"?(/v1/.*)$", page.read_text("utf-8"), flags=re.MULTILINE):
        path = re.split(r"[\"?\s]", call)[0]
        plain = "POST" if re.search(r" -d|-X POST", call) else "GET"
        method = "PATCH" if "-X PATCH" in call else "PUT" if "-X PUT" in call else plain
        wanted = re.compile("^" + re.sub(r"\\?\$[A-Z]+(?:-\d)?|(?<=/)\d+(?=/|$)", "{}", path) + "$")
        assert any(method == m and wanted.match(p) for m, p in documented_routes()), f"there is no {method} {path}"


def test_environment_variables_are_settings() -> None:
    known = {settings.PREFIX + name.upper() for name in settings.Settings.__dataclass_fields__}
    known |= {settings.CONFIG_VARIABLE, "MANYSTORES_TEST_DATABASE_URL"}
    known |= {"MANYSTORES_DEV_API", "MANYSTORES_DEV_KEY", "MANYSTORES_SHOTS"}  # of the console's development
    for page in PAGES:
        named = set(re.findall(r"\bMANYSTORES_[A-Z_]+", page.read_text("utf-8")))
        assert named <= known, f"{page.name}: {named - known}"


def test_the_architecture_names_every_table_and_no_other() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split(TABLES_SECTION)[1].split("\n\n")[1]
    named = set(re.findall(r"`([a-z_]+)`", "\n".join(row.split("|")[1] for row in text.splitlines()[2:])))
    made: set[str] = set()
    for migration in ROOT.glob("src/manystores/*/migrations/*.py"):
        made |= set(re.findall(r"CREATE TABLE (\w+) \(", migration.read_text("utf-8")))
    assert named == made


def test_files_that_the_architecture_names_exist() -> None:
    for page in PAGES:
        named = re.findall(r"`((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|sql))`", prose(page.read_text("utf-8")))
        for name in named:
            assert (ROOT / "src/manystores" / name).exists() or (ROOT / name).exists(), f"{page.name}: {name}"


@pytest.mark.parametrize("name", GENERATED)
def test_reference_pages_are_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == GENERATED[name](), f"run: make docs  ({name})"


def test_the_two_languages_of_the_readme_show_the_same_commands_and_a_picture() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))

    def commands(text: str) -> list[str]:
        return [line.split("#")[0].strip() for line in shell_lines(text)]

    assert commands(english) == commands(chinese)
    assert "docs/images/console/board-en-light-desk.webp" in english
    assert "docs/images/console/board-zh-light-desk.webp" in chinese


def test_pictures_are_small() -> None:
    for picture in (ROOT / "docs/images").rglob("*.*"):
        assert picture.stat().st_size < 300_000, picture.name
