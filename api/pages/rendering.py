"""Pages that need nothing else: the templates beside this module, escaped, refusing names that are not given."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def page(template: str, **context: object) -> str:
    """The page of a template with its context; every name the template uses must be given."""
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["percent"] = lambda share: "–" if share is None else f"{share * 100:.2f} %"
    environment.filters["money"] = lambda amount: f"{amount:,.2f}"
    return environment
