"""The editions of the form there are, each loaded once: as prepared, or from its form file."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from ..errors import FormError
from .model import Form
from .prepared import load_prepared

__all__ = ["editions", "forms_dir", "load_form"]


def forms_dir() -> Path:
    """Return the folder of the shipped editions."""
    return Path(__file__).parent.with_name("forms")


def editions() -> tuple[str, ...]:
    """Return the ids of the shipped editions, oldest first."""
    names = os.listdir(forms_dir())
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
    path = Path(edition)
    if path.suffix != ".toml":
        path = forms_dir() / f"{edition}.toml"
        if not path.is_file():
            raise FormError(f"没有“{edition}”版格式；现有：{'、'.join(editions())}。")
    prepared = load_prepared(path)
    if prepared is not None:
        return prepared
    from .load import FormReader

    return FormReader(path).form()
