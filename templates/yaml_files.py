"""Reading the project's own YAML: front matter, document definitions, gates and words."""

from __future__ import annotations

from typing import Any, Final

import yaml

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C where PyYAML was built with it; both construct plain values only."""


def load_yaml(text: str) -> Any:  # validated by the model it is given to
    """The plain value of a YAML text; yaml.YAMLError if it is none."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader
