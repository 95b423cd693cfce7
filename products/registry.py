"""The catalogue: products and programmes by slug, and every product as it is offered under its programme.

Code of installed packages runs in workers (`products.isolation`); an offering in which it takes part has its seat at
their host. `products.loading` fills a catalogue.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from products.discovery import HOST_PACKAGE, PRODUCTS, PROGRAMMES, Admission, Broken, LeftOut
from products.isolation.host import PluginHost, Source
from products.kernel import Offering
from products.money import ONE
from products.package_data import PackageData
from products.parameters import NotInForce
from products.product import LoanProduct, Programme, Revision
from products.texts import unusable_texts

OfferingKey = tuple[str, str | None]


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
        own = offerings_of(product, self.programmes, self.sources, self.host)
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


Offerings = dict[OfferingKey, Offering]
Sources = Mapping[tuple[str, str], Source]


def offerings_of(
    product: LoanProduct[Any], programmes: Mapping[str, Programme], sources: Sources, host: PluginHost
) -> Offerings:
    """The product under its own terms and as each of its revisions amends it; ValueError if one cannot be offered."""
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
