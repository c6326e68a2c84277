"""FastAPI's errors as problem documents."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from manystores.api import console_files, hot
from manystores.api.http import Reply, language_of, problem_reply
from manystores.api.routes import ROUTERS
from manystores.core.database import DATABASE_AWAY
from manystores.core.errors import INVALID, MALFORMED, NOT_FOUND, UNAVAILABLE, FieldError, Problem, rule
from manystores.core.settings import tiles_origin
from manystores.promise.rules import INTERNAL

log = logging.getLogger(__name__)
NOT_ALLOWED = rule("method_not_allowed", 405, "This route does not take that method", "该路由不支持此方法")

#: pydantic's type of an error: our code, and what to say of it; names in braces are pydantic's limits
_WORDS = {
    "missing": ("required", "is required", "必填"),
    "uuid_parsing": ("not_a_uuid", "must be a UUID", "必须是 UUID"),
    "int_parsing": ("not_an_integer", "must be an integer", "必须是整数"),
    "int_parsing_size": ("out_of_range", "is absurdly large", "数值过大"),
    "int_from_float": ("not_an_integer", "must be an integer", "必须是整数"),
    "bool_parsing": ("not_a_boolean", "must be true or false", "必须为 true 或 false"),
    "greater_than_equal": ("out_of_range", "must be at least {ge}", "必须大于等于 {ge}"),
    "less_than_equal": ("out_of_range", "must be at most {le}", "必须小于等于 {le}"),
    "literal_error": ("unknown_choice", "choose one of {expected}", "请从 {expected} 中选择"),
    "string_too_short": ("required", "must not be empty", "不能为空"),
    "string_too_long": ("too_long", "at most {max_length} characters are allowed", "最多允许 {max_length} 个字符"),
    "string_unicode": ("not_utf8", "must be UTF-8", "必须是 UTF-8 编码"),
}


def install(api: FastAPI) -> None:
    """Let every error of the application be a problem document, in the language that the client prefers."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _unexpected)
    for away in DATABASE_AWAY:
        api.add_exception_handler(away, _away)


def respond(request: Request, problem: Problem) -> Response:
    """A problem as FastAPI's response."""
    headers = {b"accept-language": request.headers.get("accept-language", "").encode("latin-1")}
    return as_response(problem_reply(problem, language_of(headers)))


def as_response(reply: Reply) -> Response:
    """A hot route's reply as FastAPI's response."""
    extra = {name.decode(): value.decode() for name, value in reply.headers}
    extra["content-type"] = reply.media_type.decode()
    return Response(reply.body, reply.status, extra)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return respond(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(fault["type"] == "json_invalid" for fault in error.errors()):
        return respond(request, Problem(MALFORMED, "Send JSON in UTF-8.", "请发送 UTF-8 编码的 JSON。"))
    return respond(request, Problem(INVALID, fields=tuple(_fault(fault) for fault in error.errors())))


def _fault(fault: Any) -> FieldError:
    """What pydantic says of a parameter, with the codes that bodies use."""
    pointer = "".join(f"/{part}" for part in fault["loc"][1:])
    code, en, zh = _WORDS.get(str(fault["type"]), (str(fault["type"]), str(fault["msg"]), "值不符合要求"))
    limits = fault.get("ctx", {})
    return FieldError(pointer, code, en.format(**limits), zh.format(**limits))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code not in (404, 405):
        return respond(request, Problem(MALFORMED, str(error.detail)))
    path, allowed = request.url.path, ", ".join(sorted(_allowed(request)))
    if not allowed and (page := console_files.answer(request.scope, _tiles(request))) is not None:
        return as_response(page)
    if not allowed:
        return respond(request, Problem(NOT_FOUND, f"There is no {path}.", f"没有 {path}。"))
    way_out = (f"{path} takes {allowed}.", f"{path} 支持 {allowed}。")
    answer = respond(request, Problem(NOT_ALLOWED, *way_out))
    answer.headers["Allow"] = allowed
    return answer


def _tiles(request: Request) -> str:
    """The origin that maps load their tiles from; empty when there is none."""
    services = getattr(request.app.state, "services", None)
    template: str = services.settings.map_tiles if services is not None else ""
    return tiles_origin(template) if template else ""


def _allowed(request: Request) -> set[str]:
    """Every method taken at the path of a request: Starlette tells those of the first route only, and no hot ones."""
    allowed = hot.methods(request.url.path)
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
                allowed |= route.methods or set()
    return allowed


async def _away(request: Request, _error: Exception) -> Response:
    text = ("The database can't be reached; try again in a second.", "数据库暂不可用，请稍后重试。")
    return respond(request, Problem(UNAVAILABLE, *text, retry_after_s=1))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error, extra={"path": request.url.path})
    return respond(request, Problem(INTERNAL))
