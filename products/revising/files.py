"""Revisions as signed files, to carry one from a test system to production.

The file is one JSON object: the content as written, its digest, its history, who sent it and an HMAC-SHA256 over the
canonical JSON of all that, under a key both systems hold. A file that was changed on the way, or signed with another
key, is refused. Imported contents begin as drafts: the receiving organisation reviews them with its own four eyes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final, NoReturn

from products.applicant.reading import Problem
from products.canonical import canonical_json
from products.revising.content import GREATEST_PAYLOAD, Content, InvalidRevision, content_from, parsed
from products.revising.history import Event, History

FORMAT: Final = "kedai-revision/1"
SHORTEST_KEY: Final = 32
"""Bytes of the shortest signing key: as long as the digest."""
GREATEST_FILE: Final = 4 * GREATEST_PAYLOAD
_FIELDS: Final = ("format", "organisation", "revision", "content", "sha256", "history", "key", "signature")


def signed_file(content: Content, history: History, *, organisation: str, revision: str, key: bytes) -> bytes:
    """The file of a revision; ValueError if the key is shorter than `SHORTEST_KEY`."""
    sealed = {
        "format": FORMAT,
        "organisation": organisation,
        "revision": revision,
        "content": content.plain(),
        "sha256": content.sha256,
        "history": [_plain(each) for each in history],
        "key": key_name(key),
    }
    return canonical_json({**sealed, "signature": _signature(sealed, key)})


def content_of_file(payload: bytes, *, key: bytes) -> Content:
    """The content of a signed file; InvalidRevision if it is no such file, was changed, or has another key."""
    return content_signed(parsed(payload, most_bytes=GREATEST_FILE), key=key)


def content_signed(file: object, *, key: bytes) -> Content:
    """`content_of_file` on the parsed JSON value."""
    if not isinstance(file, Mapping) or set(file) != set(_FIELDS) or file["format"] != FORMAT:
        _refuse("", f"This is no file of the form {FORMAT}. Export it again from kedai.")
    if file["key"] != key_name(key):
        _refuse("key", f"The file is signed with the key {file['key']}, here is {key_name(key)}. Use the same key.")
    sealed = {name: value for name, value in file.items() if name != "signature"}
    signature = file["signature"]
    if not isinstance(signature, str) or not hmac.compare_digest(signature.encode(), _signature(sealed, key).encode()):
        _refuse("signature", "The signature does not fit: the file was changed after it was signed. Export it again.")
    content = content_from(file["content"])
    if content.sha256 != file["sha256"]:
        _refuse("sha256", "The content's digest does not fit its content. Export it again.")
    return content


def key_name(key: bytes) -> str:
    """Eight hexadecimal digits that name a key without giving it away; ValueError if it is too short."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"The signing key has {len(key)} bytes; give at least {SHORTEST_KEY}.")
    return hashlib.sha256(b"kedai revision key " + key).hexdigest()[:8]


def _signature(sealed: Mapping[str, object], key: bytes) -> str:
    return hmac.new(key, canonical_json(sealed), hashlib.sha256).hexdigest()


def _plain(event: Event) -> dict[str, object]:
    return {
        "position": event.position,
        "kind": event.kind.value,
        "actor": event.actor,
        "at": event.at.isoformat(),
        "note": event.note,
        "day": event.day and event.day.isoformat(),
        "digest": event.digest,
    }


def _refuse(path: str, sentence: str) -> NoReturn:
    raise InvalidRevision([Problem(path, sentence)])
