"""What an organisation may say about plugins: which packages it admits, and how it configures their products."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import Field, JsonValue, ValidationError

import products
from api.plugins.installed import for_organisation
from api.plugins.ledger import EventKind, PluginEvent, PluginLedger, state_of
from api.revisions.steps import AnyStep, Step
from products.applicant.reading import Problem
from products.configuration import Configuration, InvalidConfiguration, configured
from products.discovery import HOST_PACKAGE, normalised
from products.revising.content import InvalidRevision, parsed, problem_of


class AdmissionStep(Step):
    """The packages whose products the organisation offers; null for all that the deployment admits."""

    packages: tuple[str, ...] | None = Field(description="names of installed packages; null for all")


class ConfigurationStep(Step):
    """Values of configurable parameters, written as in the product's book."""

    values: dict[str, JsonValue]


def read_admission(payload: bytes, *, most_bytes: int) -> AdmissionStep:
    """The step in a JSON payload; InvalidConfiguration with every problem in it."""
    return _validated(AdmissionStep, _value(payload, most_bytes))


def read_configuration(payload: bytes, *, most_bytes: int) -> ConfigurationStep:
    """As `read_admission`."""
    return _validated(ConfigurationStep, _value(payload, most_bytes))


def admission(packages: tuple[str, ...] | None, *, actor: str, note: str) -> AdmissionStep:
    """The step from its parts; InvalidConfiguration with every problem in them."""
    return _validated(AdmissionStep, {"packages": packages, "actor": actor, "note": note})


def configuration(values: bytes, *, actor: str, note: str, most_bytes: int) -> ConfigurationStep:
    """The step from values in a JSON payload and who sets them; InvalidConfiguration as above."""
    return _validated(ConfigurationStep, {"values": _value(values, most_bytes), "actor": actor, "note": note})


def _value(payload: bytes, most_bytes: int) -> object:
    try:
        return parsed(payload, most_bytes=most_bytes)
    except InvalidRevision as invalid:
        raise InvalidConfiguration(
            Problem(one.path, one.message.replace("The revision", "The text"), one.value) for one in invalid.problems
        ) from None


def _validated(model: type[AnyStep], value: object) -> AnyStep:
    try:
        return model.model_validate(value)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False)
        raise InvalidConfiguration(problem_of(error) for error in errors) from None


def admit(
    catalogue: products.Catalogue, plugins: PluginLedger, step: AdmissionStep, *, moment: datetime, day: date
) -> PluginEvent:
    """Store which packages the organisation admits from now on; InvalidConfiguration if one is not installed here."""
    names = None if step.packages is None else tuple(dict.fromkeys(map(normalised, step.packages)))
    present = packages(catalogue)
    unknown = [name for name in names or () if name not in present]
    if unknown:
        known = ", ".join(sorted(present)) or "none"
        raise InvalidConfiguration(
            Problem("packages", f"There is no package {name!r} with plugins here; there are: {known}.", name)
            for name in unknown
        )
    said = None if names is None else list(names)
    return plugins.add(
        EventKind.ADMITTED, subject="", said=said, actor=step.actor, note=step.note, moment=moment, day=day
    )


def packages(catalogue: products.Catalogue) -> frozenset[str]:
    """The installed packages that the deployment admits, kedai itself left out."""
    found = {source.package for source in catalogue.sources.values()} | {one.package for one in catalogue.broken}
    return frozenset(found - {HOST_PACKAGE})


def configure(
    catalogue: products.Catalogue,
    plugins: PluginLedger,
    product: str,
    step: ConfigurationStep,
    *,
    moment: datetime,
    day: date,
) -> PluginEvent:
    """Store the organisation's values of a product from a day on; InvalidConfiguration if it cannot have them.

    products.UnknownOffering if the organisation does not offer the product.
    """
    own = for_organisation(catalogue, state_of(plugins.events()))
    values: Mapping[str, JsonValue] = step.values
    configured(own, Configuration(product=product, values=values, since=day, source=step.actor))
    return plugins.add(
        EventKind.CONFIGURED,
        subject=product,
        said=step.values,
        actor=step.actor,
        note=step.note,
        moment=moment,
        day=day,
    )
