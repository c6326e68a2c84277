"""The slow, thorough reading of a JSON value against a Struct: every field at fault, in English and Chinese.

msgspec stops at the first fault, which is right for speed and wrong for people. This walks the plain value along the
same type, so that both readings can't disagree.
"""

from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect as types

from manystores.core.errors import FieldError
from manystores.orders.rules import choice


class Examined(msgspec.Struct):
    """The faults, and the value with a stand-in for each faulty part, so that rules over several fields can go on."""

    errors: list[FieldError]
    repaired: Any


@cache
def _type_of(struct: type) -> types.Type:
    return types.type_info(struct)


def examine(value: Any, struct: type) -> Examined:
    """Every fault of a plain JSON value that should become this Struct."""
    errors: list[FieldError] = []
    return Examined(errors, _walk(value, _type_of(struct), "", errors))


def _walk(value: Any, wanted: types.Type, pointer: str, errors: list[FieldError]) -> Any:
    if isinstance(wanted, types.UnionType):
        return _union(value, wanted, pointer, errors)
    if isinstance(wanted, types.StructType):
        return _struct(value, wanted, pointer, errors)
    if isinstance(wanted, (types.VarTupleType, types.ListType)):
        return _tuple(value, wanted, pointer, errors)
    if fault := _fault(value, wanted, pointer):
        errors.append(fault)
        return _stand_in(wanted)
    return value


def _union(value: Any, wanted: types.UnionType, pointer: str, errors: list[FieldError]) -> Any:
    """Faults are told against the member that the value looks like, else against the first."""
    if value is None and wanted.includes_none:
        return None
    members = [member for member in wanted.types if not isinstance(member, types.NoneType)]
    if len(members) > 1 and isinstance(value, bool):
        members.sort(key=lambda member: not isinstance(member, types.BoolType))
    return _walk(value, members[0], pointer, errors)


def _struct(value: Any, wanted: types.StructType, pointer: str, errors: list[FieldError]) -> Any:
    if not isinstance(value, dict):
        errors.append(FieldError(pointer, "not_an_object", "must be an object", "必须是对象"))
        return _stand_in(wanted)
    known = {field.encode_name for field in wanted.fields}
    if wanted.forbid_unknown_fields:
        errors.extend(_unknown(f"{pointer}/{_escaped(name)}", known) for name in value if name not in known)
    repaired: dict[str, Any] = {}
    for field in wanted.fields:
        name = field.encode_name
        if name in value:
            before = len(errors)
            part = _walk(value[name], field.type, f"{pointer}/{name}", errors)
            # A part that is kept in pieces stays; a faulty optional leaf falls back to its default.
            if field.required or len(errors) == before or isinstance(part, (dict, list)):
                repaired[name] = part
        elif field.required:
            errors.append(FieldError(f"{pointer}/{name}", "required", "is required", "必填"))
            repaired[name] = _stand_in(field.type)
    return repaired


def _unknown(pointer: str, known: set[str]) -> FieldError:
    listed = sorted(known)
    return FieldError(
        pointer,
        "unknown_field",
        f"there is no such field; known are {', '.join(listed)}",
        f"没有这个字段，可用字段：{'、'.join(listed)}",
    )


def _tuple(value: Any, wanted: types.VarTupleType | types.ListType, pointer: str, errors: list[FieldError]) -> Any:
    if not isinstance(value, list):
        errors.append(FieldError(pointer, "not_a_list", "must be a list", "必须是数组"))
        return _stand_in(wanted)
    least, most = wanted.min_length or 0, wanted.max_length
    if len(value) < least:
        errors.append(FieldError(pointer, "too_few", f"needs at least {least}", f"至少需要 {least} 项"))
        return _stand_in(wanted)
    if most is not None and len(value) > most:
        errors.append(
            FieldError(
                pointer,
                "too_many",
                f"has {len(value)}; at most {most} are allowed",
                f"共有 {len(value)} 项，最多允许 {most} 项",
            )
        )
        value = value[:most]
    return [_walk(item, wanted.item_type, f"{pointer}/{i}", errors) for i, item in enumerate(value)]


def _fault(value: Any, wanted: types.Type, pointer: str) -> FieldError | None:
    if isinstance(wanted, types.LiteralType):
        choices = [str(choice) for choice in wanted.values]
        return None if value in wanted.values else choice(pointer, str(value), choices)
    if isinstance(wanted, types.BoolType):
        if isinstance(value, bool):
            return None
        return FieldError(pointer, "not_a_boolean", "must be true or false", "必须为 true 或 false")
    if isinstance(wanted, (types.IntType, types.FloatType)):
        return _number_fault(value, wanted, pointer)
    if isinstance(wanted, types.StrType):
        return _text_fault(value, wanted, pointer)
    if isinstance(wanted, types.UUIDType):
        try:
            msgspec.convert(value, UUID)
        except msgspec.ValidationError:
            return FieldError(pointer, "not_a_uuid", "must be a UUID", "必须是 UUID")
    return None


def _number_fault(value: Any, wanted: types.IntType | types.FloatType, pointer: str) -> FieldError | None:
    whole = isinstance(wanted, types.IntType)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        if whole:
            return FieldError(pointer, "not_an_integer", "must be an integer", "必须是整数")
        return FieldError(pointer, "not_a_number", "must be a number", "必须是数字")
    least, most = wanted.ge, wanted.le
    if (least is not None and value < least) or (most is not None and value > most):
        return FieldError(
            pointer,
            "out_of_range",
            f"is {value}; must be from {least} to {most}{_swapped(pointer)[0]}",
            f"当前值 {value}，必须在 {least} 到 {most} 之间{_swapped(pointer)[1]}",
        )
    return None


def _swapped(pointer: str) -> tuple[str, str]:
    """A latitude off the earth is mostly a longitude."""
    if pointer.endswith("/lat"):
        return "; were lat and lon swapped?", "，是否把经纬度写反了？"
    return "", ""


def _text_fault(value: Any, wanted: types.StrType, pointer: str) -> FieldError | None:
    if not isinstance(value, str):
        return FieldError(pointer, "not_a_text", "must be a text", "必须是字符串")
    if len(value) < (wanted.min_length or 0):
        return FieldError(pointer, "required", "must not be empty", "不能为空")
    if wanted.max_length is not None and len(value) > wanted.max_length:
        most = wanted.max_length
        return FieldError(
            pointer,
            "too_long",
            f"has {len(value)} characters; at most {most} are allowed",
            f"共 {len(value)} 个字符，最多允许 {most} 个",
        )
    return None


def _stand_in(wanted: types.Type) -> Any:
    """Some value that the type allows."""
    if isinstance(wanted, types.UnionType):
        return None if wanted.includes_none else _stand_in(wanted.types[0])
    if isinstance(wanted, types.StructType):
        return {field.encode_name: _stand_in(field.type) for field in wanted.fields if field.required}
    if isinstance(wanted, (types.VarTupleType, types.ListType)):
        return [_stand_in(wanted.item_type)] if wanted.min_length else []
    if isinstance(wanted, types.LiteralType):
        return wanted.values[0]
    if isinstance(wanted, (types.IntType, types.FloatType)):
        return wanted.ge if wanted.ge is not None else 0
    return False if isinstance(wanted, types.BoolType) else "x"


def _escaped(name: str) -> str:
    """A member's name in a JSON pointer (RFC 6901)."""
    return name[:60].replace("~", "~0").replace("/", "~1")
