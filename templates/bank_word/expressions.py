"""Checking the expressions in a template's tags on their syntax tree; nothing is run or compiled.

An expression names facts, cells of a row and what a loop tells of itself; it may compare, combine conditions, choose
between two values and use a filter of the list. Texts are compared with texts and numbers with numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from templates.bank_word.sandbox import FILTERS, LOOP

GREATEST_TAG: Final = 200
"""Characters of the longest tag."""
GREATEST_NESTING: Final = 10
"""Brackets that one tag may open."""
_SYNTAX: Final = Environment(autoescape=True)
_ORDERED: Final = frozenset({"lt", "lteq", "gt", "gteq"})
_FORBIDDEN: Final[Mapping[type[nodes.Expr], str]] = {
    nodes.Call: "calls something",
    nodes.Test: "contains a test with is",
    nodes.BinExpr: "calculates",
    nodes.UnaryExpr: "calculates",
    nodes.Concat: "joins texts",
    nodes.Slice: "takes a part of a text or list",
    nodes.Literal: "contains a value that is no text or whole number",
}


class Kind(StrEnum):
    """What an expression stands for, as sentences call it."""

    TEXT = "a text"
    NUMBER = "a number"
    FLAG = "a condition"
    ROWS = "a list of rows"
    ROW = "a row"
    BLOCK = "a block"


_CONSTANTS: Final = {bool: Kind.FLAG, int: Kind.NUMBER, str: Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Value:
    """The kind of a value; rows and a row have names for their cells."""

    kind: Kind
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """``for variable in table``."""

    variable: str
    table: str
    condition: nodes.Expr | None
    columns: tuple[str, ...] = ()


class BadExpression(ValueError):
    """An expression that is not understood: the text concerned, what is wrong, what mends it."""

    def __init__(self, text: str, problem: str, remedy: str) -> None:
        super().__init__(f"{text!r} {problem}; {remedy}.")
        self.text, self.problem, self.remedy = text, problem, remedy


def condition(source: str, tag: str) -> nodes.Expr:
    """What stands after ``if``; BadExpression if it does not parse."""
    (found,) = _parsed(f"{{% if {source} %}}{{% endif %}}", source, tag)
    if not isinstance(found, nodes.If):
        raise _unread(tag)
    return _expr(found.test)


def output(source: str, tag: str) -> nodes.Expr:
    """The expression between double braces; BadExpression if it does not parse."""
    (found,) = _parsed(f"{{{{ {source} }}}}", source, tag)
    if not isinstance(found, nodes.Output) or len(found.nodes) != 1:
        raise _unread(tag)
    return found.nodes[0]


def loop_of(source: str, tag: str) -> Loop:
    """What stands after ``for``; BadExpression for anything but one name in one table."""
    (found,) = _parsed(f"{{% for {source} %}}{{% endfor %}}", source, tag)
    table = dotted(found.iter) if isinstance(found, nodes.For) else None
    if not isinstance(found, nodes.For) or not isinstance(found.target, nodes.Name) or table is None or found.recursive:
        raise BadExpression(tag, "loops over something that is no table", "write {% for row in plan %}")
    return Loop(found.target.name, table, None if found.test is None else _expr(found.test))


def _parsed(template: str, source: str, tag: str) -> list[nodes.Node]:
    if "__" in source:
        raise BadExpression(tag, "contains __, which reaches behind the facts", "name facts only")
    if len(source) > GREATEST_TAG or sum(map(source.count, "([")) > GREATEST_NESTING:
        remedy = f"write at most {GREATEST_TAG} characters and {GREATEST_NESTING} brackets"
        raise BadExpression(tag, "is too long", remedy)
    try:
        body = _SYNTAX.parse(template).body
    except TemplateSyntaxError as error:
        raise BadExpression(tag, f"does not parse ({error.message})", "mend the tag") from None
    if len(body) != 1:
        raise _unread(tag)
    return body


def _expr(node: nodes.Node) -> nodes.Expr:
    if not isinstance(node, nodes.Expr):
        raise TypeError(f"{type(node).__name__} is no expression.")
    return node


def _unread(tag: str) -> BadExpression:
    return BadExpression(tag, "is no single expression", "mend the tag")


def dotted(node: nodes.Node) -> str | None:
    """The dotted name that a node is, if it is one."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=inner, attr=attribute):
            before = dotted(inner)
            return None if before is None else f"{before}.{attribute}"
        case _:
            return None


def outputs(node: nodes.Expr) -> Iterator[str]:
    """The names whose values an output states whatever the case."""
    match node:
        case nodes.Filter(node=nodes.Expr() as inner, name=name) if name != "length":
            yield from outputs(inner)
        case nodes.CondExpr(expr1=one, expr2=nodes.Expr() as other):
            yield from set(outputs(one)) & set(outputs(other))
        case nodes.Getitem(node=inner):
            yield from outputs(inner)
        case _:
            named = dotted(node)
            if named is not None:
                yield named


