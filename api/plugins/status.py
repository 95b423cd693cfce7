"""The state of every package with plugins, as operators read it: what it brings, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from pydantic import Field

import products
from api.describing import BrokenPlugin, Described, broken_plugins
from api.plugins.installed import CONTRACTS
from api.plugins.ledger import FaultEntry, PluginEvent
from products.discovery import HOST_PACKAGE, PRODUCTS, PROGRAMMES
from products.host_api import Unsupported, declared_range


class PackageState(StrEnum):
    """Whether a package takes part. Ordered from good to bad."""

    SERVING = "serving"
    NOT_ADMITTED = "not_admitted"
    FAILING = "failing"
    BROKEN = "broken"


class Brought(Described):
    """What a package brings."""

    products: tuple[str, ...]
    programmes: tuple[str, ...]
    clauses: tuple[str, ...] = Field(description="contract clauses, each in every language")
    documents: tuple[str, ...]
    features: tuple[str, ...] = Field(description="features that a score may be trained with")
    examples: tuple[str, ...]


class LastFault(Described):
    """The last time a package gave no usable answer since the process began."""

    kind: str
    cause: str
    failures: int
    breaker_open: bool = Field(description="true while the package is asked only now and then")


class PackageEntry(Described):
    """One installed package. ``order`` is its place when two packages offer one slug; kedai's own come before all."""

    package: str
    order: int
    version: str
    supports: str = Field(description="the versions of kedai's API that the package says it supports")
    state: PackageState
    brings: Brought
    broken: tuple[BrokenPlugin, ...]
    fault: LastFault | None


class PluginOverview(Described):
    """Every installed package with plugins, in the order in which they take slugs."""

    api: str = Field(description="the version of kedai's API for plugins")
    strict: bool = Field(description="whether a broken plugin stops the start")
    admitted_by_deployment: tuple[str, ...] | None = Field(description="null for all")
    admitted_by_organisation: tuple[str, ...] | None = Field(description="null for all")
    packages: tuple[PackageEntry, ...]


class FaultAnswer(Described):
    """One row of the fault log."""

    id: str
    at: datetime
    package: str
    kind: str
    cause: str
    breaker_open: bool


class FaultPage(Described):
    """Faults of plugins while they decided, newest first."""

    items: tuple[FaultAnswer, ...]
    next_cursor: str | None


class PluginEventAnswer(Described):
    """What an organisation said about plugins."""

    id: str
    at: datetime
    kind: str
    subject: str = Field(description="the product configured; empty for an admission")
    actor: str
    note: str
    said: Any = Field(description="the packages admitted, null for all; or the values configured")


def overview(
    catalogue: products.Catalogue,
    own: products.Catalogue,
    *,
    deployment: products.Admission,
    organisation: products.Admission,
    strict: bool,
) -> PluginOverview:
    """The overview of a deployment's ``catalogue``, of which an organisation offers its ``own``."""
    names = {source.package for source in catalogue.sources.values()}
    names |= {one.package for one in catalogue.broken} | {one.package for one in catalogue.left_out}
    admitted = [name for name in names - {HOST_PACKAGE} if deployment.admits(name)]
    present = (*sorted(admitted, key=deployment.place), *sorted(names - {HOST_PACKAGE} - set(admitted)))
    return PluginOverview(
        api=products.KEDAI_API,
        strict=strict,
        admitted_by_deployment=deployment.packages,
        admitted_by_organisation=organisation.packages,
        packages=tuple(
            _entry(catalogue, own, package, order, admitted=deployment.admits(package) and organisation.admits(package))
            for order, package in enumerate(present, start=1)
        ),
    )


def _entry(
    catalogue: products.Catalogue, own: products.Catalogue, package: str, order: int, *, admitted: bool
) -> PackageEntry:
    broken = tuple(one for one in broken_plugins(own) if one.package == package)
    fault = next((one for one in catalogue.host.faults() if package in one.packages), None)
    state = PackageState.SERVING
    if not admitted:
        state = PackageState.NOT_ADMITTED
    elif broken:
        state = PackageState.BROKEN
    elif fault is not None and fault.breaker_open:
        state = PackageState.FAILING
    version, supports = _declared(package)
    return PackageEntry(
        package=package,
        order=order,
        version=version,
        supports=supports,
        state=state,
        brings=_brought(catalogue, package),
        broken=broken,
        fault=fault
        and LastFault(
            kind=fault.kind.value, cause=fault.cause, failures=fault.failures, breaker_open=fault.breaker_open
        ),
    )


def _declared(package: str) -> tuple[str, str]:
    try:
        found = metadata(package)
    except PackageNotFoundError:
        return "unknown", "unknown"
    try:
        return found["Version"], str(declared_range(found.get_all("Classifier") or []))
    except Unsupported as error:
        return found["Version"], error.cause


def _brought(catalogue: products.Catalogue, package: str) -> Brought:
    slugs = sorted((group, slug) for (group, slug), source in catalogue.sources.items() if source.package == package)
    data = [one for one in catalogue.data.values() if one.package == package]
    return Brought(
        products=tuple(slug for group, slug in slugs if group == PRODUCTS),
        programmes=tuple(slug for group, slug in slugs if group == PROGRAMMES),
        clauses=_names(path for one in data for path in one.under(f"{CONTRACTS}/clauses")),
        documents=_names(path for one in data for path in one.under(f"{CONTRACTS}/documents")),
        features=tuple(feature.name for one in data for feature in one.features),
        examples=_names(path for one in data for path in one.under("examples")),
    )


def _names(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({path.rpartition("/")[2].rpartition(".")[0] for path in paths}))


def fault_page(found: tuple[FaultEntry, ...], *, limit: int) -> FaultPage:
    """A page of at most ``limit`` from up to ``limit + 1`` rows; the extra one says that there is a next page."""
    shown = found[:limit]
    return FaultPage(items=tuple(_faults(shown)), next_cursor=shown[-1].id if len(found) > limit else None)


def _faults(found: Iterable[FaultEntry]) -> Iterator[FaultAnswer]:
    for one in found:
        yield FaultAnswer(
            id=one.id, at=one.at, package=one.package, kind=one.kind, cause=one.cause, breaker_open=one.breaker_open
        )


def event_answer(event: PluginEvent) -> PluginEventAnswer:
    """An event as it is answered."""
    return PluginEventAnswer(
        id=event.id,
        at=event.at,
        kind=event.kind.value,
        subject=event.subject,
        actor=event.actor,
        note=event.note,
        said=event.said,
    )
