"""How a source is cited in each language: ``民法典第四百四十四条`` is ``Civil Code, art. 444`` in an English text.

The English names stand in ``instruments.yaml``. A part of a source that has none there is cited as it is, in Chinese,
for no name at all would be worse than a foreign one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from templates.wording import Language, counted
from templates.yaml_files import load_yaml

CHECKED: Final = {"signed": "民法典第四百九十条", "accounts": "民法典第六百七十条"}
"""What the check of drawdown conditions rests on beside the sources of the conditions themselves."""
_ARTICLE: Final = re.compile(r"(?P<instrument>.+?)第(?P<article>[一二三四五六七八九十百千零〇]+)条(?P<rest>.*)")
_NUMBERED: Final = re.compile(r"(?P<series>\D+)〔(?P<year>\d{4})〕(?P<number>\d+)号")


class Instruments(BaseModel):
    """English short names by Chinese ones: of instruments, of series of official documents, of topics."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instruments: Mapping[str, str]
    series: Mapping[str, str]
    topics: Mapping[str, str]


@cache
def instruments() -> Instruments:
    """The names of ``instruments.yaml``."""
    return Instruments.model_validate(
        load_yaml((Path(__file__).parent / "instruments.yaml").read_text(encoding="utf-8"))
    )


def cited(source: str, language: Language) -> str:
    """A source, of several parts with ``；`` between them, as documents in a language cite it."""
    if language is Language.ZH:
        return source
    return "; ".join(map(_part, source.split("；")))


def _part(part: str) -> str:
    place, colon, topic = part.partition("：")
    found = _ARTICLE.fullmatch(place)
    if found is None:
        written = _instrument(place)
    else:
        written = f"{_instrument(found['instrument'])}, art. {counted(found['article'])}{found['rest']}"
    return f"{written}: {instruments().topics.get(topic, topic)}" if colon else written


def _instrument(name: str) -> str:
    known = instruments()
    found = _NUMBERED.fullmatch(name)
    if found is not None and found["series"] in known.series:
        return f"{known.series[found['series']]} [{found['year']}] No. {found['number']}"
    return known.instruments.get(name, name)
