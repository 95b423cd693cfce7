"""The application over real databases, as its users meet it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from api.examples import FOLDER, PARTICULARS
from api.settings import Settings
from api.web.app import create_app
from api.web.office import Office
from tests.products.installing import COPY, on_path, write_package

ON: Final = date(2026, 7, 22)
"""The day on which tests decide; the day on which zhilai.json was applied for."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client that speaks to the application without a network; faults come back as responses, as over the wire."""

    app: FastAPI
    portal: BlockingPortal
    http: httpx.AsyncClient

    @property
    def office(self) -> Office:
        """What the application works with."""
        office: Office = self.app.state.office
        return office

    def request(self, method: str, address: str, **arguments: Any) -> httpx.Response:
        """One request; ``arguments`` are httpx's."""
        return self.portal.call(lambda: self.http.request(method, address, **arguments))

    def get(self, address: str, **arguments: Any) -> httpx.Response:
        """A GET request."""
        return self.request("GET", address, **arguments)

    def post(self, address: str, **arguments: Any) -> httpx.Response:
        """A POST request."""
        return self.request("POST", address, **arguments)


Serve = Callable[..., Client]
"""Serves packages with plugins, given by slug and source, under settings."""


@contextmanager
def client_of(app: FastAPI) -> Iterator[Client]:
    """A client of ``app``, which is closed afterwards."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with start_blocking_portal() as portal:
        http = httpx.AsyncClient(transport=transport, base_url="http://kedai.example")
        yield Client(app=app, portal=portal, http=http)
        portal.call(http.aclose)
        app.state.office.close()


@pytest.fixture
def serve(tmp_path: Path, database_url: str) -> Iterator[Serve]:
    """Installs packages, one product each, and serves them."""
    site = tmp_path / "site"
    with ExitStack() as stack:

        def served(sources: dict[str, str], **settings: Any) -> Client:
            for slug, source in sources.items():
                lines = {"kedai.products": [f"{slug} = kd_{slug}:PRODUCT"]}
                write_package(site, f"kd-{slug}", COPY + source, lines)
            stack.enter_context(on_path(site))
            use = {"database_url": database_url, "pool_size": 2, "plugin_seconds": 0.8} | settings
            return stack.enter_context(client_of(create_app(Settings(**use))))

        yield served


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings for one test's database, with a small limit on bodies."""
    return Settings(database_url=database_url, pool_size=2, body_limit_bytes=100_000)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    """A client of the application."""
    with client_of(create_app(settings)) as made:
        yield made


@pytest.fixture(scope="module")
def shared_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client for a whole module of tests of routes that store nothing."""
    file = tmp_path_factory.mktemp("shared") / "kedai.db"
    with client_of(create_app(Settings(database_url=f"sqlite:///{file}", pool_size=2))) as made:
        yield made


@pytest.fixture
def zhilai() -> dict[str, Any]:
    """The application in examples/zhilai.json, to be changed at will."""
    value: dict[str, Any] = json.loads((FOLDER / "zhilai.json").read_bytes())
    return value


@pytest.fixture
def particulars() -> dict[str, Any]:
    """The invented particulars, to be changed at will."""
    value: dict[str, Any] = json.loads(PARTICULARS.read_bytes())
    return value


def decided(client: Client, application: dict[str, Any], *, on: date = ON) -> dict[str, Any]:
    """The decision on ``application``."""
    response = client.post("/v1/decisions", params={"on": on.isoformat()}, json=application)
    assert response.status_code == 201, response.text
    value: dict[str, Any] = response.json()
    return value


def stored(client: Client) -> int:
    """How many decisions the database holds; at most a page of them."""
    return len(client.get("/v1/decisions").json()["items"])