class Scope:
    """The names that stand for something at a place: the facts, and the variables of the loops around it."""

    def __init__(self, facts: Mapping[str, Value], loops: tuple[Loop, ...]) -> None:
        self._facts = facts
        self._rows = {loop.variable: loop.columns for loop in loops}
        own = {f"{loop.variable}.{column}": Value(Kind.TEXT) for loop in loops for column in loop.columns}
        told = {f"loop.{name}": Value(Kind.FLAG if name in ("first", "last") else Kind.NUMBER) for name in LOOP}
        self._names = {**facts, **own, **(told if loops else {})}

    def value(self, node: nodes.Node, tag: str) -> Value:
        """What an expression stands for; BadExpression names what is not understood."""
        match node:
            case nodes.Name() | nodes.Getattr():
                found = self._named(node, tag)
            case nodes.Getitem():
                found = self._cell(node, tag)
            case nodes.Filter():
                found = self._filtered(node, tag)
            case nodes.Const(value=bool() | int() | str() as constant):
                found = Value(_CONSTANTS[type(constant)])
            case _:
                found = self._combined(node, tag)
        return found

    def _combined(self, node: nodes.Node, tag: str) -> Value:
        match node:
            case nodes.Not(node=inner):
                self.value(inner, tag)
                found = Value(Kind.FLAG)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                found = self._either(left, right, tag)
            case nodes.CondExpr(test=test, expr1=one, expr2=nodes.Expr() as other):
                self.value(test, tag)
                found = self._either(one, other, tag)
            case nodes.Compare(expr=left, ops=operands):
                found = self._compared(left, operands, tag)
            case _:
                raise BadExpression(tag, _forbidden(node), "name facts, compare them, or use a filter of the list")
        return found

    def _named(self, node: nodes.Node, tag: str) -> Value:
        name = dotted(node)
        if name is None:
            raise BadExpression(tag, "takes a part of something that has none", "name facts only")
        if name in self._rows:
            return Value(Kind.ROW, self._rows[name])
        if name in self._names:
            return self._names[name]
        inside = sorted(known for known in self._names if known.startswith(f"{name}."))
        near = inside or get_close_matches(name, self._names, n=1)
        remedy = f"write {{{{ {near[0]} }}}}" if near else f"use one of: {', '.join(sorted(self._names))}"
        raise BadExpression(name, "is no name of this document", remedy)

    def _cell(self, node: nodes.Getitem, tag: str) -> Value:
        row = self.value(node.node, tag)
        place = node.arg.value if isinstance(node.arg, nodes.Const) else None
        known = place in row.columns if isinstance(place, str) else place in range(len(row.columns))
        if row.kind is not Kind.ROW or not known:
            columns = ", ".join(row.columns) or "none"
            raise BadExpression(tag, "asks for a cell that is not there", f"name one of the row's cells: {columns}")
        return Value(Kind.TEXT)

    def _either(self, one: nodes.Expr, other: nodes.Expr, tag: str) -> Value:
        left, right = self.value(one, tag), self.value(other, tag)
        return left if left == right else Value(Kind.FLAG)

    def _compared(self, left: nodes.Expr, operands: list[nodes.Operand], tag: str) -> Value:
        before = self.value(left, tag).kind
        for operand in operands:
            after = self.value(operand.expr, tag).kind
            wanted = {Kind.NUMBER} if operand.op in _ORDERED else {Kind.TEXT}
            wanted |= {Kind.NUMBER, Kind.FLAG} if operand.op in ("eq", "ne") else set()
            if before is not after or before not in wanted:
                remedy = "texts have no order; compare loop.index or plan|length with a whole number, texts with =="
                raise BadExpression(tag, f"compares {before} with {after} by {operand.op}", remedy)
            before = after
        return Value(Kind.FLAG)

    def _filtered(self, node: nodes.Filter, tag: str) -> Value:
        if node.name not in FILTERS or node.node is None:
            raise BadExpression(tag, f"uses the filter {node.name}", f"use one of: {', '.join(FILTERS)}")
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise BadExpression(tag, f"gives the filter {node.name} arguments", "write the filter's name alone")
        kind = self.value(node.node, tag).kind
        if kind is not Kind.TEXT and not (node.name == "length" and kind is Kind.ROWS):
            raise BadExpression(tag, f"uses the filter {node.name} on {kind}", "use it on a text")
        return Value(Kind.NUMBER if node.name == "length" else Kind.TEXT)


def _forbidden(node: nodes.Node) -> str:
    found = (problem for kind, problem in _FORBIDDEN.items() if isinstance(node, kind))
    return next(found, f"contains {type(node).__name__}")
