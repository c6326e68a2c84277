"""A decision in words that a store manager understands, in Chinese and English."""

from collections.abc import Callable
from enum import IntEnum
from typing import Final, Literal

from manystores.core.currency import DECIMALS
from manystores.kernels import sourcing_stock as kernel
from manystores.sourcing.plan import NO_FORECAST, Candidate, Decision, NotChosen

Language = Literal["en", "zh"]
NameOf = Callable[[int], str]
OpensAt = Callable[[int], str | None]
"""Local time, such as 10:00, at which a location opens next; None where that isn't known."""

_NEARER_TOLD = 3
_SYMBOLS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "JPY": "JP¥", "KRW": "₩"}


class Reason(IntEnum):
    """Why a location that holds the goods did not qualify; the name in lower case is the code outside."""

    DISABLED = kernel.DISABLED
    CLOSED = kernel.CLOSED
    OUT_OF_RANGE = kernel.OUT_OF_RANGE
    NO_STOCK = kernel.NO_STOCK
    BUFFER = kernel.BUFFER
    CAPACITY = kernel.CAPACITY
    POLICY_CHANNEL = kernel.POLICY_CHANNEL
    POLICY_GROUP = kernel.POLICY_GROUP
    REFUSED_BEFORE = kernel.REFUSED_BEFORE
    AREA = kernel.AREA
    CAPABILITY = kernel.CAPABILITY
    TOO_FEW = kernel.TOO_FEW
    CUT_OFF = kernel.CUT_OFF
    POLICY_LOCATION = kernel.POLICY_LOCATION

    @property
    def code(self) -> str:
        return self.name.lower()


_WORDS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.DISABLED: ("is switched off", "已停用"),
    Reason.CLOSED: ("was closed", "当时未营业"),
    Reason.OUT_OF_RANGE: ("is too far away for this kind of delivery", "超出该配送方式的距离范围"),
    Reason.NO_STOCK: ("was sold out", "已售罄"),
    Reason.BUFFER: ("has only its safety stock left", "只剩安全库存"),
    Reason.CAPACITY: ("can't take any more orders at this time", "该时段接单量已满"),
    Reason.POLICY_CHANNEL: ("doesn't serve this channel", "不服务该渠道"),
    Reason.POLICY_GROUP: ("is in a group that doesn't serve this channel", "所属门店组不服务该渠道"),
    Reason.REFUSED_BEFORE: ("refused this order before", "此前已拒接该订单"),
    Reason.AREA: ("doesn't deliver to this address", "不配送该地址"),
    Reason.CAPABILITY: ("can't fulfil orders in this way", "不支持该履约方式"),
    Reason.TOO_FEW: ("had fewer than ordered", "库存少于订购数量"),
    Reason.CUT_OFF: ("was past its cut-off for today", "已过当日截单时间"),
    Reason.POLICY_LOCATION: ("is taken out of online orders by the policy", "已被路由策略排除"),
}


_NO_FORECAST: Final = (
    "Decided by what is cheapest now: nothing was known of orders to come.",
    "按当前成本最低决定：尚无后续订单的预测。",
)


def reason_words(reason: int, language: Language, opens_at: str | None = None) -> str:
    """The end of a sentence that begins with a location's name."""
    if reason == Reason.CLOSED and opens_at is not None:
        return f"要到{opens_at}才营业" if language == "zh" else f"closed until {opens_at}"
    return _WORDS[Reason(reason)][language == "zh"]


def money(minor: int, currency: str) -> str:
    """An amount with its sign: ¥6.10."""
    decimals = DECIMALS.get(currency, 2)
    return (
        f"{'-' if minor < 0 else ''}{_SYMBOLS.get(currency, currency + ' ')}{abs(minor) / 10**decimals:,.{decimals}f}"
    )


def distance(metres: int, language: Language) -> str:
    """Kilometres with one decimal, metres below one kilometre."""
    if metres < 1000:
        return f"{metres}米" if language == "zh" else f"{metres} m"
    km = f"{metres / 1000:,.1f}" if metres < 100_000 else f"{metres / 1000:,.0f}"
    return f"{km}公里" if language == "zh" else f"{km} km"


