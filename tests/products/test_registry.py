"""The registry: installed packages come in by one door, and what is broken is named without harming the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from products import BrokenPlugin, Catalogue, UnknownOffering, load_catalogue
from products.catalogue.ip_pledge import PRODUCT as IP_PLEDGE
from tests.products.builders import catalogue

BUILT_IN = {"ip-pledge", "innovation-credit"}
PROGRAMMES = set(load_catalogue(strict=True).programmes)
METADATA = """\
Metadata-Version: 2.1
Name: {}
Version: 1.0
Classifier: Private :: kedai-api :: >=1.0,<2
"""
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a package with one module and entry points on the path, as an installer would leave it."""
    made: list[str] = []

    def put(package: str, module: str, source: str, entry_points: str) -> None:
        folder = tmp_path / package
        info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(METADATA.format(package), encoding="utf-8")
        (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(str(folder))
        made.append(module)

    yield put
    for module in made:
        sys.modules.pop(module, None)


SOUND = """
import dataclasses
from products.catalogue.innovation_credit import PRODUCT as OTHER
from products.parameters import DatedValue

def copy(**changes):
    return dataclasses.replace(OTHER, **{"revisions": {}, **changes})
"""


def product(call: str) -> str:
    return f"{SOUND}\nPRODUCT = {call}\n"


def entry(name: str, module: str, attribute: str = "PRODUCT", group: str = "kedai.products") -> str:
    return f"[{group}]\n{name} = {module}:{attribute}\n"


def the_one_broken() -> tuple[Catalogue, str]:
    found = load_catalogue()
    (broken,) = found.broken
    return found, str(broken)


def test_the_built_in_products_come_through_the_entry_points() -> None:
    found = load_catalogue(strict=True)
    assert set(found.products) == BUILT_IN
    assert set(found.programmes) >= {"cn-scitech-2024", "cn-private-investment-2026"}
    assert set(found.offerings) == {
        ("ip-pledge", None),
        ("ip-pledge", "tianfu-zhilai"),
        ("innovation-credit", None),
        ("innovation-credit", "hubei-kuaidai"),
        ("innovation-credit", "xiamen-changrongbao"),
    }
    assert found.broken == ()
    assert found.offering("innovation-credit", "xiamen-changrongbao").programme.slug == "cn-private-investment-2026"
    assert found.offering("innovation-credit", None).programme.slug == "cn-scitech-2024"


def test_an_installed_product_is_on_offer_beside_the_others(install: Install) -> None:
    install("kd-sound", "kd_sound", product('copy(slug="sound-loan")'), entry("sound-loan", "kd_sound"))
    found = load_catalogue(strict=True)
    assert set(found.products) == BUILT_IN | {"sound-loan"}
    assert found.offering("sound-loan", None).product.slug == "sound-loan"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("raise RuntimeError('no licence file')", "RuntimeError: no licence file"),
        ("import a_module_that_does_not_exist", "ModuleNotFoundError: No module named 'a_module_that_does_not_exist'"),
        ("OTHER = 1", "AttributeError: "),
    ],
)
def test_a_package_that_cannot_be_imported_is_named_and_isolated(install: Install, source: str, error: str) -> None:
    install("kd-failing", "kd_failing", source, entry("failing-loan", "kd_failing"))
    found, said = the_one_broken()
    assert set(found.products) == BUILT_IN
    assert said.startswith("failing-loan of kd-failing: ")
    assert "kd_failing:PRODUCT failed" in said
    assert error in said
    assert said.endswith("Mend or uninstall the package.")


def test_a_strict_load_stops_at_what_is_broken_and_names_it(install: Install) -> None:
    install("kd-failing", "kd_failing", "def broken(:\n", entry("failing-loan", "kd_failing"))
    with pytest.raises(BrokenPlugin, match=r"failing-loan of kd-failing: .*SyntaxError: ") as stopped:
        load_catalogue(strict=True)
    assert (stopped.value.broken.name, stopped.value.broken.package) == ("failing-loan", "kd-failing")


def test_a_value_of_another_type_is_named_and_isolated(install: Install) -> None:
    install("kd-typed", "kd_typed", "PRODUCT = {'slug': 'typed-loan'}", entry("typed-loan", "kd_typed"))
    found, said = the_one_broken()
    assert set(found.products) == BUILT_IN
    assert said.startswith("typed-loan of kd-typed: ")
    assert "kd_typed:PRODUCT is a dict, not a LoanProduct." in said


