"""One door for products and programmes: the entry-point groups `kedai.products` and `kedai.programmes`.

Built-in and installed plugins come in the same way. What is of a wrong type, fails to import or takes a slug that is
taken is isolated and named with its cause and remedy; ``strict`` stops at the first such thing instead. The project's
own entries are read first, so no other package can take their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Final, TypeVar

from products.kernel import Offering
from products.money import ONE
from products.product import LoanProduct, Programme

OWN_PACKAGE: Final = "kedai"
PRODUCTS: Final = "kedai.products"
PROGRAMMES: Final = "kedai.programmes"
Kind = TypeVar("Kind", LoanProduct[Any], Programme)


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be taken in: its entry point, its package, what went wrong, how to mend it."""

    name: str
    package: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} of {self.package}: {self.cause} {self.remedy}"


class BrokenPlugin(RuntimeError):
    """Raised by a strict load."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(str(broken))
        self.broken = broken


class UnknownOffering(LookupError):
    """A product or revision that the catalogue does not hold; ``field`` is ``product`` or ``revision``."""

    def __init__(self, field: str, slug: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no {field} {slug!r}; use one of: {', '.join(known) or 'none (leave it out)'}.")
        self.field, self.slug = field, slug


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything on offer, by slug, and what could not be taken in."""

    products: Mapping[str, LoanProduct[Any]]
    programmes: Mapping[str, Programme]
    offerings: Mapping[tuple[str, str | None], Offering]
    broken: tuple[Broken, ...]

    def offering(self, product: str, revision: str | None) -> Offering:
        """The product under its programme, as the revision amends it; UnknownOffering if there is none."""
        if product not in self.products:
            raise UnknownOffering("product", product, tuple(self.products))
        found = self.offerings.get((product, revision))
        if found is None:
            raise UnknownOffering("revision", str(revision), tuple(self.products[product].revisions))
        return found


def load_catalogue(*, strict: bool = False) -> Catalogue:
    """Every installed product and programme; BrokenPlugin at the first that is broken if ``strict``."""
    broken: list[Broken] = []
    programmes, _ = _load(PROGRAMMES, Programme, broken)
    products, packages = _load(PRODUCTS, LoanProduct, broken)
    offerings: dict[tuple[str, str | None], Offering] = {}
    for product in list(products.values()):
        try:
            offerings |= _offerings(product, programmes)
        except ValueError as error:
            del products[product.slug]
            remedy = "Mend the product or uninstall the package."
            broken.append(Broken(product.slug, packages[product.slug], str(error), remedy))
    if strict and broken:
        raise BrokenPlugin(broken[0])
    return Catalogue(
        MappingProxyType(products), MappingProxyType(programmes), MappingProxyType(offerings), tuple(broken)
    )


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown package"


def _load(group: str, kind: type[Kind], broken: list[Broken]) -> tuple[dict[str, Kind], dict[str, str]]:
    """What the group holds by slug, and the package of each."""
    found: dict[str, Kind] = {}
    packages: dict[str, str] = {}
    entries = sorted(
        entry_points(group=group), key=lambda entry: (_package(entry) != OWN_PACKAGE, entry.name, _package(entry))
    )
    for entry in entries:
        package = _package(entry)
        try:
            value = entry.load()
        except Exception as error:  # noqa: BLE001  # a plugin may fail in any way; it is reported, not hidden
            cause = f"Importing {entry.value} failed with {type(error).__name__}: {error}."
            broken.append(Broken(entry.name, package, cause, "Mend or uninstall the package."))
            continue
        fault = _fault(entry, value, kind, packages)
        if fault:
            broken.append(Broken(entry.name, package, *fault))
        else:
            found[value.slug], packages[value.slug] = value, package
    return found, packages


def _fault(entry: EntryPoint, value: object, kind: type[Any], packages: Mapping[str, str]) -> tuple[str, str] | None:
    if not isinstance(value, kind):
        return f"{entry.value} is a {type(value).__name__}, not a {kind.__name__}.", "Point the entry point at one."
    if value.slug != entry.name:
        return f"{entry.value} has the slug {value.slug!r}.", "Give the entry point the same name."
    if value.slug in packages:
        return f"The slug {value.slug!r} is taken by {packages[value.slug]}.", "Choose another slug."
    return None


def _offerings(
    product: LoanProduct[Any], programmes: Mapping[str, Programme]
) -> dict[tuple[str, str | None], Offering]:
    offerings: dict[tuple[str, str | None], Offering] = {}
    for revision in (None, *product.revisions.values()):
        slug = product.programme if revision is None or revision.programme is None else revision.programme
        if slug not in programmes:
            raise ValueError(f"It names the programme {slug!r}, which is not installed.")
        offering = Offering(product, programmes[slug], revision)
        _check_shares(offering)
        offerings[product.slug, None if revision is None else revision.slug] = offering
    return offerings


def _check_shares(offering: Offering) -> None:
    """ValueError if the arrangement gives away more than the whole loan in some period."""
    name = offering.revision.slug if offering.revision else offering.product.slug
    for day in offering.book.days:
        since = date.fromordinal(day)
        if since < offering.book.first_day:
            continue
        terms = offering.book.at(since)
        given = terms.bank_share + terms.province_share + terms.local_government_share
        if given > ONE:
            raise ValueError(
                f"In {name} bank, province and local government bear {given} ppm from {since} on, more than the whole."
            )
