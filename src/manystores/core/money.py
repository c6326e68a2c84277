"""Money is an integer number of minor units with its ISO 4217 currency, never a float."""

import msgspec


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units (fen, cents) and its currency."""

    amount: int
    currency: str = "CNY"


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
