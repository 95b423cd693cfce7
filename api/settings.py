"""What an operator may set, read once from environment variables that begin with ``KEDAI_``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

PREFIX: Final = "KEDAI_"
SECRET: Final = frozenset({"revision_key"})
"""Fields whose values no message repeats."""


class SettingsError(ValueError):
    """A setting is unknown or out of range; the message names each variable, its value and what is expected."""


def _listed(value: object) -> object:
    """Names separated by commas as a tuple of them."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Settings(BaseModel):
    """Every setting with its default. Field ``out_dir`` is the variable ``KEDAI_OUT_DIR``, and so on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: str = Field(
        default="sqlite:///var/kedai.db", description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
    )
    out_dir: Path = Field(default=Path("out"), description="where the command line writes contract drafts")
    organisation: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = Field(
        default="default", description="the organisation whose rows are read and written"
    )
    body_limit_bytes: int = Field(
        default=1_000_000, ge=1_000, le=100_000_000, description="largest request body that is read"
    )
    attachment_limit_bytes: int = Field(
        default=10_000_000, ge=1_000, le=100_000_000, description="largest file that is stored or read"
    )
    utc_offset_minutes: int = Field(
        default=480, ge=-720, le=840, description="offset of the bank's civil day from UTC; 480 is China Standard Time"
    )
    pool_size: int = Field(default=8, ge=1, le=200, description="database connections, and requests worked on at once")
    scorecard: Path | None = Field(default=None, description="score artefact; the demonstration score if not set")
    revision_key: Annotated[SecretStr, Field(min_length=32)] | None = Field(
        default=None,
        description="secret of at least 32 characters that signs exported revisions; the same in the systems that "
        "exchange them",
    )
    calibration: Path | None = Field(default=None, description="calibration of the score to a recent portfolio")
    rule_books: Path | None = Field(default=None, description="folder with the bank's own guarantee rule books (YAML)")
    pdf_fonts: Path = Field(
        default=Path("/usr/share/fonts/opentype/noto"), description="folder of the Noto CJK fonts that PDFs are set in"
    )
    plugins: Annotated[tuple[str, ...], BeforeValidator(_listed)] | None = Field(
        default=None,
        description="list of admitted packages with plugins, separated by commas, in the order in which they take "
        "slugs; all installed ones if not set, none if empty",
    )
    plugin_seconds: float = Field(
        default=5.0, gt=0, le=600, description="longest time for one request to an installed plugin, in seconds"
    )
    plugin_memory_bytes: int = Field(
        default=1 << 30, ge=1 << 24, description="most memory of one package's process beyond kedai's own"
    )
    strict_plugins: bool = Field(default=False, description="stop at a broken plugin instead of serving without it")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in ``environment``. SettingsError names every variable that is unknown or cannot be used."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(detail) for detail in error.errors())) from error


def _sentence(detail: Mapping[str, object]) -> str:
    location = detail["loc"]
    field = str(location[0]) if isinstance(location, tuple) and location else ""
    variable = PREFIX + field.upper()
    if detail["type"] == "extra_forbidden":
        known = ", ".join(PREFIX + name.upper() for name in Settings.model_fields)
        return f"{variable} is no setting of kedai. The settings are {known}."
    expected = Settings.model_fields[field].description
    value = "(not shown)" if field in SECRET else detail["input"]
    return f"{variable}={value} cannot be used: {detail['msg']}. It is the {expected}."
