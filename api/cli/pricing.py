"""``kedai price``: the price sheet of an application or of given terms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import typer

from api import wiring
from api.cli.failures import BAD_INPUT, fail, reported
from api.cli.inputs import day_or_today, payload, settings
from api.pricing import priced_application, priced_terms, read_terms
from api.underwriting import Underwriter
from products import PriceSheet
from products.asked import question_from
from products.costs.terms_price import TERMS, Terms
from products.money import ONE


def price(file: Path | None, given: Mapping[str, str | None], *, on: str | None, as_json: bool) -> None:
    """Price the application or terms in ``file``, or the terms given as options; nothing is stored."""
    with reported():
        use = settings()
        underwriter = wiring.underwriter_as_stored(use)
        as_of = day_or_today(on, use)
        options = {name: value for name, value in given.items() if value is not None}
        if file is None:
            sheet = priced_terms(question_from(_whole_numbers(options), Terms, what=TERMS), underwriter, on=as_of)
        else:
            content = payload(file, limit=use.body_limit_bytes)
            rate = _rate(options.pop("loan_rate", None))
            if options:
                named = ", ".join("--" + name.replace("_", "-") for name in options)
                fail(
                    BAD_INPUT, f"{named}: the file says this already; give a file or options, --loan-rate with either."
                )
            sheet = _of_file(content, underwriter, as_of, rate)
    if as_json:
        typer.echo(sheet.model_dump_json(indent=2))
        return
    from api.cli.sheets import show_sheet  # noqa: PLC0415 - programs that read JSON need no tables

    show_sheet(sheet)


def _of_file(content: bytes, underwriter: Underwriter, on: date, rate: Decimal | None) -> PriceSheet:
    if _is_application(content):
        ppm = None if rate is None else int(rate * ONE)
        return priced_application(content, underwriter, on=on, loan_rate_ppm=ppm)
    terms = read_terms(content, underwriter)
    if rate is not None:
        terms = question_from(terms.model_dump(exclude_none=True) | {"loan_rate": rate}, Terms, what=TERMS)
    return priced_terms(terms, underwriter, on=on)


def _is_application(content: bytes) -> bool:
    """Terms are told by their own required field; everything else is read, and refused, as an application."""
    try:
        value = json.loads(content)
    except ValueError:
        return True
    return not (isinstance(value, dict) and "request" not in value and {"default_probability", "amount"} & value.keys())


def _rate(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(-1)
    if not 0 <= rate <= 10 or rate * ONE % 1:
        fail(BAD_INPUT, f"--loan-rate: {text} is no annual rate; write a decimal fraction such as 0.0385.")
    return rate


def _whole_numbers(options: Mapping[str, str]) -> dict[str, object]:
    """Options as JSON would hold them: counts are numbers."""
    counts = ("term_months", "subsidy_months", "due_day", "every_months", "grace_months")
    steps = {"steps": _steps(options["steps"])} if "steps" in options else {}
    found: dict[str, object] = dict(options)
    for name in counts:
        if name in found and options[name].isdecimal():
            found[name] = int(options[name])
    return found | steps


def _steps(text: str) -> list[dict[str, object]]:
    """``12:0.1,12:0.9`` as JSON would hold it; what is no step is refused where terms are read."""
    parts = (item.partition(":") for item in text.split(","))
    return [{"months": int(months) if months.isdecimal() else months, "share": share} for months, _, share in parts]
