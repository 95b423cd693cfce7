"""Messages between host and worker: a JSON head and integer arrays, nothing that could run.

A frame is two unsigned 64-bit lengths (little-endian), the head in UTF-8, then the arrays' bytes in the head's order.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from products.applications import Applications, Children
from products.columns import Column

Array = np.ndarray[Any, Any]
LENGTHS: Final = struct.Struct("<QQ")
GREATEST_FRAME: Final = 1 << 30
_DTYPES: Final = {name: np.dtype(name) for name in ("int64", "uint8", "bool")}


class BadFrame(ValueError):
    """Bytes that are no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """``head`` is a JSON object; ``arrays`` are int64, uint8 or bool, read-only when they were received."""

    head: Mapping[str, Any]
    arrays: Mapping[str, Array]


def packed(message: Message) -> bytes:
    """A message as a frame."""
    arrays = {name: np.ascontiguousarray(array) for name, array in message.arrays.items()}
    layout = [(name, array.dtype.name, array.shape) for name, array in arrays.items()]
    head = json.dumps({"head": message.head, "arrays": layout}, ensure_ascii=False).encode()
    bodies = [array.tobytes() for array in arrays.values()]
    return b"".join((LENGTHS.pack(len(head), sum(map(len, bodies))), head, *bodies))


def received(read: Callable[[int], bytes]) -> Message:
    """The next message; ``read`` gives exactly so many bytes. BadFrame if it is none."""
    head_length, body_length = LENGTHS.unpack(read(LENGTHS.size))
    if head_length + body_length > GREATEST_FRAME:
        raise BadFrame(f"A frame of {head_length + body_length} bytes is longer than {GREATEST_FRAME}.")
    try:
        written = json.loads(read(head_length))
        return Message(written["head"], _arrays(written["arrays"], read(body_length)))
    except (KeyError, TypeError, ValueError) as error:
        raise BadFrame(f"A frame cannot be read: {error}.") from None


def _arrays(layout: list[tuple[str, str, list[int]]], body: bytes) -> dict[str, Array]:
    arrays, offset = {}, 0
    for name, dtype, shape in layout:
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(body, _DTYPES[dtype], count, offset).reshape(shape)
        arrays[name] = array
        offset += array.nbytes
    return arrays


def sent(app: Applications) -> Message:
    """Applications as a message."""
    arrays: dict[str, Array] = {"columns": _matrix(app.columns, app.n)}
    for name, children in app.children.items():
        arrays[f"{name}.parent"] = children.parent
        arrays[f"{name}.columns"] = _matrix(children.columns, len(children))
    names = {name: list(children.columns) for name, children in app.children.items()}
    return Message({"n": app.n, "columns": list(app.columns), "children": names}, arrays)


def _matrix(columns: Mapping[str, Column], n: int) -> Array:
    matrix = np.empty((len(columns), n), dtype=np.int64)
    for row, column in enumerate(columns.values()):
        matrix[row] = column.raw
    return matrix


def applications(message: Message) -> Applications:
    """The applications of a message, as read-only columns."""
    head, arrays = message.head, message.arrays
    children = {
        name: Children(arrays[f"{name}.parent"], _columns(names, arrays[f"{name}.columns"]), head["n"])
        for name, names in head["children"].items()
    }
    return Applications(head["n"], _columns(head["columns"], arrays["columns"]), children)


def _columns(names: list[str], matrix: Array) -> dict[str, Column]:
    columns = {}
    for name, raw in zip(names, matrix, strict=True):
        column = Column.from_raw(raw)
        column.values.setflags(write=False)
        columns[name] = column
    return columns
