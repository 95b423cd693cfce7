"""Reading books of dated values from YAML without YAML's traps.

Plain YAML turns ``on`` and ``NO`` into booleans and ``0.10`` into a float. Here every number must be quoted,
booleans are ``true`` and ``false`` only, keys may stand once, and dates must rise. A file is read as a tree of nodes
with their lines; nothing is constructed by YAML itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from products.canonical import canonical_json

YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_BOOL = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_HEAD = ("book", "title", "dated_by", "notes", "parameters")
_ENTRY = ("unit", "values")
_VALUE = ("value", "source", "clause", "verified", "to")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a book: the file, the key in it, what is wrong, how to mend it."""

    file: str
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key} {self.what}; {self.remedy}."


class BadBook(ValueError):
    """A book that cannot be used; ``problems`` lists everything found wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value as written, with its validity and source."""

    since: date
    until: date | None
    value: object
    text: str
    source: str
    clause: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter as written: its unit and its values by rising date."""

    unit: str
    values: tuple[RawValue, ...]


@dataclass(frozen=True, slots=True)
class YamlEntries:
    """A book as written. ``head`` holds the book's own keys other than its parameters."""

    file: str
    name: str
    head: Mapping[str, object]
    parameters: Mapping[str, Entry]
    problems: tuple[Problem, ...]


class _Reader:
    """Turns nodes into plain values and collects what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def complain(self, key: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, key, what, remedy))

    def pairs(self, node: yaml.Node, place: str) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self.complain(place, f"(line {node.start_mark.line + 1}) is not a mapping", "write key: value pairs")
            return
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in seen:
                self.complain(f"{place}.{key}".lstrip("."), "stands twice", "keep one of them")
            seen.add(key)
            yield key, value_node

    def value(self, node: yaml.Node, place: str) -> object:
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(item, f"{place}.{key}") for key, item in self.pairs(node, place)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{place}[{i}]") for i, item in enumerate(node.value)]
        return self.scalar(node, place)

    def scalar(self, node: yaml.Node, place: str) -> object:
        if not isinstance(node, yaml.ScalarNode):
            raise TypeError(f"{self.file}: {place} is {type(node).__name__}, not a scalar, a mapping or a list.")
        text = str(node.value)
        plain = not node.style
        if plain and node.tag in _NUMBERS:
            self.complain(place, f"(line {node.start_mark.line + 1}) is an unquoted number", f'write "{text}"')
        if plain and node.tag == _BOOL:
            if text not in ("true", "false"):
                self.complain(
                    place, f"(line {node.start_mark.line + 1}) is {text}", "write true, false or quote the word"
                )
            return text == "true"
        return "" if plain and node.tag == _NULL else text


def read_entries(path: Path) -> YamlEntries:
    """Read a book; BadBook if it is not YAML or not a book at all, smaller problems are listed in the result."""
    return entries_from(path.read_bytes(), path.name)


def entries_from(content: bytes, file: str) -> YamlEntries:
    """`read_entries` on bytes; ``file`` names them in messages."""
    try:
        if b"&" in content:
            _refuse_aliases(content, file)
        root = yaml.compose(content, Loader=YAML_LOADER)
    except yaml.YAMLError as error:
        raise BadBook((Problem(file, "the file", f"is not YAML: {error}", "mend the syntax"),)) from error
    reader = _Reader(file)
    if root is None:
        raise BadBook((Problem(file, "the file", "is empty", "write a book with the keys book and parameters"),))
    head: dict[str, object] = {}
    parameters: dict[str, Entry] = {}
    for key, node in reader.pairs(root, ""):
        if key == "parameters":
            parameters = {name: _entry(reader, name, item) for name, item in reader.pairs(node, key)}
        else:
            head[key] = reader.value(node, key)
    name = head.get("book", head.get("revision"))
    if not isinstance(name, str) or not name:
        reader.complain("book", "is missing", "name the book, for example book: cn-scitech-2024")
    return YamlEntries(file, str(name), head, parameters, tuple(reader.problems))


def _refuse_aliases(content: bytes, file: str) -> None:
    """BadBook if a part is repeated by an alias: a part that contains itself has no end."""
    for event in yaml.parse(content, Loader=YAML_LOADER):
        if isinstance(event, yaml.AliasEvent):
            what, remedy = "repeats another part", "write the part out in full"
            raise BadBook((Problem(file, f"the alias *{event.anchor}", what, remedy),))


def refuse_unknown_keys(entries: YamlEntries, allowed: tuple[str, ...] = _HEAD) -> tuple[Problem, ...]:
    """A problem for every key of the book's head that is not among ``allowed``."""
    return tuple(
        Problem(entries.file, key, "is not a key of this file", f"use one of: {', '.join(allowed)}")
        for key in entries.head
        if key not in allowed
    )


