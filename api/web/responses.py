"""Responses whose bytes are what is stored, with the digest that proves it."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import quote

from fastapi import Response

from api.repository import StoredDocument

JSON: Final = "application/json"


def stored_json(body: bytes, sha256: str, *, status_code: int = 200, location: str | None = None) -> Response:
    """A stored JSON text, byte for byte."""
    headers = _digests(sha256)
    if location is not None:
        headers["Location"] = location
    return Response(body, status_code=status_code, headers=headers, media_type=JSON)


def download(document: StoredDocument) -> Response:
    """A drafted file, to be saved and never shown inside another page."""
    headers = _digests(document.sha256) | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.filename, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return Response(document.content, headers=headers, media_type=document.media_type)


def _digests(sha256: str) -> dict[str, str]:
    encoded = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {"ETag": f'"{sha256}"', "Repr-Digest": f"sha-256=:{encoded}:"}
