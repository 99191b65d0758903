"""The names of :mod:`typing` as far as only type checkers look at them.

``typing`` takes 2.8 ms to import, a sixteenth of a ``validate``, and no annotation here is ever evaluated.
For a type checker these are its own names; when the program runs they stand for nothing.
"""

from __future__ import annotations

from collections import namedtuple

__all__ = ["TYPE_CHECKING", "Any", "Generic", "Literal", "NamedTuple", "NoReturn", "Protocol", "TextIO",
           "TypeAlias", "TypeVar"]  # fmt: skip

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, Generic, Literal, NamedTuple, NoReturn, Protocol, TextIO, TypeAlias, TypeVar
else:

    class _Nothing:
        """Takes whatever is said of a type."""

        def __call__(self, *args, **told):
            return self

        def __getitem__(self, of):
            return self

    Any = Literal = NoReturn = TextIO = TypeAlias = TypeVar = _Nothing()

    class Generic:
        __slots__ = ()

        def __class_getitem__(cls, of):
            return cls

    class Protocol:
        pass

    class _NamedTuple(type):
        """Makes a named tuple of a class body, as the metaclass in :mod:`typing` does."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.pop("__annotations__")
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body.pop("__module__"))
            made.__annotations__ = fields
            for key, value in body.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_NamedTuple):
        pass
