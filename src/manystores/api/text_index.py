"""Things found by a piece of their code or name: one text of all of them, searched by what the machine is fast at.

A brand with 7,209 stores or 100,000 offers is a few megabytes; looking through them takes milliseconds, and no index
structure has to be kept. A Chinese name is also found by the first letters of its pinyin: dfmz finds 东方明珠.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

Match = Literal["exact", "prefix", "text", "initials"]
"""How something was found; better ones come first."""


class Entry(NamedTuple):
    """A thing: its number, its code, its names, and what else it is found by (an address, barcodes)."""

    number: int
    code: str
    names: tuple[str, ...]
    more: tuple[str, ...] = ()


class Found(NamedTuple):
    """A thing that was found, and how."""

    number: int
    match: Match


class TextIndex:
    """An index over entries, which does not change any more. Case does not matter."""

    def __init__(self, entries: Iterable[Entry], initials: Mapping[str, str]) -> None:
        lines, names = [], []
        self._numbers: list[int] = []
        for entry in entries:
            self._numbers.append(entry.number)
            fields = [_plain(part) for part in (entry.code, *entry.names, *entry.more)]
            lines.append("\n" + "\t".join(fields) + "\t")
            names.append("\n" + "\t".join(fields[1 : 1 + len(entry.names)]))
        self._text, self._starts = _joined(lines)
        self._names, self._name_starts = _joined(names)
        self._initials = initials

    def __len__(self) -> int:
        return len(self._numbers)

    def find(self, query: str, limit: int) -> list[Found]:
        """At most `limit` things, the best matches first: code, beginning of the code or a name, any place, initials.

        Of several words each must be there, in whatever order.
        """
        words = _plain(query).split()
        if not words or limit < 1:
            return []
        found: dict[int, Match] = {}
        for line, match in self._matches(words):
            found.setdefault(line, match)
            if len(found) >= limit:
                break
        return [Found(self._numbers[line], match) for line, match in found.items()]

    def _matches(self, words: list[str]) -> Iterator[tuple[int, Match]]:
        whole = " ".join(words)
        codes, names = (self._text, self._starts), (self._names, self._name_starts)
        stages: tuple[tuple[Match, str, tuple[str, list[int]]], ...] = (
            ("exact", f"\n{whole}\t", codes),
            ("exact", f"\t{whole}\t", codes),
            ("prefix", f"\n{whole}", codes),
            ("prefix", f"\n{whole}", names),
            ("prefix", f"\t{whole}", names),
        )
        for match, piece, (text, starts) in stages:
            yield from ((line, match) for line in _lines(piece, text, starts))
        yield from ((line, "text") for line in self._with_all(words, self._names, self._name_starts))
        yield from ((line, "text") for line in self._with_all(words, self._text, self._starts))
        letters = "".join(words)
        if 2 <= len(letters) <= 20 and letters.isascii() and letters.isalnum() and not letters.isdigit():
            yield from ((line, "initials") for line in self._by_initials(letters))

    @staticmethod
    def _with_all(words: list[str], text: str, starts: list[int]) -> Iterator[int]:
        """The lines that have each of the words; the longest is looked for, as fewest lines have it."""
        rarest = max(words, key=len)
        others = [word for word in words if word is not rarest]
        for line in _lines(rarest, text, starts):
            end = starts[line + 1] if line + 1 < len(starts) else len(text)
            if all(text.find(word, starts[line], end) >= 0 for word in others):
                yield line

    def _by_initials(self, letters: str) -> Iterator[int]:
        classes = "".join(f"[{re.escape(letter)}{self._initials.get(letter, '')}]" for letter in letters)
        for pattern in (rf"(?<=[\n\t]){classes}", classes):
            for found in re.finditer(pattern, self._names):
                yield bisect_right(self._name_starts, found.start()) - 1


def _lines(piece: str, text: str, starts: list[int]) -> Iterator[int]:
    """The lines with a piece of text in them, in order, each once."""
    at = text.find(piece)
    while at >= 0:
        line = bisect_right(starts, at) - 1
        yield line
        if line + 1 == len(starts):
            return
        at = text.find(piece, starts[line + 1])


def _joined(lines: list[str]) -> tuple[str, list[int]]:
    """All lines as one text, and where each begins."""
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line)
    return "".join(lines), starts


def _plain(text: str) -> str:
    """Without what divides fields, and without upper case."""
    return " ".join(text.casefold().split())
