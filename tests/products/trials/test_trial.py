"""Plans, splits, lives and stop rules of trials."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from products.chained_events import NotAllowed
from products.revising.content import InvalidRevision
from products.trials import life
from products.trials.life import Kind
from products.trials.plan import Direction, Measure, Plan, plan_from, read_plan
from products.trials.split import Side, place, side
from products.trials.stop_rules import Tally, rulings, why_stopped
from tests.products.revising.contents import LI, MOMENT, WANG
from tests.products.trials.plans import plan, written_plan

TRIAL = "01a20d78-bac9-7472-88ca-30881180b7a5"


@pytest.mark.parametrize(
    ("applicant", "at"), [("91511100MA6XX0TE50", 414_891), ("91110108MA01ABCD1X", 778_263), ("x", 309_863)]
)
def test_a_place_is_the_first_64_bits_of_a_hash_scaled_to_a_million(applicant: str, at: int) -> None:
    # printf '["default","01a20d78-…","x"]' | sha256sum, the first 16 digits times 1,000,000 over 2^64
    assert place("default", TRIAL, applicant) == at


def test_the_share_is_kept_and_trials_and_organisations_split_by_themselves() -> None:
    applicants = [f"applicant-{number}" for number in range(20_000)]
    places = [place("default", TRIAL, each) for each in applicants]
    tenth = sum(side(each, 100_000) is Side.CHALLENGER for each in places)
    # 20,000 draws of one in ten: 2,000 with a standard deviation of 42.
    assert abs(tenth - 2_000) < 5 * 42
    for other in (place("default", "another", applicants[0]), place("other-bank", TRIAL, applicants[0])):
        assert other != places[0]
    both = sum(
        one < 500_000 and place("default", "another", each) < 500_000
        for one, each in zip(places, applicants, strict=True)
    )
    assert abs(both - 5_000) < 5 * 61


def test_an_applicant_stays_on_its_side_in_any_order_and_when_the_share_grows() -> None:
    applicants = [f"applicant-{number}" for number in range(1_000)]
    first = {each: place("default", TRIAL, each) for each in applicants}
    assert {each: place("default", TRIAL, each) for each in reversed(applicants)} == first
    small = {each for each, at in first.items() if side(at, 100_000) is Side.CHALLENGER}
    large = {each for each, at in first.items() if side(at, 300_000) is Side.CHALLENGER}
    assert small < large


@pytest.mark.parametrize(("at", "its"), [(0, Side.CHALLENGER), (99_999, Side.CHALLENGER), (100_000, Side.CHAMPION)])
def test_the_share_ends_just_below_itself(at: int, its: Side) -> None:
    assert side(at, 100_000) is its


def test_a_plan_survives_the_round_trip_with_its_digest() -> None:
    assert plan_from(plan().plain()) == plan()
    assert plan_from(plan().plain()).sha256 == plan().sha256
    assert plan(share_ppm=200_000).sha256 != plan().sha256


@pytest.mark.parametrize(
    ("change", "path", "sentence"),
    [
        ({"share_ppm": 0}, "share_ppm", "greater than or equal to 1"),
        ({"share_ppm": 1_000_000}, "share_ppm", "less than 1000000"),
        ({"share_ppm": "0.1"}, "share_ppm", "valid integer"),
        ({"ends_on": "2027-04-01"}, "", "ends_on is 2027-04-01, not after starts_on 2027-04-01"),
        ({"champion": "spring"}, "", "champion and challenger are both spring; name two revisions"),
        ({"stop": []}, "stop", "at least 1 item"),
        ({"stop": [{"measure": "luck", "limit_ppm": 1, "least": 1}]}, "stop.0.measure", "'approval_rate', 'loan_rate'"),
        ({"speed": "fast"}, "speed", "There is no field speed here"),
        ({"challenger": None}, "challenger", "valid string"),
    ],
)
def test_a_plan_that_cannot_be_run_is_refused_with_its_place(
    change: dict[str, object], path: str, sentence: str
) -> None:
    with pytest.raises(InvalidRevision) as caught:
        plan_from(written_plan(**change))
    problem = caught.value.problems[0]
    assert (problem.path, sentence in problem.message) == (path, True)


def test_a_key_twice_in_a_plan_is_refused() -> None:
    with pytest.raises(InvalidRevision, match="The key 'slug' stands twice in one object"):
        read_plan(b'{"slug": "a", "slug": "b"}')


def _drafted() -> life.History:
    return (life.drafted(actor=WANG, at=MOMENT, content=plan().sha256),)


def test_another_person_approves_and_then_it_is_started_once() -> None:
    history = _drafted()
    with pytest.raises(NotAllowed, match=f"{WANG} drafted or submitted this trial; it is approved by another person"):
        life.approved(history, actor=WANG, at=MOMENT)
    with pytest.raises(NotAllowed, match="The trial is drafted and cannot be started"):
        life.started(history, actor=LI, at=MOMENT, day=plan().starts_on)
    history = (*history, life.approved(history, actor=LI, at=MOMENT))
    history = (*history, life.started(history, actor=WANG, at=MOMENT, day=plan().starts_on))
    assert life.is_running(history)
    with pytest.raises(NotAllowed, match="A trial is stopped with a reason"):
        life.stopped(history, actor=WANG, at=MOMENT, day=plan().starts_on, note=" ")
    history = (*history, life.stopped(history, actor=WANG, at=MOMENT, day=plan().starts_on, note="够了"))
    assert not life.is_running(history)
    assert life.intact(history)
    assert not life.intact(history[1:])
    with pytest.raises(NotAllowed, match=r"is stopped and cannot be started\. Only an approved trial is started"):
        life.started(history, actor=WANG, at=MOMENT, day=plan().starts_on)


@pytest.mark.parametrize("kind", Kind)
def test_only_drafts_and_approvals_are_withdrawn(kind: Kind) -> None:
    assert (kind in life.FOLLOWS[Kind.WITHDRAWN]) == (kind in (Kind.DRAFTED, Kind.APPROVED))


def tally(decided: int = 0, approved: int = 0, **others: int) -> Tally:
    """One side."""
    return Tally(decided=decided, approved=approved, **others)


def ask(rule: dict[str, object], champion: Tally, challenger: Tally) -> Any:
    """The only rule of a plan, asked."""
    (ruling,) = rulings(plan(stop=[rule]), champion, challenger)
    return ruling


RATE = {"measure": "approval_rate", "limit_ppm": 100_000, "least": 10}


@pytest.mark.parametrize(
    ("direction", "approved", "tripped"),
    [
        # The champion approves 50 of 100; ten per cent more or less are still accepted.
        ("either", 60, False),
        ("either", 61, True),
        ("either", 40, False),
        ("either", 39, True),
        ("higher", 61, True),
        ("higher", 10, False),
        ("lower", 39, True),
        ("lower", 90, False),
    ],
)
def test_a_rule_trips_beyond_its_limit_and_in_its_direction(direction: str, approved: int, tripped: bool) -> None:
    found = ask(RATE | {"direction": direction}, tally(100, 50), tally(100, approved))
    assert (found.asked, found.tripped) == (True, tripped)
    assert found.difference == Fraction(approved - 50, 100)


@pytest.mark.parametrize(("cases", "asked"), [(9, False), (10, True)])
def test_a_rule_is_not_asked_before_both_sides_have_enough_cases(cases: int, asked: bool) -> None:
    found = ask(RATE, tally(1_000, 0), tally(cases, cases))
    assert (found.asked, found.tripped) == (asked, asked)
    assert ask(RATE, tally(cases, cases), tally(1_000, 0)).asked == asked


@pytest.mark.parametrize(
    ("measure", "champion", "challenger", "difference"),
    [
        # Two loans at 4 % and one at 5 % against one at 3 %.
        ("loan_rate", tally(3, 3, loan_rates_ppm=130_000), tally(1, 1, loan_rates_ppm=30_000), Fraction(-4, 300)),
        # 300 of 100,000 yuan against 800.
        (
            "expected_loss",
            tally(1, 1, approved_fen=10_000_000, expected_loss_fen=30_000),
            tally(1, 1, approved_fen=10_000_000, expected_loss_fen=80_000),
            Fraction(5, 1_000),
        ),
        # One of twenty against three of twenty.
        ("realised_default", tally(reported=20, defaults=1), tally(reported=20, defaults=3), Fraction(1, 10)),
    ],
)
def test_every_measure_is_the_challengers_quotient_less_the_champions(
    measure: str, champion: Tally, challenger: Tally, difference: Fraction
) -> None:
    found = ask({"measure": measure, "limit_ppm": 0, "least": 1}, champion, challenger)
    assert (found.difference, found.tripped) == (difference, True)
    assert Measure(measure) is found.rule.measure
    assert found.rule.direction is Direction.EITHER


def test_a_measure_without_a_quotient_stops_nothing() -> None:
    rule = {"measure": "expected_loss", "limit_ppm": 0, "least": 1}
    found = ask(rule, tally(5, 5), tally(5, 5))
    assert (found.champion, found.difference, found.asked, found.tripped) == (None, None, False, False)
    assert why_stopped([found]) == ""


def test_what_stopped_a_trial_is_said_with_both_values_and_the_limit() -> None:
    found = ask(RATE, tally(100, 50), tally(100, 75))
    assert why_stopped([found]) == (
        "approval_rate: 75.000000 % with the challenger, 50.000000 % with the champion; the difference of 25.000000 % "
        "is beyond the limit of 10.000000 % (either)."
    )


def test_moments_are_kept_to_the_microsecond() -> None:
    at = datetime(2027, 3, 1, 2, 0, 0, 123_456, tzinfo=UTC)
    assert life.drafted(actor=WANG, at=at, content="0" * 64).at == at
    assert isinstance(plan(), Plan)
