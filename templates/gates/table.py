"""The table of gates and how they are run.

A gate is a line of ``gates.yaml`` (number, severity, articles, the day as of which they were read, the facts used,
the sentence shown) and a function of the record that yields what falls short. A gate that rests only on sources
nobody has read warns and never blocks. A warning can be let pass by a named person with a reason, a block cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, model_validator

from templates.case.record import ContractRecord
from templates.conditions import holds
from templates.finished import Finished
from templates.positions import Condition
from templates.yaml_files import load_yaml


class Severity(StrEnum):
    """What a gate that is not passed does to the draft."""

    BLOCK = "block"
    WARN = "warn"


class Verdict(StrEnum):
    """The outcome of one gate."""

    PASSED = "passed"
    FAILED = "failed"
    OVERRIDDEN = "overridden"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a check found wanting: the field, what is wrong with it, and what mends it; ``zh`` says both in Chinese."""

    field: str
    problem: str
    remedy: str
    zh: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A shortfall with the gate and the articles it offends."""

    gate: str
    severity: Severity
    article: str
    field: str
    problem: str
    remedy: str
    zh: str

    def __str__(self) -> str:
        return f"{self.field} {self.problem} ({self.article}); {self.remedy}."


class Certainty(StrEnum):
    """How sure a source is: read in the text itself, read where another quotes it, not read."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    MEMORY = "memory"


class Source(BaseModel):
    """An article a gate rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instrument: str
    article: str
    certainty: Certainty

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}"


class Sentence(BaseModel):
    """A sentence in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class Gate(BaseModel):
    """One line of the table; ``otherwise`` says why where the gate does not apply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    number: int
    severity: Severity
    zh: str
    en: str
    as_of: date
    sources: tuple[Source, ...]
    applies_when: Condition = "True"
    otherwise: Sentence | None = None
    facts: tuple[str, ...]

    @model_validator(mode="after")
    def _memory_only_warns(self) -> Gate:
        if self.severity is Severity.BLOCK and all(one.certainty is Certainty.MEMORY for one in self.sources):
            raise ValueError(f"Gate {self.id} blocks on sources nobody has read; let it warn, or verify a source.")
        return self

    @property
    def article(self) -> str:
        """The articles as one text."""
        return "；".join(map(str, self.sources))


@dataclass(frozen=True, slots=True)
class GateResult:
    """What came of one gate."""

    gate: Gate
    verdict: Verdict
    gaps: tuple[Gap, ...]
    overridden_by: str = ""
    reason: str = ""


Check = Callable[[ContractRecord], Iterator[Shortfall]]
TextCheck = Callable[[Finished], Iterator[Shortfall]]
_CHECKS: Final[dict[str, Check]] = {}
_TEXT_CHECKS: Final[dict[str, TextCheck]] = {}


def check(gate: str) -> Callable[[Check], Check]:
    """Enter a function into the table under the gate's id."""

    def enter(function: Check) -> Check:
        if gate in _CHECKS:
            raise ValueError(f"Gate {gate} has two checks; keep one.")
        _CHECKS[gate] = function
        return function

    return enter


def text_check(gate: str) -> Callable[[TextCheck], TextCheck]:
    """Enter a function of the finished documents into the table under the gate's id."""

    def enter(function: TextCheck) -> TextCheck:
        if gate in _CHECKS or gate in _TEXT_CHECKS:
            raise ValueError(f"Gate {gate} has two checks; keep one.")
        _TEXT_CHECKS[gate] = function
        return function

    return enter


@cache
def gates() -> tuple[Gate, ...]:
    """The gates by number; ValueError if the table and the checks do not match one to one."""
    lines = load_yaml((Path(__file__).parent / "gates.yaml").read_text(encoding="utf-8"))
    found = sorted((Gate.model_validate(line) for line in lines), key=lambda gate: gate.number)
    odd = {gate.id for gate in found} ^ (set(_CHECKS) | set(_TEXT_CHECKS))
    if odd:
        raise ValueError(f"gates.yaml and the checks disagree about {', '.join(sorted(odd))}; each gate needs both.")
    return tuple(found)


def run_gates(record: ContractRecord) -> tuple[GateResult, ...]:
    """The results of the gates on the record, before anything is drawn, in the order of the table."""
    return tuple(_result(gate, record, _CHECKS[gate.id](record)) for gate in gates() if gate.id in _CHECKS)


def run_text_gates(finished: Finished) -> tuple[GateResult, ...]:
    """The results of the gates on the finished documents, in the order of the table."""
    record = finished.record
    return tuple(_result(gate, record, _TEXT_CHECKS[gate.id](finished)) for gate in gates() if gate.id in _TEXT_CHECKS)


OR_NAMED: Final = ", or name who lets it pass and why"
OR_NAMED_ZH: Final = "或注明放行人和理由"
"""What else mends a shortfall, unless the gate blocks, where nobody may let it pass."""


def _gap(gate: Gate, short: Shortfall) -> Gap:
    """The shortfall at its gate; the way round it is offered only where there is one."""
    remedy, chinese = short.remedy, short.zh
    if gate.severity is Severity.BLOCK:
        remedy, chinese = remedy.replace(OR_NAMED, ""), chinese.replace(OR_NAMED_ZH, "")
    return Gap(gate.id, gate.severity, gate.article, short.field, short.problem, remedy, chinese)


def _result(gate: Gate, record: ContractRecord, shortfalls: Iterator[Shortfall]) -> GateResult:
    if not holds(gate.applies_when, record.facts()):
        return GateResult(gate, Verdict.NOT_APPLICABLE, ())
    gaps = tuple(_gap(gate, short) for short in shortfalls)
    override = next((one for one in record.particulars.overrides if one.gate == gate.id), None)
    if gaps and override is not None and gate.severity is Severity.WARN:
        return GateResult(gate, Verdict.OVERRIDDEN, gaps, override.by, override.reason)
    return GateResult(gate, Verdict.FAILED if gaps else Verdict.PASSED, gaps)


def blocking(results: Sequence[GateResult]) -> tuple[Gap, ...]:
    """The gaps of all blocking gates that failed."""
    return tuple(
        gap
        for result in results
        if result.verdict is Verdict.FAILED and result.gate.severity is Severity.BLOCK
        for gap in result.gaps
    )


def missing(field: str, english: str, chinese: str) -> Shortfall:
    """The shortfall of a fact that is not there."""
    return Shortfall(field, f"is missing: {english}", f"state it in {field}", f"缺少{chinese}，请在{field}中填写。")
