"""Contracts: from an approved decision and the parties' particulars to a set of drafts; see docs/contracts.md."""

from templates.capital import BadCapitalAmount, capital_amount, parse_capital_amount
from templates.case.particulars import Particulars
from templates.contract_set import ContractFile, ContractSet, Format, Output, Printer
from templates.drafting import DraftRefused, draft
from templates.gates import Gap, Gate, GateResult, Severity, Verdict, gates
from templates.wording import Bilingual, Language, Layout
from templates.writing.fonts import MissingGlyphs

__all__ = [
    "BadCapitalAmount",
    "Bilingual",
    "ContractFile",
    "ContractSet",
    "DraftRefused",
    "Format",
    "Gap",
    "Gate",
    "GateResult",
    "Language",
    "Layout",
    "MissingGlyphs",
    "Output",
    "Particulars",
    "Printer",
    "Severity",
    "Verdict",
    "capital_amount",
    "draft",
    "gates",
    "parse_capital_amount",
]