def explain(
    decision: Decision, name_of: NameOf, language: Language, currency: str = "CNY", opens_at: OpensAt | None = None
) -> list[str]:
    """Sentences: who serves what at what cost, who was nearer and why not, what is short."""
    told = _Told(name_of, language, currency, opens_at)
    sentences = [told.shipment(decision, candidate) for candidate in decision.chosen]
    if len(decision.chosen) > 1:
        n = len(decision.chosen)
        split = f"订单拆成{n}个包裹。" if language == "zh" else f"The order is split over {n} locations."
        sentences.insert(0, split)
    if decision.saved:
        sentences.insert(0, told.moved(decision))
    for short in decision.short:
        line, units = short.line + 1, short.quantity
        sentences.append(f"第{line}行缺{units}件。" if language == "zh" else f"Line {line} is short of {units}.")
    reach = max((candidate.metres for candidate in decision.chosen), default=None)
    nearer = [n for n in decision.near if reach is None or n.metres <= reach]
    sentences += [told.not_chosen(n, chosen=reach is not None) for n in nearer[:_NEARER_TOLD]]
    if len(decision.chosen) == 1 and decision.others:
        chosen, others = decision.chosen[0], decision.others
        sentences += told.kept_for_later(chosen, others) or told.dearer(chosen, others)
    if decision.ahead == NO_FORECAST:
        sentences.append(_NO_FORECAST[language == "zh"])
    if not decision.exact:
        en = "The search for the best split ended at its limit; a slightly cheaper one may exist."
        sentences.append("拆单方案搜索已达上限，可能还有略便宜的方案。" if language == "zh" else en)
    return sentences


def why_not(
    decision: Decision, location_no: int, name_of: NameOf, language: Language, currency: str = "CNY",
    opens_at: OpensAt | None = None,
) -> str:  # fmt: skip
    """The answer to a manager who asks why the order didn't come to this location."""
    told = _Told(name_of, language, currency, opens_at)
    name, zh = name_of(location_no), language == "zh"
    for candidate in decision.chosen:
        if candidate.location_no == location_no:
            return told.shipment(decision, candidate)
    for near in decision.near:
        if near.location_no == location_no:
            return told.not_chosen(near, chosen=False)
    for other in decision.others:
        if other.location_no == location_no:
            more = other.cost - sum(c.cost for c in decision.chosen)
            whole = other.lines == _mask(decision.chosen)
            if whole and more > 0:
                extra = money(more, currency)
                return f"{name}也能发货，但总成本要高{extra}。" if zh else f"{name} could serve it, for {extra} more."
            if zh:
                return f"{name}只有部分商品，由所选方案发货总成本更低或更齐。"
            return f"{name} holds a part of the order; the chosen plan is cheaper, or fills more."
    if zh:
        return f"{name}不在备选之列：没有备货，或有更近、更便宜的门店。"
    return f"{name} is not among those looked at closest: it doesn't carry it, or others were nearer and cheaper."


def summary(decision: Decision, language: Language) -> str:
    """How many locations held the goods, and how many of them dropped out for which reason."""
    ranked = sorted(decision.excluded.items(), key=lambda item: (-item[1], item[0]))
    if language == "zh":
        parts = "，".join(f"{count}家{reason_words(reason, 'zh')}" for reason, count in ranked)
        return f"{decision.holders}家有备货，其中{decision.candidates}家可选" + (f"；{parts}。" if parts else "。")
    parts = "; ".join(f"{count}: {reason_words(reason, 'en')}" for reason, count in ranked)
    head = f"{decision.holders} locations carry it, {decision.candidates} could serve it"
    return head + (f". Left out: {parts}." if parts else ".")


