"""What people agreed to: the last word of each of their identifiers on each purpose, and what follows for a person.

Nobody has agreed to anything before they say so. Of a person that several identifiers are of, one yes is needed and any
no is enough: so a merge never widens consent, and an unmerge gives each side its own back.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

LINK: Final = "link"
"""That accounts, cards and wallets are put together as one person's."""
SHARE_WITH_BRAND: Final = "share_with_brand"
"""That a brand learns who pays in its stores."""
MARKETING: Final = "marketing"
PERSONALISE: Final = "personalise"
SENSITIVE: Final = "sensitive"
PURPOSES: Final = (LINK, SHARE_WITH_BRAND, MARKETING, PERSONALISE, SENSITIVE)


def said_of(purpose: str, brand: str) -> str:
    """A purpose as it is kept: linking is the platform's, the others are said of each brand by itself, by its code:
    'marketing:acme'."""
    return purpose if purpose == LINK else f"{purpose}:{brand}"


class Consent(Struct, frozen=True, kw_only=True):
    """What was said, when, where, and to which text. `at_us` is when it was said, not when it was heard of."""

    purpose: str
    granted: bool
    version: str
    channel: str
    proof: str
    at_us: int


class Consents:
    """The last word of every identifier, by its number."""

    def __init__(self) -> None:
        self._of: dict[int, dict[str, Consent]] = {}

    def take(self, number: int, consent: Consent) -> bool:
        """Hear what was said; False if something later was heard before. Of two at the same moment, the no counts."""
        known = self._of.get(number, {}).get(consent.purpose)
        if known is not None and (known.at_us, not known.granted) >= (consent.at_us, not consent.granted):
            return False
        self._of.setdefault(number, {})[consent.purpose] = consent
        return True

    def of(self, number: int) -> list[Consent]:
        """All last words of one identifier, by purpose."""
        return [consent for _, consent in sorted(self._of.get(number, {}).items())]

    def effective(self, numbers: Iterable[int], purpose: str) -> Consent | None:
        """The newest consent under which a person's data may be used; None when nobody said yes, or somebody no."""
        found: Consent | None = None
        for number in numbers:
            said = self._of.get(number, {}).get(purpose)
            if said is None:
                continue
            if not said.granted:
                return None
            if found is None or said.at_us > found.at_us:
                found = said
        return found

    def forget(self, number: int) -> None:
        """All that an identifier said."""
        self._of.pop(number, None)
