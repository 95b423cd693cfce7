"""Responses whose bytes are what is stored, with the digest that proves it."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import Response

from api.storage.stored import Stored, StoredDocument

JSON: Final = "application/json"


def stored_json(stored: Stored) -> Response:
    """A stored JSON text, byte for byte."""
    return Response(stored.body, headers=_digests(stored.sha256), media_type=JSON)


def decision_made(decision: Stored, *, replayed: bool) -> Response:
    """A decision as the answer to the request that asked for it."""
    headers = _digests(decision.sha256) | {"Location": f"/v1/decisions/{decision.id}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(decision.body, status_code=HTTPStatus.CREATED, headers=headers, media_type=JSON)


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
