"""Parts as a ZIP archive that depends on nothing but their names and bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

_OLDEST: Final = (1980, 1, 1, 0, 0, 0)


def package(parts: Mapping[str, bytes]) -> bytes:
    """The archive: stored uncompressed, in the order of the names, dated 1980."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(parts):
            packed.writestr(zipfile.ZipInfo(name, _OLDEST), parts[name])
    return archive.getvalue()
