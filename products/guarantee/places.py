"""Where in a book's file a key stands, for messages that point at a line."""

from __future__ import annotations

import re
from typing import Final

import yaml

from products.dated_yaml import YAML_LOADER, Problem

_STEP: Final = re.compile(r"[^.\[\]]+|\[\d+\]")


def lines_of(content: bytes, problems: tuple[Problem, ...]) -> tuple[int | None, ...]:
    """The line, from 1, of each problem's key or of the nearest key above it; None where the file has none of them."""
    try:
        root = yaml.compose(content, Loader=YAML_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return tuple(None if mark is None else mark.line + 1 for _ in problems)
    return tuple(_line(root, problem.key) for problem in problems)


def _line(node: yaml.Node | None, key: str) -> int | None:
    line = None
    for step in _STEP.findall(key):
        found = _below(node, step)
        if found is None:
            return line
        line, node = found
    return line


def _below(node: yaml.Node | None, step: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and step.startswith("["):
        items = node.value
        place = int(step[1:-1])
        return (items[place].start_mark.line + 1, items[place]) if place < len(items) else None
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == step:
                return name.start_mark.line + 1, value
    return None
