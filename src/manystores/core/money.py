"""Money is an integer number of minor units with its ISO 4217 currency, never a float."""

import msgspec


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units (fen, cents) and its currency."""

    amount: int
    currency: str = "CNY"


def amount_for(unit_price: int, quantity: int, scale: int = 1) -> int:
    """Minor units that a quantity costs when `scale` of it cost `unit_price`, halves rounded up.

    >>> amount_for(2999, 1500, 1000)  # a metre and a half of cloth at 29.99 a metre
    4499
    """
    return (2 * unit_price * quantity + scale) // (2 * scale)


def share(total: int, weights: list[int]) -> list[int]:
    """Split `total` minor units in proportion to `weights`, exactly (largest remainder, first wins ties).

    With all weights zero the first share takes everything; the shares always add up to `total`.
    """
    if not weights:
        raise ValueError("nothing to share over")
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    parts = [total * w // whole for w in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
