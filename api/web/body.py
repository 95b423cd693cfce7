"""Request bodies as raw bytes: measured before they are parsed, and parsed by the domain's own strict reader."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Request

from api.settings import PREFIX
from api.web.office import Office, office_of
from api.web.problems import BodyRefused

DISCARDED_BYTES: Final = 33_554_432
"""How much of a body beyond the limit is received and dropped: a client that is cut off would not hear why."""


async def _json_body(request: Request, office: Annotated[Office, Depends(office_of)]) -> bytes:
    """The body of a JSON request. BodyRefused if it is not declared as JSON in UTF-8 or is longer than the limit."""
    _require_json(request.headers.get("content-type"))
    return await _measured(request, office.settings.body_limit_bytes, "body_limit_bytes")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent, with the type it was declared as."""

    media_type: str
    content: bytes


async def _file_body(request: Request, office: Annotated[Office, Depends(office_of)]) -> SentFile:
    """The body of a request that sends a file. BodyRefused if it is longer than the limit for files."""
    declared = Message()
    declared["content-type"] = request.headers.get("content-type") or "application/octet-stream"
    content = await _measured(request, office.settings.attachment_limit_bytes, "attachment_limit_bytes")
    return SentFile(declared.get_content_type(), content)


async def _measured(request: Request, limit: int, setting: str) -> bytes:
    """The body, read to its end; BodyRefused if it is longer than ``limit``, which ``setting`` raises."""
    if _asks_first(request) and _declared_length(request) > limit:
        raise _too_large(limit, setting)
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > limit:
            chunks.clear()
        else:
            chunks.append(chunk)
        if length > limit + DISCARDED_BYTES:
            break
    if length > limit:
        raise _too_large(limit, setting)
    return b"".join(chunks)


def _asks_first(request: Request) -> bool:
    """Whether the client waits for a word before it sends the body (RFC 9110, section 10.1.1)."""
    return request.headers.get("expect", "").lower() == "100-continue"


def _declared_length(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdecimal() else 0


JsonBody = Annotated[bytes, Depends(_json_body)]
"""A route's parameter that takes the body as it came."""
FileBody = Annotated[SentFile, Depends(_file_body)]
"""A route's parameter that takes a file."""


def _require_json(content_type: str | None) -> None:
    message = Message()
    message["content-type"] = content_type or "missing/missing"
    subtype = message.get_content_subtype()
    declared_json = message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
    if declared_json and str(message.get_param("charset", "utf-8")).lower() in ("utf-8", "utf8"):
        return
    found = f"is declared as {content_type[:100]!r}" if content_type else "has no declared type"
    raise BodyRefused(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"The body {found}. Send JSON in UTF-8 with the header Content-Type: application/json.",
    )


def _too_large(limit: int, setting: str) -> BodyRefused:
    return BodyRefused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body is longer than {limit} bytes; nothing was parsed or stored. Shorten texts and lists, or have the "
        f"operator raise {PREFIX}{setting.upper()}.",
    )