def _entry(reader: _Reader, name: str, node: yaml.Node) -> Entry:
    place = f"parameters.{name}"
    unit = ""
    values: tuple[RawValue, ...] = ()
    for key, item in reader.pairs(node, place):
        if key == "unit":
            unit = str(reader.value(item, f"{place}.unit"))
        elif key == "values":
            values = _values(reader, place, item)
        else:
            reader.complain(f"{place}.{key}", "is not a key of a parameter", f"use {' and '.join(_ENTRY)}")
    if not values:
        reader.complain(place, "has no values", "give at least one dated value")
    return Entry(unit, values)


def _values(reader: _Reader, place: str, node: yaml.Node) -> tuple[RawValue, ...]:
    found: list[RawValue] = []
    for key, item in reader.pairs(node, f"{place}.values"):
        raw = _value(reader, f"{place}.values.{key}", key, item)
        if raw is not None:
            _check_order(reader, f"{place}.values.{key}", found, raw)
            found.append(raw)
    return tuple(found)


def _value(reader: _Reader, place: str, key: str, node: yaml.Node) -> RawValue | None:
    written = dict(reader.pairs(node, place))
    for odd in sorted(set(written) - set(_VALUE)):
        reader.complain(f"{place}.{odd}", "is not a key of a value", f"use {', '.join(_VALUE)}")
    lacking = [name for name in _VALUE[:4] if name not in written]
    since = _day(reader, place, key)
    if lacking:
        reader.complain(place, f"lacks {', '.join(lacking)}", "every value needs its source, clause and verified flag")
    if lacking or since is None:
        return None
    plain = {name: reader.value(item, f"{place}.{name}") for name, item in written.items() if name in _VALUE}
    until = _day(reader, f"{place}.to", str(plain["to"])) if "to" in plain else None
    if not isinstance(plain["verified"], bool):
        reader.complain(f"{place}.verified", f"is {plain['verified']!r}", "write true or false")
    for name in ("source", "clause"):
        if not isinstance(plain[name], str) or not str(plain[name]).strip():
            reader.complain(f"{place}.{name}", "is empty", "name the instrument or the clause in words")
    value = plain["value"]
    text = value if isinstance(value, str) else canonical_json(value).decode()
    source, clause = str(plain["source"]), str(plain["clause"])
    return RawValue(since, until, value, text, source, clause, plain["verified"] is True)


def _day(reader: _Reader, place: str, text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        reader.complain(place, f"has the date {text!r}", "write it as YYYY-MM-DD")
        return None
    if day.isoformat() != text:
        reader.complain(place, f"has the date {text!r}", "write it as YYYY-MM-DD")
    return day


def _check_order(reader: _Reader, place: str, before: list[RawValue], raw: RawValue) -> None:
    if raw.until is not None and raw.until <= raw.since:
        reader.complain(f"{place}.to", f"is {raw.until}, not after {raw.since}", "give an end after the beginning")
    if not before:
        return
    last = before[-1]
    if raw.since <= last.since:
        reader.complain(place, f"does not come after {last.since}", "list the dates rising")
    if last.until is not None and last.until > raw.since:
        reader.complain(place, f"overlaps the value from {last.since} to {last.until}", "let the earlier one end first")
