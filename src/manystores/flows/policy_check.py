"""What a routing policy says of a brand's own things: names that nobody has are refused, rules that contradict each
other are pointed out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.network.registry import Registry as Network
from manystores.orders.order import CHANNELS
from manystores.sourcing.policy import EVERY, ChannelRule, RoutingPolicy

_NAMED = 8


def check_names(policy: RoutingPolicy, network: Network, catalogue: Catalogue, party_no: int, at: str = "") -> None:
    """Problem `invalid` for every name of a location, group, offer or class that the brand has not: a slip in a name
    would go unnoticed until the festival. `at` is the policy's own JSON pointer."""
    errors = [
        *_locations(policy, network, party_no),
        *_groups(policy, network.groups_of(party_no)),
        *_offers(policy, catalogue, party_no),
    ]
    if errors:
        raise Problem(INVALID, fields=tuple([replace(error, pointer=at + error.pointer) for error in errors]))


def _locations(policy: RoutingPolicy, network: Network, party_no: int) -> Iterator[FieldError]:
    for i, code in enumerate(policy.excluded_locations):
        if not network.find(party_no, code):
            en = f"There is no location {code}; GET /v1/locations lists them."
            zh = f"没有编码为 {code} 的地点，可通过 GET /v1/locations 查询。"
            yield FieldError(f"/excluded_locations/{i}", "unknown_location", en, zh)


def _groups(policy: RoutingPolicy, known: frozenset[str]) -> Iterator[FieldError]:
    for pointer, group in _groups_named(policy):
        if group != EVERY and group not in known:
            yield FieldError(pointer, "unknown_group", *_unknown_group(group, known))


def _groups_named(policy: RoutingPolicy) -> Iterator[tuple[str, str]]:
    for channel, rule in policy.channels.items():
        for name in ("groups", "excluded_groups"):
            for i, group in enumerate(getattr(rule, name)):
                yield f"/channels/{_escaped(channel)}/{name}/{i}", group
    for i, threshold in enumerate(policy.thresholds):
        yield f"/thresholds/{i}/group", threshold.group
    for i, rank in enumerate(policy.rank):
        yield f"/rank/{i}/group", rank.group


def _unknown_group(group: str, known: frozenset[str]) -> tuple[str, str]:
    if not known:
        en = f"No location is in a group {group}, or in any; give locations their groups first."
        return en, f"没有地点属于分组 {group}，且尚未设置任何分组；请先为地点设置分组。"
    close = get_close_matches(group, known, n=1)
    if close:
        return (
            f"No location is in a group {group}; did you mean {close[0]}?",
            f"没有分组 {group}；是否想写 {close[0]}？",
        )
    listed = sorted(known)[:_NAMED]
    en = f"No location is in a group {group}. There are: {', '.join(listed)}."
    return en, f"没有分组 {group}。现有分组：{'、'.join(listed)}。"


def _offers(policy: RoutingPolicy, catalogue: Catalogue, party_no: int) -> Iterator[FieldError]:
    skus = catalogue.numbers_of(party_no)
    classes: set[str] | None = None
    for i, threshold in enumerate(policy.thresholds):
        if threshold.sku and threshold.sku not in skus:
            en = f"There is no offer {threshold.sku}; GET /v1/offers lists them."
            zh = f"没有商品 {threshold.sku}，可通过 GET /v1/offers 查询。"
            yield FieldError(f"/thresholds/{i}/sku", "unknown_offer", en, zh)
        if threshold.offer_class:
            if classes is None:
                classes = _classes(catalogue, skus.values())
            if threshold.offer_class not in classes:
                en = f"No offer has the attribute class {threshold.offer_class}; give it to offers first."
                zh = f"没有商品的 class 属性为 {threshold.offer_class}；请先为商品设置该属性。"
                yield FieldError(f"/thresholds/{i}/offer_class", "unknown_class", en, zh)


def _classes(catalogue: Catalogue, numbers: Iterable[int]) -> set[str]:
    offers = (catalogue.get(number) for number in numbers)
    return {str(offer.attributes.get("class", "")) for offer in offers if offer is not None}


def warnings(policy: RoutingPolicy) -> list[FieldError]:
    """Rules that contradict each other, or that never matter. They can be published all the same."""
    found = [*_repeated(policy), *_split(policy), *_free(policy)]
    for channel, rule in policy.channels.items():
        found += _channel(f"/channels/{_escaped(channel)}", channel, rule, policy)
    return found


def _channel(at: str, channel: str, rule: ChannelRule, policy: RoutingPolicy) -> Iterator[FieldError]:
    if channel != EVERY and channel not in CHANNELS:
        en = f"No order comes by a channel {channel}; channels are {', '.join(CHANNELS)}."
        zh = f"没有订单来自渠道 {channel}；渠道有：{'、'.join(CHANNELS)}。"
        yield FieldError(at, "unknown_channel", en, zh)
    for i, group in enumerate(rule.excluded_groups):
        if group in rule.groups:
            en = f"{group} is allowed and excluded at once; excluded wins."
            yield FieldError(
                f"{at}/excluded_groups/{i}", "contradiction", en, f"{group} 同时被允许和排除，以排除为准。"
            )
    missing = [kind for kind in rule.kinds if kind not in policy.kinds]
    for kind in missing:
        en = f"{kind} is not among the ways of fulfilment on offer, so this channel never gets it."
        zh = f"策略未提供履约方式 {kind}，该渠道不会使用。"
        yield FieldError(f"{at}/kinds/{rule.kinds.index(kind)}", "never_used", en, zh)
    if rule.kinds and len(missing) == len(rule.kinds):
        en = "Nothing that this channel may use is on offer: all its orders would be refused."
        yield FieldError(f"{at}/kinds", "serves_nobody", en, "该渠道可用的履约方式均未提供，其订单将全部被拒。")


def _repeated(policy: RoutingPolicy) -> Iterator[FieldError]:
    about = [(t.channel, t.group, t.sku, t.offer_class) for t in policy.thresholds]
    counts = Counter(about)
    for i, key in enumerate(about):
        if counts[key] > 1 and about.index(key) != i:
            en = f"Threshold {about.index(key) + 1} speaks of the same; the larger number counts."
            zh = f"与第 {about.index(key) + 1} 条阈值的范围相同，以较大者为准。"
            yield FieldError(f"/thresholds/{i}", "repeated", en, zh)
    for i, code in enumerate(policy.excluded_locations):
        if code in policy.excluded_locations[:i]:
            yield FieldError(
                f"/excluded_locations/{i}", "repeated", f"{code} is there already.", f"{code} 已在列表中。"
            )


def _split(policy: RoutingPolicy) -> Iterator[FieldError]:
    split = policy.split
    if split.allow_split and split.max_shipments == 1:
        en = "With one shipment at most, no order is ever split."
        yield FieldError("/split/max_shipments", "never_used", en, "最多一个包裹意味着永不拆单。")
    if not split.allow_split and split.line_split == "if_cheaper":
        en = "Orders may not be split, so this has no effect."
        yield FieldError("/split/line_split", "never_used", en, "已禁止拆单，此项不起作用。")


def _free(policy: RoutingPolicy) -> Iterator[FieldError]:
    for kind, rule in policy.kinds.items():
        costs = rule.costs
        if kind != "pick_up" and not costs.per_km and not costs.per_kg_km:
            en = "Distance costs nothing here, so a far location is as good as a near one."
            yield FieldError(f"/kinds/{kind}/costs", "distance_is_free", en, "距离不计成本，远近门店没有差别。")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
