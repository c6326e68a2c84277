"""A film of a barcode, for Chromium's fake camera."""

from pathlib import Path
from typing import Final

import numpy as np

_L: Final = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_FIRST: Final = (
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
)  # fmt: skip


def ean13(digits: str) -> str:
    """The bars (1) and gaps (0) of an EAN-13 (GS1 General Specifications, section 5.2)."""
    right = [code.translate(str.maketrans("01", "10")) for code in _L]
    mirrored = [code[::-1] for code in right]
    left = (
        (_L if side == "L" else mirrored)[int(digit)]
        for side, digit in zip(_FIRST[int(digits[0])], digits[1:7], strict=True)
    )
    return "".join(("101", *left, "01010", *(right[int(digit)] for digit in digits[7:]), "101"))


def film(path: Path, digits: str, *, width: int = 640, height: int = 480, frames: int = 4) -> Path:
    """Write a film (Y4M, 4:2:0) in which nothing happens but that the code is there, a little above the middle."""
    picture = np.full((height, width), 235, np.uint8)
    bars = ean13(digits)
    module = 4
    at = (width - module * len(bars)) // 2
    for i, bar in enumerate(bars):
        if bar == "1":
            picture[height // 4 : height * 3 // 4, at + i * module : at + (i + 1) * module] = 16
    grey = np.full(width * height // 2, 128, np.uint8)
    with path.open("wb") as out:
        out.write(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (width, height))
        for _ in range(frames):
            out.write(b"FRAME\n" + picture.tobytes() + grey.tobytes())
    return path
