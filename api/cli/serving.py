"""``kedai serve``: the HTTP interface in server processes."""

from __future__ import annotations

import os

import uvicorn

from api import wiring
from api.cli.failures import reported
from api.cli.inputs import settings
from api.plugins.installed import installed


def run(*, host: str, port: int, workers: int, access_log: bool, strict: bool) -> None:
    """Prepare the database, then serve until interrupted."""
    # More arithmetic threads than one slow each other down in a process that answers many small requests.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if strict:
        os.environ["KEDAI_STRICT_PLUGINS"] = "true"  # the server processes read their settings themselves
    with reported():
        use = settings()
        if use.strict_plugins:
            installed(use).catalogue.host.close()
        _, connection = wiring.prepared(use)
        connection.close()
    uvicorn.run(
        "api.web.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=access_log,
        server_header=False,
    )
