"""The gate report of a set: every gate with its verdict, articles, facts and gaps, as data and as a page."""

from __future__ import annotations

from collections import Counter
from typing import Final

import orjson
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates.case.record import ContractRecord
from templates.gates import GateResult, Verdict
from templates.gates.facts import fact_values
from templates.writing.html import stylesheet

JSON_TYPE: Final = "application/json"
PRETTY: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
"""How data for people is laid out: sorted, indented, ending in a line break."""
_WORDS: Final = {
    Verdict.PASSED: "通过 passed",
    Verdict.FAILED: "未通过 failed",
    Verdict.OVERRIDDEN: "放行 overridden",
    Verdict.NOT_APPLICABLE: "不适用 not applicable",
}
_PAGE: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True).from_string(
    """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>合规审查报告 {{ number }}</title>
<style>
{{ css }}</style>
</head>
<body>
<main>
<h1>合规审查报告 Gate report</h1>
<p class="number">{{ number }}</p>
<p class="line">{{ summary }}</p>
<table>
<colgroup><col style="width:6%"><col style="width:44%"><col style="width:30%"><col style="width:20%"></colgroup>
<thead><tr><th>序号</th><th>审查事项</th><th>依据</th><th>结论</th></tr></thead>
<tbody>
{%- for row in rows %}
<tr><td class="center">{{ row.number }}</td><td>{{ row.zh }}<br>{{ row.en }}
{%- for gap in row.gaps %}<br><strong>{{ gap.zh }}</strong> {{ gap.en }}{% endfor %}
{%- if row.otherwise %}<br>{{ row.otherwise }}{% endif %}
{%- if row.override %}<br>{{ row.override }}{% endif %}</td><td>{{ row.article }}（{{ row.as_of }}）</td>
<td>{{ row.verdict }}</td></tr>
{%- endfor %}
</tbody>
</table>
</main>
</body>
</html>
"""
)


def gate_entry(result: GateResult) -> dict[str, object]:
    """One gate's result as data."""
    gate = result.gate
    return {
        "id": gate.id,
        "number": gate.number,
        "severity": gate.severity.value,
        "verdict": result.verdict.value,
        "zh": gate.zh,
        "en": gate.en,
        "article": gate.article,
        "as_of": gate.as_of.isoformat(),
        "facts": list(gate.facts),
        "gaps": [
            {"field": gap.field, "problem": gap.problem, "remedy": gap.remedy, "zh": gap.zh} for gap in result.gaps
        ],
        "otherwise": _otherwise(result),
        "overridden_by": result.overridden_by,
        "reason": result.reason,
    }


def _otherwise(result: GateResult) -> str:
    """Why the gate does not apply, where its table says so."""
    why = result.gate.otherwise
    return f"{why.zh} {why.en}" if why is not None and result.verdict is Verdict.NOT_APPLICABLE else ""


def report_json(number: str, results: tuple[GateResult, ...], record: ContractRecord) -> bytes:
    """The report as JSON, with the value of every fact that a gate used."""
    gates = [gate_entry(one) | {"facts": fact_values(record, one.gate.facts)} for one in results]
    return orjson.dumps({"number": number, "gates": gates}, option=PRETTY)


def report_html(number: str, results: tuple[GateResult, ...]) -> bytes:
    """The report as one page in the style of the contracts."""
    counts = Counter(result.verdict for result in results)
    rows = [
        {
            "number": str(result.gate.number),
            "zh": result.gate.zh,
            "en": result.gate.en,
            "article": result.gate.article,
            "as_of": result.gate.as_of.isoformat(),
            "verdict": _WORDS[result.verdict],
            "gaps": [{"zh": gap.zh, "en": str(gap)} for gap in result.gaps],
            "otherwise": _otherwise(result),
            "override": f"{result.overridden_by}：{result.reason}" if result.overridden_by else "",
        }
        for result in results
    ]
    summary = "；".join(f"{_WORDS[verdict]} {counts[verdict]}" for verdict in Verdict)
    return _PAGE.render(number=number, css=stylesheet(), rows=rows, summary=summary).encode()
