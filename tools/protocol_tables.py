"""The tables of docs/protocol.md, from the Structs, the codes and the limits."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import inspect as kinds
from protocol_source import attribute_docs, struct_docs

from nbchat.protocol import codes, limits, messages, shapes

SIMPLE = {
    kinds.IntType: "integer",
    kinds.FloatType: "number",
    kinds.StrType: "string",
    kinds.BoolType: "boolean",
    kinds.NoneType: "null",
}


def tables() -> dict[str, str]:
    """Every table by the name that its marker in the page has."""
    return {
        "shapes": _structs(_shared_shapes(), tagged=False),
        "commands": _structs(_members(messages.AnyCommand)),
        "replies": _structs(_members(messages.AnyReply)),
        "durable": _structs(_members(messages.AnyDurable)),
        "ephemeral": _structs(_members(messages.AnyEphemeral)),
        "errors": _table(
            ("code", "text", "try again?"), [(f"`{r.code}`", r.text, _yes(r.retry)) for r in codes.ERRORS.values()]
        ),
        "closes": _table(
            ("code", "name", "text", "resume?"),
            [(str(r.code), f"`{r.name}`", r.text, _yes(r.resume)) for r in codes.CLOSES.values()],
        ),
        "limits": _limits(),
        "host-limits": _host_limits(),
    }


def _members(union: Any) -> list[type[msgspec.Struct]]:
    return list(union.__args__)


def _shared_shapes() -> list[type[msgspec.Struct]]:
    """The Structs of protocol.shapes, in its order."""
    found = [kind for kind in vars(shapes).values() if inspect.isclass(kind)]
    return [kind for kind in found if issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct]


def _structs(structs: list[type[msgspec.Struct]], *, tagged: bool = True) -> str:
    docs = struct_docs()
    return "\n\n".join(_struct(kind, docs.get(kind.__name__, {}), tagged=tagged) for kind in structs)


def _struct(kind: type[msgspec.Struct], docs: dict[str, str], *, tagged: bool) -> str:
    shape = kinds.type_info(kind)
    assert isinstance(shape, kinds.StructType)  # noqa: S101 - narrows for mypy
    title = f"#### `{shape.tag}`" if tagged else f"#### {kind.__name__}"
    text = inspect.cleandoc(kind.__doc__ or "")
    rows = [_field(field, docs.get(field.name, "")) for field in shape.fields if field.name != "ref"]
    parts = [title, text, _table(("field", "type", "meaning"), rows)] if rows else [title, text]
    return "\n\n".join(parts)


def _field(field: kinds.Field, doc: str) -> tuple[str, str, str]:
    meaning = [_described(field.type), doc.rstrip("."), "" if field.required else f"default {_default(field)}"]
    return f"`{field.encode_name}`", _type(field.type), "; ".join(part for part in meaning if part)


def _default(field: kinds.Field) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return f"`{msgspec.json.encode(value).decode()}`"


def _described(kind: kinds.Type) -> str:
    extra = kind.extra_json_schema if isinstance(kind, kinds.Metadata) else None
    return str((extra or {}).get("description", ""))


def _type(kind: kinds.Type) -> str:
    match kind:
        case kinds.Metadata(type=inner):
            return _type(inner)
        case kinds.UnionType(types=types):
            return " or ".join(_type(one) for one in types)
        case kinds.LiteralType(values=values):
            return " or ".join(f'`"{value}"`' for value in values)
        case kinds.ListType(item_type=item):
            return f"list of {_type(item)}"
        case kinds.DictType(value_type=value):
            return f"map to {_type(value)}"
        case kinds.StructType(cls=cls, tag=None):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case kinds.StructType(tag=tag):
            return f"[`{tag}`](#{tag})"
        case _:
            return SIMPLE[type(kind)]


def _limits() -> str:
    docs = attribute_docs(limits)[""]
    rows = [
        (f"`{name}`", f"{value:,}" if isinstance(value, int) else f"{value:g}", docs.get(name, ""))
        for name, value in vars(limits).items()
        if name.isupper() and isinstance(value, int | float)
    ]
    return _table(("limit", "value", "why"), rows)


def _host_limits() -> str:
    docs = attribute_docs(limits)["HubLimits"]
    defaults = msgspec.structs.asdict(limits.HubLimits())
    rows = [(f"`{name}`", _amount(value), docs.get(name, "")) for name, value in defaults.items()]
    return _table(("limit", "default", "why"), rows)


def _amount(value: object) -> str:
    if isinstance(value, limits.Rate):
        return f"{value.rate:g}/s, burst {value.burst}"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
