"""The editions of the form there are, each loaded once: as prepared, or from its form file."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from ..errors import FormError
from .model import Form
from .prepared import load_prepared

__all__ = ["editions", "forms_dir", "load_form"]


_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "forms")


def forms_dir() -> Path:
    """Return the folder of the shipped editions."""
    return Path(_FOLDER)


@cache
def editions() -> tuple[str, ...]:
    """Return the ids of the shipped editions, oldest first."""
    names = os.listdir(_FOLDER)
    return tuple(
        sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml") and n[0] in "0123456789")
    )


@cache
def load_form(edition: str | Path = "2021") -> Form:
    """Load and prove one edition of the form.

    Args:
        edition: id of a shipped edition (``"2021"``) or the path of a form file.

    Raises:
        FormError: there is no such edition, or the file contradicts itself; the message lists
            every fault with its place in the file.
    """
    path = edition
    if not str(edition).endswith(".toml"):
        path = os.path.join(_FOLDER, f"{edition}.toml")
        if not os.path.isfile(path):
            raise FormError(f"没有“{edition}”版格式；现有：{'、'.join(editions())}。")
    prepared = load_prepared(path)
    if prepared is not None:
        return prepared
    from pathlib import Path

    from .load import FormReader

    return FormReader(Path(path)).form()
