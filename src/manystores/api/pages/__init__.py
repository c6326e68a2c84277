"""The pages of signing in: plain HTML without scripts, which work wherever a browser does."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from fastapi.responses import HTMLResponse

from manystores.api.pages.words import WORDS

Words = dict[str, str]

_PAGE, _STYLE = (files(__package__).joinpath(f"page.{kind}").read_text("utf-8") for kind in ("html", "css"))
_FADED: Final = {1, 5, 8}
_LOGO: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" aria-hidden="true">'
    '<rect width="32" height="32" rx="7" fill="#1650c4"/><g fill="#fff">'
    + "".join(
        f'<rect x="{6 + i % 3 * 7.5:g}" y="{6 + i // 3 * 7.5:g}" width="5" height="5" rx="1.2"'
        + (' opacity=".55"/>' if i in _FADED else "/>")
        for i in range(9)
    )
    + "</g></svg>"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def words_of(language: str) -> Words:
    """The words of a language; of 'zh-CN' those of zh, of an unknown one English."""
    return WORDS["zh" if language.lower().startswith("zh") else "en"]


def page(words: Words, title: str, body: str, status: int, *, footer: str = "", form_to: str = "") -> HTMLResponse:
    """A whole page. `form_to` is another origin to which its form's answer may lead."""
    filled = _PAGE
    parts = {"lang": words["lang"], "title": escape(title), "icon": quote(_LOGO), "logo": _LOGO, "style": _STYLE}
    for name, part in (parts | {"body": body, "footer": footer}).items():
        filled = filled.replace("{{" + name + "}}", part)
    return HTMLResponse(filled, status, _headers(form_to))


def sign_in_form(
    words: Words,
    *,
    action: str,
    other_language: str,
    login: str = "",
    problem: str = "",
    tone: str = "bad",
    status: int = 200,
    form_to: str = "",
) -> HTMLResponse:
    """The form with login and password; `problem` says what was wrong with the last try."""
    told = f'<p class="told {tone}" role="alert" id="told">{escape(problem)}</p>' if problem else ""
    wrong = ' aria-invalid="true" aria-describedby="told"' if problem and tone == "bad" else ""
    # after a wrong password the login is kept, and the cursor stands where one types next
    first, second = ("", " autofocus") if login else (" autofocus", "")
    body = f"""<p class="lead">{escape(words["lead"])}</p>
{told}<form method="post" action="{escape(action)}" novalidate>
<div class="field"><label for="login">{escape(words["login"])}</label>
<input id="login" name="login" value="{escape(login)}" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="170" required{wrong}{first}></div>
<div class="field"><label for="password">{escape(words["password"])}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200"
 required{wrong}{second}></div>
<button type="submit">{escape(words["submit"])}</button>
</form>"""
    other = WORDS[words["other"]]["lang"]
    footer = f'<a href="{escape(other_language)}" lang="{other}" hreflang="{other}">{escape(words["other_name"])}</a>'
    return page(words, words["sign_in"], body, status, footer=footer, form_to=form_to)


def told(words: Words, what: str, status: int, *, detail: str = "", again: str = "") -> HTMLResponse:
    """A page that says what went wrong, and offers to begin again."""
    text = words[f"{what}_text"].replace("{detail}", detail[:200])
    link = f'<a class="button" href="{escape(again)}">{escape(words["again"])}</a>' if again else ""
    return page(words, words[what], f'<p class="lead">{escape(text)}</p>{link}', status)


def choice(words: Words, links: Iterable[tuple[str, str]]) -> HTMLResponse:
    """A page with links (address, name), of which one is to be chosen."""
    items = "".join(f'<li><a href="{escape(address)}">{escape(name)}</a></li>' for address, name in links)
    body = f'<p class="lead">{escape(words["choose_text"])}</p><ul>{items}</ul>'
    return page(words, words["choose"], body, 200)


def waiting(words: Words, seconds: int) -> str:
    """How long to wait, in words."""
    if seconds < 90:
        return words["seconds"].format(n=seconds)
    return words["minutes"].format(n=-(-seconds // 60))


def _headers(form_to: str) -> dict[str, str]:
    return {
        "cache-control": "no-store",
        "vary": "accept-language",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "content-security-policy": f"default-src 'none'; img-src data:; style-src 'sha256-{_STYLE_HASH}'; "
        f"base-uri 'none'; form-action 'self' {form_to}".rstrip()
        + "; frame-ancestors 'none'",
    }
