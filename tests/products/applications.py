"""Hypothesis strategies for applications in their JSON form, made from the declarations of the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from products.applicant.choices import IpKind
from products.applicant.declared import Kind, Spread
from products.applicant.fields import Field
from products.applicant.identifiers import PATENT_KIND_DIGITS, patent_check_character, uscc_check_character
from products.applicant.layout import RECORD, Node

_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _fixed(number: int, scale: int) -> str:
    return f"{Decimal(number).scaleb(-scale):f}"


def uscc_codes() -> st.SearchStrategy[str]:
    """Well-formed unified social credit codes."""
    head = st.text(_CODE, min_size=2, max_size=2)
    division = st.text("0123456789", min_size=6, max_size=6)
    rest = st.text(_CODE, min_size=9, max_size=9)
    return st.tuples(head, division, rest).map("".join).map(lambda code: code + uscc_check_character(code))


def patent_numbers(kind: IpKind) -> st.SearchStrategy[str]:
    """Well-formed numbers of patents of that kind, with and without the dot."""
    digits = st.text("0123456789", min_size=11, max_size=11)
    whole = st.tuples(digits, st.sampled_from(PATENT_KIND_DIGITS[kind])).map(lambda d: d[0][:4] + d[1] + d[0][4:])
    return st.tuples(whole, st.sampled_from(["", "."])).map(lambda d: d[0] + d[1] + patent_check_character(d[0]))


def _texts(field: Field) -> st.SearchStrategy[str]:
    text = st.text("甲乙丙AZaz09-() ", min_size=1, max_size=field.maximum or 200)
    return text.filter(lambda drawn: drawn == drawn.strip())


_ENTRIES: dict[Kind, Callable[[Field], st.SearchStrategy[Any]]] = {
    Kind.AMOUNT: lambda field: st.integers((field.minimum or 0) * 100, 10**15).map(lambda fen: _fixed(fen, 2)),
    Kind.SHARE: lambda _: st.integers(0, 10**6).map(lambda ppm: _fixed(ppm, 6)),
    Kind.NUMBER: lambda field: st.integers((field.minimum or 0) * 10**6, 999_999_999 * 10**6).map(
        lambda millionths: _fixed(millionths, 6)
    ),
    Kind.COUNT: lambda field: st.integers(field.minimum or 0, field.maximum or 10**9),
    Kind.FLAG: lambda _: st.booleans(),
    Kind.DAY: lambda _: st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(date.isoformat),
    Kind.USCC: lambda _: uscc_codes(),
    Kind.REGION: lambda _: st.sampled_from(["110000", "510000", "350200", "659001"]),
    Kind.CHOICE: lambda field: st.sampled_from([str(choice) for choice in field.choices or ()]),
    Kind.TEXT: _texts,
}


def _value(field: Field) -> st.SearchStrategy[Any]:
    entry = _ENTRIES[field.kind](field)
    if field.spread is Spread.ONE:
        return entry if field.required else st.none() | entry
    least, most = field.entries
    return st.none() | st.lists(entry, min_size=least, max_size=most, unique=field.distinct)


def _group(node: Node) -> st.SearchStrategy[dict[str, Any]]:
    fields = {placed.path[-1]: _value(placed.field) for placed in node.fields}
    inner = {child.name: _top(child, 3) for child in node.inner}
    required = {name for name, placed in zip(fields, node.fields, strict=True) if placed.field.required}
    required |= {child.name for child in node.inner if child.required}
    strategies = fields | inner
    return st.fixed_dictionaries(
        {name: strategies[name] for name in strategies if name in required},
        optional={name: strategies[name] for name in strategies if name not in required},
    )


def _top(node: Node, most: int) -> st.SearchStrategy[Any]:
    group = _group(node)
    if node.listed:
        return st.none() | st.lists(group, max_size=most)
    return group if node.required else st.none() | group


def applications_at_random() -> st.SearchStrategy[dict[str, Any]]:
    """Every field within its own limits; fields that must agree with one another need not."""
    return _group(RECORD)


_PAIRS = (
    ("established_on", "operating_since"),
    ("valid_from", "valid_to"),
    ("current_assets", "total_assets"),
    ("inventory", "current_assets"),
    ("receivables", "total_assets"),
    ("current_liabilities", "total_liabilities"),
    ("interest_bearing_debt", "total_liabilities"),
    ("value", "scale"),
    ("filed_on", "granted_on"),
    ("filed_on", "annual_fee_paid_to"),
    ("granted_on", "expires_on"),
)


@st.composite
def consistent_applications(draw: st.DrawFn) -> dict[str, Any]:
    """Applications without a contradiction: of two facts that contradict each other the second is left out."""
    facts: dict[str, Any] = draw(applications_at_random())
    facts["request"]["applied_on"] = "2200-12-31"
    groups = [facts["enterprise"], facts.get("financials"), (facts.get("innovation") or {}).get("innovation_points")]
    groups += [*(facts.get("titles") or ()), *(facts.get("ip_assets") or ())]
    for group in filter(None, groups):
        for lower, upper in _PAIRS:
            if _contradict(group.get(lower), group.get(upper)):
                group[lower] = "0" if upper == "scale" else None
    assets = facts.get("ip_assets") or ()
    for place, asset in enumerate(assets):
        kind = IpKind[asset["kind"].upper()]
        asset["number"] = (
            draw(patent_numbers(kind)) if kind in PATENT_KIND_DIGITS else f"{place}-{asset['number'][:30].rstrip()}"
        )
    numbers = {(asset["kind"], asset["number"].replace(".", "")) for asset in assets}
    if len(numbers) != len(assets):
        facts["ip_assets"] = []
    return facts


def _contradict(lower: Any, upper: Any) -> bool:
    if lower is None or upper is None:
        return False
    if str(lower).count("-") == 2:
        return str(lower) > str(upper)
    return Decimal(lower) > Decimal(upper)