def test_a_product_in_the_group_of_programmes_is_named(install: Install) -> None:
    install("kd-grouped", "kd_grouped", product('copy(slug="x")'), entry("x", "kd_grouped", group="kedai.programmes"))
    found, said = the_one_broken()
    assert set(found.programmes) == PROGRAMMES
    assert "kd_grouped:PRODUCT is a LoanProduct, not a Programme." in said


def test_a_slug_other_than_the_entry_points_name_is_named(install: Install) -> None:
    install("kd-named", "kd_named", product('copy(slug="one-loan")'), entry("another-loan", "kd_named"))
    found, said = the_one_broken()
    assert set(found.products) == BUILT_IN
    assert said == (
        "another-loan of kd-named: kd_named:PRODUCT has the slug 'one-loan'. Give the entry point the same name."
    )


def test_two_packages_with_one_slug_leave_one_and_name_the_other(install: Install) -> None:
    for number in (1, 2):
        install(
            f"kd-twin{number}",
            f"kd_twin{number}",
            product('copy(slug="twin-loan")'),
            entry("twin-loan", f"kd_twin{number}"),
        )
    found, said = the_one_broken()
    assert set(found.products) == BUILT_IN | {"twin-loan"}
    assert said.startswith("twin-loan of kd-twin2: The slug 'twin-loan' is taken by kd-twin1. Choose another slug")


def test_an_installed_package_cannot_take_the_place_of_a_built_in_product(install: Install) -> None:
    install("kd-squatter", "kd_squatter", product('copy(slug="ip-pledge")'), entry("ip-pledge", "kd_squatter"))
    found, said = the_one_broken()
    assert found.products["ip-pledge"] is IP_PLEDGE
    assert said.startswith("ip-pledge of kd-squatter: The slug 'ip-pledge' is taken by kedai. Choose another slug")


def test_a_product_under_a_programme_that_is_not_installed_is_named(install: Install) -> None:
    install(
        "kd-orphan",
        "kd_orphan",
        product('copy(slug="orphan-loan", programme="cn-scitech-2030")'),
        entry("orphan-loan", "kd_orphan"),
    )
    found, said = the_one_broken()
    assert set(found.products) == BUILT_IN
    assert not [key for key in found.offerings if key[0] == "orphan-loan"]
    assert said.startswith("orphan-loan of kd-orphan: ")
    assert "It names the programme 'cn-scitech-2030', which is not installed." in said


def test_an_arrangement_that_gives_away_more_than_the_loan_is_named(install: Install) -> None:
    source = SOUND + (
        "from datetime import date\n"
        "GREEDY = DatedValue(date(2019, 2, 1), None, 700_000, '0.70', '试验', '试验', True)\n"
        "BOOK = OTHER.book.amended('greedy-loan', {'province_share': (GREEDY,), 'local_government_share': (GREEDY,)},\n"
        "                          opens=date(2019, 2, 1))\n"
        "PRODUCT = copy(slug='greedy-loan', book=BOOK)\n"
    )
    install("kd-greedy", "kd_greedy", source, entry("greedy-loan", "kd_greedy"))
    found, said = the_one_broken()
    assert set(found.products) == BUILT_IN
    assert "bank, province and local government bear 1600000 ppm from 2019-02-01 on, more than the whole." in said


def test_one_broken_package_leaves_a_sound_one_on_offer(install: Install) -> None:
    install("kd-failing", "kd_failing", "raise RuntimeError('x')", entry("failing-loan", "kd_failing"))
    install("kd-sound", "kd_sound", product('copy(slug="sound-loan")'), entry("sound-loan", "kd_sound"))
    found, _ = the_one_broken()
    assert set(found.products) == BUILT_IN | {"sound-loan"}


def test_an_unknown_product_or_revision_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownOffering) as product_refused:
        catalogue().offering("ip-plege", None)
    assert product_refused.value.field == "product"
    assert str(product_refused.value) == ("There is no product 'ip-plege'; use one of: innovation-credit, ip-pledge.")
    with pytest.raises(UnknownOffering) as revision_refused:
        catalogue().offering("ip-pledge", "hubei-kuaidai")
    assert revision_refused.value.field == "revision"
    assert str(revision_refused.value) == "There is no revision 'hubei-kuaidai'; use one of: tianfu-zhilai."


def test_a_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        catalogue().products["x"] = catalogue().products["ip-pledge"]
