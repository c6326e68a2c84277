"""What the label of a parcel says: where it goes, and no more of the person than the courier needs.

Names and phones are masked as GB/T 41833-2022 (electronic waybills) asks: one character of the name at least and six
digits of the phone at least are hidden. The address is whole, or the parcel would not arrive.
"""

HIDDEN = "*"


def masked_name(name: str) -> str:
    """The first character, and stars for the others.

    >>> masked_name("王小明"), masked_name("欧阳"), masked_name("Jo Smith"), masked_name("王"), masked_name("")
    ('王**', '欧*', 'J**', '*', '')
    """
    name = name.strip()
    if len(name) < 2:
        return HIDDEN * len(name)
    return name[0] + HIDDEN * min(len(name) - 1, 2)


def masked_phone(phone: str) -> str:
    """With six digits at least hidden: of a Chinese mobile the first three and last two are shown, of others the last
    four as far as that leaves six.

    >>> masked_phone("+8613812345678"), masked_phone("010-88886666"), masked_phone("1234567"), masked_phone("")
    ('138******78', '*******6666', '******7', '')
    """
    digits = "".join(character for character in phone if character.isdigit())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    elif phone.strip().startswith("+"):
        return _last_four(digits)
    if len(digits) == 11 and digits.startswith("1"):
        return digits[:3] + HIDDEN * 6 + digits[-2:]
    return _last_four(digits)


def _last_four(digits: str) -> str:
    shown = max(0, min(4, len(digits) - 6))
    return HIDDEN * (len(digits) - shown) + digits[len(digits) - shown :]
