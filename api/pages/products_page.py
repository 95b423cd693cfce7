"""The page that compares products for one class of enterprise."""

from __future__ import annotations

from api.pages.rendering import page
from products.explaining.product_table import ProductTable
from products.vocabulary import Tier


def products_html(table: ProductTable) -> str:
    """The page of a comparison, with links to the other classes."""
    return page("products.html.j2", table=table, tiers=tuple(Tier))
