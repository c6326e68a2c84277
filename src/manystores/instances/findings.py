"""What is wrong with files: collected, each with its file, column and row, and told at once."""

from collections.abc import Iterable
from typing import Final

from manystores.core.errors import FieldError, Problem, Rule

MOST_FINDINGS: Final = 20


class Findings:
    """Up to `MOST_FINDINGS` errors; more are only counted, so that a broken column of millions stays readable."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.count = 0

    @property
    def room(self) -> int:
        """How many more are kept."""
        return MOST_FINDINGS - len(self.errors)

    def add(self, pointer: str, code: str, en: str, zh: str) -> None:
        """Note one error; the pointer is file, file/column or file/column/row, rows counted from 1."""
        self.count += 1
        if self.room > 0:
            self.errors.append(FieldError(pointer, code, en, zh))

    def add_rows(self, column: str, code: str, rows: Iterable[tuple[int, str, str]], count: int) -> None:
        """Note `count` errors of a column (`file/column`), of which `rows` tells the first: (index from 0, en, zh)."""
        before = self.count
        for index, en, zh in rows:
            self.add(f"{column}/{index + 1}", code, en, zh)
        self.count = before + count

    def raise_any(self, rule: Rule) -> None:
        """Raise Problem if there is an error."""
        if not self.count:
            return
        kept = len(self.errors)
        en = "1 place is wrong" if self.count == 1 else f"{self.count} places are wrong"
        zh = f"共有 {self.count} 处错误"
        if self.count > kept:
            en, zh = f"{en}; the first {kept}:", f"{zh}，前 {kept} 处："
        raise Problem(rule, en, zh, tuple(self.errors))
