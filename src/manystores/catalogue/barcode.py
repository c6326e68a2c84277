"""What a scanner read: a GTIN, also where it stands in a GS1 code with a serial number."""

import re
from typing import NamedTuple

from manystores.catalogue.gtin import BrokenGtin, gtin14

GROUP_SEPARATOR = "\x1d"
_LINK = re.compile(r"^https?://.*/01/(\d{8,14})(?:/.*?21/([^/?#]+))?")
_ELEMENTS = re.compile(r"^(?:\][dQC][0-9])?(?:\(01\)|01)(\d{14})(.*)$", re.DOTALL)
_SERIAL = re.compile(rf"(?:\(21\)|{GROUP_SEPARATOR}21|^21)([^{GROUP_SEPARATOR}(]{{1,20}})")


class Scanned(NamedTuple):
    """A GTIN of 14 digits, and a serial number, either empty where the code has none."""

    gtin: str
    serial: str


def scanned(code: str) -> Scanned:
    """What is in a code: a plain GTIN, GS1 element strings (AI 01 and 21), or a GS1 Digital Link.

    >>> scanned("6901234567892")
    Scanned(gtin='06901234567892', serial='')
    >>> scanned("(01)06901234567892(21)A-77")
    Scanned(gtin='06901234567892', serial='A-77')
    >>> scanned("https://id.example/01/06901234567892/21/A-77?x=1")
    Scanned(gtin='06901234567892', serial='A-77')
    >>> scanned("SCARF")
    Scanned(gtin='', serial='')
    """
    code = code.strip()
    found = _LINK.match(code)
    if found is not None:
        return Scanned(_gtin(found[1]), found[2] or "")
    found = _ELEMENTS.match(code)
    if found is not None and len(code) > 14:
        serial = _SERIAL.search(found[2])
        return Scanned(_gtin(found[1]), serial[1] if serial else "")
    return Scanned(_gtin(code), "")


def _gtin(text: str) -> str:
    try:
        return gtin14(text)
    except BrokenGtin:
        return ""
