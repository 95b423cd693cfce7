"""What is installed: the catalogue, and the contract clauses that packages bring, held to the library's rules."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import products
from api.plugins.ledger import PluginLedger, PluginState, state_of
from api.settings import Settings
from api.storage import schema
from api.storage.connections import Connection, Database, Dialect
from products.configuration import InvalidConfiguration, configured
from products.discovery import Broken
from products.parameters import declared_parameters

if TYPE_CHECKING:
    from templates.texts import Texts

CONTRACTS: Final = "contracts"
ORIGIN: Final = "the organisation's configuration"
"""What stands in the place of a package where a stored configuration no longer fits."""


@dataclass(frozen=True, slots=True, eq=False)
class Installed:
    """The catalogue of the deployment; packages' contract texts can be joined to those shipped."""

    catalogue: products.Catalogue

    def texts_of(self, product: str, texts: Texts) -> Texts:
        """The texts with those of the product's package; products.UnknownOffering if it is not installed here.

        A contract without the clauses that its product wants would be another contract, so none is drawn.
        templates.contributions.BadContribution if the bank's own texts of the day leave no place for them.
        """
        declared = declared_parameters(self.catalogue.offering(product, None).product.book.terms)
        data = self.catalogue.data.get(product)
        brought = {} if data is None else data.under(CONTRACTS)
        if not brought:
            return texts
        from templates.contributions import joined  # noqa: PLC0415 - deciding does without the library

        return joined(texts, brought, declared)


def installed(settings: Settings) -> Installed:
    """Everything installed that the deployment admits. products.BrokenPlugin at the first broken one if strict."""
    admission = products.Admission(settings.plugins)
    limits = products.Limits(ask_seconds=settings.plugin_seconds, memory_bytes=settings.plugin_memory_bytes)
    host = products.PluginHost(limits)
    catalogue = products.load_catalogue(strict=settings.strict_plugins, admission=admission, host=host)
    broken = _unjoined(catalogue)
    if broken and settings.strict_plugins:
        catalogue.host.close()
        raise products.BrokenPlugin(broken[0])
    return Installed(catalogue.without(broken) if broken else catalogue)


def _unjoined(catalogue: products.Catalogue) -> tuple[Broken, ...]:
    """The products whose contract texts cannot be joined; the library is loaded only where there are some."""
    if not any(data.under(CONTRACTS) for data in catalogue.data.values()):
        return ()
    from templates.contributions import BadContribution  # noqa: PLC0415 - deciding does without the library
    from templates.texts import shipped_texts  # noqa: PLC0415 - as above

    broken = []
    for slug, data in catalogue.data.items():
        try:
            Installed(catalogue).texts_of(slug, shipped_texts())
        except BadContribution as error:
            broken.append(Broken(slug, data.package, str(error), "Correct the contract texts of the package."))
    return tuple(broken)


def for_organisation(catalogue: products.Catalogue, state: PluginState) -> products.Catalogue:
    """The catalogue as an organisation has admitted and configured it; the catalogue given stays as it is.

    A product whose configuration no longer fits is left out and named, for its terms would not be the organisation's.
    """
    own = catalogue.for_organisation(state.admission)
    for one in state.configurations:
        if one.product not in own.products:
            continue
        try:
            own = configured(own, one)
        except (InvalidConfiguration, ValueError) as error:
            remedy = f"Configure {one.product} anew for the installed version."
            own = own.without([Broken(one.product, ORIGIN, str(error), remedy)])
    return own


def stored_state(database: Database, organisation: str) -> PluginState:
    """What an organisation has said; nothing where no migrated database is. A database is never made here."""
    if database.dialect is Dialect.SQLITE and not Path(database.location).exists():
        return PluginState()
    with closing(database.connect()) as connection:
        if schema.version(database, connection) != schema.HEAD:
            return PluginState()
        return state_of(PluginLedger(database, connection, organisation).events())


Connect = Callable[[], Connection]


def state_over(database: Database, connect: Connect, organisation: str) -> PluginState:
    """What an organisation has said, over a connection of the caller's, which is given back."""
    with closing(connect()) as connection:
        return state_of(PluginLedger(database, connection, organisation).events())
