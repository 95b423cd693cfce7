"""``kedai plugin new`` and ``kedai plugin check``: for those who write products."""

from __future__ import annotations

import json
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import typer

from api.cli.failures import BAD_INPUT, FAILED, fail
from products.discovery import DATA, HOST_PACKAGE, PROGRAMMES, Admission, Found, discover
from products.loading import load_catalogue
from products.scaffold import BadName, write_plugin
from products.testing import Report, check


def new(name: str, *, into: Path, zh: str | None, en: str | None) -> None:
    """Write a new package."""
    try:
        folder = write_plugin(name, into=into, zh=zh or "示例产品", en=en or name.replace("-", " ").capitalize())
    except BadName as error:
        fail(BAD_INPUT, str(error))
    typer.echo(f"Wrote {folder}. Next: pip install --no-deps {folder.resolve()} && kedai plugin check {name}")


def check_installed(name: str | None, *, as_json: bool) -> None:
    """Run the conformance kit over what a package, or every installed package, brings."""
    found = discover(Admission())
    entries = [(one, package) for one, package in found.entries if package != HOST_PACKAGE and one.group != DATA]
    chosen = [(entry, package) for entry, package in entries if name in {None, package, entry.name}]
    lines = [str(one) for one in found.broken if name in {None, one.package, one.name}]
    if not chosen and not lines:
        known = ", ".join(sorted({package for _, package in entries})) or "none"
        fail(BAD_INPUT, f"No package or plugin {name or ''} is installed; installed packages with plugins: {known}.")
    lines += _unserved(tuple(dict.fromkeys(package for _, package in chosen)))
    reports = [] if lines else _reports(found, [entry for entry, _ in chosen])
    _show(reports, lines, as_json=as_json)
    if lines or not all(report.passed for report in reports):
        raise typer.Exit(FAILED)


def _unserved(packages: tuple[str, ...]) -> list[str]:
    """Why the packages would not be served; they are loaded as a server loads them."""
    if not packages:
        return []
    catalogue = load_catalogue(admission=Admission(packages))
    catalogue.host.close()
    return [str(one) for one in catalogue.broken if one.package in packages]


def _reports(found: Found, entries: list[EntryPoint]) -> list[Report]:
    programmes: dict[str, Any] = {
        entry.name: entry.load()
        for entry, package in found.entries
        if entry.group == PROGRAMMES and (package == HOST_PACKAGE or entry in entries)
    }
    reports = []
    for entry in entries:
        subject = entry.load()
        reports.append(check(subject, programme=programmes.get(getattr(subject, "programme", entry.name))))
    return reports


def _show(reports: list[Report], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        results = [
            {"subject": report.subject, "check": one.name, "problems": one.problems, "looked_at": one.looked_at}
            for report in reports
            for one in report.results
        ]
        typer.echo(json.dumps({"broken": lines, "results": results}, ensure_ascii=False, indent=2))
        return
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201 - this is the command line
    for report in reports:
        typer.echo(str(report))
