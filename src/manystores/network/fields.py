"""Reads bodies as `core.fields` does, with region codes besides."""

from typing import Final

from manystores.core.fields import Fields as CoreFields
from manystores.network.regions import canonical, is_region

_REGIONS_MAX: Final = 5_000


class Fields(CoreFields):
    """One object of a body, whose fields may be region codes."""

    def regions(self, field: str) -> tuple[str, ...]:
        """A list of region codes; an empty text is not among them."""
        codes = self.texts(field, _REGIONS_MAX, 12)
        for i, code in enumerate(codes):
            self.check_region(f"{field}/{i}", code)
        return tuple(dict.fromkeys(canonical(code) for code in codes))

    def region(self, field: str) -> str:
        """One region code, '' when absent."""
        code = self.text(field, 12)
        self.check_region(field, code)
        return canonical(code)

    def check_region(self, field: str, code: str) -> None:
        """Complain of a code that names no region; '' is fine."""
        if code and not is_region(code):
            self.wrong(
                field,
                "unknown_region",
                f"{code!r} is no region: write a GB/T 2260 code of 6, 9 or 12 digits (310115), or ISO 3166-2 (FR-IDF)",
                f"{code!r} 不是有效的地区代码：请填写 6、9 或 12 位行政区划代码（如 310115），境外填写 ISO 3166-2",
            )
