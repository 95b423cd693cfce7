"""One row of a batch as the public decision: everything is read out of the columns, nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import numpy as np

from products.applicant.choices import TitleKind
from products.applicant.layout import CHILDREN, EPOCH, OWNER_COLUMN, RECORD
from products.applications import Children
from products.case import Case
from products.columns import MET, UNKNOWN
from products.explaining import answer
from products.explaining.explained_collateral import collateral_of
from products.explaining.explained_price import price_of
from products.explaining.sentences import Wording, parameter, wording
from products.fees import charged_rate
from products.kernel import CAPITAL, Decisions, Part
from products.money import fraction, yuan
from products.parameters import Book
from products.pricing import invoked
from products.rules import APPROVE, DECLINE, REFER, Rule
from products.subsidies.granted import terms_in_force
from products.terms import LoanTerms
from products.vocabulary import BANDS, PARTIES, SIZES, TIERS, TITLES, Tier
from scoring import Reason

_OUTCOMES: Final = {
    APPROVE: answer.Outcome.APPROVE,
    REFER: answer.Outcome.REFER,
    DECLINE: answer.Outcome.DECLINE,
}

_KINDS: Final = tuple(TitleKind)
_TIERS: Final = tuple(Tier)

_PATHS: Final[Mapping[str, Mapping[str, str]]] = {
    node.name: {column: ".".join(placed.path) for placed in node.everything() for column in placed.columns}
    | {OWNER_COLUMN: f"{node.name}.owner"}
    for node in RECORD.inner
    if node.listed
} | {
    "": {
        column: ".".join(placed.path)
        for node in RECORD.inner
        if not node.listed
        for placed in node.everything()
        for column in placed.columns
    }
    | {f"{name}_count": name for name in CHILDREN}
}


def explain(
    decisions: Decisions,
    row: int,
    *,
    decision_id: str,
    digests: Mapping[str, str],
    applicant: answer.Applicant | None = None,
) -> answer.Decision:
    """The decision on one application, complete with findings, sources and evidence.

    ``digests`` are added to those of books and model, for what the caller holds (the application's own, say), as is the
    ``applicant``, whose name is no column.
    """
    part, at = decisions.locate(row)
    offering, case = decisions.offering, part.case
    words = wording(offering, part.applied_on)
    return answer.Decision(
        id=decision_id,
        outcome=_OUTCOMES[int(part.outcome[at])],
        applicant=applicant,
        product=offering.product.slug,
        revision=offering.revision and offering.revision.slug,
        programme=offering.programme.slug,
        applied_on=_day(int(case.app.applied_on.values[at])),
        decided_on=decisions.on,
        amount=_amount(decisions, part, at, words),
        score=_score(decisions, case, at),
        cover=_cover(case, at),
        fee=_fee(decisions, case, at),
        price=price_of(case, at) if case.considered[at] > 0 else None,
        collateral=collateral_of(offering, case, at),
        findings=_findings(decisions, part, at, words),
        conditions=_conditions(decisions, case, at, words),
        evidence=_evidence(decisions, case, words, digests),
    )


def _day(days: int) -> date:
    return date.fromordinal(days + EPOCH)


def _amount(decisions: Decisions, part: Part, at: int, words: Wording) -> answer.Amount:
    case = part.case
    formulas = decisions.offering.product.limits
    limits = []
    for formula in formulas:
        column = case.limits[formula.name]
        known = column.known is None or bool(column.known[at])
        limits.append(
            answer.Limit(
                name=formula.name,
                amount=yuan(int(column.values[at])) if known else None,
                zh=formula.zh,
                en=formula.en,
                clause=words.fill(formula.clause),
            )
        )
    considered = yuan(int(case.considered[at]))
    return answer.Amount(
        requested=yuan(int(case.app.amount.values[at])),
        considered=considered,
        approved=considered if part.outcome[at] == APPROVE else Decimal("0.00"),
        bound_by=formulas[int(case.bound_by[at])].name,
        limits=tuple(limits),
    )


def _score(decisions: Decisions, case: Case[Any], at: int) -> answer.Score:
    scorecard = decisions.scorecard
    reasons = scorecard.reasons(case.score, at)
    return answer.Score(
        points=_points(int(case.score.points[at])),
        band=scorecard.bands[int(case.score.band[at])].name,
        default_probability=fraction(int(case.score.default_probability_ppm[at])),
        base_points=_points(scorecard.base),
        reasons=tuple([_reason(one) for one in reasons]),
        synthetic=scorecard.synthetic,
    )


@lru_cache(maxsize=16_384)
def _reason(one: Reason) -> answer.Reason:
    """A reason in its public form; tables have few values, so most are met again."""
    return answer.Reason(feature=one.name, points=_points(one.contribution), zh=one.zh, en=one.en)


def _points(hundredths: int) -> Decimal:
    return Decimal(int(hundredths)).scaleb(-2)


def _cover(case: Case[Any], at: int) -> answer.Cover:
    shares = case.shares
    parties = tuple(
        answer.PartyShare(
            party=answer.Party(party),
            share=fraction(int(shares.ppm[at, column])),
            amount=yuan(int(shares.fen[at, column])),
        )
        for column, party in enumerate(PARTIES)
        if shares.ppm[at, column]
    )
    title = int(case.standing.title[at])
    size = case.standing.size
    known = size.known is None or bool(size.known[at])
    return answer.Cover(
        tier=TIERS[int(case.standing.tier[at])],
        title=TITLES[title] if title >= 0 else None,
        enterprise_size=SIZES[int(size.values[at])] if known else None,
        parties=parties,
        ceded=_ceded(case, at),
        reguarantee_rate=fraction(int(shares.reguarantee_rate_ppm[at])),
        reguarantee_fee=yuan(int(shares.reguarantee_fee[at])),
    )


def _ceded(case: Case[Any], at: int) -> tuple[answer.CededShare, ...]:
    share = int(case.shares.ceded_ppm[at])
    if not share:
        return ()
    amount = yuan(int(case.shares.ceded_fen[at]))
    province, fund = answer.Party.PROVINCE, answer.Party.FUND
    return (answer.CededShare(ceded_by=province, taken_by=fund, share=fraction(share), amount=amount),)


def _percent(ppm: int) -> str:
    return f"{(fraction(ppm) * 100).normalize():f} %"


def _fee(decisions: Decisions, case: Case[Any], at: int) -> answer.Fee:
    tier, band = int(case.fees.tier[at]), int(case.fees.band[at])
    rate, tariff = int(case.fees.rate_ppm[at]), int(case.fees.tariff_ppm[at])
    chosen = _TIERS[tier]
    en = f"Tariff for {chosen.en} and score band {BANDS[band]}: {_percent(tariff)}"
    zh = f"费率表：{chosen.zh}、评分{BANDS[band]}级，{_percent(tariff)}"
    if decisions.offering.product.secured and case.terms.fee_secured_discount:
        discount = _percent(case.terms.fee_secured_discount)
        en, zh = f"{en}, less {discount} because assets are pledged", f"{zh}；有质押，优惠{discount}"
    if rate < tariff - (case.terms.fee_secured_discount if decisions.offering.product.secured else 0):
        en, zh = f"{en}, held at the ceiling of {_percent(rate)}", f"{zh}；不超过上限{_percent(rate)}"
    return answer.Fee(
        tier=f"{TIERS[tier]}/{BANDS[band]}",
        rate=fraction(rate),
        amount=yuan(int(case.fees.amount[at])),
        why=f"{en}.",
        why_zh=f"{zh}。",
        next_tier=_next_tier(decisions, case, at),
    )


def _next_tier(decisions: Decisions, case: Case[Any], at: int) -> answer.Tier | None:
    """The cheaper cell of the tariff that is nearest in price, by a better band or by a better title alone."""
    tier, band = int(case.fees.tier[at]), int(case.fees.band[at])
    secured = decisions.offering.product.secured
    rates = charged_rate(case.terms.fee_tariff, case.terms, case.programme, secured=secured)
    cheaper = [(int(rates[tier, other]), tier, other) for other in range(band)]
    cheaper += [(int(rates[other, band]), other, band) for other in range(tier) if _title_for(case, other)]
    cheaper = [cell for cell in cheaper if cell[0] < int(case.fees.rate_ppm[at])]
    if not cheaper:
        return None
    rate, to_tier, to_band = max(cheaper, key=lambda cell: (cell[0], cell[1], cell[2]))
    en, zh = _what_it_takes(decisions, case, at, to_tier, to_band)
    return answer.Tier(tier=f"{TIERS[to_tier]}/{BANDS[to_band]}", rate=fraction(rate), needs=en, needs_zh=zh)


def _title_for(case: Case[Any], tier: int) -> list[TitleKind]:
    return [_KINDS[place] for place in np.flatnonzero(case.programme.class_tier == tier + 1).tolist()]


def _what_it_takes(decisions: Decisions, case: Case[Any], at: int, to_tier: int, to_band: int) -> tuple[str, str]:
    if to_tier != int(case.fees.tier[at]):
        titles = _title_for(case, to_tier)
        either, any_of = " or ".join(kind.en for kind in titles), "或".join(kind.zh for kind in titles)
        return f"A valid certificate as {either}.", f"取得有效资质：{any_of}。"
    threshold = decisions.scorecard.bands[to_band].at_least
    more = _points(threshold - int(case.score.points[at]))
    name = BANDS[to_band]
    return (
        f"A score of at least {_points(threshold)} points (band {name}), {more} more than now.",
        f"评分达到{_points(threshold)}分（{name}级），尚差{more}分。",
    )


def _findings(decisions: Decisions, part: Part, at: int, words: Wording) -> tuple[answer.Finding, ...]:
    found = []
    for rule, fixed, answers in zip(decisions.offering.rules, words.findings, part.answers[:, at], strict=True):
        finding = fixed[int(answers)]
        if answers == UNKNOWN and rule.reads:
            finding = _lacking(finding, _missing(rule, part.case, at))
        found.append(finding)
    return tuple(found)


@lru_cache(maxsize=4_096)
def _lacking(finding: answer.Finding, missing: tuple[str, ...]) -> answer.Finding:
    return finding.model_copy(update={"missing": missing})


def _missing(rule: Rule, case: Case[Any], at: int) -> tuple[str, ...]:
    missing = []
    for name in rule.reads:
        group, _, column = name.rpartition(".")
        if not group:
            known = case.app.columns[column].known
            missing += [_PATHS[""][column]] if known is not None and not known[at] else []
        else:
            missing += _missing_children(case.app.children[group], group, column, at)
    return tuple(dict.fromkeys(missing))


def _missing_children(children: Children, group: str, column: str, at: int) -> list[str]:
    mine = np.flatnonzero(children.parent == at)
    known = children.columns[column].known
    if not len(mine):
        return [group]
    path = _PATHS[group][column].removeprefix(f"{group}.")
    return [] if known is None else [f"{group}[{i}].{path}" for i, row in enumerate(mine) if not known[row]]


def _conditions(decisions: Decisions, case: Case[Any], at: int, words: Wording) -> tuple[answer.Condition, ...]:
    return tuple(
        said
        for condition, said in zip(decisions.offering.conditions, words.conditions, strict=True)
        if condition.applies(case).answers[at] == MET
    )


def _evidence(decisions: Decisions, case: Case[Any], words: Wording, digests: Mapping[str, str]) -> answer.Evidence:
    offering, scorecard = decisions.offering, decisions.scorecard
    consulted = _consulted(decisions, case.terms)
    market = tuple(each for book in consulted for each in _shown(book, decisions.on))
    return answer.Evidence(
        product=offering.product.slug,
        revision=offering.revision and offering.revision.slug,
        programme=offering.programme.slug,
        model=scorecard.model_id,
        parameters=(*words.parameters, *market),
        digests={
            "product_terms": offering.book.digest,
            "programme_terms": offering.programme.book.digest,
            "market": decisions.market.digest,
            "model": scorecard.digest,
            **{book.name: book.digest for book in consulted[1:]},
            **{book.name: book.digest for book in (*offering.programme.law, *offering.product.law)},
            **digests,
        },
    )


@lru_cache(maxsize=1_024)
def _shown(book: Book[Any], on: date) -> tuple[answer.Parameter, ...]:
    """The values of a book in force on a day as evidence."""
    return tuple(parameter(book.name, used) for used in book.used(on))


def _consulted(decisions: Decisions, terms: LoanTerms) -> tuple[Book[Any], ...]:
    """Books of the day of decision: the market's, those of the capital method in use, the subsidies' in force."""
    subsidies = (one.book for one in invoked(terms) if terms_in_force(one, decisions.on) is not None)
    return (decisions.market, *CAPITAL.used_by(terms.capital_method), *subsidies)
