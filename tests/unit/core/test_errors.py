"""Errors are RFC 9457 documents in English and Chinese, with the fields at fault."""

import pytest

from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem, rule

QUANTITY = FieldError("/lines/0/quantity", "positive", "must be 1 or more", "必须大于等于 1")


def test_a_problem_is_a_document_in_the_readers_language() -> None:
    problem = Problem(INVALID, en="One line is wrong.", zh="有一行不正确。", fields=(QUANTITY,), extra={"short": []})
    assert problem.document() == {
        "type": "urn:manystores:problem:invalid",
        "title": "The request breaks a rule of its fields",
        "status": 422,
        "code": "invalid",
        "detail": "One line is wrong.",
        "errors": [{"pointer": "/lines/0/quantity", "code": "positive", "detail": "must be 1 or more"}],
        "short": [],
    }
    chinese = problem.document("zh")
    assert (chinese["title"], chinese["detail"]) == ("请求的字段不符合规则", "有一行不正确。")
    assert chinese["errors"] == [{"pointer": "/lines/0/quantity", "code": "positive", "detail": "必须大于等于 1"}]


def test_a_problem_without_words_has_its_rules() -> None:
    assert "detail" not in Problem(NOT_FOUND).document()
    assert str(Problem(NOT_FOUND)) == "[not_found] There is no such thing here"
    assert str(Problem(INVALID, fields=(QUANTITY,))).endswith("/lines/0/quantity: must be 1 or more")


def test_a_code_stands_for_one_rule() -> None:
    with pytest.raises(ValueError, match="not_found is declared twice"):
        rule("not_found", 404, "again", "重复")
