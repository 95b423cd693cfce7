"""The process in which a bank's Word template is filled, started for one template: ``python -I -S filling_worker.py``.

It reads one request (a line of JSON with limits, texts and blocks, then the template), bounds its own memory and
processor time, and writes the filled file. It holds no secret, opens no file and knows no more than the facts it was
given. Whatever goes wrong ends it with a status that is not 0.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from types import ModuleType


def _light_package() -> None:
    """Make `templates` importable without what its own ``__init__`` imports."""
    package = ModuleType("templates")
    package.__path__ = [str(Path(__file__).parent)]
    sys.modules["templates"] = package


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _light_package()
    from templates.tags import filled  # noqa: PLC0415 - only with the package above

    sys.stdout.buffer.write(filled(sys.stdin.buffer.read(), request["texts"], request["blocks"]))


if __name__ == "__main__":
    main()
