"""``kedai plugin``: write, check, admit and configure product plugins."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, By, Note

app = typer.Typer(help="Write and check product plugins.", no_args_is_help=True)


@app.command("new")
def plugin_new(
    name: Annotated[str, typer.Argument(help="Slug of the product and name of its package, such as spring-loan.")],
    into: Annotated[Path, typer.Option(help="Folder in which the package's own folder is made.")] = Path(),
    zh: Annotated[str | None, typer.Option(help="Chinese name of the product.")] = None,
    en: Annotated[str | None, typer.Option(help="English name of the product.")] = None,
) -> None:
    """Write an installable package with a product, its book of values, tests and an example application."""
    from api.cli import plugging

    plugging.new(name, into=into, zh=zh, en=en)


@app.command("check")
def plugin_check(
    name: Annotated[str | None, typer.Argument(help="Installed package or plugin; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the conformance kit. Exit 1 if something does not conform or would not be served."""
    from api.cli import plugging

    plugging.check_installed(name, as_json=as_json)


@app.command("list")
def plugin_list(as_json: AsJson = False) -> None:
    """List the installed packages: what they bring, whether they are admitted, what is wrong and what to do."""
    from api.cli import admitting

    admitting.show_list(as_json=as_json)


@app.command("admit")
def plugin_admit(
    by: By,
    packages: Annotated[list[str] | None, typer.Argument(help="The packages admitted from now on; no others.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Admit all that the deployment admits.")] = False,
    nothing: Annotated[bool, typer.Option("--none", help="Admit none.")] = False,
    note: Note = "",
) -> None:
    """Say which packages the organisation offers products of."""
    from api.cli import admitting

    admitting.admit(packages or [], everything=everything, nothing=nothing, actor=by, note=note)


@app.command("form")
def plugin_form(product: Annotated[str, typer.Argument(help="The product to be configured.")]) -> None:
    """Print the form of a product's configuration: what the organisation may set without a revision."""
    from api.cli import admitting

    admitting.show_form(product)


@app.command("configure")
def plugin_configure(
    product: Annotated[str, typer.Argument(help="The product to be configured.")],
    file: Annotated[Path, typer.Argument(help="Values by parameter as JSON; - reads them from standard input.")],
    by: By,
    note: Note = "",
) -> None:
    """Set the organisation's values of a product from today on."""
    from api.cli import admitting

    admitting.configure(product, file, actor=by, note=note)


@app.command("faults")
def plugin_faults(as_json: AsJson = False) -> None:
    """Print when plugins gave no usable answer, newest first."""
    from api.cli import admitting

    admitting.faults(as_json=as_json)
