"""Where the clauses of a set stand against their fallback positions, and who agreed to depart from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates.case.particulars import AgreedPosition
from templates.case.record import ContractRecord
from templates.conditions import holds
from templates.library import Clause, FrontMatter
from templates.markup import ParagraphSource, Segment
from templates.positions import Position, Stance
from templates.report import PRETTY
from templates.writing.html import stylesheet

STANCES: Final[Mapping[Stance, str]] = {
    Stance.PREFERRED: "首选 preferred",
    Stance.ACCEPTABLE: "可接受 acceptable",
    Stance.WALK_AWAY: "不得签约 walk away",
}
_NAME: Final = re.compile(r"\{\{ ([a-z_.]+) \}\}")


@dataclass(frozen=True, slots=True)
class AgreedDeviation:
    """A clause drawn at an acceptable position, with who agreed to it and why."""

    clause: str
    version: str
    position: Position
    by: str
    reason: str

    def plain(self) -> dict[str, str]:
        """The deviation as data."""
        return {
            "clause": self.clause,
            "version": self.version,
            "position": self.position.id,
            "stance": self.position.stance.value,
            "title": self.position.title,
            "by": self.by,
            "reason": self.reason,
        }


def standing(record: ContractRecord, front: FrontMatter) -> Position | None:
    """The position that the figures and choices of the case put the clause in; None if none speaks of them."""
    facts = record.facts()
    return next((each for each in front.positions if each.when is not None and holds(each.when, facts)), None)


def agreed_deviations(record: ContractRecord, fronts: Iterable[FrontMatter]) -> tuple[AgreedDeviation, ...]:
    """What the particulars agree to, clause by clause, among the clauses drawn."""
    drawn = {front.id: front for front in reversed(tuple(fronts))}
    return tuple(
        AgreedDeviation(front.id, front.version, position, agreed.by, agreed.reason)
        for agreed in record.particulars.positions
        if (front := drawn.get(agreed.clause)) is not None
        and (position := front.position(agreed.position)) is not None
        and position.stance is Stance.ACCEPTABLE
    )


def sheet_json(record: ContractRecord, clauses: Iterable[Clause]) -> bytes:
    """The negotiation sheet as data."""
    fronts = [clause.front for clause in clauses]
    sheet = {
        "number": record.particulars.loan.number,
        "deviations": [each.plain() for each in agreed_deviations(record, fronts)],
        "clauses": [_entry(record, front) for front in _negotiable(fronts)],
    }
    return orjson.dumps(sheet, option=PRETTY)


def sheet_html(record: ContractRecord, clauses: Iterable[Clause]) -> bytes:
    """The negotiation sheet as one page for the bank's own use."""
    clauses = tuple(clauses)
    fronts = [clause.front for clause in clauses]
    read = {(clause.front.id, clause.front.language.value): _readable(clause) for clause in clauses}
    page = _PAGE.render(
        number=record.particulars.loan.number,
        css=stylesheet(),
        deviations=[each.plain() for each in agreed_deviations(record, fronts)],
        clauses=[
            _entry(record, front) | {"wordings": read[front.id, front.language.value]} for front in _negotiable(fronts)
        ],
        stances={stance.value: words for stance, words in STANCES.items()},
    )
    return page.encode()


def _readable(clause: Clause) -> dict[str, list[str]]:
    """The paragraphs of each acceptable wording, with names in brackets where facts and references stand."""
    return {
        name: ["".join(map(_plain, block.segments)) for block in blocks if isinstance(block, ParagraphSource)]
        for name, blocks in clause.alternatives.items()
    }


def _plain(segment: Segment) -> str:
    return f"【{segment.target}】" if segment.target is not None else _NAME.sub(r"【\1】", segment.source)


def _negotiable(fronts: Iterable[FrontMatter]) -> Iterator[FrontMatter]:
    seen: set[tuple[str, str]] = set()
    for front in fronts:
        key = (front.id, front.language.value)
        if front.positions and key not in seen:
            seen.add(key)
            yield front


def _entry(record: ContractRecord, front: FrontMatter) -> dict[str, object]:
    agreed: AgreedPosition | None = next(
        (each for each in record.particulars.positions if each.clause == front.id), None
    )
    by_figures = standing(record, front)
    taken = agreed.position if agreed is not None else by_figures.id if by_figures is not None else ""
    preferred = next(each.id for each in front.positions if each.stance is Stance.PREFERRED)
    return {
        "id": front.id,
        "version": front.version,
        "language": front.language.value,
        "title": front.title,
        "owner": front.owner,
        "taken": taken or preferred,
        "positions": [each.model_dump(mode="json") for each in front.positions],
    }


_PAGE: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True).from_string(
    """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>谈判底线表 {{ number }}</title>
<style>
{{ css }}</style>
</head>
<body>
<main>
<h1>谈判底线表 Negotiation sheet</h1>
<p class="number">{{ number }}</p>
<p class="line">内部使用，不得提供给对方 For the bank's own use</p>
{%- if deviations %}
<h2>偏离清单 Deviations</h2>
<table>
<thead><tr><th>条款</th><th>立场</th><th>同意人</th><th>理由</th></tr></thead>
<tbody>
{%- for row in deviations %}
<tr><td>{{ row.clause }} {{ row.version }}</td><td>{{ row.title }}</td><td>{{ row.by }}</td>
<td>{{ row.reason }}</td></tr>
{%- endfor %}
</tbody>
</table>
{%- endif %}
{%- for clause in clauses %}
<h2>{{ clause.title }}（{{ clause.id }} {{ clause.version }} {{ clause.language }}）</h2>
<table>
<colgroup><col style="width:20%"><col style="width:25%"><col style="width:55%"></colgroup>
<tbody>
{%- for position in clause.positions %}
<tr><td>{{ stances[position.stance] }}
{%- if position.id == clause.taken %}<br><strong>本次采用 taken</strong>{% endif %}</td>
<td>{{ position.title }}</td><td>{{ position.guidance }}
{%- for line in clause.wordings.get(position.id, ()) %}<br>{{ line }}{% endfor %}</td></tr>
{%- endfor %}
</tbody>
</table>
{%- endfor %}
</main>
</body>
</html>
"""
)
