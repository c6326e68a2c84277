"""GTIN: the number under a barcode (GS1 General Specifications, section 7.9)."""

from stdnum import ean

_LENGTHS = (8, 12, 13, 14)


class BrokenGtin(ValueError):
    """What is wrong with a number that should be a GTIN, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


def gtin14(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits, zeros in front; spaces and hyphens are dropped.

    Raises BrokenGtin that says what the check digit should be.
    """
    digits = text.strip().replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        hint_en, hint_zh = "", ""
        if "E+" in digits.upper():
            hint_en = "; a spreadsheet has rounded it: format the column as text"
            hint_zh = "；表格软件已将其四舍五入，请把该列设为文本格式"
        raise BrokenGtin(f"A GTIN has digits only{hint_en}", f"GTIN 只能由数字组成{hint_zh}")
    if len(digits) not in _LENGTHS:
        raise BrokenGtin(
            f"A GTIN has 8, 12, 13 or 14 digits, this has {len(digits)}; leading zeros may be lost",
            f"GTIN 应为 8、12、13 或 14 位，此处为 {len(digits)} 位；可能丢失了前导零",
        )
    if not digits.strip("0"):
        raise BrokenGtin("All zeros is no GTIN; leave it out instead", "GTIN 不能全为 0；没有条码时请留空")
    check = ean.calc_check_digit(digits[:-1])
    if digits[-1] != check:
        raise BrokenGtin(
            f"The check digit should be {check}, not {digits[-1]}; one of the digits is wrong",
            f"校验位应为 {check}，而不是 {digits[-1]}；请核对各位数字",
        )
    return digits.zfill(14)
