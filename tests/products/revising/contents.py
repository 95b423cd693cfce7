"""Revisions for tests: one of innovation credit that lowers the highest amount, changed where a test needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from products import Catalogue, LoanProduct, load_catalogue
from products.revising.content import Content, content_from
from products.revising.lines import Approved

APRIL: Final = date(2027, 4, 1)
MAY: Final = date(2027, 5, 1)
MOMENT: Final = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
WANG: Final = "王芳"
LI: Final = "李雷"


@cache
def installed() -> Catalogue:
    """Everything that is installed."""
    return load_catalogue(strict=True)


def innovation_credit() -> LoanProduct[Any]:
    """The product that is revised."""
    return installed().products["innovation-credit"]


def change(value: object, *, verified: bool = True) -> dict[str, object]:
    """The new value of a parameter, resolved by the product committee."""
    return {"value": value, "source": "产品委员会纪要 2027-3", "clause": "第二条", "verified": verified}


def written(changes: dict[str, object] | None = None, **head: object) -> dict[str, Any]:
    """A content as JSON: from April 2027 on at most five million yuan, or the changes given."""
    plain: dict[str, Any] = {
        "product": "innovation-credit",
        "slug": "spring",
        "title": {"zh": "春季版", "en": "Spring terms"},
        "source": "产品委员会纪要 2027-3",
        "effective_from": "2027-04-01",
        "changes": {name: change(value) for name, value in (changes or {"amount_cap": "5000000"}).items()},
    }
    return plain | head


def content(changes: dict[str, object] | None = None, **head: object) -> Content:
    """The same, read."""
    return content_from(written(changes, **head))


def approved(name: str, since: str, cap: str, *, until: str | None = None, withdrawn: str | None = None) -> Approved:
    """An approved revision of the line: its first day, its highest amount, its end and its withdrawal."""
    said = content({"amount_cap": cap}, effective_from=since, effective_until=until)
    return Approved(id=name, content=said, withdrawn_from=date.fromisoformat(withdrawn) if withdrawn else None)
