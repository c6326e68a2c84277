"""Events as Segment's tracking API has them, and what each tells of who is who.

Shapes: segment.com/docs/connections/spec; `alias` is taken inside a batch too. An event says which identifiers it is of
and which of them are one person's (`Told`); what else is in it is kept sealed.
"""

from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple, get_args
from zlib import crc32

from msgspec import UNSET, Struct, UnsetType

from manystores.core.clock import from_datetime
from manystores.core.errors import FieldError
from manystores.members.consent import PURPOSES, Consent, said_of
from manystores.members.graph import Rule
from manystores.members.identifiers import RECORDS, Hash, Identifier, Namespace, identifier, sketch

EVENT_BYTES: Final = 32 * 1024
BATCH_BYTES: Final = 500 * 1024
CONSENT_EVENT: Final = "Segment Consent Preference Updated"

Kind = Literal["identify", "track", "page", "screen", "group", "alias"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PAYMENT: Final = "payment"
"""The kind of what a wallet tells; no client can send it."""


class ExternalId(Struct):
    """`context.externalIds`: wallets as 'alipay:<app id>' and 'wechat:<app id>', cards as 'card'."""

    id: str | int
    type: str
    collection: str = "users"
    encoding: str = "none"


class Device(Struct):
    id: str | None = None


class ConsentContext(Struct, rename="camel"):
    category_preferences: dict[str, bool] = {}


class Traits(Struct):
    """What of traits tells who somebody is; the rest stays sealed with the event."""

    phone: str | int | None = None
    email: str | None = None
    name: str | None = None


class Context(Struct, rename="camel"):
    external_ids: list[ExternalId] = []
    device: Device | None = None
    consent: ConsentContext | None = None
    traits: Traits | None = None


class Properties(Struct, rename="camel"):
    """What of properties tells who somebody is: the order, whose payment another machine tells of."""

    order_id: str | int | None = None


class Event(Struct, rename="camel"):
    """One message. Whoever it is of is known by userId, anonymousId, or an external id."""

    type: Kind | UnsetType = UNSET
    message_id: str | None = None
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    previous_id: str | int | None = None
    group_id: str | int | None = None
    event: str | None = None
    name: str | None = None
    timestamp: datetime | None = None
    sent_at: datetime | None = None
    original_timestamp: datetime | None = None
    context: Context | None = None
    traits: Traits | None = None
    properties: Properties | None = None


class Evidence(NamedTuple):
    """Another of an event's identifiers, by its place, and why it is whose the event is."""

    other: int
    rule: Rule


class Told(NamedTuple):
    """What an event tells. The first identifier is whom it is of."""

    kind: str
    message_id: str
    at_us: int
    identifiers: list[Identifier]
    values: list[str]
    """As they were typed, '' where nobody needs them again."""
    evidence: list[Evidence]
    name: tuple[int, int]
    consents: list[Consent]
    what: str
    """The name of a tracked event, a page or a screen."""
    purchase: bytes | None = None
    """The key of the order that it tells of."""


class Reader:
    """Reads events of one source, a brand's."""

    def __init__(self, hash_of: Hash, party_no: int, brand: str, channel: str) -> None:
        self._hash, self._party_no, self._brand, self._channel = hash_of, party_no, brand, channel

    def read(self, event: Event, now_us: int) -> Told | list[FieldError]:
        """What an event tells, or what is wrong with it, by pointers within it."""
        if wrong := _faults(event):
            return wrong
        kind: Kind = event.type  # type: ignore[assignment]
        found, values = self._identifiers(event)
        if not found:
            return [_nobody()]
        context = event.context or _NO_CONTEXT
        traits = event.traits if kind == "identify" and event.traits is not None else context.traits
        at_us = self._at_us(event, now_us)
        named = traits is not None and traits.name and found[0].namespace in (Namespace.USER, Namespace.CARD)
        return Told(
            kind,
            event.message_id or "",
            at_us,
            found,
            values,
            _evidence(kind, found),
            sketch(self._hash, traits.name) if named and traits is not None and traits.name else (0, 0),
            self._consents(event, context, at_us),
            (event.event or event.name or "")[:200],
            self._purchase(event, found[0]),
        )

    def _purchase(self, event: Event, teller: Identifier) -> bytes | None:
        """Of somebody who only browses nothing is believed."""
        order_id = event.properties.order_id if event.properties is not None else None
        if event.type != "track" or order_id in (None, "") or teller.namespace not in RECORDS:
            return None
        return purchase_key(self._hash, self._party_no, str(order_id))

    def _identifiers(self, event: Event) -> tuple[list[Identifier], list[str]]:
        """Whom the event is of comes first: an account, else a card, a wallet, else a browser."""
        context = event.context or _NO_CONTEXT
        traits = [each for each in (event.traits, context.traits) if each is not None]
        given: list[tuple[Namespace, int, str]] = []
        if event.user_id not in (None, ""):
            given.append((Namespace.USER, self._party_no, str(event.user_id)))
        given += [external(each, self._party_no) for each in context.external_ids if each.type]
        if event.type == "alias" and event.previous_id not in (None, ""):
            given.append((Namespace.ANONYMOUS, self._party_no, str(event.previous_id)))
        if event.anonymous_id not in (None, ""):
            given.append((Namespace.ANONYMOUS, self._party_no, str(event.anonymous_id)))
        given += [(Namespace.PHONE, 0, str(each.phone)) for each in traits if each.phone not in (None, "")]
        given += [(Namespace.EMAIL, 0, each.email) for each in traits if each.email]
        if context.device is not None and context.device.id:
            given.append((Namespace.DEVICE, 0, context.device.id))
        found: list[Identifier] = []
        values: list[str] = []
        for namespace, scope, value in given:
            one = identifier(self._hash, namespace, scope, value)
            if one is not None and one not in found:
                found.append(one)
                values.append(value if namespace in (Namespace.USER, Namespace.CARD) else "")
        return found, values

    def _at_us(self, event: Event, now_us: int) -> int:
        """When it happened, since 1970. A client's clock may be wrong: what it says is set right by when it says it
        sent this."""
        said = event.timestamp or event.original_timestamp
        if said is None:
            return now_us
        at_us = _utc_us(said)
        if event.sent_at is not None:
            at_us += now_us - _utc_us(event.sent_at)
        return max(0, min(at_us, now_us))

    def _consents(self, event: Event, context: Context, at_us: int) -> list[Consent]:
        """What was said on purposes. Preferences that only stand on an event are where it came from: a no among them is
        heard, a yes is not, since nobody was asked by it."""
        if context.consent is None:
            return []
        asked = event.type == "track" and event.event == CONSENT_EVENT
        return [
            Consent(
                purpose=said_of(purpose, self._brand),
                granted=granted,
                version="",
                channel=self._channel,
                proof=event.message_id or "",
                at_us=at_us,
            )
            for purpose, granted in context.consent.category_preferences.items()
            if purpose in PURPOSES and (asked or not granted)
        ]


def purchase_key(hash_of: Hash, party_no: int, order_id: str) -> bytes:
    """The key of a brand's order, under which a receipt and a payment find each other."""
    return hash_of(b"purchase/%d/%s" % (party_no, order_id.encode()))


def external(given: ExternalId, party_no: int) -> tuple[Namespace, int, str]:
    """An external id as (namespace, scope, value); of a type that isn't known here, a card of that type."""
    kind, _, application = given.type.partition(":")
    value = str(given.id)
    if kind in _WALLETS and application:
        return _WALLETS[kind], scope_of(application), f"{application}/{value}"
    if kind == "phone":
        return Namespace.PHONE, 0, value
    if kind == "email":
        return Namespace.EMAIL, 0, value
    if kind == "device":
        return Namespace.DEVICE, 0, value
    return Namespace.CARD, party_no, value if given.type == "card" else f"{given.type}/{value}"


def scope_of(application: str) -> int:
    """The scope of a wallet's application: two of the same number share limits, nothing else."""
    return crc32(application.encode()) & 0xFFFFFF


_WALLETS: Final = {"alipay": Namespace.ALIPAY, "wechat": Namespace.WECHAT}
_NO_CONTEXT: Final = Context()
_TYPED: Final = frozenset({Namespace.PHONE, Namespace.EMAIL})
_PAYING: Final = frozenset({Namespace.CARD, Namespace.ALIPAY, Namespace.WECHAT})


def _evidence(kind: Kind, found: list[Identifier]) -> list[Evidence]:
    """Whom an event is of, and every other identifier in it. Somebody who only browses may type anybody's phone: that
    is weak."""
    main = found[0].namespace
    told = []
    for place in range(1, len(found)):
        other = found[place].namespace
        if Namespace.DEVICE in (main, other):
            rule = Rule.SAME_DEVICE
        elif main == Namespace.ANONYMOUS:
            rule = Rule.SIGNED_IN if other in _PAYING else Rule.SAME_DEVICE
        elif other == Namespace.ANONYMOUS:
            rule = Rule.ALIASED if kind == "alias" else Rule.SIGNED_IN
        elif main == Namespace.USER and other in _TYPED:
            rule = Rule.IDENTIFIED
        else:
            rule = Rule.BOUGHT
        told.append(Evidence(place, rule))
    return told


def _faults(event: Event) -> list[FieldError]:
    if event.type is UNSET:
        return [_fault("/type", "missing", f"Say which of {', '.join(KINDS)}.", f"请指定类型：{'、'.join(KINDS)}。")]
    if event.type == "track" and not event.event:
        return [_fault("/event", "missing", "A track event has a name.", "track 事件须有 event 名称。")]
    if event.type == "group" and event.group_id in (None, ""):
        return [_fault("/groupId", "missing", "A group event names the group.", "group 事件须有 groupId。")]
    if event.type == "alias" and (event.previous_id in (None, "") or event.user_id in (None, "")):
        return [
            _fault("/previousId", "missing", "An alias has previousId and userId.", "alias 须有 previousId 和 userId。")
        ]
    if event.message_id is not None and len(event.message_id) > 255:
        return [
            _fault("/messageId", "too_long", "A messageId has at most 255 characters.", "messageId 最长 255 个字符。")
        ]
    if event.message_id is not None and "\0" in event.message_id:
        return [_fault("/messageId", "nul", "contains the character U+0000", "包含空字符 U+0000")]
    return []


def _nobody() -> FieldError:
    return _fault(
        "/userId", "missing", "Say of whom it is: userId, anonymousId or context.externalIds.",
        "请指明所属用户：userId、anonymousId 或 context.externalIds。",
    )  # fmt: skip


def _fault(pointer: str, rule: str, en: str, zh: str) -> FieldError:
    return FieldError(pointer, rule, en, zh)


def _utc_us(at: datetime) -> int:
    """Clients that send no offset mean UTC."""
    return from_datetime(at if at.tzinfo is not None else at.replace(tzinfo=UTC))
