"""The artefact: a scorecard as canonical JSON with a SHA-256 digest. Reading trusts nothing and executes nothing.

The digest is the SHA-256 of the file's bytes with the 64 digits of the digest set to zero. A document that is too
large, too deep, of another shape, with unknown keys, with numbers that are not finite, with edges out of order,
with grids that do not fit their features or with points against a policy sign is refused with an ArtefactError that
says where and why.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final

from scoring.artefact_fields import ArtefactError, Reader
from scoring.artefact_reading import read_scorecard
from scoring.artefact_writing import written
from scoring.scorecard import Scorecard

SCHEMA: Final = "kedai-scorecard/2"
LARGEST_ARTEFACT_BYTES: Final = 4_000_000

_PREFIX: Final = "sha256:"
_HALF_CHARACTER: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_BLANK: Final = "0" * 64


def load(source: bytes | Path | str) -> Scorecard:
    """Read a scorecard from an artefact's bytes or from its file. ArtefactError where anything is amiss."""
    content = source if isinstance(source, bytes) else read_bytes(Path(source))
    document = parse(content)
    reader = Reader(document, "artefact")
    schema = reader.text("schema")
    if schema != SCHEMA:
        raise ArtefactError(f"The artefact's schema is {schema}, this version reads {SCHEMA}. Train the model anew.")
    digest = reader.text("digest")
    actual = content_digest(content, digest)
    if digest != actual:
        raise ArtefactError(
            f"The artefact says its digest is {digest}, its content has {actual}. It was changed; fetch it anew."
        )
    scorecard = read_scorecard(reader, digest)
    if scorecard.against_their_sign:
        raise ArtefactError(
            f"The artefact's points turn against the sign of {', '.join(scorecard.against_their_sign)}. Train it anew."
        )
    return scorecard


def dump(scorecard: Scorecard) -> bytes:
    """The artefact of a scorecard: UTF-8 JSON, keys sorted, one line per table, ending in a newline."""
    document = {"schema": SCHEMA, "digest": _PREFIX + _BLANK, **written(scorecard)}
    lines = ["{"]
    for key in sorted(document):
        value = document[key]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(_canonical(row) for row in value)
            lines.append(f" {_canonical(key)}:[\n  {rows}],")
        else:
            lines.append(f" {_canonical(key)}:{_canonical(value)},")
    content = ("\n".join(lines)[:-1] + "\n}\n").encode()
    return content.replace(_BLANK.encode(), hashlib.sha256(content).hexdigest().encode(), 1)


def parse(content: bytes) -> dict[str, Any]:
    """JSON object from untrusted bytes: bounded in size and depth, finite numbers, no key twice."""
    if len(content) > LARGEST_ARTEFACT_BYTES:
        raise ArtefactError(f"The artefact has more than {LARGEST_ARTEFACT_BYTES:,} bytes. Use a smaller one.")
    if _HALF_CHARACTER.search(content):
        raise ArtefactError("The artefact escapes half a character (a surrogate), as no writer of ours does. Refused.")
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_single_keys)
    except ValueError as error:  # of bytes that are no UTF-8 or no JSON, and of numbers of thousands of digits
        if isinstance(error, ArtefactError):
            raise
        raise ArtefactError(f"The artefact is no UTF-8 JSON document ({error}). Fetch it anew.") from error
    except RecursionError as error:
        raise ArtefactError("The artefact is nested too deeply to be a scorecard. Fetch it anew.") from error
    if not isinstance(document, dict):
        raise ArtefactError("The artefact is no JSON object. Give the file that `kedai train` wrote.")
    return document


def content_digest(content: bytes, digest: str) -> str:
    """The digest that `content` has when its own digest is set to zero; the written one must stand in it once."""
    written = digest.removeprefix(_PREFIX).encode()
    if len(written) != len(_BLANK) or content.count(written) != 1:
        raise ArtefactError("The artefact's digest is no SHA-256 that stands in it once. Fetch the artefact anew.")
    return _PREFIX + hashlib.sha256(content.replace(written, _BLANK.encode())).hexdigest()


def read_bytes(path: Path) -> bytes:
    """The bytes of an artefact file, no more than one beyond what is read. ArtefactError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_ARTEFACT_BYTES + 1)
    except OSError as error:
        raise ArtefactError(f"The artefact {path} cannot be read ({error.strerror}). Check the path.") from error


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_constant(text: str) -> Any:
    raise ArtefactError(f"The artefact holds the number {text}, which is not finite. Train the model anew.")


def _single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = sorted({key for key in keys if keys.count(key) > 1})
        raise ArtefactError(f"The artefact holds the key {', '.join(doubled)} twice in one object. Fetch it anew.")
    return document
