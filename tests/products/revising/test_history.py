"""A revision's life: what may follow what, who may review, and which terms hold on which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.parameters import NotInForce
from products.revising import history as life
from products.revising.content import InvalidRevision
from products.revising.history import FOLLOWS, Event, History, Kind, NotAllowed
from products.revising.lines import (
    Approved,
    State,
    due,
    in_force,
    line_revision,
    refuse_overlap,
    state,
    windows,
    with_lines,
)
from products.revising.terms import book_of
from products.revising.words import Side, differences
from tests.products.revising.contents import (
    APRIL,
    LI,
    MAY,
    MOMENT,
    WANG,
    approved,
    content,
    innovation_credit,
    installed,
)

DIGEST = "0" * 64


def after(*kinds: Kind) -> History:
    """A history of these kinds; Wang writes, Li reviews."""
    events: History = ()
    for kind in kinds:
        events = (*events, step(events, kind))
    return events


def step(events: History, kind: Kind) -> Event:
    if kind is Kind.DRAFTED:
        return life.drafted(events, actor=WANG, at=MOMENT, content=DIGEST)
    if kind is Kind.SUBMITTED:
        return life.submitted(events, actor=WANG, at=MOMENT)
    if kind is Kind.APPROVED:
        return life.approved(events, actor=LI, at=MOMENT, day=APRIL)
    if kind is Kind.RETURNED:
        return life.returned(events, actor=LI, at=MOMENT, note="费率须说明")
    if kind is Kind.WITHDRAWN:
        return life.withdrawn(events, actor=WANG, at=MOMENT, day=MAY, note="停售")
    return life.dated(events, kind, at=MOMENT, day=MAY)


WAYS: dict[Kind | None, tuple[Kind, ...]] = {
    None: (),
    Kind.DRAFTED: (Kind.DRAFTED,),
    Kind.SUBMITTED: (Kind.DRAFTED, Kind.SUBMITTED),
    Kind.RETURNED: (Kind.DRAFTED, Kind.SUBMITTED, Kind.RETURNED),
    Kind.APPROVED: (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED),
    Kind.PUBLISHED: (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED),
    Kind.SUPERSEDED: (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED, Kind.SUPERSEDED),
    Kind.ENDED: (Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED, Kind.PUBLISHED, Kind.ENDED),
    Kind.WITHDRAWN: (Kind.DRAFTED, Kind.WITHDRAWN),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("last", [None, *Kind])
def test_each_event_follows_only_what_it_may(last: Kind | None, kind: Kind) -> None:
    events = after(*WAYS[last])
    if last in FOLLOWS[kind]:
        assert life.intact((*events, step(events, kind)))
    else:
        with pytest.raises(NotAllowed, match=f"cannot be {kind}"):
            step(events, kind)


@pytest.mark.parametrize("reviewer", [WANG, "Anna", "ANNA"])
def test_nobody_reviews_what_they_wrote_in_whatever_spelling(reviewer: str) -> None:
    events: History = (life.drafted((), actor="Anna", at=MOMENT, content=DIGEST),)
    events = (*events, life.drafted(events, actor=WANG, at=MOMENT, content=DIGEST))
    events = (*events, life.submitted(events, actor=WANG, at=MOMENT))
    with pytest.raises(NotAllowed, match="by another person"):
        life.approved(events, actor=reviewer, at=MOMENT, day=APRIL)
    with pytest.raises(NotAllowed, match="by another person"):
        life.returned(events, actor=reviewer, at=MOMENT, note="x")
    assert life.approved(events, actor=LI, at=MOMENT, day=APRIL).kind is Kind.APPROVED


@pytest.mark.parametrize("actor", ["", " ", " 王芳", "x" * 121])
def test_an_actor_has_a_name(actor: str) -> None:
    with pytest.raises(NotAllowed, match="names nobody"):
        life.drafted((), actor=actor, at=MOMENT, content=DIGEST)
    assert life.drafted((), actor="x" * 120, at=MOMENT, content=DIGEST).position == 1


def test_a_return_and_a_withdrawal_have_a_reason_and_notes_an_end() -> None:
    events = after(Kind.DRAFTED, Kind.SUBMITTED)
    with pytest.raises(NotAllowed, match="what has to change"):
        life.returned(events, actor=LI, at=MOMENT, note=" ")
    with pytest.raises(NotAllowed, match="Say in a note why"):
        life.withdrawn(events, actor=WANG, at=MOMENT, day=MAY, note="")
    with pytest.raises(NotAllowed, match="2001 characters; at most 2000"):
        life.returned(events, actor=LI, at=MOMENT, note="x" * 2_001)


def test_a_history_that_was_changed_is_not_intact() -> None:
    events = after(Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED)
    assert life.intact(events)
    assert not life.intact((events[0], replace(events[1], note="later"), events[2]))
    assert not life.intact((events[0], events[2]))
    assert not life.intact(events[1:])


def test_the_next_revision_of_a_line_ends_the_one_before_on_its_own_day() -> None:
    line = (approved("b", "2027-05-01", "6000000"), approved("a", "2027-04-01", "5000000"))
    assert [(each.approved.id, each.start, each.end, each.successor) for each in windows(line)] == [
        ("a", APRIL, MAY, "b"),
        ("b", MAY, None, None),
    ]
    held = {day: in_force(line, day) for day in (APRIL - timedelta(1), APRIL, MAY - timedelta(1), MAY)}
    assert [found and found.id for found in held.values()] == [None, "a", "a", "b"]


@pytest.mark.parametrize(
    ("until", "withdrawn", "end"),
    [
        (None, None, None),
        ("2027-04-30", None, date(2027, 4, 30)),
        (None, "2027-04-15", date(2027, 4, 15)),
        ("2027-04-10", "2027-04-15", date(2027, 4, 10)),
    ],
)
def test_a_window_ends_at_its_own_end_or_its_withdrawal(
    until: str | None, withdrawn: str | None, end: date | None
) -> None:
    (window,) = windows([approved("a", "2027-04-01", "5000000", until=until, withdrawn=withdrawn)])
    assert (window.start, window.end) == (APRIL, end)


def test_one_withdrawn_before_its_day_leaves_the_one_before_in_force() -> None:
    line = (
        approved("a", "2027-04-01", "5000000"),
        approved("b", "2027-05-01", "6000000", withdrawn="2027-05-01"),
    )
    assert [(each.approved.id, each.end) for each in windows(line)] == [("a", None)]


def test_a_line_decides_each_day_under_the_terms_of_that_day() -> None:
    line = (
        approved("a", "2027-04-01", "5000000"),
        approved("b", "2027-05-01", "6000000", until="2027-06-01"),
        approved("c", "2027-07-01", "5000000"),
    )
    book = with_lines(installed(), line).offering("innovation-credit", "spring").book
    caps = {day: book.at(date.fromisoformat(day)).amount_cap for day in ("2027-04-01", "2027-04-30", "2027-05-31")}
    assert list(caps.values()) == [500_000_000, 500_000_000, 600_000_000]
    assert book.at(date(2027, 7, 1)).amount_cap == 500_000_000
    for outside in (date(2027, 3, 31), date(2027, 6, 1), date(2027, 6, 30)):
        with pytest.raises(NotInForce):
            book.at(outside)
    assert with_lines(installed(), ()) is installed()


def _days(first: date) -> st.SearchStrategy[date]:
    return st.dates(first, first + timedelta(days=400))


@given(
    st.lists(
        st.tuples(_days(APRIL), st.integers(1, 99), st.none() | st.integers(1, 90), st.none() | st.integers(-5, 90)),
        min_size=1,
        max_size=6,
        unique_by=lambda each: each[0],
    ),
    _days(APRIL - timedelta(20)),
)
def test_a_lines_book_says_what_the_revision_in_force_says(
    drawn: list[tuple[date, int, int | None, int | None]], day: date
) -> None:
    line = [
        Approved(
            id=str(place),
            content=content(
                {"amount_cap": f"{cap}000000"},
                effective_from=since.isoformat(),
                effective_until=None if lasts is None else (since + timedelta(lasts)).isoformat(),
            ),
            withdrawn_from=None if cut is None else since + timedelta(cut),
        )
        for place, (since, cap, lasts, cut) in enumerate(drawn)
    ]
    revision, found = line_revision(installed(), line), in_force(line, day)
    if found is None:
        assert revision is None or _nothing_in_force(revision.book, day)
    else:
        assert revision is not None
        assert revision.book.at(day) == book_of(found.content, innovation_credit()).at(day)


def _nothing_in_force(book: object, day: date) -> bool:
    with pytest.raises(NotInForce):
        book.at(day)  # type: ignore[attr-defined]  # a book
    return True


@pytest.mark.parametrize(
    ("since", "today", "sentence"),
    [
        ("2027-04-01", "2027-03-01", "has an approved revision from 2027-04-01 on already"),
        ("2027-04-02", "2027-04-03", "which has passed"),
        ("2027-04-02", "2027-04-02", "may have been decided under the revision in force"),
    ],
)
def test_an_approval_changes_nothing_that_was_or_could_have_been_decided(since: str, today: str, sentence: str) -> None:
    line = [approved("a", "2027-04-01", "5000000")]
    with pytest.raises(InvalidRevision, match=sentence):
        refuse_overlap(content(None, effective_from=since), line, today=date.fromisoformat(today))


def test_the_first_of_a_line_may_begin_today_and_a_later_one_tomorrow() -> None:
    refuse_overlap(content(), (), today=APRIL)
    line = [approved("a", "2027-04-01", "5000000")]
    refuse_overlap(content(None, effective_from="2027-04-03"), line, today=date(2027, 4, 2))


@pytest.mark.parametrize(
    ("today", "expected"),
    [("2027-03-31", State.APPROVED), ("2027-04-01", State.EFFECTIVE), ("2027-05-01", State.SUPERSEDED)],
)
def test_a_revision_stands_where_the_calendar_puts_it(today: str, expected: State) -> None:
    line = [approved("a", "2027-04-01", "5000000"), approved("b", "2027-05-01", "6000000")]
    events = after(Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED)
    assert state(events, line[0], line, date.fromisoformat(today)) is expected


def test_ended_and_withdrawn_are_told_apart() -> None:
    ended = approved("a", "2027-04-01", "5000000", until="2027-04-10")
    cut = approved("a", "2027-04-01", "5000000", withdrawn="2027-04-10")
    events = after(Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED)
    assert state(events, ended, [ended], date(2027, 4, 10)) is State.ENDED
    assert state(events, cut, [cut], date(2027, 4, 9)) is State.EFFECTIVE
    assert state(events, cut, [cut], date(2027, 4, 10)) is State.WITHDRAWN
    assert state(after(Kind.DRAFTED), None, (), APRIL) is State.DRAFT


def test_a_late_publication_records_every_day_that_passed() -> None:
    first, _ = windows([approved("a", "2027-04-01", "5000000"), approved("b", "2027-05-01", "6000000")])
    events = after(Kind.DRAFTED, Kind.SUBMITTED, Kind.APPROVED)
    assert due(first, events, date(2027, 3, 31)) == ()
    assert due(first, events, APRIL) == ((Kind.PUBLISHED, APRIL),)
    assert due(first, events, date(2027, 6, 1)) == ((Kind.PUBLISHED, APRIL), (Kind.SUPERSEDED, MAY))
    assert due(first, (*events, step(events, Kind.PUBLISHED)), APRIL) == ()


def test_a_line_that_nothing_installed_carries_is_left_out_and_named() -> None:
    gone = Approved(id="g", content=content(None, product="gone"))
    unread = Approved(id="u", content=content({"ceiling": "1"}, slug="unread"))
    catalogue = with_lines(installed(), [gone, unread, approved("a", "2027-04-01", "5000000")])
    assert {each.name: each.cause for each in catalogue.broken}.keys() == {"gone/spring", "innovation-credit/unread"}
    assert ("innovation-credit", "spring") in catalogue.offerings


def test_a_line_keeps_to_one_programme() -> None:
    other = Approved(id="b", content=content(None, programme="cn-private-investment-2026", effective_from="2027-05-01"))
    with pytest.raises(ValueError, match="several programmes: cn-private-investment-2026, cn-scitech-2024"):
        line_revision(installed(), [approved("a", "2027-04-01", "5000000"), other])


def test_differences_are_said_in_words_cell_by_cell() -> None:
    tariff = {tier: dict.fromkeys("ABCDE", "0.004") for tier in ("tier_1", "tier_2", "tier_3", "untitled")}
    product = innovation_credit()
    said = content({"amount_cap": "5000000", "fee_tariff": tariff, "fee_cap": "0.004"})
    found = differences(
        Side(name="own", book=product.book, on=APRIL),
        Side(name="spring", book=book_of(said, product), on=APRIL, content=said),
    )
    words = {each.path: (each.zh, each.en) for each in found}
    assert words["changes.amount_cap"] == (
        "单户最高金额：由30,000,000.00改为5,000,000.00。",
        "Highest amount per client changes from 30,000,000.00 to 5,000,000.00.",
    )
    assert words["changes.fee_tariff.tier_2.A"][0] == "担保费率表（tier_2/A）：由0.5 %改为0.4 %。"
    assert words["changes.fee_cap"] == ("担保费率上限：新设为0.4 %。", "Highest guarantee fee is new: 0.4 %.")
    assert "changes.fee_tariff.tier_1.A" not in words
    assert len(found) == 19 + 2


def test_the_same_said_otherwise_is_no_difference_and_a_head_may_differ() -> None:
    product = innovation_credit()
    one, two = content({"amount_cap": "5000000"}), content({"amount_cap": "5000000.00"}, notes="又一版")
    found = differences(
        Side(name="one", book=book_of(one, product), on=APRIL, content=one),
        Side(name="two", book=book_of(two, product), on=APRIL, content=two),
    )
    assert [(each.path, each.zh) for each in found] == [("notes", "备注：新设为又一版。")]
