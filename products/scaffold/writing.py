"""The template's files with their placeholders filled: ``@slug@``, ``@module@``, ``@zh@``, ``@en@``, ``@api@``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from products.host_api import KEDAI_API

_TEMPLATE: Final = Path(__file__).with_name("template")
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TEXT: Final = re.compile(r"[^\"\\{}\n]{1,60}")
_CHINESE: Final = re.compile(r"[一-鿿]")
_PLACES: Final[Mapping[str, str]] = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "ci.yml.txt": ".github/workflows/check.yml",
    "init.py.txt": "@module@/__init__.py",
    "product.py.txt": "@module@/product.py",
    "book.yaml.txt": "@module@/@module@.yaml",
    "test_product.py.txt": "tests/test_product.py",
    "application.json.txt": "@module@/data/examples/application.json",
    "features.yaml.txt": "@module@/data/features.yaml",
    "placement.yaml.txt": "@module@/data/contracts/placement.yaml",
    "clause_zh.md.txt": "@module@/data/contracts/clauses/zh/staff-notice.md",
    "clause_en.md.txt": "@module@/data/contracts/clauses/en/staff-notice.md",
}

Folder = Path
"""Where the package was written."""


class BadName(ValueError):
    """A name that no package, product or entry point can have, or a folder that is there already."""


def write_plugin(slug: str, *, into: Path, zh: str, en: str) -> Folder:
    """Write the package ``slug`` into a new folder of that name below ``into``; BadName if that cannot be."""
    if not _SLUG.fullmatch(slug) or len(slug) > 63:
        raise BadName(
            f"The name {slug!r} cannot be a slug; write lower-case words and digits joined by single hyphens."
        )
    for name, text in (("Chinese", zh), ("English", en)):
        if not _TEXT.fullmatch(text):
            raise BadName(f"The {name} name {text!r} has more than 60 characters, or quotes, braces or backslashes.")
    if not _CHINESE.search(zh):
        raise BadName(f"The Chinese name {zh!r} has no Chinese character; customers read it.")
    folder = into / slug
    if folder.exists():
        raise BadName(f"{folder} is there already; choose another name, or remove it first.")
    fillers = {"slug": slug, "module": slug.replace("-", "_"), "zh": zh, "en": en, "api": KEDAI_API}
    for source, place in _PLACES.items():
        target = folder / _filled(place, fillers)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled((_TEMPLATE / source).read_text(encoding="utf-8"), fillers), encoding="utf-8")
    return folder


def _filled(text: str, fillers: Mapping[str, str]) -> str:
    for name, value in fillers.items():
        text = text.replace(f"@{name}@", value)
    return text
