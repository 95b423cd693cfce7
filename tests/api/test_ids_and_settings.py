"""Identifiers, settings, days and addresses: the small things every part relies on."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from api.clock import civil_day
from api.days import iso_day
from api.settings import SettingsError, read_settings
from api.storage.connections import Dialect, StorageError, database_at
from api.storage.ids import IdSource, is_id


def test_an_id_is_a_version_7_uuid_of_the_present_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(IdSource()())
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= after


def test_ids_of_four_threads_are_distinct_and_rise_within_each_thread() -> None:
    source = IdSource()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _thread: [source() for _ in range(2_000)], range(4)))
    assert all(ids == sorted(ids) for ids in made)
    assert len({each for ids in made for each in ids}) == 8_000


@pytest.mark.parametrize(
    "text", ["", "1", "019B0C2F-7A00-7000-8000-000000000001", "{019b0c2f7a0070008000000000000001}"]
)
def test_only_the_canonical_form_is_an_id(text: str) -> None:
    assert not is_id(text)
    assert is_id("019b0c2f-7a00-7000-8000-000000000001")


def test_the_banks_day_begins_at_midnight_in_china() -> None:
    assert civil_day(datetime(2026, 7, 22, 15, 59, 59, tzinfo=UTC), utc_offset_minutes=480) == date(2026, 7, 22)
    assert civil_day(datetime(2026, 7, 22, 16, 0, 0, tzinfo=UTC), utc_offset_minutes=480) == date(2026, 7, 23)


def test_settings_have_defaults_and_ignore_other_variables() -> None:
    settings = read_settings({"PATH": "/bin"})
    assert settings.database_url == "sqlite:///var/kedai.db"
    assert settings.body_limit_bytes == 1_000_000


def test_settings_are_read_from_their_variables() -> None:
    settings = read_settings({"KEDAI_POOL_SIZE": "3", "KEDAI_STRICT_PLUGINS": "true", "KEDAI_ORGANISATION": "bank-a"})
    assert (settings.pool_size, settings.strict_plugins, settings.organisation) == (3, True, "bank-a")


def test_every_wrong_setting_is_named_with_its_value() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"KEDAI_POOL_SIZE": "0", "KEDAI_DATABASE": "x"})
    assert "KEDAI_POOL_SIZE=0 cannot be used" in str(caught.value)
    assert "greater than or equal to 1" in str(caught.value)
    assert "KEDAI_DATABASE is no setting of kedai. The settings are KEDAI_DATABASE_URL," in str(caught.value)


@pytest.mark.parametrize("text", ["2026-02-29", "20260511", "2026-5-11", "1700000000", "tomorrow", "２０２６-05-11"])
def test_a_day_is_a_day_of_the_calendar_in_iso_form(text: str) -> None:
    assert iso_day("2026-05-11") == date(2026, 5, 11)
    with pytest.raises(ValueError, match="is no date; write a day of the calendar as YYYY-MM-DD"):
        iso_day(text)


def test_addresses_name_a_file_or_a_server() -> None:
    assert database_at("sqlite:///var/kedai.db").location == "var/kedai.db"
    assert database_at("sqlite:////srv/kedai.db").location == "/srv/kedai.db"
    server = database_at("postgresql+psycopg://bank@db/kedai")
    assert (server.dialect, server.location) == (Dialect.POSTGRESQL, "postgresql://bank@db/kedai")


@pytest.mark.parametrize("url", ["", "kedai.db", "sqlite://", "sqlite:///:memory:", "sqlite:///", "mysql://db/kedai"])
def test_other_addresses_are_refused_with_the_forms_that_work(url: str) -> None:
    with pytest.raises(StorageError, match="Give sqlite:///FILE or postgresql://"):
        database_at(url)


def test_an_address_never_shows_its_password() -> None:
    with pytest.raises(StorageError) as caught:
        database_at("mysql://bank:hunter2@db/kedai")
    assert "hunter2" not in str(caught.value)


def test_a_sqlite_file_in_an_impossible_place_is_a_storage_error(tmp_path: object) -> None:
    (path := tmp_path / "file").write_text("")  # type: ignore[operator]
    with pytest.raises(StorageError, match="cannot be opened"):
        database_at(f"sqlite:///{path}/kedai.db").connect()


def test_a_server_that_does_not_run_is_a_storage_error(tmp_path: object) -> None:
    with pytest.raises(StorageError, match="PostgreSQL cannot be reached"):
        database_at(f"postgresql:///kedai?host={tmp_path}").connect()
