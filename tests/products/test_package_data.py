"""What packages bring beside code: found without an import, read as data, refused where it has no place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from products import PackageData, load_catalogue
from products.discovery import DATA
from products.package_data import MOST_BYTES, MOST_FILES, BadFolder, read_package_data
from tests.products.installing import COPY, on_path, write_package

FEATURES = "features:\n  - {name: intensity, sign: '+', group: innovation, value: rd_expense_y0 / revenue_y0}\n"
PRODUCT = COPY + "PRODUCT = copy(slug='texts')\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of an installed package that brings one product and a features file."""
    lines = {"kedai.products": ["texts = kd_texts.product:PRODUCT"], "kedai.data": ["texts = kd_texts:data"]}
    write_package(tmp_path, "kd-texts", "", lines)
    (tmp_path / "kd_texts.py").unlink()
    data = tmp_path / "kd_texts" / "data"
    data.mkdir(parents=True)
    (tmp_path / "kd_texts" / "__init__.py").write_text("")
    (tmp_path / "kd_texts" / "product.py").write_text(PRODUCT, encoding="utf-8")
    (data / "features.yaml").write_text(FEATURES, encoding="utf-8")
    with on_path(tmp_path):
        yield data


def put(folder: Path, place: str, text: str | bytes) -> None:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def read(value: str = "kd_texts:data") -> PackageData:
    return read_package_data(EntryPoint("texts", value, DATA), "kd-texts")


def test_texts_and_features_are_read_and_nothing_is_imported(folder: Path) -> None:
    put(folder, "examples/one.json", "{}")
    catalogue = load_catalogue()
    catalogue.host.close()
    data = catalogue.data["texts"]
    assert catalogue.broken == ()
    assert (data.package, data.product) == ("kd-texts", "texts")
    assert dict(data.under("examples")) == {"one.json": "{}"}
    assert [(one.name, one.sign, one.facts) for one in data.features] == [
        ("intensity", 1, ("rd_expense_y0", "revenue_y0"))
    ]
    assert data.digest == read().digest
    assert not [name for name in sys.modules if name.startswith("kd_texts")]


def test_a_folder_that_cannot_be_used_takes_its_product_out_and_is_named(folder: Path) -> None:
    put(folder, "run.py", "raise SystemExit")
    catalogue = load_catalogue()
    catalogue.host.close()
    (broken,) = catalogue.broken
    assert (broken.name, broken.package, broken.cause) == ("texts", "kd-texts", "The file run.py has no place here.")
    assert set(catalogue.products) == {"ip-pledge", "innovation-credit"}


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("contracts/clauses/zh/A.md", "x", "The file contracts/clauses/zh/A.md has no place here. Bring contracts/pl"),
        ("examples/one.json", b"\xff", "examples/one.json cannot be read: 'utf-8' codec can't decode"),
        ("examples/one.json", " " * (MOST_BYTES + 1), f"examples/one.json has {MOST_BYTES + 1} bytes; at most"),
        ("features.yaml", "features: 3", "kd-texts/features.yaml: there is no list `features`."),
        (
            "features.yaml",
            FEATURES.replace("revenue_y0", "wishes"),
            "kd-texts/features.yaml: feature intensity reads wishes, which no application states. Read facts that",
        ),
    ],
)
def test_what_has_no_place_or_cannot_be_read_is_named(folder: Path, place: str, text: str | bytes, said: str) -> None:
    put(folder, place, text)
    with pytest.raises(BadFolder) as refused:
        read()
    assert f"{refused.value.cause} {refused.value.remedy}".startswith(said)


def test_more_files_than_are_read_are_refused(folder: Path) -> None:
    for number in range(MOST_FILES):
        put(folder, f"examples/e{number}.json", "{}")
    with pytest.raises(BadFolder, match=f"The folder holds {MOST_FILES + 1} files; at most {MOST_FILES} are read"):
        read()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("kd_texts:nowhere", "There is no folder nowhere in the package kd_texts."),
        ("kd_elsewhere:data", "There is no folder data in the package kd_elsewhere."),
        ("kd_texts", "kd_texts names no folder."),
        ("kd_texts:../..", "kd_texts:../.. names no folder."),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_refused(value: str, said: str) -> None:
    with pytest.raises(BadFolder) as refused:
        read(value)
    assert refused.value.cause == said


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    put(folder, "examples/one.json", "{}")
    (folder / "examples" / "link.json").symlink_to(tmp_path / "kd_texts" / "__init__.py")
    with pytest.raises(BadFolder, match=r"examples/link\.json is no plain file"):
        read()


def test_a_folder_for_a_product_of_another_package_is_named(tmp_path: Path) -> None:
    write_package(tmp_path, "kd-thief", "", {"kedai.data": ["ip-pledge = kd_thief:data"]})
    with on_path(tmp_path):
        catalogue = load_catalogue()
    (broken,) = catalogue.broken
    assert (broken.name, broken.package) == ("ip-pledge", "kd-thief")
    assert broken.cause == "kd_thief:data is for the product 'ip-pledge', which the package does not bring."
    assert "ip-pledge" in catalogue.products
    assert "ip-pledge" not in catalogue.data
