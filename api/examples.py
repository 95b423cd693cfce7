"""The example applications and particulars shipped with the project."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "examples"
PARTICULARS: Final = FOLDER / "particulars.json"


@dataclass(frozen=True, slots=True)
class Example:
    """One example by the name of its file, as text and as a JSON value."""

    name: str
    payload: bytes
    value: Any


def example_applications() -> tuple[Example, ...]:
    """Every application in the folder, in the order of their names; none where the folder is not installed."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.json")) if path != PARTICULARS)


def example_particulars() -> Example:
    """Invented parties and terms for drafting. FileNotFoundError where the folder is not installed."""
    return _read(PARTICULARS)


def _read(path: Path) -> Example:
    payload = path.read_bytes()
    return Example(name=path.stem, payload=payload, value=json.loads(payload))
