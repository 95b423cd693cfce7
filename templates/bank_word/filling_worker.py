"""The process in which a bank's Word template is filled, started for one template: ``python -I -S filling_worker.py``.

It reads one request (a line of JSON with limits, facts and blocks, then the template), bounds its own memory and
processor time, and writes the filled file. It holds no secret, opens no file but its modules and knows no more than the
facts it was given. Jinja is imported for a template with statements only. Whatever goes wrong ends it with a status
that is not 0.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def _light_package() -> None:
    """Make `templates` importable without what its own ``__init__`` imports."""
    package = ModuleType("templates")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["templates"] = package


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _light_package()
    sys.stdout.buffer.write(_filled(sys.stdin.buffer.read(), request))


def _filled(content: bytes, request: dict[str, Any]) -> bytes:
    if "facts" not in request:
        from templates.bank_word.tags import filled  # noqa: PLC0415 - only with the package above

        return filled(content, request["texts"], request["blocks"])
    sys.dont_write_bytecode = True
    sys.path.append(request["libraries"])
    from templates.bank_word.sandbox import expanded  # noqa: PLC0415 - only for templates with statements

    return expanded(content, request["facts"], request["blocks"])


if __name__ == "__main__":
    main()
