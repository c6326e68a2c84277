"""The refusal of what nobody can serve, in words."""

from manystores.flows.rules import cant_serve


def test_short_lines_are_named_with_what_there_is() -> None:
    problem = cant_serve([("SCARF", 1, 3, 2), ("MUG", 2, 1, 0)])
    assert (problem.rule.code, problem.rule.status) == ("cannot_serve", 409)
    assert "SCARF, MUG" in problem.en
    assert "SCARF, MUG" in problem.zh
    assert problem.extra["short"] == [
        {"line": 0, "offer": "SCARF", "wanted": 3, "available": 2},
        {"line": 1, "offer": "MUG", "wanted": 1, "available": 0},
    ]


def test_where_nothing_is_short_the_policy_is_named() -> None:
    assert "policy" in cant_serve([]).en
    assert "路由策略" in cant_serve([]).zh
