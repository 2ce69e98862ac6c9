"""What a record's field asks for, read from its type, so that an error can say it in words.

A type carries its own description ("sound level at the pillow, like 38 dBA") and a field may
add one ("the level to reach"); the first says how to write it, the second what it is for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

_EXAMPLE = re.compile(r"\blike (.+)$")


@dataclass(frozen=True)
class Shape:
    """A type without its wrapping.

    Attributes:
        base: the type itself: a record, a list, a mapping or a plain kind.
        metas: what was said of it, from the inside out.
        may_be_empty: whether nothing at all is allowed too.
    """

    base: Any
    metas: tuple[Meta, ...]
    may_be_empty: bool

    @property
    def how(self) -> str | None:
        """How the type is written, in its own words."""
        return next((m.description for m in self.metas if m.description), None)

    @property
    def purpose(self) -> str | None:
        """What the field is for."""
        return next((m.description for m in reversed(self.metas) if m.description), None)

    @property
    def example(self) -> str | None:
        """An example or two of how it is written, where its description gives one."""
        found = _EXAMPLE.search(self.how or "")
        return found.group(1) if found else None

    @property
    def choices(self) -> tuple[Any, ...]:
        """What may stand here, where the type is a closed list."""
        return get_args(self.base) if get_origin(self.base) is Literal else ()

    @property
    def record(self) -> type[msgspec.Struct] | None:
        """The record it is, if it is one."""
        is_record = isinstance(self.base, type) and issubclass(self.base, msgspec.Struct)
        return self.base if is_record else None

    @property
    def items(self) -> tuple[Any, ...] | None:
        """The types of a list's entries: one and an ellipsis, or one for each; None: no list."""
        if get_origin(self.base) is tuple:
            return get_args(self.base)
        if get_origin(self.base) is list:
            return (*get_args(self.base), ...)
        return None

    @property
    def entries(self) -> tuple[Any, Any] | None:
        """The types of a mapping's names and values; None: no mapping."""
        if get_origin(self.base) is not dict:
            return None
        name, value = get_args(self.base)
        return name, value

    def bound(self, name: str) -> Any:
        """A limit set on it: `min_length`, `max_length`, `ge` or `le`; None where there is none."""
        set_ones = (getattr(meta, name) for meta in reversed(self.metas))
        return next((limit for limit in set_ones if limit is not None), None)


def shape_of(hint: Any) -> Shape:
    """Unwrap a type.

    Example:
        >>> from evenfall.records.base import Light
        >>> shape_of(Light | None).example, shape_of(Light | None).may_be_empty
        ('0.5 lx mEDI', True)
    """
    metas: tuple[Meta, ...] = ()
    may_be_empty = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *said = get_args(hint)
            metas = (*(m for m in said if isinstance(m, Meta)), *metas)
            continue
        kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else ()
        others = [kind for kind in kinds if kind is not NoneType]
        if len(others) != 1:
            return Shape(hint, metas, may_be_empty)
        may_be_empty = may_be_empty or len(others) < len(kinds)
        hint = others[0]


@cache
def fields_of(record: type[msgspec.Struct]) -> Mapping[str, Any]:
    """A record's fields and their types, in order."""
    return dict(get_type_hints(record, include_extras=True))


@cache
def required_of(record: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that a record cannot do without."""
    return tuple(field.name for field in msgspec.structs.fields(record) if field.required)


def record_words(record: type[msgspec.Struct]) -> str:
    """What a record is called in a sentence.

    Example:
        >>> from evenfall.records.household import RitualStep
        >>> record_words(RitualStep)
        'ritual step'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", record.__name__).lower()
