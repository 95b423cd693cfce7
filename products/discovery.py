"""What installed packages offer kedai, read from their metadata alone: nothing is imported here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import Final

from products.host_api import Unsupported, require_support

HOST_PACKAGE: Final = "kedai"
PRODUCTS: Final = "kedai.products"
PROGRAMMES: Final = "kedai.programmes"
DATA: Final = "kedai.data"
"""Folders of texts that packages bring for their products; see `products.package_data`."""
GROUPS: Final = (PROGRAMMES, PRODUCTS, DATA)


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be taken in: its entry point, its package, what went wrong, how to mend it."""

    name: str
    package: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} of {self.package}: {self.cause} {self.remedy}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plugin that is installed and not admitted."""

    name: str
    package: str


@dataclass(frozen=True, slots=True)
class Admission:
    """Which packages may bring plugins, in the order in which they take slugs; None admits all, by name.

    kedai's own products and programmes are always there and always first.
    """

    packages: tuple[str, ...] | None = None

    def admits(self, package: str) -> bool:
        """Whether a package may bring plugins."""
        return package == HOST_PACKAGE or self.packages is None or package in self._names

    def narrowed(self, other: Admission) -> Admission:
        """What both admit, in the order of the narrower list: a deployment's, narrowed to an organisation's."""
        if other.packages is None:
            return self
        return Admission(tuple(one for one in other._names if self.admits(one)))  # of this very type

    def place(self, package: str) -> tuple[int, str]:
        """The package's place in the order."""
        if package == HOST_PACKAGE:
            return -1, ""
        return (self._names.index(package) if self.packages is not None else 0), package

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(map(normalised, self.packages or ()))


EVERYONE: Final = Admission()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: entry points to load in order, those left out, and those that cannot be loaded."""

    entries: tuple[tuple[EntryPoint, str], ...]
    left_out: tuple[LeftOut, ...]
    broken: tuple[Broken, ...]


def normalised(package: str) -> str:
    """A package's name as the packaging standards compare it."""
    return re.sub(r"[-_.]+", "-", package).lower()


def discover(admission: Admission) -> Found:
    """Every entry point of the groups: kedai's first, then by the admission's order, then by name.

    A slug that two packages offer goes to the first of them; the others are broken, and so is every plugin of a package
    that does not support this version of the API.
    """
    offered = sorted(
        ((entry, _package(entry)) for group in GROUPS for entry in entry_points(group=group)),
        key=lambda found: (found[1], found[0].name),
    )
    left_out = tuple(LeftOut(entry.name, package) for entry, package in offered if not admission.admits(package))
    admitted = [found for found in offered if admission.admits(found[1])]
    admitted.sort(key=lambda found: (GROUPS.index(found[0].group), *admission.place(found[1]), found[0].name))
    entries: dict[tuple[str, str], tuple[EntryPoint, str]] = {}
    broken: list[Broken] = []
    for entry, package in admitted:
        fault = _unsupported(entry, package) or _taken(entry, entries)
        if fault is None:
            entries[entry.group, entry.name] = (entry, package)
        else:
            broken.append(Broken(entry.name, package, *fault))
    return Found(tuple(entries.values()), left_out, tuple(broken))


def _package(entry: EntryPoint) -> str:
    return normalised(entry.dist.name) if entry.dist else "an unknown package"


def _unsupported(entry: EntryPoint, package: str) -> tuple[str, str] | None:
    if package == HOST_PACKAGE:
        return None
    try:
        require_support(_classifiers(entry.dist))
    except Unsupported as error:
        return error.cause, error.remedy
    return None


def _classifiers(dist: Distribution | None) -> Iterable[str]:
    return (dist.metadata.get_all("Classifier") or []) if dist else []


def _taken(entry: EntryPoint, entries: dict[tuple[str, str], tuple[EntryPoint, str]]) -> tuple[str, str] | None:
    taken = entries.get((entry.group, entry.name))
    if taken is None:
        return None
    return f"The slug {entry.name!r} is taken by {taken[1]}.", "Choose another slug."
