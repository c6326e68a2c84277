"""ISO 4217: which currencies there are, and how many decimals an amount of each is written with."""

import re
from decimal import Decimal

_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
# BGN gave way to the euro in 2026; past orders still carry it.
_TWO_DECIMALS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""

#: Decimals of each currency's amounts: CNY 2 (fen), JPY 0, KWD 3.
DECIMALS: dict[str, int] = {
    code: decimals
    for decimals, codes in ((0, _NO_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS), (4, _FOUR_DECIMALS))
    for code in codes.split()
}

_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def minor_units(text: str, currency: str) -> int:
    """Minor units of an amount written in decimals, exactly: minor_units("12.5", "CNY") is 1250.

    ValueError for what is no plain decimal number, or has more decimals than the currency (zeros excepted);
    KeyError for an unknown currency.
    """
    if len(text) > 24 or not (text.isascii() and _AMOUNT.fullmatch(text)):
        raise ValueError(f"{text[:40]!r} is not a decimal number such as 12.50")
    shifted = Decimal(text).scaleb(DECIMALS[currency])
    if shifted != shifted.to_integral_value():
        raise ValueError(f"{text} has more than the {DECIMALS[currency]} decimals of {currency}")
    return int(shifted)


def decimal_text(amount: int, currency: str) -> str:
    """The amount in decimals: decimal_text(1250, "CNY") is "12.50". KeyError for an unknown currency."""
    return format(Decimal(amount).scaleb(-DECIMALS[currency]), "f")
