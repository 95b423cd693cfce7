"""Packages as an installer leaves them: a folder on the path with a module and its metadata."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

RANGE: Final = "Private :: kedai-api :: >=1.0,<2"

COPY: Final = """
import dataclasses
from products import Column, LimitFormula, Rule, Severity, Truth
from products.catalogue.innovation_credit import PRODUCT as OTHER

def copy(**changes):
    return dataclasses.replace(OTHER, **{"revisions": {}, **changes})

def asking(slug, statement):
    one = Rule("asks_something", statement, Severity.DECLINE, "试验条款", "试验须通过。", "The trial must pass.")
    return copy(slug=slug, rules=(*OTHER.rules, one))

def limiting(slug, ceiling):
    one = LimitFormula("trial_limit", ceiling, "试验条款", "试验额度", "trial")
    return copy(slug=slug, limits=(*OTHER.limits, one))
"""
"""The beginning of a module that makes loans like innovation credit, with a rule or a limit of its own."""


def write_package(
    folder: Path,
    package: str,
    source: str,
    entry_points: dict[str, list[str]],
    *,
    classifiers: tuple[str, ...] = (RANGE,),
) -> None:
    """Write module and metadata of ``package`` into ``folder``; ``entry_points`` are lines by group."""
    module = package.replace("-", "_")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {package}",
        "Version: 1.0",
        *(f"Classifier: {one}" for one in classifiers),
    ]
    (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    groups = "".join(f"[{group}]\n" + "".join(f"{one}\n" for one in ones) for group, ones in entry_points.items())
    (info / "entry_points.txt").write_text(groups, encoding="utf-8")
    (folder / f"{module}.py").write_text(source, encoding="utf-8")


@contextmanager
def on_path(*folders: Path) -> Iterator[None]:
    """The folders at the head of the import path."""
    before = list(sys.path)
    sys.path[:0] = [str(folder) for folder in folders]
    try:
        yield
    finally:
        sys.path[:] = before
