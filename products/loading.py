"""One door for products and programmes: the entry-point groups `kedai.products`, `kedai.programmes` and `kedai.data`.

kedai's own are imported; those of installed packages are portrayed and run by workers (`products.isolation`), so that
nothing they do reaches the host. The texts that a package brings are read as data. What cannot be taken in is isolated
and named with its cause and remedy; ``strict`` stops at the first such thing instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from products.discovery import DATA, EVERYONE, HOST_PACKAGE, PRODUCTS, PROGRAMMES, Admission, Broken, discover
from products.isolation.faults import FaultKind, PluginFault
from products.isolation.host import PluginHost, Source
from products.isolation.portrait import ProductPortrait, ProgrammePortrait
from products.isolation.replay import product_from, programme_from
from products.kernel import Offering
from products.package_data import BadFolder, PackageData, read_package_data
from products.product import LoanProduct, Programme
from products.registry import Catalogue, OfferingKey, offerings_of

Value = LoanProduct[Any] | Programme
_KINDS: Final[Mapping[str, type[Any]]] = {PRODUCTS: LoanProduct, PROGRAMMES: Programme}
_FAULTS: Final[Mapping[FaultKind, tuple[str, str]]] = {
    FaultKind.RAISED: ("Importing {} failed with {}", "Mend or uninstall the package."),
    FaultKind.TYPE: ("{1}", "Point the entry point at one."),
    FaultKind.TIME: ("Importing {} took too long: {}", "Take slow work out of the import, or uninstall the package."),
    FaultKind.MEMORY: ("Importing {} took too much memory: {}", "Mend or uninstall the package."),
}


class BrokenPlugin(RuntimeError):
    """Raised by a strict load."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(str(broken))
        self.broken = broken


def load_catalogue(
    *, strict: bool = False, admission: Admission = EVERYONE, host: PluginHost | None = None
) -> Catalogue:
    """Every installed product and programme that is admitted; BrokenPlugin at the first that is broken if ``strict``.

    ``host`` holds the limits and the breakers; a new one with the default limits if left out.
    """
    found = discover(admission)
    use = host or PluginHost()
    loading = _Loading(use, list(found.broken))
    for entry, package in found.entries:
        loading.read(entry, package) if entry.group == DATA else loading.take(entry, package)
    for product in list(loading.products.values()):
        loading.offer(product)
    if strict and loading.broken:
        use.close()
        raise BrokenPlugin(loading.broken[0])
    return Catalogue(
        MappingProxyType(loading.products),
        MappingProxyType(loading.programmes),
        MappingProxyType(loading.offerings),
        tuple(loading.broken),
        found.left_out,
        MappingProxyType(loading.sources),
        use,
        MappingProxyType(loading.data),
    )


@dataclass(slots=True)
class _Loading:
    """A catalogue while it is put together."""

    host: PluginHost
    broken: list[Broken]
    products: dict[str, LoanProduct[Any]] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    offerings: dict[OfferingKey, Offering] = field(default_factory=dict)
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    data: dict[str, PackageData] = field(default_factory=dict)

    def take(self, entry: EntryPoint, package: str) -> None:
        """Take in what an entry point names, or note why it cannot be."""
        source = Source(entry.group, entry.name, entry.value, package)
        load = _imported if package == HOST_PACKAGE else self._portrayed
        try:
            value = _of_its_name(load(source), source)
        except _Unfit as error:
            self.broken.append(Broken(entry.name, package, error.cause, error.remedy))
            return
        self.sources[entry.group, entry.name] = source
        if isinstance(value, Programme):
            self.programmes[entry.name] = value
        else:
            self.products[entry.name] = value

    def read(self, entry: EntryPoint, package: str) -> None:
        """Read the folder an entry point names; a product whose folder cannot be read is taken out."""
        if any((one.name, one.package) == (entry.name, package) for one in self.broken):
            return  # the product itself is named already
        own = self.sources.get((PRODUCTS, entry.name))
        if own is None or own.package != package:
            cause = f"{entry.value} is for the product {entry.name!r}, which the package does not bring."
            self.broken.append(Broken(entry.name, package, cause, "Name it like one of the package's products."))
            return
        try:
            self.data[entry.name] = read_package_data(entry, package)
        except BadFolder as error:
            self.products.pop(entry.name, None)
            self.broken.append(Broken(entry.name, package, error.cause, error.remedy))

    def _portrayed(self, source: Source) -> Value:
        try:
            written = self.host.portrait_of(source)
            if source.group == PRODUCTS:
                return product_from(ProductPortrait.model_validate_json(written), source.package)
            return programme_from(ProgrammePortrait.model_validate_json(written), source.package)
        except PluginFault as fault:
            raise _Unfit(*_cause_and_remedy(fault, source)) from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise _Unfit(f"In {source.value}, {place} cannot be used: {first['msg']}.", "Mend the package.") from None
        except ValueError as error:
            raise _Unfit(f"{source.value} cannot be used: {error}", "Mend the package.") from None

    def offer(self, product: LoanProduct[Any]) -> None:
        """Put a product with its revisions on offer, or take it out and note why it cannot be."""
        source = self.sources[PRODUCTS, product.slug]
        try:
            self.offerings |= offerings_of(product, self.programmes, self.sources, self.host)
        except ValueError as error:
            del self.products[product.slug]
            remedy = "Mend the product or leave it out."
            self.broken.append(Broken(product.slug, source.package, str(error), remedy))


def _cause_and_remedy(fault: PluginFault, source: Source) -> tuple[str, str]:
    sentence, remedy = _FAULTS.get(fault.kind, ("Loading {} failed: {}", "Mend or uninstall the package."))
    return sentence.format(source.value, fault.cause), remedy


class _Unfit(ValueError):
    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


def _of_its_name(value: Value, source: Source) -> Value:
    if value.slug != source.name:
        raise _Unfit(f"{source.value} has the slug {value.slug!r}.", "Give the entry point the same name.")
    return value


def _imported(source: Source) -> Value:
    try:
        value: object = EntryPoint(name=source.name, value=source.value, group=source.group).load()
    except Exception as error:  # noqa: BLE001  # whatever an import raises is reported, not hidden
        cause = f"Importing {source.value} failed with {type(error).__name__}: {error}."
        raise _Unfit(cause, "Mend or uninstall the package.") from None
    kind = _KINDS[source.group]
    if not isinstance(value, kind):
        cause = f"{source.value} is a {type(value).__name__}, not a {kind.__name__}."
        raise _Unfit(cause, "Point the entry point at one.")
    fit: Value = value
    return fit
