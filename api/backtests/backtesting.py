"""Who stands against whom in a backtest: the champion's terms, revisions, fee tariffs and score artefacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from api.revisions.desk import OWN_TERMS, Desk, alone
from api.revisions.store import approvals
from api.storage.ids import is_id
from products import Applications
from products.impact import ALWAYS, held_offering
from products.kernel import Offering
from products.parameters import make_book
from products.product import Revision
from products.registry import UnknownOffering
from products.revising.content import content_from
from products.revising.lines import in_force
from products.revising.terms import changed_values
from products.trials.backtest import Contender, backtest
from products.trials.backtest_report import BacktestReport, backtest_report
from products.trials.realised import Realised
from scoring import Scorecard

CHAMPION: Final = "champion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """What stands against what. Revisions are named by slug (shipped, or what a line has in force) or by id.

    ``tariffs`` are fee tariffs as in a revision's content, by the name they go under; ``scorecards`` likewise. Each
    challenger differs from the champion in one thing.
    """

    product: str
    champion: str | None = None
    revisions: tuple[str, ...] = ()
    tariffs: Mapping[str, object]
    scorecards: Mapping[str, Scorecard]


def contenders(desk: Desk, lineup: Lineup, scorecard: Scorecard, *, day: date) -> tuple[Contender, ...]:
    """The champion, then every challenger, each under its terms of ``day``, or of its first day if that is later.

    UnknownOffering, UnknownRevision, NotInForce or InvalidRevision where one cannot be used.
    """
    champion = _revision(desk, lineup.product, lineup.champion, day)
    offering = held_offering(desk.catalogue, *champion)
    return (Contender(CHAMPION, offering, scorecard), *_challengers(desk, lineup, champion, offering, scorecard, day))


def _challengers(
    desk: Desk, lineup: Lineup, champion: tuple[Revision, date], offering: Offering, scorecard: Scorecard, day: date
) -> Iterator[Contender]:
    for name in lineup.revisions:
        revision, since = _revision(desk, lineup.product, name, day)
        yield Contender(revision.slug, held_offering(desk.catalogue, revision, since), scorecard)
    for name, table in lineup.tariffs.items():
        revision = _with_tariff(desk, champion[0], name, table, champion[1])
        yield Contender(name, held_offering(desk.catalogue, revision, champion[1]), scorecard)
    for name, score in lineup.scorecards.items():
        yield Contender(name, offering, score)


def _revision(desk: Desk, product: str, name: str | None, day: date) -> tuple[Revision, date]:
    """A revision that stands alone under a slug of its own, and the day whose terms it is held to."""
    installed = desk.catalogue.offering(product, None).product
    if name is None:
        own = Revision(OWN_TERMS, product, None, installed.zh, installed.en, OWN_TERMS, day, installed.book)
        return own, day
    if is_id(name):
        content = desk.revision_content(name)
        if content.product != product:
            raise UnknownOffering("revision", name, tuple(installed.revisions))
        return alone(content, installed), max(day, content.effective_from)
    shipped = installed.revisions.get(name)
    if shipped is not None:
        return replace(shipped, slug=f"{name}-as-shipped"), day
    with desk.store.reading() as rows:
        held = in_force(approvals(rows.line(product, name)), day)
    if held is None:
        raise UnknownOffering("revision", name, tuple(installed.revisions))
    return alone(held.content, installed), day


def _with_tariff(desk: Desk, champion: Revision, name: str, table: object, day: date) -> Revision:
    change = {"value": table, "source": f"tariff {name}", "clause": name, "verified": False}
    content = content_from(
        {
            "product": champion.product,
            "slug": name,
            "title": {"zh": champion.zh, "en": champion.en},
            "source": f"tariff {name}",
            "effective_from": day.isoformat(),
            "changes": {"fee_tariff": change},
        }
    )
    product = desk.catalogue.offering(champion.product, None).product
    values: dict[str, Any] = {one.name: (one.dated,) for one in champion.book.used(day)}
    values |= changed_values(content, product)
    held = {key: tuple(replace(each, since=ALWAYS, until=None) for each in dated) for key, dated in values.items()}
    return replace(champion, slug=name, book=make_book(name, champion.book.terms, held))


def run_backtest(
    desk: Desk,
    lineup: Lineup,
    batches: Iterable[tuple[Applications, Realised]],
    scorecard: Scorecard,
    *,
    day: date,
    on: date,
    until: date,
    source: str,
) -> BacktestReport:
    """The report of a backtest: terms of ``day``, decided as of ``on``, outcomes observed up to ``until``."""
    found = backtest(batches, contenders(desk, lineup, scorecard, day=day), on=on, until=until)
    return backtest_report(found, source=source, day=day)
