"""Installed plugins: whatever one of them does, it is named, its applications go to a person, and the others go on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

import products
from products import KEDAI_API, Admission, Catalogue, Decision, FaultKind, Limits, PluginHost, load_catalogue
from products.comparison import compare_programmes
from products.isolation.host import Fault
from products.population import population
from products.registry import offering_under
from products.rules import DECLINE
from tests.products.builders import ON, columns, decided, decisions, finding, objections, offering, outcomes, scorecard
from tests.products.installing import COPY, on_path, write_package

TIGHT = Limits(portray_seconds=15, ask_seconds=1.5, memory_bytes=400 << 20, failures_to_open=3, retry_every=4)
Load = Callable[..., Catalogue]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Installs one package per source, with one product named after it, and loads everything."""
    with loading_into(tmp_path) as loaded:
        yield loaded


@contextmanager
def loading_into(folder: Path) -> Iterator[Load]:
    """Installs into ``folder`` and loads everything; ends the processes afterwards."""
    hosts: list[PluginHost] = []

    def loaded(*sources: tuple[str, str], limits: Limits = TIGHT, **arguments: object) -> Catalogue:
        for slug, source in sources:
            lines = {"kedai.products": [f"{slug} = kd_{slug}:PRODUCT"]}
            write_package(folder, f"kd-{slug}", COPY + source, lines)
        hosts.append(PluginHost(limits))
        with on_path(folder):
            return load_catalogue(host=hosts[-1], **arguments)  # type: ignore[arg-type]  # passed on as given

    yield loaded
    for host in hosts:
        host.close()


def decide_under(catalogue: Catalogue, slug: str) -> Decision:
    return decided(under=catalogue.offering(slug, None))


