"""What is wrong with files: collected, each with its file, column and row, and told at once."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from manystores.core.errors import FieldError, Problem, Rule

Rows = NDArray[np.integer[Any]]

MOST_FINDINGS: Final = 20
MOST_ROWS: Final = 5


class Findings:
    """Up to `MOST_FINDINGS` errors, `MOST_ROWS` of each kind in a column; more are only counted.

    So a broken column of millions is readable, and hides no other.
    """

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.count = 0

    def add(self, pointer: str, code: str, en: str, zh: str) -> None:
        """Note one error; the pointer is file, file/column or file/column/row, rows counted from 1."""
        self.count += 1
        if len(self.errors) < MOST_FINDINGS:
            self.errors.append(FieldError(pointer, code, en, zh))

    def add_rows(self, column: str, code: str, rows: Rows, told: Callable[[int], tuple[str, str]]) -> None:
        """Note an error for each row (from 0) of a column (`file/column`); `told` tells the first few, (en, zh)."""
        for row in rows[:MOST_ROWS]:
            self.add(f"{column}/{int(row) + 1}", code, *told(int(row)))
        self.count += len(rows[MOST_ROWS:])

    def raise_any(self, rule: Rule) -> None:
        """Raise Problem if there is an error."""
        if not self.count:
            return
        kept = len(self.errors)
        en = "1 place is wrong" if self.count == 1 else f"{self.count} places are wrong"
        zh = f"共有 {self.count} 处错误"
        if self.count > kept:
            en, zh = f"{en}, {kept} of them:", f"{zh}，其中 {kept} 处："
        raise Problem(rule, en, zh, tuple(self.errors))
