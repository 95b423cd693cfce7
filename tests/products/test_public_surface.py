"""What plugins build on: every public name and signature as stored, until the version of the API says otherwise.

``python -m tests.products.test_public_surface`` stores the surface anew, on purpose.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

import products
from products import KEDAI_API

STORED: Final = Path(__file__).with_name("data") / "public_surface.json"


def surface() -> dict[str, list[str]]:
    """For each public name its kind and signature, then its public members."""
    return {name: list(_lines(getattr(products, name))) for name in sorted(products.__all__)}


def _lines(value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield "class"
        yield from _members(value)
    elif callable(value):
        yield f"function {_signature(value)}"
    else:
        yield f"value of type {type(value).__name__}"


def _members(kind: type[Any]) -> Iterator[str]:
    if issubclass(kind, Enum):
        yield from (f"member {one.name} = {one.value!r}" for one in kind)
        return
    if dataclasses.is_dataclass(kind):
        yield from (f"field {one.name}: {one.type}" for one in dataclasses.fields(kind))
    elif hasattr(kind, "model_fields"):
        yield from (f"field {name}" for name in kind.model_fields)
        return
    elif not issubclass(kind, Exception):
        yield f"made by {_signature(kind.__init__)}"
    for name, member in sorted(vars(kind).items()):
        if not name.startswith("_") and inspect.isfunction(member):
            yield f"method {name}{_signature(member)}"
        elif not name.startswith("_") and isinstance(member, property):
            yield f"property {name}"


def _signature(call: Any) -> str:
    return str(inspect.signature(call))


def test_the_surface_is_the_stored_one_or_has_another_version() -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert stored["version"] == KEDAI_API, (
        "The version has changed: store the surface anew (see this module's docstring)."
    )
    now = surface()
    changed = sorted(name for name in {*now, *stored["surface"]} if now.get(name) != stored["surface"].get(name))
    assert changed == [], (
        f"{changed} changed while the API stayed at {KEDAI_API}; raise KEDAI_API and store the surface."
    )


def test_every_public_name_is_documented() -> None:
    for name in products.__all__:
        value = getattr(products, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), name


def test_a_changed_signature_shows() -> None:
    def limit(at: int) -> int:
        return at

    def other(at: int, *, step: int) -> int:
        return at * step

    assert list(_lines(limit)) != list(_lines(other))


def _store() -> None:
    written = {"version": KEDAI_API, "surface": surface()}
    STORED.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _store()
