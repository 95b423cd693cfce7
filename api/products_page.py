"""The page that compares products for one class of enterprise."""

from __future__ import annotations

from api.status_page import page_environment
from products.explaining.product_table import ProductTable
from products.vocabulary import Tier


def products_html(table: ProductTable) -> str:
    """The page of a comparison, with links to the other classes."""
    return page_environment().get_template("products.html.j2").render(table=table, tiers=tuple(Tier))
