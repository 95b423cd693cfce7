"""Files in request bodies: written to disk as they arrive, measured, and gone when the answer is sent."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from api.web.problems import BodyRefused

GREATEST_UPLOAD: Final = 1_073_741_824
MEDIA_TYPES: Final = {
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/vnd.apache.arrow.stream": ".arrows",
    "text/csv": ".csv",
}
"""What a file may be, and the ending it is read under."""


async def _uploaded(request: Request) -> AsyncIterator[Path]:
    """The body as a file. BodyRefused if its declared type is none of `MEDIA_TYPES` or it is too long."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared not in MEDIA_TYPES:
        known = ", ".join(MEDIA_TYPES)
        raise BodyRefused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The body is declared as {declared[:100]!r}. Send a file of applications as one of: {known}.",
        )
    with tempfile.NamedTemporaryFile(prefix="kedai-", suffix=MEDIA_TYPES[declared]) as file:
        length = 0
        async for chunk in request.stream():
            length += len(chunk)
            if length > GREATEST_UPLOAD:
                raise BodyRefused(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"The file is longer than {GREATEST_UPLOAD} bytes; nothing was decided. Send it in parts, or run "
                    "the command line beside the database.",
                )
            file.write(chunk)
        file.flush()
        yield Path(file.name)


Upload = Annotated[Path, Depends(_uploaded)]
"""A route's parameter that is the uploaded file."""


def file_body() -> dict[str, Any]:
    """The request body of routes that take a file, for the OpenAPI description."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in MEDIA_TYPES}
    return {"requestBody": {"required": True, "content": content}}