ASKING = "def statement(case):\n    {}\nPRODUCT = asking('{}', statement)\n"
FAULTS = {
    "raises": ("raise ZeroDivisionError('no revenue')", FaultKind.RAISED, "ZeroDivisionError: no revenue."),
    "exits": ("raise SystemExit(0)", FaultKind.RAISED, "SystemExit: 0."),
    "loops": ("while True: pass", FaultKind.TIME, "It was stopped because it outlasted its time."),
    "sleeps": ("import time; time.sleep(600)", FaultKind.TIME, "It was stopped because it outlasted its time."),
    "hogs": ("return bytearray(1 << 33)", FaultKind.MEMORY, "MemoryError: ."),
    "dies": ("import os; os._exit(7)", FaultKind.DIED, "Its process ended with status 7."),
    "shorts": (
        "return Truth(case.everywhere(True).answers[:0])",
        FaultKind.RUBBISH,
        "asks_something returned a Truth of an array of uint8 and shape (0,); its answers must be uint8 of shape (1,).",
    ),
    "booleans": (
        "return case.app.amount.values > 0",
        FaultKind.RUBBISH,
        "asks_something returned an array of bool and shape (1,) where a Truth of shape (1,) was expected.",
    ),
    "sevens": (
        "return Truth(case.everywhere(True).answers + 5)",
        FaultKind.RUBBISH,
        "asks_something returned the answer 7; answers are 0, 1 and 2.",
    ),
    "writes": (
        "case.app.amount.values[:] = 1",
        FaultKind.RAISED,
        "ValueError: assignment destination is read-only.",
    ),
}
LIMITING = "def ceiling(at):\n    {}\nPRODUCT = limiting('{}', ceiling)\n"
LIMITS = {
    "floats": ("return Column(at.app.amount.values * 0.5)", "trial_limit returned a Column of an array of float64"),
    "negative": ("return Column(at.app.amount.values * 0 - 1)", "trial_limit returned -1; it must lie between 0 and"),
    "one": ("return Column(at.app.amount.values.sum(keepdims=True)[:0])", "trial_limit returned a Column of an array"),
    "nothing": ("return None", "trial_limit returned a NoneType where a Column of shape (1,) was expected."),
    "half": ("return Column(at.app.amount.values, at.app.amount.values)", "trial_limit returned a Column known as"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """A sound product among those of ``FAULTS`` and ``LIMITS``, each of a package and a process of its own."""
    rules = [(slug, ASKING.format(statement, slug)) for slug, (statement, _, _) in FAULTS.items()]
    limits = [(slug, LIMITING.format(body, slug)) for slug, (body, _) in LIMITS.items()]
    with loading_into(tmp_path_factory.mktemp("faulty")) as loaded:
        yield loaded(*rules, *limits, ("sound", "PRODUCT = copy(slug='sound')"))


def fault_of(catalogue: Catalogue, slug: str) -> Fault:
    """What the host noted of the package of ``slug``."""
    (found,) = (one for one in catalogue.host.faults() if one.packages == (f"kd-{slug}",))
    return found


@pytest.mark.parametrize("slug", sorted(FAULTS))
def test_a_faulty_rule_refers_the_application_names_the_package_and_harms_no_other(
    faulty: Catalogue, slug: str
) -> None:
    _, kind, cause = FAULTS[slug]
    before = decided()
    assert faulty.broken == ()
    decision = decide_under(faulty, slug)
    assert decision.outcome == "refer"
    assert str(decision.amount.considered) == "0.00"
    assert objections(decision)["product_plugin_has_answered"] == "not_met"
    said = finding(decision, "product_plugin_has_answered").message_en
    assert said == (
        f"The plugin kd-{slug} must give a usable answer within its limits of time and memory; otherwise a person "
        "decides."
    )
    fault = fault_of(faulty, slug)
    assert (fault.kind, fault.cause, fault.failures) == (kind, cause, 1)
    assert decide_under(faulty, "sound").outcome == "approve"
    assert decided(under=faulty.offering("innovation-credit", None)) == before


def test_an_exclusion_of_kedais_own_programme_still_declines_while_the_plugin_fails(load: Load) -> None:
    catalogue = load(("raises", ASKING.format("raise ValueError", "raises")))
    decision = decided({"enterprise.dishonest_debtor_list": True}, under=catalogue.offering("raises", None))
    assert decision.outcome == "decline"
    assert objections(decision)["is_not_on_the_dishonest_debtor_list"] == "not_met"
    assert objections(decision)["product_plugin_has_answered"] == "not_met"


def test_a_product_of_a_package_is_compared_under_every_programme_by_its_own_rules(load: Load) -> None:
    small = "def statement(case):\n    return case.app.amount <= 50_000_000\n"
    catalogue = load(
        ("choosy", f"{small}PRODUCT = asking('choosy', statement)"), ("sound", "PRODUCT = copy(slug='sound')")
    )
    found = {}
    for slug in ("innovation-credit", "sound", "choosy"):
        plain = catalogue.offering(slug, None)
        offerings = [offering_under(catalogue, plain, one) for one in catalogue.programmes.values()]
        compared = compare_programmes(columns({}), offerings, scorecard(), on=ON)
        found[slug] = {one.programme: (int(one.outcome[0]), int(one.all_in[0])) for one in compared.alternatives}
    assert found["sound"] == found["innovation-credit"]
    assert len(found["sound"]) == 3
    assert {outcome for outcome, _ in found["choosy"].values()} == {DECLINE}
    assert catalogue.host.faults() == ()


@pytest.mark.parametrize("slug", sorted(LIMITS))
def test_a_limit_that_is_no_column_of_amounts_is_refused(faulty: Catalogue, slug: str) -> None:
    assert decide_under(faulty, slug).outcome == "refer"
    fault = fault_of(faulty, slug)
    assert fault.kind is FaultKind.RUBBISH
    assert fault.cause.startswith(LIMITS[slug][1])


def test_what_a_plugin_does_to_kedai_stays_in_its_process(load: Load) -> None:
    vandal = (
        "import products.kernel, products.money, scoring.parts\n"
        "products.money.ONE = 0\nproducts.kernel.outcome = None\nscoring.parts.POINTS_HIGHEST = 0\n"
        "PRODUCT = copy(slug='vandal')\n"
    )
    before = decided()
    catalogue = load(("vandal", vandal), ("sound", "PRODUCT = copy(slug='sound')"))
    assert decide_under(catalogue, "vandal").outcome == "refer"
    assert "kd_vandal" not in sys.modules
    assert products.ONE == 1_000_000
    assert decided() == before
    assert decide_under(catalogue, "sound").amount == before.amount


def test_what_a_plugin_prints_or_reads_does_not_reach_the_host(load: Load) -> None:
    chatty = ASKING.format("print('x' * 100_000); input() if False else None; return case.everywhere(True)", "chatty")
    catalogue = load(("chatty", "print('hello')\n" + chatty))
    assert decide_under(catalogue, "chatty").outcome == "approve"


def test_the_breaker_opens_after_three_failures_and_tries_again_at_every_fourth_request(
    load: Load, tmp_path: Path
) -> None:
    # The plugin raises until a file is there.
    flaky = (
        "from pathlib import Path\nMARK = Path(__file__).with_name('mended')\n"
        "def statement(case):\n    assert MARK.exists()\n    return case.everywhere(True)\n"
        "PRODUCT = asking('flaky', statement)\n"
    )
    catalogue = load(("flaky", flaky), ("sound", "PRODUCT = copy(slug='sound')"))
    for failures, is_open in ((1, False), (2, False), (3, True), (3, True), (3, True), (3, True), (4, True)):
        assert decide_under(catalogue, "flaky").outcome == "refer"
        (fault,) = catalogue.host.faults()
        assert (fault.failures, fault.breaker_open) == (failures, is_open)
    assert decide_under(catalogue, "sound").outcome == "approve"
    (tmp_path / "mended").touch()
    assert [decide_under(catalogue, "flaky").outcome.value for _ in range(5)] == [
        *("refer", "refer", "refer"),
        *("approve", "approve"),
    ]
    (fault,) = catalogue.host.faults()
    assert not fault.breaker_open


def test_breakers_belong_to_the_host_that_was_passed(load: Load) -> None:
    first = load(("raises", ASKING.format("raise ValueError", "raises")))
    decide_under(first, "raises")
    second = load()
    assert len(first.host.faults()) == 1
    assert second.host.faults() == ()


def test_an_installed_product_decides_as_the_same_product_built_in(load: Load) -> None:
    catalogue = load(("sound", "PRODUCT = copy(slug='sound')"))
    rows = population(20_000, seed=5)
    own = products.decide(rows, catalogue.offering("innovation-credit", None), scorecard(), on=date(2026, 12, 31))
    theirs = products.decide(rows, catalogue.offering("sound", None), scorecard(), on=date(2026, 12, 31))
    assert (theirs.outcome == own.outcome).all()
    assert (theirs.approved == own.approved).all()
    assert (theirs.answers[:-1] == own.answers).all()
    assert (theirs.answers[-1] == 2).all()
    assert len(set(outcomes(theirs))) == 3


def test_an_application_out_of_the_terms_days_is_refused_and_is_no_fault_of_the_plugin(load: Load) -> None:
    catalogue = load(("sound", "PRODUCT = copy(slug='sound')"))
    with pytest.raises(products.DatesOutOfOrder):
        decisions({"request.applied_on": "2026-07-23"}, under=catalogue.offering("sound", None), on=ON)
    with pytest.raises(products.NotInForce):
        decisions({"request.applied_on": "2018-01-01"}, under=catalogue.offering("sound", None), on=ON)
    assert catalogue.host.faults() == ()


def test_a_programme_may_be_a_plugin_under_a_built_in_product(tmp_path: Path) -> None:
    source = (
        "import dataclasses\nfrom products.programmes.cn_scitech_2024 import PROGRAMME as OTHER\n"
        "from products.catalogue.innovation_credit import PRODUCT as CREDIT\n"
        "PROGRAMME = dataclasses.replace(OTHER, slug='kd-programme')\n"
        "PRODUCT = dataclasses.replace(CREDIT, slug='kd-credit', programme='kd-programme', revisions={})\n"
    )
    lines = {
        "kedai.programmes": ["kd-programme = kd_both:PROGRAMME"],
        "kedai.products": ["kd-credit = kd_both:PRODUCT"],
    }
    write_package(tmp_path, "kd-both", source, lines)
    with on_path(tmp_path):
        catalogue = load_catalogue(strict=True)
    under, own = catalogue.offering("kd-credit", None), offering()
    theirs, ours = decided(under=under), decided(under=own)
    assert (theirs.cover, theirs.fee, theirs.price) == (ours.cover, ours.fee, ours.price)
    assert theirs.programme == "kd-programme"
    catalogue.host.close()


@pytest.mark.parametrize(
    ("classifiers", "cause"),
    [
        ((), "The package declares 0 ranges of kedai's API instead of one."),
        (("Private :: kedai-api :: >=1.0,<2",) * 2, "The package declares 2 ranges of kedai's API instead of one."),
        (("Private :: kedai-api :: ^1",), "The range '^1' of kedai's API cannot be read."),
        (
            ("Private :: kedai-api :: >=2.0,<3",),
            f"The package supports kedai's API >=2.0,<3.0; this host has {KEDAI_API}.",
        ),
        (
            ("Private :: kedai-api :: >=0.1,<1",),
            f"The package supports kedai's API >=0.1,<1.0; this host has {KEDAI_API}.",
        ),
    ],
)
def test_a_package_for_another_host_is_named_and_never_imported(
    tmp_path: Path, classifiers: tuple[str, ...], cause: str
) -> None:
    source = f"open({str(tmp_path / 'imported')!r}, 'w').close()\n" + COPY + "PRODUCT = copy(slug='other')\n"
    write_package(
        tmp_path, "kd-other", source, {"kedai.products": ["other = kd_other:PRODUCT"]}, classifiers=classifiers
    )
    with on_path(tmp_path):
        catalogue = load_catalogue()
    (broken,) = catalogue.broken
    assert (broken.name, broken.package, broken.cause) == ("other", "kd-other", cause)
    assert broken.remedy
    assert not (tmp_path / "imported").exists()


def test_only_admitted_packages_are_imported_and_the_others_are_listed(load: Load) -> None:
    sound = ("sound", "PRODUCT = copy(slug='sound')")
    failing = ("failing", "raise RuntimeError('was imported')")
    catalogue = load(sound, failing, admission=Admission(("kd_sound",)), strict=True)
    assert {"sound", "ip-pledge"} < set(catalogue.products)
    assert [(one.name, one.package) for one in catalogue.left_out] == [("failing", "kd-failing")]


def test_an_organisation_sees_what_both_lists_admit(load: Load) -> None:
    sources = [(slug, f"PRODUCT = copy(slug='{slug}')") for slug in ("red", "green", "blue")]
    deployment = Admission(("kd-red", "kd-green"))
    catalogue = load(*sources, admission=deployment)
    organisation = catalogue.for_organisation(deployment.narrowed(Admission(("kd-green", "kd-blue"))))
    assert set(organisation.products) == {"green", "ip-pledge", "innovation-credit"}
    assert {slug for slug, _ in organisation.offerings} == set(organisation.products)
    assert "red" in catalogue.products


@pytest.mark.parametrize(("order", "first"), [(None, "kd-one"), (("kd-two", "kd-one"), "kd-two")])
def test_of_two_packages_with_one_slug_the_first_in_the_list_has_it(
    tmp_path: Path, order: tuple[str, ...] | None, first: str
) -> None:
    for package in ("kd-two", "kd-one"):
        source = COPY + "PRODUCT = copy(slug='twin')\n"
        write_package(tmp_path, package, source, {"kedai.products": [f"twin = {package.replace('-', '_')}:PRODUCT"]})
    with on_path(tmp_path):
        catalogue = load_catalogue(admission=Admission(order))
    assert catalogue.package("twin") == first
    (broken,) = catalogue.broken
    assert broken.cause == f"The slug 'twin' is taken by {first}."
    catalogue.host.close()


BAD_TEXTS = {
    "{no_such_term}": "The English sentence of asks_something names {no_such_term}, which is no parameter that always",
    "{fee_cap}": "The English sentence of asks_something names {fee_cap}, which is no parameter that always",
    "{": "The English sentence of asks_something cannot be filled",
}


@pytest.mark.parametrize("sentence", sorted(BAD_TEXTS))
def test_a_sentence_that_could_not_be_shown_is_found_when_the_product_is_loaded(load: Load, sentence: str) -> None:
    source = (
        "import dataclasses\nPRODUCT = asking('texts', lambda case: case.everywhere(True))\n"
        f"LAST = dataclasses.replace(PRODUCT.rules[-1], en={sentence!r})\n"
        "PRODUCT = dataclasses.replace(PRODUCT, rules=(*PRODUCT.rules[:-1], LAST))\n"
    )
    (broken,) = load(("texts", source)).broken
    assert broken.cause.startswith(BAD_TEXTS[sentence])


@pytest.mark.slow
def test_an_import_that_never_ends_is_stopped_and_named(load: Load) -> None:
    limits = Limits(portray_seconds=2)
    catalogue = load(("stuck", "while True: pass"), ("sound", "PRODUCT = copy(slug='sound')"), limits=limits)
    (broken,) = catalogue.broken
    assert (broken.name, broken.package) == ("stuck", "kd-stuck")
    assert broken.cause.startswith("Importing kd_stuck:PRODUCT took too long: ")
    assert "sound" in catalogue.products


def test_revisions_of_two_organisations_do_not_meet(load: Load) -> None:
    catalogue = load(("sound", "PRODUCT = copy(slug='sound')"))
    revised = [_revision(catalogue, cap) for cap in ("1000000", "2000000")]
    one, other = (catalogue.amended([revision]) for revision in revised)
    larger = {"request.amount": "9000000.00"}
    amounts = [decided(larger, under=each.offering("sound", "own")).amount for each in (one, other)]
    assert [str(amount.considered) for amount in amounts] == ["1000000.00", "2000000.00"]
    assert ("sound", "own") not in catalogue.offerings
    with pytest.raises(ValueError, match="sound has a revision 'own' already; choose another slug"):
        one.amended(revised)


def _revision(catalogue: Catalogue, cap: str) -> products.Revision:
    from products.catalogue.revisions import revision_from  # noqa: PLC0415 - only this test reads a revision
    from products.dated_yaml import entries_from  # noqa: PLC0415 - as above

    text = (
        "revision: own\ntitle: {zh: 试验, en: Trial}\nsource: 试验说明\neffective_from: '2026-01-01'\nparameters:\n"
        f"  amount_cap:\n    unit: CNY\n    values:\n      2019-02-01: {{value: '{cap}', source: 试验, clause: 上限, "
        "verified: false}\n"
    )
    return revision_from(entries_from(text.encode(), "own.yaml"), "sound", catalogue.products["sound"].book)


def test_columns_survive_the_way_to_the_worker_and_back() -> None:
    from products.isolation import wire  # noqa: PLC0415 - the wire is no part of the surface

    rows = population(50, seed=2)
    frame = wire.packed(wire.sent(rows))
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        position += count
        return frame[position - count : position]

    back = wire.applications(wire.received(read))
    assert back.n == 50
    for name, column in rows.columns.items():
        assert (back.columns[name].raw == column.raw).all(), name
    assert (back.ip_assets.parent == rows.ip_assets.parent).all()


def test_faults_wait_for_their_log_and_come_back_if_it_could_not_take_them(load: Load) -> None:
    catalogue = load(("raises", ASKING.format("raise ValueError('x')", "raises")))
    decide_under(catalogue, "raises")
    (first,) = catalogue.host.collect()
    assert (first.packages, first.kind, first.cause) == (("kd-raises",), FaultKind.RAISED, "ValueError: x.")
    assert catalogue.host.collect() == ()
    decide_under(catalogue, "raises")
    catalogue.host.put_back([first])
    assert [one.breaker_open for one in catalogue.host.collect()] == [False, False]