class _Told:
    """Sentences about one decision in one language."""

    def __init__(self, name_of: NameOf, language: Language, currency: str, opens_at: OpensAt | None) -> None:
        self._name, self._language, self._currency, self._opens_at = name_of, language, currency, opens_at
        self._zh = language == "zh"

    def shipment(self, decision: Decision, candidate: Candidate) -> str:
        name, lines = self._name(candidate.location_no), ""
        if len(decision.chosen) > 1:
            numbers = [str(i + 1) for i in range(candidate.lines.bit_length()) if candidate.lines >> i & 1]
            lines = f"（第{'、'.join(numbers)}行）" if self._zh else f" (line {', '.join(numbers)})"
        if decision.kind == "pick_up":
            return f"在{name}自提，库存充足。" if self._zh else f"To be collected at {name}, which has it in stock."
        away, costs = distance(candidate.metres, self._language), self._costs(candidate)
        if self._zh:
            verb = "当日送达" if decision.kind == "same_day" else "发货"
            return f"由{name}{verb}{lines}，距离{away}：{costs}。"
        verb = "Brought today from" if decision.kind == "same_day" else "Sent from"
        return f"{verb} {name}{lines}, {away} away: {costs}."

    def moved(self, decision: Decision) -> str:
        """That a round moved the order, from where, and what that saves."""
        names = [self._name(location_no) for location_no in decision.left]
        saved = money(decision.saved, self._currency)
        if self._zh:
            return f"例行优化时从{'、'.join(names)}改派，节省{saved}。"
        return f"Moved away from {' and '.join(names)} before anybody accepted it: saves {saved}."

    def not_chosen(self, near: NotChosen, *, chosen: bool) -> str:
        name, away = self._name(near.location_no), distance(near.metres, self._language)
        opens_at = self._opens_at(near.location_no) if self._opens_at is not None else None
        words = reason_words(near.reason, self._language, opens_at)
        if self._zh:
            return f"{name}更近（{away}），但{words}。" if chosen else f"{name}（{away}）{words}。"
        if words.startswith("closed until"):
            words = words if chosen else f"is {words}"
        return f"{name} is nearer ({away}) but {words}." if chosen else f"{name} ({away}) {words}."

    def kept_for_later(self, chosen: Candidate, others: tuple[Candidate, ...]) -> list[str]:
        """Who would have been cheaper today, and what its stock and room are worth to orders to come."""
        same = [other for other in others if other.lines == chosen.lines and other.now < chosen.now]
        if not same:
            return []
        other = min(same, key=lambda o: o.now)
        name, away = self._name(other.location_no), distance(other.metres, self._language)
        cheaper, worth = (money(n, self._currency) for n in (chosen.now - other.now, other.worth - chosen.worth))
        if self._zh:
            return [f"{name}（{away}）当前便宜{cheaper}，但其库存和接单能力留给后续订单的价值高{worth}，因此保留。"]
        return [
            f"{name} ({away}) would be {cheaper} cheaper today, but what it would give is worth {worth} more to the "
            "orders expected next, so it is kept for them."
        ]

    def dearer(self, chosen: Candidate, others: tuple[Candidate, ...]) -> list[str]:
        """Who could have served as well: the nearest if it is nearer than the chosen one, else the next best."""
        same = [other for other in others if other.lines == chosen.lines and other.cost >= chosen.cost]
        if not same:
            return []
        other = min(same, key=lambda o: o.metres)
        nearer = other.metres < chosen.metres
        if not nearer:
            other = same[0]
        name, away = self._name(other.location_no), distance(other.metres, self._language)
        more = money(other.cost - chosen.cost, self._currency)
        if self._zh:
            head = f"{name}更近（{away}），但总成本高{more}" if nearer else f"次优是{name}（{away}），总成本高{more}"
            return [f"{head}（{self._costs(other)}）。"]
        head = (
            f"{name} is nearer ({away}) but costs {more} more" if nearer else f"Next best: {name} ({away}), {more} more"
        )
        return [f"{head} ({self._costs(other)})."]

    def _costs(self, candidate: Candidate) -> str:
        carriage, handling = (money(n, self._currency) for n in (candidate.carriage, candidate.handling))
        rank = money(abs(candidate.rank), self._currency)
        risk, worth = (money(n, self._currency) for n in (candidate.rejection, candidate.worth))
        if self._zh:
            ranked = f"，策略{'加价' if candidate.rank > 0 else '优先'}{rank}" if candidate.rank else ""
            rejected = f"＋拒单风险{risk}" if candidate.rejection else ""
            later = f"＋后续订单价值{worth}" if candidate.worth else ""
            return f"运费{carriage}＋处理费{handling}{rejected}{later}{ranked}"
        sign = "kept for others" if candidate.rank > 0 else "preferred"
        ranked = f", {sign} by the policy ({rank})" if candidate.rank else ""
        rejected = f" + risk of a rejection {risk}" if candidate.rejection else ""
        later = f" + worth to orders to come {worth}" if candidate.worth else ""
        return f"shipping {carriage} + handling {handling}{rejected}{later}{ranked}"


def _mask(candidates: tuple[Candidate, ...]) -> int:
    lines = 0
    for candidate in candidates:
        lines |= candidate.lines
    return lines
