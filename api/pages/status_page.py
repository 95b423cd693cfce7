"""The status page: the packages with plugins, what is left out and why, and every unverified value in use."""

from __future__ import annotations

from datetime import date

import products
from api.describing import broken_plugins
from api.pages.rendering import page
from api.plugins.status import PluginOverview
from products.parameters import NotInForce, Used


def status_html(
    catalogue: products.Catalogue, shown: PluginOverview, *, organisation: str, model: str, migration: str, on: date
) -> str:
    """The page for an organisation's catalogue on a day."""
    packages = {one.package for one in shown.packages}
    return page(
        "status.html.j2",
        overview=shown,
        organisation=organisation,
        model=model,
        migration=migration,
        others=[one for one in broken_plugins(catalogue) if one.package not in packages],
        unverified=unverified(catalogue, on),
    )


def unverified(catalogue: products.Catalogue, on: date) -> tuple[tuple[str, Used], ...]:
    """The values in force on a day that nobody has verified, with the name of their book."""
    books = {one.book.digest: one.book for one in catalogue.offerings.values()}
    books |= {one.book.digest: one.book for one in catalogue.programmes.values()}
    found = []
    for book in sorted(books.values(), key=lambda one: one.name):
        try:
            found += [(book.name, used) for used in book.used(on) if not used.dated.verified]
        except NotInForce:
            continue  # not on offer on that day, so no value of it is in use
    return tuple(found)
