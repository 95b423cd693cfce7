"""One door for products and programmes: the entry-point groups `kedai.products`, `kedai.programmes` and `kedai.data`.

kedai's own are imported; those of installed packages are portrayed and run by workers (`products.isolation`), so that
nothing they do reaches the host. The texts that a package brings are read as data. What cannot be taken in is isolated
and named with its cause and remedy; ``strict`` stops at the first such thing instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import EntryPoint
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from products.discovery import DATA, EVERYONE, HOST_PACKAGE, PRODUCTS, PROGRAMMES, Admission, Broken, LeftOut, discover
from products.isolation.faults import FaultKind, PluginFault
from products.isolation.host import PluginHost, Source
from products.isolation.portrait import ProductPortrait, ProgrammePortrait
from products.isolation.replay import product_from, programme_from
from products.kernel import Offering
from products.money import ONE
from products.package_data import BadFolder, PackageData, read_package_data
from products.parameters import NotInForce
from products.product import LoanProduct, Programme, Revision
from products.texts import unusable_texts

Value = LoanProduct[Any] | Programme
OfferingKey = tuple[str, str | None]
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


class UnknownOffering(LookupError):
    """A product or revision that the catalogue does not hold; ``field`` is ``product`` or ``revision``."""

    def __init__(self, field: str, slug: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no {field} {slug!r}; use one of: {', '.join(known) or 'none (leave it out)'}.")
        self.field, self.slug = field, slug


class NotAdmitted(UnknownOffering):
    """A product whose package the organisation does not admit."""

    def __init__(self, slug: str, package: str, known: tuple[str, ...]) -> None:
        super().__init__("product", slug, known)
        remedy = f"name {package} among the packages of `kedai plugin admit`"
        self.args = (f"{self} It comes with {package}, which the organisation does not admit; {remedy}.",)
        self.package = package


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything on offer, by slug, and what could not be taken in.

    ``sources`` says by group and slug which package brought what, ``data`` holds the texts that packages bring for
    their products, by slug; ``host`` runs the code of installed packages.
    """

    products: Mapping[str, LoanProduct[Any]]
    programmes: Mapping[str, Programme]
    offerings: Mapping[OfferingKey, Offering]
    broken: tuple[Broken, ...]
    left_out: tuple[LeftOut, ...] = ()
    sources: Mapping[tuple[str, str], Source] = field(default_factory=dict)
    host: PluginHost = field(default_factory=PluginHost)
    data: Mapping[str, PackageData] = field(default_factory=dict)

    def offering(self, product: str, revision: str | None) -> Offering:
        """The product under its programme, as the revision amends it; UnknownOffering if there is none."""
        if product not in self.products:
            raise self._missing(product)
        found = self.offerings.get((product, revision))
        if found is None:
            known = tuple(slug for name, slug in self.offerings if name == product and slug is not None)
            raise UnknownOffering("revision", str(revision), known)
        return found

    def _missing(self, product: str) -> UnknownOffering:
        source = self.sources.get((PRODUCTS, product))
        if source is None or any(one.name == product for one in self.broken):
            return UnknownOffering("product", product, tuple(self.products))
        return NotAdmitted(product, source.package, tuple(self.products))

    def package(self, product: str) -> str:
        """The package that brought a product."""
        return self.sources[PRODUCTS, product].package

    def for_organisation(self, admission: Admission) -> Catalogue:
        """What an organisation may offer: the products of the packages it admits. The same workers serve it."""
        return self._keeping([slug for slug in self.products if admission.admits(self.package(slug))])

    def with_product(self, product: LoanProduct[Any]) -> Catalogue:
        """The catalogue with a product of the same slug in the place of its own; ValueError if it cannot be offered."""
        own = _offerings(product, self.programmes, self.sources, self.host)
        others = {key: one for key, one in self.offerings.items() if key[0] != product.slug}
        return dataclasses.replace(
            self,
            products=MappingProxyType({**self.products, product.slug: product}),
            offerings=MappingProxyType(others | own),
        )

    def without(self, broken: Iterable[Broken]) -> Catalogue:
        """The catalogue without the products of these names, which are broken for a reason found elsewhere."""
        more = tuple(broken)
        names = {one.name for one in more}
        kept = self._keeping([slug for slug in self.products if slug not in names])
        return dataclasses.replace(kept, broken=(*self.broken, *more))

    def _keeping(self, slugs: Iterable[str]) -> Catalogue:
        products = {slug: self.products[slug] for slug in slugs}
        return dataclasses.replace(
            self,
            products=MappingProxyType(products),
            offerings=MappingProxyType({key: one for key, one in self.offerings.items() if key[0] in products}),
            data=MappingProxyType({slug: one for slug, one in self.data.items() if slug in products}),
        )

    def amended(self, revisions: Iterable[Revision]) -> Catalogue:
        """With an organisation's own revisions beside those that products ship; this catalogue stays as it is.

        ValueError if a revision's slug is taken, its product or programme unknown, or its arrangement gives away more
        than the whole loan.
        """
        offerings = dict(self.offerings)
        for revision in revisions:
            if revision.product not in self.products:
                raise ValueError(f"The revision {revision.slug!r} amends {revision.product!r}, which is not on offer.")
            if (revision.product, revision.slug) in offerings:
                raise ValueError(f"{revision.product} has a revision {revision.slug!r} already; choose another slug.")
            product = self.products[revision.product]
            offering = _offering(product, revision, self.programmes, self.sources, self.host)
            offerings[revision.product, revision.slug] = offering
        return dataclasses.replace(self, offerings=MappingProxyType(offerings))


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
            self.offerings |= _offerings(product, self.programmes, self.sources, self.host)
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


