"""Legal gates: what must hold before a draft goes out; see `templates.gates.table`."""

import templates.gates.authority
import templates.gates.clauses
import templates.gates.clean_file
import templates.gates.collateral
import templates.gates.consent
import templates.gates.contents
import templates.gates.damages
import templates.gates.guarantee
import templates.gates.pledge
import templates.gates.positions
import templates.gates.securing
import templates.gates.signing
import templates.gates.terms
import templates.gates.whole_set
import templates.gates.wording  # noqa: F401  # importing each module enters its checks
from templates.gates.table import (
    Gap,
    Gate,
    GateResult,
    Severity,
    Verdict,
    blocking,
    gates,
    run_gates,
    run_text_gates,
)

__all__ = ["Gap", "Gate", "GateResult", "Severity", "Verdict", "blocking", "gates", "run_gates", "run_text_gates"]
