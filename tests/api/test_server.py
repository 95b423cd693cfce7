"""A real server process: over a socket, under load, and killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.examples import FOLDER
from api.settings import Settings
from api.wiring import repository

ZHILAI = (FOLDER / "zhilai.json").read_bytes()
AS_JSON = {"Content-Type": "application/json"}
ADDRESS = "/v1/decisions?on=2026-07-22"
PATIENCE_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_server(database_url: str, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = _free_port()
    command = [str(Path(sys.executable).with_name("kedai")), "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=os.environ | {"KEDAI_DATABASE_URL": database_url}, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()
            process.wait()


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("The server did not become ready.")


def test_a_server_decides_over_a_socket_and_ends_when_asked_to(database_url: str, tmp_path: Path) -> None:
    with running_server(database_url, tmp_path / "log") as (address, process), httpx.Client(base_url=address) as client:
        made = client.post(ADDRESS, content=ZHILAI, headers=AS_JSON)
        assert made.status_code == 201
        assert client.get(made.headers["location"]).content == made.content
        assert "server" not in made.headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


@pytest.mark.slow
def test_ten_megabytes_are_refused_over_a_socket_with_and_without_a_length(database_url: str, tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(160):
            yield b" " * 65_536

    with running_server(database_url, tmp_path / "log") as (address, _):
        for content in (b" " * 10_485_760, chunks()):
            response = httpx.post(f"{address}/v1/decisions", content=content, headers=AS_JSON)
            assert response.status_code == 413
            assert response.json()["type"] == "urn:kedai:problem:body-too-large"
        after = httpx.post(f"{address}{ADDRESS}", content=ZHILAI, headers=AS_JSON)
        assert after.status_code == 201
        assert len(httpx.get(f"{address}/v1/decisions").json()["items"]) == 1
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


@pytest.mark.slow
def test_a_server_killed_under_load_has_kept_every_decision_it_acknowledged(database_url: str, tmp_path: Path) -> None:
    acknowledged: dict[str, bytes] = {}
    enough = threading.Event()

    def apply_until_the_server_is_gone(address: str) -> None:
        with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
            while True:
                try:
                    made = client.post(ADDRESS, content=ZHILAI, headers=AS_JSON)
                except httpx.TransportError:
                    return
                assert made.status_code == 201
                acknowledged[made.json()["id"]] = made.content
                if len(acknowledged) >= 60:
                    enough.set()

    with running_server(database_url, tmp_path / "log") as (address, process):
        clients = [threading.Thread(target=apply_until_the_server_is_gone, args=(address,)) for _ in range(4)]
        for client in clients:
            client.start()
        assert enough.wait(PATIENCE_SECONDS)
        process.send_signal(signal.SIGKILL)
        for client in clients:
            client.join()
    rows = repository(Settings(database_url=database_url, pool_size=1))
    kept = {decision_id: rows.decision(decision_id) for decision_id in acknowledged}
    rows.close()
    assert len(kept) >= 60
    assert all(stored is not None and stored.body == acknowledged[name] for name, stored in kept.items())


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_two_server_processes_share_one_sqlite_file(database_url: str, tmp_path: Path) -> None:
    with (
        running_server(database_url, tmp_path / "first") as (first, _),
        running_server(database_url, tmp_path / "second") as (second, _),
    ):
        for address in (first, second, first, second):
            assert httpx.post(f"{address}{ADDRESS}", content=ZHILAI, headers=AS_JSON).status_code == 201
        assert len(httpx.get(f"{first}/v1/decisions").json()["items"]) == 4


@pytest.mark.slow
def test_two_commands_at_once_on_a_new_database_both_decide(empty_database_url: str) -> None:
    command = [str(Path(sys.executable).with_name("kedai")), "decide", str(FOLDER / "zhilai.json"), "--json"]
    environment = os.environ | {"KEDAI_DATABASE_URL": empty_database_url}
    runs = [
        subprocess.Popen([*command, "--on", "2026-07-22"], env=environment, stdout=subprocess.PIPE) for _ in range(2)
    ]
    decided = [json.loads(run.communicate()[0])["id"] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    rows = repository(Settings(database_url=empty_database_url, pool_size=1))
    assert all(rows.decision(decision_id) is not None for decision_id in decided)
    rows.close()