Offerings = dict[OfferingKey, Offering]
Sources = Mapping[tuple[str, str], Source]


def _offerings(
    product: LoanProduct[Any], programmes: Mapping[str, Programme], sources: Sources, host: PluginHost
) -> Offerings:
    return {
        (product.slug, None if revision is None else revision.slug): _offering(
            product, revision, programmes, sources, host
        )
        for revision in (None, *product.revisions.values())
    }


def _offering(
    product: LoanProduct[Any],
    revision: Revision | None,
    programmes: Mapping[str, Programme],
    sources: Sources,
    host: PluginHost,
) -> Offering:
    slug = product.programme if revision is None or revision.programme is None else revision.programme
    if slug not in programmes:
        raise ValueError(f"It names the programme {slug!r}, which is not installed.")
    offering = Offering(product, programmes[slug], revision)
    _check_shares(offering)
    return _seated(offering, sources, host)


def _seated(offering: Offering, sources: Sources, host: PluginHost) -> Offering:
    """The offering, at the host where installed plugins take part in it; ValueError for texts that cannot be used."""
    own, overall = sources[PRODUCTS, offering.product.slug], sources[PROGRAMMES, offering.programme.slug]
    packages = tuple(sorted({own.package, overall.package} - {HOST_PACKAGE}))
    if not packages:
        return offering
    for sentence in unusable_texts(offering):
        raise ValueError(sentence)
    return host.offering(offering, own, overall, packages)


def offering_under(catalogue: Catalogue, offering: Offering, programme: Programme) -> Offering:
    """The same product and revision under one of the catalogue's programmes; plugins that take part go on deciding."""
    return _seated(Offering(offering.product, programme, offering.revision), catalogue.sources, catalogue.host)


def _check_shares(offering: Offering) -> None:
    """ValueError if the arrangement gives away more than the whole loan in some period."""
    name = offering.revision.slug if offering.revision else offering.product.slug
    for day in offering.book.days:
        since = date.fromordinal(day)
        try:
            terms = offering.book.at(since)
        except NotInForce:  # before the first terms, and where a revision has ended
            continue
        given = terms.bank_share + terms.province_share + terms.local_government_share
        if given > ONE:
            raise ValueError(
                f"In {name} bank, province and local government bear {given} ppm from {since} on, more than the whole."
            )
