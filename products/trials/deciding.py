"""One live decision inside a trial: the split says which revision decides, and the decision says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from products.applicant.reading import InvalidApplication
from products.applicant.record import Application
from products.explaining.answer import Decision, TrialAssignment
from products.headroom import ClientReservation, Held
from products.impact import side as columns_of_side
from products.kernel import Decisions
from products.registry import Catalogue
from products.trials.plan import Plan
from products.trials.split import Side, place, side
from products.underwriting import decided_beside, explained
from scoring import Scorecard


@dataclass(frozen=True, slots=True)
class RunningTrial:
    """A trial that splits applicants, under its id."""

    id: str
    plan: Plan

    def concerns(self, application: Application, on: date) -> bool:
        """Whether a decision on the day ``on`` belongs to the trial: product, revision asked for, and days."""
        request, plan = application.request, self.plan
        asked = (request.product, request.revision) == (plan.product, plan.champion)
        return asked and plan.starts_on <= request.applied_on and plan.starts_on <= on < plan.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a report compares of one decision: amounts in fen, the loan rate in ppm where one was priced."""

    outcome: str
    approved_fen: int
    loan_rate_ppm: int | None
    all_in_ppm: int | None
    fee_rate_ppm: int
    expected_loss_fen: int


def figures_of(decisions: Decisions, row: int, decision: Decision) -> Figures:
    """The figures of one row, ``decision`` being its explanation."""
    columns = columns_of_side(decisions)
    priced = decision.price is not None
    return Figures(
        outcome=decision.outcome.value,
        approved_fen=int(columns.approved[row]),
        loan_rate_ppm=int(columns.loan_rate[row]) if priced else None,
        all_in_ppm=int(columns.all_in[row]) if priced else None,
        fee_rate_ppm=int(columns.fee_rate[row]),
        expected_loss_fen=int(columns.expected_loss[:, row].sum()),
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """A decision made in a trial, its assignment (also in its evidence) and its figures."""

    decision: Decision
    assignment: TrialAssignment
    figures: Figures


def underwrite_in_trial(
    application: Application,
    trial: RunningTrial,
    *,
    organisation: str,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
    decision_id: str,
    reservations: Iterable[ClientReservation] = (),
) -> Tried:
    """Decide under the side that the applicant is on; the champion decides where the challenger has no terms.

    ``reservations`` and errors as in `underwriting.underwrite`.
    """
    at = place(organisation, trial.id, application.enterprise.uscc)
    its_side = side(at, trial.plan.share_ppm)
    some = tuple(reservations)
    (decisions, held), fell_back = _decided(application, trial.plan, its_side, catalogue, scorecard, on, some)
    assignment = TrialAssignment(
        trial=trial.id,
        slug=trial.plan.slug,
        plan_sha256=trial.plan.sha256,
        side=its_side,
        place_ppm=at,
        share_ppm=trial.plan.share_ppm,
        fell_back=fell_back,
    )
    decision = explained(application, decisions, decision_id, held)
    evidence = decision.evidence.model_copy(update={"trial": assignment})
    decision = decision.model_copy(update={"evidence": evidence})
    return Tried(decision, assignment, figures_of(decisions, 0, decision))


def _decided(
    application: Application,
    plan: Plan,
    its_side: Side,
    catalogue: Catalogue,
    scorecard: Scorecard,
    on: date,
    reservations: tuple[ClientReservation, ...],
) -> tuple[tuple[Decisions, Held], str]:
    if its_side is Side.CHALLENGER:
        request = application.request.model_copy(update={"revision": plan.challenger})
        asked = application.model_copy(update={"request": request})
        try:
            return decided_beside(asked, reservations, catalogue=catalogue, scorecard=scorecard, on=on), ""
        except InvalidApplication as unable:
            fell_back = unable.problems[0].message
    else:
        fell_back = ""
    return decided_beside(application, reservations, catalogue=catalogue, scorecard=scorecard, on=on), fell_back
