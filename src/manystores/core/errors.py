"""Errors that people meet: stable codes, text in English and Chinese, the fields at fault (RFC 9457)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldError:
    """One offending field: where (JSON pointer, e.g. /lines/0/quantity), which rule, and the way out."""

    pointer: str
    code: str
    en: str
    zh: str


@dataclass(frozen=True)
class Rule:
    """A kind of error: its stable code, HTTP status, and title in both languages."""

    code: str
    status: int
    en: str
    zh: str


RULES: dict[str, Rule] = {}


def rule(code: str, status: int, en: str, zh: str) -> Rule:
    """Declare a rule once; declaring a code twice is a programming error."""
    if code in RULES:
        raise ValueError(f"error code {code} is declared twice")
    RULES[code] = Rule(code, status, en, zh)
    return RULES[code]


@dataclass(eq=False)
class Problem(Exception):
    """A request that can't be done: the rule it broke, what exactly, and what to do instead.

    `extra` holds further members of the problem document (e.g. `short` lines of a refused reservation).
    """

    rule: Rule
    en: str = ""
    zh: str = ""
    fields: tuple[FieldError, ...] = ()
    extra: dict[str, object] = field(default_factory=dict)
    retry_after_s: int | None = None

    def __str__(self) -> str:
        places = "; ".join(f"{f.pointer}: {f.en}" for f in self.fields)
        return " ".join(part for part in (f"[{self.rule.code}] {self.en or self.rule.en}", places) if part)

    def document(self, language: str = "en") -> dict[str, object]:
        """The RFC 9457 problem document; `language` is 'en' or 'zh'."""
        zh = language == "zh"
        body: dict[str, object] = {
            "type": f"urn:manystores:problem:{self.rule.code}",
            "title": self.rule.zh if zh else self.rule.en,
            "status": self.rule.status,
            "code": self.rule.code,
        }
        detail = self.zh if zh else self.en
        if detail:
            body["detail"] = detail
        if self.fields:
            body["errors"] = [
                {"pointer": f.pointer, "code": f.code, "detail": f.zh if zh else f.en} for f in self.fields
            ]
        return body | self.extra


INVALID = rule("invalid", 422, "The request breaks a rule of its fields", "请求的字段不符合规则")
MALFORMED = rule("malformed", 400, "The body can't be read", "请求体无法解析")
UNAUTHORIZED = rule("unauthorized", 401, "Sign in, or send a valid API key", "请先登录，或提供有效的 API 密钥")
FORBIDDEN = rule("forbidden", 403, "You may not do that", "无权执行此操作")
NOT_FOUND = rule("not_found", 404, "There is no such thing here", "未找到该资源")
CONFLICT = rule("conflict", 409, "It conflicts with the present state", "与当前状态冲突")
UNAVAILABLE = rule("unavailable", 503, "The service can't answer now; try again", "服务暂时不可用，请稍后重试")
