"""The body of a new order, from bytes to typed fields: fast when it is right, thorough when it is not.

The happy path is one typed decode. Only when that fails is the body read again as plain JSON, to name every field at
fault at once.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number
from phonenumbers import parse as parse_phone

from manystores.core.clock import from_datetime
from manystores.core.currency import DECIMALS
from manystores.core.errors import MALFORMED, FieldError, Problem
from manystores.network.body import looks_swapped
from manystores.orders.examine import examine
from manystores.orders.order import MAX_QUANTITY, Channel, Funder
from manystores.orders.rules import invalid

MAX_LINES = 200
MAX_AMOUNT = 10**13
MAX_UNPAID_TTL_S = 30 * 86_400
MAX_ORDERS = 1_000

Code = Annotated[str, Meta(min_length=1, max_length=128)]
Text = Annotated[str, Meta(max_length=1000)]
_Instant = Annotated[datetime, Meta(tz=True)]
Amount = Annotated[int, Meta(ge=0, le=MAX_AMOUNT)]


class DiscountBody(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Part of a line's price that somebody bears; `amount` is for the whole line."""

    amount: Amount
    funder: Funder = "brand"
    code: Annotated[str, Meta(max_length=128)] = ""


class LineBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A wanted quantity of an offer (its SKU). `unit_price` is that of one unit of sale; without it the offer's own
    price holds."""

    offer: Code
    quantity: Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
    unit_price: Amount | None = None
    discounts: Annotated[tuple[DiscountBody, ...], Meta(max_length=20)] = ()
    tax: Amount = 0
    window: str | None = None
    substitutes: bool = False


class PlaceBody(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Where to deliver, in WGS-84 degrees."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    region: Annotated[str, Meta(max_length=16)] = ""
    address: Text = ""
    name: Annotated[str, Meta(max_length=200)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""


class BuyerBody(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Who buys; `app_id` scopes the open_id."""

    name: Annotated[str, Meta(max_length=200)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    member: Annotated[str, Meta(max_length=128)] = ""
    app_id: Annotated[str, Meta(max_length=128)] = ""
    open_id: Annotated[str, Meta(max_length=128)] = ""
    union_id: Annotated[str, Meta(max_length=128)] = ""


class PaymentBody(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the channel already knows of the payment; capturing implies authorising."""

    reference: Code
    authorised: Amount = 0
    captured: Amount = 0
    method: Annotated[str, Meta(max_length=64)] = ""


class GiftBody(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A gift; the message is printed on a card."""

    message: Text = ""
    wrap: bool = False
    hide_prices: bool = True


class OrderBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new order as a channel sends it. Either `deliver_to` or `pick_up_at`; amounts in minor units."""

    channel: Channel
    channel_order_id: Code
    lines: Annotated[tuple[LineBody, ...], Meta(min_length=1, max_length=MAX_LINES)]
    deliver_to: PlaceBody | None = None
    delivery: Literal["ship", "same_day"] = "ship"
    pick_up_at: Code | None = None
    sold_at: Code | None = None
    currency: str = "CNY"
    delivery_fee: Amount | None = None
    tax_included: bool = True
    buyer: BuyerBody | None = None
    payment: PaymentBody | None = None
    unpaid_ttl_s: Annotated[int, Meta(ge=1, le=MAX_UNPAID_TTL_S)] | None = None
    reservation: UUID | None = None
    gift: GiftBody | bool = False
    notes: Text = ""
    backfill: bool = False
    placed_at: str | None = None
    state: Literal["completed", "cancelled"] | None = None


class BatchBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Many orders at once; each is decided for itself."""

    orders: Annotated[tuple[OrderBody, ...], Meta(min_length=1, max_length=MAX_ORDERS)]


class _RawBatch(Struct, frozen=True, forbid_unknown_fields=True):
    orders: Annotated[tuple[msgspec.Raw, ...], Meta(min_length=1, max_length=MAX_ORDERS)]


class _AnyBatch(Struct, frozen=True, forbid_unknown_fields=True):
    orders: Annotated[tuple[Any, ...], Meta(min_length=1, max_length=MAX_ORDERS)]


_ORDER = msgspec.json.Decoder(OrderBody)
_BATCH = msgspec.json.Decoder(BatchBody)
_RAW_BATCH = msgspec.json.Decoder(_RawBatch)


def draft(body: bytes) -> OrderBody:
    """The typed order of a JSON body; Problem `malformed` (400), or `invalid` (422) with every field at fault."""
    try:
        order = _ORDER.decode(body)
    except msgspec.ValidationError as error:
        raise invalid(_explain(body, error)) from None
    except (ValueError, RecursionError) as error:
        raise _malformed(error) from None
    if errors := _relations(order, _may_hold_nul(body)):
        raise invalid(errors)
    return order


def draft_batch(body: bytes) -> list[OrderBody | Problem]:
    """One typed order, or the problem with it, for each item of {"orders": [...]}; Problem if the list is wrong."""
    try:
        orders = _BATCH.decode(body).orders
        nul = _may_hold_nul(body)
        if not any(_relations(order, nul) for order in orders):
            return list(orders)
    except msgspec.ValidationError:
        pass
    except (ValueError, RecursionError) as error:
        raise _malformed(error) from None
    try:
        items = _RAW_BATCH.decode(body).orders
    except msgspec.ValidationError:
        raise invalid(examine(_plain(body), _AnyBatch).errors) from None
    return [_attempt(bytes(item)) for item in items]


def _attempt(item: bytes) -> OrderBody | Problem:
    try:
        return draft(item)
    except Problem as problem:
        return problem


def _plain(body: bytes) -> Any:
    """The plain JSON value: the typed reading may have stopped before the place where the JSON is broken."""
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise _malformed(error) from None


def _explain(body: bytes, error: msgspec.ValidationError) -> list[FieldError]:
    """Every field at fault; `error` is what msgspec said of the first, kept in case the thorough reading misses it."""
    examined = examine(_plain(body), OrderBody)
    errors = examined.errors
    if not errors:
        message = str(error)
        return [FieldError("", "invalid", message, f"不符合要求：{message}")]
    seen = {error.pointer for error in errors}
    for relation in _relations(msgspec.convert(examined.repaired, OrderBody), _may_hold_nul(body)):
        line = relation.pointer.rpartition("/")[0] + "/"
        # A line's sum says nothing while one of its numbers is wrong.
        unsure = relation.code == "discount_exceeds_line" and any(at.startswith(line) for at in seen)
        if not unsure and not {"", relation.pointer} & seen:
            errors.append(relation)
    return errors


def _malformed(error: Exception) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        return Problem(MALFORMED, "The body is not UTF-8.", "请求体不是 UTF-8 编码。")
    if isinstance(error, RecursionError):
        return Problem(MALFORMED, "The body is nested too deeply.", "请求体嵌套过深。")
    return Problem(MALFORMED, f"The body is not JSON: {error}", f"请求体不是合法的 JSON：{error}")


# -- what one field can't say alone: checked on the typed order, so cheap ---------------------------------------------


def _may_hold_nul(body: bytes) -> bool:
    """Whether U+0000 may be in it: a cheap look, since an escaped backslash before `u0000` only seems one."""
    return b"\\u0000" in body


def _relations(order: OrderBody, nul: bool) -> list[FieldError]:
    errors: list[FieldError] = []
    if (order.deliver_to is None) == (order.pick_up_at is None):
        errors.append(_one_way(order.deliver_to is None))
    for i, line in enumerate(order.lines):
        if line.discounts and line.unit_price is not None:
            errors.extend(_discounts(f"/lines/{i}", line.unit_price * line.quantity, line.discounts))
        if line.window is not None and _time(line.window) is None:
            errors.append(_no_time(f"/lines/{i}/window"))
    if order.currency not in DECIMALS:
        errors.append(_no_currency(order.currency))
    if order.backfill or order.placed_at is not None or order.state is not None:
        errors.extend(_backfill(order.backfill, order.placed_at, order.state))
    if order.buyer is not None and order.buyer.phone and e164(order.buyer.phone) is None:
        errors.append(_no_phone("/buyer/phone"))
    if order.deliver_to is not None and looks_swapped(order.deliver_to.lat, order.deliver_to.lon):
        errors.append(swapped("/deliver_to/lat"))
    if order.deliver_to is not None and order.deliver_to.phone and e164(order.deliver_to.phone) is None:
        errors.append(_no_phone("/deliver_to/phone"))
    if nul:  # PostgreSQL stores none in text
        errors.extend(_nul("", msgspec.to_builtins(order)))
    return errors


def _one_way(neither: bool) -> FieldError:
    if neither:
        return FieldError(
            "/deliver_to",
            "required",
            "say where it goes: deliver_to, or pick_up_at a location",
            "请填写 deliver_to（配送地址）或 pick_up_at（自提门店）",
        )
    return FieldError(
        "/pick_up_at", "either_or", "give either deliver_to or pick_up_at", "deliver_to 与 pick_up_at 只能填写一个"
    )


def _discounts(pointer: str, gross: int, discounts: tuple[DiscountBody, ...]) -> list[FieldError]:
    given = sum(discount.amount for discount in discounts)
    if given <= gross:
        return []
    return [
        FieldError(
            f"{pointer}/discounts",
            "discount_exceeds_line",
            f"discounts of {given} exceed the line's {gross}",
            f"优惠合计 {given} 超过该行金额 {gross}",
        )
    ]


def _backfill(backfill: bool, placed_at: str | None, state: str | None) -> list[FieldError]:
    errors = []
    for name, value in (("placed_at", placed_at), ("state", state)):
        if value is not None and not backfill:
            errors.append(
                FieldError(
                    f"/{name}",
                    "backfill_only",
                    'belongs to past orders only; send "backfill": true with it',
                    '仅用于补录历史订单，请同时传 "backfill": true',
                )
            )
    if backfill and placed_at is None:
        errors.append(
            FieldError("/placed_at", "required", "a past order needs its time", "补录历史订单必须填写下单时间")
        )
    if placed_at is not None and _time(placed_at) is None:
        errors.append(_no_time("/placed_at"))
    return errors


def _time(text: str) -> int | None:
    """Microseconds since the epoch of RFC 3339 text with its offset."""
    try:
        at = msgspec.convert(text, _Instant)
    except msgspec.ValidationError:
        return None
    return max(from_datetime(at), 0)


def time_us(text: str) -> int:
    """Microseconds since the epoch of a time that the draft has checked."""
    at = _time(text)
    if at is None:
        raise invalid([_no_time("")])
    return at


def _no_time(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "not_a_time",
        "is no RFC 3339 time with offset, e.g. 2026-11-11T00:00:00+08:00",
        "不是带时区的 RFC 3339 时间，例如 2026-11-11T00:00:00+08:00",
    )


def _nul(pointer: str, value: Any) -> list[FieldError]:
    if isinstance(value, str) and "\0" in value:
        return [FieldError(pointer, "nul", "contains the character U+0000", "包含空字符 U+0000")]
    if isinstance(value, dict):
        return [error for name, item in value.items() for error in _nul(f"{pointer}/{name}", item)]
    if isinstance(value, (list, tuple)):
        return [error for i, item in enumerate(value) for error in _nul(f"{pointer}/{i}", item)]
    return []


def _no_currency(value: str) -> FieldError:
    return FieldError(
        "/currency",
        "unknown_currency",
        f"{value[:8]!r} is no ISO 4217 currency, e.g. CNY",
        f"“{value[:8]}”不是 ISO 4217 货币代码，例如 CNY",
    )


def swapped(pointer: str) -> FieldError:
    """A place that would be in China with its numbers the other way round."""
    return FieldError(
        pointer,
        "swapped",
        "lat and lon look swapped: this would be in China the other way round",
        "纬度 lat 与经度 lon 似乎填反了：对调后位于中国境内",
    )


def _no_phone(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "not_a_phone",
        "is no phone number; write it as +8613800138000",
        "不是有效的电话号码，请写成 +8613800138000",
    )


_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_INTERNATIONAL = re.compile(r"\+861[3-9]\d{9}", re.ASCII)


def e164(phone: str) -> str | None:
    """The number in E.164, Chinese when it names no country; None for what is no phone number."""
    if _INTERNATIONAL.fullmatch(phone):
        return phone
    if _MOBILE.fullmatch(phone):
        return "+86" + phone
    try:
        number = parse_phone(phone, "CN")
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else None
