"""The command line ``kedai``. Each command loads what it needs when it runs, so that help appears at once."""

from __future__ import annotations

import gc
from typing import Final

import typer

from api.cli.commands import lending, plugins, programmes, schema, scores, steering
from api.cli.groups import add_later

LOADED_OBJECTS: Final = 100_000
"""How many new objects the interpreter lets come before it looks for garbage."""

app = typer.Typer(
    name="kedai",
    help="kedai 科贷: loan products for sci-tech enterprises, decided, guaranteed, priced and drafted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    *(lending.demo, lending.serve, lending.decide, lending.offers, lending.compare_programmes, lending.price),
    *(lending.products, steering.portfolio, steering.tariff),
    *(scores.train, scores.score, scores.evaluate, scores.compare, scores.monitor, scores.calibrate),
    steering.backtest,
):
    app.command()(_command)
app.add_typer(schema.app, name="migrate")
app.add_typer(plugins.app, name="plugin")
app.add_typer(programmes.app, name="programmes")
add_later(app)


def main() -> None:
    """Entry point of the command ``kedai``."""
    # Loading makes a hundred thousand objects that stay; looking through them again and again for garbage costs a
    # seventh of a short command's time.
    gc.set_threshold(LOADED_OBJECTS)
    app()
