"""The version of the surface that plugins build on, and the range of versions that a plugin says it supports.

A plugin's package declares the range among its classifiers, where it can be read without importing anything:

    classifiers = ["Private :: kedai-api :: >=1.0,<2"]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

KEDAI_API: Final = "1.5"
"""Rises in its second number when a public name or an optional argument is added, else in its first."""

_PREFIX: Final = "Private :: kedai-api :: "
_RANGE: Final = re.compile(r">=\s*(\d+)(?:\.(\d+))?\s*,\s*<\s*(\d+)(?:\.(\d+))?")


class Unsupported(ValueError):
    """A package that says nothing of the host it supports, says it wrongly, or supports another."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause, self.remedy = cause, remedy


@dataclass(frozen=True, slots=True)
class ApiRange:
    """From ``least``, included, to ``below``, excluded; versions are pairs of numbers."""

    least: tuple[int, int]
    below: tuple[int, int]

    def __contains__(self, version: str) -> bool:
        major, _, minor = version.partition(".")
        return self.least <= (int(major), int(minor or 0)) < self.below

    def __str__(self) -> str:
        return f">={self.least[0]}.{self.least[1]},<{self.below[0]}.{self.below[1]}"


def declared_range(classifiers: Iterable[str]) -> ApiRange:
    """The range among a package's classifiers; Unsupported if there is none or more than one, or it cannot be read."""
    written = [one.removeprefix(_PREFIX) for one in classifiers if one.startswith(_PREFIX)]
    remedy = f'Add the classifier "{_PREFIX}>={KEDAI_API},<2" to the package, once.'
    if len(written) != 1:
        raise Unsupported(f"The package declares {len(written)} ranges of kedai's API instead of one.", remedy)
    found = _RANGE.fullmatch(written[0].strip())
    if not found:
        raise Unsupported(f"The range {written[0]!r} of kedai's API cannot be read.", remedy)
    least, least_minor, below, below_minor = found.groups("0")
    return ApiRange((int(least), int(least_minor)), (int(below), int(below_minor)))


def require_support(classifiers: Iterable[str], version: str = KEDAI_API) -> None:
    """Unsupported unless the package's range holds ``version``."""
    supported = declared_range(classifiers)
    if version not in supported:
        raise Unsupported(
            f"The package supports kedai's API {supported}; this host has {version}.",
            "Install a release of the package for this host, or a host that it supports.",
        )
