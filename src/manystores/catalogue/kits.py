"""Kits: one line sold, several things reserved, the money shared among them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from manystores.catalogue.offer import QUANTITY_MAX, Offer, amount_of
from manystores.core.errors import INVALID, FieldError, Problem, rule
from manystores.core.money import share

KIT_CYCLE = rule("kit_cycle", 422, "A kit contains itself", "套装包含了自身")
KIT_TOO_LARGE = rule("kit_too_large", 422, "A kit expands into absurdly much", "套装展开后的数量过大")

#: How many different offers one kit may expand into.
PARTS_MAX: Final = 1000

Find = Callable[[str], Offer | None]
"""Finds an offer of one brand by its SKU."""


class KitLine(msgspec.Struct, frozen=True):
    """A line as sold: an offer, its quantity in base units, and what the line costs in minor units."""

    offer: Offer
    quantity: int
    amount: int


class Part(msgspec.Struct, frozen=True):
    """What a line reserves: an offer that is no kit, its quantity in base units, its share of the line's amount.

    `line` is the index of the line it comes from.
    """

    line: int
    offer: Offer
    quantity: int
    amount: int


def expand(lines: Iterable[KitLine], find: Find) -> list[Part]:
    """The parts of the lines, in order; a kit becomes its components, however deep they are nested.

    A component that a kit reaches on several ways is one part with the quantities added. A line's amount is shared in
    proportion to its parts' list prices (to their quantities if all are free), so that the shares add up to it.
    Raises Problem: KIT_CYCLE, KIT_TOO_LARGE, or INVALID for a component that does not exist.
    """
    parts: list[Part] = []
    for n, line in enumerate(lines):
        if not line.offer.components:
            parts.append(Part(n, line.offer, line.quantity, line.amount))
            continue
        leaves = _leaves(line.offer, line.quantity, find)
        weights = [amount_of(offer, quantity) for offer, quantity in leaves]
        if not any(weights):
            weights = [quantity for _, quantity in leaves]
        amounts = share(line.amount, weights)
        parts += [Part(n, offer, quantity, amount) for (offer, quantity), amount in zip(leaves, amounts, strict=True)]
    return parts


def check_kits(offers: Sequence[Offer], find: Find, at: Callable[[int], str]) -> None:
    """Refuse kits that could never be sold, before they are stored.

    `find` finds the brand's stored offers; those in `offers` come before them. `at(i)` is the JSON pointer of
    offers[i]. Raises Problem(INVALID) with an error per missing component, cycle, strange currency or absurd size.
    """
    arriving = {offer.sku: offer for offer in offers}

    def find_newest(sku: str) -> Offer | None:
        return arriving.get(sku) or find(sku)

    errors: list[FieldError] = []
    for i, offer in enumerate(offers):
        if not offer.components:
            continue
        wrong = _component_errors(offer, find_newest, at(i))
        if not wrong:
            try:
                _leaves(offer, 1, find_newest)
            except Problem as problem:
                wrong = [FieldError(f"{at(i)}/components", problem.rule.code, problem.en, problem.zh)]
        errors += wrong
    if errors:
        raise Problem(INVALID, fields=tuple(errors))


def _component_errors(kit: Offer, find: Find, at: str) -> list[FieldError]:
    errors = []
    for n, component in enumerate(kit.components):
        place = f"{at}/components/{n}/sku"
        offer = find(component.sku)
        if offer is None:
            errors.append(
                FieldError(
                    place,
                    "unknown_component",
                    f"There is no offer {component.sku}; create it first, or in the same batch",
                    f"商品 {component.sku} 不存在，请先创建，或在同一批中提交",
                )
            )
        elif offer.kind == "quota":
            errors.append(
                FieldError(place, "quota_component", "A quota can't be sold in a kit", "套装不能包含配额类商品")
            )
        elif offer.price.currency != kit.price.currency:
            errors.append(
                FieldError(
                    place,
                    "strange_currency",
                    f"{component.sku} is priced in {offer.price.currency}, the kit in {kit.price.currency}",
                    f"{component.sku} 以 {offer.price.currency} 标价，而套装以 {kit.price.currency} 标价",
                )
            )
    return errors


def _leaves(offer: Offer, quantity: int, find: Find) -> list[tuple[Offer, int]]:
    """What an offer finally consists of, in order of first mention.

    Kits are taken apart from the outside in, each only once all kits that contain it have been (a topological order),
    so that nested kits with shared components take time linear in their size; what is left over stands in a cycle.
    """
    found = _reachable(offer, find)
    waits_for = dict.fromkeys(found, 0)
    for inner in found.values():
        for component in inner.components:
            waits_for[component.sku] += 1
    needed = dict.fromkeys(found, 0)
    needed[offer.sku] = quantity
    ready = [offer.sku] if waits_for[offer.sku] == 0 else []
    done = 0
    while ready:
        sku = ready.pop()
        done += 1
        for component in found[sku].components:
            needed[component.sku] += needed[sku] * component.quantity
            waits_for[component.sku] -= 1
            if waits_for[component.sku] == 0:
                ready.append(component.sku)
    if done < len(found):
        raise _cycle(found, waits_for)
    for sku, count in needed.items():
        if count > QUANTITY_MAX:
            raise _too_large(offer.sku, f"{count} of {sku}", f"{count} 个 {sku}")
    return [(leaf, needed[sku]) for sku, leaf in found.items() if not leaf.components]


def _reachable(offer: Offer, find: Find) -> dict[str, Offer]:
    """The offer and everything inside it by SKU, depth first as written."""
    found: dict[str, Offer] = {}
    stack = [offer]
    while stack:
        inner = stack.pop()
        if inner.sku in found:
            continue
        found[inner.sku] = inner
        if len(found) > PARTS_MAX:
            raise _too_large(offer.sku, f"more than {PARTS_MAX} offers", f"超过 {PARTS_MAX} 个商品")
        for component in reversed(inner.components):
            part = find(component.sku)
            if part is None:
                raise Problem(
                    INVALID,
                    en=f"The kit {inner.sku} contains {component.sku}, which does not exist",
                    zh=f"套装 {inner.sku} 中的商品 {component.sku} 不存在",
                )
            stack.append(part)
    return found


def _cycle(found: Mapping[str, Offer], waits_for: Mapping[str, int]) -> Problem:
    """The problem that shows one way round the cycle, e.g. A → B → A."""
    into: dict[str, str] = {}
    for sku, inner in found.items():
        if waits_for[sku]:
            into |= {c.sku: sku for c in inner.components if waits_for[c.sku]}
    way = [next(iter(into))]
    while way[-1] not in way[:-1]:
        way.append(into[way[-1]])
    ring = way[way.index(way[-1]) :][::-1]
    text = " → ".join(ring)
    return Problem(KIT_CYCLE, en=f"{text} is a circle; take one of them out", zh=f"{text} 形成循环，请移除其中一项")


def _too_large(kit: str, en: str, zh: str) -> Problem:
    return Problem(KIT_TOO_LARGE, en=f"{kit} comes to {en}", zh=f"{kit} 展开后为{zh}")
