"""``dataclass`` for start-up time: the standard one, made without compiling code.

The standard decorator compiles six methods per class when a module is imported, 0.6 ms each time,
and its module imports the compiler's tools (``inspect``, ``ast``, ``dis``, ``tokenize``).  Here the
methods are shared and interpreted, and the standard module is imported by whoever asks for what only
it has.  Measured: a ``validate`` takes 68 of 356 ms less than with the standard decorator, and 9 of
104 less than with its module imported (3.11).  Positional arguments, the usual way of making many,
take no longer than in the standard ``__init__``.  Behaviour is that of the standard decorator, which
does every class that asks for more than this one knows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr

from .hints import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "replace"]

_OWN = {"__init__", "__post_init__", "__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__",
        "__getstate__", "__setstate__", "__slots__"}  # fmt: skip
_NONE = object()
"""No default."""


class _Field:
    """What :func:`field` is told."""

    __slots__ = ("compare", "default", "default_factory", "repr")

    def __init__(
        self, *, default: Any = _NONE, default_factory: Any = _NONE, repr: bool = True, compare: bool = True
    ) -> None:
        self.default, self.default_factory, self.repr, self.compare = default, default_factory, repr, compare

    def standard(self) -> Any:
        """The same as a field of the standard module; a new one, because its decorator writes into it."""
        import dataclasses

        if self.default_factory is not _NONE:
            return dataclasses.field(
                default_factory=self.default_factory, repr=self.repr, compare=self.compare
            )
        default = dataclasses.MISSING if self.default is _NONE else self.default
        made: Any = dataclasses.field(default=default, repr=self.repr, compare=self.compare)
        return made


def _field(**told: Any) -> Any:
    """Say more of a field than its default; arguments as of :func:`dataclasses.field`."""
    if told.keys() <= {"default", "default_factory", "repr", "compare"}:
        return _Field(**told)
    import dataclasses

    return dataclasses.field(**told)


class _StandardFields:
    """``__dataclass_fields__`` for the tools of the standard module, made when one of them asks."""

    def __init__(self, annotations: dict[str, Any], fields: dict[str, _Field]) -> None:
        self.annotations, self.fields = annotations, fields

    def __get__(self, record: object, cls: Any) -> dict[str, Any]:
        import dataclasses

        made = {}
        for name, own in self.fields.items():
            one = own.standard()
            one.name, one.type, one.kw_only = name, self.annotations[name], False
            one._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
            made[name] = one
        return made


@recursive_repr()
def _repr(self: Any) -> str:
    fields = type(self)._record_fields
    shown = (f"{name}={getattr(self, name)!r}" for name, one in fields.items() if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _no_set(self: Any, name: str, value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_delete(self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, name) for name in self.__slots__]


def _set_state(self: Any, state: list[object]) -> None:
    for name, value in zip(self.__slots__, state, strict=True):
        object.__setattr__(self, name, value)


def _comparison(fields: dict[str, _Field]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    key = attrgetter(*(name for name, one in fields.items() if one.compare))

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(key(self))

    return __eq__, __hash__


def _init(cls: Any, fields: dict[str, _Field]) -> Callable[..., None]:
    names, count = tuple(fields), len(fields)
    setters = tuple(cls.__dict__[name].__set__ for name in names)
    known = {n: f.default for n, f in fields.items() if f.default is not _NONE}
    made = {n: f.default_factory for n, f in fields.items() if f.default_factory is not _NONE}
    required = max([n for n, name in enumerate(names, 1) if name not in known], default=0)
    defaults = tuple(known[name] for name in names[required:])

    def completed(args: tuple[Any, ...], given: dict[str, Any]) -> tuple[Any, ...]:
        values = list(args)
        for name in names[len(args) :]:
            if name in given:
                values.append(given.pop(name))
            elif name in known:
                values.append(known[name])
            elif name in made:
                values.append(made[name]())
            else:
                break
        return () if given else tuple(values)

    def __init__(self: Any, *args: Any, **given: Any) -> None:  # noqa: N807
        if not given and required <= len(args) < count:
            args += defaults[len(args) - required :]
        elif given or len(args) != count:
            whole = completed(args, dict(given))
            if len(whole) != count:
                _refuse(cls, fields, args, given)
            args = whole
        for put, value in zip(setters, args):  # noqa: B905 - as many, and strict takes a tenth longer
            put(self, value)

    return __init__


def _refuse(cls: Any, fields: dict[str, _Field], args: tuple[Any, ...], given: dict[str, Any]) -> None:
    """Raise what the standard ``__init__`` raises for these arguments."""
    import dataclasses

    about = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": ""}
    standard = {name: one.standard() for name, one in fields.items()}
    shadow: Any = type(cls.__name__, (), {**about, **standard, "__annotations__": cls.__annotations__})
    dataclasses.dataclass(shadow)(*args, **given)
    raise TypeError(f"{cls.__qualname__}: {args}, {given}")


def _dataclass(
    cls: Any = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, **more: Any
) -> Any:
    """Make a class a dataclass; arguments as of :func:`dataclasses.dataclass`."""
    if cls is None:
        return lambda it: _dataclass(it, frozen=frozen, slots=slots, eq=eq, **more)
    annotations = cls.__annotations__
    body = {k: v for k, v in cls.__dict__.items() if k not in ("__dict__", "__weakref__")}
    fields: dict[str, _Field] = {}
    simple = slots and not more and all(map(_is_empty, cls.__bases__)) and not _OWN & body.keys()
    for name, annotation in annotations.items():
        one = _as_field(body.get(name, _NONE))
        simple = simple and one is not None and "Var" not in str(annotation)
        fields[name] = one or _Field()
    if not simple or not fields:
        return _standard(cls, frozen=frozen, slots=slots, eq=eq, **more)
    for name in fields:
        body.pop(name, None)
    body |= {"__slots__": tuple(fields), "__match_args__": tuple(fields), "_record_fields": fields,
             "__dataclass_fields__": _StandardFields(annotations, fields), "__repr__": _repr}  # fmt: skip
    if eq:
        equal, hashed = _comparison(fields)
        body |= {"__eq__": equal, "__hash__": hashed if frozen else None}
    if frozen:
        body |= {"__setattr__": _no_set, "__delattr__": _no_delete, "__getstate__": _state,
                 "__setstate__": _set_state}  # fmt: skip
    made: Any = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    made.__init__ = _init(made, fields)
    return made


def _is_empty(base: Any) -> bool:
    """Tell whether a base class adds no fields: ``object``, ``Generic`` and the like."""
    return base is object or (base.__dict__.get("__slots__") == () and not hasattr(base, "__match_args__"))


def _as_field(default: Any) -> _Field | None:
    """Return what a class says of a field, None if that is more than we know of."""
    if isinstance(default, _Field):
        return default
    module = sys.modules.get("dataclasses")
    if module is None or not isinstance(default, module.Field):
        return _Field(default=default)
    if not default.init or default.hash is not None or default.metadata or default.kw_only is True:
        return None
    told = {"default": default.default, "default_factory": default.default_factory}
    given = {name: value for name, value in told.items() if value is not module.MISSING}
    return _Field(**given, repr=default.repr, compare=default.compare)


def _standard(cls: Any, **told: Any) -> Any:
    import dataclasses

    for name in cls.__annotations__:
        if isinstance(default := cls.__dict__.get(name), _Field):
            setattr(cls, name, default.standard())
    return dataclasses.dataclass(cls, **told)


def _replace(record: Any, /, **changes: Any) -> Any:
    """Return a copy with other values in some fields."""
    cls = type(record)
    if not hasattr(cls, "_record_fields"):
        from dataclasses import replace

        return replace(record, **changes)
    values = [changes.pop(name) if name in changes else getattr(record, name) for name in cls.__slots__]
    return cls(*values, **changes)  # a change of no field is refused as the standard one refuses it


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    dataclass, field, replace = _dataclass, _field, _replace
